#pragma once
#include <memory>
#include <string>
#include <vector>

#include "session/secretariat/secretariat.h"
#include "session/web/http.h"
#include "session/web/login.h"

namespace tyndau::web {

/// The programme over WebRTC, for those who act (draft-ietf-wish-whep): POST an SDP offer, get the answer; DELETE ends
/// it. SDP is relayed to media and back; only its size and its being text are looked at. Loop thread only.
class Whep {
 public:
  /// Both outlive it.
  Whep(secretariat::Secretariat& secretariat, Gate& gate);
  ~Whep();

  /// POST /api/v1/whep, DELETE /api/v1/whep/{peer}.
  std::vector<Route> routes();
  /// Whoever logged out sees nothing more.
  void end_session(const std::string& token);

 private:
  struct Inner;
  std::shared_ptr<Inner> inner_;
};

}  // namespace tyndau::web
