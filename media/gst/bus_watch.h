#pragma once
#include <functional>
#include <memory>
#include <string>

#include "media/gst/handles.h"

namespace tyndau::gst {

/// Hands a pipeline's messages to a function on the main thread (GLib default context) until it is destroyed, which may
/// be from within that function; what comes after that is thrown away. Main thread only.
class BusWatch {
 public:
  using OnMessage = std::function<void(GstMessage*)>;

  BusWatch(GstElement* pipeline, OnMessage on_message);
  ~BusWatch();
  BusWatch(const BusWatch&) = delete;
  BusWatch& operator=(const BusWatch&) = delete;

 private:
  Object<GstBus> bus_;
  guint id_ = 0;
};

/// What an error message says, in one line: who, what, and the system's own words where it has any.
std::string describe_error(GstMessage* message);

}  // namespace tyndau::gst
