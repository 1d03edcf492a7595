#include "media/guests/offer.h"

#include <fmt/format.h>
#include <gst/sdp/sdp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "media/gst/handles.h"

namespace tyndau::guests {

namespace {

using Sdp = std::unique_ptr<GstSDPMessage, gst::Freer<GstSDPMessage, gst_sdp_message_free>>;

/// An attribute of the line, or of the whole session where the line has none.
bool has(const Sdp& sdp, const GstSDPMedia* line, const char* attribute) {
  return gst_sdp_media_get_attribute_val(line, attribute) != nullptr ||
         gst_sdp_message_get_attribute_val(sdp.get(), attribute) != nullptr;
}

bool says(const GstSDPMedia* line, const char* attribute) {
  return gst_sdp_media_get_attribute_val(line, attribute) != nullptr;
}

constexpr std::array<const char*, 4> kDirections{"sendrecv", "sendonly", "recvonly", "inactive"};

/// The line's own, else the session's, else both ways (RFC 8866, 6.7).
std::string_view direction(const Sdp& sdp, const GstSDPMedia* line) {
  for (const char* one : kDirections) {
    if (says(line, one)) return one;
  }
  for (const char* one : kDirections) {
    if (gst_sdp_message_get_attribute_val(sdp.get(), one) != nullptr) return one;
  }
  return "sendrecv";
}

/// A line that is neither switched off nor of a kind of its own, like data. Port 0 switches a line off, unless it has
/// no port of its own because it is only sent in the bundle (RFC 9143, 6), as Firefox offers all but the first.
bool is_media(const OfferedLine& read, const GstSDPMedia* line) {
  const bool off = gst_sdp_media_get_port(line) == 0 && !says(line, "bundle-only");
  return read.kind != OfferedLine::Kind::kOther && !off;
}

/// A codec that we know, by its name in RTP caps; "" for another. "96 VP8/90000"
std::string known(OfferedLine::Kind kind, std::string_view rtpmap) {
  const std::size_t space = rtpmap.find(' ');
  if (space == std::string_view::npos) return {};
  std::string name(rtpmap.substr(space + 1));
  std::transform(name.begin(), name.end(), name.begin(), g_ascii_toupper);
  if (kind == OfferedLine::Kind::kVideo) {
    for (const char* one : {"VP8", "H264", "VP9"}) {
      if (name == std::string(one) + "/90000") return one;
    }
  }
  return kind == OfferedLine::Kind::kAudio && name == "OPUS/48000/2" ? "OPUS" : "";
}

/// "106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f": the value of one parameter.
std::string parameter(std::string_view fmtp, std::string_view name) {
  const std::size_t space = fmtp.find(' ');
  std::string_view rest = space == std::string_view::npos ? std::string_view() : fmtp.substr(space + 1);
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const std::size_t begin = one.find_first_not_of(' ');
    const std::size_t equals = one.find('=');
    if (begin == std::string_view::npos || equals == std::string_view::npos) continue;
    if (one.substr(begin, equals - begin) == name) return std::string(one.substr(equals + 1));
  }
  return {};
}

/// The value of `attribute` that belongs to this payload type ("96 H264/90000" for rtpmap).
std::string_view of_payload(const GstSDPMedia* line, const char* attribute, std::string_view payload) {
  for (guint i = 0;; ++i) {
    const gchar* value = gst_sdp_media_get_attribute_val_n(line, attribute, i);
    if (value == nullptr) return {};
    const std::string_view text(value);
    if (text.substr(0, text.find(' ')) == payload) return text;
  }
}

/// Constrained baseline in whole packets is what we send (RFC 6184, 8.1); other profiles would be decoded wrongly or
/// not at all.
bool is_our_h264(std::string_view fmtp) {
  const std::string profile = parameter(fmtp, "profile-level-id");
  return parameter(fmtp, "packetization-mode") == "1" && (profile.starts_with("42e0") || profile.starts_with("42E0"));
}

/// "4 http://..." or "4/sendrecv http://...": the number of the extension with this address (RFC 8285, 5); 0 for none.
int extension(const GstSDPMedia* line, std::string_view address) {
  for (guint i = 0;; ++i) {
    const gchar* value = gst_sdp_media_get_attribute_val_n(line, "extmap", i);
    if (value == nullptr) return 0;
    const std::string_view text(value);
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos || text.substr(space + 1) != address) continue;
    const int number = std::atoi(value);
    return number > 0 && number < 15 ? number : 0;  // of one byte each
  }
}

OfferedLine read_line(const Sdp& sdp, const GstSDPMedia* media) {
  OfferedLine line;
  const std::string_view kind = gst_sdp_media_get_media(media);
  line.kind = kind == "video"   ? OfferedLine::Kind::kVideo
              : kind == "audio" ? OfferedLine::Kind::kAudio
                                : OfferedLine::Kind::kOther;
  const std::string_view ways = is_media(line, media) ? direction(sdp, media) : "inactive";
  line.wants = ways == "recvonly" || ways == "sendrecv";
  line.sends = ways == "sendonly" || ways == "sendrecv";
  line.packet_counter = extension(media, kPacketCounter);
  for (guint i = 0; i < gst_sdp_media_formats_len(media); ++i) {
    const std::string_view payload = gst_sdp_media_get_format(media, i);
    const std::string_view codec = of_payload(media, "rtpmap", payload);
    const std::string_view fmtp = of_payload(media, "fmtp", payload);
    if (line.taken.empty() && !(line.taken = known(line.kind, codec)).empty()) {
      line.taken_payload = std::atoi(std::string(payload).c_str());
    }
    const std::string name = known(line.kind, codec);
    // Of several the first, but H.264 before VP8, which needs an encoder of its own.
    if (name.empty() || name == "VP9" || (name == "H264" && !is_our_h264(fmtp))) continue;
    if (!line.sent.empty() && !(line.sent == "VP8" && name == "H264")) continue;
    line.sent = name;
    line.payload = std::atoi(std::string(payload).c_str());
    line.settings = parameter(fmtp, "profile-level-id");
  }
  return line;
}

/// a=candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS ... (RFC 8839, 5.1)
bool is_local_name(std::string_view line) {
  if (!line.starts_with("a=candidate:")) return false;
  for (int field = 0; field < 4; ++field) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return false;
    line.remove_prefix(space + 1);
  }
  return line.substr(0, line.find(' ')).ends_with(".local");
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end == std::string_view::npos ? text.size() : end + 1));
    text.remove_prefix(lines.back().size());
  }
  return lines;
}

/// The line without its end.
std::string_view bare(std::string_view line) { return line.substr(0, line.find_last_not_of("\r\n") + 1); }

/// "a=setup:" of "a=setup:actpass", what the connection is made with: may be said once for all m-lines (RFC 8842, 5.1;
/// RFC 8839, 5.4 and 5.6), as OBS does; "" of any other line.
std::string_view of_connection(std::string_view line) {
  for (const std::string_view one : {"a=setup:", "a=fingerprint:", "a=ice-ufrag:", "a=ice-pwd:", "a=ice-options:"}) {
    if (line.starts_with(one)) return one;
  }
  return {};
}

constexpr std::string_view kDirection = "a=sendrecv";

/// As of_connection(), and kDirection for each of the directions.
std::string_view said_for_all(std::string_view line) {
  const bool directs = std::any_of(kDirections.begin(), kDirections.end(),
                                   [&](const std::string& one) { return bare(line) == "a=" + one; });
  return directs ? kDirection : of_connection(line);
}

/// Layers of one picture at several sizes (RFC 8853, RFC 8851), which webrtcbin 1.22 cannot tell apart.
bool is_of_simulcast(std::string_view line) { return line.starts_with("a=simulcast:") || line.starts_with("a=rid:"); }

/// Whether GStreamer's reader sees the lines that for_webrtcbin() sees: it also ends a line at a CR alone, and passes
/// over white space at a line's beginning, so that an m-line could hide from one of the two.
bool has_plain_lines(std::string_view text) {
  for (std::string_view line : lines_of(text)) {
    if (line.ends_with('\n')) line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
    if (line.find('\r') != std::string_view::npos) return false;
    if (!line.empty() && g_ascii_isspace(line.front())) return false;
  }
  return true;
}

/// RFC 3550, 5.1: seven bits; -1 for anything else.
int payload_type(std::string_view text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0 && value <= 127 ? value : -1;
}

bool has_payload_types(const GstSDPMedia* media) {
  const std::string_view kind = gst_sdp_media_get_media(media);
  if (kind != "video" && kind != "audio") return true;
  for (guint i = 0; i < gst_sdp_media_formats_len(media); ++i) {
    if (payload_type(gst_sdp_media_get_format(media, i)) < 0) return false;
  }
  return true;
}

/// One m-line and what is said under it, or, for the first, what is said of all.
struct Section {
  std::vector<std::string> lines;
  std::vector<std::pair<std::string_view, std::string>> own;  // what may be said for all: said_for_all(), and the line
  bool only_in_bundle = false;
};

std::vector<Section> sections_of(std::string_view text) {
  constexpr std::string_view kOpen = "a=setup:actpass", kTaken = "a=setup:active";
  std::vector<Section> sections(1);
  for (const std::string_view as_it_came : lines_of(text)) {
    if (is_local_name(as_it_came) || is_of_simulcast(as_it_came)) continue;
    std::string line(as_it_came);
    if (line.starts_with(kOpen)) line.replace(0, kOpen.size(), kTaken);
    if (line.starts_with("m=")) sections.emplace_back();
    Section& here = sections.back();
    if (const std::string_view attribute = said_for_all(line); !attribute.empty())
      here.own.emplace_back(attribute, line);
    here.only_in_bundle = here.only_in_bundle || bare(line) == "a=bundle-only";
    here.lines.push_back(std::move(line));
  }
  return sections;
}

std::string for_webrtcbin(std::string_view text) {
  const std::vector<Section> sections = sections_of(text);
  std::string changed;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    for (const std::string& line : sections[i].lines) changed += line;
    if (i == 0) continue;
    std::set<std::string_view> said;
    for (const auto& [attribute, line] : sections[i].own) said.insert(attribute);
    const auto add = [&](const Section& from, bool with_direction) {
      std::set<std::string_view> added;
      for (const auto& [attribute, line] : from.own) {
        if (said.contains(attribute) || (attribute == kDirection && !with_direction)) continue;
        if (!changed.ends_with('\n')) changed += "\r\n";
        changed += line;
        added.insert(attribute);
      }
      said.merge(added);
    };
    add(sections[0], true);
    if (sections[i].only_in_bundle && i > 1) add(sections[1], false);
  }
  return changed;
}

}  // namespace

Result<Offer> read_offer(const std::string& text) {
  if (text.size() > kMostOfferBytes) return fail(fmt::format("the offer has more than {} bytes", kMostOfferBytes));
  if (text.empty() || text.find('\0') != std::string::npos || !has_plain_lines(text)) {
    return fail("the offer is not SDP");
  }
  if (g_utf8_validate_len(text.data(), text.size(), nullptr) == FALSE) return fail("the offer is not UTF-8");
  GstSDPMessage* parsed = nullptr;
  if (gst_sdp_message_new_from_text(text.c_str(), &parsed) != GST_SDP_OK) return fail("the offer is not SDP");
  const Sdp sdp(parsed);
  const guint count = gst_sdp_message_medias_len(sdp.get());
  if (count == 0) return fail("the offer has no m-line");
  const std::vector<std::string_view> lines = lines_of(text);
  if (std::count_if(lines.begin(), lines.end(), [](auto line) { return line.starts_with("m="); }) != count) {
    return fail("the offer has m-lines that are none");
  }
  if (count > kMostLines) return fail(fmt::format("the offer has more than {} m-lines", kMostLines));
  Offer offer;
  offer.text = for_webrtcbin(text);
  for (guint i = 0; i < count; ++i) {
    const GstSDPMedia* line = gst_sdp_message_get_media(sdp.get(), i);
    for (const char* needed : {"fingerprint", "ice-ufrag", "ice-pwd"}) {
      const bool bundled = says(line, "bundle-only") && says(gst_sdp_message_get_media(sdp.get(), 0), needed);
      if (!bundled && !has(sdp, line, needed)) return fail(fmt::format("m-line {} of the offer has no {}", i, needed));
    }
    if (!has_payload_types(line)) return fail(fmt::format("m-line {} of the offer has no valid payload types", i));
    offer.lines.push_back(read_line(sdp, line));
  }
  return offer;
}

}  // namespace tyndau::guests
