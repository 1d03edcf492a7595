#pragma once
#include <string>

#include "media/base/utc.h"

namespace tyndau::web {

/// What a calendar is told of a meeting. Plain text in one language.
struct CalendarEntry {
  std::string uid;  ///< the same for the same meeting: a second import corrects the first
  std::string title, place, note;
  std::string url;
  Utc starts{}, ends{}, made{};
};

/// An iCalendar file (RFC 5545) with this one entry, which reminds half an hour before.
std::string calendar(const CalendarEntry& entry);

}  // namespace tyndau::web
