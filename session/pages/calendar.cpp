#include "session/pages/calendar.h"

#include <libical/ical.h>

#include <ctime>
#include <memory>

namespace tyndau::web {

namespace {

struct Free {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
  void operator()(char* text) const { icalmemory_free_buffer(text); }
};

constexpr int kRemindsBefore = 30 * 60;

/// In UTC: whoever opens it sees their own zone's time, and no zone needs to be described.
icaltimetype time_of(Utc time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  return icaltime_from_timet_with_zone(static_cast<std::time_t>(seconds), 0, icaltimezone_get_utc_timezone());
}

/// 3.6.6: a display alarm.
icalcomponent* reminder(const std::string& title) {
  icalcomponent* alarm = icalcomponent_new_valarm();
  icalcomponent_add_property(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
  icalcomponent_add_property(alarm, icalproperty_new_trigger(icaltriggertype_from_int(-kRemindsBefore)));
  icalcomponent_add_property(alarm, icalproperty_new_description(title.c_str()));
  return alarm;
}

}  // namespace

std::string calendar(const CalendarEntry& entry) {
  const std::unique_ptr<icalcomponent, Free> whole(icalcomponent_new_vcalendar());
  icalcomponent_add_property(whole.get(), icalproperty_new_version("2.0"));
  icalcomponent_add_property(whole.get(), icalproperty_new_prodid("-//tyndau//kk"));
  icalcomponent_add_property(whole.get(), icalproperty_new_method(ICAL_METHOD_PUBLISH));
  icalcomponent* event = icalcomponent_new_vevent();
  icalcomponent_add_component(whole.get(), event);
  icalcomponent_set_uid(event, entry.uid.c_str());
  icalcomponent_set_dtstamp(event, time_of(entry.made));
  icalcomponent_set_dtstart(event, time_of(entry.starts));
  icalcomponent_set_dtend(event, time_of(entry.ends));
  icalcomponent_set_summary(event, entry.title.c_str());
  if (!entry.place.empty()) icalcomponent_set_location(event, entry.place.c_str());
  if (!entry.note.empty()) icalcomponent_set_description(event, entry.note.c_str());
  if (!entry.url.empty()) icalcomponent_add_property(event, icalproperty_new_url(entry.url.c_str()));
  icalcomponent_add_component(event, reminder(entry.title));
  // 3.1: its lines are folded and end in CRLF, and what is special in text is escaped.
  const std::unique_ptr<char, Free> text(icalcomponent_as_ical_string_r(whole.get()));
  return text.get();
}

}  // namespace tyndau::web
