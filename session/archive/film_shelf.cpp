#include "session/archive/film_shelf.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace tyndau::archive {

namespace {
constexpr std::size_t kMostFilms = 4;  // the head of an 8-hour film has some 10 MB
}

struct FilmShelf::Inner {
  struct Entry {
    std::uint64_t version = 0, used = 0;
    std::shared_ptr<const Film> film;  // null while it is being made
    std::vector<std::function<void(const Taken&)>> waiting;
  };
  uv_loop_t* loop = nullptr;
  std::map<std::pair<std::string, std::uint64_t>, Entry> entries;
  std::uint64_t uses = 0;

  void make_room();
  void finish(const std::pair<std::string, std::uint64_t>& key, const Taken& made);
};

void FilmShelf::Inner::make_room() {
  while (entries.size() > kMostFilms) {
    auto oldest = entries.end();
    for (auto it = entries.begin(); it != entries.end(); ++it) {
      const bool ready = it->second.film != nullptr;
      if (ready && (oldest == entries.end() || it->second.used < oldest->second.used)) oldest = it;
    }
    if (oldest == entries.end()) return;  // all are being made
    entries.erase(oldest);
  }
}

void FilmShelf::Inner::finish(const std::pair<std::string, std::uint64_t>& key, const Taken& made) {
  auto found = entries.find(key);
  const auto waiting = std::exchange(found->second.waiting, {});
  if (made) {
    found->second.film = *made;
    make_room();
  } else {
    entries.erase(found);
  }
  for (const auto& done : waiting) done(made);
}

namespace {

struct Work {
  uv_work_t request{};
  FilmSource source;
  FilmShelf::Taken made;
  std::function<void(const FilmShelf::Taken&)> finish;
};

}  // namespace

FilmShelf::FilmShelf(uv_loop_t* loop) : inner_(std::make_shared<Inner>()) { inner_->loop = loop; }

bool FilmShelf::is_busy(const std::string& name, std::uint64_t version) const {
  if (inner_->entries.contains({name, version})) return false;
  const auto making = [](const auto& entry) { return entry.second.film == nullptr; };
  return std::count_if(inner_->entries.begin(), inner_->entries.end(), making) >= kMostAtOnce;
}

FilmShelf::~FilmShelf() {
  for (auto& [key, entry] : inner_->entries) entry.waiting.clear();
}

void FilmShelf::take(const std::string& name, std::uint64_t version, const std::function<FilmSource()>& source,
                     std::function<void(const Taken&)> done) {
  const auto key = std::make_pair(name, version);
  auto [it, fresh] = inner_->entries.try_emplace(key);
  it->second.used = ++inner_->uses;
  if (it->second.film) return done(it->second.film);
  it->second.waiting.push_back(std::move(done));
  if (!fresh) return;

  auto* work = new Work{{}, source(), {}, [inner = inner_, key](const Taken& made) { inner->finish(key, made); }};
  work->request.data = work;
  const auto make = [](uv_work_t* request) {
    auto* self = static_cast<Work*>(request->data);
    auto film = make_film(self->source);
    if (film) {
      self->made = std::make_shared<const Film>(std::move(*film));
    } else {
      self->made = tl::unexpected(film.error());
    }
  };
  const auto made = [](uv_work_t* request, int status) {
    const std::unique_ptr<Work> self(static_cast<Work*>(request->data));
    self->finish(status == 0 ? self->made : FilmShelf::Taken(fail("the film was not made: the process is ending")));
  };
  if (uv_queue_work(inner_->loop, &work->request, make, made) != 0) {
    const std::unique_ptr<Work> self(work);
    self->finish(fail("the film cannot be made: no thread"));
  }
}

}  // namespace tyndau::archive
