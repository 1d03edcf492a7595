// An IP camera for tests: one RTSP stream, H.264 with or without sound. Its options are what cameras differ in:
//   silent         no sound
//   packet=240     the sound in packets of so many milliseconds
//   rate=1/5       so many pictures a second
//   password=WORD  is wanted of the user "admin"; each DESCRIBE, with it or not, is told as the line "asked"
// It does what cameras do when told on standard input:
//   size 640 360   goes on in another resolution
//   freeze         keeps the connection and sends nothing
//   freeze picture the same, but the sound goes on
//   thaw           sends again
// Ends when standard input does. Prints "rtsp://127.0.0.1:PORT/stream" when it can be asked.
#include <gst/gst.h>
#include <gst/rtsp-server/rtsp-server.h>

#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

namespace {

struct Options {
  bool silent = false;
  int packet_ms = 0;  // 0: as the payloader likes
  int rate = 25, per = 1;
  std::string password;
};

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 2; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "silent") options.silent = true;
    if (option.rfind("password=", 0) == 0) options.password = option.substr(9);
    std::sscanf(option.c_str(), "packet=%d", &options.packet_ms);
    std::sscanf(option.c_str(), "rate=%d/%d", &options.rate, &options.per);
  }
  return options;
}

struct Camera {
  Options options;
  GMainLoop* loop = nullptr;
  GstElement* pipeline = nullptr;  // of the one shared stream; set while somebody looks
  int width = 1280, height = 720;
  bool frozen = false, mute = false;
};

void set_size(const Camera& camera) {
  if (camera.pipeline == nullptr) return;
  GstElement* size = gst_bin_get_by_name(GST_BIN(camera.pipeline), "size");
  GstCaps* caps =
      gst_caps_new_simple("video/x-raw", "width", G_TYPE_INT, camera.width, "height", G_TYPE_INT, camera.height,
                          "framerate", GST_TYPE_FRACTION, camera.options.rate, camera.options.per, nullptr);
  g_object_set(size, "caps", caps, nullptr);
  gst_caps_unref(caps);
  gst_object_unref(size);
}

void set_frozen(const Camera& camera) {
  if (camera.pipeline == nullptr) return;
  for (const char* name : {"picture_gate", "sound_gate"}) {
    GstElement* gate = gst_bin_get_by_name(GST_BIN(camera.pipeline), name);
    if (gate == nullptr) continue;
    const bool drop = std::strcmp(name, "picture_gate") == 0 ? camera.frozen : camera.mute;
    g_object_set(gate, "drop", static_cast<gboolean>(drop), nullptr);
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
  if (std::strncmp(line, "freeze", 6) == 0) {
    camera.frozen = true;
    camera.mute = std::strncmp(line, "freeze picture", 14) != 0;
  }
  if (std::strncmp(line, "thaw", 4) == 0) camera.frozen = camera.mute = false;
  set_frozen(camera);
  g_free(line);
  return G_SOURCE_CONTINUE;
}

std::string launch_line(const Options& options) {
  std::string launch =
      "( videotestsrc is-live=true pattern=smpte ! capsfilter name=size ! valve name=picture_gate !"
      " x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=1500 !"
      " rtph264pay name=pay0 pt=96 config-interval=-1";
  if (!options.silent) {
    launch +=
        " audiotestsrc is-live=true wave=sine freq=440 volume=0.3 ! audio/x-raw,rate=8000,channels=1 !"
        " valve name=sound_gate ! alawenc ! rtppcmapay name=pay1 pt=8";
    if (options.packet_ms > 0) {
      const std::string length = std::to_string(options.packet_ms) + "000000";
      launch += " mtu=8000 min-ptime=" + length + " max-ptime=" + length;
    }
  }
  return launch + " )";
}

/// Runs before each DESCRIBE is answered, and before its password is looked at.
GstRTSPStatusCode on_describe(GstRTSPClient* /*client*/, GstRTSPContext* /*context*/, gpointer /*data*/) {
  std::cout << "asked" << std::endl;
  return GST_RTSP_STS_OK;
}

void on_client(GstRTSPServer* /*server*/, GstRTSPClient* client, gpointer data) {
  g_signal_connect(client, "pre-describe-request", G_CALLBACK(on_describe), data);
}

void ask_for_password(GstRTSPServer* server, GstRTSPMediaFactory* factory, const std::string& password) {
  GstRTSPAuth* auth = gst_rtsp_auth_new();
  GstRTSPToken* token = gst_rtsp_token_new(GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, "viewer", nullptr);
  gchar* basic = gst_rtsp_auth_make_basic("admin", password.c_str());
  gst_rtsp_auth_add_basic(auth, basic, token);
  gst_rtsp_auth_add_digest(auth, "admin", password.c_str(), token);
  gst_rtsp_auth_set_supported_methods(auth, GST_RTSP_AUTH_DIGEST);
  gst_rtsp_media_factory_add_role(factory, "viewer", GST_RTSP_PERM_MEDIA_FACTORY_ACCESS, G_TYPE_BOOLEAN, TRUE,
                                  GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, G_TYPE_BOOLEAN, TRUE, nullptr);
  gst_rtsp_server_set_auth(server, auth);
  g_free(basic);
  gst_rtsp_token_unref(token);
  g_object_unref(auth);
}

}  // namespace

/// fake-rtsp-camera PORT [option...]
int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  const std::string port = argc > 1 ? argv[1] : "8554";

  Camera camera;
  camera.options = read_options(argc, argv);
  camera.loop = g_main_loop_new(nullptr, FALSE);
  GstRTSPServer* server = gst_rtsp_server_new();
  gst_rtsp_server_set_address(server, "127.0.0.1");
  gst_rtsp_server_set_service(server, port.c_str());
  GstRTSPMediaFactory* factory = gst_rtsp_media_factory_new();
  gst_rtsp_media_factory_set_launch(factory, launch_line(camera.options).c_str());
  gst_rtsp_media_factory_set_shared(factory, TRUE);
  if (!camera.options.password.empty()) ask_for_password(server, factory, camera.options.password);
  g_signal_connect(server, "client-connected", G_CALLBACK(on_client), &camera);
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
