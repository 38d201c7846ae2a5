// What no message may exceed, counted: questions, lines in the log, octets in the header, signatures. Time is
// another matter; see README.md.
#include "bomb.h"
#include "rig.h"
#include "support/catch.h"
#include "support/written_text.h"

#include <algorithm>

using hostile::Answers;
using hostile::Bomb;
using hostile::Outcome;

namespace {

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

Bomb find(const std::vector<Bomb>& bombs, std::string_view name) {
    const auto bomb =
        std::find_if(bombs.begin(), bombs.end(), [name](const Bomb& one) { return one.name == name; });
    REQUIRE(bomb != bombs.end());
    return *bomb;
}

std::string results_of(const Outcome& outcome) {
    REQUIRE_FALSE(outcome.actions.insertions.empty());
    return outcome.actions.insertions.back().body; // the mark of mail without a usable author comes before
}

void check_bounds(const Bomb& bomb, const Outcome& outcome) {
    constexpr std::size_t most_questions = 200; // dns.questions_per_message
    constexpr std::size_t longest_line = 4200;  // milter/log/logger.cpp
    CHECK(outcome.questions <= most_questions);
    CHECK(outcome.log.size() <= 2); // the message's line, and the limit that bit
    for (const auto& line : outcome.log) {
        CHECK(test::problem_with_line(line, longest_line).empty());
    }
    CHECK(test::problem_with_line(outcome.actions.text, 500).empty());
    for (const auto& field : outcome.actions.insertions) {
        CHECK(test::problem_with_field(field.name, field.body).empty());
    }
    if (bomb.refused) {
        CHECK(outcome.actions.reply == milter::session::Reply::reject);
        CHECK(outcome.actions.code == "552");
        CHECK(outcome.log.size() == 1);
        CHECK(count(outcome.log.front(), "[HEADER_LIMIT]") == 1);
        CHECK(outcome.questions <= 40); // those of SPF, which were asked before
    } else if (!bomb.outbound) {
        CHECK(outcome.actions.reply == milter::session::Reply::proceed);
        const auto& fields = outcome.actions.insertions;
        CHECK(std::count_if(fields.begin(), fields.end(),
                            [](const auto& field) { return field.name == "Authentication-Results"; }) == 1);
    }
}

} // namespace

TEST_CASE("no bomb exceeds the bounds on questions, log and header", "[limits]") {
    for (const Bomb& bomb : hostile::all_bombs()) {
        INFO(bomb.name);
        check_bounds(bomb, hostile::play(bomb, Answers::early));
    }
}

TEST_CASE("answers that come late change neither verdict nor questions", "[limits]") {
    for (const Bomb& bomb : hostile::all_bombs()) {
        INFO(bomb.name);
        const Outcome early = hostile::play(bomb, Answers::early);
        const Outcome late = hostile::play(bomb, Answers::late);
        CHECK(late.questions <= 200);
        REQUIRE(late.actions.insertions.size() == early.actions.insertions.size());
        for (std::size_t i = 0; i < late.actions.insertions.size(); ++i) {
            CHECK(late.actions.insertions[i].body == early.actions.insertions[i].body);
        }
    }
}

TEST_CASE("ten signatures are verified, of however many", "[limits][rfc6376-6.1]") {
    const auto bombs = hostile::signature_bombs();
    const Outcome outcome = hostile::play(find(bombs, "300 signatures"), Answers::early);
    const auto results = results_of(outcome);
    CHECK(count(results, "dkim=fail") == 10);
    CHECK(count(results, "dkim=policy") == 1);
    CHECK(count(results, "too many signatures") == 1);
    CHECK(outcome.questions <= 15); // ten keys, SPF of HELO and MAIL FROM, DMARC
}

TEST_CASE("all of 950 forged results go", "[limits][rfc8601-5]") {
    const auto bombs = hostile::result_bombs();
    const Outcome outcome = hostile::play(find(bombs, "950 forged results"), Answers::early);
    REQUIRE(outcome.actions.deletions.size() == 950);
    CHECK(outcome.actions.deletions.front().instance == 950);
    CHECK(outcome.actions.deletions.back().instance == 1);
}

TEST_CASE("forged results of 60 KB go", "[limits][rfc8601-7.8]") {
    const auto bombs = hostile::result_bombs();
    CHECK(hostile::play(find(bombs, "forged results of 60 KB"), Answers::early).actions.deletions.size() ==
          4);
    CHECK(hostile::play(find(bombs, "60 KB of closed comments"), Answers::early).actions.deletions.size() ==
          4);
    CHECK(hostile::play(find(bombs, "60 KB of controls"), Answers::early).actions.deletions.size() == 4);
    CHECK(hostile::play(find(bombs, "60 KB of dots after our id"), Answers::early).actions.deletions.size() ==
          4);
    CHECK(
        hostile::play(find(bombs, "10,000 results in one field"), Answers::early).actions.deletions.empty());
}

TEST_CASE("SPF asks no more than its limits allow", "[limits][rfc7208-4.6.4]") {
    struct Case {
        const char* bomb;
        std::size_t questions;
        const char* result;
    };
    // Twice, for HELO and MAIL FROM; the policy record and its look-ahead on top.
    const Case cases[] = {
        {"ten includes of ten includes each", 64, "spf=permerror"},
        {"an include of itself", 5, "spf=permerror"},
        {"a redirect to itself", 5, "spf=permerror"},
        {"1000 reverse names", 30, "spf=fail"},
        {"a record of 60 KB", 5, "spf=permerror"},
        {"2000 SPF records", 5, "spf=permerror"},
    };
    const auto bombs = hostile::sender_bombs();
    for (const Case& c : cases) {
        INFO(c.bomb);
        const Outcome outcome = hostile::play(find(bombs, c.bomb), Answers::early);
        CAPTURE(outcome.questions, results_of(outcome));
        CHECK(outcome.questions <= c.questions);
        CHECK(count(results_of(outcome), c.result) >= 1);
    }
}

TEST_CASE("the questions of a message have one bound, and reaching it is a temporary error that is logged",
          "[limits]") {
    Bomb bomb = find(hostile::sender_bombs(), "ten MX terms of ten hosts each");
    bomb.config = "dns: { questions_per_message: 30 }\n";
    // What SPF needs is asked before the header comes; answers on another thread may come behind it, when the
    // whole number counts.
    const Outcome outcome = hostile::play(bomb, Answers::at_once);
    CHECK(outcome.questions == 23 + 2); // a quarter of 30 is kept for the header, whose author needs two
    CHECK(count(results_of(outcome), "spf=temperror") == 1);
    REQUIRE(outcome.log.size() == 2);
    CHECK(count(outcome.log[0] + outcome.log[1], "[DNS_LIMIT] more than 30 DNS questions") == 1);
}

TEST_CASE("a tree walk asks eight questions for a domain, ten domains at most", "[limits][rfc9989-4.10]") {
    const auto bombs = hostile::author_bombs();
    Bomb deep = find(bombs, "10 author domains of 122 labels");
    CHECK(hostile::play(deep, Answers::early).questions <= 2 + 10 * 8);
    CHECK(hostile::play(find(bombs, "100 author domains"), Answers::early).questions <= 4);
}
