#include "media/guests/peer.h"

#include <fmt/format.h>
#include <gst/app/gstappsrc.h>
#include <gst/sdp/sdp.h>
#include <gst/video/video.h>

#define GST_USE_UNSTABLE_API  // webrtcbin's own library has said so since 1.14
#include <gst/webrtc/webrtc.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "media/base/log.h"
#include "media/gst/bus_watch.h"
#include "media/gst/elements.h"
#include "media/gst/main_thread.h"
#include "media/guests/receiver.h"

namespace tyndau::guests {

namespace {

using programme::Format;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kGathering{3};    // for candidates; what is found until then is answered with
constexpr std::chrono::seconds kConnecting{15};  // from the answer to the first packet
constexpr std::chrono::seconds kSilence{10};     // a living peer reports what it receives every second or two
constexpr unsigned kJitter_ms = 200;             // of what arrives: a repeat over a line of 150 ms comes in time
constexpr guint64 kMostWaiting = 30;             // pictures on their way out; more is a line that does not carry them

using Description = std::unique_ptr<GstWebRTCSessionDescription,
                                    gst::Freer<GstWebRTCSessionDescription, gst_webrtc_session_description_free>>;
using Promise = std::unique_ptr<GstPromise, gst::Freer<GstPromise, gst_promise_unref>>;

/// Any GObject that is handed over.
using AnyObject = std::unique_ptr<GObject, gst::Freer<GObject, g_object_unref>>;

AnyObject object_property(gpointer object, const char* name) {
  GObject* value = nullptr;
  g_object_get(object, name, &value, nullptr);
  return AnyObject(value);
}

/// Waits for the promise; a failure is what webrtcbin says of it.
Result<void> settle(GstPromise* promise, const char* what) {
  if (gst_promise_wait(promise) != GST_PROMISE_RESULT_REPLIED) return fail(fmt::format("{}: given up", what));
  const GstStructure* reply = gst_promise_get_reply(promise);
  const GValue* value = reply != nullptr ? gst_structure_get_value(reply, "error") : nullptr;
  if (value == nullptr || !G_VALUE_HOLDS(value, G_TYPE_ERROR)) return {};
  const auto* error = static_cast<const GError*>(g_value_get_boxed(value));
  return fail(fmt::format("{}: {}", what, error != nullptr ? error->message : "failed"));
}

Result<void> describe(GstElement* webrtc, const char* signal, const GstWebRTCSessionDescription* description) {
  const Promise promise(gst_promise_new());
  g_signal_emit_by_name(webrtc, signal, description, promise.get());
  return settle(promise.get(), signal);
}

/// With feedback of when each packet came a sender finds what the line carries in a second; without it in half a
/// minute.
void ask_for_packet_counter(GstCaps* caps, const OfferedLine& line) {
  if (line.packet_counter == 0) return;
  gst_caps_set_simple(caps, fmt::format("extmap-{}", line.packet_counter).c_str(), G_TYPE_STRING, kPacketCounter,
                      nullptr);
}

/// What we only take on a line, as caps for webrtcbin.
gst::Caps taken_caps(const OfferedLine& line) {
  const bool picture = line.kind == OfferedLine::Kind::kVideo;
  GstCaps* caps = gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, picture ? "video" : "audio",
                                      "encoding-name", G_TYPE_STRING, line.taken.c_str(), "clock-rate", G_TYPE_INT,
                                      picture ? 90000 : 48000, "payload", G_TYPE_INT, line.taken_payload, nullptr);
  ask_for_packet_counter(caps, line);
  return gst::Caps::adopt(caps);
}

/// Of a line that carries nothing.
gst::Caps unused_caps(const OfferedLine& line) {
  const bool picture = line.kind == OfferedLine::Kind::kVideo;
  return gst::Caps::adopt(
      gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, picture ? "video" : "audio", nullptr));
}

/// What we send on a line, as caps for webrtcbin.
gst::Caps codec_caps(const OfferedLine& line) {
  const bool picture = line.kind == OfferedLine::Kind::kVideo;
  GstCaps* caps = gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, picture ? "video" : "audio",
                                      "encoding-name", G_TYPE_STRING, line.sent.c_str(), "clock-rate", G_TYPE_INT,
                                      picture ? 90000 : 48000, "payload", G_TYPE_INT, line.payload, nullptr);
  if (line.sent == "H264") {
    gst_caps_set_simple(caps, "packetization-mode", G_TYPE_STRING, "1", "profile-level-id", G_TYPE_STRING,
                        line.settings.c_str(), nullptr);
  }
  return gst::Caps::adopt(caps);
}

/// appsrc to RTP for one line. Without an SSRC in the caps Chromium decodes and shows nothing.
std::string branch(const OfferedLine& line, std::size_t number) {
  const guint32 ssrc = g_random_int();
  if (line.kind == OfferedLine::Kind::kVideo) {
    return fmt::format(
        "appsrc name=picture is-live=true format=time min-latency=0 max-latency=-1 max-buffers=60 leaky-type=none "
        "block=false caps={} pt={} ! capsfilter name=line-{} "
        "caps=application/x-rtp,media=video,encoding-name={},payload={},clock-rate=90000,ssrc=(uint){} ",
        line.sent == "VP8" ? "video/x-vp8 ! rtpvp8pay picture-id-mode=15-bit"
                           : "video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline ! "
                             "rtph264pay config-interval=-1 aggregate-mode=zero-latency",
        line.payload, number, line.sent, line.payload, ssrc);
  }
  return fmt::format(
      "appsrc name=sound is-live=true format=time min-latency=0 max-latency=-1 max-buffers=50 leaky-type=downstream "
      "block=false caps=audio/x-raw,format=F32LE,layout=interleaved,rate={},channels=1 ! audioconvert ! audioresample "
      "! "
      "audio/x-raw,rate=48000 ! opusenc bitrate=32000 frame-size=20 inband-fec=true dtx=true packet-loss-percentage=5 "
      "! "
      "rtpopuspay pt={} ! capsfilter name=line-{} "
      "caps=application/x-rtp,media=audio,encoding-name=OPUS,payload={},clock-rate=48000,ssrc=(uint){} ",
      Format::kSampleRate, line.payload, number, line.payload, ssrc);
}

bool we_send(const OfferedLine& line) { return line.wants && !line.sent.empty(); }

/// Calls `function` for each element of this kind inside the bin, at any depth.
template <class Function>
void for_each_element(GstElement* bin, const char* factory, Function function) {
  GstIterator* iterator = gst_bin_iterate_recurse(GST_BIN(bin));
  gst_iterator_foreach(
      iterator,
      [](const GValue* item, gpointer data) {
        auto& [wanted, call] = *static_cast<std::pair<const char*, Function*>*>(data);
        auto* element = GST_ELEMENT(g_value_get_object(item));
        GstElementFactory* made_by = gst_element_get_factory(element);
        if (made_by != nullptr && std::string_view(GST_OBJECT_NAME(made_by)) == wanted) (*call)(element);
      },
      std::make_unique<std::pair<const char*, Function*>>(factory, &function).get());
  gst_iterator_free(iterator);
}

/// A property that is an enumeration, by its short name.
std::string enum_property(GObject* object, const char* name) {
  GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(object), name);
  if (spec == nullptr || !G_IS_PARAM_SPEC_ENUM(spec)) return {};
  gint value = 0;
  g_object_get(object, name, &value, nullptr);
  const GEnumValue* known = g_enum_get_value(G_PARAM_SPEC_ENUM(spec)->enum_class, value);
  return known != nullptr ? known->value_nick : "";
}

}  // namespace

struct Peer::Inner : public Listener, public std::enable_shared_from_this<Peer::Inner> {
  // Constant after open().
  Offer offer;
  Place place;
  Network network;
  gst::Element pipeline, webrtc, picture_source, sound_source;

  // Main thread.
  Events events;
  std::unique_ptr<gst::PipelineThreads::Run> run;
  std::unique_ptr<gst::BusWatch> bus;
  bool answered = false, gone = false;
  programme::SteadyTime answered_at;

  AnyObject session;  // the RTP session, once there is one

  // Any thread.
  LineMeter meter;

  // Encoder's and mixer's threads: the programme's time to this pipeline's.
  std::mutex timing_mutex;
  std::optional<GstClockTimeDiff> ahead;  // guarded by timing_mutex
  // Encoder's thread.
  bool skipping = false;
  // Mixer's thread.
  std::vector<float> minus;  // the programme without the seat's own voice

  void picture(const gst::Buffer& unit, bool keyframe, GstClockTime programme) override;
  void sound(const programme::Frame& frame, std::size_t samples) override;
  GstClockTime own_time(GstClockTime programme);
  bool we_take(const OfferedLine& line) const { return place.intake && line.sends && !line.taken.empty(); }
  void take(GstPad* pad);

  Result<void> build();
  Result<std::string> negotiate();
  Result<void> prepare_lines();
  Result<void> link_lines();
  Result<std::string> gathered_answer();
  void watch_connection();
  void say_gone(const std::string& why);

  /// A callback's data that does not keep the peer alive. GStreamer frees it with the handler.
  using Weak = std::weak_ptr<Inner>;
  gpointer weak() { return new Weak(weak_from_this()); }
  static void free_weak(gpointer data) { delete static_cast<Weak*>(data); }
  static void free_weak_closure(gpointer data, GClosure*) { free_weak(data); }
  static void on_state(GObject* object, GParamSpec* spec, gpointer data);
  static void on_pad(GstElement*, GstPad* pad, gpointer data);
  static GstPadProbeReturn on_packet(GstPad*, GstPadProbeInfo*, gpointer data);
  static GstPadProbeReturn on_upstream(GstPad*, GstPadProbeInfo* info, gpointer data);
};

// ---- the programme, on its way out ----

GstClockTime Peer::Inner::own_time(GstClockTime programme) {
  const std::lock_guard lock(timing_mutex);
  if (!ahead) {
    const auto clock = gst::Object<GstClock>::adopt(gst_element_get_clock(pipeline.get()));
    if (!clock) return GST_CLOCK_TIME_NONE;  // not playing yet
    const GstClockTime running = gst_clock_get_time(clock.get()) - gst_element_get_base_time(pipeline.get());
    ahead = GST_CLOCK_DIFF(programme, running);
  }
  const GstClockTimeDiff time = static_cast<GstClockTimeDiff>(programme) + *ahead;
  return time < 0 ? GST_CLOCK_TIME_NONE : static_cast<GstClockTime>(time);
}

void Peer::Inner::picture(const gst::Buffer& unit, bool keyframe, GstClockTime programme) {
  if (!picture_source) return;
  auto* source = GST_APP_SRC(picture_source.get());
  // What waits belongs to a picture that is over: on to the next that needs no other.
  if (gst_app_src_get_current_level_buffers(source) > kMostWaiting && !skipping) {
    skipping = true;
    events.on_keyframe_wanted();
  }
  skipping = skipping && !(keyframe && gst_app_src_get_current_level_buffers(source) < kMostWaiting / 2);
  const GstClockTime time = own_time(programme);
  if (skipping || time == GST_CLOCK_TIME_NONE) return;
  GstBuffer* own = gst_buffer_copy(unit.get());
  GST_BUFFER_PTS(own) = GST_BUFFER_DTS(own) = time;
  gst_app_src_push_buffer(source, own);
}

void Peer::Inner::sound(const programme::Frame& frame, std::size_t samples) {
  if (!sound_source) return;
  const GstClockTime length = gst_util_uint64_scale(samples, GST_SECOND, Format::kSampleRate);
  const GstClockTime time = own_time(static_cast<GstClockTime>(frame.index) * length);
  if (time == GST_CLOCK_TIME_NONE) return;
  minus.resize(samples);
  frame.sound_without(place.unheard, minus.data(), samples);
  GstBuffer* buffer = gst_buffer_new_memdup(minus.data(), samples * sizeof(float));
  GST_BUFFER_PTS(buffer) = time;
  GST_BUFFER_DURATION(buffer) = length;
  gst_app_src_push_buffer(GST_APP_SRC(sound_source.get()), buffer);
}

// ---- making the connection ----

Result<void> Peer::Inner::build() {
  bool sends = false, takes = false;
  std::string branches;
  for (std::size_t i = 0; i < offer.lines.size(); ++i) {
    takes = takes || we_take(offer.lines[i]);
    if (!we_send(offer.lines[i])) continue;
    branches += branch(offer.lines[i], i);
    sends = true;
  }
  if (!sends && !takes) {
    return fail(place.intake ? "the offer neither takes nor sends H.264, VP8 or Opus"
                             : "the offer takes neither H.264 (constrained baseline), VP8 nor Opus");
  }
  const std::string line =
      fmt::format("webrtcbin name=webrtc bundle-policy=max-bundle latency={} ", takes ? kJitter_ms : 0) + branches;
  auto parsed = gst::parse_pipeline(line);
  if (!parsed) return tl::unexpected(parsed.error());
  pipeline = std::move(*parsed);
  const auto by_name = [&](const char* name) {
    return gst::Element::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), name));
  };
  webrtc = by_name("webrtc");
  picture_source = by_name("picture");
  sound_source = by_name("sound");
  g_signal_connect_data(webrtc.get(), "notify::connection-state", G_CALLBACK(&Inner::on_state), weak(),
                        &Inner::free_weak_closure, GConnectFlags(0));
  if (takes) {
    g_signal_connect_data(webrtc.get(), "pad-added", G_CALLBACK(&Inner::on_pad), weak(), &Inner::free_weak_closure,
                          GConnectFlags(0));
  }
  if (picture_source) {
    const auto pad = gst::Pad::adopt(gst_element_get_static_pad(picture_source.get(), "src"));
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, &Inner::on_upstream, weak(), &Inner::free_weak);
  }
  return {};
}

/// On the pipeline's own thread, which may wait. The order is what webrtcbin 1.22 needs of one who answers.
Result<std::string> Peer::Inner::negotiate() {
  if (auto prepared = prepare_lines(); !prepared) return tl::unexpected(prepared.error());
  GstSDPMessage* sdp = nullptr;
  if (gst_sdp_message_new_from_text(offer.text.c_str(), &sdp) != GST_SDP_OK) return fail("the offer is not SDP");
  const Description remote(gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_OFFER, sdp));
  if (auto set = describe(webrtc.get(), "set-remote-description", remote.get()); !set)
    return tl::unexpected(set.error());
  if (auto linked = link_lines(); !linked) return tl::unexpected(linked.error());

  const Promise promise(gst_promise_new());
  g_signal_emit_by_name(webrtc.get(), "create-answer", nullptr, promise.get());
  if (auto made = settle(promise.get(), "create-answer"); !made) return tl::unexpected(made.error());
  GstWebRTCSessionDescription* raw = nullptr;
  gst_structure_get(gst_promise_get_reply(promise.get()), "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr);
  if (raw == nullptr) return fail("create-answer: there is no answer");
  const Description answer(raw);
  if (auto set = describe(webrtc.get(), "set-local-description", answer.get()); !set)
    return tl::unexpected(set.error());
  watch_connection();
  return gathered_answer();
}

Result<void> Peer::Inner::prepare_lines() {
  // Of two libnice habits: asking the router by UPnP, and candidates over TCP that nobody can reach.
  if (const AnyObject ice = object_property(webrtc.get(), "ice-agent")) {
    if (network.port_min > 0) {
      g_object_set(ice.get(), "min-rtp-port", static_cast<guint>(network.port_min), "max-rtp-port",
                   static_cast<guint>(network.port_max), nullptr);
    }
    if (const AnyObject agent = object_property(ice.get(), "agent")) {
      g_object_set(agent.get(), "upnp", FALSE, "ice-tcp", FALSE, nullptr);
    }
  }
  if (!network.stun.empty()) g_object_set(webrtc.get(), "stun-server", network.stun.c_str(), nullptr);
  for (const OfferedLine& line : offer.lines) {
    const bool send = we_send(line), take = we_take(line);
    if (line.kind == OfferedLine::Kind::kOther) continue;
    GstWebRTCRTPTransceiver* made = nullptr;
    const gst::Caps caps = send ? codec_caps(line) : take ? taken_caps(line) : unused_caps(line);
    // A line that has none gets one of webrtcbin's own, which takes what nobody here can read.
    const auto direction = send && take ? GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV
                           : send       ? GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY
                           : take       ? GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY
                                        : GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_INACTIVE;
    g_signal_emit_by_name(webrtc.get(), "add-transceiver", direction, caps.get(), &made);
    const auto transceiver = gst::Object<GstWebRTCRTPTransceiver>::adopt(made);
    if (!transceiver) return fail("add-transceiver: refused");
    // Without repeats 1 % of loss freezes the picture most of the time.
    g_object_set(transceiver.get(), "do-nack", line.kind == OfferedLine::Kind::kVideo ? TRUE : FALSE, nullptr);
  }
  return {};
}

Result<void> Peer::Inner::link_lines() {
  for (std::size_t i = 0; i < offer.lines.size(); ++i) {
    if (!we_send(offer.lines[i])) continue;
    const auto from =
        gst::Element::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), fmt::format("line-{}", i).c_str()));
    const auto out = gst::Pad::adopt(gst_element_get_static_pad(from.get(), "src"));
    const auto in = gst::Pad::adopt(gst_element_request_pad_simple(webrtc.get(), fmt::format("sink_{}", i).c_str()));
    if (!in || gst_pad_link(out.get(), in.get()) != GST_PAD_LINK_OK) {
      return fail(fmt::format("m-line {} of the offer cannot be sent on", i));
    }
  }
  return {};
}

/// The local description once all candidates are in it: nothing has to be trickled then.
Result<std::string> Peer::Inner::gathered_answer() {
  struct Gathering {
    std::mutex mutex;
    std::condition_variable changed;
  };
  using Shared = std::shared_ptr<Gathering>;
  const Shared gathering = std::make_shared<Gathering>();
  const auto complete = [this] {
    GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;
    g_object_get(webrtc.get(), "ice-gathering-state", &state, nullptr);
    return state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE;
  };
  const gulong handler = g_signal_connect_data(
      webrtc.get(), "notify::ice-gathering-state", G_CALLBACK(+[](GObject*, GParamSpec*, gpointer data) {
        Gathering& there = **static_cast<Shared*>(data);
        const std::lock_guard lock(there.mutex);
        there.changed.notify_all();
      }),
      new Shared(gathering), [](gpointer data, GClosure*) { delete static_cast<Shared*>(data); }, GConnectFlags(0));
  {
    std::unique_lock lock(gathering->mutex);
    const auto until = steady_clock::now() + kGathering;
    // The state is read in short steps too: a change between the connection of the handler and the wait is told to
    // nobody.
    while (!complete() && steady_clock::now() < until) gathering->changed.wait_for(lock, std::chrono::milliseconds(20));
  }
  g_signal_handler_disconnect(webrtc.get(), handler);
  GstWebRTCSessionDescription* raw = nullptr;
  g_object_get(webrtc.get(), "local-description", &raw, nullptr);
  if (raw == nullptr) return fail("there is no local description");
  const Description local(raw);
  gchar* text = gst_sdp_message_as_text(local->sdp);
  std::string answer(text);
  g_free(text);
  if (answer.find("a=candidate:") == std::string::npos) return fail("no address was found to be reached at");
  return answer;
}

// ---- how it goes on, and how it ends ----

void Peer::Inner::watch_connection() {
  for_each_element(webrtc.get(), "nicesrc", [this](GstElement* element) {
    const auto pad = gst::Pad::adopt(gst_element_get_static_pad(element, "src"));
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, &Inner::on_packet, weak(), &Inner::free_weak);
  });
  // webrtcbin does not tell of a clean end; DTLS does (RFC 8446, 6.1).
  for_each_element(webrtc.get(), "dtlsdec", [this](GstElement* element) {
    g_signal_connect_data(element, "notify::connection-state", G_CALLBACK(&Inner::on_state), weak(),
                          &Inner::free_weak_closure, GConnectFlags(0));
  });
}

void Peer::Inner::on_state(GObject* object, GParamSpec*, gpointer data) {
  // Read later: the thread that tells of it has locks that reading takes.
  gst::post([weak = *static_cast<Weak*>(data), element = gst::Element::share(GST_ELEMENT(object))] {
    const auto peer = weak.lock();
    if (!peer) return;
    const std::string state = enum_property(G_OBJECT(element.get()), "connection-state");
    if (state == "failed" || state == "closed") peer->say_gone("the connection is " + state);
  });
}

GstPadProbeReturn Peer::Inner::on_packet(GstPad*, GstPadProbeInfo* info, gpointer data) {
  if (const auto self = static_cast<Weak*>(data)->lock()) self->meter.packet(GST_PAD_PROBE_INFO_BUFFER(info));
  return GST_PAD_PROBE_OK;
}

// ---- what arrives ----

void Peer::Inner::on_pad(GstElement*, GstPad* pad, gpointer data) {
  if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;  // it tells of our own sink pads too
  if (const auto self = static_cast<Weak*>(data)->lock()) self->take(pad);
}

void Peer::Inner::take(GstPad* pad) {
  const AnyObject transceiver = object_property(pad, "transceiver");
  guint number = G_MAXUINT;
  if (transceiver) g_object_get(transceiver.get(), "mlineindex", &number, nullptr);
  if (number >= offer.lines.size() || !we_take(offer.lines[number])) return;
  Arrival arrival{offer.lines[number].taken, SeatIntake::Picture::kFace, {}};
  if (offer.lines[number].kind == OfferedLine::Kind::kVideo) {
    // The first picture that is sent is the face, another the presentation.
    const bool first = std::none_of(offer.lines.begin(), offer.lines.begin() + number, [this](const OfferedLine& line) {
      return line.kind == OfferedLine::Kind::kVideo && we_take(line);
    });
    if (first) arrival.still = place.still;
    if (!first) arrival.picture = SeatIntake::Picture::kPresentation;
  }
  if (const auto joined = receive(GST_BIN(pipeline.get()), pad, arrival, place.intake); !joined) {
    log::warning("a guest's {}: {}", arrival.codec, joined.error().what);
    return;
  }
  gst_element_post_message(pipeline.get(), gst_message_new_latency(GST_OBJECT(pipeline.get())));
}

GstPadProbeReturn Peer::Inner::on_upstream(GstPad*, GstPadProbeInfo* info, gpointer data) {
  if (gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info)) == FALSE) return GST_PAD_PROBE_OK;
  if (const auto self = static_cast<Weak*>(data)->lock()) self->events.on_keyframe_wanted();
  return GST_PAD_PROBE_DROP;
}

void Peer::Inner::say_gone(const std::string& why) {
  if (std::exchange(gone, true)) return;
  events.on_gone(why);
}

Peer::Peer(std::shared_ptr<Inner> inner) : inner_(std::move(inner)) {}

Result<std::unique_ptr<Peer>> Peer::open(gst::PipelineThreads& threads, const Offer& offer, Place place,
                                         const Network& network, Events events) {
  auto inner = std::make_shared<Inner>();
  inner->offer = offer;
  inner->place = std::move(place);
  inner->network = network;
  inner->events = std::move(events);
  if (auto built = inner->build(); !built) return tl::unexpected(built.error());
  const std::weak_ptr<Inner> weak = inner;
  inner->bus = std::make_unique<gst::BusWatch>(inner->pipeline.get(), [weak](GstMessage* message) {
    const auto peer = weak.lock();
    if (!peer) return;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) peer->say_gone(gst::describe_error(message));
    // New sinks must wait for the jitter buffers as the others do.
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_LATENCY && peer->run) {
      peer->run->then([](GstElement* pipeline) { gst_bin_recalculate_latency(GST_BIN(pipeline)); });
    }
  });
  inner->run = threads.play(inner->pipeline);
  inner->run->then([inner](GstElement*) mutable {
    auto answer = inner->negotiate();
    gst::post([inner = std::move(inner), answer = std::move(answer)] {
      if (inner->gone) return;
      inner->answered = answer.has_value();
      inner->answered_at = steady_clock::now();
      inner->events.on_answer(answer);
    });
  });
  return std::unique_ptr<Peer>(new Peer(std::move(inner)));
}

Peer::~Peer() {
  inner_->gone = true;
  inner_->bus.reset();
  inner_->run.reset();  // stops the pipeline on its own thread
}

std::shared_ptr<Listener> Peer::listener() const { return inner_; }

Codec Peer::codec() const {
  const auto& lines = inner_->offer.lines;
  return std::any_of(lines.begin(), lines.end(), [](const auto& line) { return we_send(line) && line.sent == "VP8"; })
             ? Codec::kVp8
             : Codec::kH264;
}

LineMeter::Line Peer::look() {
  Inner& inner = *inner_;
  if (!inner.answered) return {};
  if (!inner.session) {
    const auto bin = gst::Element::adopt(gst_bin_get_by_name(GST_BIN(inner.webrtc.get()), "rtpbin"));
    GObject* session = nullptr;
    if (bin) g_signal_emit_by_name(bin.get(), "get-internal-session", 0U, &session);
    inner.session.reset(session);
  }
  const auto now = steady_clock::now();
  LineMeter::Line line = inner.meter.look(inner.session.get(), now);
  const auto heard = inner.meter.heard();
  if (!heard && now - inner.answered_at > kConnecting) inner.say_gone("no connection came about");
  if (heard && now - *heard > kSilence) inner.say_gone("nothing has been heard");
  return line;
}

}  // namespace tyndau::guests
