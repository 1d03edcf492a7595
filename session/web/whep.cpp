#include "session/web/whep.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace tyndau::web {

namespace {

constexpr std::size_t kMostOfferBytes = 32 * 1024;
constexpr const char* kSdpType = "application/sdp";

/// 128 random bits: who knows it may end the connection, nobody guesses it.
std::string fresh_name() {
  std::array<unsigned char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 2 * bytes.size() + 1> text{};
  return sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
}

/// Text lines, as SDP is (RFC 8866, 5).
bool is_text(const std::string& body) {
  return !body.empty() && std::all_of(body.begin(), body.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 || c == '\r' || c == '\n' || c == '\t';
  });
}

bool is_sdp(const Request& request) {
  const std::string type = request.header("content-type");
  return type.substr(0, type.find(';')) == kSdpType;
}

}  // namespace

struct Whep::Inner : std::enable_shared_from_this<Whep::Inner> {
  Inner(secretariat::Secretariat& the_secretariat, Gate& the_gate) : secretariat(the_secretariat), gate(the_gate) {}

  secretariat::Secretariat& secretariat;
  Gate& gate;
  std::map<std::string, std::string> peers;  ///< to the session's token

  void open(const Request& request, const Reply& reply);
  void close(const Request& request, const Reply& reply);
};

void Whep::Inner::open(const Request& request, const Reply& reply) {
  const auto actor = gate.actor(request);
  if (!actor) return reply(actor.error());
  if (!is_sdp(request)) return reply(Response::error(415, "not_sdp", "The body must be application/sdp."));
  if (request.body.size() > kMostOfferBytes) {
    return reply(Response::error(413, "too_large", "An offer may have 32768 bytes."));
  }
  if (!is_text(request.body)) return reply(Response::error(400, "bad_offer", "The body is not SDP."));
  const std::string peer = fresh_name();
  const auto answered = [weak = weak_from_this(), peer, reply,
                         token = gate.token(request)](const tl::expected<std::string, secretariat::Mistake>& answer) {
    const auto self = weak.lock();
    if (!self) return;
    if (!answer) return reply(Response::error(answer.error().status, answer.error().code, answer.error().detail));
    if (reply.gone()) return self->secretariat.close_peer(peer);
    self->peers[peer] = token;
    reply(Response::text(201, kSdpType, *answer)
              .with("Location", "/api/v1/whep/" + peer)
              .with("Cache-Control", "no-store"));
  };
  secretariat.open_peer(peer, request.body, answered);
}

void Whep::Inner::close(const Request& request, const Reply& reply) {
  const auto actor = gate.actor(request);
  if (!actor) return reply(actor.error());
  const auto peer = peers.find(request.captures.at("peer"));
  if (peer == peers.end()) return reply(Response::error(404, "no_such_peer", "There is no such connection."));
  secretariat.close_peer(peer->first);
  peers.erase(peer);
  reply(Response::json(200, {{"ok", true}}).with("Cache-Control", "no-store"));
}

Whep::Whep(secretariat::Secretariat& secretariat, Gate& gate) : inner_(std::make_shared<Inner>(secretariat, gate)) {
  secretariat.on_peer_gone = [weak = std::weak_ptr(inner_)](const std::string& peer) {
    if (const auto inner = weak.lock()) inner->peers.erase(peer);
  };
}

Whep::~Whep() { inner_->secretariat.on_peer_gone = nullptr; }

std::vector<Route> Whep::routes() {
  const auto inner = inner_;
  return {{"POST", "/api/v1/whep", [inner](const Request& q, const Reply& r) { inner->open(q, r); }},
          {"DELETE", "/api/v1/whep/{peer}", [inner](const Request& q, const Reply& r) { inner->close(q, r); }}};
}

void Whep::end_session(const std::string& token) {
  for (auto it = inner_->peers.begin(); it != inner_->peers.end();) {
    if (it->second != token) {
      ++it;
      continue;
    }
    inner_->secretariat.close_peer(it->first);
    it = inner_->peers.erase(it);
  }
}

}  // namespace tyndau::web
