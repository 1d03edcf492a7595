#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "session/meeting/refusals.h"
#include "session/meeting/state.h"

/// What the rules decide with: rules.cpp and guest_rules.cpp share it, nobody else needs it.
namespace tyndau::meeting {

using Decision = tl::expected<std::vector<Event>, Refusal>;
using MaybeRefusal = std::optional<Refusal>;

inline Decision refuse(std::string_view code, const Words& words = {}) { return tl::unexpected(refusal(code, words)); }

/// The events of one action, each with the number of the first.
class Draft {
 public:
  explicit Draft(const State& state) : state_(state) {}

  Draft& add(std::string kind, Json payload = Json::object()) {
    if (by_.empty()) payload["action"] = state_.seq + 1;
    if (!by_.empty()) payload["by"] = by_;
    events_.push_back({std::move(kind), std::move(payload)});
    return *this;
  }
  /// Holds the turn of whoever has the floor, with the time that is left.
  Draft& suspend_floor(const char* reason) {
    return add("floor.suspended", {{"person", state_.floor->person}, {"reason", reason}});
  }
  Draft& end_floor(const char* reason) {
    if (state_.floor) add("floor.ended", {{"person", state_.floor->person}, {"reason", reason}});
    return *this;
  }
  Draft& close_item(const char* reason) {
    if (state_.open_item.empty()) return *this;
    end_floor(reason);
    return add("item.closed", {{"item", state_.open_item}});
  }
  /// From now on it is not the secretary who does it ("guest", "media"): no undo takes it back.
  Draft& by(const char* whom) {
    by_ = whom;
    return *this;
  }
  std::vector<Event> take() { return std::move(events_); }

 private:
  const State& state_;
  std::string by_;
  std::vector<Event> events_;
};

}  // namespace tyndau::meeting
