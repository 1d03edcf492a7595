#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "media/base/result.h"
#include "session/http/http.h"

namespace tyndau::web {

/// The scripts, styles and fonts of the pages: read once at start and held in memory (about 1 MB), so that a request
/// can only name what was there then. Under /assets/{fingerprint}/... they may be kept for ever, because the
/// fingerprint covers the content of all of them and relative imports inherit it; without the fingerprint they are
/// revalidated by ETag.
class Assets {
 public:
  /// Fails when the folder cannot be read. Folders: lib, viewer, desk, vendor, fonts.
  static Result<Assets> read(const std::filesystem::path& folder);

  /// "/assets/1f0c.../": what page templates put before a name.
  const std::string& base() const { return base_; }
  bool has(const std::string& name) const { return files_.count(name) > 0; }
  /// `file` is what follows /assets/. 200, 304 or 404.
  Response respond(const Request& request, const std::string& file);

 private:
  struct File {
    std::string type, etag;
    std::shared_ptr<const std::string> plain, gzipped;  ///< gzipped: made at the first request, null for fonts
    bool compressible = false;
  };
  std::string fingerprint_, base_;
  std::map<std::string, File> files_;
};

}  // namespace tyndau::web
