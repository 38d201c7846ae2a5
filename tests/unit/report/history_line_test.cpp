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
    return {.policy = full_policy(), .row = full_row()};
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
    one.row.dkim_aligned = false;
    CHECK(has(one, facts(), "policy 17")); // sp=quarantine: below the policy domain
    one.row.header_from = name("orchard.example");
    CHECK(has(one, facts(), "policy 16"));
    one.policy.p = dmarc::Policy::none;
    CHECK(has(one, facts(), "policy 18"));
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
        CHECK(std::count(lines.begin(), lines.end(), '\n') == 23);
        for (std::size_t from = 0; from < lines.size(); from = lines.find('\n', from) + 1) {
            CHECK(keys.count(lines.substr(from, lines.find_first_of(" \n", from) - from)) == 1);
        }
    }
}
