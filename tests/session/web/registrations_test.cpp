#include "session/access/registrations.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "tests/session/http/websocket.h"
#include "tests/session/web/site.h"

// From the form on the meeting's page to the guest's page, and what is refused on the way.

namespace tyndau::web {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

struct SignUps : Site {
  void SetUp() override {
    Site::SetUp();
    enter();
  }
  void open() { ASSERT_EQ(act({{"action", "registration.open"}}).status, 200); }

  Answer send(const std::string& form, const std::string& headers = "", const std::string& language = "ru",
              const std::string& meeting = "m1") {
    return post("/" + language + "/meetings/" + meeting, form, headers, "application/x-www-form-urlencoded");
  }
  /// Somebody signs up; the token of his link.
  std::string sign_up(const std::string& name = "Aisha") {
    const Answer answer = send("name=" + name + "&position=Aul&item=a2");
    EXPECT_EQ(answer.status, 303) << answer.body;
    const std::string location = answer.header("location");
    EXPECT_THAT(location, MatchesRegex("/join/[A-Za-z0-9_-]{22}\\?lang=ru"));
    return location.substr(6, 22);
  }
  Json list(const std::string& meeting = "m1") {
    return get("/api/v1/meetings/" + meeting + "/registrations", credentials()).json()["registrations"];
  }
  std::string id(std::size_t which = 0) { return list()[which]["registration"]; }
  std::string status(const std::string& token) {
    const Answer answer = get("/api/v1/registrations", bearer(token));
    return answer.status == 200 ? answer.json()["status"].get<std::string>() : std::to_string(answer.status);
  }
  Answer approve(const std::string& registration, const std::string& headers = "") {
    return act({{"action", "registration.approve"}, {"registration", registration}}, headers);
  }
  Answer decline(const std::string& registration) {
    return act({{"action", "registration.decline"}, {"registration", registration}});
  }
  static std::string refused(const Answer& answer) { return answer.json()["refusal"]["code"]; }
  void spoil(const std::string& sql) {
    SQLite::Database database(config.database().string(), SQLite::OPEN_READWRITE);
    database.setBusyTimeout(3000);
    database.exec(sql);
  }
};

TEST_F(SignUps, LeadToALinkOfOnesOwn) {
  open();
  const Answer answer = send("name=%D0%90%D0%B9%D1%88%D0%B0&position=%D2%AE%D0%BB%D0%B3%D1%96&item=a2");
  ASSERT_EQ(answer.status, 303) << answer.body;
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_EQ(answer.header("referrer-policy"), "no-referrer");
  const Json one = list()[0];
  EXPECT_EQ(one["name"], "Айша");
  EXPECT_EQ(one["position"], "Үлгі");
  EXPECT_EQ(one["item"], "a2");
  EXPECT_EQ(one["language"], "ru");
  EXPECT_EQ(one["status"], "pending");
  EXPECT_TRUE(one["person"].is_null());
  EXPECT_LT(utc_now() - *parse_utc(one["created"].get<std::string>()), std::chrono::minutes(1));
  EXPECT_EQ(list("m2"), Json::array());
  const std::string token = answer.header("location").substr(6, 22);
  EXPECT_THAT(one.dump(), Not(HasSubstr(token)));
  EXPECT_EQ(status(token), "pending");
}

TEST_F(SignUps, AreClosedUntilTheyAreOpened) {
  EXPECT_THAT(get("/ru/meetings/m1").body,
              HasSubstr("<section class=\"sign-up\" aria-labelledby=\"sign-up\" data-sign-up  hidden>"));
  const Answer answer = send("name=Aisha");
  EXPECT_EQ(answer.status, 409);
  EXPECT_THAT(answer.body, HasSubstr("Запись на выступление закрыта."));
  EXPECT_THAT(answer.body, HasSubstr("value=\"Aisha\"")) << "what was typed is not lost";
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_EQ(list(), Json::array());
  open();
  EXPECT_EQ(send("name=Aisha").status, 303);
  ASSERT_EQ(act({{"action", "registration.close"}}).status, 200);
  EXPECT_EQ(send("name=Aisha").status, 409);
  EXPECT_EQ(send("name=Aisha", "", "ru", "nowhere").status, 404);
}

TEST_F(SignUps, ThatAreWrongComeBackInTheReadersLanguage) {
  open();
  const std::string evil = "%3Cscript%3Ealert(1)%3C/script%3E%22%3E";
  struct Wrong {
    std::string form, language, sentence;
  };
  for (const auto& [form, language, sentence] :
       {Wrong{"name=&position=Aul", "kk", "Аты-жөніңізді жазыңыз."},
        Wrong{"position=Aul", "ru", "Напишите имя и фамилию."},
        Wrong{"name=" + std::string(121, 'a') + "&position=Aul", "en", "The name is too long"},
        Wrong{"name=Aisha&position=Aul&item=a9", "en", "not on the agenda"},
        Wrong{"name=Ai%1Bsha&position=Aul", "en", "cannot be seen"},
        Wrong{"name=%FF&position=Aul", "kk", "Аты-жөніңізді"}}) {
    const Answer answer = send(form, "", language);
    EXPECT_EQ(answer.status, 400) << form;
    EXPECT_THAT(answer.body, HasSubstr(sentence)) << form;
    EXPECT_THAT(answer.body, HasSubstr("role=\"alert\""));
  }
  const Answer kept = send("name=" + evil + "&position=" + evil + "&item=a9");
  EXPECT_THAT(kept.body, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(kept.body, HasSubstr("value=\"&lt;script&gt;alert(1)"));
  EXPECT_EQ(list(), Json::array());
}

TEST_F(SignUps, AreWithdrawnByTheirWriter) {
  open();
  const std::string first = sign_up("Aisha"), second = sign_up("Bolat"), third = sign_up("Dina");
  const auto withdraw = [this](const std::string& token) {
    Client one = client();
    one.get("/api/v1/registrations", token.empty() ? "" : bearer(token), "DELETE");
    return one.answer().value_or(Answer{}).status;
  };
  EXPECT_EQ(withdraw(first), 204);
  EXPECT_EQ(status(first), "401");
  EXPECT_EQ(withdraw(first), 401) << "a token of nothing any more";
  EXPECT_EQ(list().size(), 2U);
  // After it was declined, too; not when the person is in the record.
  ASSERT_EQ(decline(id(0)).status, 200);
  EXPECT_EQ(withdraw(second), 204);
  ASSERT_EQ(approve(id(0)).status, 200);
  EXPECT_EQ(withdraw(third), 409);
  EXPECT_EQ(status(third), "approved");
  // An approval that was undone is no longer one.
  ASSERT_EQ(act({{"action", "undo"}}).status, 200);
  EXPECT_EQ(withdraw(third), 204);
  EXPECT_EQ(list(), Json::array());
  EXPECT_EQ(withdraw(""), 401);
  const std::string fourth = sign_up("Erlan");
  spoil("CREATE TRIGGER spoilt BEFORE DELETE ON registrations BEGIN SELECT RAISE(ABORT, 'spoilt'); END");
  EXPECT_EQ(withdraw(fourth), 500);
  EXPECT_EQ(status(fourth), "pending");
}

TEST_F(SignUps, ComeFromOurOwnPagesOnly) {
  open();
  EXPECT_EQ(send("name=Aisha", "Origin: https://elsewhere.example\r\n").status, 403);
  EXPECT_EQ(send("name=Aisha", "Sec-Fetch-Site: cross-site\r\n").status, 403);
  EXPECT_EQ(post("/ru/meetings/m1", "name=Aisha", "", "text/plain").status, 415);
  EXPECT_EQ(post("/ru/meetings/m1", "{\"name\":\"Aisha\"}").status, 415);
  EXPECT_EQ(send("name=Aisha", "Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n").status, 303);
}

TEST_F(SignUps, OfOneAddressAreSlowedDown) {
  open();
  int taken = 0;
  Answer answer;
  for (int i = 0; i < 30 && answer.status != 429; ++i) {
    answer = send("name=Aisha" + std::to_string(i));
    taken += answer.status == 303 ? 1 : 0;
  }
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(taken, 10);
  EXPECT_GE(std::stoi(answer.header("retry-after")), 1);
  EXPECT_THAT(answer.body, HasSubstr("слишком много заявок"));
  EXPECT_THAT(answer.body, HasSubstr("value=\"Aisha"));
  EXPECT_EQ(list().size(), 10U);
  clock_ahead = std::chrono::minutes(11);
  EXPECT_EQ(send("name=Bolat").status, 303);
}

TEST_F(SignUps, OfAMeetingAreTwoHundredAtMost) {
  open();
  for (int i = 0; i < store::Store::kMostPending; ++i) {
    ASSERT_TRUE(*store->open_registration({"", "m1", "N", "", "", "kk", utc_now(), "", ""}));
  }
  const Answer answer = send("name=Aisha");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("retry-after"), "300");
  EXPECT_THAT(answer.body, HasSubstr("нерассмотренных"));
}

// ---- what the token is good for ----

TEST_F(SignUps, TheTokenIsGoodForNothingBefore) {
  open();
  const std::string token = sign_up();
  EXPECT_EQ(post("/api/v1/meetings/m1/actions", R"({"action":"guest.arrive"})", bearer(token)).status, 401);
  EXPECT_EQ(post("/api/v1/meetings/m1/actions", R"({"action":"hand.raise"})", bearer(token)).status, 401);
  EXPECT_EQ(post("/api/v1/whip", kOffer, bearer(token), "application/sdp").status, 401);
  EXPECT_EQ(post("/api/v1/whep", kOffer, bearer(token), "application/sdp").status, 401);
  EXPECT_EQ(post("/api/v1/guest/probe", "x", bearer(token), "application/octet-stream").status, 401);
  EXPECT_EQ(get("/api/v1/meetings/m1/registrations", bearer(token)).status, 401);
  WebSocket page(loop, client());
  page.knock("/api/v1/guest/live", "");
  ASSERT_EQ(page.answer()->status, 101);
  page.say({{"type", "hello"}, {"token", token}});
  EXPECT_EQ(page.closed_with(), 4001);
}

TEST_F(SignUps, ThePageWaitsAndIsNoGuess) {
  open();
  const std::string token = sign_up();
  for (int i = 0; i < 50; ++i) ASSERT_EQ(status(token), "pending");
  const Answer page = get("/join/" + token + "?lang=kk");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("Өтініміңіз жіберілді"));
  EXPECT_EQ(page.header("referrer-policy"), "no-referrer");
  EXPECT_EQ(page.header("cache-control"), "no-store");
  EXPECT_EQ(status("AAAAAAAAAAAAAAAAAAAAAA"), "401");
  EXPECT_EQ(get("/api/v1/registrations").status, 401);
}

TEST_F(SignUps, ApprovedOnesGoOnWithTheSameLink) {
  open();
  const std::string token = sign_up();
  const Answer answer = approve(id());
  ASSERT_EQ(answer.status, 200) << answer.body;
  const std::string person = answer.json()["result"]["person"];
  EXPECT_EQ(answer.json()["result"].size(), 1U) << "his link is his, and nobody else gets one";
  EXPECT_EQ(status(token), "approved");
  EXPECT_EQ(list()[0]["status"], "approved");
  EXPECT_EQ(list()[0]["person"], person);
  const Answer page = get("/join/" + token + "?lang=ru");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("id=\"guest\""));
  EXPECT_EQ(post("/api/v1/meetings/m1/actions", R"({"action":"guest.arrive"})", bearer(token)).status, 200);
  EXPECT_EQ(stage(person), "lobby");
  const Json people = get("/api/v1/meetings/m1").json()["people"];
  EXPECT_EQ(people.back()["name"]["kk"], "Aisha") << "from now on it is public";
}

TEST_F(SignUps, TheJournalHasHimOnlyWhenApproved) {
  open();
  const std::string token = sign_up("Tynysbek");
  sign_up("Nobody");
  ASSERT_EQ(decline(id(1)).status, 200);
  const auto all = [&] {
    std::string text;
    for (const auto& event : secretariat->events("m1")) text += event.event.payload.dump();
    return text;
  };
  EXPECT_THAT(all(), Not(HasSubstr("Tynysbek")));
  ASSERT_EQ(approve(id(0)).status, 200);
  EXPECT_THAT(all(), HasSubstr("Tynysbek"));
  EXPECT_THAT(all(), Not(HasSubstr("Nobody")));
  EXPECT_THAT(all(), Not(HasSubstr(token)));
  const auto verdict = journal::Journal::open(config.database())->verify("m1");
  EXPECT_EQ((*verdict)[0].broken, "");
}

TEST_F(SignUps, DeclinedOnesAreToldSoAndMayBeApprovedAfterAll) {
  open();
  const std::string token = sign_up();
  const auto seq_before = seq();
  ASSERT_EQ(decline(id()).status, 200);
  ASSERT_EQ(decline(id()).status, 200) << "twice is once";
  EXPECT_EQ(seq(), seq_before) << "nothing of it is in the journal";
  EXPECT_EQ(status(token), "declined");
  EXPECT_THAT(get("/join/" + token + "?lang=en").body, HasSubstr("Your registration was declined"));
  EXPECT_EQ(post("/api/v1/meetings/m1/actions", R"({"action":"guest.arrive"})", bearer(token)).status, 401);
  ASSERT_EQ(approve(id()).status, 200);
  EXPECT_EQ(status(token), "approved");
  EXPECT_EQ(refused(decline(id())), "registration_approved");
  EXPECT_EQ(status(token), "approved");
}

TEST_F(SignUps, OneThatIsNotThereIsRefused) {
  open();
  EXPECT_EQ(refused(approve("nobody")), "registration_unknown");
  EXPECT_EQ(refused(decline("nobody")), "registration_unknown");
  sign_up();
  const Json elsewhere = {{"action", "registration.approve"}, {"registration", id()}};
  EXPECT_EQ(refused(act(elsewhere, "", "m2")), "registration_unknown") << "of another meeting";
}

TEST_F(SignUps, AreTheSecretarysBusiness) {
  open();
  sign_up();
  EXPECT_EQ(get("/api/v1/meetings/m1/registrations").status, 401);
  EXPECT_EQ(get("/api/v1/meetings/nowhere/registrations", credentials()).status, 404);
  const std::string body = Json{{"action", "registration.approve"}, {"registration", id()}}.dump();
  EXPECT_EQ(post("/api/v1/meetings/m1/actions", body).status, 401);
  EXPECT_EQ(post("/api/v1/meetings/m1/actions", body, "Cookie: " + cookie + "\r\n").status, 403) << "without its token";
  const std::string guest = invite()["token"];
  EXPECT_EQ(post("/api/v1/meetings/m1/actions", body, bearer(guest)).status, 409) << "not_yours";
  EXPECT_EQ(list()[0]["status"], "pending");
}

// ---- wrong clicks, restarts, a store that fails ----

TEST_F(SignUps, AnUndoneApprovalIsPendingAgain) {
  open();
  const std::string token = sign_up();
  ASSERT_EQ(approve(id()).status, 200);
  ASSERT_EQ(act({{"action", "undo"}}).status, 200);
  EXPECT_EQ(status(token), "pending");
  EXPECT_EQ(list()[0]["status"], "pending");
  EXPECT_EQ(post("/api/v1/meetings/m1/actions", R"({"action":"guest.arrive"})", bearer(token)).status, 401);
  EXPECT_THAT(get("/api/v1/meetings/m1").body, Not(HasSubstr("Aisha"))) << "not public any more";
  ASSERT_EQ(approve(id()).status, 200);
  EXPECT_EQ(status(token), "approved");
}

TEST_F(SignUps, ARevokedInvitationIsAsAnyOther) {
  open();
  const std::string token = sign_up();
  const std::string person = approve(id()).json()["result"]["person"];
  ASSERT_EQ(act({{"action", "guest.revoke"}, {"person", person}}).status, 200);
  EXPECT_EQ(get("/join/" + token).status, 410);
  EXPECT_EQ(status(token), "401");
  EXPECT_EQ(list()[0]["status"], "approved") << "the desk finds his registration by him";
  EXPECT_EQ(list()[0]["person"], person);
  ASSERT_EQ(approve(id()).status, 200) << "and can be given back";
  EXPECT_EQ(status(token), "approved");
  EXPECT_EQ(post("/api/v1/meetings/m1/actions", R"({"action":"guest.arrive"})", bearer(token)).status, 200);
  EXPECT_EQ(stage(person), "lobby") << "by his own link, as the same person";
}

TEST_F(SignUps, WhoCannotBeLookedUpWasNotDeleted) {
  open();
  sign_up();
  const std::string which = id();
  sign_up("Bolat");  // what was read of them is read anew
  const auto events = seq();
  spoil("ALTER TABLE registrations RENAME TO elsewhere");
  EXPECT_EQ(refused(approve(which)), "registration_not_kept");
  EXPECT_EQ(refused(decline(which)), "registration_not_kept");
  EXPECT_EQ(seq(), events);
  spoil("ALTER TABLE elsewhere RENAME TO registrations");
  EXPECT_EQ(approve(which).status, 200);
}

TEST_F(SignUps, AFailedStoreIsSaidAndASecondPressMendsIt) {
  open();
  const std::string token = sign_up();
  const std::string which = id();
  spoil("CREATE TRIGGER spoilt BEFORE INSERT ON invitations BEGIN SELECT RAISE(ABORT, 'spoilt'); END");
  const Answer failed = approve(which);
  EXPECT_EQ(failed.status, 409);
  EXPECT_EQ(refused(failed), "registration_link_failed");
  EXPECT_FALSE(secretariat->state("m1")->registered.empty()) << "the journal has it";
  EXPECT_EQ(status(token), "pending");
  EXPECT_EQ(list()[0]["status"], "pending") << "the desk still has the button";
  spoil("DROP TRIGGER spoilt");
  const auto events = seq();
  ASSERT_EQ(approve(which).status, 200);
  EXPECT_EQ(seq(), events) << "nobody is added twice";
  EXPECT_EQ(status(token), "approved");
}

TEST_F(SignUps, AFailedStoreIsMendedAlsoWhenAnInvitationIsGivenBack) {
  open();
  const std::string token = sign_up();
  const std::string which = id();
  const std::string person = approve(which).json()["result"]["person"];
  ASSERT_EQ(act({{"action", "guest.revoke"}, {"person", person}}).status, 200);
  spoil("CREATE TRIGGER spoilt BEFORE INSERT ON invitations BEGIN SELECT RAISE(ABORT, 'spoilt'); END");
  EXPECT_EQ(refused(approve(which)), "registration_link_failed");
  EXPECT_EQ(list()[0]["status"], "pending") << "the desk has the button that the refusal names";
  spoil("DROP TRIGGER spoilt");
  ASSERT_EQ(approve(which).status, 200);
  EXPECT_EQ(list()[0]["status"], "approved");
  EXPECT_EQ(status(token), "approved");
}

TEST_F(SignUps, ADeclineThatCannotBeKeptIsSaid) {
  open();
  sign_up();
  spoil("CREATE TRIGGER spoilt BEFORE UPDATE ON registrations BEGIN SELECT RAISE(ABORT, 'spoilt'); END");
  EXPECT_EQ(refused(decline(id())), "registration_not_kept");
  EXPECT_EQ(list()[0]["status"], "pending");
}

TEST_F(SignUps, ARegistrationThatCannotBeKeptIsSaid) {
  open();
  spoil("CREATE TRIGGER spoilt BEFORE INSERT ON registrations BEGIN SELECT RAISE(ABORT, 'spoilt'); END");
  const Answer answer = send("name=Aisha");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("Не удалось сохранить заявку"));
  EXPECT_NE(answer.header("retry-after"), "");
}

TEST_F(SignUps, ARepeatedRequestIsAnsweredTheSame) {
  open();
  sign_up();
  const std::string key = "Idempotency-Key: k1\r\n";
  const Json first = approve(id(), key).json(), second = approve(id(), key).json();
  EXPECT_EQ(first["seq"], second["seq"]);
  EXPECT_EQ(first["result"], second["result"]);
}

TEST_F(SignUps, LastThroughARestart) {
  open();
  const std::string pending = sign_up("Aisha"), approved = sign_up("Bolat");
  ASSERT_EQ(approve(id(1)).status, 200);
  close_site();
  open_site();
  enter();
  EXPECT_EQ(status(pending), "pending");
  EXPECT_EQ(status(approved), "approved");
  EXPECT_EQ(send("name=Dana").status, 303) << "it is still open";
}

TEST_F(SignUps, AnApprovalThatOnlyTheJournalHasIsMendedAtTheStart) {
  open();
  const std::string token = sign_up();
  spoil("CREATE TRIGGER spoilt BEFORE INSERT ON invitations BEGIN SELECT RAISE(ABORT, 'spoilt'); END");
  ASSERT_EQ(approve(id()).status, 409);
  spoil("DROP TRIGGER spoilt");
  close_site();
  open_site();
  EXPECT_EQ(status(token), "approved");
}

TEST_F(SignUps, AnApprovalAfterADeclineIsMendedAtTheStart) {
  open();
  const std::string token = sign_up();
  ASSERT_EQ(decline(id()).status, 200);
  spoil("CREATE TRIGGER spoilt BEFORE INSERT ON invitations BEGIN SELECT RAISE(ABORT, 'spoilt'); END");
  ASSERT_EQ(approve(id()).status, 409);
  EXPECT_EQ(status(token), "declined");
  spoil("DROP TRIGGER spoilt");
  close_site();
  open_site();
  EXPECT_EQ(status(token), "approved");
}

// ---- nothing is kept of those who were not approved ----

TEST_F(SignUps, AreForgottenWhenTheSittingIsClosed) {
  open();
  const std::string pending = sign_up("Aisha"), approved = sign_up("Bolat");
  ASSERT_EQ(approve(id(1)).status, 200);
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  ASSERT_EQ(act({{"action", "sitting.close"}}).status, 200);
  EXPECT_EQ(list(), Json::array());
  EXPECT_EQ(status(pending), "401");
  EXPECT_EQ(get("/join/" + pending).status, 410);
  EXPECT_EQ(get("/join/" + approved).status, 200) << "who was approved has an invitation as any other";
}

TEST_F(SignUps, OfAMeetingThatIsOverAreForgottenAtTheStart) {
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  ASSERT_EQ(act({{"action", "sitting.close"}}).status, 200);
  ASSERT_TRUE(*store->open_registration({"", "m1", "Aisha", "", "", "kk", utc_now(), "", ""}));
  ASSERT_TRUE(*store->open_registration({"", "m2", "Bolat", "", "", "kk", utc_now(), "", ""}));
  close_site();
  open_site();
  EXPECT_THAT(*store->registrations("m1"), IsEmpty());
  EXPECT_EQ(store->registrations("m2")->size(), 1U);
}

TEST_F(SignUps, OfAMeetingThatNobodyClosedAreForgottenAfterAMonth) {
  open();
  const std::string token = sign_up();
  clock_ahead = std::chrono::days(29);
  registrations->tidy();
  EXPECT_EQ(status(token), "pending");
  clock_ahead = std::chrono::days(31);
  registrations->tidy();
  EXPECT_EQ(status(token), "401");
}

TEST_F(SignUps, ThatCouldNotBeDeletedAreDeletedTheNextTime) {
  open();
  sign_up();
  spoil("CREATE TRIGGER spoilt BEFORE DELETE ON registrations BEGIN SELECT RAISE(ABORT, 'spoilt'); END");
  ASSERT_EQ(act({{"action", "sitting.open"}}).status, 200);
  ASSERT_EQ(act({{"action", "sitting.close"}}).status, 200);
  registrations->keep_tidy(loop, std::chrono::milliseconds(20));
  EXPECT_EQ(store->registrations("m1")->size(), 1U);
  spoil("DROP TRIGGER spoilt");
  EXPECT_TRUE(loop.until([this] { return store->registrations("m1")->empty(); })) << "nothing happens in the meeting";
}

// ---- who sees them ----

TEST_F(SignUps, AreShownToDesksAndNobodyElse) {
  WebSocket desk(loop, client());
  desk.knock("/api/v1/live?meeting=m1", credentials());
  ASSERT_EQ(desk.answer()->status, 101);
  Json view = desk.next("view")["view"];
  EXPECT_EQ(view["registrations"], Json::array());
  EXPECT_EQ(view["registration"], "closed");
  open();
  EXPECT_EQ(desk.next("view")["view"]["registration"], "open");
  sign_up();
  view = desk.next("view")["view"];
  ASSERT_EQ(view["registrations"].size(), 1U) << "it is pushed";
  EXPECT_EQ(view["registrations"][0]["name"], "Aisha");
  ASSERT_EQ(decline(id()).status, 200);
  EXPECT_EQ(desk.next("view")["view"]["registrations"][0]["status"], "declined");
  for (const char* path : {"/api/v1/meetings/m1/state", "/api/v1/meetings/m1", "/api/v1/meetings", "/ru/meetings/m1"}) {
    EXPECT_THAT(get(path).body, Not(HasSubstr("Aisha"))) << path;
  }
  EXPECT_EQ(get("/api/v1/meetings/m1/state").json()["registration"], "open");
}

}  // namespace
}  // namespace tyndau::web
