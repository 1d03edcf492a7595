#include "session/cli/commands.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <sys/random.h>

#include <array>
#include <fstream>
#include <iostream>
#include <iterator>

#include "media/base/config.h"
#include "media/link/source_uri.h"
#include "session/journal/journal.h"
#include "session/meeting/import.h"
#include "session/meeting/line.h"
#include "session/meeting/state.h"
#include "session/projections/journalled_passwords.h"
#include "session/store/store.h"

namespace tyndau::cli {

namespace {

constexpr std::size_t kMostFileBytes = std::size_t{8} << 20;
constexpr std::size_t kShortPassword = 10;

int failure(const Streams& streams, const std::string& what) {
  fmt::print(streams.error, "tyndau: {}\n", what);
  return kFailure;
}

Result<std::filesystem::path> data_directory(const Place& place) {
  if (place.config.empty()) return place.data;
  const auto config = load_config(place.config);
  if (!config) return tl::unexpected(config.error());
  return config->data.directory;
}

enum class Missing { kCreate, kRefuse };

/// The database's path. A mistyped directory must not become an empty journal that verifies well.
Result<std::filesystem::path> database(const Place& place, Missing missing) {
  const auto directory = data_directory(place);
  if (!directory) return tl::unexpected(directory.error());
  const auto file = *directory / "tyndau.db";
  std::error_code error;
  if (missing == Missing::kCreate) {
    std::filesystem::create_directories(*directory, error);
    if (error)
      return fail(fmt::format("cannot create the data directory {}: {}", directory->string(), error.message()));
    return file;
  }
  if (std::filesystem::exists(file, error)) return file;
  if (error) return fail(fmt::format("cannot read {}: {}", file.string(), error.message()));
  return fail(fmt::format("there is no journal in {}: {} does not exist", directory->string(), file.string()));
}

Result<journal::Journal> open_journal(const Place& place, Missing missing) {
  const auto file = database(place, missing);
  if (!file) return tl::unexpected(file.error());
  return journal::Journal::open(*file);
}

Result<std::string> read_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (error || !std::filesystem::exists(status)) {
    return fail(fmt::format("cannot read {}: {}", file.string(), error ? error.message() : "no such file"));
  }
  if (!std::filesystem::is_regular_file(status)) return fail(file.string() + " is not a file");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail_errno("cannot read " + file.string());
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (stream.bad()) return fail("cannot read " + file.string());
  return text;
}

/// Days since 1970 of a date that begins `text`: the local date of an RFC 3339 time is its first ten characters.
Result<std::chrono::sys_days> read_date(const std::string& text) {
  const auto midnight = parse_utc(text.substr(0, 10) + "T00:00:00Z");
  if (!midnight) return fail(fmt::format("'{}' is not a date as in 2026-12-10", text));
  return std::chrono::floor<std::chrono::days>(*midnight);
}

Result<int> shift_days(const Json& document, const std::string& shift_to) {
  if (shift_to.empty()) return 0;
  if (shift_to.size() != 10) return fail(fmt::format("'{}' is not a date as in 2026-12-10", shift_to));
  const auto wanted = read_date(shift_to);
  if (!wanted) return tl::unexpected(wanted.error());
  const Json* starts = document.is_object() && document.contains("hearing") ? &document["hearing"] : nullptr;
  if (starts == nullptr || !starts->is_object() || !starts->contains("starts_at") ||
      !(*starts)["starts_at"].is_string()) {
    return fail("hearing: 'starts_at' is missing");
  }
  const auto planned = read_date((*starts)["starts_at"].get<std::string>());
  if (!planned) return fail("hearing.starts_at: " + planned.error().what);
  return static_cast<int>((*wanted - *planned).count());
}

Result<Json> read_payload(const std::filesystem::path& file, const std::string& shift_to) {
  const auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  const auto in_file = [&](const Failure& failure) { return fail(file.string() + ": " + failure.what); };
  const auto document = parse_json(*text, kMostFileBytes);
  if (!document) return in_file(document.error());
  const auto days = shift_days(*document, shift_to);
  if (!days) return in_file(days.error());
  auto payload = meeting::read_hearing(*document, *days);
  if (!payload) return in_file(payload.error());
  return payload;
}

/// Twenty letters and digits that nobody confuses on paper: 5 bits each, 100 in all.
Result<std::string> generated_password() {
  constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  static_assert(kAlphabet.size() == 32);
  std::array<unsigned char, 20> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    return fail_errno("the system gives no random bytes");
  }
  std::string password;
  for (std::size_t i = 0; i < random.size(); ++i) {
    if (i > 0 && i % 5 == 0) password += '-';
    password += kAlphabet[random[i] % kAlphabet.size()];
  }
  return password;
}

Result<std::string> password_of(bool from_stdin, const Streams& streams) {
  if (!from_stdin) return generated_password();
  std::string line;
  if (!std::getline(streams.in, line)) return fail("no password came on standard input");
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (line.empty()) return fail("the password is empty");
  return line;
}

/// As its events have it; with seq 0 when there is no such meeting.
Result<meeting::State> state_of(const journal::Journal& journal, const std::string& id) {
  const auto events = journal.events(id);
  if (!events) return tl::unexpected(events.error());
  meeting::State state;
  for (const auto& event : *events) meeting::apply(state, event);
  return state;
}

/// Why the record of this meeting is not replaced by that one, or "".
std::string why_not_corrected(const meeting::State& known, const meeting::Record& record) {
  if (known.seq == 0) return "";
  if (!meeting::may_correct(known, record)) return "has begun: its record is not corrected any more";
  // Whom an invitation brought into the record stays in it.
  meeting::Record with_added = record;
  meeting::keep_registered(with_added, known.record, known.registered);
  return meeting::to_json(with_added) == meeting::to_json(known.record) ? "is in the journal already, as it is here"
                                                                        : "";
}

/// The chain cannot forget: what stood in it before passwords were kept beside it is to be changed where it is used.
Result<void> say_passwords(const journal::Journal& journal, const std::string& meeting, const Streams& streams) {
  const auto events = journal.events(meeting);
  if (!events) return tl::unexpected(events.error());
  for (const std::string& source : projections::journalled_passwords(*events)) {
    fmt::print(streams.out, "{}: this journal holds the password of {}: change it there\n", meeting, source);
  }
  return {};
}

}  // namespace

int import_meeting(const Place& place, const std::filesystem::path& file, const std::string& shift_to,
                   Streams streams) {
  // The file first: a mistake in it must leave nothing behind, not even an empty data directory.
  auto payload = read_payload(file, shift_to);
  if (!payload) return failure(streams, payload.error().what);
  auto journal = open_journal(place, Missing::kCreate);
  if (!journal) return failure(streams, journal.error().what);
  const std::string id = meeting::imported_id(*payload);
  const auto record = meeting::record_from_json(payload->at("record"));
  if (!record) return failure(streams, record.error().what);
  const auto known = state_of(*journal, id);
  if (!known) return failure(streams, known.error().what);
  if (const std::string why = why_not_corrected(*known, *record); !why.empty()) {
    fmt::print(streams.error, "tyndau: the meeting '{}' {}; nothing was changed\n", id, why);
    return kNot;
  }
  const auto stored =
      journal->append(id, utc_now(), "system", {{"meeting.imported", *payload}}, std::nullopt, known->seq);
  if (!stored && stored.error().code == EEXIST) {
    fmt::print(streams.error, "tyndau: somebody acted on the meeting '{}' meanwhile; nothing was changed, try again\n",
               id);
    return kNot;
  }
  if (!stored) return failure(streams, stored.error().what);
  fmt::print(streams.out, "{} {}: {}, {} agenda items, {} people, starts {}\n",
             known->seq == 0 ? "imported" : "corrected", id, record->title.kk, record->agenda.size(),
             record->people.size(), format_utc(record->starts_at));
  return kDone;
}

int add_user(const Place& place, const std::string& typed, bool password_from_stdin, Streams streams) {
  const auto line = meeting::line_of(typed);
  if (!line) return failure(streams, "the name " + line.error().what);
  if (line->empty()) return failure(streams, "the name must have something in it that is seen");
  const std::string& name = *line;
  const auto password = password_of(password_from_stdin, streams);
  if (!password) return failure(streams, password.error().what);
  const auto file = database(place, Missing::kCreate);
  if (!file) return failure(streams, file.error().what);
  auto store = store::Store::open(*file);
  if (!store) return failure(streams, store.error().what);
  const auto before = store->password_hash(name);
  if (!before) return failure(streams, before.error().what);
  const auto hash = store::Store::hash_password(*password);
  if (!hash) return failure(streams, hash.error().what);
  if (const auto put = store->put_account(name, *hash); !put) return failure(streams, put.error().what);
  fmt::print(streams.out, "{} {}\n", *before ? "new password for" : "added", name);
  if (!password_from_stdin) {
    fmt::print(streams.out, "password: {}\n", *password);
  } else if (password->size() < kShortPassword) {
    fmt::print(streams.error, "tyndau: the password is short; from this desk a region is broadcast to\n");
  }
  return kDone;
}

int verify(const Place& place, const std::string& meeting, Streams streams) {
  const auto journal = open_journal(place, Missing::kRefuse);
  if (!journal) return failure(streams, journal.error().what);
  const auto verdicts = journal->verify(meeting);
  if (!verdicts) return failure(streams, verdicts.error().what);
  bool whole = true;
  for (const auto& verdict : *verdicts) {
    if (verdict.broken.empty()) {
      fmt::print(streams.out, "{}: whole, {} events, head {}\n", verdict.meeting, verdict.events, verdict.head);
      if (auto said = say_passwords(*journal, verdict.meeting, streams); !said)
        return failure(streams, said.error().what);
      continue;
    }
    whole = false;
    fmt::print(streams.out, "{}: BROKEN after {} events, head {}: {}\n", verdict.meeting, verdict.events, verdict.head,
               verdict.broken);
  }
  if (verdicts->empty()) fmt::print(streams.out, "the journal is empty\n");
  return whole ? kDone : kNot;
}

int list_meetings(const Place& place, Streams streams) {
  const auto journal = open_journal(place, Missing::kRefuse);
  if (!journal) return failure(streams, journal.error().what);
  const auto ids = journal->meetings();
  if (!ids) return failure(streams, ids.error().what);
  for (const std::string& id : *ids) {
    const auto events = journal->events(id);
    if (!events) return failure(streams, events.error().what);
    meeting::State state;
    for (const auto& event : *events) meeting::apply(state, event);
    fmt::print(streams.out, "{}  {}  {}  broadcast {}  {}\n", id, format_utc(state.record.starts_at),
               meeting::name(state.phase), meeting::name(state.on_air), state.record.title.kk);
  }
  return kDone;
}

int check_config(const std::filesystem::path& file, Streams streams) {
  auto config = load_config(file);
  if (!config) {
    // Bare, as compilers do it, so that editors find the place.
    fmt::print(streams.error, "{}\n", config.error().what);
    return kFailure;
  }
  if (const auto source = link::parse_source_uri(config->programme.source); !source) {
    fmt::print(streams.error, "{}: 'programme.source': {}\n", file.string(), source.error().what);
    return kFailure;
  }
  const bool seen_by_media = !config->webrtc.turn_secret.empty();
  if (const auto loaded = load_secrets(file, *config); !loaded) return failure(streams, loaded.error().what);
  if (seen_by_media) {
    fmt::print(
        streams.error,
        "{}: 'webrtc.turn_secret' stands where tyndau-media can read it: put it into the file turn_secret beside "
        "this one, for root alone\n",
        file.string());
  }
  fmt::print(streams.out, "{}: in order\n", file.string());
  return kDone;
}

}  // namespace tyndau::cli
