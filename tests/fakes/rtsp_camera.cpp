// An IP camera for tests: one RTSP stream, H.264 with or without sound, that does what cameras do when told on standard
// input:
//   size 640 360   goes on in another resolution
//   freeze         keeps the connection and sends nothing
//   thaw           sends again
// Ends when standard input does. Prints "rtsp://127.0.0.1:PORT/stream" when it can be asked.
#include <gst/gst.h>
#include <gst/rtsp-server/rtsp-server.h>

#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

namespace {

struct Camera {
  GMainLoop* loop = nullptr;
  GstElement* pipeline = nullptr;  // of the one shared stream; set while somebody looks
  int width = 1280, height = 720;
  bool frozen = false;
};

void set_size(const Camera& camera) {
  if (camera.pipeline == nullptr) return;
  GstElement* size = gst_bin_get_by_name(GST_BIN(camera.pipeline), "size");
  GstCaps* caps = gst_caps_new_simple("video/x-raw", "width", G_TYPE_INT, camera.width, "height", G_TYPE_INT,
                                      camera.height, "framerate", GST_TYPE_FRACTION, 25, 1, nullptr);
  g_object_set(size, "caps", caps, nullptr);
  gst_caps_unref(caps);
  gst_object_unref(size);
}

void set_frozen(const Camera& camera) {
  if (camera.pipeline == nullptr) return;
  for (const char* name : {"picture_gate", "sound_gate"}) {
    GstElement* gate = gst_bin_get_by_name(GST_BIN(camera.pipeline), name);
    if (gate == nullptr) continue;
    g_object_set(gate, "drop", static_cast<gboolean>(camera.frozen), nullptr);
    gst_object_unref(gate);
  }
}

void on_unprepared(GstRTSPMedia* /*media*/, gpointer data) {
  auto& camera = *static_cast<Camera*>(data);
  if (camera.pipeline != nullptr) gst_object_unref(camera.pipeline);
  camera.pipeline = nullptr;
}

void on_media(GstRTSPMediaFactory* /*factory*/, GstRTSPMedia* media, gpointer data) {
  auto& camera = *static_cast<Camera*>(data);
  on_unprepared(media, data);
  camera.pipeline = gst_rtsp_media_get_element(media);
  set_size(camera);
  set_frozen(camera);
  g_signal_connect(media, "unprepared", G_CALLBACK(on_unprepared), data);
}

gboolean on_line(GIOChannel* channel, GIOCondition /*condition*/, gpointer data) {
  auto& camera = *static_cast<Camera*>(data);
  gchar* line = nullptr;
  if (g_io_channel_read_line(channel, &line, nullptr, nullptr, nullptr) != G_IO_STATUS_NORMAL) {
    g_main_loop_quit(camera.loop);
    return G_SOURCE_REMOVE;
  }
  if (std::sscanf(line, "size %d %d", &camera.width, &camera.height) == 2) set_size(camera);
  if (std::strncmp(line, "freeze", 6) == 0) camera.frozen = true;
  if (std::strncmp(line, "thaw", 4) == 0) camera.frozen = false;
  set_frozen(camera);
  g_free(line);
  return G_SOURCE_CONTINUE;
}

}  // namespace

/// fake-rtsp-camera PORT [silent]
int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  const std::string port = argc > 1 ? argv[1] : "8554";
  const bool silent = argc > 2 && std::strcmp(argv[2], "silent") == 0;

  std::string launch =
      "( videotestsrc is-live=true pattern=smpte ! capsfilter name=size ! valve name=picture_gate !"
      " x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=1500 !"
      " rtph264pay name=pay0 pt=96 config-interval=-1";
  if (!silent) {
    launch +=
        " audiotestsrc is-live=true wave=sine freq=440 volume=0.3 ! audio/x-raw,rate=8000,channels=1 !"
        " valve name=sound_gate ! alawenc ! rtppcmapay name=pay1 pt=8";
  }
  launch += " )";

  Camera camera;
  camera.loop = g_main_loop_new(nullptr, FALSE);
  GstRTSPServer* server = gst_rtsp_server_new();
  gst_rtsp_server_set_address(server, "127.0.0.1");
  gst_rtsp_server_set_service(server, port.c_str());
  GstRTSPMediaFactory* factory = gst_rtsp_media_factory_new();
  gst_rtsp_media_factory_set_launch(factory, launch.c_str());
  gst_rtsp_media_factory_set_shared(factory, TRUE);
  g_signal_connect(factory, "media-configure", G_CALLBACK(on_media), &camera);
  GstRTSPMountPoints* mounts = gst_rtsp_server_get_mount_points(server);
  gst_rtsp_mount_points_add_factory(mounts, "/stream", factory);
  g_object_unref(mounts);
  if (gst_rtsp_server_attach(server, nullptr) == 0) {
    std::cerr << "port " << port << " cannot be listened on\n";
    return 1;
  }

  GIOChannel* input = g_io_channel_unix_new(0);
  g_io_add_watch(input, static_cast<GIOCondition>(G_IO_IN | G_IO_HUP), on_line, &camera);
  std::cout << "rtsp://127.0.0.1:" << port << "/stream" << std::endl;
  g_main_loop_run(camera.loop);
  return 0;
}
