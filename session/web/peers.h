#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "session/access/guest_door.h"
#include "session/secretariat/secretariat.h"

namespace tyndau::web {

/// Which WebRTC connection is whose: a desk's, or a guest's by his page, an encoder (WHIP) or a player (WHEP). SDP is
/// relayed to media and back; only its size and its being text are looked at. Loop thread only.
class Peers {
 public:
  static constexpr std::size_t kMostOfferBytes = 32 * 1024;

  static constexpr std::size_t kMostPerGuest = 6;

  enum class Way { kPage, kWhip, kWhep };
  struct Owner {
    std::string session;                        ///< the desk's token; "" for a guest
    std::optional<GuestDoor::Visitor> visitor;  ///< nothing for a desk
    Way way = Way::kWhep;
    bool for_the_hall = false;  ///< a desk's: what it hears goes to the hall's loudspeakers
    bool operator==(const Owner&) const = default;
  };
  struct Opened {
    std::string peer, answer;
  };
  /// Called once; mistakes are 400 bad_offer, 413 too_large, 401 bad_token, 429 too_many, 409 not_yet
  /// (projections::guest_waits), 503 media_away.
  using Answer = std::function<void(const tl::expected<Opened, secretariat::Mistake>&)>;

  /// Both outlive it. A connection that was made by an invitation ends with it, and when another meeting goes on air.
  Peers(secretariat::Secretariat& secretariat, const GuestDoor& door);
  ~Peers();

  void open(const Owner& owner, const std::string& offer, Answer answer);
  /// Whether it was this owner's.
  bool close(const std::string& peer, const Owner& owner);
  /// Whether the guest's page has this connection; one from before this process began is taken over.
  bool lives(const std::string& peer, const GuestDoor::Visitor& visitor);
  /// A new connection of a page, or of an encoder, is instead of the one before: ends that.
  void close_older(const Opened& newest);
  /// Whoever logged out sees nothing more.
  void end_session(const std::string& token);

  /// A guest's page lost its connection without closing it.
  std::function<void(const GuestId&, const std::string& peer)> on_gone;

 private:
  struct Inner;
  std::shared_ptr<Inner> inner_;
};

}  // namespace tyndau::web
