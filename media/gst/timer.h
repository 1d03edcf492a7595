#pragma once
#include <glib.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace tyndau::gst {

/// Calls a function again and again from the default main context until it is destroyed; also from within the call.
/// Main thread only.
class Timer {
 public:
  Timer() = default;
  Timer(std::chrono::milliseconds interval, std::function<void()> function) {
    auto* call =
        new std::shared_ptr<std::function<void()>>(std::make_shared<std::function<void()>>(std::move(function)));
    id_ = g_timeout_add_full(
        G_PRIORITY_DEFAULT, static_cast<guint>(interval.count()),
        [](gpointer data) -> gboolean {
          const auto keep = *static_cast<std::shared_ptr<std::function<void()>>*>(data);
          (*keep)();
          return G_SOURCE_CONTINUE;
        },
        call, [](gpointer data) { delete static_cast<std::shared_ptr<std::function<void()>>*>(data); });
  }
  Timer(Timer&& other) noexcept : id_(std::exchange(other.id_, 0)) {}
  Timer& operator=(Timer&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Timer() {
    if (id_ != 0) g_source_remove(id_);
  }

 private:
  guint id_ = 0;
};

}  // namespace tyndau::gst
