#include "dmarc/evaluate.h"

#include "dns/answers_text.h"
#include "support/catch.h"
#include "unit/dmarc/names.h"
#include "unit/dmarc/run.h"

#include <fmt/format.h>

#include <span>
#include <string>
#include <vector>

using dmarc::Alignment;
using dmarc::Result;
using dmarc_test::name;
using dmarc_test::passed;
using dmarc_test::Run;
using dmarc_test::stuck;
using dmarc_test::Zone;

namespace {

using Names = std::vector<std::string>;

const std::string test_list = PARAPH_SOURCE_DIR "/tests/conformance/dmarc/suffixes.dat";

Names asked(const Run& run) {
    Names names;
    for (const dns::Question& question : run.asked) {
        names.push_back(question.name);
    }
    return names;
}

Zone farm(const std::string& tags) {
    return {{"TXT _dmarc.farm.example", "v=DMARC1; " + tags}, {"A farm.example", "192.0.2.1"}};
}

struct QuestionCase {
    const char* name;
    Zone zone;
    dmarc::Request request;
    Result result;
    Names asked;
    std::size_t rounds;
};

void check(std::span<const QuestionCase> cases) {
    for (const QuestionCase& c : cases) {
        CAPTURE(c.name);
        const Run run = dmarc_test::run(c.zone, c.request, {});
        CHECK(run.verdict.result == c.result);
        CHECK(asked(run) == c.asked);
        CHECK(run.rounds == c.rounds);
    }
}

} // namespace

TEST_CASE("no question is asked that the result does not need") {
    const QuestionCase cases[] = {
        {"a record and a signature at the author domain",
         farm("p=reject"),
         {name("farm.example"), {}, {passed("farm.example")}},
         Result::pass,
         {"_dmarc.farm.example"},
         1},
        {"nothing authenticated",
         farm("p=reject"),
         {name("farm.example"), {}, {}},
         Result::fail,
         {"_dmarc.farm.example"},
         1},
        {"strict alignment",
         farm("p=reject; adkim=s; aspf=s"),
         {name("farm.example"), passed("bounce.farm.example"), {passed("mail.farm.example")}},
         Result::fail,
         {"_dmarc.farm.example"},
         1},
        {"a signer below another top-level name",
         farm("p=reject"),
         {name("farm.example"), {}, {passed("farm.test")}},
         Result::fail,
         {"_dmarc.farm.example"},
         1},
        {"a signer outside of the organization",
         farm("p=reject"),
         {name("farm.example"), {}, {passed("sender.barn.example")}},
         Result::fail,
         {"_dmarc.farm.example", "_dmarc.example"},
         2},
        {"a signer inside",
         farm("p=reject"),
         {name("farm.example"), {}, {passed("mail.farm.example")}},
         Result::pass,
         {"_dmarc.farm.example", "_dmarc.example", "_dmarc.mail.farm.example"},
         3},
        {"psd=n spares the walk",
         farm("p=reject; psd=n"),
         {name("farm.example"), {}, {passed("barn.example")}},
         Result::fail,
         {"_dmarc.farm.example"},
         1},
    };
    check(cases);
}

TEST_CASE("no signer is asked about when another one is enough") {
    const QuestionCase cases[] = {
        {"one aligned signer is enough",
         farm("p=reject"),
         {name("farm.example"), {}, {passed("a.farm.example"), passed("b.farm.example")}},
         Result::pass,
         {"_dmarc.farm.example", "_dmarc.example", "_dmarc.a.farm.example"},
         3},
        {"the equal signer comes first",
         farm("p=reject"),
         {name("farm.example"), passed("a.farm.example"), {passed("b.farm.example"), passed("farm.example")}},
         Result::pass,
         {"_dmarc.farm.example"},
         1},
        {"a temporary error is nothing beside a pass",
         farm("p=reject"),
         {name("farm.example"), stuck("a.farm.example"), {passed("farm.example")}},
         Result::pass,
         {"_dmarc.farm.example"},
         1},
    };
    check(cases);
}

TEST_CASE("a policy and the existence of a name are asked for where they matter") {
    const QuestionCase cases[] = {
        {"no record",
         {},
         {name("a.farm.example"), {}, {passed("b.farm.example")}},
         Result::none,
         {"_dmarc.a.farm.example", "_dmarc.farm.example", "_dmarc.example"},
         2},
        {"an unusable record",
         farm("adkim=s"),
         {name("farm.example"), {}, {passed("b.farm.example")}},
         Result::none,
         {"_dmarc.farm.example"},
         1},
        {"existence, where np differs",
         farm("p=none; np=reject"),
         {name("a.farm.example"), {}, {}},
         Result::fail,
         {"_dmarc.a.farm.example", "_dmarc.farm.example", "_dmarc.example", "a.farm.example"},
         3},
        {"no existence, where np is the same",
         farm("p=none; sp=reject; np=reject"),
         {name("a.farm.example"), {}, {}},
         Result::fail,
         {"_dmarc.a.farm.example", "_dmarc.farm.example", "_dmarc.example"},
         2},
        {"existence together with a signer's walk",
         farm("p=none; np=reject"),
         {name("a.farm.example"), {}, {passed("b.farm.example")}},
         Result::pass,
         {"_dmarc.a.farm.example", "_dmarc.farm.example", "_dmarc.example", "a.farm.example",
          "_dmarc.b.farm.example"},
         3},
    };
    check(cases);
}

TEST_CASE("the extent decides whether the second mechanism is pursued") {
    const dmarc::Request request{name("farm.example"), passed("farm.example"), {passed("mail.farm.example")}};
    struct Case {
        const char* tags;
        dmarc::Extent extent;
        Alignment dkim;
        std::size_t questions;
    };
    const Case cases[] = {
        {"p=none; rua=mailto:a@x.org", dmarc::Extent::verdict, Alignment::undecided, 1},
        {"p=none", dmarc::Extent::report, Alignment::undecided, 1},
        {"p=none; rua=mailto:a@x.org", dmarc::Extent::report, Alignment::yes, 3},
        {"p=none; ruf=mailto:a@x.org", dmarc::Extent::report, Alignment::yes, 3},
        {"p=none", dmarc::Extent::full, Alignment::yes, 3},
    };
    for (const Case& c : cases) {
        CAPTURE(c.tags);
        dmarc::Options options;
        options.extent = c.extent;
        const Run run = dmarc_test::run(farm(c.tags), request, options);
        CHECK(run.verdict.result == Result::pass);
        CHECK(run.verdict.spf == Alignment::yes);
        CHECK(run.verdict.dkim == c.dkim);
        CHECK(run.verdict.both_pursued == (c.dkim == Alignment::yes));
        CHECK(run.verdict.aligned_by == name("farm.example"));
        CHECK(run.asked.size() == c.questions);
    }
}

TEST_CASE("for a report the author's organization is found out, and changes nothing") {
    const dmarc::Request request{name("a.farm.example"), {}, {passed("a.farm.example")}};
    dmarc::Options options;
    const auto evaluated = [&](const char* tags, const char* farm = "v=DMARC1; p=none") {
        return dmarc_test::run(Zone{{"TXT _dmarc.a.farm.example", std::string("v=DMARC1; p=reject; ") + tags},
                                    {"TXT _dmarc.farm.example", farm}},
                               request, options)
            .verdict;
    };
    CHECK_FALSE(evaluated("rua=mailto:a@x.org").organizational_domain);
    options.extent = dmarc::Extent::report;
    CHECK(evaluated("rua=mailto:a@x.org").organizational_domain == name("farm.example"));
    CHECK(evaluated("ruf=mailto:a@x.org; adkim=s").organizational_domain == name("farm.example"));
    CHECK_FALSE(evaluated("").organizational_domain);
    CHECK_FALSE(evaluated("rua=mailto:a@x.org; adkim=s; aspf=s").organizational_domain);
    const auto failed = evaluated("rua=mailto:a@x.org", "FAILED servfail");
    CHECK(failed.result == Result::pass);
    CHECK_FALSE(failed.organizational_domain);
    CHECK(failed.both_pursued);
}

TEST_CASE("a public suffix is told of whose the record and the organization are") {
    const auto list = dmarc::PublicSuffixList::built_in();
    dmarc::Options options;
    const Zone registry{{"TXT _dmarc.co.uk", "v=DMARC1; p=none; rua=mailto:a@co.uk"}};
    const Zone customer{{"TXT _dmarc.a.ours.co.uk", "v=DMARC1; p=none"},
                        {"TXT _dmarc.ours.co.uk", "v=DMARC1; p=none"}};
    const dmarc::Request request{name("a.ours.co.uk"), {}, {passed("ours.co.uk")}};
    CHECK_FALSE(dmarc_test::run(registry, request, options).verdict.policy_domain_is_suffix);
    options.public_suffixes = &list;
    CHECK(dmarc_test::run(registry, request, options).verdict.policy_domain_is_suffix);
    CHECK(dmarc_test::run(registry, request, options).verdict.organization_is_suffix);
    CHECK_FALSE(dmarc_test::run(customer, request, options).verdict.policy_domain_is_suffix);
    CHECK_FALSE(dmarc_test::run(customer, request, options).verdict.organization_is_suffix);
}

TEST_CASE("a query that was needed and failed leaves neither pass nor fail") {
    struct Case {
        const char* name;
        std::string failing;
        dns::Failure failure;
        dmarc::Request request;
        Result result;
        const char* problem;
    };
    const auto servfail = dns::Failure::server_failure;
    const dmarc::Request sibling{name("farm.example"), {}, {passed("mail.farm.example")}};
    const Case cases[] = {
        {"the author's record",
         "_dmarc.farm.example",
         servfail,
         {name("farm.example"), {}, {passed("farm.example")}},
         Result::temperror,
         "TXT _dmarc.farm.example: SERVFAIL"},
        {"timeout", "_dmarc.farm.example", dns::Failure::timeout, sibling, Result::temperror,
         "TXT _dmarc.farm.example: timeout"},
        {"refused", "_dmarc.farm.example", dns::Failure::refused, sibling, Result::temperror,
         "TXT _dmarc.farm.example: refused"},
        {"an answer that is none", "_dmarc.farm.example", dns::Failure::malformed, sibling, Result::temperror,
         "TXT _dmarc.farm.example: malformed answer"},
        {"higher up, with a sibling's signature", "_dmarc.example", servfail, sibling, Result::temperror,
         "TXT _dmarc.example: SERVFAIL"},
        {"higher up, an answer that is none", "_dmarc.example", dns::Failure::malformed, sibling,
         Result::temperror, "TXT _dmarc.example: malformed answer"},
        {"higher up, with the author's signature",
         "_dmarc.example",
         servfail,
         {name("farm.example"), {}, {passed("farm.example")}},
         Result::pass,
         ""},
        {"higher up, with no signature",
         "_dmarc.example",
         servfail,
         {name("farm.example"), {}, {}},
         Result::fail,
         ""},
        {"the signer's walk", "_dmarc.mail.farm.example", servfail, sibling, Result::temperror,
         "TXT _dmarc.mail.farm.example: SERVFAIL"},
        {"the signer's walk, beside another signer",
         "_dmarc.mail.farm.example",
         servfail,
         {name("farm.example"), {}, {passed("mail.farm.example"), passed("list.farm.example")}},
         Result::pass,
         ""},
        {"on the way to an inherited policy",
         "_dmarc.example",
         servfail,
         {name("a.farm.example"), {}, {passed("a.farm.example")}},
         Result::temperror,
         "TXT _dmarc.example: SERVFAIL"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        Zone zone = farm("p=reject");
        zone.add("TXT " + std::string(c.failing), fmt::format("FAILED {}", dns::failure_word(c.failure)));
        const dmarc::Verdict verdict = dmarc_test::run(zone, c.request, {}).verdict;
        CHECK(verdict.result == c.result);
        CHECK(verdict.problem == c.problem);
        CHECK(verdict.policy.has_value() == (c.result == Result::pass || c.result == Result::fail));
    }
}

TEST_CASE("an unknown existence matters unless the message passes") {
    Zone zone = farm("p=none; sp=quarantine; np=reject");
    zone.add("* a.farm.example", "FAILED timeout");
    const auto failing = dmarc_test::run(zone, {name("a.farm.example"), {}, {}}, {}).verdict;
    CHECK(failing.result == Result::temperror);
    CHECK(failing.problem == "TXT a.farm.example: timeout");
    CHECK(failing.policy_domain == name("farm.example"));
    const auto passing =
        dmarc_test::run(zone, {name("a.farm.example"), {}, {passed("a.farm.example")}}, {}).verdict;
    CHECK(passing.result == Result::pass);
    CHECK_FALSE(passing.policy);
    CHECK_FALSE(passing.published_policy);
    CHECK(passing.policy_tag.empty());
}

TEST_CASE("a temporary error of SPF or DKIM counts where that identifier would align") {
    struct Case {
        const char* name;
        std::optional<dmarc::Identifier> spf;
        std::vector<dmarc::Identifier> dkim;
        Result result;
        Alignment spf_alignment;
        Alignment dkim_alignment;
    };
    const Case cases[] = {
        {"SPF of the author domain",
         stuck("farm.example"),
         {},
         Result::temperror,
         Alignment::undecided,
         Alignment::no},
        {"DKIM of the author domain",
         {},
         {stuck("farm.example")},
         Result::temperror,
         Alignment::no,
         Alignment::undecided},
        {"DKIM of a sibling",
         {},
         {stuck("mail.farm.example")},
         Result::temperror,
         Alignment::no,
         Alignment::undecided},
        {"DKIM of a stranger", {}, {stuck("barn.example")}, Result::fail, Alignment::no, Alignment::no},
        {"beside an aligned signature",
         stuck("farm.example"),
         {passed("mail.farm.example")},
         Result::pass,
         Alignment::undecided,
         Alignment::yes},
        {"beside a stranger's signature",
         stuck("farm.example"),
         {passed("barn.example")},
         Result::temperror,
         Alignment::undecided,
         Alignment::no},
        {"of the same mechanism as the pass",
         {},
         {stuck("farm.example"), passed("farm.example")},
         Result::pass,
         Alignment::no,
         Alignment::yes},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        const auto verdict =
            dmarc_test::run(farm("p=reject"), {name("farm.example"), c.spf, c.dkim}, {}).verdict;
        CHECK(verdict.result == c.result);
        CHECK(verdict.spf == c.spf_alignment);
        CHECK(verdict.dkim == c.dkim_alignment);
    }
    const auto verdict =
        dmarc_test::run(farm("p=reject"), {name("farm.example"), stuck("farm.example"), {}}, {}).verdict;
    CHECK(verdict.problem == "SPF of farm.example could not be completed: temporary error");
}

TEST_CASE("trouble that may pass outweighs trouble that will not") {
    Zone zone = farm("p=reject");
    zone.add("* _dmarc.b.farm.example", "FAILED malformed");
    const std::string label(60, 'a'); // with _dmarc. in front no DNS message can carry it
    const std::string too_long =
        label + '.' + label + '.' + label + '.' + label.substr(0, 52) + ".farm.example";
    const dmarc::Request request{name("farm.example"), {}, {passed(too_long), passed("b.farm.example")}};
    CHECK(dmarc_test::run(zone, request, {}).verdict.result == Result::temperror);
    const dmarc::Request lasting{name("farm.example"), {}, {passed(too_long)}};
    CHECK(dmarc_test::run(zone, lasting, {}).verdict.result == Result::permerror);
}

TEST_CASE("the veto is told") {
    const auto list = dmarc::PublicSuffixList::load(test_list);
    REQUIRE(list);
    dmarc::Options options;
    options.public_suffixes = &*list;
    const Zone zone{{"TXT _dmarc.co.example", "v=DMARC1; p=reject"}, {"A a.co.example", "192.0.2.1"}};
    const dmarc::Request request{name("a.co.example"), {}, {passed("b.co.example")}};
    const auto vetoed = dmarc_test::run(zone, request, options).verdict;
    CHECK(vetoed.result == Result::fail);
    CHECK(vetoed.vetoed);
    CHECK(vetoed.problem.find("b.co.example and a.co.example share the organizational domain co.example") ==
          0);
    const auto own =
        dmarc_test::run(zone, {name("a.co.example"), {}, {passed("b.co.example"), passed("a.co.example")}},
                        options)
            .verdict;
    CHECK(own.result == Result::pass);
    CHECK_FALSE(own.vetoed);
}

TEST_CASE("early questions are the author's whole walk") {
    CHECK(dmarc_test::asked_names(dmarc::early_questions(name("a.farm.example"), {})) ==
          Names{"_dmarc.a.farm.example", "_dmarc.farm.example", "_dmarc.example"});
    CHECK(dmarc::early_questions(name("1.2.3.4.5.6.7.8.9.example"), {}).size() == dmarc::max_walk_questions);
    const auto list = dmarc::PublicSuffixList::load(test_list);
    REQUIRE(list);
    dmarc::Options options;
    options.discovery = dmarc::Discovery::psl;
    options.public_suffixes = &*list;
    CHECK(dmarc_test::asked_names(dmarc::early_questions(name("b.a.co.example"), options)) ==
          Names{"_dmarc.b.a.co.example", "_dmarc.a.co.example"});
    CHECK(dmarc_test::asked_names(dmarc::early_questions(name("co.example"), options)) ==
          Names{"_dmarc.co.example"});
}

TEST_CASE("psl mode looks at the author domain and at its registrable domain only") {
    const auto list = dmarc::PublicSuffixList::load(test_list);
    REQUIRE(list);
    dmarc::Options options;
    options.discovery = dmarc::Discovery::psl;
    options.public_suffixes = &*list;
    struct Case {
        const char* name;
        Zone zone;
        const char* author;
        Result result;
        const char* policy_domain;
        Names asked;
    };
    const Case cases[] = {
        {"own record",
         farm("p=reject"),
         "farm.example",
         Result::fail,
         "farm.example",
         {"_dmarc.farm.example"}},
        {"inherited over several levels",
         farm("p=reject"),
         "b.a.farm.example",
         Result::fail,
         "farm.example",
         {"_dmarc.b.a.farm.example", "_dmarc.farm.example"}},
        {"nothing from a public suffix",
         {{"TXT _dmarc.co.example", "v=DMARC1; p=reject; psd=y"}},
         "a.co.example",
         Result::none,
         "-",
         {"_dmarc.a.co.example"}},
        {"no record at the registrable domain",
         {},
         "farm.example",
         Result::none,
         "-",
         {"_dmarc.farm.example"}},
        {"existence still counts",
         farm("p=none; np=reject"),
         "a.farm.example",
         Result::fail,
         "farm.example",
         {"_dmarc.a.farm.example", "_dmarc.farm.example", "a.farm.example"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        const Run run = dmarc_test::run(c.zone, {name(c.author), {}, {}}, options);
        CHECK(run.verdict.result == c.result);
        CHECK((run.verdict.policy_domain ? run.verdict.policy_domain->text() : "-") == c.policy_domain);
        CHECK(asked(run) == c.asked);
    }
}

TEST_CASE("the steps tell the story in plain words") {
    Zone zone = farm("p=none; np=reject; t=y; pct=10");
    const dmarc::Request request{name("ghost.farm.example"), passed("barn.test"), {passed("barn.example")}};
    CHECK(dmarc_test::run(zone, request, {}).verdict.steps ==
          std::vector<std::string>{
              "_dmarc.ghost.farm.example: no record (NXDOMAIN)",
              "_dmarc.farm.example: \"v=DMARC1; p=none; np=reject; t=y; pct=10\"",
              "_dmarc.example: no record (NXDOMAIN)",
              "organizational domain: farm.example",
              "record at farm.example: pct= was removed by RFC 9989 and has no effect",
              "ghost.farm.example does not exist (NXDOMAIN)",
              "SPF barn.test does not align: it has nothing in common with the author domain",
              "DKIM barn.example does not align: it is not below farm.example",
              "result: fail; np=reject of farm.example, lowered to quarantine by t=y",
          });
}

TEST_CASE("a message that nothing vouches for is told apart from one whose signers are strangers") {
    CHECK(dmarc_test::run(farm("p=reject"), {name("farm.example"), {}, {}}, {}).verdict.steps ==
          std::vector<std::string>{
              "_dmarc.farm.example: \"v=DMARC1; p=reject\"",
              "neither SPF nor DKIM vouches for any domain",
              "result: fail; p=reject of farm.example",
          });
}

TEST_CASE("words of a result") {
    CHECK(dmarc::print(Result::none) == "none");
    CHECK(dmarc::print(Result::pass) == "pass");
    CHECK(dmarc::print(Result::fail) == "fail");
    CHECK(dmarc::print(Result::temperror) == "temperror");
    CHECK(dmarc::print(Result::permerror) == "permerror");
}
