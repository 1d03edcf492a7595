// The hall as whoever sends by WHIP fills it: pictures and sound are put into the seat as the guests' room does it.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "media/sources/hall_source.h"

namespace tyndau::sources {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

class RemoteHallTest : public testing::Test {
 protected:
  void play(const std::string& uri) {
    const auto set = hall->set(uri);
    ASSERT_TRUE(set) << set.error().what;
  }
  /// Runs the main loop until it is so; the timer is for conditions that no event tells.
  bool until(const std::function<bool()>& condition) {
    const auto end = steady_clock::now() + 15s;
    const guint tick = g_timeout_add(
        5, [](gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr);
    while (!condition() && steady_clock::now() < end) g_main_context_iteration(nullptr, TRUE);
    g_source_remove(tick);
    return condition();
  }
  bool until_state(const std::string& state) {
    return until([&] { return hall->state().state == state; });
  }

  programme::PictureSlot pictures;
  programme::SoundSlot sounds;
  programme::HallSeats hall_seats;
  const std::shared_ptr<programme::Seat> remote = hall_seats.at(link::hall_seat("m1"));
  std::unique_ptr<HallSource> hall = std::make_unique<HallSource>(
      programme::Format{.width = 640, .height = 360, .frame_rate = 25}, pictures, sounds, hall_seats,
      [](const link::SourceState&) {},
      std::filesystem::canonical("/proc/self/exe").parent_path().parent_path() / "share/tyndau/speech");
};

/// What an encoder sends while this is waited for.
struct Encoder {
  programme::Seat& seat;
  bool picture = true, sound = true;
  void send() const {
    const std::vector<float> words(1280, 0.3F);
    if (sound) seat.sound.put(words.data(), words.size(), steady_clock::now());
    GstBuffer* frame = picture ? gst_buffer_new_allocate(nullptr, 640UL * 480 * 3 / 2, nullptr) : nullptr;
    if (frame != nullptr) seat.picture.put(gst::Buffer::adopt(frame), steady_clock::now(), 640, 480);
  }
};

TEST_F(RemoteHallTest, WaitsForAnEncoderAndSaysWhenItIsThereAndGone) {
  play("whip:m1");
  EXPECT_EQ(hall->remote(), remote);
  ASSERT_TRUE(until_state("lost"));
  EXPECT_NE(hall->state().detail.find("WHIP"), std::string::npos);
  Encoder encoder{*remote};
  EXPECT_TRUE(until([&] {
    encoder.send();
    return hall->state().state == "ok";
  }));
  EXPECT_TRUE(until_state("lost"));
  // The picture alone is missed.
  EXPECT_TRUE(until([&] {
    encoder.send();
    return hall->state().state == "ok";
  }));
  encoder.picture = false;
  EXPECT_TRUE(until([&] {
    encoder.send();
    return hall->state().state == "lost";
  }));
  EXPECT_NE(hall->state().detail.find("no picture"), std::string::npos);
  EXPECT_FALSE(pictures.newest());
}

TEST_F(RemoteHallTest, ShowsACardForAnEncoderWithoutACamera) {
  play("whip:m1");
  const Encoder encoder{*remote, false};
  EXPECT_TRUE(until([&] {
    encoder.send();
    return hall->state().state == "ok";
  }));
  EXPECT_TRUE(remote->picture.newest());
}

TEST_F(RemoteHallTest, AnEncoderIsNotTheHallWhileSomethingElseIs) {
  play("whip:m1");
  play("test:");
  EXPECT_EQ(hall->remote(), nullptr);
  EXPECT_TRUE(until_state("ok"));
  for (const char* wrong : {"whip:", "whip:M1", "whip:../m1"}) EXPECT_FALSE(hall->set(wrong)) << wrong;
  EXPECT_EQ(hall->remote(), nullptr);
  play("whip:m2");
  EXPECT_NE(hall->remote(), nullptr);
  EXPECT_NE(hall->remote(), remote) << "another meeting's encoder";
}

}  // namespace
}  // namespace tyndau::sources
