#include "media/base/json.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

template class nlohmann::basic_json<>;
template class std::map<std::string, nlohmann::json, std::less<>>;
template class std::vector<nlohmann::json>;

namespace tyndau {

namespace {

constexpr std::size_t kMaxDepth = 32;

/// Builds the document while refusing what the library itself lets through.
class StrictBuilder : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override {
    if (!std::isfinite(value)) return refuse("a number is out of range");
    return add(value);
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return refuse("binary values are not JSON"); }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool key(string_t& value) override {
    if (stack_.back()->contains(value)) return refuse(fmt::format("the key '{}' stands twice", value));
    keys_.back() = std::move(value);
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return refuse(fmt::format("not JSON at byte {}", position));
  }

  Json take() { return std::move(root_); }
  const std::string& wrong() const { return wrong_; }

 private:
  bool refuse(std::string what) {
    if (wrong_.empty()) wrong_ = std::move(what);
    return false;
  }
  Json* place(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *stack_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[keys_.back()] = std::move(value));
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json container) {
    if (stack_.size() >= kMaxDepth) return refuse(fmt::format("nested deeper than {}", kMaxDepth));
    stack_.push_back(place(std::move(container)));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    stack_.pop_back();
    keys_.pop_back();
    return true;
  }

  Json root_;
  std::vector<Json*> stack_;  // a child is only ever appended to the innermost, so the pointers below it stay valid
  std::vector<std::string> keys_;
  std::string wrong_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes)
    return fail(fmt::format("{} bytes of JSON, at most {} are taken", text.size(), max_bytes));
  StrictBuilder builder;
  if (!Json::sax_parse(text.begin(), text.end(), &builder)) {
    return fail(builder.wrong().empty() ? "not JSON" : builder.wrong());
  }
  return builder.take();
}

Fields::Fields(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
  if (!json_.is_object()) complain("must be an object");
}

void Fields::complain(const std::string& what) {
  if (!wrong_) wrong_ = where_ + ": " + what;
}

void Fields::ignore(const char* key) { known_.insert(key); }

const Json* Fields::find(const char* key, bool required) {
  known_.insert(key);
  if (wrong_) return nullptr;
  const auto it = json_.find(key);
  if (it == json_.end() || it->is_null()) {
    if (required) complain(fmt::format("'{}' is missing", key));
    return nullptr;
  }
  return &*it;
}

std::optional<std::string> Fields::optional_string(const char* key, std::size_t max_bytes) {
  const Json* value = find(key, false);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    complain(fmt::format("'{}' must be a string", key));
    return std::nullopt;
  }
  const auto& text = value->get_ref<const std::string&>();
  if (text.size() > max_bytes) {
    complain(fmt::format("'{}' is longer than {} bytes", key, max_bytes));
    return std::nullopt;
  }
  return text;
}

std::optional<std::int64_t> Fields::optional_integer(const char* key, std::int64_t least, std::int64_t most) {
  const Json* value = find(key, false);
  if (value == nullptr) return std::nullopt;
  const bool fits =
      value->is_number_integer() &&
      !(value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX));
  if (!fits) {
    complain(fmt::format("'{}' must be a whole number", key));
    return std::nullopt;
  }
  const auto number = value->get<std::int64_t>();
  if (number < least || number > most) {
    complain(fmt::format("'{}' must be from {} to {}", key, least, most));
    return std::nullopt;
  }
  return number;
}

std::optional<bool> Fields::optional_boolean(const char* key) {
  const Json* value = find(key, false);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) {
    complain(fmt::format("'{}' must be true or false", key));
    return std::nullopt;
  }
  return value->get<bool>();
}

const Json* Fields::optional_object(const char* key) {
  const Json* value = find(key, false);
  if (value != nullptr && !value->is_object()) {
    complain(fmt::format("'{}' must be an object", key));
    return nullptr;
  }
  return value;
}

const Json* Fields::optional_array(const char* key) {
  const Json* value = find(key, false);
  if (value != nullptr && !value->is_array()) {
    complain(fmt::format("'{}' must be a list", key));
    return nullptr;
  }
  return value;
}

std::string Fields::string(const char* key, std::size_t max_bytes) {
  find(key, true);
  return optional_string(key, max_bytes).value_or(std::string());
}
std::int64_t Fields::integer(const char* key, std::int64_t least, std::int64_t most) {
  find(key, true);
  return optional_integer(key, least, most).value_or(least);
}
std::optional<double> Fields::optional_number(const char* key) {
  const Json* value = find(key, false);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    complain(fmt::format("'{}' must be a number", key));
    return std::nullopt;
  }
  return value->get<double>();
}
double Fields::number(const char* key) {
  find(key, true);
  return optional_number(key).value_or(0);
}
bool Fields::boolean(const char* key) {
  find(key, true);
  return optional_boolean(key).value_or(false);
}

namespace {
const Json& empty_json() {
  static const Json empty;
  return empty;
}
}  // namespace

const Json& Fields::object(const char* key) {
  find(key, true);
  const Json* value = optional_object(key);
  return value != nullptr ? *value : empty_json();
}
const Json& Fields::array(const char* key) {
  find(key, true);
  const Json* value = optional_array(key);
  return value != nullptr ? *value : empty_json();
}

std::optional<std::string> Fields::finish() {
  if (!wrong_ && json_.is_object()) {
    for (const auto& [key, value] : json_.items()) {
      if (!known_.contains(key)) {
        complain(fmt::format("'{}' is not known", key));
        break;
      }
    }
  }
  return wrong_;
}

}  // namespace tyndau
