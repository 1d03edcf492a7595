#include "session/meeting/import.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "session/meeting/line.h"
#include "session/meeting/months.h"

namespace tyndau::meeting {

namespace {

constexpr std::string_view kFormat = "tyndau-sample-hearing/1";
constexpr std::size_t kMostName = 512, kMostTitle = 2048, kMostAnnouncement = 48 * 1024;
constexpr int kMostShift = 40'000;  // days, a century: times keep their four digits of year

/// Who wrote what is read. Strangers' lines are cleaned, and more is asked of them; what the journal has was taken once
/// and stays as it is, also where an older version asked for less.
enum class From { kStranger, kJournal };

/// The first thing wrong anywhere; everything after it reads as empty. `where` names the place.
class Reader {
 public:
  explicit Reader(From from, int shift_days = 0) : from_(from), shift_(shift_days) {}

  void complain(const std::string& where, const std::string& what) {
    if (!wrong_) wrong_ = where + ": " + what;
  }
  void note(const std::optional<std::string>& wrong) {
    if (!wrong_ && wrong) wrong_ = wrong;
  }
  const std::optional<std::string>& wrong() const { return wrong_; }
  std::chrono::days shift() const { return shift_; }
  bool strangers() const { return from_ == From::kStranger; }

  /// One line of text, or several, as it is shown: see line.h. Composed anew it may have grown.
  std::string shown(std::string text, const std::string& where, std::size_t most, bool lines = false) {
    if (!strangers()) return text;
    auto clean = lines ? lines_of(text) : line_of(text);
    if (!clean) {
      complain(where, clean.error().what);
      return {};
    }
    if (clean->size() > most) complain(where, fmt::format("is longer than {} bytes", most));
    return std::move(*clean);
  }
  void check_id(const std::string& id, const std::string& where) {
    const auto fits = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    if (id.empty() || id.size() > 64 || !std::all_of(id.begin(), id.end(), fits)) {
      complain(where, fmt::format("'{}' must be 1 to 64 letters a-z, digits, '-' and '_'", id));
    }
  }

  Utc time(const std::string& text, const std::string& where) {
    const auto time = parse_utc(text);
    if (!time) {
      complain(where, time.error().what);
      return {};
    }
    const Utc shifted = *time + shift_;
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(shifted)};
    if (date.year() < std::chrono::year{1900} || date.year() > std::chrono::year{2999}) {
      complain(where, "must be a time of the years 1900 to 2999");
    }
    return shifted;
  }
  Utc time(Fields& fields, const char* key, const std::string& where) {
    const std::string text = fields.string(key, 64);
    note(fields.finish_leniently());
    return wrong_ ? Utc{} : time(text, where + "." + key);
  }
  std::optional<Utc> optional_time(Fields& fields, const char* key, const std::string& where) {
    const auto text = fields.optional_string(key, 64);
    if (!text) return std::nullopt;
    return time(*text, where + "." + key);
  }

  /// {"kk", "ru", "en"?}: kk and ru may be empty only where `empty_allowed`.
  Text text(const Json& json, const std::string& where, std::size_t most, bool empty_allowed = false) {
    Fields fields(json, where);
    Text text{fields.string("kk", most), fields.string("ru", most), fields.optional_string("en", most).value_or("")};
    note(fields.finish_leniently());
    for (std::string* one : {&text.kk, &text.ru, &text.en}) {
      *one = shown(std::move(*one), where, most, most == kMostAnnouncement);
    }
    if (!empty_allowed && (is_blank(text.kk) || is_blank(text.ru))) {
      complain(where, "'kk' and 'ru' must not be empty");
    }
    return text;
  }
  Text text(Fields& parent, const char* key, const std::string& where, std::size_t most, bool empty_allowed = false) {
    const Json& json = parent.object(key);
    note(parent.finish_leniently());
    return wrong_ ? Text{} : text(json, where + "." + key, most, empty_allowed);
  }
  Text optional_text(Fields& parent, const char* key, const std::string& where, std::size_t most) {
    const Json* json = parent.optional_object(key);
    return json == nullptr ? Text{} : text(*json, where + "." + key, most);
  }

  /// The list's elements, or none when something is wrong already.
  const Json& list(Fields& parent, const char* key) {
    static const Json none = Json::array();
    const Json& json = parent.array(key);
    note(parent.finish_leniently());
    return wrong_ ? none : json;
  }

 private:
  static bool is_blank(const std::string& text) { return text.find_first_not_of('\n') == std::string::npos; }

  From from_;
  std::chrono::days shift_;
  std::optional<std::string> wrong_;
};

bool is_meeting_id(std::string_view id) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), fits);
}

bool is_known(const std::string& zone) {
  try {
    return date::locate_zone(zone) != nullptr;
  } catch (const std::runtime_error&) {  // the library's way to say that there is no such zone, or no zoneinfo at all
    return false;
  }
}

/// A place, or UTC: "localtime" is another one on every machine, "right/..." counts leap seconds.
bool is_timezone(const std::string& zone) {
  const bool place = zone.find('/') != std::string::npos && !zone.starts_with("right/") && !zone.starts_with("posix/");
  return (place || zone == "UTC") && is_known(zone);
}

std::string no_such_timezone(const std::string& zone) {
  if (!is_known("UTC")) return "the time zones of this machine cannot be read; install the package tzdata";
  return fmt::format("there is no time zone '{}'; that of Kazakhstan is Asia/Almaty", zone);
}

void check_timezone(Reader& reader, const std::string& zone, const std::string& where) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
           c == '+' || c == '-';
  };
  if (zone.empty() || zone.size() > 64 || zone.front() == '/' || !std::all_of(zone.begin(), zone.end(), fits)) {
    reader.complain(where, fmt::format("'{}' is not a time zone as in Asia/Almaty", zone));
  } else if (reader.strangers() && !reader.wrong() && !is_timezone(zone)) {
    reader.complain(where, no_such_timezone(zone));
  }
}

// ---- what both forms have in common ----

TimeRules read_time_rules(Reader& reader, const Json& json, const std::string& where, bool strictly) {
  Fields fields(json, where);
  const auto seconds = [&](const char* key) { return static_cast<int>(fields.integer(key, 1, 86'400)); };
  TimeRules rules;
  rules.report_s = seconds("report_s");
  rules.co_report_s = seconds("co_report_s");
  rules.debate_s = seconds("debate_s");
  rules.question_s = seconds("question_s");
  rules.answer_s = seconds("answer_s");
  rules.closing_s = seconds("closing_s");
  rules.point_of_order_s = seconds("point_of_order_s");
  rules.max_turns_per_item = static_cast<int>(fields.integer("max_turns_per_item", 1, 1000));
  rules.warn_before_s = static_cast<int>(fields.integer("warn_before_s", 0, 86'400));
  rules.extension_step_s = seconds("extension_step_s");
  reader.note(strictly ? fields.finish() : fields.finish_leniently());
  return rules;
}

/// Optional as a whole: a record without it has the order that was the only one before.
QueueRules read_queue_rules(Reader& reader, const Json* json, const std::string& where, bool strictly) {
  QueueRules rules;
  if (json == nullptr) return rules;
  Fields fields(*json, where);
  const std::string point_of_order = fields.string("point_of_order", 32);
  rules.point_of_order_interrupts = point_of_order == "interrupts";
  if (!rules.point_of_order_interrupts && point_of_order != "after_speech") {
    fields.complain("'point_of_order' is not one of: interrupts, after_speech");
  }
  rules.order.clear();
  for (const Json& place : reader.list(fields, "order")) {
    if (place.is_string()) rules.order.push_back(place.get<std::string>());
  }
  if (!std::is_permutation(rules.order.begin(), rules.order.end(), queue_places().begin(), queue_places().end())) {
    fields.complain(fmt::format("'order' must name each of these once: {}", fmt::join(queue_places(), ", ")));
  }
  reader.note(strictly ? fields.finish() : fields.finish_leniently());
  return rules;
}

Json to_json(const QueueRules& rules) {
  return {{"order", rules.order}, {"point_of_order", rules.point_of_order_interrupts ? "interrupts" : "after_speech"}};
}

Speaker read_speaker(Reader& reader, const Json& json, const std::string& where, bool strictly) {
  Fields fields(json, where);
  Speaker speaker;
  speaker.person = fields.string("person", 64);
  speaker.as = fields.string("as", 64);
  speaker.limit_s = static_cast<int>(fields.integer("limit_s", 1, 86'400));
  reader.note(strictly ? fields.finish() : fields.finish_leniently());
  reader.check_id(speaker.person, where + ".person");
  reader.check_id(speaker.as, where + ".as");
  return speaker;
}

AgendaItem read_item(Reader& reader, const Json& json, const std::string& where, bool strictly) {
  Fields fields(json, where);
  AgendaItem item;
  item.id = fields.string("id", 64);
  item.no = static_cast<int>(fields.integer("no", 1, 999));
  item.kind = fields.string("kind", 64);
  item.title = reader.text(fields, "title", where, kMostTitle);
  const Json& speakers = reader.list(fields, "speakers");
  for (std::size_t i = 0; i < speakers.size(); ++i) {
    item.speakers.push_back(read_speaker(reader, speakers[i], fmt::format("{}.speakers[{}]", where, i), strictly));
  }
  item.planned_start = reader.optional_time(fields, "planned_start", where);
  reader.note(strictly ? fields.finish() : fields.finish_leniently());
  reader.check_id(item.id, where + ".id");
  reader.check_id(item.kind, where + ".kind");
  return item;
}

Person read_person(Reader& reader, const Json& json, const std::string& where, bool strictly) {
  Fields fields(json, where);
  Person person;
  person.id = fields.string("id", 64);
  person.name = reader.text(fields, "name", where, kMostName);
  person.position = reader.text(fields, "position", where, kMostTitle);
  person.role = fields.string("role", 64);
  person.site = fields.optional_string("site", 64).value_or("");
  person.site_name = reader.optional_text(fields, "site_name", where, kMostName);  // records of old journals have none
  person.mode = fields.string("mode", 64);
  reader.note(strictly ? fields.finish() : fields.finish_leniently());
  reader.check_id(person.id, where + ".id");
  reader.check_id(person.role, where + ".role");
  if (person.mode != "in_person" && person.mode != "remote" && person.mode != "absent") {
    reader.complain(where, fmt::format("'mode' is '{}' and must be in_person, remote or absent", person.mode));
  }
  return person;
}

/// What must hold between the parts, whichever form they came in.
void check_together(Reader& reader, const Record& record) {
  if (!is_meeting_id(record.id)) {
    reader.complain("hearing.id", fmt::format("'{}' must be 1 to 64 small letters a-z, digits and '-'", record.id));
  }
  if (record.kind != "session" && record.kind != "public_hearing" && record.kind != "commission_sitting") {
    reader.complain("hearing.kind",
                    fmt::format("'{}' must be session, public_hearing or commission_sitting", record.kind));
  }
  if (record.planned_end && *record.planned_end <= record.starts_at) {
    reader.complain("hearing.planned_end", "must be later than 'starts_at'");
  }
  std::set<std::string> ids;
  for (std::size_t i = 0; i < record.people.size(); ++i) {
    const std::string& id = record.people[i].id;
    if (!ids.insert(id).second) reader.complain(fmt::format("people[{}].id", i), fmt::format("'{}' stands twice", id));
  }
  std::set<std::string> items;
  std::set<int> numbers;
  for (std::size_t i = 0; i < record.agenda.size(); ++i) {
    const AgendaItem& item = record.agenda[i];
    const std::string where = fmt::format("agenda[{}]", i);
    if (!items.insert(item.id).second) reader.complain(where + ".id", fmt::format("'{}' stands twice", item.id));
    if (!numbers.insert(item.no).second) reader.complain(where + ".no", fmt::format("{} stands twice", item.no));
    for (std::size_t j = 0; j < item.speakers.size(); ++j) {
      if (ids.contains(item.speakers[j].person)) continue;
      reader.complain(fmt::format("{}.speakers[{}].person", where, j),
                      fmt::format("'{}' is not in people", item.speakers[j].person));
    }
  }
}

// ---- the hearing as other systems hand it over ----

struct Site {
  std::string id;
  bool main = false;
  Text name, address;
};

std::vector<Site> read_sites(Reader& reader, const Json& list) {
  std::vector<Site> sites;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string where = fmt::format("sites[{}]", i);
    Fields fields(list[i], where);
    Site site;
    site.id = fields.string("id", 64);
    const std::string kind = fields.string("kind", 64);
    site.main = kind == "main";
    site.name = reader.text(fields, "name", where, kMostName);
    site.address = reader.text(fields, "address", where, kMostName);
    reader.note(fields.finish_leniently());
    reader.check_id(site.id, where + ".id");
    if (!site.main && kind != "remote") {
      reader.complain(where + ".kind", fmt::format("is '{}' and must be main or remote", kind));
    }
    const auto same = [&](const Site& other) { return other.id == site.id; };
    if (std::any_of(sites.begin(), sites.end(), same)) {
      reader.complain(where + ".id", fmt::format("'{}' stands twice", site.id));
    }
    sites.push_back(std::move(site));
  }
  if (std::count_if(sites.begin(), sites.end(), [](const Site& site) { return site.main; }) != 1) {
    reader.complain("sites", "exactly one must be of kind 'main'");
  }
  return sites;
}

Text place_of(const std::vector<Site>& sites) {
  const auto both = [](const std::string& name, const std::string& address) {
    return name.empty() || address.empty() ? std::string() : name + ", " + address;
  };
  for (const Site& site : sites) {
    if (!site.main) continue;
    return {both(site.name.kk, site.address.kk), both(site.name.ru, site.address.ru),
            both(site.name.en, site.address.en)};
  }
  return {};
}

/// Where people sit who are not in the hall.
void name_sites_of_people(Record& record, const std::vector<Site>& sites) {
  for (Person& person : record.people) {
    const auto his = std::find_if(sites.begin(), sites.end(), [&](const Site& site) { return site.id == person.site; });
    if (his != sites.end() && !his->main) person.site_name = his->name;
  }
}

void check_sites_of_people(Reader& reader, const Record& record, const std::vector<Site>& sites) {
  for (std::size_t i = 0; i < record.people.size(); ++i) {
    const Person& person = record.people[i];
    if (person.mode == "absent" && person.site.empty()) continue;
    const auto here = [&](const Site& site) { return site.id == person.site; };
    if (std::any_of(sites.begin(), sites.end(), here)) continue;
    reader.complain(fmt::format("people[{}].site", i), fmt::format("'{}' is not in sites", person.site));
  }
}

void read_meta(Reader& reader, const Json& json, Record& record) {
  Fields fields(json, "meta");
  const std::string format = fields.string("format", 64);
  reader.note(fields.finish_leniently());
  if (format != kFormat) {
    reader.complain("meta.format", fmt::format("is '{}'; this version reads '{}'", format, kFormat));
  }
  record.timezone = fields.string("timezone", 64);
  reader.note(fields.finish_leniently());
  check_timezone(reader, record.timezone, "meta.timezone");
}

/// What people would call and write to in vain.
void check_contact(Reader& reader, const Record& record) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto& phone = record.contact_phone;
  if (!phone.empty() && std::count_if(phone.begin(), phone.end(), digit) < 3) {
    reader.complain("hearing.contact.phone", fmt::format("'{}' is not a telephone number", phone));
  }
  const auto& email = record.contact_email;
  const std::size_t at = email.find('@');
  const bool address = at != std::string::npos && at > 0 && at + 1 < email.size() && at == email.rfind('@') &&
                       email.find(' ') == std::string::npos;
  if (!email.empty() && !address) {
    reader.complain("hearing.contact.email", fmt::format("'{}' is not an e-mail address", email));
  }
}

void read_meeting(Reader& reader, const Json& json, Record& record) {
  Fields fields(json, "hearing");
  record.id = fields.string("id");
  record.kind = fields.string("kind", 64);
  record.title = reader.text(fields, "title", "hearing", kMostTitle);
  record.number = reader.optional_text(fields, "number", "hearing", kMostName);
  record.starts_at = reader.time(fields, "starts_at", "hearing");
  record.planned_end = reader.optional_time(fields, "planned_end", "hearing");
  if (const Json* contact = fields.optional_object("contact")) {
    Fields contacts(*contact, "hearing.contact");
    record.contact_phone = contacts.optional_string("phone", 128).value_or("");
    record.contact_email = contacts.optional_string("email", 256).value_or("");
    reader.note(contacts.finish_leniently());
    record.contact_phone = reader.shown(std::move(record.contact_phone), "hearing.contact.phone", 128);
    record.contact_email = reader.shown(std::move(record.contact_email), "hearing.contact.email", 256);
    check_contact(reader, record);
  }
  reader.note(fields.finish_leniently());
}

Text read_name(Reader& reader, const Json& json, const char* where) {
  Fields fields(json, where);
  return reader.text(fields, "name", where, kMostName);
}

void read_announcement(Reader& reader, const Json& json, Record& record) {
  record.announcement = reader.text(json, "announcement", kMostAnnouncement);
  if (reader.shift().count() == 0 || reader.wrong()) return;
  const auto day = std::chrono::floor<std::chrono::days>(record.starts_at) - reader.shift();
  for (std::string* text : {&record.announcement.kk, &record.announcement.ru}) {
    *text = shift_dates_in_words(*text, reader.shift(), day);
  }
}

void read_lists(Reader& reader, Fields& document, Record& record) {
  const std::vector<Site> sites = read_sites(reader, reader.list(document, "sites"));
  record.place = place_of(sites);
  const Json& people = reader.list(document, "people");
  for (std::size_t i = 0; i < people.size(); ++i) {
    record.people.push_back(read_person(reader, people[i], fmt::format("people[{}]", i), false));
  }
  const Json& agenda = reader.list(document, "agenda");
  for (std::size_t i = 0; i < agenda.size(); ++i) {
    record.agenda.push_back(read_item(reader, agenda[i], fmt::format("agenda[{}]", i), false));
  }
  check_sites_of_people(reader, record, sites);
  name_sites_of_people(record, sites);
}

/// What the rules believe of the agenda, beyond its form.
void check_plan(Reader& reader, const Record& record) {
  for (std::size_t i = 0; i < record.agenda.size(); ++i) {
    const AgendaItem& item = record.agenda[i];
    const std::string where = fmt::format("agenda[{}]", i);
    if (item.planned_start && *item.planned_start < record.starts_at) {
      reader.complain(where + ".planned_start", "must not be before the meeting 'starts_at'");
    }
    for (std::size_t j = 0; j < item.speakers.size(); ++j) {
      // It interrupts whoever speaks; nobody can plan one.
      if (item.speakers[j].as != kPointOfOrder) continue;
      reader.complain(fmt::format("{}.speakers[{}].as", where, j), "a point of order cannot be planned");
    }
  }
}

Json json_or_null(const std::optional<Utc>& time) { return time ? Json(format_utc(*time)) : Json(); }

Json to_json(const AgendaItem& item) {
  Json speakers = Json::array();
  for (const Speaker& speaker : item.speakers) {
    speakers.push_back({{"person", speaker.person}, {"as", speaker.as}, {"limit_s", speaker.limit_s}});
  }
  return {{"id", item.id},
          {"no", item.no},
          {"kind", item.kind},
          {"title", meeting::to_json(item.title)},
          {"speakers", std::move(speakers)},
          {"planned_start", json_or_null(item.planned_start)}};
}

Json to_json(const TimeRules& rules) {
  return {{"report_s", rules.report_s},
          {"co_report_s", rules.co_report_s},
          {"debate_s", rules.debate_s},
          {"question_s", rules.question_s},
          {"answer_s", rules.answer_s},
          {"closing_s", rules.closing_s},
          {"point_of_order_s", rules.point_of_order_s},
          {"max_turns_per_item", rules.max_turns_per_item},
          {"warn_before_s", rules.warn_before_s},
          {"extension_step_s", rules.extension_step_s}};
}

}  // namespace

Result<Json> read_hearing(const Json& document, int shift_days) {
  if (shift_days < -kMostShift || shift_days > kMostShift) {
    return fail(fmt::format("a shift of {} days: at most {} are taken", shift_days, kMostShift));
  }
  Reader reader(From::kStranger, shift_days);
  Fields fields(document, "the document");
  const Json& meta = fields.object("meta");
  const Json& maslikhat = fields.object("maslikhat");
  const Json& hearing = fields.object("hearing");
  const Json& rules = fields.object("time_rules");
  const Json& announcement = fields.object("announcement");
  const Json* queue = fields.optional_object("queue_rules");
  if (const auto wrong = fields.finish_leniently()) return fail(*wrong);

  Record record;
  read_meta(reader, meta, record);
  record.maslikhat = read_name(reader, maslikhat, "maslikhat");
  read_meeting(reader, hearing, record);
  // The whole maslikhat sits in a session; every other meeting is a commission's.
  if (record.kind != "session" || fields.optional_object("commission") != nullptr) {
    const Json& commission = fields.object("commission");
    reader.note(fields.finish_leniently());
    record.commission = read_name(reader, commission, "commission");
  }
  read_lists(reader, fields, record);
  record.time_rules = read_time_rules(reader, rules, "time_rules", false);
  record.queue_rules = read_queue_rules(reader, queue, "queue_rules", false);
  read_announcement(reader, announcement, record);
  check_together(reader, record);
  check_plan(reader, record);
  if (reader.wrong()) return fail(*reader.wrong());
  return Json{{"record", to_json(record)}};
}

std::string imported_id(const Json& payload) {
  const Json::json_pointer place("/record/id");
  return payload.contains(place) && payload.at(place).is_string() ? payload.at(place).get<std::string>()
                                                                  : std::string();
}

Json to_json(const Text& text) { return {{"kk", text.kk}, {"ru", text.ru}, {"en", text.en}}; }

Json to_json(const Person& person) {
  Json json{{"id", person.id},
            {"name", meeting::to_json(person.name)},
            {"position", meeting::to_json(person.position)},
            {"role", person.role},
            {"site", person.site},
            {"mode", person.mode}};
  if (person.site_name != Text{}) json["site_name"] = meeting::to_json(person.site_name);
  return json;
}

Json to_json(const Record& record) {
  Json people = Json::array(), agenda = Json::array();
  for (const Person& person : record.people) people.push_back(to_json(person));
  for (const AgendaItem& item : record.agenda) agenda.push_back(to_json(item));
  Json json{{"id", record.id},
            {"kind", record.kind},
            {"title", to_json(record.title)},
            {"number", to_json(record.number)},
            {"maslikhat", to_json(record.maslikhat)},
            {"commission", to_json(record.commission)},
            {"place", to_json(record.place)},
            {"announcement", to_json(record.announcement)},
            {"timezone", record.timezone},
            {"contact_phone", record.contact_phone},
            {"contact_email", record.contact_email},
            {"starts_at", format_utc(record.starts_at)},
            {"planned_end", json_or_null(record.planned_end)},
            {"agenda", std::move(agenda)},
            {"people", std::move(people)},
            {"time_rules", to_json(record.time_rules)}};
  if (record.queue_rules != QueueRules{}) json["queue_rules"] = to_json(record.queue_rules);
  return json;
}

Result<Person> person_from_json(const Json& json) {
  Reader reader(From::kJournal);
  Person person = read_person(reader, json, "person", true);
  if (reader.wrong()) return fail(*reader.wrong());
  return person;
}

Result<Record> record_from_json(const Json& json) {
  const std::string where = "record";
  Reader reader(From::kJournal);
  Fields fields(json, where);
  Record record;
  record.id = fields.string("id");
  record.kind = fields.string("kind", 64);
  record.title = reader.text(fields, "title", where, kMostTitle);
  record.number = reader.text(fields, "number", where, kMostName, true);
  record.maslikhat = reader.text(fields, "maslikhat", where, kMostName);
  record.commission = reader.text(fields, "commission", where, kMostName, true);
  record.place = reader.text(fields, "place", where, kMostTitle);
  record.announcement = reader.text(fields, "announcement", where, kMostAnnouncement);
  record.timezone = fields.string("timezone", 64);
  record.contact_phone = fields.string("contact_phone", 128);
  record.contact_email = fields.string("contact_email", 256);
  record.starts_at = reader.time(fields, "starts_at", where);
  record.planned_end = reader.optional_time(fields, "planned_end", where);
  const Json& agenda = reader.list(fields, "agenda");
  for (std::size_t i = 0; i < agenda.size(); ++i) {
    record.agenda.push_back(read_item(reader, agenda[i], fmt::format("agenda[{}]", i), true));
  }
  const Json& people = reader.list(fields, "people");
  for (std::size_t i = 0; i < people.size(); ++i) {
    record.people.push_back(read_person(reader, people[i], fmt::format("people[{}]", i), true));
  }
  const Json& rules = fields.object("time_rules");
  const Json* queue = fields.optional_object("queue_rules");
  reader.note(fields.finish());
  if (!reader.wrong()) record.time_rules = read_time_rules(reader, rules, "time_rules", true);
  if (!reader.wrong()) record.queue_rules = read_queue_rules(reader, queue, "queue_rules", true);
  check_timezone(reader, record.timezone, "record.timezone");
  check_together(reader, record);
  if (reader.wrong()) return fail(*reader.wrong());
  return record;
}

}  // namespace tyndau::meeting
