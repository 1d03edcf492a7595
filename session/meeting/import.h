#pragma once
#include "media/base/json.h"
#include "session/meeting/types.h"

namespace tyndau::meeting {

/// Reads a hearing as other systems hand it over (format "tyndau-sample-hearing/1") and gives the payload of the
/// `meeting.imported` event: {"record": {...}}, the Record in the form that to_json writes.
///
/// Strict about what the rules need (meta, maslikhat, commission, hearing, sites, people, time_rules, agenda,
/// announcement): a failure names the place, as in "agenda[2].speakers[0]: 'limit_s' is missing". Everything else in
/// the document is let through unread. Meeting ids become parts of URLs and names of folders: [a-z0-9-]{1,64}.
///
/// Texts are cleaned as line.h says (the announcement keeps its line breaks). Nothing that screens, rules or clocks go
/// by is taken on trust: the zone must be one that this machine knows (it reads the system's zoneinfo), sites are main
/// or remote, an item is not planned before the meeting starts, no point of order is planned, a telephone has digits
/// and an e-mail address an @. `kind` of an item and `as` of a speaker are open lists; screens call an unknown `as`
/// "speaker".
///
/// `shift_days` moves every time by whole days, and the dates that the announcement gives in words with them.
Result<Json> read_hearing(const Json& document, int shift_days = 0);

/// The id of the meeting in a payload that read_hearing gave.
std::string imported_id(const Json& payload);

Json to_json(const Text& text);
Json to_json(const Person& person);
Json to_json(const Record& record);
/// Reads exactly what to_json writes, also what older versions took.
Result<Person> person_from_json(const Json& json);
Result<Record> record_from_json(const Json& json);

}  // namespace tyndau::meeting
