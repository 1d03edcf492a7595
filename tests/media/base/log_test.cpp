#include "media/base/log.h"

#include <gtest/gtest.h>

namespace tyndau {
namespace {

TEST(Log, ANewlineInANameForgesNoRecord) {
  EXPECT_EQ(log::one_line("Ә\nerror: all\tgone\x1b[31m"), "Ә\\nerror: all\\tgone\\x1b[31m");
}

}  // namespace
}  // namespace tyndau
