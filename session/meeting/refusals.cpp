#include "session/meeting/refusals.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace tyndau::meeting {

namespace {

struct Sentence {
  std::string_view code, variant;
  std::string_view kk, ru, en;
};

constexpr Sentence kSentences[] = {
    {"already_on_air", "", "Отырыс қазірдің өзінде эфирде. Трансляцияны тоқтату үшін «Эфирді аяқтау» түймесін басыңыз.",
     "Заседание уже в эфире. Чтобы прекратить трансляцию, нажмите «Завершить эфир».",
     "The meeting is on air already. To stop the broadcast, press “End the broadcast”."},
    {"not_on_air", "",
     "Отырыс эфирде емес, аяқтайтын трансляция жоқ. Эфирге шығу үшін «Эфирді бастау» түймесін басыңыз.",
     "Заседание не в эфире, завершать нечего. Чтобы выйти в эфир, нажмите «Начать эфир».",
     "The meeting is not on air, so there is nothing to end. To go on air, press “Go live”."},
    {"broadcast_ended", "", "Отырыс пен трансляция аяқталды: эфирді қайта бастауға болмайды. Бейнежазба архивте.",
     "Заседание и трансляция завершены: выйти в эфир снова нельзя. Видеозапись находится в архиве.",
     "The sitting is closed and its broadcast has ended: it cannot go on air again. The recording is in the archive."},
    {"media_unavailable", "",
     "Бейнетрансляция жүйесі жауап бермейді. Ол әдетте бірнеше секундта қалпына келеді: сәл күтіп, қайталап көріңіз.",
     "Система видеотрансляции не отвечает. Обычно она восстанавливается за несколько секунд: подождите и повторите.",
     "The broadcasting system does not answer. It usually recovers within seconds: wait a little and try again."},
    {"disk_space", "",
     "Дискідегі бос орын {free} сағаттық жазбаға ғана жетеді, ал кемінде {reserve} сағаттық орын қажет. "
     "Дискіде орын босатып, қайталап көріңіз.",
     "Свободного места на диске хватит только на {free} ч записи, а нужно не менее чем на {reserve} ч. "
     "Освободите место на диске и повторите.",
     "The disk has room for only {free} h of recording, and at least {reserve} h are needed. Free some space on the "
     "disk and try again."},
    {"other_meeting_on_air", "", "Қазір басқа отырыс эфирде ({meeting}). Алдымен сол отырыстың эфирін аяқтаңыз.",
     "Сейчас в эфире другое заседание ({meeting}). Сначала завершите его эфир.",
     "Another meeting is on air now ({meeting}). End its broadcast first."},
    {"source_not_invited", "", "Зал камерасы үшін кілт жасалған жоқ, күшін жоятын ештеңе жоқ.",
     "Ключ для камеры зала не создан, отзывать нечего.",
     "No key was made for the hall's camera, so there is nothing to revoke."},
    {"sitting_already_open", "", "Отырыс бұрын ашылған. Күн тәртібіндегі мәселелерге көшуге болады.",
     "Заседание уже открыто. Можно переходить к вопросам повестки дня.",
     "The sitting is open already. You can go on to the agenda."},
    {"sitting_not_open", "", "Отырыс әлі ашылған жоқ. Алдымен отырысты ашыңыз.",
     "Заседание ещё не открыто. Сначала откройте заседание.", "The sitting is not open yet. Open the sitting first."},
    {"sitting_closed", "", "Отырыс аяқталды, бұл әрекетті енді орындауға болмайды. Нақтылауларды хаттамаға енгізіңіз.",
     "Заседание завершено, это действие больше невозможно. Уточнения внесите в протокол.",
     "The sitting is closed, so this cannot be done any more. Put corrections into the minutes."},
    {"in_recess", "", "Үзіліс жарияланған. Алдымен отырысты жалғастырыңыз.",
     "Объявлен перерыв. Сначала возобновите заседание.", "The sitting is in recess. Resume the sitting first."},
    {"not_in_recess", "", "Үзіліс жарияланған жоқ: отырыс жүріп жатыр, оны жалғастырудың қажеті жоқ.",
     "Перерыв не объявлен: заседание идёт, возобновлять его не нужно.",
     "There is no recess: the sitting is going on and need not be resumed."},
    {"until_passed", "",
     "Үзілістің көрсетілген аяқталу уақыты өтіп кеткен. Кейінірек уақытты көрсетіңіз немесе оны бос қалдырыңыз.",
     "Указанное время окончания перерыва уже прошло. Укажите более позднее время или не указывайте его.",
     "The recess would end in the past. Give a later time, or none."},
    {"item_unknown", "", "Күн тәртібінде мұндай мәселе жоқ. Мәселені тізімнен таңдаңыз.",
     "Такого вопроса нет в повестке дня. Выберите вопрос из списка.",
     "There is no such item on the agenda. Choose one from the list."},
    {"item_already_open", "", "№ {no} мәселе қазір қаралып жатыр. Басқа мәселені таңдаңыз.",
     "Вопрос № {no} уже рассматривается. Выберите другой вопрос.", "Item {no} is open already. Choose another one."},
    {"no_item_open", "", "Қазір ешбір мәселе қаралып жатқан жоқ. Алдымен күн тәртібіндегі мәселені ашыңыз.",
     "Сейчас не рассматривается ни один вопрос. Сначала откройте вопрос повестки дня.",
     "No agenda item is open. Open one first."},
    {"person_unknown", "", "Бұл адам қатысушылар тізімінде жоқ. Қатысушыны тізімнен таңдаңыз.",
     "Этого человека нет в списке участников. Выберите участника из списка.",
     "This person is not among the participants. Choose one from the list."},
    {"person_absent", "",
     "{name} отырысқа қатысып отырған жоқ, сондықтан сөз беруге болмайды. Басқа қатысушыны таңдаңыз.",
     "{name} отсутствует на заседании, предоставить слово нельзя. Выберите другого участника.",
     "{name} is absent and cannot be given the floor. Choose somebody else."},
    {"already_has_floor", "", "Сөз берілген: {name}. Уақыт қосу үшін «Уақытты ұзарту» түймесін басыңыз.",
     "Слово уже предоставлено: {name}. Чтобы добавить время, нажмите «Продлить время».",
     "{name} has the floor already. To give more time, press “Extend time”."},
    {"already_in_queue", "", "{name} кезекте тұр. Кезегі келгенде сөз беріңіз.",
     "{name}: уже в очереди. Предоставьте слово, когда подойдёт очередь.",
     "{name} is in the queue already. Give the floor in turn."},
    {"not_in_queue", "", "{name} кезекте жоқ: қолы көтерілмеген немесе сөз берілген.",
     "{name}: нет в очереди, рука не поднята или слово уже предоставлено.",
     "{name} is not in the queue: no hand is raised, or the floor was given."},
    {"queue_empty", "", "Кезек бос: ешкім сөз сұраған жоқ.", "Очередь пуста: никто не просил слова.",
     "The queue is empty: nobody has asked for the floor."},
    {"sitting_not_open", "guest", "Отырыс әлі ашылған жоқ. Ашылғаннан кейін қол көтере аласыз.",
     "Заседание ещё не открыто. Поднять руку можно будет, когда оно начнётся.",
     "The sitting has not been opened yet. You can raise your hand once it has."},
    {"in_recess", "guest", "Қазір үзіліс. Отырыс жалғасқанда қол көтере аласыз.",
     "Сейчас перерыв. Поднять руку можно будет, когда заседание продолжится.",
     "The sitting is in recess. You can raise your hand when it goes on."},
    {"sitting_closed", "guest", "Отырыс аяқталды.", "Заседание завершено.", "The sitting is closed."},
    {"no_item_open", "guest", "Қазір ешбір мәселе қаралып жатқан жоқ. Мәселе ашылғанда қол көтере аласыз.",
     "Сейчас не рассматривается ни один вопрос. Поднять руку можно будет, когда откроют вопрос.",
     "No agenda item is open now. You can raise your hand when one is."},
    {"already_has_floor", "guest", "Сөз қазір сізде.", "Слово сейчас у вас.", "You have the floor now."},
    {"already_in_queue", "guest", "Сіз кезекте тұрсыз.", "Вы уже в очереди.", "You are in the queue already."},
    {"not_in_queue", "guest", "Қолыңыз көтерілмеген.", "Ваша рука не поднята.", "Your hand is not raised."},
    {"queue_empty", "guest", "Қолыңыз көтерілмеген.", "Ваша рука не поднята.", "Your hand is not raised."},
    {"not_yours", "", "Мұны тек отырыс хатшысы жасай алады. Сізге қол көтеру және түсіру ғана қолжетімді.",
     "Это может сделать только секретарь заседания. Вам доступно только поднять или опустить руку.",
     "Only the meeting secretary can do this. You can raise or lower your own hand."},
    {"only_for_guests", "", "Мұны қашықтан қатысушы өзі ғана жасай алады.",
     "Это может сделать только сам дистанционный участник.", "Only the remote participant can do this."},
    {"turn_over_already", "", "Сөзіңіз аяқталып қойған.", "Ваше выступление уже завершено.",
     "Your turn is over already."},
    {"heard_already", "", "Хатшы микрофоныңызды өшірген жоқ.", "Секретарь не выключал ваш микрофон.",
     "The secretary has not muted you."},
    {"invitation_void", "", "Шақыру сілтемесі енді жарамсыз. Отырыс хатшысынан жаңа сілтеме сұраңыз.",
     "Ссылка-приглашение больше не действует. Попросите у секретаря заседания новую.",
     "The invitation is no longer valid. Ask the meeting secretary for a new link."},
    {"guest_wait_for_admission", "", "Хатшы сізді әлі кіргізген жоқ. Кіргізгеннен кейін қол көтере аласыз.",
     "Секретарь ещё не впустил вас. Поднять руку можно будет после этого.",
     "The secretary has not admitted you yet. You can raise your hand after that."},
    {"guest_not_admitted", "", "{name} күту бөлмесінде. Алдымен «Кіргізу» түймесін басыңыз.",
     "{name}: ещё в зале ожидания. Сначала нажмите «Впустить».",
     "{name} is still in the waiting room. Press “Admit” first."},
    {"guest_line_lost", "",
     "{name}: байланыс үзілді, оны қазір ешкім естімейді. Байланыс қалпына келгенде сөзі сақталған уақытымен "
     "жалғасады.",
     "{name}: связь потеряна, сейчас его никто не услышит. Когда связь восстановится, выступление продолжится с "
     "сохранённым временем.",
     "The line of {name} is lost, nobody would hear anything now. When it is back, the turn goes on with the time that "
     "was kept."},
    {"guest_not_invited", "", "{name} үшін жарамды шақыру жоқ. Қажет болса, «Шақыру» түймесін басыңыз.",
     "{name}: действующего приглашения нет. При необходимости нажмите «Пригласить».",
     "{name} has no valid invitation. If need be, press “Invite”."},
    {"guest_not_in_lobby", "", "{name} күту бөлмесінде жоқ: әлі қосылмаған немесе шығып кеткен.",
     "{name}: нет в зале ожидания, ещё не подключился или уже вышел.",
     "{name} is not in the waiting room: not connected yet, or gone."},
    {"guest_not_here", "", "{name} қашықтан қосылып тұрған жоқ. Алдымен қатысушыны кіргізіңіз.",
     "{name}: сейчас не подключён дистанционно. Сначала впустите участника.",
     "{name} does not take part remotely now. Admit the participant first."},
    {"guest_muted_already", "", "{name}: микрофоны өшірілген. Қосу үшін «Микрофонды қосу» түймесін басыңыз.",
     "{name}: микрофон уже выключен. Чтобы включить его, нажмите «Включить микрофон».",
     "{name} is muted already. To open the microphone, press “Unmute”."},
    {"guest_not_muted", "", "{name}: микрофоны өшірілмеген.", "{name}: микрофон не выключен.", "{name} is not muted."},
    {"too_hasty", "", "Тым жиі басылды. Бірнеше секунд күтіп, қайталаңыз.",
     "Нажато слишком часто. Подождите несколько секунд и повторите.",
     "Pressed too often. Wait a few seconds and try again."},
    {"registration_already_open", "",
     "Сөз сөйлеуге жазылу бұрын ашылған. Оны аяқтау үшін «Жазылуды жабу» түймесін басыңыз.",
     "Приём заявок уже открыт. Чтобы прекратить его, нажмите «Закрыть приём заявок».",
     "People can sign up to speak already. To end that, press “Close sign-up”."},
    {"registration_not_open", "", "Сөз сөйлеуге жазылу ашылмаған, жабатын ештеңе жоқ.",
     "Приём заявок не открыт, закрывать нечего.", "Sign-up is not open, so there is nothing to close."},
    {"registration_unknown", "", "Мұндай өтінім жоқ: ол жойылған. Өтінімді тізімнен таңдаңыз.",
     "Такой заявки нет: она удалена. Выберите заявку из списка.",
     "There is no such registration: it was deleted. Choose one from the list."},
    {"registration_approved", "",
     "{name}: өтінім мақұлданған. Оны қайтару үшін қатысушылар тізімінде шақыруды кері қайтарып алыңыз.",
     "{name}: заявка уже одобрена. Чтобы вернуть её, отзовите приглашение в списке участников.",
     "{name}: the registration is approved already. To take that back, revoke the invitation in the list of "
     "participants."},
    {"registration_link_failed", "",
     "Мақұлдау журналға жазылды, бірақ өтініш берушінің сілтемесін қосу мүмкін болмады. «Мақұлдау» түймесін тағы бір "
     "рет "
     "басыңыз.",
     "Одобрение записано в журнал, но включить ссылку заявителя не удалось. Нажмите «Одобрить» ещё раз.",
     "The approval is in the journal, but the applicant’s link could not be switched on. Press “Approve” once more."},
    {"registration_not_kept", "", "Шешімді сақтау мүмкін болмады, ештеңе өзгерген жоқ. Қайталап көріңіз.",
     "Решение не удалось сохранить, ничего не изменилось. Повторите.",
     "The decision could not be kept and nothing has changed. Try again."},
    {"nobody_to_frame", "",
     "Экранда көрсететін қашықтан қатысушы жоқ. Алдымен қатысушыны кіргізіңіз немесе сөз беріңіз.",
     "Показывать некого: дистанционных участников нет или слово никому из них не предоставлено.",
     "There is no remote participant to show. Admit somebody first, or give the floor."},
    {"nobody_has_floor", "", "Қазір ешкімге сөз берілмеген. Алдымен сөз беріңіз.",
     "Сейчас слово никому не предоставлено. Сначала предоставьте слово.",
     "Nobody has the floor. Give somebody the floor first."},
    {"clock_already_paused", "", "Уақыт есебі бұрын тоқтатылған. Сөз жалғасқанда уақыт есебін қайта қосыңыз.",
     "Отсчёт времени уже приостановлен. Возобновите его, когда выступление продолжится.",
     "The clock is paused already. Resume it when the speech goes on."},
    {"clock_not_paused", "", "Уақыт есебі жүріп тұр, оны қайта қосудың қажеті жоқ.",
     "Отсчёт времени идёт, возобновлять его не нужно.", "The clock is running and need not be resumed."},
    {"turn_changed", "", "Сөз енді басқада: {name}. Ештеңе өзгерген жоқ. Экранға қарап, керек болса қайта басыңыз.",
     "Слово уже у другого: {name}. Ничего не изменено. Посмотрите на экран и, если нужно, нажмите ещё раз.",
     "It is somebody else's turn by now: {name}. Nothing was changed. Look at the screen, and press again if you mean "
     "it."},
    {"item_changed", "",
     "Енді № {no} мәселе қаралып жатыр. Ештеңе өзгерген жоқ. Экранға қарап, керек болса қайта басыңыз.",
     "Сейчас рассматривается уже вопрос № {no}. Ничего не изменено. Посмотрите на экран и, если нужно, нажмите ещё "
     "раз.",
     "Item {no} is open by now. Nothing was changed. Look at the screen, and press again if you mean it."},
    {"undo_changed", "",
     "Осы арада басқа әрекет жасалды, соңғы әрекет енді сол. Ештеңе қайтарылған жоқ. Экранға қарап, керек болса қайта "
     "басыңыз.",
     "Тем временем выполнено другое действие, и последнее теперь оно. Ничего не отменено. Посмотрите на экран и, если "
     "нужно, нажмите ещё раз.",
     "Something else was done meanwhile, and that is the last action now. Nothing was undone. Look at the screen, and "
     "press again if you mean it."},
    {"recess_changed", "", "Ол үзіліс аяқталған, қазір басқа үзіліс жүріп жатыр. Ештеңе өзгерген жоқ.",
     "Тот перерыв уже закончился, сейчас идёт другой. Ничего не изменено.",
     "That recess is over, and another one lasts now. Nothing was changed."},
    {"request_changed", "", "Бұл өтініш кезекте жоқ. Ештеңе өзгерген жоқ. Экранға қарап, керек болса қайта басыңыз.",
     "Этой просьбы в очереди уже нет. Ничего не изменено. Посмотрите на экран и, если нужно, нажмите ещё раз.",
     "That request is not in the queue any more. Nothing was changed. Look at the screen, and press again if you mean "
     "it."},
    {"nothing_to_undo", "", "Кері қайтаратын әрекет жоқ: әлі ештеңе жасалмаған немесе барлығы қайтарылған.",
     "Отменять нечего: действий ещё не было, или все они уже отменены.",
     "There is nothing to undo: nothing was done yet, or all of it is undone."},
    {"cannot_undo", "broadcast.start",
     "Эфирге шығуды кері қайтаруға болмайды: оны көрермендер көрді. Қажет болса, эфирді аяқтаңыз.",
     "Выход в эфир отменить нельзя: его видели зрители. При необходимости завершите эфир.",
     "Going on air cannot be undone: the public has seen it. If need be, end the broadcast."},
    {"cannot_undo", "broadcast.stop",
     "Эфирдің аяқталуын кері қайтаруға болмайды. Трансляцияны жалғастыру үшін эфирді қайта бастаңыз.",
     "Завершение эфира отменить нельзя. Чтобы продолжить трансляцию, начните эфир снова.",
     "Ending the broadcast cannot be undone. To go on, start the broadcast again."},
    {"cannot_undo", "sitting.close", "Отырыстың жабылуын кері қайтаруға болмайды. Нақтылауларды хаттамаға енгізіңіз.",
     "Закрытие заседания отменить нельзя. Уточнения внесите в протокол.",
     "Closing the sitting cannot be undone. Put corrections into the minutes."},
};

std::string fill(std::string_view sentence, const Words& words, std::string_view language) {
  std::string filled;
  while (!sentence.empty()) {
    const std::size_t open = sentence.find('{');
    filled += sentence.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = sentence.find('}', open);
    const auto word = words.find(sentence.substr(open + 1, close - open - 1));
    if (word == words.end()) std::abort();  // the rule forgot a word of its own sentence
    filled += word->second.in(language);
    sentence.remove_prefix(close + 1);
  }
  return filled;
}

}  // namespace

Refusal refusal(std::string_view code, const Words& words, std::string_view variant) {
  for (const Sentence& sentence : kSentences) {
    if (sentence.code != code || sentence.variant != variant) continue;
    return {std::string(code),
            {fill(sentence.kk, words, "kk"), fill(sentence.ru, words, "ru"), fill(sentence.en, words, "en")}};
  }
  std::abort();
}

Refusal for_guest(Refusal refused) {
  const bool known = std::any_of(std::begin(kSentences), std::end(kSentences), [&](const Sentence& sentence) {
    return sentence.code == refused.code && sentence.variant == "guest";
  });
  return known ? refusal(refused.code, {}, "guest") : refused;
}

const std::vector<std::string>& refusal_codes() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> codes;
    for (const Sentence& sentence : kSentences) {
      if (std::find(codes.begin(), codes.end(), sentence.code) == codes.end()) codes.emplace_back(sentence.code);
    }
    return codes;
  }();
  return all;
}

}  // namespace tyndau::meeting
