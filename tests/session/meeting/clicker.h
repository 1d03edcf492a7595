#pragma once
#include <random>
#include <string>
#include <vector>

#include "tests/session/meeting/hearing.h"

namespace tyndau::meeting::testing {

/// Draws actions, good and bad ones, from a fixed seed.
class Clicker {
 public:
  explicit Clicker(unsigned seed) : random_(seed) {}

  /// Of a sitting that goes on: mostly turns, and second thoughts.
  Json next_of_a_sitting(Utc now) {
    return of_kind(pick({"item.open", "floor.give", "floor.give", "floor.give", "floor.end", "floor.pause",
                         "floor.extend", "hand.raise", "recess.start", "recess.end", "recess.end", "undo", "undo",
                         "guest.admit", "guest.admit", "guest.remove", "item.close"}),
                   now);
  }
  Json next(Utc now) { return of_kind(pick(action_kinds()), now); }
  Json of_kind(const std::string& kind, Utc now) {
    Json action = {{"action", kind}};
    if (kind == "source.set") action["uri"] = pick({"test:", "rtsp://camera/1"});
    if (kind == "item.open") action["item"] = pick({"a1", "a2", "a3", "a9"});
    if (kind == "floor.give" || kind.starts_with("hand.")) action["person"] = pick({"p1", "p2", "p3", "p4", "p9"});
    const bool their_own =
        kind == "guest.arrive" || kind == "guest.leave" || kind == "guest.finish" || kind == "guest.ask";
    if (kind.starts_with("guest.") && !their_own) action["person"] = pick({"p1", "p2", "p3"});
    if (kind == "layout.set") action["layout"] = pick({"auto", "hall", "guest", "side_by_side", "grid"});
    if (kind == "hand.raise") action["kind"] = pick(hand_kinds());
    if (kind == "registration.approve") action["registration"] = "r" + std::to_string(++registrations_);
    // To decline is no event (registrations_test.cpp).
    if (kind == "registration.decline") action = {{"action", "registration.close"}};
    if (kind == "recess.start" && below(2) == 0)
      action["until"] = format_utc(now + std::chrono::seconds(below(200) - 50));
    // A hearing that is closed at once would leave little to try.
    if ((kind == "sitting.close" || kind == "broadcast.stop") && below(10) != 0) action = {{"action", "undo"}};
    return action;
  }
  /// Somebody remote does something, or his line does.
  void outside(Hearing& h) {
    const std::string person = pick({"p1", "p2", "p3"});
    switch (below(4)) {
      case 0:
        return h.happen(line_lost(h.state, person));
      case 1:
        return h.happen(line_restored(h.state, person));
      default:
        if (h.state.guest(person) == nullptr) return;
        h.act_as(person, {{"action", pick({"guest.arrive", "guest.arrive", "guest.leave", "guest.finish", "guest.ask",
                                           "hand.raise", "hand.lower"})}});
    }
  }
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

 private:
  std::string pick(const std::vector<std::string>& from) { return from[static_cast<std::size_t>(below(from.size()))]; }
  std::mt19937 random_;
  int registrations_ = 0;
};

}  // namespace tyndau::meeting::testing
