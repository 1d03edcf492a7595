#include <fmt/format.h>

#include <map>
#include <set>

#include "media/link/source_uri.h"
#include "session/meeting/import.h"
#include "session/projections/dates.h"
#include "session/projections/view.h"

namespace tyndau::projections {

namespace {

using meeting::Record;
using meeting::State;
using meeting::StoredEvent;
using meeting::Text;

std::string string_of(const Json& payload, const char* key) {
  if (!payload.is_object()) return {};
  const auto it = payload.find(key);
  return it != payload.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::int64_t number_of(const Json& payload, const char* key) {
  if (!payload.is_object()) return 0;
  const auto it = payload.find(key);
  return it != payload.end() && it->is_number_integer() ? it->get<std::int64_t>() : 0;
}

/// What always reads the same.
const std::map<std::string_view, Text>& plain_sentences() {
  static const std::map<std::string_view, Text> all = {
      {"meeting.imported",
       {"Отырыс туралы мәліметтер енгізілді", "Сведения о заседании загружены", "The meeting was entered"}},
      {"broadcast.started", {"Эфир басталды", "Эфир начат", "The broadcast started"}},
      {"broadcast.ended", {"Эфир аяқталды", "Эфир завершён", "The broadcast ended"}},
      {"sitting.opened", {"Отырыс ашылды", "Заседание открыто", "The sitting was opened"}},
      {"sitting.closed", {"Отырыс аяқталды", "Заседание завершено", "The sitting was closed"}},
      {"registration.opened",
       {"Сөз сөйлеуге жазылу ашылды", "Приём заявок на выступление открыт", "Sign-up to speak was opened"}},
      {"registration.closed",
       {"Сөз сөйлеуге жазылу жабылды", "Приём заявок на выступление закрыт", "Sign-up to speak was closed"}},
      {"floor.paused", {"Уақыт есебі тоқтатыла тұрды", "Отсчёт времени приостановлен", "The clock was paused"}},
      {"floor.resumed", {"Уақыт есебі жалғасты", "Отсчёт времени возобновлён", "The clock was resumed"}},
      {"recess.ended",
       {"Отырыс үзілістен кейін жалғасты", "Заседание возобновлено после перерыва", "The sitting was resumed"}},
      {"run.started", {"Трансляцияны жазу басталды", "Запись трансляции началась", "Recording started"}},
      {"source.lost", {"Камерадан сигнал жоқ", "Нет сигнала с камеры", "The camera's signal was lost"}},
      {"source.invited",
       {"Зал камерасының кілті жасалды", "Создан ключ для камеры зала", "A key was made for the hall's camera"}},
      {"source.revoked",
       {"Зал камерасы кілтінің күші жойылды", "Ключ камеры зала отозван", "The key of the hall's camera was revoked"}},
      {"source.restored",
       {"Камера сигналы қалпына келді", "Сигнал с камеры восстановлен", "The camera's signal is back"}},
      {"media.lost",
       {"Бейнетрансляция жүйесі жауап бермейді", "Система видеотрансляции не отвечает",
        "The broadcasting system does not answer"}},
      {"media.returned",
       {"Бейнетрансляция жүйесі қайта жұмыс істеп тұр", "Система видеотрансляции снова работает",
        "The broadcasting system works again"}},
      {"media.refused",
       {"Бейнетрансляция жүйесі әрекетті орындамады", "Система видеотрансляции не выполнила действие",
        "The broadcasting system did not carry out the action"}},
      {"disk.low", {"Дискіде бос орын азайды", "На диске мало места", "The disk is running out of space"}},
      {"disk.full",
       {"Дискіде орын қалмады, жазба уақытша жадта сақталуда",
        "Место на диске закончилось, запись временно ведётся в память",
        "The disk is full; the recording is kept in memory for now"}},
      {"disk.lost",
       {"Дискіде де, жадта да орын қалмады: жазба тоқтатылды",
        "Закончилось место и на диске, и в памяти: запись остановлена",
        "Disk and memory are full: recording has stopped"}},
      {"disk.ok", {"Дискіде орын жеткілікті", "Места на диске достаточно", "The disk has enough space"}},
  };
  return all;
}

Text source_set(const std::string& uri) {
  if (uri.starts_with("whip:")) {
    return {"Зал камерасы кодерден алынды", "Изображение зала взято от кодера",
            "The hall's picture comes from the encoder"};
  }
  // Journals of before have the whole address.
  const std::string shown = link::safe_uri(uri);
  return {"Бейне көзі ауыстырылды: " + shown, "Источник видео заменён: " + shown,
          "The video source was changed: " + shown};
}

Text item_opened(const Record& record, const std::string& id, bool again) {
  const meeting::AgendaItem* item = record.item(id);
  if (item == nullptr) return {id, id, id};
  if (again) {
    return {fmt::format("№ {} мәселе қайта ашылды: {}", item->no, item->title.in("kk")),
            fmt::format("Снова открыт вопрос № {}: {}", item->no, item->title.in("ru")),
            fmt::format("Item {} was opened again: {}", item->no, item->title.in("en"))};
  }
  return {fmt::format("№ {} мәселені қарау басталды: {}", item->no, item->title.in("kk")),
          fmt::format("Начато рассмотрение вопроса № {}: {}", item->no, item->title.in("ru")),
          fmt::format("Item {} was opened: {}", item->no, item->title.in("en"))};
}

Text item_closed(const Record& record, const std::string& id) {
  const meeting::AgendaItem* item = record.item(id);
  if (item == nullptr) return {id, id, id};
  return {fmt::format("№ {} мәселені қарау аяқталды", item->no),
          fmt::format("Рассмотрение вопроса № {} завершено", item->no), fmt::format("Item {} was closed", item->no)};
}

Text floor_given(const Text& name) {
  return {"Сөз берілді: " + name.in("kk"), "Слово предоставлено: " + name.in("ru"), name.in("en") + " has the floor"};
}

Text floor_ended(const Text& name) {
  return {"Сөз аяқталды: " + name.in("kk"), "Выступление завершено: " + name.in("ru"),
          name.in("en") + " no longer has the floor"};
}

Text floor_suspended(const Text& name) {
  return {"Сөз үзілді, қалған уақыты сақталды: " + name.in("kk"),
          "Выступление прервано, оставшееся время сохранено: " + name.in("ru"),
          name.in("en") + " was interrupted and keeps the remaining time"};
}

Text hand_raised(const Text& name, const std::string& kind) {
  if (kind == "question") {
    return {"Сұраққа кезек: " + name.in("kk"), "В очереди на вопрос: " + name.in("ru"),
            name.in("en") + " is in the queue with a question"};
  }
  if (kind == "point_of_order") {
    return {"Отырысты жүргізу тәртібі бойынша: " + name.in("kk"), "К порядку ведения: " + name.in("ru"),
            name.in("en") + " is in the queue with a point of order"};
  }
  return {"Сөз сөйлеуге кезек: " + name.in("kk"), "В очереди на выступление: " + name.in("ru"),
          name.in("en") + " is in the queue to speak"};
}

Text hand_lowered(const Text& name) {
  return {"Кезектен шықты: " + name.in("kk"), "Снято с очереди: " + name.in("ru"),
          name.in("en") + " is out of the queue"};
}

Text said_of(const Text& name, const Text& what) {
  return {what.kk + ": " + name.in("kk"), what.ru + ": " + name.in("ru"), what.en + ": " + name.in("en")};
}

/// What is said of somebody remote: the sentence, and the name behind it.
const std::map<std::string_view, Text>& guest_sentences() {
  static const std::map<std::string_view, Text> all = {
      {"guest.invited", {"Шақыру сілтемесі жасалды", "Создано приглашение", "Invited"}},
      {"guest.revoked", {"Шақыру күшін жойды", "Приглашение отозвано", "The invitation was revoked"}},
      {"guest.arrived", {"Күту бөлмесінде", "В зале ожидания", "In the waiting room"}},
      {"guest.left", {"Отырыстан шықты", "Вышел из заседания", "Left"}},
      {"guest.admitted", {"Отырысқа кіргізілді", "Участник впущен", "Admitted"}},
      {"guest.declined", {"Отырысқа кіргізілмеді", "Участник не впущен", "Not admitted"}},
      {"guest.muted", {"Микрофоны өшірілді", "Микрофон выключен", "Muted"}},
      {"guest.unmuted", {"Микрофоны қосылды", "Микрофон включён", "Unmuted"}},
      {"guest.asked", {"Микрофонын қосуды сұрайды", "Просит включить микрофон", "Asks to be heard"}},
      {"guest.removed", {"Отырыстан шығарылды", "Участник удалён из заседания", "Removed"}},
      {"guest.line_lost", {"Байланыс үзілді", "Связь потеряна", "The line is lost"}},
      {"guest.line_restored", {"Байланыс қалпына келді", "Связь восстановлена", "The line is back"}},
  };
  return all;
}

Text layout_set(const std::string& layout) {
  if (layout == "hall") return {"Экранда: зал", "На экране: зал", "On screen: the hall"};
  if (layout == "guest")
    return {"Экранда: қашықтан қатысушы", "На экране: дистанционный участник", "On screen: the guest"};
  if (layout == "side_by_side") {
    return {"Экранда: зал мен қатысушы қатар", "На экране: зал и участник рядом", "On screen: side by side"};
  }
  if (layout == "grid") return {"Экранда: барлық қатысушылар", "На экране: все участники", "On screen: everybody"};
  return {"Экранды жүйе өзі таңдайды", "Экран выбирается автоматически", "The picture is chosen by itself"};
}

Text person_added(const Text& name, bool registered) {
  if (!registered) {
    return {"Қатысушы қосылды: " + name.in("kk"), "Добавлен участник: " + name.in("ru"), name.in("en") + " was added"};
  }
  return {"Өтінім мақұлданды: " + name.in("kk"), "Заявка одобрена: " + name.in("ru"),
          "The registration of " + name.in("en") + " was approved"};
}

Text floor_extended(std::int64_t seconds) {
  const auto by = [&](std::string_view language) { return duration(std::chrono::seconds{seconds}, language); };
  return {"Сөйлеу уақыты ұзартылды: +" + by("kk"), "Время выступления продлено: +" + by("ru"),
          "Speaking time was extended: +" + by("en")};
}

Text recess_started(const Record& record, Utc at, const std::string& until) {
  const auto time = parse_utc(until);
  if (!time) return {"Үзіліс жарияланды", "Объявлен перерыв", "A recess was called"};
  const auto when = [&](std::string_view language) { return day_and_time(*time, at, record.timezone, language); };
  return {"Үзіліс жарияланды, жалғасуы: " + when("kk"), "Объявлен перерыв, продолжение: " + when("ru"),
          "A recess was called, to resume: " + when("en")};
}

Text run_ended(const std::string& reason) {
  if (reason == "stopped") {
    return {"Трансляцияны жазу аяқталды", "Запись трансляции завершена", "Recording ended"};
  }
  return {"Трансляцияны жазу үзілді", "Запись трансляции прервалась", "Recording was interrupted"};
}

Text undone(const Text& what) {
  return {fmt::format("Әрекет кері қайтарылды: «{}»", what.kk), fmt::format("Действие отменено: «{}»", what.ru),
          fmt::format("Undone: “{}”", what.en)};
}

class Lines {
 public:
  Lines(const Record& record, const std::vector<StoredEvent>& events) : record_(record) {
    for (const StoredEvent& event : events) {
      if (event.event.kind == "person.added") add_person(event.event.payload);
      if (event.event.kind == "action.undone") {
        undone_.insert(number_of(event.event.payload, "action"));
      } else if (const std::int64_t action = action_of(event); action != 0) {
        last_of_action_[action] = &event;
      }
    }
    find_dropped(events);
  }

  /// seq of the first event of the action that the event is part of; 0 for facts and for undo.
  static std::int64_t action_of(const StoredEvent& event) {
    if (meeting::action_of_event(event.event.kind).empty() || meeting::is_from_outside(event.event)) return 0;
    const std::int64_t action = number_of(event.event.payload, "action");
    return action == 0 ? event.seq : action;
  }

  Text sentence(const StoredEvent& event) const {
    const std::string& kind = event.event.kind;
    const Json& payload = event.event.payload;
    if (const auto plain = plain_sentences().find(kind); plain != plain_sentences().end()) return plain->second;
    const auto person = [&] { return name(string_of(payload, "person")); };
    if (kind == "person.added") return person_added(name(added_by(payload)), payload.contains("registration"));
    if (const auto guest = guest_sentences().find(kind); guest != guest_sentences().end()) {
      return said_of(person(), guest->second);
    }
    if (kind == "layout.set") return layout_set(string_of(payload, "layout"));
    if (kind == "source.set") return source_set(string_of(payload, "uri"));
    if (kind == "item.opened") return item_opened(record_, string_of(payload, "item"), payload.contains("again"));
    if (kind == "item.closed") return item_closed(record_, string_of(payload, "item"));
    if (kind == "floor.given") return floor_given(person());
    if (kind == "floor.ended") return floor_ended(person());
    if (kind == "floor.suspended") return floor_suspended(person());
    if (kind == "hand.raised") return hand_raised(person(), string_of(payload, "kind"));
    if (kind == "hand.lowered") return hand_lowered(person());
    if (kind == "floor.extended") return floor_extended(number_of(payload, "seconds"));
    if (kind == "recess.started") return recess_started(record_, event.utc, string_of(payload, "until"));
    if (kind == "run.ended") return run_ended(string_of(payload, "reason"));
    if (kind == "action.undone") {
      const auto what = last_of_action_.find(number_of(payload, "action"));
      if (what != last_of_action_.end()) return undone(sentence(*what->second));
    }
    return {kind, kind, kind};  // a newer version's
  }

  /// A guest by his name.
  std::string actor(const std::string& actor) const {
    constexpr std::string_view kGuest = "guest:";
    return actor.starts_with(kGuest) ? name(actor.substr(kGuest.size())).in("kk") : actor;
  }

  JournalLine line(const StoredEvent& event, const std::optional<meeting::Undoable>& undoable) const {
    JournalLine line;
    line.seq = event.seq;
    line.utc = event.utc;
    line.actor = actor(event.actor);
    line.kind = event.event.kind;
    line.text = sentence(event);
    line.action = action_of(event);
    line.undone = (line.action != 0 && undone_.contains(line.action)) || dropped_.contains(line.seq);
    if (undoable && line.action == undoable->action) line.can_undo = last_of_action_.at(line.action) == &event;
    return line;
  }

 private:
  /// What befell a turn that was taken back later is as good as taken back: it has no place in the meeting's state.
  void find_dropped(const std::vector<StoredEvent>& events) {
    State state;
    for (const StoredEvent& event : events) {
      if (const std::int64_t action = action_of(event); action != 0 && undone_.contains(action)) continue;
      if (!meeting::fold(state, event) && meeting::is_from_outside(event.event)) dropped_.insert(event.seq);
    }
  }
  /// The id of the person whom a person.added brings.
  static std::string added_by(const Json& payload) {
    const auto person = payload.is_object() ? payload.find("person") : payload.end();
    return payload.is_object() && person != payload.end() ? string_of(*person, "id") : std::string();
  }
  void add_person(const Json& payload) {
    if (!payload.is_object() || !payload.contains("person")) return;
    if (auto person = meeting::person_from_json(payload["person"])) added_.emplace(person->id, person->name);
  }
  /// Also of somebody whom an undo took out of the record again.
  Text name(const std::string& person) const {
    if (const meeting::Person* known = record_.person(person)) return known->name;
    const auto added = added_.find(person);
    return added == added_.end() ? Text{person, person, person} : added->second;
  }

  const Record& record_;
  std::map<std::string, Text> added_;
  std::set<std::int64_t> undone_, dropped_;
  std::map<std::int64_t, const StoredEvent*> last_of_action_;
};

}  // namespace

std::vector<JournalLine> journal_lines(const State& state, const std::vector<StoredEvent>& events, std::size_t most) {
  const Lines lines(state.record, events);
  const auto undoable = state.undoable();
  std::vector<JournalLine> newest_first;
  for (auto event = events.rbegin(); event != events.rend() && newest_first.size() < most; ++event) {
    if (event->event.kind != "media.applied") newest_first.push_back(lines.line(*event, undoable));
  }
  return newest_first;
}

}  // namespace tyndau::projections
