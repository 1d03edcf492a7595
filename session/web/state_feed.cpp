#include "session/web/state_feed.h"

#include <charconv>

#include "session/live/renderings.h"
#include "session/projections/view.h"

namespace tyndau::web {
namespace {

constexpr std::uint64_t kLookEveryMilliseconds = 250;
/// Clocks in a view may be this much older than the view says.
constexpr std::uint64_t kFreshMilliseconds = 50;
/// Below this, gzip's gain is less than a packet.
constexpr std::size_t kWorthCompressing = 1200;

std::optional<std::int64_t> read_since(const std::string& text) {
  std::int64_t since = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), since);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || since < 0) return std::nullopt;
  return since;
}

}  // namespace

StateFeed::StateFeed(uv_loop_t* loop, secretariat::Secretariat& secretariat, WaitingRoom waiting,
                     std::uint64_t patience_milliseconds)
    : loop_(loop),
      secretariat_(secretariat),
      room_(std::move(waiting)),
      patience_(patience_milliseconds),
      timer_(new uv_timer_t) {
  ticket_ = secretariat_.listen([this](const std::string& meeting) { on_change(meeting); });
  uv_timer_init(loop_, timer_);
  timer_->data = this;
  uv_timer_start(
      timer_, [](uv_timer_t* timer) { static_cast<StateFeed*>(timer->data)->give_up_old(); }, kLookEveryMilliseconds,
      kLookEveryMilliseconds);
}

StateFeed::~StateFeed() { close(); }

void StateFeed::close() {
  if (!timer_) return;
  secretariat_.forget(ticket_);
  uv_close(reinterpret_cast<uv_handle_t*>(timer_),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
  timer_ = nullptr;
  auto waiting = std::exchange(waiting_, {});
  for (auto& [meeting, list] : waiting) {
    for (Waiting& one : list) {
      one.reply(Response::error(503, "stopping", "The server is stopping.").with("Retry-After", "1"));
    }
  }
}

void StateFeed::answer(const Request& request, const Reply& reply) {
  const std::string& meeting = request.captures.at("id");
  const meeting::State* state = secretariat_.state(meeting);
  if (!state) return reply(Response::error(404, "no_meeting", "There is no such meeting."));
  const bool gzip = request.takes_gzip();
  const auto text = request.query_value("since");
  if (!text) return reply(view(meeting, true, gzip));
  const auto since = read_since(*text);
  if (!since) return reply(Response::error(400, "bad_since", "since must be a number."));
  if (*since > state->seq) return reply(Response::error(400, "since_in_future", "There is no such event yet."));
  if (*since < state->seq || request.method == "HEAD") return reply(view(meeting, false, gzip));

  auto seat = room_.enter(request.client);
  if (!seat) {
    return reply(Response::error(429, "too_many_waiting", "Too many requests wait already.").with("Retry-After", "1"));
  }
  auto& list = waiting_[meeting];
  auto place = list.insert(list.end(), Waiting{*since, uv_now(loop_) + patience_, gzip, reply, std::move(seat)});
  reply.on_gone([this, meeting, place] {
    auto found = waiting_.find(meeting);
    if (found != waiting_.end()) found->second.erase(place);
  });
}

void StateFeed::on_change(const std::string& meeting) {
  auto found = waiting_.find(meeting);
  if (found == waiting_.end()) return;
  const meeting::State* state = secretariat_.state(meeting);
  if (!state) return;
  // Taken out first: an answer may end a connection, and that must not meet a list in use.
  std::list<Waiting> due;
  for (auto one = found->second.begin(); one != found->second.end();) {
    auto next = std::next(one);
    if (one->since < state->seq) due.splice(due.end(), found->second, one);
    one = next;
  }
  for (Waiting& one : due) one.reply(view(meeting, false, one.gzip));
}

void StateFeed::give_up_old() {
  const std::uint64_t now = uv_now(loop_);
  for (auto& [meeting, list] : waiting_) {
    std::list<Waiting> due;
    while (!list.empty() && list.front().until <= now) due.splice(due.end(), list, list.begin());
    for (Waiting& one : due) one.reply(view(meeting, false, one.gzip));
  }
}

StateFeed::Rendering& StateFeed::rendering(const std::string& meeting) {
  const meeting::State& state = *secretariat_.state(meeting);
  Rendering& kept = renderings_[meeting];
  if (!kept.plain || kept.seq != state.seq || uv_now(loop_) - kept.made > kFreshMilliseconds) {
    const Json json =
        projections::public_view(state, secretariat_.chapters(meeting), secretariat_.surroundings(meeting).now);
    kept = {state.seq, uv_now(loop_),
            std::make_shared<const std::string>(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"),
            nullptr};
  }
  return kept;
}

Response StateFeed::view(const std::string& meeting, bool bare, bool gzip) {
  Rendering& kept = rendering(meeting);
  const bool zip = gzip && kept.plain->size() >= kWorthCompressing;
  if (zip && !kept.zipped) kept.zipped = std::make_shared<const std::string>(live::gzip(*kept.plain));
  const auto& data = zip ? kept.zipped : kept.plain;
  Response response;
  response.with("Content-Type", "application/json").with("Vary", "Accept-Encoding");
  if (zip) response.with("Content-Encoding", "gzip");
  // The same "since" is asked for by everybody at the same moment: a second in an edge cache folds them into one.
  response.with("Cache-Control", bare ? "no-store" : "public, max-age=1");
  response.with("Access-Control-Allow-Origin", "*");
  response.body.emplace_back(MemoryPiece{data, 0, data->size()});
  return response;
}

}  // namespace tyndau::web
