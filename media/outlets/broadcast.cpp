#include "media/outlets/broadcast.h"

#include "media/base/log.h"

namespace tyndau::outlets {

Broadcast::Broadcast(programme::Mixer& mixer, std::string meeting) : mixer_(mixer), meeting_(std::move(meeting)) {}

SegmentStore::Places Broadcast::places(const Config& config) {
  return {config.media_directory(), config.memory_directory(),
          static_cast<std::uint64_t>(config.data.memory_mebibytes) << 20};
}

Result<std::unique_ptr<Broadcast>> Broadcast::start(const Config& config, programme::Mixer& mixer,
                                                    const std::string& meeting, Events events) {
  auto store = SegmentStore::open(places(config), meeting);
  if (!store) return tl::unexpected(store.error());

  std::unique_ptr<Broadcast> broadcast(new Broadcast(mixer, meeting));
  Broadcast& self = *broadcast;
  self.run_ = store->next_run();
  const std::int64_t first_segment = store->next_segment();
  self.writer_ = std::make_unique<Writer>(std::move(*store), events.on_written);
  for (std::size_t i = 0; i < config.programme.renditions.size() + 1; ++i) {
    self.tracks_.push_back(std::make_unique<TrackPackager>(
        self.run_, first_segment, [&self](Writer::Job job) { self.writer_->post(std::move(job)); }));
  }
  Encoders::Events encoder_events;
  encoder_events.on_error = events.on_error;
  encoder_events.on_begin = [&self, begun = events.on_begin](std::int64_t frame, Utc utc) {
    self.started_ = utc;
    begun({self.meeting_, self.run_, utc}, frame);
  };
  encoder_events.on_frame = [&self, failed = events.on_error](std::size_t track, const TrackFormat& format,
                                                              EncodedFrame frame) {
    if (auto added = self.tracks_[track]->add(format, frame, self.started_); !added) failed(added.error().what);
  };
  auto encoders = Encoders::create(config.programme, std::move(encoder_events));
  if (!encoders) return tl::unexpected(encoders.error());
  self.encoders_ = std::move(*encoders);
  mixer.add(self.encoders_);
  return broadcast;
}

void Broadcast::stop() { finish(true); }
void Broadcast::pause() { finish(false); }

void Broadcast::finish(bool end) {
  if (!encoders_) return;
  mixer_.remove(encoders_);
  encoders_->finish();
  const Utc now = mixer_.now();
  for (const auto& track : tracks_) {
    if (auto finished = track->finish(end ? std::optional(now) : std::nullopt); !finished)
      log::error("{}", finished.error().what);
  }
  writer_->drain();
  encoders_.reset();
}

Broadcast::~Broadcast() {
  if (encoders_) mixer_.remove(encoders_);
  encoders_.reset();
}

SegmentStore::State Broadcast::disk() const { return writer_->state(); }

}  // namespace tyndau::outlets
