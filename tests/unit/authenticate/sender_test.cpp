#include "authenticate/sender.h"

#include "support/catch.h"
#include "support/world/resolve.h"

using authenticate::check_sender;
using authenticate::Envelope;
using authenticate::SenderVerdict;
using test::Zone;

namespace {

SenderVerdict resolve(const Envelope& envelope, const Zone& zone, const authenticate::Options& options = {}) {
    return test::resolve([&](const dns::Answers& known) { return check_sender(envelope, 0, known, options); },
                         zone, {.most_rounds = 20})
        .verdict;
}

const auto client = base::IpAddress::parse("192.0.2.1");

} // namespace

TEST_CASE("which identities SPF is asked about") {
    const Zone zone{{"TXT helo.example", "v=spf1 ip4:192.0.2.1 -all"}, {"TXT sender.example", "v=spf1 -all"}};
    struct Case {
        const char* name;
        Envelope envelope;
        const char* mail_from; // the result for MAIL FROM, empty when there is no such identity
        const char* helo;      // the result of the separate HELO check, empty when there is none
        bool null_sender;
    };
    const Case cases[] = {
        {"both", {client, "helo.example", "<a@sender.example>"}, "fail", "pass", false},
        {"null sender is HELO's postmaster", {client, "helo.example", "<>"}, "pass", "", true},
        {"null sender as sendmail(1) spells it", {client, "helo.example", ""}, "pass", "", true},
        {"an address literal is no HELO identity",
         {client, "[192.0.2.1]", "<a@sender.example>"},
         "fail",
         "",
         false},
        {"a bare address is none", {client, "192.0.2.1", "<a@sender.example>"}, "fail", "", false},
        {"a single label is none", {client, "localhost", "<a@sender.example>"}, "fail", "", false},
        {"null sender with an address literal has no domain",
         {client, "[192.0.2.1]", "<>"},
         "none",
         "",
         true},
        {"a path that is nobody's to some is not HELO's",
         {client, "helo.example", "<(a@sender.example>"},
         "fail",
         "pass",
         false},
        {"nor may it pass", {client, "x", "<(a@helo.example>"}, "none", "", false},
        {"nor a path with two domains",
         {client, "x", "<a@sender.example,b@helo.example>"},
         "none",
         "",
         false},
        {"a path outside of the grammar passes by its domain",
         {client, "x", "< a..b@helo.example. >"},
         "pass",
         "",
         false},
        {"and fails by it", {client, "x", "< a..b@sender.example. >"}, "fail", "", false},
        {"without a local-part", {client, "x", "<@sender.example>"}, "fail", "", false},
        {"without a domain there is no result, and none of HELO's",
         {client, "helo.example", "<postmaster>"},
         "none",
         "pass",
         false},
        {"blanks alone are the null path", {client, "helo.example", "< >"}, "pass", "", true},
        {"a source route is dropped", {client, "x", "<@helo.example:a@sender.example>"}, "fail", "", false},
        {"without a client address there is nothing to check",
         {std::nullopt, "helo.example", "<a@b.example>"},
         "",
         "",
         false},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        const auto verdict = resolve(c.envelope, zone);
        CHECK((verdict.mail_from ? spf::print(verdict.mail_from->result) : "") == c.mail_from);
        CHECK((verdict.helo ? spf::print(verdict.helo->result) : "") == c.helo);
        CHECK(verdict.null_sender == c.null_sender);
    }
}

TEST_CASE("HELO and MAIL FROM are asked for in one round") {
    const auto outcome = check_sender({client, "helo.example", "<a@sender.example>"}, 0, dns::Answers(), {});
    REQUIRE(std::holds_alternative<dns::Questions>(outcome));
    CHECK(std::get<dns::Questions>(outcome).size() == 2);
}

TEST_CASE("what is settled is not asked for again") {
    const dns::Answers known = Zone{{"TXT helo.example", "v=spf1 -all"}}.answers();
    const authenticate::Envelope envelope{client, "helo.example", "<a@sender.example>"};
    authenticate::SenderVerdict verdict;
    CHECK(check_sender(envelope, 0, known, {}, verdict).size() == 1);
    REQUIRE(verdict.helo);
    CHECK(verdict.helo->result == spf::Result::fail);

    const dns::Answers other = Zone{{"TXT sender.example", "v=spf1 -all"}}.answers(); // without HELO's
    CHECK(check_sender(envelope, 0, other, {}, verdict).empty());
    REQUIRE(verdict.mail_from);
    CHECK(verdict.mail_from->result == spf::Result::fail);
}

TEST_CASE("checks that are off ask nothing") {
    authenticate::Options options;
    options.spf = false;
    const auto verdict = resolve({client, "helo.example", "<a@sender.example>"}, {}, options);
    CHECK_FALSE(verdict.mail_from);
    CHECK_FALSE(verdict.helo);
    CHECK_FALSE(verdict.iprev);
}

TEST_CASE("behind a relay the client is checked, or nobody") {
    const Zone zone{{"TXT sender.example", "v=spf1 ip4:192.0.2.1 -all"},
                    {"TXT relay.example", "v=spf1 ip4:198.51.100.7 -all"}};
    authenticate::Passage found;
    found.client = client;
    authenticate::Passage missing;
    missing.reason = "no Received field of 198.51.100.7";
    authenticate::Passage hidden = found;
    hidden.hidden_sender = "a relay rewrote MAIL FROM";
    struct Case {
        const char* name;
        Envelope envelope;
        spf::Result result;
        std::string problem;
        std::string domain;
    };
    const Case cases[] = {
        {"found", {client, "h", "<a@sender.example>", found}, spf::Result::pass, "", "sender.example"},
        {"not found",
         {std::nullopt, "", "<a@sender.example>", missing},
         spf::Result::none,
         missing.reason,
         "sender.example"},
        {"not found, null sender", {std::nullopt, "", "<>", missing}, spf::Result::none, missing.reason, ""},
        {"rewritten",
         {client, "h", "<SRS0=a=b=c.example=d@sender.example>", hidden},
         spf::Result::none,
         hidden.hidden_sender,
         ""},
    };
    for (const Case& one : cases) {
        INFO(one.name);
        authenticate::Options options;
        options.iprev = true;
        const auto verdict = resolve(one.envelope, zone, options);
        REQUIRE(verdict.mail_from);
        CHECK(verdict.mail_from->result == one.result);
        CHECK(verdict.mail_from->problem == one.problem);
        CHECK(verdict.mail_from->domain == one.domain);
        CHECK(verdict.iprev.has_value() == one.envelope.client.has_value());
    }
}
