#include "spf/evaluate.h"

#include "support/catch.h"
#include "unit/spf/sample.h"

#include <fmt/format.h>

#include <span>

using spf::Result;
using test::evaluate;
using test::Lines;
using test::Zone;

namespace {

std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

// "depth domain term -> what", as an operator reads it.
std::vector<std::string> steps(const spf::Verdict& verdict) {
    std::vector<std::string> lines;
    for (const spf::Step& step : verdict.steps) {
        lines.push_back(fmt::format("{} {} {} -> {}", step.depth, step.domain, step.term, step.what));
    }
    return lines;
}

struct HostCase {
    const char* name;
    Lines lines;
    Result result;
    const char* mechanism;
    std::size_t terms;
    std::size_t void_lookups;
};

void check(std::span<const HostCase> cases) {
    for (const HostCase& c : cases) {
        INFO(c.name);
        const auto verdict = evaluate(test::ann(), Zone(c.lines)).verdict;
        INFO(verdict.problem);
        CHECK(verdict.result == c.result);
        CHECK(verdict.mechanism == c.mechanism);
        CHECK(verdict.terms == c.terms);
        CHECK(verdict.void_lookups == c.void_lookups);
        CHECK(verdict.domain == "example.org");
        const bool troubled =
            c.result == Result::none || c.result == Result::temperror || c.result == Result::permerror;
        CHECK(verdict.problem.empty() != troubled);
    }
}

} // namespace

TEST_CASE("check_host gives a result for any record or none") {
    const HostCase cases[] = {
        {"no such domain", {}, Result::none, "", 0, 0},
        {"a domain without SPF record", {{"TXT example.org", "hello"}}, Result::none, "", 0, 0},
        {"two records",
         {{"TXT example.org", "v=spf1"}, {"TXT example.org", "v=spf1"}},
         Result::permerror,
         "",
         0,
         0},
        {"TXT lookup fails", {{"TXT example.org", "FAILED timeout"}}, Result::temperror, "", 0, 0},
        {"nothing matches", {{"TXT example.org", "v=spf1 ip4:192.0.2.9"}}, Result::neutral, "default", 0, 0},
        {"ip4",
         {{"TXT example.org", "v=spf1 ip4:192.0.2.9 ip4:192.0.2.0/28 -all"}},
         Result::pass,
         "ip4:192.0.2.0/28",
         0,
         0},
        {"all in every colour", {{"TXT example.org", "v=spf1 ~all -all"}}, Result::softfail, "~all", 0, 0},
    };
    check(cases);
}

TEST_CASE("a, mx and exists match by addresses") {
    const HostCase cases[] = {
        {"a",
         {{"TXT example.org", "v=spf1 a -all"}, {"A example.org", "192.0.2.10"}},
         Result::pass,
         "a",
         1,
         0},
        {"a with prefix",
         {{"TXT example.org", "v=spf1 a/24"}, {"A example.org", "192.0.2.99"}},
         Result::pass,
         "a/24",
         1,
         0},
        {"a that fails",
         {{"TXT example.org", "v=spf1 a -all"}, {"A example.org", "FAILED timeout"}},
         Result::temperror,
         "",
         1,
         0},
        {"mx tries every host",
         {{"TXT example.org", "v=spf1 mx -all"},
          {"MX example.org", "10 a.example.org"},
          {"MX example.org", "20 b.example.org"},
          {"A a.example.org", "192.0.2.1"},
          {"A b.example.org", "192.0.2.10"}},
         Result::pass,
         "mx",
         1,
         0},
        {"mx never falls back to the address",
         {{"TXT example.org", "v=spf1 mx -all"}, {"A example.org", "192.0.2.10"}},
         Result::fail,
         "-all",
         1,
         1},
        {"the null MX has no host, which is no void lookup",
         {{"TXT example.org", "v=spf1 mx -all"}, {"MX example.org", "0 "}},
         Result::fail,
         "-all",
         1,
         0},
        {"exists asks for A",
         {{"TXT example.org", "v=spf1 exists:%{ir}.x.org"}, {"A 10.2.0.192.x.org", "127.0.0.2"}},
         Result::pass,
         "exists:%{ir}.x.org",
         1,
         0},
    };
    check(cases);
}

TEST_CASE("ptr matches names of the client within the domain") {
    const HostCase cases[] = {
        {"ptr within the domain",
         {{"TXT example.org", "v=spf1 ptr -all"},
          {"PTR 192.0.2.10", "mail.example.org"},
          {"A mail.example.org", "192.0.2.10"}},
         Result::pass,
         "ptr",
         1,
         0},
        {"ptr of a name that only looks alike",
         {{"TXT example.org", "v=spf1 ptr -all"},
          {"PTR 192.0.2.10", "bad-example.org"},
          {"A bad-example.org", "192.0.2.10"}},
         Result::fail,
         "-all",
         1,
         0},
        {"ptr whose lookup fails is no error",
         {{"TXT example.org", "v=spf1 ptr -all"}, {"PTR 192.0.2.10", "FAILED timeout"}},
         Result::fail,
         "-all",
         1,
         0},
        {"ptr skips a name whose address lookup fails",
         {{"TXT example.org", "v=spf1 ptr -all"},
          {"PTR 192.0.2.10", "a.example.org"},
          {"PTR 192.0.2.10", "b.example.org"},
          {"A a.example.org", "FAILED timeout"},
          {"A b.example.org", "192.0.2.10"}},
         Result::pass,
         "ptr",
         1,
         0},
        {"names of the client that do not exist cost the domain nothing",
         {{"TXT example.org", "v=spf1 ptr -all"},
          {"PTR 192.0.2.10", "a.example.org"},
          {"PTR 192.0.2.10", "b.example.org"},
          {"PTR 192.0.2.10", "c.example.org"},
          {"PTR 192.0.2.10", "d.example.org"}},
         Result::fail,
         "-all",
         1,
         0},
    };
    check(cases);
}

TEST_CASE("include and redirect go by the other record") {
    const HostCase cases[] = {
        {"include that passes",
         {{"TXT example.org", "v=spf1 ?include:x.org -all"}, {"TXT x.org", "v=spf1 ip4:192.0.2.10"}},
         Result::neutral,
         "?include:x.org",
         1,
         0},
        {"include that fails is no match",
         {{"TXT example.org", "v=spf1 include:x.org ~all"}, {"TXT x.org", "v=spf1 -all"}},
         Result::softfail,
         "~all",
         1,
         0},
        {"include of nothing",
         {{"TXT example.org", "v=spf1 include:x.org ~all"}},
         Result::permerror,
         "",
         1,
         0},
        {"include of a name with one label",
         {{"TXT example.org", "v=spf1 include:%{d1} ~all"}},
         Result::permerror,
         "",
         1,
         0},
        {"include that fails to answer",
         {{"TXT example.org", "v=spf1 include:x.org ~all"}, {"TXT x.org", "FAILED timeout"}},
         Result::temperror,
         "",
         1,
         0},
        {"redirect",
         {{"TXT example.org", "v=spf1 redirect=x.org"}, {"TXT x.org", "v=spf1 ip4:192.0.2.10 -all"}},
         Result::pass,
         "ip4:192.0.2.10",
         1,
         0},
        {"redirect to nothing", {{"TXT example.org", "v=spf1 redirect=x.org"}}, Result::permerror, "", 1, 0},
        {"redirect behind all is ignored",
         {{"TXT example.org", "v=spf1 redirect=x.org ?all"}},
         Result::neutral,
         "?all",
         0,
         0},
    };
    check(cases);
}

TEST_CASE("who sends no mail says so in a record of its own, and says nothing else") {
    const auto sends_no_mail = [](const std::string& record) {
        const Zone zone{{"TXT example.org", record}, {"TXT other.org", "v=spf1 -all"}};
        return evaluate(test::ann(), zone).verdict.sends_no_mail;
    };
    CHECK(sends_no_mail("v=spf1 -all"));
    CHECK(sends_no_mail("V=SPF1  -ALL "));
    for (const char* record :
         {"v=spf1 ~all", "v=spf1 all", "v=spf1", "v=spf1 ip4:198.51.100.1 -all",
          "v=spf1 -all exp=why.example.org", "v=spf1 -all x=y", "v=spf1 redirect=other.org",
          "v=spf1 include:other.org -all", "v=spf1 -include:other.org", "nothing"}) {
        INFO(record);
        CHECK_FALSE(sends_no_mail(record));
    }
}

TEST_CASE("void lookups are counted by term") {
    const HostCase cases[] = {
        {"two void lookups are fine",
         {{"TXT example.org", "v=spf1 a:a.org mx:b.org -all"}},
         Result::fail,
         "-all",
         2,
         2},
        {"hosts of mail without an address are none, and a term counts once",
         {{"TXT example.org", "v=spf1 a:a.org mx mx:b.org -all"},
          {"MX example.org", "10 a.example.org"},
          {"MX example.org", "20 b.example.org"},
          {"MX example.org", "30 c.example.org"}},
         Result::fail,
         "-all",
         3,
         2},
        {"three are not",
         {{"TXT example.org", "v=spf1 a:a.org mx:b.org exists:c.org +all"}},
         Result::permerror,
         "",
         3,
         3},
        {"an over-long or empty label is no name to look up",
         {{"TXT example.org",
           "v=spf1 a:" + std::string(64, 'a') + ".org a:a..org mx:.org exists:b..org -all"}},
         Result::fail,
         "-all",
         4,
         0},
    };
    check(cases);
}

TEST_CASE("a term that queries the DNS counts once, wherever it stands") {
    Lines lines{{"A no.org", "192.0.2.1"},
                {"TXT example.org", "v=spf1" + repeated(" a:no.org", 9) + " include:x.org"}};
    SECTION("ten are allowed") {
        lines.push_back({"TXT x.org", "v=spf1 ip4:192.0.2.10"});
        const auto verdict = evaluate(test::ann(), Zone(lines)).verdict;
        CHECK(verdict.result == Result::pass);
        CHECK(verdict.terms == 10);
    }
    SECTION("the eleventh, in an included record, is a permerror") {
        lines.push_back({"TXT x.org", "v=spf1 a:no.org ip4:192.0.2.10"});
        const auto verdict = evaluate(test::ann(), Zone(lines)).verdict;
        CHECK(verdict.result == Result::permerror);
        CHECK(verdict.problem == "more than 10 terms that query the DNS");
    }
    SECTION("so is a redirect") {
        lines.push_back({"TXT x.org", "v=spf1 redirect=y.org"});
        CHECK(evaluate(test::ann(), Zone(lines)).verdict.result == Result::permerror);
    }
    SECTION("terms behind the one that matches do not count") {
        lines.push_back({"TXT x.org", "v=spf1 ip4:192.0.2.10" + repeated(" a:no.org", 20)});
        CHECK(evaluate(test::ann(), Zone(lines)).verdict.result == Result::pass);
    }
}

TEST_CASE("the limits are the caller's to set") {
    const Lines lines{{"TXT example.org", "v=spf1 a:a.org a:b.org a:c.org -all"}};
    spf::Options options;
    options.limits.void_lookups = 3;
    CHECK(evaluate(test::ann(), Zone(lines), options).verdict.result == Result::fail);
    options.limits.terms = 2;
    CHECK(evaluate(test::ann(), Zone(lines), options).verdict.result == Result::permerror);
    options.limits = {};
    options.limits.record = 30;
    const auto verdict = evaluate(test::ann(), Zone(lines), options).verdict;
    CHECK(verdict.result == Result::permerror);
    CHECK(verdict.problem == "the SPF record of example.org is longer than 30 octets");
    options.limits = {};
    options.limits.terms = 1'000'000;
    CHECK(evaluate(test::ann(), Zone(Lines{{"TXT example.org", "v=spf1 include:example.org"}}), options)
              .verdict.problem == "include and redirect go more than 20 records deep");
}

TEST_CASE("mx: eleven names are a permerror even when one of them matches") {
    Lines lines{{"TXT example.org", "v=spf1 mx"}, {"A m.example.org", "192.0.2.10"}};
    for (int i = 0; i < 10; ++i) {
        lines.push_back({"MX example.org", fmt::format("{} m.example.org", i)});
    }
    CHECK(evaluate(test::ann(), Zone(lines)).verdict.result == Result::pass);
    lines.push_back({"MX example.org", "99 m.example.org"});
    CHECK(evaluate(test::ann(), Zone(lines)).verdict.result == Result::permerror);
}

TEST_CASE("mx: the order in which a server sends the hosts changes nothing") {
    Lines lines{
        {"TXT example.org", "v=spf1 mx -all"}, {"A good.org", "192.0.2.10"}, {"A bad.org", "FAILED timeout"}};
    for (const bool reversed : {false, true}) {
        auto sent = lines;
        sent.push_back({"MX example.org", reversed ? "20 bad.org" : "10 good.org"});
        sent.push_back({"MX example.org", reversed ? "10 good.org" : "20 bad.org"});
        CHECK(evaluate(test::ann(), Zone(sent)).verdict.result == Result::pass);
    }
}

TEST_CASE("ptr: only the first ten names count") {
    Lines lines{{"TXT example.org", "v=spf1 ptr -all"}, {"A yes.example.org", "192.0.2.10"}};
    for (int i = 0; i < 10; ++i) {
        lines.push_back({"PTR 192.0.2.10", fmt::format("n{}.example.net", i)});
    }
    lines.push_back({"PTR 192.0.2.10", "yes.example.org"});
    CHECK(evaluate(test::ann(), Zone(lines)).verdict.result == Result::fail);
    lines.erase(lines.begin() + 2);
    CHECK(evaluate(test::ann(), Zone(lines)).verdict.result == Result::pass);
}

TEST_CASE("the macro p prefers the domain, then a name below it, then any") {
    const Lines names{{"PTR 192.0.2.10", "other.net"},
                      {"PTR 192.0.2.10", "sub.example.org"},
                      {"PTR 192.0.2.10", "example.org"},
                      {"TXT example.org", "v=spf1 -all exp=e.org"},
                      {"TXT e.org", "%{p}"}};
    struct Case {
        const char* name;
        Lines more;
        const char* expected;
    };
    const Case cases[] = {
        {"nothing validates", {}, "unknown"},
        {"any", {{"A other.net", "192.0.2.10"}}, "other.net"},
        {"below", {{"A other.net", "192.0.2.10"}, {"A sub.example.org", "192.0.2.10"}}, "sub.example.org"},
        {"itself", {{"A sub.example.org", "192.0.2.10"}, {"A example.org", "192.0.2.10"}}, "example.org"},
        {"a failure is skipped",
         {{"A example.org", "FAILED timeout"}, {"A sub.example.org", "192.0.2.10"}},
         "sub.example.org"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Lines lines = names;
        lines.insert(lines.end(), c.more.begin(), c.more.end());
        CHECK(evaluate(test::ann(), Zone(lines)).verdict.explanation == c.expected);
    }
}

TEST_CASE("exp explains a fail, or is dropped without a trace") {
    struct Case {
        const char* name;
        Lines lines;
        const char* expected;
    };
    const Case cases[] = {
        {"plain", {{"TXT e.org", "See why."}}, "See why."},
        {"macros",
         {{"TXT e.org", "%{i} of %{h} is not %{d} (%{r} %{t}) %{L}"}},
         "192.0.2.10 of mx.example.org is not example.org (in.example.com 1700000000) ann"},
        {"no such name", {}, ""},
        {"a failure", {{"TXT e.org", "FAILED timeout"}}, ""},
        {"no text", {{"A e.org", "192.0.2.1"}}, ""},
        {"two texts", {{"TXT e.org", "one"}, {"TXT e.org", "two"}}, ""},
        {"a syntax error", {{"TXT e.org", "%{x}"}}, ""},
        {"not ASCII", {{"TXT e.org", "caf\xc3\xa9"}}, ""},
        {"a control character", {{"TXT e.org", "a\x1b[31m"}}, ""},
        {"too long", {{"TXT e.org", std::string(513, 'x')}}, ""},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Lines lines = c.lines;
        lines.push_back({"TXT example.org", "v=spf1 -all exp=e.org"});
        const auto verdict = evaluate(test::ann(), Zone(lines)).verdict;
        CHECK(verdict.result == Result::fail);
        CHECK(verdict.explanation == c.expected);
        CHECK(verdict.void_lookups == 0);
        CHECK(verdict.terms == 0);
    }
}

TEST_CASE("exp speaks for the record whose mechanism failed, never for an included one") {
    const Lines texts{{"TXT top.e", "top"},
                      {"TXT inner.e", "inner"},
                      {"TXT inc.org", "v=spf1 +all exp=inner.e"},
                      {"TXT red.org", "v=spf1 -all exp=inner.e"},
                      {"TXT bare.org", "v=spf1 -all"}};
    struct Case {
        const char* record;
        const char* expected;
    };
    const Case cases[] = {
        {"v=spf1 -include:inc.org exp=top.e", "top"}, {"v=spf1 include:red.org -all exp=top.e", "top"},
        {"v=spf1 include:red.org -all", ""},          {"v=spf1 redirect=red.org exp=top.e", "inner"},
        {"v=spf1 redirect=bare.org exp=top.e", ""},   {"v=spf1 ~all exp=top.e", ""},
    };
    for (const Case& c : cases) {
        INFO(c.record);
        Lines lines = texts;
        lines.push_back({"TXT example.org", c.record});
        CHECK(evaluate(test::ann(), Zone(lines)).verdict.explanation == c.expected);
    }
}

TEST_CASE("an exp text cannot smuggle control characters out of the sender's address") {
    auto request = test::ann();
    request.local_part = "a\r\nb";
    const Lines lines{{"TXT example.org", "v=spf1 -all exp=e.org"}, {"TXT e.org", "for %{l}"}};
    CHECK(evaluate(request, Zone(lines)).verdict.explanation.empty());
    const Lines escaped{{"TXT example.org", "v=spf1 -all exp=e.org"}, {"TXT e.org", "for %{L}"}};
    CHECK(evaluate(request, Zone(escaped)).verdict.explanation == "for a%0D%0Ab");
}

TEST_CASE("the domain of the identity must be a name of several labels") {
    struct Case {
        const char* domain;
        const char* reported;
    };
    const Case cases[] = {
        {"localhost", "localhost"}, {"localhost.", "localhost"}, {"[192.0.2.1]", ""},
        {"a..example.org", ""},     {".example.org", ""},        {"example.org..", ""},
        {"ex(am).org", ""},         {"exa mple.org", ""},        {"192.0.2.10", "192.0.2.10"},
        {"\xff.example.org", ""},
    };
    for (const Case& c : cases) {
        INFO(c.domain);
        auto request = test::ann();
        request.domain = c.domain;
        const auto evaluated = evaluate(request, Zone(Lines{}));
        CHECK(evaluated.verdict.result == Result::none);
        CHECK(evaluated.verdict.domain == c.reported);
        CHECK_FALSE(evaluated.verdict.problem.empty());
    }
    auto request = test::ann();
    request.domain = "EXAMPLE.org.";
    CHECK(evaluate(request, Zone(Lines{{"TXT example.org", "v=spf1 +all"}})).verdict.domain == "example.org");
    request.domain = std::string("example.org\0.evil.org", 21);
    CHECK(evaluate(request, Zone(Lines{})).verdict.domain.empty());
}

TEST_CASE("the null reverse-path is the postmaster of the HELO name") {
    auto request = test::ann();
    request.local_part = {};
    request.domain = {};
    const Lines lines{{"TXT mx.example.org", "v=spf1 exists:%{l}.%{o} -all"},
                      {"A postmaster.mx.example.org", "127.0.0.2"}};
    const auto verdict = evaluate(request, Zone(lines)).verdict;
    CHECK(verdict.result == Result::pass);
    CHECK(verdict.domain == "mx.example.org");
    request.local_part = "ann"; // an address without a domain is no null reverse-path
    CHECK(evaluate(request, Zone(lines)).verdict.result == Result::none);
}

TEST_CASE("the HELO identity is checked as postmaster") {
    auto request = test::ann();
    request.identity = spf::Identity::helo;
    request.local_part = {};
    request.domain = request.helo;
    const auto verdict = evaluate(request, Zone(Lines{{"TXT mx.example.org", "v=spf1 -all exp=%{l}.e.org"},
                                                      {"TXT postmaster.e.org", "%{s}"}}))
                             .verdict;
    CHECK(verdict.identity == spf::Identity::helo);
    CHECK(verdict.explanation == "postmaster@mx.example.org");
}

TEST_CASE("internationalized senders are evaluated as A-labels") { // RFC 8616 4
    auto request = test::ann();
    request.domain = "b\xc3\xbc"
                     "cher.example";
    request.helo = "mx.b\xc3\xbc"
                   "cher.example";
    const Lines lines{{"TXT xn--bcher-kva.example", "v=spf1 -all exp=e.%{o}"},
                      {"TXT e.xn--bcher-kva.example", "%{s} %{d} %{h}"}};
    const auto verdict = evaluate(request, Zone(lines)).verdict;
    CHECK(verdict.domain == "xn--bcher-kva.example");
    CHECK(verdict.explanation == "ann@xn--bcher-kva.example xn--bcher-kva.example mx.xn--bcher-kva.example");
}

TEST_CASE("a term that needs what is not ASCII does not match") { // RFC 8616 4
    struct Case {
        const char* record;
        Result result;
    };
    const Case cases[] = {
        {"v=spf1 exists:%{l}.x.org -all", Result::fail},
        {"v=spf1 a:%{s} mx:%{L}.x.org ptr:%{l1r}.x.org -all", Result::fail},
        {"v=spf1 include:%{l}.x.org -all", Result::fail},
        {"v=spf1 redirect=%{l}.x.org", Result::permerror},
        {"v=spf1 exists:%{o}.x.org -all", Result::pass},
        {"v=spf1 -all exp=%{l}.x.org", Result::fail},
        {"v=spf1 -all exp=e.org", Result::fail},
    };
    for (const Case& c : cases) {
        INFO(c.record);
        auto request = test::ann();
        const Lines lines{
            {"TXT example.org", c.record}, {"A example.org.x.org", "127.0.0.2"}, {"TXT e.org", "%{l}"}};
        for (const std::string& unusable : {std::string("j\xc3\xb6rg"), std::string(257, 'x')}) {
            request.local_part = unusable;
            const auto verdict = evaluate(request, Zone(lines)).verdict;
            CHECK(verdict.result == c.result);
            CHECK(verdict.explanation.empty());
        }
    }
    auto request = test::ann();
    request.helo = "\xff";
    CHECK(
        evaluate(request, Zone(Lines{{"TXT example.org", "v=spf1 exists:%{h}.x.org ~all"}})).verdict.result ==
        Result::softfail);
}

TEST_CASE("only an evaluation that used the local-part says so") {
    const auto used = [](const char* record) {
        return evaluate(test::ann(), Zone(Lines{{"TXT example.org", record}, {"TXT ann.x.org", "v=spf1"}}))
            .verdict.used_local_part;
    };
    CHECK(used("v=spf1 exists:%{l}.x.org -all"));
    CHECK(used("v=spf1 a:%{S}.x.org -all"));
    CHECK(used("v=spf1 include:%{l}.x.org -all"));
    CHECK(used("v=spf1 redirect=%{l}.x.org"));
    CHECK_FALSE(used("v=spf1 exists:%{o}.x.org -all"));
    CHECK_FALSE(used("v=spf1 ip4:192.0.2.10 exists:%{l}.x.org -all"));
}

TEST_CASE("an IPv4-mapped client is an IPv4 client") {
    auto request = test::ann();
    request.client = base::IpAddress::parse("::ffff:192.0.2.10").value();
    CHECK(evaluate(request, Zone(Lines{{"TXT example.org", "v=spf1 ip6:::ffff:192.0.2.10 -all"}}))
              .verdict.result == Result::fail);
    CHECK(evaluate(request, Zone(Lines{{"TXT example.org", "v=spf1 ip4:192.0.2.10 -all"}})).verdict.result ==
          Result::pass);
    CHECK(
        evaluate(request, Zone(Lines{{"TXT example.org", "v=spf1 a -all"}, {"A example.org", "192.0.2.10"}}))
            .verdict.result == Result::pass);
}

TEST_CASE("the steps explain a verdict to an operator") {
    const Lines lines{{"TXT example.org", "v=spf1 include:x.org mx:none.org a redirect=y.org"},
                      {"TXT x.org", "v=spf1 ip4:192.0.2.9 -all"},
                      {"A example.org", "192.0.2.1"},
                      {"TXT y.org", "v=spf1 exists:z.org ?all"},
                      {"A z.org", "127.0.0.2"}};
    const auto verdict = evaluate(test::ann(), Zone(lines)).verdict;
    CHECK(steps(verdict) ==
          std::vector<std::string>{
              "0 example.org  -> the record is v=spf1 include:x.org mx:none.org a redirect=y.org",
              "1 x.org  -> the record is v=spf1 ip4:192.0.2.9 -all",
              "1 x.org ip4:192.0.2.9 -> no match",
              "1 x.org -all -> matches",
              "0 example.org include:x.org -> no match (fail)",
              "0 example.org mx:none.org -> no match: MX none.org found nothing (NXDOMAIN)",
              "0 example.org a -> no match: example.org is at 1 other address(es)",
              "0 example.org redirect=y.org -> no mechanism matched; the record of y.org takes over",
              "0 y.org  -> the record is v=spf1 exists:z.org ?all",
              "0 y.org exists:z.org -> matches: z.org exists",
          });
}

TEST_CASE("problems name the place") {
    struct Case {
        Lines lines;
        const char* problem;
    };
    const Case cases[] = {
        {{}, "example.org does not exist"},
        {{{"A example.org", "192.0.2.1"}}, "example.org has no SPF record"},
        {{{"TXT example.org", "v=spf1"}, {"TXT example.org", "v=spf1"}}, "2 SPF records at example.org"},
        {{{"TXT example.org", "v=spf1 -all moo"}},
         "the SPF record of example.org has a syntax error at octet 12: no such mechanism: moo"},
        {{{"TXT example.org", "v=spf1 include:x.org"}}, "x.org does not exist"},
        {{{"TXT example.org", "v=spf1 a"}, {"A example.org", "FAILED timeout"}},
         "A example.org could not be looked up: timeout"},
        {{{"TXT example.org", "v=spf1 a:a.org a:b.org a:c.org"}},
         "more than 2 void lookups, the last one A c.org (NXDOMAIN)"},
    };
    for (const Case& c : cases) {
        CHECK(evaluate(test::ann(), Zone(c.lines)).verdict.problem == c.problem);
    }
}

TEST_CASE("the steps of a hostile record are bounded") {
    spf::Options options;
    options.limits.most_steps = 5;
    const Lines lines{{"TXT example.org", "v=spf1" + repeated(" ip4:192.0.2.1", 500)}};
    const auto verdict = evaluate(test::ann(), Zone(lines), options).verdict;
    REQUIRE(verdict.steps.size() == 5);
    CHECK(verdict.steps.back().what == "further steps are not listed");
    options.limits.most_steps = 0;
    CHECK(evaluate(test::ann(), Zone(lines), options).verdict.steps.empty());
}

TEST_CASE("without steps the verdict is the same") {
    const Lines lines{{"TXT example.org", "v=spf1 a ptr include:a.org exists:e.org mx:m.org redirect=b.org"},
                      {"TXT a.org", "v=spf1 a:none.org ~all"},
                      {"MX m.org", "10 mx.m.org"},
                      {"A mx.m.org", "192.0.2.99"},
                      {"PTR 192.0.2.10", "elsewhere.org"},
                      {"TXT b.org", "v=spf1 a:b.org a:c.org -all"}};
    auto told = evaluate(test::ann(), Zone(lines)).verdict;
    CHECK(told.steps.size() > 5);
    CHECK(told.result == Result::permerror); // after too many void lookups, with a problem in words
    CHECK_FALSE(told.problem.empty());
    told.steps.clear();
    CHECK(evaluate(test::ann(), Zone(lines), {.steps = false}).verdict == told);
}

TEST_CASE("look-ahead turns a chain of rounds into one round a level") {
    const Lines lines{{"TXT example.org", "v=spf1 mx include:a.org include:b.org a:y.org redirect=c.org"},
                      {"MX example.org", "10 m.org"},
                      {"A m.org", "192.0.2.1"},
                      {"TXT a.org", "v=spf1 include:aa.org"},
                      {"TXT aa.org", "v=spf1 ip4:192.0.2.1"},
                      {"TXT b.org", "v=spf1 include:bb.org"},
                      {"TXT bb.org", "v=spf1 ip4:192.0.2.2"},
                      {"A y.org", "192.0.2.1"},
                      {"TXT c.org", "v=spf1 ip4:192.0.2.10"}};
    const Zone zone(lines);
    const auto none = evaluate(test::ann(), zone, {.look_ahead = spf::LookAhead::none});
    const auto records = evaluate(test::ann(), zone, {.look_ahead = spf::LookAhead::records});
    const auto all = evaluate(test::ann(), zone, {.look_ahead = spf::LookAhead::all});
    CHECK(none.verdict.result == Result::pass);
    CHECK(none.rounds == 9);
    CHECK(records.rounds == 4); // y.org's address comes last
    CHECK(all.rounds == 3);
    CHECK(none.asked.size() == 9);
    CHECK(records.asked.size() == 9);
    CHECK(all.asked.size() == 9);
    CHECK(records.verdict == none.verdict);
    CHECK(all.verdict == none.verdict);
}

TEST_CASE("look-ahead asks for nothing behind a term that is certain to match") {
    const Lines lines{{"TXT example.org", "v=spf1 a:x.org ip4:192.0.2.0/24 include:y.org"},
                      {"A x.org", "192.0.2.1"}};
    CHECK(evaluate(test::ann(), Zone(lines), {.look_ahead = spf::LookAhead::all}).asked.size() == 2);
}

TEST_CASE("look-ahead never asks for more terms than may be evaluated") {
    std::string record = "v=spf1 a:first.org";
    for (int i = 0; i < 100; ++i) {
        record += fmt::format(" include:i{}.org", i);
    }
    for (const auto look_ahead : {spf::LookAhead::records, spf::LookAhead::all}) {
        dns::Answers known;
        known.insert({"example.org", dns::Type::txt},
                     Zone(Lines{{"TXT example.org", record}}).answer({"example.org", dns::Type::txt}));
        const auto outcome = spf::evaluate(test::ann(), known, {.look_ahead = look_ahead});
        CHECK(std::get<dns::Questions>(outcome).size() == 10);
    }
}
