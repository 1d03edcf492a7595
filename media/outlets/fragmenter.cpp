#include "media/outlets/fragmenter.h"

#include <fmt/format.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
}

namespace tyndau::outlets {

namespace {

std::string words(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(error, text, sizeof text);
  return text;
}

struct FreeContext {
  void operator()(AVFormatContext* context) const {
    if (context->pb != nullptr) {
      av_freep(&context->pb->buffer);
      avio_context_free(&context->pb);
    }
    avformat_free_context(context);
  }
};

int append(void* out, std::uint8_t* data, int size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
  return size;
}

std::string codec_string(const TrackFormat& format) {
  const auto& data = format.private_data;
  // avcC: version, profile, compatibility, level. AudioSpecificConfig of AAC-LC: object type 2.
  if (format.picture) return fmt::format("avc1.{:02x}{:02x}{:02x}", data[1], data[2], data[3]);
  return "mp4a.40.2";
}

}  // namespace

struct Fragmenter::Inner {
  std::string out;  // what the muxer has written since it was last taken
  std::unique_ptr<AVFormatContext, FreeContext> context;
  std::string init, codec;
  std::size_t waiting = 0;

  Result<void> open(const TrackFormat& format);
  Result<void> describe(const TrackFormat& format);
};

Fragmenter::Fragmenter(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Fragmenter::Fragmenter(Fragmenter&&) noexcept = default;
Fragmenter& Fragmenter::operator=(Fragmenter&&) noexcept = default;
Fragmenter::~Fragmenter() = default;

const std::string& Fragmenter::init_segment() const { return inner_->init; }
const std::string& Fragmenter::codec() const { return inner_->codec; }

Result<Fragmenter> Fragmenter::create(const TrackFormat& format) {
  if (format.private_data.size() < (format.picture ? 4U : 2U)) return fail("the encoder gave no codec data");
  auto inner = std::make_unique<Inner>();
  if (auto opened = inner->open(format); !opened) return tl::unexpected(opened.error());
  return Fragmenter(std::move(inner));
}

Result<void> Fragmenter::Inner::describe(const TrackFormat& format) {
  AVStream* stream = avformat_new_stream(context.get(), nullptr);
  if (stream == nullptr) return fail("no memory for a track");
  stream->time_base = {1, static_cast<int>(format.timescale)};
  AVCodecParameters* p = stream->codecpar;
  p->codec_type = format.picture ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO;
  p->codec_id = format.picture ? AV_CODEC_ID_H264 : AV_CODEC_ID_AAC;
  p->extradata = static_cast<std::uint8_t*>(av_mallocz(format.private_data.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  if (p->extradata == nullptr) return fail("no memory for a track");
  std::copy(format.private_data.begin(), format.private_data.end(), p->extradata);
  p->extradata_size = static_cast<int>(format.private_data.size());
  if (format.picture) {
    p->width = format.width;
    p->height = format.height;
    p->color_space = AVCOL_SPC_BT709;
    p->color_primaries = AVCOL_PRI_BT709;
    p->color_trc = AVCOL_TRC_BT709;
    p->color_range = AVCOL_RANGE_MPEG;
    stream->avg_frame_rate = {25, 1};
  } else {
    p->sample_rate = static_cast<int>(format.timescale);
    p->frame_size = 1024;
    av_channel_layout_default(&p->ch_layout, 1);
    p->bits_per_coded_sample = 16;
  }
  return {};
}

Result<void> Fragmenter::Inner::open(const TrackFormat& format) {
  AVFormatContext* allocated = nullptr;
  if (const int error = avformat_alloc_output_context2(&allocated, nullptr, "mp4", nullptr); error < 0) {
    return fail("mp4 muxer: " + words(error));
  }
  context.reset(allocated);
  if (auto described = describe(format); !described) return described;
  constexpr int kBuffer = 64 * 1024;
  context->pb =
      avio_alloc_context(static_cast<std::uint8_t*>(av_malloc(kBuffer)), kBuffer, 1, &out, nullptr, append, nullptr);
  if (context->pb == nullptr) return fail("no memory for the mp4 muxer");
  context->pb->seekable = 0;
  context->flags |= AVFMT_FLAG_BITEXACT;  // no encoder name and creation time in the file

  AVDictionary* options = nullptr;
  av_dict_set(&options, "movflags", "empty_moov+default_base_moof+frag_custom+cmaf+frag_discont+skip_trailer", 0);
  av_dict_set(&options, "use_editlist", "0", 0);
  av_dict_set(&options, "avoid_negative_ts", "disabled", 0);
  const int error = avformat_write_header(context.get(), &options);
  av_dict_free(&options);
  if (error < 0) return fail("mp4 muxer: " + words(error));
  avio_flush(context->pb);
  init = std::exchange(out, {});
  codec = codec_string(format);
  return {};
}

Result<void> Fragmenter::add(const EncodedFrame& frame) {
  AVPacket* packet = av_packet_alloc();
  if (packet == nullptr) return fail("no memory for a frame");
  // Not reference-counted: av_write_frame copies what it keeps beyond the call.
  packet->data = const_cast<std::uint8_t*>(frame.data.data());
  packet->size = static_cast<int>(frame.data.size());
  packet->pts = packet->dts = frame.time;
  packet->duration = frame.duration;
  packet->stream_index = 0;
  if (frame.keyframe) packet->flags |= AV_PKT_FLAG_KEY;
  const int error = av_write_frame(inner_->context.get(), packet);
  av_packet_free(&packet);
  if (error < 0) return fail("mp4 muxer: " + words(error));
  ++inner_->waiting;
  return {};
}

Result<std::string> Fragmenter::cut() {
  if (inner_->waiting == 0) return std::string();
  inner_->waiting = 0;
  if (const int error = av_write_frame(inner_->context.get(), nullptr); error < 0) {
    return fail("mp4 muxer: " + words(error));
  }
  avio_flush(inner_->context->pb);
  return std::exchange(inner_->out, {});
}

}  // namespace tyndau::outlets
