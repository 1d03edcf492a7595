#include "session/secretariat/orders.h"

#include "media/link/source_uri.h"

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

bool may_be_source(const std::string& told, const std::string& uri) { return told == link::safe_uri(uri); }

}  // namespace tyndau::secretariat
