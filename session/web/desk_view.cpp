#include <cmath>

#include "media/link/source_uri.h"
#include "session/projections/view.h"
#include "session/web/live_socket.h"

namespace tyndau::web {
namespace {

constexpr std::size_t kJournalLines = 50;

Json alarms_of(const secretariat::Secretariat& secretariat) {
  Json list = Json::array();
  for (const auto& alarm : secretariat.alarms()) {
    list.push_back({{"code", alarm.code}, {"text", complete(alarm.text)}, {"since", format_utc(alarm.since)}});
  }
  return list;
}

Json journal_of(const meeting::State& state, const std::vector<meeting::StoredEvent>& events) {
  Json list = Json::array();
  for (const auto& line : projections::journal_lines(state, events, kJournalLines)) {
    list.push_back({{"seq", line.seq},
                    {"utc", format_utc(line.utc)},
                    {"actor", line.actor},
                    {"kind", line.kind},
                    {"text", complete(line.text)},
                    {"undone", line.undone},
                    {"action", line.action},
                    {"can_undo", line.can_undo}});
  }
  return list;
}

}  // namespace

Json line_json(const link::PeerState& line) {
  const auto rounded = [](double value) { return std::round(value * 10) / 10; };
  return {{"line", line.line},
          {"width", line.width},
          {"height", line.height},
          {"presentation", line.presentation},
          {"level_db", rounded(line.level_db)},
          {"kbps", std::round(line.kbps)},
          {"loss_percent", rounded(line.loss_percent)},
          {"rtt_ms", line.rtt_ms ? Json(std::round(*line.rtt_ms)) : Json()}};
}

Json desk_view(const secretariat::Secretariat& secretariat, const std::string& meeting, std::size_t viewers,
               const GuestPages& pages, const SignUps& sign_ups) {
  const meeting::State& state = *secretariat.state(meeting);
  const meeting::Surroundings around = secretariat.surroundings(meeting);
  Json view = projections::public_view(state, secretariat.chapters(meeting), around.now);
  view["guests"] = projections::desk_guests(state);
  for (Json& guest : view["guests"]) {
    const std::string person = guest["person"];
    const auto line = secretariat.line(meeting, person);
    const GuestPage page = pages ? pages(meeting, person) : GuestPage{};
    guest["line"] = line ? line_json(*line) : Json();
    guest["measured"] = page.measured;
    guest["page"] = page.open;
  }
  view["registrations"] = sign_ups ? sign_ups(meeting) : Json::array();
  view["alarms"] = alarms_of(secretariat);
  view["media_connected"] = secretariat.media_connected();
  view["viewers"] = viewers;
  view["source"] = nullptr;
  if (const auto& source = secretariat.source()) {
    view["source"] = {{"uri", link::safe_uri(source->uri)},
                      {"state", source->state},
                      {"detail", source->detail},
                      {"reason", source->reason},
                      {"reserve_ms", source->reserve_ms},
                      {"sound_missing_percent", source->sound_missing_percent},
                      {"sound", source->sound},
                      {"picture", source->picture}};
  }
  const auto encoder = secretariat.line(meeting, "");
  view["encoder"] = {{"invited", state.source_invitation != 0}, {"line", encoder ? line_json(*encoder) : Json()}};
  view["disk"] = nullptr;
  if (const auto& disk = secretariat.disk()) {
    view["disk"] = {{"state", disk->state}, {"free_bytes", disk->free_bytes}, {"free_hours", disk->free_hours}};
  }
  view["undo"] = nullptr;
  if (const auto undoable = state.undoable()) view["undo"] = {{"action", undoable->action}, {"kind", undoable->kind}};
  view["refused"] = Json::object();
  for (const auto& [kind, refusal] : meeting::refused_now(state, around))
    view["refused"][kind] = complete(refusal.text);
  view["journal"] = journal_of(state, secretariat.events(meeting));
  return view;
}

}  // namespace tyndau::web
