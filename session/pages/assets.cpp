#include "session/pages/assets.h"

#include <fmt/format.h>
#include <sodium.h>
#include <zlib.h>

#include <array>
#include <fstream>
#include <iterator>

namespace tyndau::web {
namespace {

struct Kind {
  const char* type;
  bool compressible;
};

/// nullptr for what is not meant for browsers (sources' declarations, notes).
const Kind* kind_of(const std::filesystem::path& file) {
  static const std::map<std::string, Kind> kinds = {
      {".js", {"text/javascript; charset=utf-8", true}},
      {".css", {"text/css; charset=utf-8", true}},
      {".svg", {"image/svg+xml", true}},
      {".woff2", {"font/woff2", false}},
      {".txt", {"text/plain; charset=utf-8", true}},
  };
  const auto found = kinds.find(file.extension().string());
  return found == kinds.end() ? nullptr : &found->second;
}

std::string fingerprint_of(const std::string& content) {
  std::array<unsigned char, crypto_generichash_BYTES_MIN> digest{};
  crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(content.data()),
                     content.size(), nullptr, 0);
  std::string hex(digest.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  hex.pop_back();
  return hex;
}

/// One gzip member (RFC 1952).
std::string gzip(const std::string& plain) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int outcome = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return outcome == Z_STREAM_END ? packed : std::string();
}

}  // namespace

Result<Assets> Assets::read(const std::filesystem::path& folder) {
  Assets assets;
  std::string everything;
  for (const char* part : {"lib", "viewer", "desk", "guest", "vendor", "fonts"}) {
    std::error_code error;
    std::map<std::string, std::filesystem::path> sorted;
    for (std::filesystem::recursive_directory_iterator entry(folder / part, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->is_regular_file()) sorted.emplace(entry->path().lexically_relative(folder).string(), entry->path());
    }
    if (error)
      return fail("cannot read the assets in " + (folder / part).string() + ": " + error.message(), error.value());
    for (const auto& [name, path] : sorted) {
      const Kind* kind = kind_of(path);
      if (kind == nullptr) continue;
      std::ifstream stream(path, std::ios::binary);
      if (!stream) return fail_errno("cannot read the asset " + path.string());
      auto content =
          std::make_shared<std::string>((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
      const std::string digest = fingerprint_of(*content);
      everything += fmt::format("{} {}\n", name, digest);
      assets.files_[name] = File{kind->type, "\"" + digest + "\"", std::move(content), nullptr, kind->compressible};
    }
  }
  assets.fingerprint_ = fingerprint_of(everything).substr(0, 16);
  assets.base_ = "/assets/" + assets.fingerprint_ + "/";
  return assets;
}

Response Assets::respond(const Request& request, const std::string& file) {
  const bool named_by_content = file.compare(0, fingerprint_.size() + 1, fingerprint_ + "/") == 0;
  // A page that was loaded before an upgrade may still ask with the old fingerprint: it gets nothing, rather than a
  // module that does not fit the ones it has.
  const auto found = files_.find(named_by_content ? file.substr(fingerprint_.size() + 1) : file);
  if (found == files_.end()) return Response::error(404, "not_found", "there is no such asset");
  File& asset = found->second;

  Response response;
  response.with("Cache-Control", named_by_content ? "public, max-age=31536000, immutable" : "no-cache")
      .with("ETag", asset.etag)
      .with("X-Content-Type-Options", "nosniff");
  if (asset.compressible) response.with("Vary", "Accept-Encoding");
  if (request.header("if-none-match").find(asset.etag) != std::string::npos) {
    response.status = 304;
    return response;
  }
  response.with("Content-Type", asset.type);
  std::shared_ptr<const std::string> body = asset.plain;
  if (asset.compressible && request.header("accept-encoding").find("gzip") != std::string::npos) {
    if (!asset.gzipped) asset.gzipped = std::make_shared<const std::string>(gzip(*asset.plain));
    if (!asset.gzipped->empty()) {
      body = asset.gzipped;
      response.with("Content-Encoding", "gzip");
    }
  }
  response.body.push_back(MemoryPiece{body, 0, body->size()});
  return response;
}

}  // namespace tyndau::web
