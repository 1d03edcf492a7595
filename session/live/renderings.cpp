#include "session/live/renderings.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>

namespace tyndau::live {

std::string gzip(std::string_view text) {
  constexpr int kLevel = 5;       // playlists repeat themselves: higher levels gain little
  constexpr int kGzip = 16 + 15;  // a gzip header around a 32 kB window
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();  // deflateBound() promised the room
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Renderings::Entry& Renderings::entry(const std::string& name, std::uint64_t version,
                                     const std::function<std::string()>& render) {
  auto [it, fresh] = entries_.try_emplace(name);
  Entry& entry = it->second;
  entry.used = ++uses_;
  if (fresh || entry.version != version) {
    entry.version = version;
    entry.plain = std::make_shared<const std::string>(render());
    entry.zipped = nullptr;
  }
  if (fresh && entries_.size() > most_) {
    entries_.erase(std::min_element(entries_.begin(), entries_.end(),
                                    [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
  return entry;
}

Renderings::Text Renderings::plain(const std::string& name, std::uint64_t version,
                                   const std::function<std::string()>& render) {
  return entry(name, version, render).plain;
}

Renderings::Text Renderings::zipped(const std::string& name, std::uint64_t version,
                                    const std::function<std::string()>& render) {
  Entry& found = entry(name, version, render);
  if (!found.zipped) found.zipped = std::make_shared<const std::string>(gzip(*found.plain));
  return found.zipped;
}

}  // namespace tyndau::live
