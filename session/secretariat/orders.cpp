#include "session/secretariat/orders.h"

#include <algorithm>
#include <array>

namespace tyndau::secretariat {

std::vector<link::Command> orders(const Posture& is, const Posture& must_be) {
  std::vector<link::Command> commands;
  // The source first: a broadcast is to begin with the right picture.
  if (is.source != must_be.source) commands.push_back(link::SourceSet{0, must_be.source});
  if (is.meeting == must_be.meeting) {
    if (!is.meeting.empty() && is.scene != must_be.scene) commands.push_back(link::SceneSet{0, must_be.scene});
    return commands;
  }
  if (!is.meeting.empty()) commands.push_back(link::BroadcastStop{0});
  if (!must_be.meeting.empty()) commands.push_back(link::BroadcastStart{0, must_be.meeting, must_be.scene});
  return commands;
}

bool may_be_source(std::string_view told, std::string_view uri) {
  constexpr std::string_view kHidden = "***";
  std::size_t hidden = told.find(kHidden);
  if (hidden == std::string_view::npos) return told == uri;
  if (!uri.starts_with(told.substr(0, hidden))) return false;
  uri.remove_prefix(hidden);
  // Each piece between two secrets at its first place; the last one at the very end.
  while (true) {
    told.remove_prefix(hidden + kHidden.size());
    hidden = told.find(kHidden);
    if (hidden == std::string_view::npos) return uri.ends_with(told);
    const std::size_t place = uri.find(told.substr(0, hidden));
    if (place == std::string_view::npos) return false;
    uri.remove_prefix(place + hidden);
  }
}

bool plausible_source(std::string_view uri) {
  if (uri == "test:") return true;
  constexpr std::array<std::string_view, 6> kSchemes = {"file:/", "v4l2:/", "rtsp://", "rtsps://", "srt://", "rtmp://"};
  return std::any_of(kSchemes.begin(), kSchemes.end(),
                     [&](std::string_view scheme) { return uri.starts_with(scheme) && uri.size() > scheme.size(); });
}

}  // namespace tyndau::secretariat
