// SDP offers as browsers, encoders and whoever else send them.
#include "media/guests/offer.h"

#include <algorithm>
#include <string>

#include "tests/fuzz/fuzz.h"

using namespace tyndau;
using fuzz::promise;
using guests::OfferedLine;

namespace {

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void check_line(const OfferedLine& line) {
  using Kind = OfferedLine::Kind;
  promise(line.kind != Kind::kVideo || (is_one_of(line.sent, {"", "H264", "VP8"})), "pictures that we send");
  promise(line.kind != Kind::kAudio || is_one_of(line.sent, {"", "OPUS"}), "sound that we send");
  promise(line.kind != Kind::kOther || (line.sent.empty() && line.taken.empty() && !line.wants && !line.sends),
          "of another kind nothing is sent or taken");
  // RFC 3550, 5.1: seven bits.
  promise(line.sent.empty() ? line.payload == -1 : line.payload >= 0 && line.payload <= 127, "payload type to send");
  promise(line.taken.empty() ? line.taken_payload == -1 : line.taken_payload >= 0 && line.taken_payload <= 127,
          "payload type to take");
  promise(line.packet_counter >= 0 && line.packet_counter <= 14, "extension of one byte");
}

bool same(const OfferedLine& a, const OfferedLine& b) {
  return a.kind == b.kind && a.wants == b.wants && a.sends == b.sends && a.sent == b.sent && a.payload == b.payload &&
         a.settings == b.settings && a.taken == b.taken && a.taken_payload == b.taken_payload &&
         a.packet_counter == b.packet_counter;
}

std::size_t count(const std::string& text, std::string_view beginning) {
  std::size_t found = text.starts_with(beginning.substr(1)) ? 1 : 0;
  for (std::size_t at = 0; (at = text.find(beginning, at)) != std::string::npos; ++at) ++found;
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = guests::read_offer(std::string(fuzz::text(data, size)));
  if (!read) {
    promise(!read.error().what.empty(), "a failure says what is wrong");
    return 0;
  }
  promise(size <= guests::kMostOfferBytes && read->lines.size() <= guests::kMostLines, "limits hold");
  for (const OfferedLine& line : read->lines) check_line(line);
  // webrtcbin gets the text and the peer that is made for it the lines: they speak of the same connection.
  promise(count(read->text, "\nm=") == read->lines.size(), "each m-line of the text was read, and no other");
  promise(count(read->text, "\na=setup:actpass") == 0, "the DTLS role is decided");
  if (read->text.size() > guests::kMostOfferBytes) return 0;
  const auto again = guests::read_offer(read->text);
  promise(again.has_value() && again->text == read->text, "what webrtcbin gets is an offer, and stays as it is");
  promise(again->lines.size() == read->lines.size(), "with as many lines");
  for (std::size_t i = 0; i < read->lines.size(); ++i) promise(same(again->lines[i], read->lines[i]), "the same lines");
  return 0;
}
