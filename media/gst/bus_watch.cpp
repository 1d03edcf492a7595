#include "media/gst/bus_watch.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace tyndau::gst {

namespace {

using Shared = std::shared_ptr<BusWatch::OnMessage>;

gboolean hand_over(GstBus*, GstMessage* message, gpointer data) {
  const Shared keep = *static_cast<Shared*>(data);  // the function may end the watch
  (*keep)(message);
  return G_SOURCE_CONTINUE;
}

}  // namespace

BusWatch::BusWatch(GstElement* pipeline, OnMessage on_message)
    : bus_(Object<GstBus>::adopt(gst_element_get_bus(pipeline))) {
  auto* shared = new Shared(std::make_shared<OnMessage>(std::move(on_message)));
  id_ = gst_bus_add_watch_full(bus_.get(), G_PRIORITY_DEFAULT, hand_over, shared,
                               [](gpointer data) { delete static_cast<Shared*>(data); });
}

BusWatch::~BusWatch() {
  gst_bus_set_flushing(bus_.get(), TRUE);
  if (id_ != 0) g_source_remove(id_);
}

std::string describe_error(GstMessage* message) {
  GError* error = nullptr;
  gchar* debug = nullptr;
  gst_message_parse_error(message, &error, &debug);
  std::string text = error != nullptr && error->message != nullptr ? error->message : "unknown error";
  // "file.c(12): function (): /GstPipeline:p/GstThing:t:\nConnection refused": only what follows the place is for
  // people.
  const std::string_view places = debug != nullptr ? debug : "";
  if (const auto newline = places.find('\n'); newline != std::string_view::npos) {
    const std::string_view words = places.substr(newline + 1, 200);
    if (!words.empty()) text += fmt::format(" ({})", words.substr(0, words.find('\n')));
  }
  if (error != nullptr) g_error_free(error);
  g_free(debug);
  return text;
}

}  // namespace tyndau::gst
