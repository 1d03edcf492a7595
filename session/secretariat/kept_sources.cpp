#include <fmt/format.h>

#include <set>

#include "media/base/log.h"
#include "media/link/source_uri.h"
#include "session/projections/journalled_passwords.h"
#include "session/secretariat/inner.h"

namespace tyndau::secretariat {

namespace {

/// A meeting that is over may be taken up again by an undo, and its source with it.
constexpr auto kKeptFor = std::chrono::hours(24);

}  // namespace

Result<void> Secretariat::Inner::load_sources() {
  auto opened = store::Store::open(config.database());
  if (!opened) return tl::unexpected(opened.error());
  store.emplace(std::move(*opened));
  auto all = store->kept_sources();
  if (!all) return tl::unexpected(all.error());
  kept_sources = std::move(*all);
  for (const auto& [id, dossier] : dossiers) {
    const auto passwords = projections::journalled_passwords(dossier.events());
    if (passwords.empty()) continue;
    if (const auto first = store->say_once("passwords in the journal of " + id, clock.now()); !first || !*first)
      continue;
    log::warning("the journal of {} holds the password of {} from before passwords were all beside it: change it there",
                 id, fmt::join(passwords, ", "));
  }
  const Dossier* setter = source_setter();
  if (setter != nullptr && !setter->state().source.empty() && source_of(setter->state()).empty()) {
    log::warning("the password of {} is not all any more: the configured source is used until the desk sets one",
                 setter->state().source);
  }
  forget_sources();
  return {};
}

Result<Json> Secretariat::Inner::journalled(const std::string& uri) {
  const std::string shown = link::safe_uri(uri);
  if (shown == uri) return Json{{"uri", uri}};
  const auto id = store->keep_source(uri, clock.now());
  if (!id) return tl::unexpected(id.error());
  kept_sources[*id] = uri;
  return Json{{"uri", shown}, {"secret", *id}};
}

std::string Secretariat::Inner::source_of(const meeting::State& state) const {
  if (state.source_secret.empty()) return state.source;
  const auto found = kept_sources.find(state.source_secret);
  return found != kept_sources.end() ? found->second : "";
}

void Secretariat::Inner::forget_sources() {
  std::set<std::string> needed;
  const Dossier* setter = source_setter();
  if (setter != nullptr) needed.insert(setter->state().source_secret);
  for (const auto& [id, dossier] : dossiers) {
    if (meeting::is_over(dossier.state()) && clock.now() - dossier.last_utc() > kKeptFor) continue;
    for (const auto& event : dossier.events()) {
      if (event.event.kind == "source.set") needed.insert(event.event.payload.value("secret", std::string()));
    }
  }
  for (auto entry = kept_sources.begin(); entry != kept_sources.end();) {
    if (needed.contains(entry->first)) {
      ++entry;
      continue;
    }
    if (const auto forgotten = store->forget_source(entry->first); !forgotten) {
      log::warning("{}", forgotten.error().what);  // it is tried again
      return;
    }
    entry = kept_sources.erase(entry);
  }
}

}  // namespace tyndau::secretariat
