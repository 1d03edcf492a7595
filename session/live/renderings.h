#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace tyndau::live {

/// `text` as a gzip member (RFC 1952).
std::string gzip(std::string_view text);

/// Texts that many ask for at once (a playlist when a part has come): made once for each version, compressed once if
/// anybody takes it so, and shared by all answers. One thread.
class Renderings {
 public:
  using Text = std::shared_ptr<const std::string>;
  explicit Renderings(std::size_t most = 64) : most_(most) {}

  /// The text `name` of `version`; `render` is called when that is not at hand.
  Text plain(const std::string& name, std::uint64_t version, const std::function<std::string()>& render);
  /// The same, compressed.
  Text zipped(const std::string& name, std::uint64_t version, const std::function<std::string()>& render);

 private:
  struct Entry {
    std::uint64_t version = 0, used = 0;
    Text plain, zipped;
  };
  Entry& entry(const std::string& name, std::uint64_t version, const std::function<std::string()>& render);
  std::size_t most_;
  std::uint64_t uses_ = 0;
  std::map<std::string, Entry> entries_;
};

}  // namespace tyndau::live
