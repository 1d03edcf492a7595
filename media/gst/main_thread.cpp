#include "media/gst/main_thread.h"

#include <glib.h>

#include <utility>

namespace tyndau::gst {

void post(std::function<void()> task) {
  auto* boxed = new std::function<void()>(std::move(task));
  GSource* source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_HIGH);
  g_source_set_callback(
      source,
      [](gpointer data) -> gboolean {
        (*static_cast<std::function<void()>*>(data))();
        return G_SOURCE_REMOVE;
      },
      boxed, [](gpointer data) { delete static_cast<std::function<void()>*>(data); });
  g_source_attach(source, nullptr);
  g_source_unref(source);
}

}  // namespace tyndau::gst
