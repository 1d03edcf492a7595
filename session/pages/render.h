#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "session/meeting/state.h"
#include "session/pages/locale.h"
#include "session/pages/sign_up.h"
#include "session/projections/chapters.h"
#include "session/store/store.h"

namespace ctemplate {
class TemplateCache;
class TemplateDictionary;
}  // namespace ctemplate

namespace tyndau::web {

/// The recording as a browser without scripts has it. Seconds are from its start.
struct Film {
  int start_s = 0;                        ///< where it is opened
  std::map<std::string, double> moments;  ///< where what was recorded begins, by the chapter's id
};

/// Makes HTML of meetings: templates of ctemplate with AUTOESCAPE forced, so that whatever a title or a name contains
/// is text. Pure but for the files, which are read at start. Loop thread only.
class Renderer {
 public:
  /// Fails when a template is missing, does not begin with the autoescape pragma, switches escaping off, or uses a word
  /// ({{t_...}}) that the locales lack. `assets` is what goes before the name of a script or style.
  static Result<Renderer> create(const std::filesystem::path& folder, std::string assets, std::string public_url);
  Renderer(Renderer&&) noexcept;
  ~Renderer();

  const Locale& locale(const std::string& language) const;

  /// Live now, announced, past. `meetings` latest first.
  std::string home(const std::string& language, const std::vector<const meeting::State*>& meetings, Utc now) const;
  /// One page for the meeting's whole life. `film` is shown when the broadcast is over. `form`: as somebody filled it
  /// in to sign up, with what is wrong with it.
  std::string meeting(const std::string& language, const meeting::State& state,
                      const std::vector<projections::Chapter>& chapters, Utc now, const Film& film,
                      const SignUp& form = {}) const;
  /// `meetings` are those the secretary can choose between; `state` is the one shown.
  std::string desk(const std::string& language, const meeting::State& state,
                   const std::vector<const meeting::State*>& meetings, const std::string& account) const;
  /// The desk when nothing has been imported yet.
  std::string desk_without_meetings(const std::string& language) const;
  std::string login(const std::string& language, const std::string& next) const;
  /// A guest's page. Precondition: the person is in the record.
  std::string join(const std::string& language, const meeting::State& state, const std::string& person,
                   const std::string& token) const;
  /// The meeting as an entry for the calendar of whoever was invited to it; `url`: his link, "" where none is known.
  std::string join_calendar(const std::string& language, const meeting::State& state, const std::string& url,
                            Utc now) const;
  /// The page behind the link of a registration that is pending or was declined.
  std::string waiting(const std::string& language, const meeting::State& state,
                      const store::Store::Registration& registration, const std::string& token) const;
  /// For a link that is not valid; `state` says whom to ask, null when there is no meeting at all.
  std::string join_invalid(const std::string& language, const meeting::State* state) const;
  std::string not_found(const std::string& language) const;

 private:
  struct Frame;
  Renderer();
  Result<void> check_templates(const std::filesystem::path& folder) const;
  std::string expand(const Frame& frame) const;

  std::map<std::string, Locale> locales_;
  std::unique_ptr<ctemplate::TemplateCache> cache_;
  std::string assets_, public_url_;
};

/// Which of the three the meeting's page is now: "announced", "live" or "recording".
std::string_view stage(const meeting::State& state);

/// The meeting that the secretary most likely wants: on air, else sitting, else the next to start, else the last one.
const meeting::State* nearest(const std::vector<const meeting::State*>& meetings, Utc now);

}  // namespace tyndau::web
