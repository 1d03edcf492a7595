// Sound and pictures as they arrive, and as they are played: all of it on a clock of the test's own.
#include "media/programme/slots.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#include "tests/media/gstreamer.h"

namespace tyndau::programme {
namespace {

using namespace std::chrono_literals;
using Time = std::chrono::nanoseconds;

constexpr SteadyTime kThen{std::chrono::seconds(5)};
constexpr std::size_t kFrame = 1280;  // of the mixer: 40 ms
constexpr std::size_t kPacket = 640;  // of the source: 20 ms
constexpr double kTurn = 2 * 3.14159265358979 * 440 / Format::kSampleRate;

/// A source of a tone, in packets of 20 ms with timestamps, and the mixer that plays it.
class Line {
 public:
  /// When a packet arrives whose last sample is made at this time (both since the beginning).
  std::function<Time(Time)> arrives = [](Time made) { return made; };
  /// What its timestamp says. Which packets never arrive.
  std::function<Time(Time)> stamped = [](Time time) { return time; };
  std::function<bool(int)> lost = [](int) { return false; };
  double drift = 0;  ///< how much faster than ours the source's clock is
  bool stamps = true;

  /// Plays on for so long; what was heard is added to `heard`.
  void play(Time time) {
    const Time end = now_ + time;
    while (now_ < end) {
      for (;;) {
        const Time begin(static_cast<Time::rep>(packets_) * 20'000'000);
        const Time made(static_cast<Time::rep>(static_cast<double>((begin + 20ms).count()) / (1 + drift)));
        if (arrives(made) > now_) break;
        send(begin, arrives(made));
      }
      std::vector<float> out(kFrame, -1);
      real += sound.take(out.data(), kFrame, kThen + now_);
      heard.insert(heard.end(), out.begin(), out.end());
      now_ += 40ms;
    }
  }

  std::shared_ptr<Playhead> playhead = std::make_shared<Playhead>();
  SoundSlot sound{playhead};
  std::vector<float> heard;
  std::size_t real = 0;
  std::size_t sent = 0;

 private:
  void send(Time begin, Time arrived) {
    std::vector<float> samples(kPacket);
    for (std::size_t i = 0; i < kPacket; ++i) {
      const double at = static_cast<double>(static_cast<std::size_t>(packets_) * kPacket + i);
      samples[i] = 0.5F * static_cast<float>(std::sin(kTurn * at));
    }
    if (!lost(packets_)) {
      const auto stamp = stamps ? std::optional<Time>(stamped(begin)) : std::nullopt;
      sound.put(samples.data(), kPacket, kThen + arrived, stamp);
      sent += kPacket;
    }
    ++packets_;
  }
  Time now_{0};
  int packets_ = 0;
};

/// The samples that are silent, and the seams: where the tone does not go on as it was.
struct Faults {
  std::size_t silent = 0, seams = 0;
};
Faults faults(const std::vector<float>& heard, std::size_t from = 0) {
  Faults found;
  for (std::size_t i = from + 2; i < heard.size(); ++i) {
    const bool nothing = heard[i] == 0 && heard[i - 1] == 0;
    if (nothing) ++found.silent;
    const double expected = 2 * std::cos(kTurn) * static_cast<double>(heard[i - 1]) - static_cast<double>(heard[i - 2]);
    if (std::abs(static_cast<double>(heard[i]) - expected) > 0.01) ++found.seams;
  }
  return found;
}
std::size_t at(Time time) { return static_cast<std::size_t>(time.count() * Format::kSampleRate / 1'000'000'000); }

/// In lumps: everything that was made in a period arrives at its end.
std::function<Time(Time)> in_lumps(Time period) {
  return [period](Time made) { return Time((made.count() + period.count() - 1) / period.count() * period.count()); };
}

TEST(SoundSlot, HasNoMoreReserveThanItNeedsForSoundThatComesInTime) {
  Line line;
  line.play(10s);
  EXPECT_EQ(faults(line.heard, at(100ms)).silent, 0U);
  EXPECT_EQ(faults(line.heard, at(100ms)).seams, 0U);
  EXPECT_LE(line.playhead->reserve(), 20ms);
  EXPECT_EQ(line.sound.missing(), 0);
}

TEST(SoundSlot, HearsSoundThatComesInLumpsWhole) {
  for (const auto lump : {100ms, 240ms, 350ms, 800ms, 1500ms}) {
    Line line;
    line.arrives = in_lumps(lump);
    line.play(20s);
    const Faults found = faults(line.heard, at(5s));
    EXPECT_EQ(found.silent, 0U) << lump.count();
    EXPECT_EQ(found.seams, 0U) << lump.count();
    EXPECT_EQ(line.sound.missing(), 0) << lump.count();
    EXPECT_NEAR(static_cast<double>(line.playhead->reserve().count()), static_cast<double>(lump.count()), 30);
  }
}

TEST(SoundSlot, FollowsAClockThatIsFasterOrSlowerWithoutASeam) {
  for (const double drift : {3e-4, -3e-4}) {
    Line line;
    line.drift = drift;
    for (int minute = 0; minute < 8; ++minute) {
      line.heard.clear();
      line.play(60s);
      const Faults found = faults(line.heard, minute == 0 ? at(1s) : 0);
      ASSERT_EQ(found.silent, 0U) << minute;
      ASSERT_EQ(found.seams, 0U) << minute;
    }
    EXPECT_LE(line.playhead->reserve(), 40ms);
    EXPECT_NEAR(static_cast<double>(line.real), static_cast<double>(line.sent) / (1 + drift), 32000 * 0.2);
  }
}

TEST(SoundSlot, GivesTheReserveBackSlowlyWhenItIsNotNeededAnyMore) {
  Line line;
  const auto lumps = in_lumps(500ms);
  line.arrives = [&](Time made) { return made < 20s ? std::min<Time>(lumps(made), 20s) : made; };
  line.play(20s);
  EXPECT_GT(line.playhead->reserve(), 450ms);
  line.heard.clear();
  line.play(90s);
  EXPECT_LE(line.playhead->reserve(), 40ms);
  EXPECT_EQ(faults(line.heard).silent, 0U);
  EXPECT_EQ(faults(line.heard).seams, 0U);
}

TEST(SoundSlot, WaitsOutAStallAndLosesNothing) {
  Line line;
  line.arrives = [](Time made) { return made > 10s && made < 11200ms ? Time(11200ms) : made; };
  line.play(10s);
  const std::size_t before = line.real;
  line.play(20s);
  EXPECT_GE(line.real - before, 20 * Format::kSampleRate - at(1300ms));
  EXPECT_NEAR(static_cast<double>(line.sent - line.real), 0, static_cast<double>(at(1300ms))) << "what is kept waits";
  EXPECT_NEAR(static_cast<double>(faults(line.heard, at(1s)).silent), static_cast<double>(at(1200ms)), at(60ms));
}

TEST(SoundSlot, NeverKeepsMoreThanTwoSeconds) {
  Line line;
  line.arrives = [](Time made) { return made > 10s && made < 12800ms ? Time(12800ms) : made; };
  line.play(30s);
  EXPECT_LE(line.playhead->reserve(), Playhead::kMost + 20ms);
  EXPECT_GT(line.playhead->reserve(), 1500ms);
}

TEST(SoundSlot, CountsWhatIsMissing) {
  Line line;
  line.lost = [](int packet) { return packet % 25 == 24; };  // 20 ms of each 500: it is closed up by slow playing
  line.play(20s);
  EXPECT_GT(line.sound.missing(), 0.0);
  Line gaps;
  gaps.lost = [](int packet) { return packet % 50 >= 45; };  // 100 ms of each second
  gaps.play(20s);
  EXPECT_NEAR(gaps.sound.missing(), 0.1, 0.02);
  EXPECT_NEAR(static_cast<double>(faults(gaps.heard, at(10s)).silent), static_cast<double>(at(1s)), at(120ms));
}

TEST(SoundSlot, CountsNothingBeforeSoundHasCome) {
  SoundSlot slot;
  std::vector<float> out(kFrame);
  for (int i = 0; i < 100; ++i) slot.take(out.data(), kFrame, kThen + i * 40ms);
  EXPECT_EQ(slot.missing(), 0);
}

TEST(SoundSlot, TakesRoundedTimestampsForWhatTheyAre) {
  Line line;
  int packet = 0;
  line.stamped = [&](Time time) { return time + (++packet % 3 - 1) * 8ms; };  // RTMP rounds to 1 ms, others do worse
  line.play(20s);
  EXPECT_EQ(faults(line.heard, at(1s)).silent, 0U);
  EXPECT_EQ(faults(line.heard, at(1s)).seams, 0U);
}

TEST(SoundSlot, GoesOnWhenTimestampsBeginAnew) {
  Line line;
  line.stamped = [](Time time) {
    return time % 5s + (time < 20s ? 0s : 3600s);
  };  // a file that goes round; a server that restarted
  line.play(40s);
  EXPECT_EQ(faults(line.heard, at(1s)).silent, 0U);
  EXPECT_LE(line.playhead->reserve(), 60ms);
}

TEST(SoundSlot, BeginsWithTheNewestOfWhatAServerHadKept) {
  Line line;
  line.arrives = [](Time made) {
    return std::max<Time>(made, 4s) - 4s + 100ms;
  };  // four seconds at once, and then as it is made
  line.play(20s);
  EXPECT_LE(line.playhead->reserve(), 120ms);
  EXPECT_EQ(faults(line.heard, at(4s)).silent, 0U);
}

TEST(SoundSlot, LeavesOutWhatIsThereAlready) {
  SoundSlot slot;
  std::vector<float> out(kFrame), samples(10 * kPacket, 0.5F);
  slot.put(samples.data(), samples.size(), kThen, Time(0));
  slot.put(samples.data(), samples.size(), kThen, 60ms);  // 140 ms of it again
  std::size_t real = 0;
  for (int i = 0; i < 20; ++i) real += slot.take(out.data(), kFrame, kThen + i * 40ms);
  EXPECT_NEAR(static_cast<double>(real), static_cast<double>(at(260ms)), 100);
}

TEST(SoundSlot, GoesOnWhereTheLastEndedWithoutTimestamps) {
  for (const double drift : {0.0, 3e-4, -3e-4}) {
    Line line;
    line.stamps = false;
    line.drift = drift;
    line.play(120s);
    EXPECT_EQ(faults(line.heard, at(1s)).silent, 0U) << drift;
    EXPECT_EQ(faults(line.heard, at(1s)).seams, 0U) << drift;
  }
}

TEST(SoundSlot, ForgetsEverythingWhenCleared) {
  Line line;
  line.arrives = in_lumps(500ms);
  line.play(5s);
  EXPECT_TRUE(line.sound.arrived());
  line.sound.clear();
  EXPECT_EQ(line.sound.arrived(), std::nullopt);
  std::vector<float> out(kFrame, -1);
  EXPECT_EQ(line.sound.take(out.data(), kFrame, kThen + 5s), 0U);
  EXPECT_EQ(out, std::vector<float>(kFrame, 0.0F));
  EXPECT_EQ(line.playhead->reserve(), 0ms);
}

TEST(SoundSlot, StandsAWriterAndAReaderAtOnce) {
  SoundSlot slot;
  std::atomic<int> written = 0;
  std::jthread writer([&] {
    const std::vector<float> samples(320, 0.5F);
    for (int i = 0; i < 2000; ++i) {
      slot.put(samples.data(), samples.size(), kThen + i * 10ms, Time(i * 10ms));
      written = i + 1;
    }
  });
  std::vector<float> out(kFrame);
  std::size_t total = 0;
  for (int i = 0; i <= 500; ++i) {
    while (written < 4 * i) std::this_thread::yield();
    total += slot.take(out.data(), kFrame, kThen + i * 40ms);
    for (const float sample : out) ASSERT_TRUE(sample >= -0.2F && sample <= 0.7F);
  }
  EXPECT_GT(total, 0U);
}

gst::Buffer some_picture() { return gst::Buffer::adopt(gst_buffer_new_allocate(nullptr, 16, nullptr)); }

TEST(PictureSlot, HoldsTheNewestUntilCleared) {
  PictureSlot slot;
  EXPECT_FALSE(slot.newest());
  gst::Buffer first = some_picture();
  gst::Buffer second = some_picture();
  slot.put(first, kThen);
  slot.put(second, kThen + std::chrono::milliseconds(40));
  ASSERT_TRUE(slot.newest());
  EXPECT_EQ(slot.newest()->buffer.get(), second.get());
  EXPECT_EQ(slot.newest()->arrived, kThen + std::chrono::milliseconds(40));
  EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(first.get()), 1) << "the old picture was not given back";
  slot.clear();
  EXPECT_FALSE(slot.newest());
  EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(second.get()), 1);
}

/// Pictures of a source of 25 a second that are stamped and arrive as told, and which of them are seen, tick by tick.
struct Reel {
  std::function<Time(int)> stamped, arrives;
  std::shared_ptr<Playhead> playhead = std::make_shared<Playhead>();
  PictureSlot slot = PictureSlot(playhead);
  std::vector<int> seen = {};     // the number of the picture at each tick, -1 for none
  std::vector<Time> behind = {};  // how far behind the sound's place of that tick
  void play(int pictures) {
    std::vector<gst::Buffer> all;
    int next = 0;
    for (Time now = 7ms; now < pictures * 40ms; now += 40ms) {
      for (; next < pictures && arrives(next) <= now; ++next) {
        all.push_back(some_picture());
        slot.put({.buffer = all.back(), .arrived = kThen + arrives(next)}, stamped(next));
      }
      const auto newest = slot.newest(kThen + now);
      const auto found = std::find_if(all.begin(), all.end(),
                                      [&](const auto& one) { return newest && one.get() == newest->buffer.get(); });
      seen.push_back(found == all.end() ? -1 : static_cast<int>(found - all.begin()));
      if (seen.back() >= 0) behind.push_back(playhead->at(kThen + now) - (kThen + stamped(seen.back())));
    }
  }
  /// How many were never seen, of those from `from` on that were due.
  int skipped(int from) const {
    int count = 0;
    for (int i = from; i < seen.back(); ++i) count += std::find(seen.begin(), seen.end(), i) == seen.end() ? 1 : 0;
    return count;
  }
};

TEST(PictureSlot, LosesNoPictureToJitter) {
  const auto jitter = [](int i) { return ((i * 7919) % 61 - 30) * 1ms; };
  Reel stamps{[&](int i) { return i * 40ms + jitter(i); }, [](int i) { return i * 40ms + 35ms; }};
  stamps.play(1500);
  EXPECT_EQ(stamps.skipped(100), 0);
  Reel arrivals{[](int i) { return i * 40ms; }, [&](int i) { return i * 40ms + 35ms + jitter(i); }};
  arrivals.play(1500);
  EXPECT_EQ(arrivals.skipped(100), 0);
}

TEST(PictureSlot, ShowsEachPictureThatComesInAHeapInItsTurn) {
  Reel reel{[](int i) { return i * 40ms; }, [](int i) { return (i / 10 + 1) * 400ms; }};
  reel.play(500);
  EXPECT_EQ(reel.skipped(100), 0);
  for (std::size_t i = 150; i < reel.seen.size(); ++i) ASSERT_EQ(reel.seen[i], reel.seen[i - 1] + 1) << i;
}

TEST(PictureSlot, StaysWithTheSound) {
  Line line;
  line.arrives = in_lumps(350ms);
  PictureSlot slot(line.playhead);
  std::vector<gst::Buffer> all;
  int sent = 0;
  for (int tick = 0; tick < 500; ++tick) {
    for (; line.arrives(sent * 40ms + 40ms) <= tick * 40ms; ++sent) {
      all.push_back(some_picture());
      slot.put({.buffer = all.back(), .arrived = kThen + line.arrives(sent * 40ms + 40ms)}, sent * 40ms);
    }
    line.play(40ms);
    const auto newest = slot.newest(kThen + tick * 40ms);
    if (tick < 100 || !newest) continue;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.get() == newest->buffer.get(); });
    const auto picture = (found - all.begin()) * 40ms;
    const auto heard = Time(static_cast<Time::rep>(line.real) * 1'000'000'000 / Format::kSampleRate) - 40ms;
    EXPECT_LE(std::abs((picture - heard).count()), Time(60ms).count()) << tick;
  }
}

TEST(PictureSlot, APictureOfAnotherTimeDoesNotMoveTheSound) {
  Line line;
  PictureSlot slot(line.playhead);
  for (int tick = 0; tick < 500; ++tick) {
    line.play(40ms);
    // A decoder that gives a picture when the next one comes, five seconds on.
    if (tick % 125 == 0) slot.put({.buffer = some_picture(), .arrived = kThen + tick * 40ms}, tick * 40ms - 5s);
    slot.newest(kThen + tick * 40ms);
  }
  EXPECT_EQ(faults(line.heard, at(1s)).silent, 0U);
  EXPECT_EQ(faults(line.heard, at(1s)).seams, 0U);
  EXPECT_LE(line.playhead->reserve(), 60ms);
  EXPECT_TRUE(slot.newest(kThen + 20s));
}

TEST(PictureSlot, ALatePictureDoesNotHoldUpTheSound) {
  Line line;
  PictureSlot slot(line.playhead);
  for (int tick = 0; tick < 250; ++tick) {
    line.play(40ms);
    const bool late = tick == 100;
    slot.put({.buffer = some_picture(), .arrived = kThen + tick * 40ms + (late ? 300ms : 0ms)}, tick * 40ms);
    slot.newest(kThen + tick * 40ms);
  }
  EXPECT_EQ(faults(line.heard, at(1s)).silent, 0U);
  EXPECT_EQ(faults(line.heard, at(1s)).seams, 0U);
}

}  // namespace
}  // namespace tyndau::programme
