#pragma once
#include <chrono>
#include <map>
#include <string>

#include "media/base/utc.h"

namespace tyndau::web {

/// Slows down the guessing of passwords: after a few failures each further try must wait twice as long as the one
/// before. Counted under any name: a client's address, an account. Pure: time is handed in.
class Throttle {
 public:
  using Wait = std::chrono::milliseconds;

  /// `free` failures cost nothing; then one second, doubling up to `longest`. An hour of peace is forgiveness.
  Throttle(int free, Wait longest) : free_(free), longest_(longest) {}

  /// How long this one must wait from now; zero when it may try.
  Wait wait(const std::string& who, Utc now) const;
  /// Counts a try as failed before it is known: tries that run at the same time do not slip through.
  void trying(const std::string& who, Utc now);
  void succeeded(const std::string& who) { failures_.erase(who); }

 private:
  struct Failures {
    int count = 0;
    Utc last{};
  };
  static constexpr std::size_t kMost = 10'000;
  Wait penalty(int count) const;
  void make_room();

  int free_;
  Wait longest_;
  std::map<std::string, Failures> failures_;
};

/// The address as login counts it: an IPv6 client is its /64, which one household has whole.
std::string client_group(const std::string& address);

}  // namespace tyndau::web
