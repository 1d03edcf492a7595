#include "session/projections/journalled_passwords.h"

#include <gmock/gmock.h>

namespace tyndau::projections {
namespace {

meeting::StoredEvent set(Json payload, std::string kind = "source.set") {
  return {1, Utc{}, "Хатшы", {std::move(kind), std::move(payload)}};
}

TEST(JournalledPasswords, AreThoseOfWholeAddressesEachOnce) {
  const auto found = journalled_passwords({set({{"uri", "rtsp://admin:geheim@camera/1"}}),
                                           set({{"uri", "rtsp://admin:another@camera/1"}}),
                                           set({{"uri", "srt://h:9000?passphrase=geheimgeheim"}})});
  EXPECT_THAT(found, testing::ElementsAre("rtsp://admin:***@camera/1", "srt://h:9000?passphrase=***"));
}

TEST(JournalledPasswords, AreNoneWhereNoneIsWritten) {
  EXPECT_THAT(
      journalled_passwords({set({{"uri", "rtsp://admin:***@camera/1"}, {"secret", "abc"}}), set({{"uri", "test:"}}),
                            set({{"uri", 5}}), set(Json()), set({{"uri", "rtsp://a:b@c/"}}, "source.lost")}),
      testing::IsEmpty());
}

}  // namespace
}  // namespace tyndau::projections
