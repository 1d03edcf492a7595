#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "media/base/config.h"
#include "session/access/guest_door.h"
#include "session/access/login.h"
#include "session/access/registrations.h"
#include "session/http/http.h"
#include "session/secretariat/secretariat.h"
#include "session/store/store.h"

namespace tyndau::web {

/// What the pages are made from. References outlive the routes; loop thread only.
struct PageContext {
  std::filesystem::path assets;  ///< share/tyndau: lib, viewer, desk, guest, vendor, fonts, templates, locales
  const secretariat::Secretariat& secretariat;
  store::Store& store;
  GuestDoor& door;
  const Gate& gate;
  Registrations& registrations;
  Config::Web web;
  /// Where a meeting's chapters begin in its recording, seconds from its start, by the chapter's id; empty when there
  /// is no recording.
  std::function<std::map<std::string, double>(const std::string& meeting)> moments;
  std::function<Utc()> now = utc_now;
};

/// The pages: /, /{lang}/, /{lang}/meetings/{id} (POST: to sign up to speak), /desk, /desk/login, /join/{token} (with
/// calendar.ics below it) and /assets/{file...}. Reads every template, locale and asset once. A broken installation (a
/// missing file, a key that one locale lacks) is said in the log and aborts: better at the start than on the night of
/// the hearing.
std::vector<Route> page_routes(PageContext context);

/// The page for people who come to an address that does not exist: 404, in the language of the address or of the
/// browser.
Handler not_found_page(PageContext context);

}  // namespace tyndau::web
