#include "session/pages/render.h"

#include <ctemplate/per_expand_data.h>
#include <ctemplate/template.h>
#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "media/base/log.h"
#include "session/pages/calendar.h"
#include "session/projections/dates.h"
#include "session/projections/view.h"

namespace tyndau::web {
namespace {

using ctemplate::TemplateDictionary;
using meeting::State;

constexpr std::string_view kPragma = "{{%AUTOESCAPE context=\"HTML\"}}";
constexpr auto kStrip = ctemplate::STRIP_WHITESPACE;
constexpr std::array kTemplates = {"base.tpl",  "home.tpl", "meeting.tpl", "desk.tpl",         "no_meetings.tpl",
                                   "login.tpl", "join.tpl", "waiting.tpl", "join_invalid.tpl", "not_found.tpl"};

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// The {{t_key}} of a template.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> keys;
  for (std::size_t at = text.find("{{t_"); at != std::string::npos; at = text.find("{{t_", at + 1)) {
    keys.push_back(text.substr(at + 4, text.find('}', at) - at - 4));
  }
  return keys;
}

/// Paragraphs are parted by empty lines; single line ends stay inside (white-space: pre-line).
std::vector<std::string> paragraphs(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = text.find("\n\n", begin);
    if (end == std::string::npos) end = text.size();
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  return parts;
}

std::string role_word(const Locale& locale, const std::string& as) {
  const std::string key = "as_" + as;
  return locale.text(locale.has(key) ? key : "as_other");
}

std::string kind_word(const Locale& locale, const State& state) {
  const std::string key = "kind_" + state.record.kind;
  return locale.has(key) ? locale.text(key) : std::string();
}

std::string starts_in_words(const Locale& locale, const State& state) {
  return projections::date_and_time(state.record.starts_at, state.record.timezone, locale.language());
}

/// Scripts show times of day by this, because browsers' own zone data may be older than the last change of the law.
long utc_offset_s(Utc time, const std::string& zone) {
  const auto minute = std::chrono::floor<std::chrono::minutes>(time);
  const auto local = parse_utc(projections::iso_date(minute, zone) + "T" +
                               projections::time_of_day(minute, zone).substr(0, 5) + ":00Z");
  if (!local) return 0;
  return std::chrono::duration_cast<std::chrono::seconds>(*local - minute).count();
}

/// The words above the picture, for the first view and for people without JavaScript; viewer.js keeps them true.
std::string stage_words(const Locale& locale, const State& state, Utc now) {
  if (projections::did_not_take_place(state, now)) return locale.text("viewer_not_held");
  if (state.on_air == meeting::OnAir::kEnded) return locale.text("viewer_ended");
  if (state.phase == meeting::Phase::kClosed) {
    return locale.text(stage(state) == "live" ? "viewer_closed_live" : "viewer_closed_no_broadcast");
  }
  if (stage(state) == "announced") return locale.text("viewer_starts_at", {{"time", starts_in_words(locale, state)}});
  if (state.phase == meeting::Phase::kRecess && state.recess_until) {
    return locale.text(
        "viewer_recess_until",
        {{"time", projections::day_and_time(*state.recess_until, now, state.record.timezone, locale.language())}});
  }
  if (state.phase == meeting::Phase::kRecess) return locale.text("viewer_recess");
  if (state.on_air == meeting::OnAir::kHolding) {
    return locale.text(state.phase == meeting::Phase::kAnnounced ? "viewer_starts_soon" : "viewer_holding");
  }
  return {};  // the tag beside it says "live"
}

Json text_json(const meeting::Text& text, const std::string& language) { return text.in(language); }

Json agenda_json(const Locale& locale, const State& state) {
  Json items = Json::array();
  for (const meeting::AgendaItem& item : state.record.agenda) {
    Json speakers = Json::array();
    for (const meeting::Speaker& speaker : item.speakers) {
      speakers.push_back({{"person", speaker.person}, {"as", speaker.as}, {"limit_s", speaker.limit_s}});
    }
    items.push_back({{"id", item.id},
                     {"no", item.no},
                     {"title", text_json(item.title, locale.language())},
                     {"speakers", speakers}});
  }
  return items;
}

Json people_json(const Locale& locale, const State& state) {
  Json people = Json::array();
  for (const meeting::Person& person : state.record.people) {
    people.push_back({{"id", person.id},
                      {"name", text_json(person.name, locale.language())},
                      {"position", text_json(person.position, locale.language())},
                      // Typing finds a person in either spelling.
                      {"names", {person.name.kk, person.name.ru, person.name.en}}});
  }
  return people;
}

/// The title that follows in the template is a link to where the chapter begins in the film, or only a title where it
/// is not recorded. The script puts its own in that place.
void add_moment(TemplateDictionary& title, const Film& film, const std::string& chapter) {
  const auto moment = film.moments.find(chapter);
  if (moment == film.moments.end()) {
    title.ShowSection("NO_MOMENT");
    return;
  }
  title.AddSectionDictionary("MOMENT")->SetIntValue("MOMENT_S", static_cast<long>(moment->second));
  title.ShowSection("MOMENT_END");
}

void add_turns(TemplateDictionary& item_dictionary, const Locale& locale, const State& state, const std::string& item,
               const std::vector<projections::Chapter>& chapters, const Film& film) {
  for (const projections::Chapter& chapter : chapters) {
    if (chapter.kind != "turn" || chapter.item != item) continue;
    item_dictionary.ShowSection("HAS_TURNS");
    TemplateDictionary* turn = item_dictionary.AddSectionDictionary("TURN");
    turn->SetValue("WHO", chapter.title.in(locale.language()));
    turn->SetValue("AS", role_word(locale, chapter.as));
    std::string span = projections::time_of_day(chapter.start, state.record.timezone);
    if (chapter.end) span += "–" + projections::time_of_day(*chapter.end, state.record.timezone);
    turn->SetValue("SPAN", span);
    add_moment(*turn, film, chapter.id);
  }
}

/// Who is still to speak on the item; names of one role say it once, after the last.
std::string speakers_line(const Locale& locale, const State& state, const meeting::AgendaItem& item,
                          const std::vector<projections::Chapter>& chapters) {
  std::vector<const meeting::Speaker*> ahead;
  for (const meeting::Speaker& speaker : item.speakers) {
    const bool spoken = std::any_of(chapters.begin(), chapters.end(), [&](const projections::Chapter& chapter) {
      return chapter.kind == "turn" && chapter.item == item.id && chapter.person == speaker.person;
    });
    if (!spoken && state.record.person(speaker.person) != nullptr) ahead.push_back(&speaker);
  }
  std::string line;
  for (std::size_t i = 0; i < ahead.size(); ++i) {
    if (i > 0) line += ", ";
    line += state.record.person(ahead[i]->person)->name.in(locale.language());
    if (i + 1 == ahead.size() || ahead[i + 1]->as != ahead[i]->as) line += " (" + role_word(locale, ahead[i]->as) + ")";
  }
  return line;
}

void add_agenda(TemplateDictionary& body, const Locale& locale, const State& state,
                const std::vector<projections::Chapter>& chapters, const Film& film) {
  for (const meeting::AgendaItem& item : state.record.agenda) {
    TemplateDictionary* one = body.AddSectionDictionary("ITEM");
    one->SetValue("ID", item.id);
    one->SetValue("NO", std::to_string(item.no));
    one->SetValue("ITEM_TITLE", item.title.in(locale.language()));
    const auto known = state.items.find(item.id);
    const auto item_state = known == state.items.end() ? meeting::ItemState::kPending : known->second;
    one->SetValue("STATE", std::string(meeting::name(item_state)));
    if (item_state == meeting::ItemState::kOpen) one->ShowSection("OPEN");
    const std::string speakers = speakers_line(locale, state, item, chapters);
    if (!speakers.empty()) one->SetValueAndShowSection("SPEAKERS", speakers, "HAS_SPEAKERS");
    add_moment(*one, film, item.id);
    add_turns(*one, locale, state, item.id, chapters, film);
  }
}

/// As written, and as a telephone dials it (RFC 3966).
void add_phone(TemplateDictionary& body, const std::string& phone) {
  if (phone.empty()) return;
  std::string digits;
  for (const char c : phone) {
    if (c >= '0' && c <= '9') digits += c;
  }
  body.SetValueAndShowSection("PHONE", phone, "HAS_PHONE");
  body.SetValue("PHONE_DIGITS", digits);
  if (phone.find('+') != std::string::npos) body.ShowSection("PHONE_ABROAD");
}

/// The form to sign up to speak: shown while that is open, and to whoever was told what is wrong with his.
void add_sign_up(TemplateDictionary& body, const Locale& locale, const State& state, const SignUp& form) {
  const meeting::Record& record = state.record;
  if (!state.registration_open) body.ShowSection("SIGN_UP_CLOSED");
  if (!state.registration_open && form.wrong.empty()) body.ShowSection("SIGN_UP_HIDDEN");
  body.SetValue("SIGN_UP_URL", "/" + locale.language() + "/meetings/" + record.id);
  body.SetValue("MOST_NAME", std::to_string(SignUp::kMostName));
  body.SetValue("MOST_POSITION", std::to_string(SignUp::kMostPosition));
  body.SetValue("SIGN_UP_NAME", form.name);
  body.SetValue("SIGN_UP_POSITION", form.position);
  for (const meeting::AgendaItem& item : record.agenda) {
    TemplateDictionary* choice = body.AddSectionDictionary("SIGN_UP_ITEM");
    choice->SetValue("ITEM_ID", item.id);
    choice->SetValue("ITEM_WORDS", fmt::format("{}. {}", item.no, item.title.in(locale.language())));
    if (item.id == form.item) choice->ShowSection("CHOSEN");
  }
  if (form.wrong.empty()) return;
  // Rounded up: whoever comes back then must not be sent away once more.
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(form.wait);
  const auto wait = form.wait > std::chrono::seconds(59) ? std::chrono::milliseconds(minutes) : form.wait;
  const std::string time = projections::duration(wait, locale.language());
  body.SetValueAndShowSection("WRONG", locale.text("signup_" + form.wrong, {{"time", time}}), "SIGN_UP_WRONG");
  // Where nothing that he wrote is wrong, the sentence itself is what he must see.
  static const std::map<std::string_view, const char*> places = {
      {"", "NO_FIELD_WRONG"}, {"name", "NAME_WRONG"}, {"position", "POSITION_WRONG"}, {"item", "ITEM_WRONG"}};
  body.ShowSection(places.at(form.field));
}

TemplateDictionary* add_meeting_card(TemplateDictionary& body, const char* section, const Locale& locale,
                                     const State& state) {
  TemplateDictionary* card = body.AddSectionDictionary(section);
  card->SetValue("URL", "/" + locale.language() + "/meetings/" + state.record.id);
  card->SetValue("KIND", state.record.number.in(locale.language()).empty() ? kind_word(locale, state)
                                                                           : state.record.number.in(locale.language()));
  card->SetValue("MEETING_TITLE", state.record.title.in(locale.language()));
  card->SetValue("WHEN", starts_in_words(locale, state));
  card->SetValue("WHEN_ISO", format_utc(state.record.starts_at));
  card->SetValueAndShowSection("BODY_NAME", state.record.commission.in(locale.language()), "HAS_BODY_NAME");
  if (!state.record.place.in(locale.language()).empty()) {
    card->SetValueAndShowSection("PLACE", state.record.place.in(locale.language()), "HAS_PLACE");
  }
  if (state.on_air == meeting::OnAir::kEnded) card->ShowSection("HAS_RECORDING");
  return card;
}

/// What is discussed and who speaks: the line under the picture, before the script keeps it true.
void add_now(TemplateDictionary& body, const Locale& locale, const State& state) {
  if (const meeting::AgendaItem* item = state.record.item(state.open_item)) {
    TemplateDictionary* now = body.AddSectionDictionary("NOW_ITEM");
    now->SetIntValue("NOW_NO", item->no);
    now->SetValue("NOW_TITLE", item->title.in(locale.language()));
  }
  if (const meeting::Person* person = state.floor ? state.record.person(state.floor->person) : nullptr) {
    TemplateDictionary* now = body.AddSectionDictionary("NOW_PERSON");
    now->SetValue("NOW_NAME", person->name.in(locale.language()));
    now->SetValue("NOW_POSITION", person->position.in(locale.language()));
  }
}

}  // namespace

std::string_view stage(const State& state) {
  switch (state.on_air) {
    case meeting::OnAir::kHolding:
    case meeting::OnAir::kLive:
      return "live";
    case meeting::OnAir::kEnded:
      return "recording";
    case meeting::OnAir::kIdle:
      break;
  }
  return "announced";
}

const State* nearest(const std::vector<const State*>& meetings, Utc now) {
  const auto rank = [now](const State* state) {
    const bool over = state->phase == meeting::Phase::kClosed || state->on_air == meeting::OnAir::kEnded ||
                      projections::did_not_take_place(*state, now);
    const auto distance = std::chrono::abs(state->record.starts_at - now);
    const int group = stage(*state) == "live" ? 0 : over ? 3 : state->phase != meeting::Phase::kAnnounced ? 1 : 2;
    return std::pair(group, distance);
  };
  const auto best =
      std::min_element(meetings.begin(), meetings.end(), [&](auto a, auto b) { return rank(a) < rank(b); });
  return best == meetings.end() ? nullptr : *best;
}

/// One page being made: the frame of base.tpl and the body inside it.
struct Renderer::Frame {
  TemplateDictionary page{"page"};
  TemplateDictionary* body = nullptr;
  const Locale& locale;

  Frame(const Renderer& renderer, const std::string& language, const char* body_template)
      : locale(renderer.locale(language)) {
    for (const auto& [key, text] : locale.all()) page.SetTemplateGlobalValue("t_" + key, text);
    page.SetTemplateGlobalValue("LANG", language);
    page.SetTemplateGlobalValue("HOME", "/" + language + "/");
    page.SetTemplateGlobalValue("BASE_CSS", renderer.assets_ + "lib/base.css");
    page.SetTemplateGlobalValue("NO_SCRIPT_CSS", renderer.assets_ + "lib/no-script.css");
    page.SetTemplateGlobalValue("ICON", renderer.assets_ + "lib/icon.svg");
    page.SetTemplateGlobalValue("FONT_1", renderer.assets_ + "fonts/inter-cyrillic.woff2");
    page.SetTemplateGlobalValue("FONT_2", renderer.assets_ + "fonts/inter-cyrillic-ext.woff2");
    body = page.AddIncludeDictionary("BODY");
    body->SetFilename(body_template);
    // The desk has a top bar of its own; this header and footer are the citizens'.
    // The desk and the guest's page have a bar of their own.
    const std::string_view body_name(body_template);
    if (body_name != "desk.tpl" && body_name != "join.tpl") page.ShowSection("FRAME");
  }
  void title(const std::string& title) { page.SetValue("TITLE", title); }
  void house(const std::string& name) {
    page.SetTemplateGlobalValue("HOUSE", name.empty() ? locale.text("site_name") : name);
  }
  void style(const std::string& url) { page.AddSectionDictionary("STYLE")->SetValue("STYLE_URL", url); }
  void script(const std::string& url) { page.AddSectionDictionary("SCRIPT")->SetValue("SCRIPT_URL", url); }
  void module(const std::string& url) { page.AddSectionDictionary("MODULE")->SetValue("MODULE_URL", url); }
  void description(const std::string& text) { page.SetValueAndShowSection("DESCRIPTION", text, "HAS_DESCRIPTION"); }
  /// The same page in the other languages: `before` + language + `after`.
  void languages_at(const std::string& public_url, const std::string& before, const std::string& after) {
    for (const std::string& language : languages()) {
      const std::string url = fmt::format("{}{}{}", before, language, after);
      if (before == "/") {  // the desk is nobody's search result
        TemplateDictionary* alternate = page.AddSectionDictionary("ALTERNATE");
        alternate->SetValue("HREFLANG", language);
        alternate->SetValue("ALTERNATE_URL", public_url + url);
      }
      static const std::map<std::string, std::string> autonyms = {
          {"kk", "Қазақша"}, {"ru", "Русский"}, {"en", "English"}};
      TemplateDictionary* choice = page.AddSectionDictionary("LANGUAGE");
      choice->SetValue("CODE", language);
      choice->SetValue("AUTONYM", autonyms.at(language));
      choice->SetValue("CHOICE_URL", url);
      if (language == locale.language()) choice->ShowSection("CURRENT");
    }
  }
};

Renderer::Renderer() : cache_(std::make_unique<ctemplate::TemplateCache>()) {}
Renderer::Renderer(Renderer&&) noexcept = default;
Renderer::~Renderer() = default;

Result<Renderer> Renderer::create(const std::filesystem::path& folder, std::string assets, std::string public_url) {
  auto locales = Locale::load(folder / "locales");
  if (!locales) return tl::unexpected(locales.error());
  Renderer renderer;
  renderer.locales_ = std::move(*locales);
  renderer.assets_ = std::move(assets);
  while (!public_url.empty() && public_url.back() == '/') public_url.pop_back();
  renderer.public_url_ = std::move(public_url);
  if (auto checked = renderer.check_templates(folder / "templates"); !checked) return tl::unexpected(checked.error());
  renderer.cache_->SetTemplateRootDirectory((folder / "templates").string());
  for (const char* name : kTemplates) {
    if (!renderer.cache_->LoadTemplate(name, kStrip)) return fail(std::string("not a template: ") + name);
  }
  return renderer;
}

Result<void> Renderer::check_templates(const std::filesystem::path& folder) const {
  for (const char* name : kTemplates) {
    const std::string text = read_file(folder / name);
    if (text.compare(0, kPragma.size(), kPragma) != 0) {
      return fail((folder / name).string() + ": missing, or does not begin with " + std::string(kPragma));
    }
    if (text.find(":none") != std::string::npos) return fail((folder / name).string() + ": switches escaping off");
    for (const std::string& key : words_of(text)) {
      // The locales have the same keys (Locale::load), so one stands for all.
      if (!locales_.begin()->second.has(key)) return fail((folder / name).string() + ": no locale has " + key);
    }
  }
  return {};
}

const Locale& Renderer::locale(const std::string& language) const {
  const auto found = locales_.find(language);
  return found == locales_.end() ? locales_.at(languages().front()) : found->second;
}

std::string Renderer::expand(const Frame& frame) const {
  std::string html;
  ctemplate::PerExpandData data;
  if (!cache_->ExpandWithData("base.tpl", kStrip, &frame.page, &data, &html)) {
    log::error("the page templates do not expand");
    std::abort();  // they were all loaded at start
  }
  return html;
}

std::string Renderer::home(const std::string& language, const std::vector<const State*>& meetings, Utc now) const {
  Frame frame(*this, language, "home.tpl");
  frame.title(frame.locale.text("home_title"));
  frame.house(meetings.empty() ? std::string() : meetings.front()->record.maslikhat.in(language));
  frame.languages_at(public_url_, "/", "/");
  frame.module(assets_ + "lib/language.js");
  bool live = false, upcoming = false;
  for (const State* state : meetings) {
    if (stage(*state) == "live") {
      TemplateDictionary* card = add_meeting_card(*frame.body, "LIVE", frame.locale, *state);
      // Nobody is sent to a picture of the hall that is a card now.
      const std::string words = stage_words(frame.locale, *state, now);
      card->SetValue("STAGE_WORDS", words);
      card->ShowSection(words.empty() ? "ON_AIR" : "RESTS");
      live = true;
    } else if (state->on_air == meeting::OnAir::kEnded || state->phase == meeting::Phase::kClosed) {
      add_meeting_card(*frame.body, "PAST", frame.locale, *state);
      frame.body->ShowSection("HAS_PAST");
    } else if (projections::did_not_take_place(*state, now)) {
      add_meeting_card(*frame.body, "PAST", frame.locale, *state)->ShowSection("NOT_HELD");
      frame.body->ShowSection("HAS_PAST");
    }
  }
  // The list is latest first; what comes next belongs on top.
  for (auto state = meetings.rbegin(); state != meetings.rend(); ++state) {
    if (stage(**state) != "announced" || (*state)->phase == meeting::Phase::kClosed) continue;
    if (projections::did_not_take_place(**state, now)) continue;
    add_meeting_card(*frame.body, "UPCOMING", frame.locale, **state);
    upcoming = true;
  }
  frame.body->ShowSection(live ? "HAS_LIVE" : "NO_LIVE");
  frame.body->ShowSection(upcoming ? "HAS_UPCOMING" : "NO_UPCOMING");
  return expand(frame);
}

std::string Renderer::meeting(const std::string& language, const State& state,
                              const std::vector<projections::Chapter>& chapters, Utc now, const Film& film,
                              const SignUp& form) const {
  Frame frame(*this, language, "meeting.tpl");
  const meeting::Record& record = state.record;
  const Locale& locale = frame.locale;
  const std::string council = record.maslikhat.in(language);
  const std::string named = record.title.in(language) + (council.empty() ? "" : " – " + council);
  frame.title(stage(state) == "live" ? "● " + locale.text("viewer_title_live") + " – " + named : named);
  frame.description(record.number.in(language) + " · " + starts_in_words(locale, state));
  frame.house(record.maslikhat.in(language));
  frame.languages_at(public_url_, "/", "/meetings/" + record.id);
  frame.style(assets_ + "viewer/viewer.css");
  frame.script(assets_ + "vendor/hls.min.js");
  frame.module(assets_ + "viewer/viewer.js");

  TemplateDictionary& body = *frame.body;
  const std::string media = "/media/" + record.id;
  const std::string current(stage(state));
  body.SetValue("STAGE", current);
  body.SetValue("STAGE_TAG", locale.text(current == "live"        ? "viewer_live"
                                         : current == "recording" ? "viewer_recording"
                                                                  : "viewer_announced"));
  body.SetValue("STAGE_WORDS", stage_words(locale, state, now));
  if (current == "announced") body.ShowSection("PICTURE_HIDDEN");
  body.SetValue("MEETING_TITLE", record.title.in(language));
  body.SetValue("NUMBER", record.number.in(language).empty() ? kind_word(locale, state) : record.number.in(language));
  body.SetValue("WHEN", starts_in_words(locale, state));
  body.SetValue("WHEN_ISO", format_utc(record.starts_at));
  if (!record.commission.in(language).empty())
    body.SetValueAndShowSection("COMMISSION", record.commission.in(language), "HAS_COMMISSION");
  if (!record.place.in(language).empty()) body.SetValueAndShowSection("PLACE", record.place.in(language), "HAS_PLACE");
  add_phone(body, record.contact_phone);
  if (!record.contact_email.empty()) {
    TemplateDictionary* email = body.AddSectionDictionary("HAS_EMAIL");
    email->SetValue("EMAIL", record.contact_email);
    email->SetValue("EMAIL_URL", "mailto:" + record.contact_email);
  }
  for (const std::string& text : paragraphs(record.announcement.in(language))) {
    body.ShowSection("HAS_ANNOUNCEMENT");
    body.AddSectionDictionary("PARAGRAPH")->SetValue("TEXT", text);
  }
  if (current == "live") add_now(body, locale, state);
  add_agenda(body, locale, state, chapters, current == "recording" ? film : Film{});
  add_sign_up(body, locale, state, form);

  body.SetValue("HLS_URL", media + "/index.m3u8");
  const std::string file = media + "/recording.mp4?lang=" + language;
  body.SetValue("DOWNLOAD_URL", file);
  body.SetValue("NO_SCRIPT_FILM", film.start_s > 0 ? fmt::format("{}#t={}", file, film.start_s) : file);
  if (current == "recording") body.ShowSection("NO_SCRIPT_RECORDING");
  if (current == "live") body.ShowSection("NO_SCRIPT_LIVE");
  if (current != "recording") body.ShowSection("DOWNLOAD_HIDDEN");

  const Json page = {{"language", language},
                     {"meeting", record.id},
                     {"media", media},
                     {"items", agenda_json(locale, state)},
                     {"people", people_json(locale, state)},
                     {"starts_at", format_utc(record.starts_at)},
                     {"starts_words", starts_in_words(locale, state)},
                     {"named", named},
                     {"utc_offset_s", utc_offset_s(record.starts_at, record.timezone)},
                     {"state", projections::public_view(state, chapters, now)},
                     {"words", locale.with_prefixes({"viewer_", "as_"})}};
  body.SetValue("PAGE", page.dump(-1, ' ', false, Json::error_handler_t::replace));
  return expand(frame);
}

std::string Renderer::desk(const std::string& language, const State& state, const std::vector<const State*>& meetings,
                           const std::string& account) const {
  Frame frame(*this, language, "desk.tpl");
  const Locale& locale = frame.locale;
  frame.title(locale.text("desk_title") + " · " + state.record.title.in(language));
  frame.house(state.record.maslikhat.in(language));
  frame.style(assets_ + "desk/desk.css");
  frame.module(assets_ + "desk/desk.js");
  Json choices = Json::array();
  for (const State* other : meetings) {
    const meeting::Record& record = other->record;
    const std::string name =
        record.number.in(language).empty() ? record.title.in(language) : record.number.in(language);
    choices.push_back({{"id", record.id},
                       {"name", projections::date_only(record.starts_at, record.timezone, language) + " · " + name}});
  }
  const Json page = {{"language", language},
                     {"languages", languages()},
                     {"meeting", state.record.id},
                     {"title", state.record.title.in(language)},
                     {"meetings", choices},
                     {"account", account},
                     {"items", agenda_json(locale, state)},
                     {"people", people_json(locale, state)},
                     {"extension_s", state.record.time_rules.extension_step_s},
                     {"utc_offset_s", utc_offset_s(state.record.starts_at, state.record.timezone)},
                     {"words", locale.with_prefixes({"desk_", "as_", "language", "login_", "unit_"})}};
  frame.body->SetValue("PAGE", page.dump(-1, ' ', false, Json::error_handler_t::replace));
  return expand(frame);
}

std::string Renderer::desk_without_meetings(const std::string& language) const {
  Frame frame(*this, language, "no_meetings.tpl");
  frame.title(frame.locale.text("desk_title"));
  frame.house({});
  frame.languages_at(public_url_, "/desk?lang=", "");
  return expand(frame);
}

std::string Renderer::login(const std::string& language, const std::string& next) const {
  Frame frame(*this, language, "login.tpl");
  frame.title(frame.locale.text("login_title"));
  frame.house({});
  frame.languages_at(public_url_, "/desk/login?lang=", "");
  frame.module(assets_ + "desk/login.js");
  const Json page = {{"next", next}, {"words", frame.locale.with_prefixes({"login_"})}};
  frame.body->SetValue("PAGE", page.dump());
  return expand(frame);
}

std::string Renderer::join(const std::string& language, const State& state, const std::string& person,
                           const std::string& token) const {
  Frame frame(*this, language, "join.tpl");
  const meeting::Record& record = state.record;
  const meeting::Person& guest = *record.person(person);
  frame.title(frame.locale.text("guest_title") + " · " + record.title.in(language));
  frame.house(record.maslikhat.in(language));
  frame.style(assets_ + "guest/guest.css");
  frame.module(assets_ + "guest/guest.js");
  const Json page = {{"language", language},
                     {"languages", languages()},
                     {"token", token},
                     {"meeting", record.id},
                     {"title", record.title.in(language)},
                     {"person", person},
                     {"name", guest.name.in(language)},
                     {"position", guest.position.in(language)},
                     {"starts_at", format_utc(record.starts_at)},
                     {"starts_text", projections::date_and_time(record.starts_at, record.timezone, language)},
                     {"comes_text", projections::date_and_time(record.starts_at - std::chrono::minutes(15),
                                                               record.timezone, language)},
                     {"utc_offset_s", utc_offset_s(record.starts_at, record.timezone)},
                     {"contact_phone", record.contact_phone},
                     {"contact_email", record.contact_email},
                     {"words", frame.locale.with_prefixes({"guest_", "as_", "language", "unit_"})}};
  frame.body->SetValue("PAGE", page.dump(-1, ' ', false, Json::error_handler_t::replace));
  return expand(frame);
}

std::string Renderer::join_calendar(const std::string& language, const State& state, const std::string& url,
                                    Utc now) const {
  const meeting::Record& record = state.record;
  const Locale& words = locale(language);
  const auto come = projections::date_and_time(record.starts_at - std::chrono::minutes(15), record.timezone, language);
  CalendarEntry entry;
  entry.uid = record.id + "@tyndau";
  entry.title = record.title.in(language);
  entry.place = record.place.in(language);
  entry.note = words.text("guest_calendar_note", {{"time", come}}) + (url.empty() ? "" : "\n" + url);
  entry.url = url;
  entry.starts = record.starts_at;
  entry.ends = record.planned_end.value_or(record.starts_at + std::chrono::hours(2));
  entry.made = now;
  return calendar(entry);
}

std::string Renderer::waiting(const std::string& language, const State& state,
                              const store::Store::Registration& registration, const std::string& token) const {
  Frame frame(*this, language, "waiting.tpl");
  const meeting::Record& record = state.record;
  const bool declined = registration.status == "declined";
  const std::string title = frame.locale.text(declined ? "signup_declined_title" : "signup_waiting_title");
  frame.title(title + " · " + record.title.in(language));
  frame.house(record.maslikhat.in(language));
  frame.languages_at(public_url_, "?lang=", "");
  frame.module(assets_ + "guest/waiting.js");
  frame.page.ShowSection("REFRESH");
  TemplateDictionary& body = *frame.body;
  body.SetValue("WAITING_TITLE", title);
  body.ShowSection(declined ? "DECLINED" : "PENDING");
  body.SetValue("MEETING_TITLE", record.title.in(language));
  body.SetValue("WHEN", starts_in_words(frame.locale, state));
  body.SetValue("WHEN_ISO", format_utc(record.starts_at));
  body.SetValue("NAME", registration.name);
  if (!registration.position.empty()) body.SetValueAndShowSection("POSITION", registration.position, "HAS_POSITION");
  if (const meeting::AgendaItem* item = record.item(registration.item)) {
    const std::string words = fmt::format("{}. {}", item->no, item->title.in(language));
    body.SetValueAndShowSection("ITEM_WORDS", words, "HAS_ITEM");
  }
  add_phone(body, record.contact_phone);
  body.SetValue("WATCH_URL", "/" + language + "/meetings/" + record.id);
  const Json page = {
      {"token", token}, {"status", registration.status}, {"words", frame.locale.with_prefixes({"signup_link_"})}};
  body.SetValue("PAGE", page.dump(-1, ' ', false, Json::error_handler_t::replace));
  return expand(frame);
}

std::string Renderer::join_invalid(const std::string& language, const State* state) const {
  Frame frame(*this, language, "join_invalid.tpl");
  frame.title(frame.locale.text("join_invalid_title"));
  frame.house(state != nullptr ? state->record.maslikhat.in(language) : std::string());
  frame.languages_at(public_url_, "?lang=", "");
  frame.body->SetValue("HOME", "/" + language + "/");
  if (state != nullptr && !state->record.contact_phone.empty()) {
    add_phone(*frame.body, state->record.contact_phone);
  }
  if (state != nullptr && !state->record.contact_email.empty()) {
    frame.body->ShowSection("HAS_EMAIL");
    frame.body->SetValue("EMAIL", state->record.contact_email);
    frame.body->SetValue("EMAIL_URL", "mailto:" + state->record.contact_email);
  }
  return expand(frame);
}

std::string Renderer::not_found(const std::string& language) const {
  Frame frame(*this, language, "not_found.tpl");
  frame.title(frame.locale.text("not_found_title"));
  frame.house({});
  frame.languages_at(public_url_, "/", "/");
  return expand(frame);
}

}  // namespace tyndau::web
