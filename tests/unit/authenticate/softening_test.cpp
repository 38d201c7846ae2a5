// What makes a finding milder than its setting, row by row; the combinations are in policy_test.cpp.
#include "authenticate/disposition.h"
#include "authenticate/told.h"
#include "verdict_rows.h"

#include "support/catch.h"
#include "support/hostile_text.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using authenticate::Action;
using authenticate::Circumstances;
using authenticate::Disposition;
using authenticate::Enforcement;
using authenticate::Exception;
using authenticate::Ground;
using authenticate::OverrideType;
using authenticate::Policy;
using authenticate::PolicyOverride;
using authenticate::Verdict;
using dkim::Cause;

namespace {

Policy dmarc_policy(Enforcement enforcement) {
    Policy policy = test::lenient();
    policy.dmarc = {};
    policy.dmarc.enforcement = enforcement;
    return policy;
}

Verdict failing(dmarc::Policy policy) {
    auto verdict = test::with_dmarc(dmarc::Result::fail, policy);
    verdict.dkim.clear();
    return verdict;
}

Circumstances passed_on(std::string sign, bool by_list) {
    Circumstances circumstances;
    circumstances.signs.passed_on = std::move(sign);
    circumstances.signs.by_list = by_list;
    return circumstances;
}

Circumstances to(std::vector<std::string> recipients) {
    Circumstances circumstances;
    circumstances.recipients = std::move(recipients);
    return circumstances;
}

Exception for_author() {
    Exception exception;
    exception.name = "friends";
    exception.type = OverrideType::trusted_forwarder;
    exception.authors = {"example.org"};
    exception.file = "friends.yaml";
    exception.line = 7;
    return exception;
}

} // namespace

TEST_CASE("how far the policy of the author's domain is followed") {
    struct Case {
        Enforcement enforcement;
        dmarc::Policy policy;
        std::string_view sign;
        Action action;
    };
    using dmarc::Policy;
    const std::vector<Case> cases{
        {Enforcement::annotate, Policy::none, "", Action::accept},
        {Enforcement::annotate, Policy::quarantine, "", Action::accept},
        {Enforcement::annotate, Policy::reject, "", Action::accept},
        {Enforcement::enforce, Policy::none, "", Action::accept},
        {Enforcement::enforce, Policy::quarantine, "", Action::mark},
        {Enforcement::enforce, Policy::quarantine, "List-Id", Action::mark},
        {Enforcement::enforce, Policy::reject, "", Action::reject},
        {Enforcement::enforce, Policy::reject, "List-Id", Action::mark},
        {Enforcement::strict, Policy::none, "", Action::accept},
        {Enforcement::strict, Policy::quarantine, "", Action::mark},
        {Enforcement::strict, Policy::reject, "", Action::reject},
        {Enforcement::strict, Policy::reject, "List-Id", Action::reject},
    };
    for (const Case& c : cases) {
        CAPTURE(static_cast<int>(c.enforcement), print(c.policy), c.sign);
        const auto disposition = authenticate::dispose(
            failing(c.policy), passed_on(std::string(c.sign), true), dmarc_policy(c.enforcement), {});
        CHECK(disposition.action == c.action);
    }
    for (const auto result : {dmarc::Result::none, dmarc::Result::pass}) {
        auto verdict = test::with_dmarc(result);
        verdict.dmarc->evaluation->policy = dmarc::Policy::reject;
        CHECK(authenticate::dispose(verdict, {}, dmarc_policy(Enforcement::strict), {}).findings.empty());
    }
}

TEST_CASE("a broken signature of the author's domain speaks for somebody who passed the message on") {
    struct Case {
        std::string_view domain;
        Cause cause;
        Action action;
    };
    const std::vector<Case> cases{
        {"example.org", Cause::signature_mismatch, Action::mark},
        {"example.org", Cause::body_hash_mismatch, Action::mark},
        {"example.org", Cause::no_key, Action::reject},
        {"example.org", Cause::expired, Action::reject},
        {"example.org", Cause::broken_signature, Action::reject},
        {"news.example.org", Cause::signature_mismatch, Action::reject},
        {"example.net", Cause::signature_mismatch, Action::reject},
        {"example.net", Cause::verified, Action::reject},
    };
    for (const Case& c : cases) {
        CAPTURE(c.domain, reason_of(c.cause));
        auto verdict = failing(dmarc::Policy::reject);
        verdict.dkim = {test::signature(std::string(c.domain), c.cause)};
        CHECK(authenticate::dispose(verdict, {}, dmarc_policy(Enforcement::enforce), {}).action == c.action);
        CHECK(authenticate::dispose(verdict, {}, dmarc_policy(Enforcement::strict), {}).action ==
              Action::reject);
    }
}

TEST_CASE("t=y is followed as it lowers the policy, and never raises it") {
    auto verdict = failing(dmarc::Policy::quarantine);
    verdict.dmarc->evaluation->published_policy = dmarc::Policy::reject;
    const auto strict = dmarc_policy(Enforcement::strict);
    const auto disposition = authenticate::dispose(verdict, {}, strict, {});
    CHECK(disposition.action == Action::mark);
    CHECK(disposition.reason == "dmarc-quarantine");
    CHECK(disposition.override_reason == PolicyOverride{OverrideType::policy_test_mode, "t=y"});
    verdict.dmarc->evaluation->policy = dmarc::Policy::none;
    CHECK(authenticate::dispose(verdict, {}, strict, {}).action == Action::accept);
    CHECK(authenticate::dispose(verdict, {}, strict, {}).override_reason->type ==
          OverrideType::policy_test_mode);
}

TEST_CASE("the signature that counts is the best one") {
    const std::vector<std::pair<std::vector<Cause>, std::string_view>> cases{
        {{Cause::verified, Cause::lookup_failed}, ""},
        {{Cause::signature_mismatch, Cause::verified}, ""},
        {{Cause::signature_mismatch, Cause::lookup_failed}, "dkim-temperror"},
        {{Cause::key_too_small, Cause::lookup_failed}, "dkim-temperror"},
        {{Cause::broken_signature, Cause::expired}, "dkim-policy"},
        {{Cause::no_key, Cause::body_hash_mismatch}, "dkim-fail"},
        {{Cause::key_unreadable, Cause::no_key}, "dkim-no-key"},
        {{Cause::sha1}, "dkim-permerror"},
        {{}, "dkim-none"},
    };
    for (const auto& [causes, reason] : cases) {
        std::vector<dkim::Verdict> signatures;
        for (const Cause cause : causes) {
            signatures.push_back(test::signature("example.net", cause));
        }
        const auto findings =
            authenticate::dispose(test::with_dkim(signatures), {}, test::lenient(), {}).findings;
        CHECK((findings.empty() ? "" : findings.front().reason) == reason);
    }
    auto testing = test::with_dkim({test::signature("example.org", Cause::signature_mismatch)});
    testing.dkim[0].test_mode = true; // RFC 6376 3.6.1: no worse than unsigned mail
    CHECK(authenticate::dispose(testing, {}, test::lenient(), {}).findings.front().reason == "dkim-none");
    auto unchecked = test::with_dkim({});
    unchecked.dkim_checked = false;
    CHECK(authenticate::dispose(unchecked, {}, test::lenient(), {}).findings.empty());
}

TEST_CASE("which signatures are of the author's domain") {
    struct Case {
        std::string_view what;
        std::string_view signer;
        Cause cause;
        std::optional<dmarc::Result> result;
        std::string_view organization;
        dmarc::Alignment alignment;
        std::string_view reason;
    };
    using dmarc::Alignment;
    const auto verified = Cause::verified;
    const std::vector<Case> cases{
        {"itself", "example.org", verified, std::nullopt, "", Alignment::no, ""},
        {"another", "example.net", verified, std::nullopt, "", Alignment::no, "dkim-no-author-domain"},
        {"below, no DMARC", "a.example.org", verified, std::nullopt, "", Alignment::no,
         "dkim-no-author-domain"},
        {"below, one organization", "a.example.org", verified, dmarc::Result::pass, "example.org",
         Alignment::no, ""},
        {"below, nobody asked", "a.example.org", verified, dmarc::Result::pass, "", Alignment::undecided, ""},
        {"another, nobody asked", "example.net", verified, dmarc::Result::pass, "", Alignment::undecided,
         "dkim-no-author-domain"},
        {"above all, nobody asked", "org", verified, dmarc::Result::pass, "", Alignment::undecided,
         "dkim-no-author-domain"},
        {"not found out", "a.example.org", verified, dmarc::Result::temperror, "", Alignment::undecided,
         "dkim-temperror"},
        {"not found out, does not pass", "a.example.org", Cause::no_key, dmarc::Result::temperror, "",
         Alignment::undecided, "dkim-none"},
        {"key not found out", "example.org", Cause::lookup_failed, std::nullopt, "", Alignment::no,
         "dkim-temperror"},
        {"another's key not found out", "example.net", Cause::lookup_failed, std::nullopt, "", Alignment::no,
         "dkim-none"},
    };
    Policy policy = test::lenient();
    policy.dkim.require_author_domain = true;
    policy.dkim.none = Action::reject;
    policy.dkim.temperror = Action::reject;
    for (const Case& c : cases) {
        CAPTURE(c.what);
        auto verdict = test::with_dkim({test::signature(std::string(c.signer), c.cause)});
        verdict.dmarc.reset();
        if (c.result) {
            verdict.dmarc = test::with_dmarc(*c.result).dmarc;
            verdict.dmarc->evaluation->organizational_domain = base::DomainName::parse(c.organization);
            verdict.dmarc->evaluation->dkim = c.alignment;
        }
        const auto disposition = authenticate::dispose(verdict, {}, policy, {});
        CHECK(disposition.reason == c.reason);
        CHECK(disposition.action == (c.reason.empty()             ? Action::accept
                                     : c.reason.ends_with("rror") ? Action::tempfail
                                                                  : Action::reject));
    }
    auto two = test::good(); // a forger adds his own address to another's
    two.author.domains.push_back(test::name("example.net"));
    CHECK(authenticate::dispose(two, {}, policy, {}).reason == "dkim-no-author-domain");
}

TEST_CASE("below a public suffix a stranger's signature is not of the author's domain") {
    Policy policy = test::lenient();
    policy.dkim.require_author_domain = true;
    policy.dkim.none = Action::reject;
    const auto reason = [&](const char* signer, bool is_suffix) {
        auto verdict = test::with_dkim({test::signature(signer, Cause::verified)});
        verdict.dmarc = test::with_dmarc(dmarc::Result::pass).dmarc;
        verdict.dmarc->evaluation->organizational_domain = base::DomainName::parse("org");
        verdict.dmarc->evaluation->organization_is_suffix = is_suffix;
        verdict.dmarc->evaluation->dkim = dmarc::Alignment::no;
        return authenticate::dispose(verdict, {}, policy, {}).reason;
    };
    CHECK(reason("stranger.org", false) == "");
    CHECK(reason("stranger.org", true) == "dkim-no-author-domain");
    CHECK(reason("org", true) == "dkim-no-author-domain");
    CHECK(reason("a.example.org", true) == "");
}

TEST_CASE("a bounce has one SPF check, for which the harder setting counts") {
    auto verdict = test::with_spf(spf::Result::fail);
    verdict.sender.helo.reset();
    verdict.sender.null_sender = true;
    Policy policy = test::lenient();
    policy.spf.fail = Action::mark;
    CHECK(authenticate::dispose(verdict, {}, policy, {}).reason == "spf-fail");
    policy.helo.fail = Action::reject;
    const auto disposition = authenticate::dispose(verdict, {}, policy, {});
    CHECK(disposition.reason == "helo-fail");
    CHECK(disposition.findings.size() == 1);
    CHECK(disposition.reply->enhanced == "5.7.23");
    CHECK(disposition.reply->text.find("example.org") != std::string::npos);
}

TEST_CASE("mail to postmaster and abuse alone is not refused") {
    const std::vector<std::pair<std::vector<std::string>, bool>> cases{
        {{"<postmaster@example.com>"}, true},
        {{"POSTMASTER@example.com"}, true},
        {{"<Abuse@example.com>", "<postmaster@example.net>"}, true},
        {{"<postmaster>"}, true},
        {{"PostMaster"}, true},
        {{"<\"postmaster\"@example.com>"}, true},
        {{"<\"post\\master\"@example.com>"}, true},
        {{"<abuse>"}, true},
        {{"<\"postmaster"}, false},
        {{"<postmaster@example.com>", "<bob@example.com>"}, false}, // anybody could add postmaster
        {{"<postmaster+x@example.com>"}, false},
        {{"<postmaster@example.com@example.net>"}, false},
        {{"<bob@postmaster.example>"}, false},
        {{"<>"}, false},
        {{}, false},
    };
    Policy policy = test::lenient();
    for (const auto& [recipients, spared] : cases) {
        CAPTURE(recipients);
        for (const Action action : {Action::tempfail, Action::reject, Action::discard}) {
            policy.spf.fail = action;
            const auto verdict = test::with_spf(spf::Result::fail);
            policy.spare_role_mailboxes = true;
            const auto disposition = authenticate::dispose(verdict, to(recipients), policy, {});
            CHECK(disposition.action == (spared ? Action::mark : action));
            CHECK(disposition.findings.front().why_milder == (spared ? "to postmaster or abuse alone" : ""));
            policy.spare_role_mailboxes = false;
            CHECK(authenticate::dispose(verdict, to(recipients), policy, {}).action == action);
        }
    }
}

TEST_CASE("mail through a relay is marked where it would be refused") {
    Policy policy = test::lenient();
    Circumstances relayed;
    relayed.client = base::IpAddress::parse("192.0.2.1");
    relayed.handed_over = authenticate::through_relay;
    for (const Action action : test::every_action) {
        policy.refuse_relayed = false;
        policy.spf.fail = action;
        const bool refused = action >= Action::tempfail;
        const auto verdict = test::with_spf(spf::Result::fail);
        const auto disposition = authenticate::dispose(verdict, relayed, policy, {});
        CHECK(disposition.action == (refused ? Action::mark : action));
        CHECK(disposition.findings.front().why_milder == (refused ? "through a relay" : ""));
        policy.refuse_relayed = true;
        CHECK(authenticate::dispose(verdict, relayed, policy, {}).action == action);
    }
}

TEST_CASE("a relay that does not say who its client is is never told to refuse") {
    Policy policy = test::lenient();
    policy.refuse_relayed = true;
    Circumstances relayed;
    relayed.handed_over = authenticate::through_relay;
    for (const Action action : test::every_action) {
        policy.spf.none = action;
        const bool refused = action >= Action::tempfail;
        const auto disposition =
            authenticate::dispose(test::with_spf(spf::Result::none), relayed, policy, {});
        CHECK(disposition.action == (refused ? Action::mark : action));
        CHECK(disposition.findings.front().why_milder ==
              (refused ? "the client behind the relay is not known" : ""));
    }
}

TEST_CASE("what a filter or a user of ours hands over is marked, whatever holds for relays") {
    Policy policy = test::lenient();
    policy.spf.fail = Action::reject;
    for (const char* how : {authenticate::back_from_filter, authenticate::mail_of_ours}) {
        for (const bool refuse_relayed : {false, true}) {
            policy.refuse_relayed = refuse_relayed;
            Circumstances handed;
            handed.client = base::IpAddress::parse("192.0.2.1");
            handed.handed_over = how;
            const auto disposition =
                authenticate::dispose(test::with_spf(spf::Result::fail), handed, policy, {});
            CHECK(disposition.action == Action::mark);
            CHECK(disposition.findings.front().why_milder == how);
        }
    }
}

TEST_CASE("which refusals wait for the DNS") {
    Policy policy = test::lenient();
    policy.spf.fail = Action::reject;
    auto verdict = test::with_spf(spf::Result::fail);
    verdict.dkim = {test::signature("list.example.net", Cause::lookup_failed)};
    verdict.dmarc = test::with_dmarc(dmarc::Result::temperror).dmarc;
    // What an operator wants refused for SPF alone does not depend on what DKIM and DMARC would say.
    CHECK(authenticate::dispose(verdict, {}, policy, {}).action == Action::reject);
    Exception list; // but with this it does
    list.name = "list";
    list.dkim_domains = {"list.example.net"};
    const auto disposition = authenticate::dispose(verdict, {}, policy, {list});
    CHECK(disposition.action == Action::tempfail);
    CHECK(disposition.reply->code == "451");
    CHECK(disposition.findings.front().why_milder == "an exception depends on the DNS");
    list.authors = {"example.com"}; // not for this message, whatever the answer is
    CHECK(authenticate::dispose(verdict, {}, policy, {list}).action == Action::reject);
    list.authors.clear();
    list.until = 1;
    Circumstances later;
    later.now = 1;
    CHECK(authenticate::dispose(verdict, later, policy, {list}).action == Action::reject);
    list.until.reset();
    list.grounds = {static_cast<std::size_t>(Ground::dmarc)};
    CHECK(authenticate::dispose(verdict, {}, policy, {list}).action == Action::reject);
}

TEST_CASE("why what was done is not what the author's domain asked for") {
    using Type = OverrideType;
    const auto enforce = dmarc_policy(Enforcement::enforce);
    const auto verdict = failing(dmarc::Policy::reject);
    const auto reason = [&](const Circumstances& circumstances, const Policy& policy,
                            const std::vector<Exception>& exceptions) {
        return authenticate::dispose(verdict, circumstances, policy, exceptions).override_reason;
    };
    CHECK(reason({}, enforce, {}) == std::nullopt);
    CHECK(reason(passed_on("List-Id", true), enforce, {}) ==
          PolicyOverride{Type::mailing_list, "passed on (List-Id)"});
    CHECK(reason(passed_on("ARC-Seal", false), enforce, {}) ==
          PolicyOverride{Type::local_policy, "passed on (ARC-Seal)"});
    CHECK(reason({}, enforce, {for_author()}) == PolicyOverride{Type::trusted_forwarder, "friends"});
    CHECK(reason(to({"postmaster"}), enforce, {}) ==
          PolicyOverride{Type::local_policy, "to postmaster or abuse alone"});
    CHECK(reason({}, dmarc_policy(Enforcement::annotate), {}) ==
          PolicyOverride{Type::local_policy, "dmarc_reject: accept"});
    Circumstances relayed = passed_on("", true);
    relayed.handed_over = authenticate::through_relay;
    CHECK(reason(relayed, enforce, {}) == PolicyOverride{Type::local_policy, "through a relay"});
    Policy other = enforce;
    other.dry_run[static_cast<std::size_t>(Ground::dmarc)] = true;
    CHECK(reason({}, other, {}) == PolicyOverride{Type::local_policy, "dry run"});
    other = enforce;
    other.dmarc.reject = Action::discard;
    CHECK(reason({}, other, {}) == std::nullopt);
    CHECK(authenticate::dispose(failing(dmarc::Policy::none), {}, enforce, {}).override_reason ==
          std::nullopt);
    CHECK(authenticate::dispose(failing(dmarc::Policy::quarantine), {}, enforce, {}).override_reason ==
          std::nullopt);
    CHECK(authenticate::dispose(test::good(), {}, enforce, {}).override_reason == std::nullopt);
}

TEST_CASE("what was done for another reason may be all that the author's domain asked for") {
    auto verdict = failing(dmarc::Policy::reject);
    Policy policy = dmarc_policy(Enforcement::annotate);
    policy.spf.fail = Action::mark;
    verdict.sender.mail_from.emplace();
    verdict.sender.mail_from->result = spf::Result::fail;
    CHECK(authenticate::dispose(verdict, {}, policy, {}).override_reason.has_value());
    policy.spf.fail = Action::reject;
    CHECK(authenticate::dispose(verdict, {}, policy, {}).override_reason == std::nullopt);
    auto later = authenticate::dispose(verdict, {}, dmarc_policy(Enforcement::annotate), {});
    CHECK(find_override(later, verdict, {}).has_value());
    later.action = Action::reject; // as policyd-spf's switches may have it
    CHECK(find_override(later, verdict, {}) == std::nullopt);
}

TEST_CASE("no name of an exception and no sign spells a result or ends a comment") {
    test::HostileText text;
    CAPTURE(text.seed());
    const auto enforce = dmarc_policy(Enforcement::enforce);
    for (std::size_t round = 0; round < test::rounds(300); ++round) {
        auto exception = for_author();
        exception.name = text.next() + "dmarc=pass;(";
        const auto verdict = failing(dmarc::Policy::reject);
        for (const auto& disposition :
             {authenticate::dispose(verdict, {}, enforce, {exception}),
              authenticate::dispose(verdict, passed_on(text.next() + "\")", true), enforce, {})}) {
            std::vector<authres::MethodResult> results(1);
            results[0].method = "dmarc";
            results[0].result = "fail";
            results[0].comments = {"p=reject"};
            tell_disposition(disposition, results);
            const auto& comments = results[0].comments;
            REQUIRE(comments.size() == 2);
            const std::string& words = comments[1];
            REQUIRE(words.size() < 200);
            REQUIRE(words.find_first_of("=();\"\\") == std::string::npos);
            REQUIRE(std::all_of(words.begin(), words.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
        }
    }
}
