// Every action x result x exception, and what has to hold for all of them.
#include "authenticate/policy.h"

#include "authenticate/disposition.h"
#include "verdict_rows.h"

#include "support/catch.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

using authenticate::Action;
using authenticate::Circumstances;
using authenticate::Disposition;
using authenticate::Enforcement;
using authenticate::Exception;
using authenticate::Ground;
using authenticate::Policy;
using test::every_action;
using test::every_row;
using test::lenient;
using test::Row;

namespace {

bool is_refusal(Action action) {
    return action == Action::tempfail || action == Action::reject || action == Action::discard;
}

bool is_for_good(Action action) {
    return action == Action::reject || action == Action::discard;
}

bool is_temperror(const Row& row) {
    return row.reason.ends_with("-temperror");
}

Policy with(const Row& row, Action action, Policy policy = lenient()) {
    row.action(policy) = action;
    return policy;
}

enum class Excepted { nowhere, elsewhere, maybe, here };

std::vector<Exception> exceptions_of(Excepted excepted, Ground ground) {
    Exception exception;
    exception.name = "backup";
    exception.grounds = {static_cast<std::size_t>(ground)};
    exception.clients = {*base::IpNetwork::parse("192.0.2.0/24")};
    switch (excepted) {
    case Excepted::nowhere:
        return {};
    case Excepted::elsewhere:
        exception.grounds = {(static_cast<std::size_t>(ground) + 1) % authenticate::ground_count};
        break;
    case Excepted::maybe:
        exception.dkim_domains = {"list.example.net"};
        break;
    case Excepted::here:
        break;
    }
    return {exception};
}

// One combination of what can make a finding milder.
struct Case {
    Action action = Action::accept;
    Excepted excepted = Excepted::nowhere;
    Enforcement enforcement = Enforcement::strict;
    bool relayed = false;
    bool to_postmaster = false;
    bool dry_run = false;
    bool signs = false;
};

void for_every_case(const std::function<void(const Case&)>& visit) {
    for (unsigned i = 0; i < 6 * 4 * 3 * 16; ++i) {
        Case c;
        c.action = every_action[i / 16 % 6];
        c.excepted = static_cast<Excepted>(i / 16 / 6 % 4);
        c.enforcement = static_cast<Enforcement>(i / 16 / 6 / 4);
        c.relayed = (i & 1U) != 0;
        c.to_postmaster = (i & 2U) != 0;
        c.dry_run = (i & 4U) != 0;
        c.signs = (i & 8U) != 0;
        visit(c);
    }
}

Disposition decide(const Row& row, const Case& c) {
    Policy policy = with(row, c.action);
    policy.dmarc.enforcement = c.enforcement;
    policy.dry_run[static_cast<std::size_t>(row.ground)] = c.dry_run;
    Circumstances circumstances;
    circumstances.client = base::IpAddress::parse("192.0.2.1");
    circumstances.mail_from = "ann@example.org";
    circumstances.recipients = {c.to_postmaster ? "postmaster@example.com" : "bob@example.com"};
    circumstances.handed_over = c.relayed ? authenticate::through_relay : "";
    circumstances.signs.passed_on = c.signs ? "List-Id" : "";
    auto verdict = row.verdict;
    if (c.excepted == Excepted::maybe) {
        verdict.dkim.push_back(test::signature("list.example.net", dkim::Cause::lookup_failed));
    }
    return authenticate::dispose(verdict, circumstances, policy, exceptions_of(c.excepted, row.ground));
}

// The open exception needs a signature whose key was not found, which is a result of DKIM itself.
bool is_possible(const Row& row, const Case& c) {
    return row.ground != Ground::dkim || c.excepted != Excepted::maybe;
}

Action expected(const Row& row, const Case& c) {
    Action action = c.action;
    const bool of_policy = row.reason == "dmarc-reject" || row.reason == "dmarc-quarantine";
    if ((of_policy && c.enforcement == Enforcement::annotate) || c.excepted == Excepted::here || c.dry_run) {
        return Action::accept;
    }
    if (row.reason == "dmarc-reject" && c.enforcement == Enforcement::enforce && c.signs) {
        return Action::accept; // what the lenient policy has for p=quarantine
    }
    if (is_for_good(action) && (is_temperror(row) || c.excepted == Excepted::maybe)) {
        action = Action::tempfail;
    }
    return is_refusal(action) && (c.relayed || c.to_postmaster) ? Action::mark : action;
}

} // namespace

TEST_CASE("every action, result and exception") {
    const auto rows = every_row();
    CHECK(rows.size() == 30);
    for (const Row& row : rows) {
        for_every_case([&row](const Case& c) {
            if (!is_possible(row, c)) {
                return;
            }
            CAPTURE(row.reason, print(c.action), static_cast<int>(c.excepted),
                    static_cast<int>(c.enforcement), c.relayed, c.to_postmaster, c.dry_run, c.signs);
            const auto disposition = decide(row, c);
            REQUIRE(disposition.action == expected(row, c));
            const bool refused =
                disposition.action == Action::reject || disposition.action == Action::tempfail;
            if (refused || disposition.action == Action::mark) {
                REQUIRE(disposition.reason == row.reason);
            }
            REQUIRE(disposition.reply.has_value() == refused);
            if (refused) {
                const bool for_good = disposition.action == Action::reject;
                REQUIRE(disposition.reply->code == (for_good ? "550" : "451"));
                REQUIRE(disposition.reply->enhanced.starts_with(for_good ? "5.7." : "4.7."));
            }
            REQUIRE(disposition.fields.size() == (disposition.action == Action::mark ? 1U : 0U));
        });
    }
}

TEST_CASE("each finding names its setting, and of a good message there is none") {
    for (const Row& row : every_row()) {
        CAPTURE(row.reason);
        const auto disposition = authenticate::dispose(row.verdict, {}, with(row, Action::quarantine), {});
        REQUIRE_FALSE(disposition.findings.empty());
        const auto& finding = disposition.findings.front();
        CHECK(finding.reason == row.reason);
        CHECK(finding.setting == row.setting);
        CHECK(finding.ground == row.ground);
        CHECK(finding.asked == Action::quarantine);
        CHECK(finding.temperror == is_temperror(row));
    }
    Policy policy = lenient();
    for (const Row& row : every_row()) {
        policy = with(row, Action::reject, policy);
    }
    CHECK(authenticate::dispose(test::good(), {}, policy, {}).findings.empty());
    CHECK(authenticate::dispose(authenticate::Verdict{}, {}, {}, {}).reply == std::nullopt);
}

TEST_CASE("where the DNS gave no answer nothing is refused for good, whatever else there is") {
    for (const Row& row : every_row()) {
        if (!is_temperror(row)) {
            continue;
        }
        for_every_case([&row](const Case& c) {
            CAPTURE(row.reason);
            const auto disposition = decide(row, c);
            for (const auto& finding : disposition.findings) {
                REQUIRE_FALSE((finding.temperror && is_for_good(finding.taken)));
                REQUIRE_FALSE((finding.temperror && is_for_good(finding.due)));
            }
            REQUIRE_FALSE(is_for_good(disposition.action));
        });
    }
}

TEST_CASE("a harder action never makes the outcome milder") {
    for (const Row& row : every_row()) {
        for_every_case([&row](const Case& c) {
            if (c.action == Action::discard) {
                return;
            }
            // What would have to be bounced is marked instead, so that it can end up milder than what is
            // held.
            if ((c.relayed || c.to_postmaster) && c.action == Action::quarantine) {
                return;
            }
            Case harder = c;
            harder.action = static_cast<Action>(static_cast<int>(c.action) + 1);
            CAPTURE(row.reason, print(c.action));
            REQUIRE(decide(row, harder).action >= decide(row, c).action);
        });
    }
}

TEST_CASE("an exception never makes the outcome harder, and a dry run does nothing") {
    for (const Row& row : every_row()) {
        for_every_case([&row](const Case& c) {
            CAPTURE(row.reason, print(c.action));
            Case without = c;
            without.excepted = c.excepted == Excepted::maybe ? c.excepted : Excepted::nowhere;
            REQUIRE(decide(row, c).action <= decide(row, without).action);
            if (c.dry_run && c.excepted != Excepted::maybe) {
                Case real = c;
                real.dry_run = false;
                REQUIRE(decide(row, c).action == Action::accept);
                REQUIRE(decide(row, c).findings.front().due == decide(row, real).findings.front().taken);
            }
        });
    }
}

TEST_CASE("of two findings the hardest action decides, and is named") {
    for (const Row& first : test::author_rows()) {
        for (const Row& second : test::spf_rows()) {
            for (const Action a : every_action) {
                for (const Action b : every_action) {
                    auto verdict = first.verdict;
                    verdict.sender = second.verdict.sender;
                    const auto one = authenticate::dispose(first.verdict, {}, with(first, a), {}).action;
                    const auto other = authenticate::dispose(second.verdict, {}, with(second, b), {}).action;
                    const auto both = authenticate::dispose(verdict, {}, with(first, a, with(second, b)), {});
                    CAPTURE(first.reason, second.reason, print(a), print(b));
                    REQUIRE(both.action == std::max(one, other));
                    const bool by_first = both.reason == first.reason;
                    REQUIRE((by_first ? one : other) == both.action);
                    REQUIRE((by_first || both.reason == second.reason));
                }
            }
        }
    }
}

TEST_CASE("what may be asked for is what a setting says, if it is carried out") {
    CHECK_FALSE(authenticate::may_ask_for(Action::mark, lenient()));
    for (const Row& row : every_row()) {
        for (const Action action : every_action) {
            CAPTURE(row.reason, print(action));
            Policy policy = with(row, action);
            CHECK(authenticate::may_ask_for(action, policy));
            CHECK(authenticate::may_ask_for(Action::discard, policy) == (action == Action::discard));
            policy.dry_run[static_cast<std::size_t>(row.ground)] = true;
            CHECK(authenticate::may_ask_for(action, policy) == (action == Action::accept));
        }
    }
    Policy annotating;
    CHECK_FALSE(authenticate::may_ask_for(Action::reject, annotating));
    annotating.dmarc.enforcement = Enforcement::enforce;
    CHECK(authenticate::may_ask_for(Action::reject, annotating));
}

TEST_CASE("recipients are needed where one of them can change anything") {
    Policy policy = lenient();
    CHECK_FALSE(authenticate::needs_recipients(policy, {}));
    policy.spf.fail = Action::quarantine;
    CHECK_FALSE(authenticate::needs_recipients(policy, {}));
    policy.spf.fail = Action::reject;
    CHECK(authenticate::needs_recipients(policy, {}));
    policy.spare_role_mailboxes = false;
    CHECK_FALSE(authenticate::needs_recipients(policy, {}));
    Exception exception;
    exception.authors = {"example.org"};
    CHECK_FALSE(authenticate::needs_recipients(policy, {exception}));
    exception.recipients = {"bob@example.com"};
    CHECK(authenticate::needs_recipients(policy, {exception}));
}
