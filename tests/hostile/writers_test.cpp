// Whatever the network says, what is written is one harmless field, one harmless line, one well-formed
// document.
#include "authenticate/results.h"
#include "authres/format.h"
#include "authres/parse.h"
#include "base/ascii.h"
#include "crypto/signing_key.h"
#include "dkim/sign.h"
#include "milter/log/logger.h"
#include "milter/record/json.h"
#include "milter/record/log_line.h"
#include "spf/received_spf.h"
#include "support/catch.h"
#include "support/hostile_text.h"
#include "support/keys.h"
#include "support/memory_logger.h"
#include "support/written_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

#include <set>

using test::HostileText;

namespace {

// milter/log/logger.cpp: 4000 octets, after a queue id of 64, each of which may be written as four.
constexpr std::size_t longest_log_line = 4300;

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

spf::Verdict spf_verdict(HostileText& text) {
    constexpr std::array results = {spf::Result::none, spf::Result::fail, spf::Result::pass,
                                    spf::Result::permerror};
    spf::Verdict verdict;
    verdict.result = text.pick(results);
    verdict.domain = text.name();
    verdict.mechanism = text.next();
    verdict.explanation = text.next();
    verdict.problem = text.next();
    return verdict;
}

dkim::Verdict dkim_verdict(HostileText& text) {
    constexpr std::array results = {dkim::Result::pass, dkim::Result::fail, dkim::Result::permerror};
    dkim::Verdict verdict;
    verdict.result = text.pick(results);
    verdict.reason = text.one_in(2) ? "no key for signature" : "";
    verdict.domain = text.name();
    verdict.selector = text.name();
    verdict.identity = text.next() + "@" + text.name();
    verdict.algorithm = text.next();
    verdict.signature_text = text.next();
    return verdict;
}

authenticate::Verdict inbound_verdict(HostileText& text) {
    authenticate::Verdict verdict;
    verdict.dkim_checked = true;
    if (text.one_in(2)) {
        verdict.sender.iprev = iprev::Verdict{iprev::Result::pass, text.name(), text.next()};
    }
    if (text.one_in(4)) {
        verdict.sender.path_problem = text.next();
    } else {
        verdict.sender.mail_from = spf_verdict(text);
    }
    verdict.sender.null_sender = text.one_in(4);
    verdict.sender.helo = spf_verdict(text);
    for (std::size_t n = text.below(4); n > 0; --n) {
        verdict.dkim.push_back(dkim_verdict(text));
    }
    verdict.dmarc =
        authenticate::DmarcVerdict{dmarc::Result::permerror, base::DomainName::parse("example.org"), {}, {}};
    verdict.dmarc->problem = text.next();
    return verdict;
}

// Cuts a log line at the blanks outside of double quotes.
std::vector<std::string> pairs_of(std::string_view line) {
    std::vector<std::string> pairs(1);
    bool quoted = false;
    for (const char c : line) {
        quoted = quoted != (c == '"');
        if (c == ' ' && !quoted) {
            pairs.emplace_back();
        } else {
            pairs.back() += c;
        }
    }
    return pairs;
}

} // namespace

TEST_CASE("Authentication-Results is one field that reads back as our results", "[property][rfc8601-2.2]") {
    HostileText text;
    INFO("PARAPH_SEED=" << text.seed());
    for (std::size_t i = test::rounds(20'000); i > 0; --i) {
        const auto results = authenticate::results(inbound_verdict(text));
        const auto body = authres::format("mx.test", results);
        const auto problem = test::problem_with_field("Authentication-Results", " " + body);
        const auto again = authres::parse(body);
        CAPTURE(body, problem);
        REQUIRE(problem.empty());
        REQUIRE(again.has_value());
        REQUIRE(again->authserv_id == "mx.test");
        REQUIRE(again->results.size() == results.size());
        for (std::size_t k = 0; k < results.size(); ++k) {
            REQUIRE(again->results[k].method == results[k].method);
            REQUIRE(again->results[k].result == results[k].result);
            for (const auto& property : again->results[k].properties) {
                // What is shown of an identity is all of it: no part of another one.
                const bool whole = std::any_of(
                    results[k].properties.begin(), results[k].properties.end(), [&](const auto& given) {
                        return given.ptype == property.ptype && given.name == property.name &&
                               given.value == property.value;
                    });
                REQUIRE(whole);
            }
        }
    }
}

TEST_CASE("any authserv-id gives one field", "[property]") {
    HostileText text;
    INFO("PARAPH_SEED=" << text.seed());
    for (std::size_t i = test::rounds(20'000); i > 0; --i) {
        const auto id = text.next();
        const auto body = " " + authres::format(id, {});
        CAPTURE(body);
        if (authres::is_authserv_id(id)) {
            REQUIRE(test::problem_with_field("Authentication-Results", body).empty());
        }
    }
}

TEST_CASE("Received-SPF is one field", "[property][rfc7208-9.1]") {
    HostileText text;
    INFO("PARAPH_SEED=" << text.seed());
    for (std::size_t i = test::rounds(20'000); i > 0; --i) {
        const auto helo = text.next();
        const auto local_part = text.next();
        const auto domain = text.name();
        const spf::Request request{.client = *base::IpAddress::parse("2001:db8::1"),
                                   .helo = helo,
                                   .identity = spf::Identity::mail_from,
                                   .local_part = local_part,
                                   .domain = domain,
                                   .receiver = text.next(),
                                   .now = 0};
        const auto body = " " + spf::format_received_spf(spf_verdict(text), request);
        const auto problem = test::problem_with_field("Received-SPF", body);
        CAPTURE(body, problem);
        REQUIRE(problem.empty());
    }
}

TEST_CASE("a signature is one field that reads back, or there is none", "[property][rfc6376-3.5]") {
    HostileText text;
    INFO("PARAPH_SEED=" << text.seed());
    const auto key = crypto::SigningKey::from_pem(support::ed25519_pem).value();
    message::HeaderList headers;
    headers.add(message::HeaderField("From", " ann@example.org"));
    headers.add(message::HeaderField("X\x01Y", " odd"));
    std::size_t made = 0;
    for (std::size_t i = test::rounds(20'000); i > 0; --i) {
        dkim::SignOptions options;
        options.domain = text.one_in(2) ? "example.org" : text.name();
        options.selector = text.one_in(2) ? "s1" : text.name();
        options.identity = text.one_in(2) ? "" : text.next() + "@" + options.domain;
        if (text.one_in(4)) {
            options.signed_fields.push_back(text.next());
        }
        const auto body = dkim::sign(options, key, headers, {}, 1'790'000'000);
        if (!body) {
            continue;
        }
        ++made;
        const auto problem = test::problem_with_field("DKIM-Signature", *body);
        const auto again = dkim::parse_signature(*body);
        CAPTURE(*body, problem);
        REQUIRE(problem.empty());
        REQUIRE(again.has_value());
        REQUIRE(again->domain_as_written == options.domain);
        REQUIRE(again->selector == base::to_lower(options.selector));
        REQUIRE(again->identity == (options.identity.empty() ? "@" + options.domain : options.identity));
    }
    CHECK(made > 0);
}

TEST_CASE("a log line is one line, and no value looks like another pair", "[property]") {
    const std::set<std::string> known = {"mode",         "why",           "client",
                                         "sender",       "iprev",         "spf",
                                         "spf.mailfrom", "spf.helo",      "helo",
                                         "dkim",         "dmarc",         "from",
                                         "dkim.reason",  "dkim.more",     "dmarc.reason",
                                         "spf.reason",   "author",        "policy",
                                         "signed",       "unsigned",      "removed_results",
                                         "dns_ms",       "dns_questions", "dmarc.from",
                                         "from.more",    "came_back"};
    HostileText text;
    INFO("PARAPH_SEED=" << text.seed());
    for (std::size_t i = test::rounds(20'000); i > 0; --i) {
        milter::record::MessageFacts facts;
        facts.mode = text.one_in(3) ? milter::record::Mode::sign : milter::record::Mode::verify;
        facts.why = text.next();
        facts.mail_from = text.next();
        if (facts.mode == milter::record::Mode::verify) {
            facts.verdict = inbound_verdict(text);
        }
        facts.signed_by = {text.next(), text.next()};
        facts.unsigned_because = text.next();
        const auto line = milter::record::log_line(facts);
        CAPTURE(line);
        for (const auto& pair : pairs_of(line)) {
            CAPTURE(pair);
            REQUIRE(known.count(pair.substr(0, pair.find('='))) == 1);
        }
        test::MemoryLogger logger; // a new one each time, which keeps nothing back yet
        logger.write(milter::log::Event::message, text.next(), line);
        logger.write(milter::log::Event::internal_error, text.next(), text.next());
        logger.write(milter::log::Event::resolver_warning, text.next());
        for (const auto& written : logger.lines) {
            const auto problem = test::problem_with_line(written, longest_log_line);
            CAPTURE(written, problem);
            REQUIRE(problem.empty());
        }
    }
}

TEST_CASE("what the tool prints as JSON is JSON in ASCII", "[property]") {
    HostileText text;
    INFO("PARAPH_SEED=" << text.seed());
    for (std::size_t i = test::rounds(5'000); i > 0; --i) {
        const auto verdict = inbound_verdict(text);
        const auto json = milter::record::dump(milter::record::to_json(verdict)) +
                          milter::record::dump(milter::record::to_json(authenticate::results(verdict)));
        REQUIRE(
            std::all_of(json.begin(), json.end(), [](char c) { return test::is_printable(c) || c == '\n'; }));
        REQUIRE(nlohmann::json::accept(milter::record::dump(milter::record::to_json(verdict))));
    }
}

TEST_CASE("words of the DNS and of the sender spell no result", "[property]") {
    HostileText text;
    INFO("PARAPH_SEED=" << text.seed());
    for (std::size_t i = test::rounds(20'000); i > 0; --i) {
        auto verdict = inbound_verdict(text);
        // These words are ours alone, or checked names; the others come from outside.
        verdict.dmarc->problem.clear();
        verdict.sender.iprev.reset();
        for (auto* spf : {&verdict.sender.mail_from, &verdict.sender.helo}) {
            if (*spf) {
                (*spf)->domain = "example.org";
            }
        }
        for (auto& signature : verdict.dkim) {
            signature.domain = signature.selector = "example.org";
            signature.algorithm = "rsa-sha256";
            signature.signature_text = "AbCdEfGh";
        }
        const auto body = authres::format("mx.test", authenticate::results(verdict));
        CAPTURE(body);
        REQUIRE_FALSE(contains(body, HostileText::forged));
    }
}
