#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "media/gst/bus_watch.h"
#include "media/gst/pipeline_threads.h"
#include "media/gst/timer.h"
#include "tests/media/gstreamer.h"

namespace tyndau::gst {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

class PipelineTest : public testing::Test {
 protected:
  static Element pipeline(const std::string& description) {
    GError* error = nullptr;
    Element made = Element::sink(gst_parse_launch(description.c_str(), &error));
    EXPECT_EQ(error, nullptr) << error->message;
    return made;
  }
  static bool until(const std::function<bool()>& condition, std::chrono::milliseconds deadline = 10s) {
    const auto end = steady_clock::now() + deadline;
    const Timer tick(5ms, [] {});
    while (!condition() && steady_clock::now() < end) g_main_context_iteration(nullptr, TRUE);
    return condition();
  }
};

TEST_F(PipelineTest, IsPlayedAndThenGivenBackWithoutWaiting) {
  PipelineThreads threads;
  const Element made = pipeline("fakesrc is-live=true do-timestamp=true ! fakesink");
  auto run = threads.play(made);
  EXPECT_TRUE(until([&] {
    GstState state = GST_STATE_NULL;
    gst_element_get_state(made.get(), &state, nullptr, 0);
    return state == GST_STATE_PLAYING;
  }));
  EXPECT_EQ(threads.unfinished(), 1);
  run.reset();
  EXPECT_TRUE(until([&] { return threads.unfinished() == 0; }));
  GstState state = GST_STATE_PLAYING;
  gst_element_get_state(made.get(), &state, nullptr, 0);
  EXPECT_EQ(state, GST_STATE_NULL);
  EXPECT_EQ(GST_OBJECT_REFCOUNT_VALUE(made.get()), 1);
}

TEST_F(PipelineTest, ThatHangsStopsNobodyElse) {
  PipelineThreads threads;
  const Element hanging = pipeline("fakesrc name=source ! fakesink");
  auto run = threads.play(hanging);
  const auto release = std::make_shared<std::atomic<bool>>(false);
  const auto busy = std::make_shared<std::atomic<bool>>(false);
  run->then([release, busy](GstElement*) {
    *busy = true;
    while (!*release) std::this_thread::yield();
  });
  ASSERT_TRUE(until([&] { return busy->load(); }));
  run.reset();  // if it waited for the pipeline, it would not return
  auto other = threads.play(pipeline("fakesrc num-buffers=1 ! fakesink"));
  other.reset();
  EXPECT_TRUE(until([&] { return threads.unfinished() == 1; }));
  *release = true;
  EXPECT_TRUE(until([&] { return threads.unfinished() == 0; }));
}

TEST_F(PipelineTest, ThatCannotStartSaysSoOnItsBus) {
  PipelineThreads threads;
  const Element broken = pipeline("filesrc location=/nonexistent/file ! fakesink");
  std::string error;
  const BusWatch watch(broken.get(), [&](GstMessage* message) {
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR && error.empty()) error = describe_error(message);
  });
  const auto run = threads.play(broken);
  EXPECT_TRUE(until([&] { return !error.empty(); }));
  EXPECT_NE(error.find("/nonexistent/file"), std::string::npos) << error;
  EXPECT_EQ(error.find(".c("), std::string::npos) << "that is for programmers: " << error;
}

TEST_F(PipelineTest, MessagesEndWithTheirWatchEvenFromWithin) {
  PipelineThreads threads;
  const Element made = pipeline("fakesrc num-buffers=1 ! fakesink");
  int messages = 0;
  std::unique_ptr<BusWatch> watch;
  watch = std::make_unique<BusWatch>(made.get(), [&](GstMessage*) {
    ++messages;
    watch.reset();
  });
  auto run = threads.play(made);
  EXPECT_TRUE(until([&] { return messages > 0; }));
  run.reset();
  EXPECT_TRUE(until([&] { return threads.unfinished() == 0; }));
  EXPECT_EQ(messages, 1);
}

TEST_F(PipelineTest, TimersCallUntilTheyAreDestroyedEvenFromWithin) {
  int calls = 0;
  Timer timer;
  timer = Timer(1ms, [&] {
    if (++calls == 3) timer = {};
  });
  EXPECT_TRUE(until([&] { return calls == 3; }));
  int calls_of_another = 0;
  const Timer another(1ms, [&] { ++calls_of_another; });
  EXPECT_TRUE(until([&] { return calls_of_another == 10; }));
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace tyndau::gst
