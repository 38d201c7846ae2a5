#include "authenticate/policyd.h"

#include "authenticate/verdict.h"
#include "support/catch.h"

#include <fmt/format.h>

#include <string>
#include <vector>

using authenticate::Action;
using authenticate::Envelope;
using authenticate::PolicydRules;
using authenticate::RejectOn;
using authenticate::SenderVerdict;
using spf::Result;

namespace {

base::DomainName name(const std::string& text) {
    return base::DomainName::parse(text).value();
}

spf::Verdict verdict(Result result, const std::string& domain = "example.org") {
    spf::Verdict verdict;
    verdict.result = result;
    verdict.domain = domain;
    verdict.problem = result == Result::temperror || result == Result::permerror ? "trouble" : "";
    return verdict;
}

SenderVerdict sender(Result helo, Result mail_from) {
    SenderVerdict sender;
    sender.helo = verdict(helo, "mx.example.net");
    sender.mail_from = verdict(mail_from);
    return sender;
}

// As check_sender() has it: HELO stands for MAIL FROM.
SenderVerdict null_sender(Result helo) {
    SenderVerdict sender;
    sender.mail_from = verdict(helo, "mx.example.net");
    sender.null_sender = true;
    return sender;
}

const Envelope envelope{base::IpAddress::parse("192.0.2.1"), "mx.example.net", "<ann@example.org>"};

using authenticate::Circumstances;
using authenticate::Exception;
using authenticate::Policy;

authenticate::PolicydOutcome policyd(const SenderVerdict& sender, const PolicydRules& rules,
                                     const Circumstances& circumstances = {}, const Policy& policy = {},
                                     const std::vector<Exception>& exceptions = {}) {
    authenticate::Verdict verdict;
    verdict.sender = sender;
    const authenticate::Softening softening(verdict, circumstances, policy, exceptions);
    return authenticate::policyd({sender, envelope, circumstances.recipients, softening}, rules);
}

Circumstances to(const std::vector<std::string>& recipients, const std::string& handed_over = "") {
    Circumstances circumstances;
    circumstances.recipients = recipients;
    circumstances.handed_over = handed_over;
    return circumstances;
}

// "accept", "reject 550 5.7.23 helo-fail TEXT", "tempfail 451 ...".
std::string outcome(const SenderVerdict& sender, const PolicydRules& rules,
                    const std::vector<std::string>& recipients = {"<bob@ours.test>"}) {
    const auto found = policyd(sender, rules, to(recipients));
    if (!found.reply) {
        return std::string(print(found.finding.taken));
    }
    return fmt::format("{} {} {} {} {}", print(found.finding.taken), found.reply->code, found.reply->enhanced,
                       found.finding.reason, found.reply->text);
}

std::string action(const SenderVerdict& sender, const PolicydRules& rules) {
    return std::string(print(policyd(sender, rules).finding.taken));
}

constexpr Result all_results[] = {Result::none,     Result::neutral,   Result::pass,     Result::fail,
                                  Result::softfail, Result::temperror, Result::permerror};

} // namespace

TEST_CASE("which results of an identity each value of its switch refuses") {
    struct Case {
        const char* name;
        RejectOn value;
        std::vector<Result> refused; // of MAIL FROM
        std::vector<Result> helo;    // of HELO
        std::vector<Result> null;    // of HELO where the sender is null
    };
    const std::vector<Result> none;
    const std::vector<Result> fail{Result::fail};
    const std::vector<Result> softfail{Result::fail, Result::softfail};
    const std::vector<Result> not_pass{Result::neutral, Result::fail, Result::softfail};
    const Case cases[] = {
        {"SPF_Not_Pass", RejectOn::not_pass, not_pass, not_pass, not_pass},
        {"Softfail", RejectOn::softfail, softfail, softfail, softfail},
        {"Fail", RejectOn::fail, fail, fail, fail},
        {"Null", RejectOn::null, fail, none, fail},
        {"False", RejectOn::never, none, none, none},
        {"No_Check", RejectOn::no_check, none, none, none},
    };
    const auto expected = [](const std::vector<Result>& refused, Result result) {
        const bool is_refused = std::find(refused.begin(), refused.end(), result) != refused.end();
        return is_refused ? "reject" : "accept";
    };
    for (const Case& c : cases) {
        for (const Result result : all_results) {
            INFO(c.name << " " << print(result));
            PolicydRules rules{.helo_reject = RejectOn::never, .mail_from_reject = c.value};
            CHECK(action(sender(Result::pass, result), rules) == expected(c.refused, result));
            rules = {.helo_reject = c.value, .mail_from_reject = RejectOn::never};
            CHECK(action(sender(result, Result::pass), rules) == expected(c.helo, result));
            CHECK(action(null_sender(result), rules) == expected(c.null, result));
        }
    }
}

TEST_CASE("errors count only where a switch says so, and never under False and No_Check") {
    struct Case {
        RejectOn value;
        bool permerror;
        bool temperror;
        const char* of_permerror;
        const char* of_temperror;
    };
    const Case cases[] = {
        {RejectOn::fail, false, false, "accept", "accept"},
        {RejectOn::fail, true, false, "reject", "accept"},
        {RejectOn::fail, false, true, "accept", "tempfail"},
        {RejectOn::not_pass, true, true, "reject", "tempfail"},
        {RejectOn::never, true, true, "accept", "accept"},
        {RejectOn::no_check, true, true, "accept", "accept"},
    };
    for (const Case& c : cases) {
        INFO(static_cast<int>(c.value) << c.permerror << c.temperror);
        const PolicydRules rules{.helo_reject = c.value,
                                 .mail_from_reject = c.value,
                                 .permerror_reject = c.permerror,
                                 .temperror_defer = c.temperror};
        CHECK(action(sender(Result::none, Result::permerror), rules) == c.of_permerror);
        CHECK(action(sender(Result::permerror, Result::pass), rules) == c.of_permerror);
        CHECK(action(null_sender(Result::permerror), rules) == c.of_permerror);
        CHECK(action(sender(Result::none, Result::temperror), rules) == c.of_temperror);
        CHECK(action(sender(Result::temperror, Result::pass), rules) == c.of_temperror);
        CHECK(action(null_sender(Result::temperror), rules) == c.of_temperror);
    }
}

TEST_CASE("HELO comes first, and its refusal ends it") {
    const PolicydRules rules{.permerror_reject = true, .temperror_defer = true};
    CHECK(outcome(sender(Result::fail, Result::permerror), rules) ==
          "reject 550 5.7.23 helo-fail Message rejected due to: SPF fail - not authorized");
    CHECK(outcome(sender(Result::temperror, Result::fail), rules) ==
          "tempfail 451 4.7.24 helo-temperror Message deferred due to: SPF Temporary Error: trouble");
    CHECK(outcome(sender(Result::softfail, Result::fail), rules) ==
          "reject 550 5.7.23 spf-fail Message rejected due to: SPF fail - not authorized");
}

TEST_CASE("replies in policyd-spf's words") {
    struct Case {
        const char* name;
        PolicydRules rules;
        SenderVerdict sender;
        const char* expected;
    };
    auto explained = sender(Result::none, Result::fail);
    explained.mail_from->explanation = "go away";
    PolicydRules strict{.permerror_reject = true, .temperror_defer = true};
    PolicydRules listed{.reject_not_pass_domains = {name("example.org")}};
    PolicydRules old = strict;
    old.enhanced_status_codes = false;
    PolicydRules linked{.reason_message = "{spf}; {rejectdefer}: {url} {url}",
                        .reason_url = "https://x.test/?s={0}&id={1}&ip={2}&r={3}"};
    PolicydRules discreet = linked;
    discreet.hide_receiver = true;
    PolicydRules wordy{.reason_message = std::string(600, 'x') + "\r\n\x80"};
    const std::string shortened = "reject 550 5.7.23 spf-fail " + std::string(480, 'x') + "...";
    const Case cases[] = {
        {"permerror", strict, sender(Result::none, Result::permerror),
         "reject 550 5.7.24 spf-permerror Message rejected due to: SPF Permanent Error: trouble"},
        {"somebody else's words",
         {},
         explained,
         "reject 550 5.7.23 spf-fail Message rejected due to: example.org explains: go away"},
        {"Reject_Not_Pass_Domains", listed, sender(Result::none, Result::softfail),
         "reject 550 5.7.23 spf-softfail Message rejected due to: Receiver policy for SPF Softfail"},
        {"and its word for a fail", listed, sender(Result::none, Result::fail),
         "reject 550 5.7.23 spf-fail Message rejected due to: Receiver policy for SPF Fail"},
        {"codes of RFC 7208: fail", old, sender(Result::none, Result::fail),
         "reject 550 5.7.1 spf-fail Message rejected due to: SPF fail - not authorized"},
        {"codes of RFC 7208: permerror", old, sender(Result::none, Result::permerror),
         "reject 550 5.5.2 spf-permerror Message rejected due to: SPF Permanent Error: trouble"},
        {"codes of RFC 7208: temperror", old, sender(Result::none, Result::temperror),
         "tempfail 451 4.4.3 spf-temperror Message deferred due to: SPF Temporary Error: trouble"},
        {"a link for MAIL FROM", linked, sender(Result::none, Result::fail),
         "reject 550 5.7.23 spf-fail SPF fail - not authorized; rejected: "
         "https://x.test/?s=mfrom&id=ann@example.org&ip=192.0.2.1&r=ours.test "
         "https://x.test/?s=mfrom&id=ann@example.org&ip=192.0.2.1&r=ours.test"},
        {"a link for HELO, without the recipient", discreet, sender(Result::fail, Result::none),
         "reject 550 5.7.23 helo-fail SPF fail - not authorized; rejected: "
         "https://x.test/?s=helo&id=mx.example.net&ip=192.0.2.1&r= "
         "https://x.test/?s=helo&id=mx.example.net&ip=192.0.2.1&r="},
        {"one line of bounded length", wordy, sender(Result::none, Result::fail), shortened.c_str()},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(outcome(c.sender, c.rules) == c.expected);
    }
}

TEST_CASE("Reject_Not_Pass_Domains holds for the names below, for HELO as for MAIL FROM") {
    PolicydRules rules{.reject_not_pass_domains = {name("example.org"), name("mx.example.net")}};
    CHECK(action(sender(Result::none, Result::neutral), rules) == "reject");
    CHECK(action(sender(Result::neutral, Result::pass), rules) == "reject");
    CHECK(action(sender(Result::none, Result::none), rules) == "accept");
    auto below = sender(Result::none, Result::softfail);
    below.mail_from->domain = "news.example.org";
    CHECK(action(below, rules) == "reject");
    below.mail_from->domain = "badexample.org";
    CHECK(action(below, rules) == "accept");
    below.mail_from->domain = "org";
    CHECK(action(below, rules) == "accept");
    // False is overruled, No_Check is not: then there is nothing to judge.
    rules.mail_from_reject = RejectOn::never;
    CHECK(action(sender(Result::none, Result::neutral), rules) == "reject");
    rules.mail_from_reject = RejectOn::no_check;
    CHECK(action(sender(Result::none, Result::neutral), rules) == "accept");
}

TEST_CASE("No_Mail refuses those alone who say that they send none") {
    const PolicydRules rules{.permerror_reject = true, .temperror_defer = true, .no_mail = true};
    CHECK(action(sender(Result::fail, Result::fail), rules) == "accept");
    CHECK(action(sender(Result::none, Result::permerror), rules) == "accept");
    CHECK(action(sender(Result::none, Result::temperror), rules) == "tempfail");
    auto silent = sender(Result::fail, Result::fail);
    silent.mail_from->sends_no_mail = true;
    CHECK(outcome(silent, rules) ==
          "reject 550 5.7.23 spf-fail Message rejected due to: SPF fail - not authorized");
    auto silent_host = null_sender(Result::fail);
    silent_host.mail_from->sends_no_mail = true;
    CHECK(action(silent_host, rules) == "reject");
}

TEST_CASE("what makes a refusal milder") {
    const PolicydRules rules;
    auto verdict = sender(Result::none, Result::fail);
    const auto softened = [&](const Circumstances& circumstances) {
        const auto found = policyd(verdict, rules, circumstances);
        CHECK(found.reply.has_value() == (found.finding.taken == Action::reject));
        return fmt::format("{} {}", print(found.finding.taken), found.finding.why_milder);
    };
    CHECK(outcome(verdict, rules, {"<Postmaster@ours.test>"}) == "mark");
    CHECK(softened(to({"<Postmaster@ours.test>", "<abuse@ours.test>"})) ==
          "mark to postmaster or abuse alone");
    CHECK(softened(to({"<postmaster@ours.test>", "<bob@ours.test>"})) == "reject ");
    CHECK(softened({}) == "reject ");
    for (const char* how : {authenticate::through_relay, authenticate::back_from_filter}) {
        CHECK(softened(to({"<bob@ours.test>"}, how)) == fmt::format("mark {}", how));
    }
    verdict.lists = authenticate::ListVerdict{"Whitelist", "192.0.2.0/24", {}};
    CHECK(softened(to({"<bob@ours.test>"})) == "accept client is on Whitelist (192.0.2.0/24)");
    CHECK(outcome(verdict, rules) == "accept");
    Policy stern;
    stern.spare_role_mailboxes = false;
    verdict.lists.reset();
    CHECK(policyd(verdict, rules, to({"<postmaster@ours.test>"}), stern).finding.taken == Action::reject);
}

TEST_CASE("a list that could not be looked at turns a refusal into a delay, and nothing else") {
    PolicydRules rules{.mail_from_reject = RejectOn::fail};
    auto verdict = sender(Result::none, Result::fail);
    verdict.lists = authenticate::ListVerdict{{}, {}, "TXT relay.test: timeout"};
    CHECK(
        outcome(verdict, rules) ==
        "tempfail 451 4.7.24 spf-fail Message deferred due to: SPF Temporary Error: TXT relay.test: timeout");
    verdict.mail_from->result = Result::pass;
    CHECK(outcome(verdict, rules) == "accept");
}

TEST_CASE("a dry run and the exceptions of policy hold for policyd-spf's switches") {
    const PolicydRules rules{.temperror_defer = true};
    for (const auto& [result, ground] :
         {std::pair(sender(Result::none, Result::fail), authenticate::Ground::spf),
          std::pair(sender(Result::fail, Result::none), authenticate::Ground::helo),
          std::pair(sender(Result::none, Result::temperror), authenticate::Ground::spf)}) {
        const auto index = static_cast<std::size_t>(ground);
        Policy dry;
        dry.dry_run[index] = true;
        const auto tried = policyd(result, rules, {}, dry);
        CHECK(tried.finding.dry_run);
        CHECK(tried.finding.taken == Action::accept);
        CHECK(tried.finding.due == tried.finding.asked);
        CHECK_FALSE(tried.reply);
        Policy other;
        other.dry_run[static_cast<std::size_t>(authenticate::Ground::dmarc)] = true;
        CHECK(policyd(result, rules, {}, other).reply);
        Exception exception;
        exception.name = "friends";
        exception.recipients = {"ours.test"};
        exception.grounds = {index};
        const auto excepted = policyd(result, rules, to({"<bob@ours.test>"}), {}, {exception});
        CHECK(excepted.finding.taken == Action::accept);
        REQUIRE(excepted.finding.exception);
        CHECK(excepted.finding.exception->name == "friends");
        CHECK_FALSE(excepted.reply);
        exception.grounds = {static_cast<std::size_t>(authenticate::Ground::dmarc)};
        CHECK(policyd(result, rules, to({"<bob@ours.test>"}), {}, {exception}).reply);
    }
}

TEST_CASE("TestOnly says what would be done") {
    const PolicydRules rules{.test_only = true};
    const auto found = policyd(sender(Result::none, Result::fail), rules);
    CHECK(found.finding.asked == Action::reject);
    CHECK(found.finding.taken == Action::accept);
    CHECK(found.finding.dry_run);
    CHECK_FALSE(found.reply);
    authenticate::Disposition disposition;
    join(found, Policy(), disposition);
    CHECK(disposition.action == Action::accept);
    CHECK(disposition.reason == "spf-fail"); // for the log
}

TEST_CASE("an outcome joins a disposition: the harder action counts") {
    struct Case {
        Action before;
        Result result;
        Action after;
        const char* reason;
    };
    const Case cases[] = {
        {Action::accept, Result::fail, Action::reject, "spf-fail"},
        {Action::mark, Result::fail, Action::reject, "spf-fail"},
        {Action::tempfail, Result::fail, Action::reject, "spf-fail"},
        {Action::reject, Result::fail, Action::reject, "before"},
        {Action::discard, Result::fail, Action::discard, "before"},
        {Action::mark, Result::pass, Action::mark, "before"},
        {Action::tempfail, Result::temperror, Action::tempfail, "before"},
        {Action::mark, Result::temperror, Action::tempfail, "spf-temperror"},
    };
    for (const Case& c : cases) {
        INFO(print(c.before) << " and " << print(c.result));
        authenticate::Disposition disposition;
        disposition.action = c.before;
        disposition.reason = "before";
        join(policyd(sender(Result::none, c.result), {.temperror_defer = true}), Policy(), disposition);
        CHECK(disposition.action == c.after);
        CHECK(disposition.reason == c.reason);
        CHECK(disposition.findings.size() == (c.result == Result::pass ? 0U : 1U));
        CHECK(disposition.reply.has_value() == (disposition.reason != "before"));
    }
}

TEST_CASE("what would be refused and is marked bears the policy's field") {
    authenticate::Disposition disposition;
    Policy policy;
    policy.quarantine_field = "X-Mark";
    join(policyd(sender(Result::none, Result::fail), {}, to({"<abuse@ours.test>"})), policy, disposition);
    CHECK(disposition.action == Action::mark);
    CHECK(disposition.fields == std::vector<authenticate::AddedField>{{"X-Mark", "spf-fail"}});
    CHECK_FALSE(disposition.reply);
}
