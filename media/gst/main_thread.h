#pragma once
#include <functional>

namespace tyndau::gst {

/// Runs `task` on the main thread (GLib's default context), soon and in the order of the calls. Any thread. When the
/// main loop has ended, never.
void post(std::function<void()> task);

}  // namespace tyndau::gst
