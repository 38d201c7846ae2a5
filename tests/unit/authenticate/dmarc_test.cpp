#include "authenticate/dmarc.h"

#include "message/header_list.h"
#include "support/catch.h"
#include "support/world/resolve.h"

using authenticate::DmarcVerdict;
using test::Zone;

namespace {

message::Author author(const std::string& from) {
    message::HeaderList headers;
    headers.add(message::HeaderField("From", " " + from));
    return message::find_author(headers);
}

DmarcVerdict resolve(const message::Author& from, const authenticate::SenderVerdict& sender,
                     const std::vector<dkim::Verdict>& signatures, const Zone& zone,
                     const authenticate::Options& options = {}) {
    const auto evaluate = [&](const dns::Answers& known) {
        return authenticate::check_dmarc(from, sender, signatures, known, options);
    };
    return test::resolve(evaluate, zone, {.most_rounds = 20}).verdict;
}

authenticate::SenderVerdict sender(spf::Result result, const std::string& domain, bool by_helo = false) {
    spf::Verdict verdict;
    verdict.result = result;
    verdict.domain = domain;
    authenticate::SenderVerdict all;
    (by_helo ? all.helo : all.mail_from) = verdict;
    return all;
}

dkim::Verdict signature(dkim::Result result, const std::string& domain) {
    dkim::Verdict verdict;
    verdict.result = result;
    verdict.domain = domain;
    return verdict;
}

const Zone zone{{"TXT _dmarc.a.example", "v=DMARC1; p=reject"},
                {"TXT _dmarc.b.example", "v=DMARC1; p=quarantine"},
                {"TXT _dmarc.c.example", "v=DMARC1; p=none"},
                {"TXT _dmarc.broken.example", "FAILED servfail"}};

} // namespace

TEST_CASE("which identifiers count for DMARC") {
    struct Case {
        const char* name;
        authenticate::SenderVerdict sender;
        std::vector<dkim::Verdict> signatures;
        dmarc::Result expected;
    };
    using S = spf::Result;
    using D = dkim::Result;
    const Case cases[] = {
        {"SPF pass of MAIL FROM", sender(S::pass, "a.example"), {}, dmarc::Result::pass},
        {"SPF pass of another domain", sender(S::pass, "b.example"), {}, dmarc::Result::fail},
        {"a HELO pass never counts", sender(S::pass, "a.example", true), {}, dmarc::Result::fail},
        {"SPF softfail", sender(S::softfail, "a.example"), {}, dmarc::Result::fail},
        {"SPF neutral", sender(S::neutral, "a.example"), {}, dmarc::Result::fail},
        {"SPF permerror", sender(S::permerror, "a.example"), {}, dmarc::Result::fail},
        {"SPF temperror leaves it open", sender(S::temperror, "a.example"), {}, dmarc::Result::temperror},
        {"SPF temperror of another domain does not", sender(S::temperror, "b.test"), {}, dmarc::Result::fail},
        {"a passing signature", {}, {signature(D::pass, "a.example")}, dmarc::Result::pass},
        {"the second signature passes",
         {},
         {signature(D::fail, "a.example"), signature(D::pass, "a.example")},
         dmarc::Result::pass},
        {"a signature against policy", {}, {signature(D::policy, "a.example")}, dmarc::Result::fail},
        {"a neutral one", {}, {signature(D::neutral, "a.example")}, dmarc::Result::fail},
        {"a permerror", {}, {signature(D::permerror, "a.example")}, dmarc::Result::fail},
        {"a temperror leaves it open", {}, {signature(D::temperror, "a.example")}, dmarc::Result::temperror},
        {"unless something else passes",
         sender(S::pass, "a.example"),
         {signature(D::temperror, "a.example")},
         dmarc::Result::pass},
        {"a signature without a readable domain",
         {},
         {signature(D::pass, "a.example(")},
         dmarc::Result::fail},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(resolve(author("ann@a.example"), c.sender, c.signatures, zone).result == c.expected);
    }
}

TEST_CASE("of several author domains the strictest failing one decides") {
    struct Case {
        const char* name;
        const char* from;
        dmarc::Result expected;
        const char* domain;
    };
    // a.example is authenticated.
    const Case cases[] = {
        {"one that passes", "x@a.example", dmarc::Result::pass, "a.example"},
        {"two addresses of one domain are one domain", "x@a.example, y@A.example", dmarc::Result::pass,
         "a.example"},
        {"a second that fails", "x@a.example, y@b.example", dmarc::Result::fail, "b.example"},
        {"order does not matter", "x@b.example, y@a.example", dmarc::Result::fail, "b.example"},
        {"quarantine is stricter than none", "x@c.example, y@b.example", dmarc::Result::fail, "b.example"},
        {"a domain without a record is not a pass", "x@a.example, y@d.example", dmarc::Result::none,
         "d.example"},
        {"an open question outweighs a pass", "x@a.example, y@broken.example", dmarc::Result::temperror,
         "broken.example"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        const auto verdict = resolve(author(c.from), {}, {signature(dkim::Result::pass, "a.example")}, zone);
        CHECK(verdict.result == c.expected);
        REQUIRE(verdict.author_domain);
        CHECK(verdict.author_domain->text() == c.domain);
    }
}

TEST_CASE("what another author domain leaves open is not forgotten where one fails") {
    const Zone errors{{"TXT _dmarc.c.example", "v=DMARC1; p=none"},
                      {"TXT _dmarc.broken.example", "FAILED servfail"},
                      {"TXT _dmarc.wrong.example", "v=DMARC1; p=x; rua=y"}};
    const auto both = resolve(author("x@c.example, y@broken.example, z@wrong.example"), {}, {}, errors);
    CHECK(both.result == dmarc::Result::fail);
    CHECK(both.author_domain == base::DomainName::parse("c.example"));
    CHECK(both.temperror_of == base::DomainName::parse("broken.example"));
    CHECK(both.permerror_of == base::DomainName::parse("wrong.example"));
    const auto decides = resolve(author("y@broken.example, z@wrong.example"), {}, {}, errors);
    CHECK(decides.result == dmarc::Result::temperror);
    CHECK_FALSE(decides.temperror_of);
    CHECK(decides.permerror_of == base::DomainName::parse("wrong.example"));
}

TEST_CASE("a From that cannot be read in one way is a permerror, never nothing to check") {
    for (const char* from : {"", "undisclosed:;", "ann", "ann@[192.0.2.1]", "=?utf-8?q?ann=40a.example?=",
                             "<x@a.example>ann@b.example", "ann@a.example\x01"}) {
        INFO(from);
        const auto verdict = resolve(author(from), sender(spf::Result::pass, "a.example"), {}, zone);
        CHECK(verdict.result == dmarc::Result::permerror);
        CHECK_FALSE(verdict.problem.empty());
        CHECK_FALSE(verdict.author_domain);
    }
    const auto missing = resolve(message::find_author(message::HeaderList()), {}, {}, zone);
    CHECK(missing.result == dmarc::Result::permerror);
}

TEST_CASE("more author domains than are evaluated is a permerror") {
    authenticate::Options options;
    options.author_domains = 2;
    const auto from = author("x@a.example, x@b.example, x@c.example");
    CHECK(resolve(from, {}, {}, zone, options).result == dmarc::Result::permerror);
}
