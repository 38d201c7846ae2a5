#include "support/world/resolve.h"

#include "support/catch.h"

#include <string>
#include <variant>

using dns::Type;
using test::Manner;
using test::Unruly;
using test::Zone;

namespace {

using Outcome = dns::Outcome<std::string>;

const Zone chain{{"TXT a", "b"}, {"TXT b", "c"}, {"TXT c", "end"}};

// Follows the texts from name to name; the verdict is the last one. Asks beside it for an address, in vain.
Outcome follow(const dns::Answers& known) {
    dns::Inquiry dns(known);
    std::string name = "a";
    while (name != "end") {
        const dns::Answer* answer = dns.ask(name, Type::txt);
        dns.expect(name, Type::a);
        if (answer == nullptr) {
            return dns.take_questions();
        }
        name = answer->texts.front();
    }
    return name;
}

Outcome asking(const dns::Question& question) {
    dns::Questions questions;
    questions.add(question);
    return questions;
}

} // namespace

TEST_CASE("a verdict comes with what was asked for it, in order") {
    const auto run = test::resolve(follow, chain);
    CHECK(run.verdict == "end");
    CHECK(run.rounds == 3);
    CHECK(run.asked == std::vector<dns::Question>{{"a", Type::txt},
                                                  {"a", Type::a},
                                                  {"b", Type::txt},
                                                  {"b", Type::a},
                                                  {"c", Type::txt},
                                                  {"c", Type::a}});
    CHECK(run.known.size() == 6);
}

TEST_CASE("what is known is not asked, and a round may be answered in part") {
    const auto ahead = test::resolve(follow, chain, {.known = chain.answers()});
    CHECK(ahead.verdict == "end");
    CHECK(ahead.rounds == 0);
    const auto first = [](const dns::Questions& round) { return std::vector<dns::Question>{*round.begin()}; };
    const auto one_by_one = test::resolve(follow, chain, {.answered = first});
    CHECK(one_by_one.verdict == "end");
    CHECK(one_by_one.rounds == 5); // the last name's address is never answered
    CHECK(one_by_one.asked.size() == 5);
}

TEST_CASE("the DNS may be a function") {
    const auto end = [](const dns::Question& question) {
        return Zone{{"TXT " + question.name, "end"}}.answer(question);
    };
    CHECK(test::resolve(follow, end).rounds == 1);
}

TEST_CASE("an evaluator that breaks a rule is found out") {
    const auto nothing = [](const dns::Answers&) -> Outcome { return dns::Questions(); };
    const auto again = [](const dns::Answers&) -> Outcome { return asking({"a", Type::txt}); };
    const auto no_name = [](const dns::Answers&) -> Outcome { return asking({"a..b", Type::txt}); };
    const auto endless = [](const dns::Answers& known) -> Outcome {
        return asking({"q" + std::to_string(known.size()), Type::txt});
    };
    CHECK_THROWS_AS(test::resolve(nothing, chain), Unruly);
    CHECK_THROWS_AS(test::resolve(again, chain), Unruly);
    CHECK_THROWS_AS(test::resolve(no_name, chain), Unruly);
    CHECK_THROWS_AS(test::resolve(endless, chain), Unruly);
    CHECK_THROWS_AS(test::resolve(follow, chain, {.most_rounds = 2}), Unruly);
    CHECK_THROWS_AS(test::resolve(follow, chain, {.most_questions = 5}), Unruly);
    CHECK_NOTHROW(test::resolve(follow, chain, {.most_rounds = 3, .most_questions = 6}));
}
