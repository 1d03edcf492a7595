#include "media/gst/elements.h"

#include <gtest/gtest.h>

#include "tests/media/gstreamer.h"

namespace tyndau::gst {
namespace {

class Elements : public testing::Test {};

TEST_F(Elements, AreMadeWithOneReferenceThatIsOurs) {
  const auto element = make_element("identity", "mine");
  ASSERT_TRUE(element);
  EXPECT_STREQ(GST_OBJECT_NAME(element->get()), "mine");
  EXPECT_EQ(GST_OBJECT_REFCOUNT_VALUE(element->get()), 1);
}

TEST_F(Elements, ThatAreMissingAreNamedWithTheirPackage) {
  const auto element = make_element("no-such-element");
  ASSERT_FALSE(element);
  EXPECT_EQ(element.error().what, "the GStreamer element no-such-element is not installed");
  EXPECT_EQ(package_of("x264enc"), "gstreamer1.0-plugins-ugly");
  EXPECT_EQ(package_of("no-such-element"), "");
}

TEST_F(Elements, TakePropertiesThatTheyHaveAndNoOthers) {
  const auto element = make_element("identity");
  set_if_present(element->get(), "sleep-time", "7");
  set_if_present(element->get(), "no-such-property", "7");
  guint sleep = 0;
  g_object_get(element->get(), "sleep-time", &sleep, nullptr);
  EXPECT_EQ(sleep, 7U);
}

}  // namespace
}  // namespace tyndau::gst
