#include "session/secretariat/alarms.h"

#include <algorithm>
#include <cstdlib>

namespace tyndau::secretariat {

namespace {

struct Sentence {
  std::string_view code, variant;
  const char *kk, *ru, *en;
};

constexpr Sentence kSentences[] = {
    {"source_lost", "",
     "Залдан сигнал келмей тұр, көрермендерге күту суреті көрсетілуде. Камераны және оның кабелін тексеріңіз немесе "
     "басқа "
     "көзді таңдаңыз. Сигнал қайта пайда болса, ол өздігінен эфирге шығады.",
     "Нет сигнала из зала, зрители видят заставку. Проверьте камеру и её кабель или выберите другой источник. Когда "
     "сигнал "
     "появится, он сам вернётся в эфир.",
     "There is no signal from the hall; viewers see a holding picture. Check the camera and its cable, or choose "
     "another "
     "source. When the signal is back, it goes on air by itself."},
    {"source_lost", "refused",
     "Камера атауды немесе құпиясөзді қабылдамады, көрермендерге күту суреті көрсетілуде. Камера бұғатталмас үшін "
     "қайта сұрау бес минуттан кейін ғана жасалады. «Өзгерту» батырмасын басып, мекенжайды дұрыс құпиясөзбен "
     "енгізіңіз.",
     "Камера не приняла имя или пароль, зрители видят заставку. Чтобы камера не заблокировала нас, снова её спросят "
     "только через пять минут. Нажмите «Изменить» и введите адрес с верным паролем.",
     "The camera refused the name or password; viewers see a holding picture. So that it does not lock us out, it is "
     "asked again only in five minutes. Press Change and enter the address with the right password."},
    {"sound_missing", "",
     "Залдан келетін дыбыстың {} %-ы жоғалуда. Камераға немесе кодтауышқа баратын желіні тексеріңіз, мүмкін болса, "
     "кабель арқылы қосыңыз.",
     "Теряется {} % звука из зала. Проверьте сеть до камеры или кодировщика; если можно, подключите кабелем.",
     "{} % of the hall's sound is missing. Check the network to the camera or encoder; use a cable if you can."},
    {"media_lost", "",
     "Бейнетрансляция жүйесі жауап бермейді. Ол өздігінен қайта іске қосылады; он секунд ішінде қалпына келмесе, "
     "трансляция "
     "операторын шақырыңыз.",
     "Система видеотрансляции не отвечает. Она перезапускается сама; если за десять секунд она не восстановится, "
     "позовите "
     "оператора трансляции.",
     "The broadcasting system does not answer. It restarts by itself; if it is not back within ten seconds, call the "
     "broadcast operator."},
    {"media_lost", "version",
     "Бейнетрансляция жүйесінің нұсқасы сәйкес келмейді, эфирге шығу мүмкін емес. Трансляция операторынан екі "
     "бағдарламаны "
     "да бір шығарылымнан орнатуды сұраңыз.",
     "Версия системы видеотрансляции не подходит, выйти в эфир нельзя. Попросите оператора трансляции установить обе "
     "программы из одного выпуска.",
     "The broadcasting system is of another version, so going on air is impossible. Ask the broadcast operator to "
     "install "
     "both programs from one release."},
    {"disk_low", "", "Дискіде бір сағаттан аз жазбаға орын қалды. Дискіде орын босатыңыз.",
     "Места на диске осталось меньше чем на час записи. Освободите место на диске.",
     "The disk has room for less than an hour of recording. Free some space on it."},
    {"disk_full", "",
     "Диск толды. Трансляция жалғасуда, жазба уақытша жадта сақталып жатыр, бірақ ол бірнеше минутқа ғана жетеді. "
     "Дискіде "
     "шұғыл түрде орын босатыңыз.",
     "Диск заполнен. Трансляция продолжается, запись временно идёт в память, но её хватит лишь на несколько минут. "
     "Срочно "
     "освободите место на диске.",
     "The disk is full. The broadcast goes on and is recorded in memory for now, which lasts only minutes. Free some "
     "space "
     "on the disk at once."},
    {"disk_lost", "",
     "Диск те, жад та толды: отырыстың осы бөлігінің жазбасы жоғалып жатыр. Дискіде дереу орын босатыңыз.",
     "Диск и память заполнены: запись этой части заседания теряется. Немедленно освободите место на диске.",
     "The disk and the memory are full: the recording of this part of the sitting is being lost. Free some space on "
     "the "
     "disk immediately."},
    {"programme_slow", "",
     "Сервер үлгермейді: бейне үзіліп көрсетілуде, дыбыс дұрыс. Ондағы артық бағдарламаларды жабыңыз немесе "
     "операторды шақырыңыз.",
     "Сервер перегружен: изображение идёт рывками, звук в порядке. Закройте на нём лишние программы или позовите "
     "оператора.",
     "The server is too slow: the picture stutters, the sound is not affected. Close other programs on it, or call the "
     "operator."},
    {"clock_jumped", "",
     "Отырыс кезінде сервердің сағаты өзгертілді. Сөйлеу уақытының есебі дұрыс жүріп жатыр, ештеңе істеудің қажеті "
     "жоқ. "
     "Отырыстан кейін трансляция операторынан сағатты тексеруді сұраңыз.",
     "Во время заседания были переведены часы сервера. Время выступлений отсчитывается верно, сейчас ничего делать не "
     "нужно. "
     "После заседания попросите оператора трансляции проверить часы.",
     "The server's clock was changed during the sitting. Speaking time is still counted correctly and nothing needs to "
     "be done "
     "now. After the sitting, ask the broadcast operator to check the clock."},
    {"broadcast_failed", "",
     "Эфир басталмады: бейнетрансляция жүйесі жазбаны аша алмады. Трансляция операторымен бірге дискіні және "
     "кодтауышты "
     "тексеріп, эфирді қайта бастаңыз.",
     "Эфир не начался: система видеотрансляции не смогла открыть запись. Проверьте с оператором трансляции диск и "
     "кодировщик "
     "и начните эфир снова.",
     "The broadcast did not start: the broadcasting system could not open the recording. Check the disk and the "
     "encoder with "
     "the broadcast operator, then go live again."},
    {"media_refused", "",
     "Бейнетрансляция жүйесі соңғы әрекетті орындамады. Экрандағы көріністі тексеріп, әрекетті қайталаңыз.",
     "Система видеотрансляции не выполнила последнее действие. Проверьте изображение и повторите действие.",
     "The broadcasting system did not carry out the last action. Check the picture and repeat the action."},
    {"source_refused", "",
     "Бейне көзінің мекенжайы дұрыс емес, бұрынғы көз көрсетілуде. Мекенжайды тексеріп, қайта енгізіңіз.",
     "Адрес источника неверен, показывается прежний источник. Проверьте адрес и введите его снова.",
     "The address of the source is wrong, and the previous source is still shown. Check the address and enter it "
     "again."},
    {"journal_failed", "",
     "Отырыс журналы жазылмай жатыр: әрекеттер орындалмайды, трансляция жалғасуда. Дискіде орын босатыңыз және "
     "трансляция "
     "операторын шақырыңыз.",
     "Журнал заседания не записывается: действия не выполняются, трансляция продолжается. Освободите место на диске и "
     "позовите оператора трансляции.",
     "The meeting's journal cannot be written: no action is carried out, and the broadcast goes on. Free some space on "
     "the "
     "disk and call the broadcast operator."},
};

meeting::Text sentence(std::string_view code, std::string_view variant) {
  for (const Sentence& s : kSentences) {
    if (s.code == code && s.variant == variant) return {s.kk, s.ru, s.en};
  }
  std::abort();  // an alarm without words is a bug
}

std::string with(std::string sentence, int percent) {
  const auto place = sentence.find("{}");
  return place == std::string::npos ? sentence : sentence.replace(place, 2, std::to_string(percent));
}

}  // namespace

const std::vector<std::string>& alarm_codes() {
  static const std::vector<std::string> codes = [] {
    std::vector<std::string> all;
    for (const Sentence& s : kSentences) {
      if (s.variant.empty()) all.emplace_back(s.code);
    }
    return all;
  }();
  return codes;
}

bool Alarms::raise(std::string_view code, Utc now, std::string_view variant, int percent) {
  const meeting::Text words = sentence(code, variant);
  const meeting::Text text{with(words.kk, percent), with(words.ru, percent), with(words.en, percent)};
  for (Alarm& alarm : alarms_) {
    if (alarm.code != code) continue;
    if (alarm.text == text) return false;
    alarm.text = text;
    return true;
  }
  alarms_.push_back({std::string(code), text, now});
  return true;
}

bool Alarms::clear(std::string_view code) {
  return std::erase_if(alarms_, [&](const Alarm& alarm) { return alarm.code == code; }) > 0;
}

bool Alarms::stands(std::string_view code) const {
  return std::any_of(alarms_.begin(), alarms_.end(), [&](const Alarm& alarm) { return alarm.code == code; });
}

}  // namespace tyndau::secretariat
