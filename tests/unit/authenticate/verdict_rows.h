// Verdicts of which one thing is bad, each with the setting that is for it.
#pragma once

#include "authenticate/disposition.h"

#include <string>
#include <string_view>
#include <vector>

namespace test {

inline constexpr authenticate::Action every_action[] = {
    authenticate::Action::accept,   authenticate::Action::mark,   authenticate::Action::quarantine,
    authenticate::Action::tempfail, authenticate::Action::reject, authenticate::Action::discard};

// A policy that accepts everything and follows p=reject and p=quarantine once they have an action.
inline authenticate::Policy lenient() {
    using authenticate::Action;
    authenticate::Policy policy;
    policy.author = {Action::accept, Action::accept, Action::accept, Action::accept, Action::accept};
    policy.dmarc.enforcement = authenticate::Enforcement::strict;
    policy.dmarc.reject = Action::accept;
    policy.dmarc.quarantine = Action::accept;
    policy.quarantine_field = "X-Hold";
    return policy;
}

inline base::DomainName name(std::string_view text) {
    return *base::DomainName::parse(text);
}

// One of ann@example.org that passes everything.
inline authenticate::Verdict good() {
    authenticate::Verdict verdict;
    verdict.author.state = message::Author::State::one;
    verdict.author.domains = {name("example.org")};
    verdict.author.mailboxes = {{"ann", "example.org"}};
    verdict.sender.mail_from.emplace();
    verdict.sender.mail_from->result = spf::Result::pass;
    verdict.sender.mail_from->domain = "example.org";
    verdict.sender.helo = verdict.sender.mail_from;
    verdict.sender.helo->domain = "mx.example.org";
    verdict.sender.iprev.emplace();
    verdict.sender.iprev->result = iprev::Result::pass;
    verdict.sender.iprev->name = "mx.example.org";
    verdict.dkim_checked = true;
    verdict.dkim.resize(1);
    verdict.dkim[0].result = dkim::Result::pass;
    verdict.dkim[0].cause = dkim::Cause::verified;
    verdict.dkim[0].domain = "example.org";
    verdict.dmarc.emplace();
    verdict.dmarc->result = dmarc::Result::pass;
    verdict.dmarc->author_domain = name("example.org");
    return verdict;
}

inline authenticate::Verdict with_author(message::Author::State state) {
    auto verdict = good();
    verdict.author = {};
    verdict.author.state = state;
    return verdict;
}

inline authenticate::Verdict with_spf(spf::Result result) {
    auto verdict = good();
    verdict.sender.mail_from->result = result;
    return verdict;
}

inline authenticate::Verdict with_helo(spf::Result result) {
    auto verdict = good();
    verdict.sender.helo->result = result;
    return verdict;
}

inline dkim::Verdict signature(std::string domain, dkim::Cause cause) {
    dkim::Verdict verdict;
    verdict.domain = std::move(domain);
    verdict.cause = cause;
    verdict.result = dkim::result_of(cause);
    return verdict;
}

inline authenticate::Verdict with_dkim(std::vector<dkim::Verdict> signatures) {
    auto verdict = good();
    verdict.dkim = std::move(signatures);
    return verdict;
}

inline authenticate::Verdict with_iprev(iprev::Result result) {
    auto verdict = good();
    verdict.sender.iprev->result = result;
    return verdict;
}

inline authenticate::Verdict with_dmarc(dmarc::Result result, dmarc::Policy policy = dmarc::Policy::none) {
    auto verdict = good();
    verdict.dmarc->result = result;
    verdict.dmarc->evaluation.emplace();
    verdict.dmarc->evaluation->result = result;
    if (result == dmarc::Result::fail) {
        verdict.dmarc->evaluation->policy = policy;
        verdict.dmarc->evaluation->published_policy = policy;
    }
    return verdict;
}

struct Row {
    std::string_view reason;
    authenticate::Ground ground;
    std::string_view setting;
    authenticate::Verdict verdict;
    authenticate::Action& (*action)(authenticate::Policy&);
};

inline std::vector<Row> author_rows() {
    using authenticate::Action;
    using authenticate::Ground;
    using authenticate::Policy;
    using State = message::Author::State;
    auto stray = good();
    stray.stray_line_breaks = true;
    const auto ground = Ground::author;
    return {
        {"no-from", ground, "author_missing", with_author(State::none),
         [](Policy& p) -> Action& { return p.author.missing; }},
        {"several-from", ground, "author_several_fields", with_author(State::several_fields),
         [](Policy& p) -> Action& { return p.author.several_fields; }},
        {"several-domains", ground, "author_several_domains", with_author(State::several_domains),
         [](Policy& p) -> Action& { return p.author.several_domains; }},
        {"unreadable-from", ground, "author_unreadable", with_author(State::unreadable),
         [](Policy& p) -> Action& { return p.author.unreadable; }},
        {"stray-line-break", ground, "author_stray_line_break", stray,
         [](Policy& p) -> Action& { return p.author.stray_line_break; }},
    };
}

inline std::vector<Row> spf_rows() {
    using authenticate::Action;
    using authenticate::Policy;
    using Result = spf::Result;
    const auto spf = authenticate::Ground::spf;
    const auto helo = authenticate::Ground::helo;
    return {
        {"spf-fail", spf, "spf_fail", with_spf(Result::fail),
         [](Policy& p) -> Action& { return p.spf.fail; }},
        {"spf-softfail", spf, "spf_softfail", with_spf(Result::softfail),
         [](Policy& p) -> Action& { return p.spf.softfail; }},
        {"spf-neutral", spf, "spf_neutral", with_spf(Result::neutral),
         [](Policy& p) -> Action& { return p.spf.neutral; }},
        {"spf-none", spf, "spf_none", with_spf(Result::none),
         [](Policy& p) -> Action& { return p.spf.none; }},
        {"spf-permerror", spf, "spf_permerror", with_spf(Result::permerror),
         [](Policy& p) -> Action& { return p.spf.permerror; }},
        {"spf-temperror", spf, "spf_temperror", with_spf(Result::temperror),
         [](Policy& p) -> Action& { return p.spf.temperror; }},
        {"helo-fail", helo, "helo_fail", with_helo(Result::fail),
         [](Policy& p) -> Action& { return p.helo.fail; }},
        {"helo-softfail", helo, "helo_softfail", with_helo(Result::softfail),
         [](Policy& p) -> Action& { return p.helo.softfail; }},
        {"helo-neutral", helo, "helo_neutral", with_helo(Result::neutral),
         [](Policy& p) -> Action& { return p.helo.neutral; }},
        {"helo-none", helo, "helo_none", with_helo(Result::none),
         [](Policy& p) -> Action& { return p.helo.none; }},
        {"helo-permerror", helo, "helo_permerror", with_helo(Result::permerror),
         [](Policy& p) -> Action& { return p.helo.permerror; }},
        {"helo-temperror", helo, "helo_temperror", with_helo(Result::temperror),
         [](Policy& p) -> Action& { return p.helo.temperror; }},
    };
}

inline std::vector<Row> dkim_rows() {
    using authenticate::Action;
    using authenticate::Policy;
    using dkim::Cause;
    const auto ground = authenticate::Ground::dkim;
    const auto of = [](Cause cause) { return with_dkim({signature("example.org", cause)}); };
    return {
        {"dkim-none", ground, "dkim_none", with_dkim({}), [](Policy& p) -> Action& { return p.dkim.none; }},
        {"dkim-fail", ground, "dkim_fail", of(Cause::body_hash_mismatch),
         [](Policy& p) -> Action& { return p.dkim.fail; }},
        {"dkim-no-key", ground, "dkim_no_key", of(Cause::key_revoked),
         [](Policy& p) -> Action& { return p.dkim.no_key; }},
        {"dkim-policy", ground, "dkim_policy", of(Cause::key_too_small),
         [](Policy& p) -> Action& { return p.dkim.policy; }},
        {"dkim-permerror", ground, "dkim_permerror", of(Cause::key_unreadable),
         [](Policy& p) -> Action& { return p.dkim.permerror; }},
        {"dkim-temperror", ground, "dkim_temperror", of(Cause::lookup_failed),
         [](Policy& p) -> Action& { return p.dkim.temperror; }},
    };
}

inline std::vector<Row> other_rows() {
    using authenticate::Action;
    using authenticate::Policy;
    const auto iprev = authenticate::Ground::iprev;
    const auto dmarc = authenticate::Ground::dmarc;
    return {
        {"iprev-fail", iprev, "iprev_fail", with_iprev(iprev::Result::fail),
         [](Policy& p) -> Action& { return p.iprev.fail; }},
        {"iprev-permerror", iprev, "iprev_permerror", with_iprev(iprev::Result::permerror),
         [](Policy& p) -> Action& { return p.iprev.permerror; }},
        {"iprev-temperror", iprev, "iprev_temperror", with_iprev(iprev::Result::temperror),
         [](Policy& p) -> Action& { return p.iprev.temperror; }},
        {"dmarc-reject", dmarc, "dmarc_reject", with_dmarc(dmarc::Result::fail, dmarc::Policy::reject),
         [](Policy& p) -> Action& { return p.dmarc.reject; }},
        {"dmarc-quarantine", dmarc, "dmarc_quarantine",
         with_dmarc(dmarc::Result::fail, dmarc::Policy::quarantine),
         [](Policy& p) -> Action& { return p.dmarc.quarantine; }},
        {"dmarc-permerror", dmarc, "dmarc_permerror", with_dmarc(dmarc::Result::permerror),
         [](Policy& p) -> Action& { return p.dmarc.permerror; }},
        {"dmarc-temperror", dmarc, "dmarc_temperror", with_dmarc(dmarc::Result::temperror),
         [](Policy& p) -> Action& { return p.dmarc.temperror; }},
    };
}

// Every result that a setting is for.
inline std::vector<Row> every_row() {
    std::vector<Row> rows = author_rows();
    for (const auto& more : {spf_rows(), dkim_rows(), other_rows()}) {
        rows.insert(rows.end(), more.begin(), more.end());
    }
    return rows;
}

} // namespace test
