#include "report/history_line.h"

#include "support/catch.h"
#include "support/hostile_text.h"
#include "unit/report/values.h"

#include <algorithm>
#include <set>
#include <string>

using namespace report_test;
using authenticate::Action;

namespace {

report::Evaluation evaluation() {
    return {.policy = full_policy(), .row = full_row(), .result = dmarc::Result::pass};
}

report::HistoryFacts facts() {
    return {
        .job = "4Xyz12", .reporter = "mx.harbour.example", .action = Action::accept, .received = 1793664005};
}

bool has(const report::Evaluation& one, const report::HistoryFacts& with, const std::string& line) {
    return ("\n" + history_lines(one, with)).find("\n" + line + "\n") != std::string::npos;
}

} // namespace

TEST_CASE("a record of the history file") {
    CHECK(history_lines(evaluation(), facts()) == "job 4Xyz12\n"
                                                  "reporter mx.harbour.example\n"
                                                  "received 1793664005\n"
                                                  "ipaddr 2001:db8::19\n"
                                                  "from press.orchard.example\n"
                                                  "mfrom bounces.orchard.example\n"
                                                  "dkim orchard.example ed2026 0\n"
                                                  "dkim lists.example l1 7\n"
                                                  "spf 2\n"
                                                  "pdomain orchard.example\n"
                                                  "policy 15\n"
                                                  "rua mailto:agg@orchard.example\n"
                                                  "rua https://orchard.example/reports\n"
                                                  "pct 0\n"
                                                  "adkim 115\n"
                                                  "aspf 114\n"
                                                  "p 114\n"
                                                  "sp 113\n"
                                                  "align_dkim 4\n"
                                                  "align_spf 5\n"
                                                  "arc 7\n"
                                                  "arc_policy 1 json:[]\n"
                                                  "action 2\n");
}

TEST_CASE("numbers of the history file") {
    auto one = evaluation();
    one.result = dmarc::Result::fail;
    const std::pair<dmarc::Policy, const char*> policies[] = {{dmarc::Policy::none, "policy 18"},
                                                              {dmarc::Policy::quarantine, "policy 17"},
                                                              {dmarc::Policy::reject, "policy 16"}};
    for (const auto& [policy, line] : policies) {
        one.asked_for = policy;
        CHECK(has(one, facts(), line));
    }
    for (const auto result : {dmarc::Result::temperror, dmarc::Result::permerror}) {
        one.result = result;
        CHECK(has(one, facts(), "policy 18"));
    }
    one.row.dkim[0].selector.clear();
    CHECK(has(one, facts(), "dkim orchard.example - 0"));
    one.policy.rua.clear();
    one.policy.testing = false;
    CHECK(has(one, facts(), "rua -"));
    CHECK(has(one, facts(), "pct 100"));
    one.row.spf.reset();
    one.row.envelope_from.reset();
    CHECK(has(one, facts(), "spf -1"));
    CHECK(has(one, facts(), "mfrom "));
    const std::pair<Action, const char*> actions[] = {{Action::reject, "action 0"},
                                                      {Action::discard, "action 1"},
                                                      {Action::mark, "action 2"},
                                                      {Action::tempfail, "action 3"},
                                                      {Action::quarantine, "action 4"}};
    for (const auto& [action, line] : actions) {
        CAPTURE(line);
        auto with = facts();
        with.action = action;
        CHECK(has(one, with, line));
    }
}

TEST_CASE("a URI stands there whole or not at all") {
    auto one = evaluation();
    const std::string longest = "mailto:" + std::string(243, 'x');
    one.policy.rua = {"mailto:" + std::string(227, 'x') + "@victim.example.attacker.test",
                      "mailto:a b@c.example", longest};
    const std::string lines = history_lines(one, facts());
    CHECK(lines.find("victim") == std::string::npos);
    CHECK(lines.find("\npolicy 15\nrua " + longest + "\npct ") != std::string::npos);
    one.policy.rua = {longest + "x"};
    CHECK(has(one, facts(), "rua -"));
}

TEST_CASE("whatever the values are, lines have the keys of the format") {
    const std::set<std::string> keys = {"job",       "reporter", "received",  "ipaddr", "from", "mfrom",
                                        "dkim",      "spf",      "pdomain",   "policy", "rua",  "pct",
                                        "adkim",     "aspf",     "p",         "sp",     "arc",  "align_dkim",
                                        "align_spf", "action",   "arc_policy"};
    test::HostileText hostile;
    CAPTURE(hostile.seed());
    for (std::size_t left = test::rounds(500); left > 0; --left) {
        auto one = evaluation();
        one.row.dkim[0].selector = hostile.next();
        one.policy.rua = {hostile.next(), hostile.next()};
        auto with = facts();
        with.job = hostile.next();
        with.reporter = hostile.next();
        const std::string lines = history_lines(one, with);
        const auto count = std::count(lines.begin(), lines.end(), '\n');
        CHECK((count == 22 || count == 23)); // of an unusable URI there is no line
        for (std::size_t from = 0; from < lines.size(); from = lines.find('\n', from) + 1) {
            CHECK(keys.count(lines.substr(from, lines.find_first_of(" \n", from) - from)) == 1);
        }
    }
}
