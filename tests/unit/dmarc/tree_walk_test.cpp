#include "dmarc/tree_walk.h"

#include "support/catch.h"
#include "unit/dmarc/names.h"
#include "unit/dmarc/run.h"

#include <string>
#include <vector>

using dmarc_test::name;
using dmarc_test::texts;
using dmarc_test::Zone;

namespace {

using Names = std::vector<std::string>;

// A walk for which all of `known` is answered from the zone.
struct Walked {
    Names visited;
    Names found;
    Names missing;
    std::optional<dmarc::Walk::State> state; // nothing while answers are missing
    std::string organization;                // when finished
    std::string trouble;
};

Walked walk_with(const Zone& zone, const std::string& start, const std::vector<std::string>& known) {
    dns::Answers answers;
    for (const std::string& owner : known) {
        const dns::Question question{"_dmarc." + owner, dns::Type::txt};
        answers.insert(question, zone.answer(question));
    }
    dns::Inquiry dns(answers);
    const dmarc::Options options;
    dmarc::PolicyRecords records(dns, options);
    const auto awaited = dmarc::walk(records, name(start));
    if (!awaited) {
        return {{}, {}, dmarc_test::asked_names(dns.questions()), std::nullopt, "", ""};
    }
    const dmarc::Walk& walk = *awaited;
    Walked walked{texts(walk.visited), {}, dmarc_test::asked_names(dns.questions()),
                  walk.state,          "", walk.trouble.text};
    for (const dmarc::FoundRecord& found : walk.found) {
        walked.found.push_back(found.domain.text());
    }
    if (walk.state == dmarc::Walk::State::finished) {
        walked.organization = dmarc::organizational_domain(walk, name(start)).text();
    }
    return walked;
}

Walked walk_all(const Zone& zone, const std::string& start) {
    return walk_with(zone, start, texts(dmarc::walk_targets(name(start))));
}

} // namespace

TEST_CASE("a walk looks at eight names at most") {
    struct Case {
        const char* name;
        const char* start;
        Names expected;
    };
    const Case cases[] = {
        {"one label", "example", {"example"}},
        {"two labels", "farm.example", {"farm.example", "example"}},
        {"seven labels",
         "1.2.3.4.5.6.example",
         {"1.2.3.4.5.6.example", "2.3.4.5.6.example", "3.4.5.6.example", "4.5.6.example", "5.6.example",
          "6.example", "example"}},
        {"eight labels: nothing is skipped",
         "0.1.2.3.4.5.6.example",
         {"0.1.2.3.4.5.6.example", "1.2.3.4.5.6.example", "2.3.4.5.6.example", "3.4.5.6.example",
          "4.5.6.example", "5.6.example", "6.example", "example"}},
        {"nine labels: the one with eight is skipped",
         "x.0.1.2.3.4.5.6.example",
         {"x.0.1.2.3.4.5.6.example", "1.2.3.4.5.6.example", "2.3.4.5.6.example", "3.4.5.6.example",
          "4.5.6.example", "5.6.example", "6.example", "example"}},
        {"eleven labels",
         "z.y.x.0.1.2.3.4.5.6.example",
         {"z.y.x.0.1.2.3.4.5.6.example", "1.2.3.4.5.6.example", "2.3.4.5.6.example", "3.4.5.6.example",
          "4.5.6.example", "5.6.example", "6.example", "example"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(texts(dmarc::walk_targets(name(c.start))) == c.expected);
    }
    std::string longest = "a";
    while (longest.size() + 2 <= 253) {
        longest += ".a";
    }
    CHECK(dmarc::walk_targets(name(longest)).size() == dmarc::max_walk_questions);
}

TEST_CASE("only psd=y and psd=n end a walk") {
    struct Case {
        const char* name;
        Zone zone;
        const char* start;
        Names visited;
        Names found;
        const char* organization;
    };
    const Case cases[] = {
        {"no record anywhere",
         {},
         "a.farm.example",
         {"a.farm.example", "farm.example", "example"},
         {},
         "a.farm.example"},
        {"plain records are collected and the topmost wins",
         {{"TXT _dmarc.a.farm.example", "v=DMARC1; p=none"},
          {"TXT _dmarc.farm.example", "v=DMARC1; p=reject"}},
         "a.farm.example",
         {"a.farm.example", "farm.example", "example"},
         {"a.farm.example", "farm.example"},
         "farm.example"},
        {"even a record of the top-level name",
         {{"TXT _dmarc.farm.example", "v=DMARC1; p=none"}, {"TXT _dmarc.example", "v=DMARC1; p=reject"}},
         "farm.example",
         {"farm.example", "example"},
         {"farm.example", "example"},
         "example"},
        {"psd=n is the organization",
         {{"TXT _dmarc.farm.example", "v=DMARC1; p=none; psd=n"},
          {"TXT _dmarc.example", "v=DMARC1; p=reject"}},
         "a.farm.example",
         {"a.farm.example", "farm.example"},
         {"farm.example"},
         "farm.example"},
        {"psd=y makes the name below it the organization",
         {{"TXT _dmarc.farm.example", "v=DMARC1; p=none; psd=y"}},
         "b.a.farm.example",
         {"b.a.farm.example", "a.farm.example", "farm.example"},
         {"farm.example"},
         "a.farm.example"},
        {"psd=y at the start",
         {{"TXT _dmarc.farm.example", "v=DMARC1; p=none; psd=y"}},
         "farm.example",
         {"farm.example"},
         {"farm.example"},
         "farm.example"},
        {"psd=y above a plain record",
         {{"TXT _dmarc.b.a.example", "v=DMARC1; p=none"}, {"TXT _dmarc.example", "v=DMARC1; p=none; psd=y"}},
         "b.a.example",
         {"b.a.example", "a.example", "example"},
         {"b.a.example", "example"},
         "a.example"},
        {"a record that cannot be enforced still counts in the walk",
         {{"TXT _dmarc.a.farm.example", "v=DMARC1; p=none"},
          {"TXT _dmarc.farm.example", "v=DMARC1; adkim=s"}},
         "a.farm.example",
         {"a.farm.example", "farm.example", "example"},
         {"a.farm.example", "farm.example"},
         "farm.example"},
        {"several records at one name are none",
         {{"TXT _dmarc.a.farm.example", "v=DMARC1; p=none; psd=n"},
          {"TXT _dmarc.a.farm.example", "v=DMARC1; p=none; psd=n"}},
         "a.farm.example",
         {"a.farm.example", "farm.example", "example"},
         {},
         "a.farm.example"},
        {"other texts beside the record do not count",
         {{"TXT _dmarc.a.farm.example", "v=spf1 -all"},
          {"TXT _dmarc.a.farm.example", "v=DMARC1; p=none; psd=n"},
          {"TXT _dmarc.a.farm.example", "hello"},
          {"TXT _dmarc.a.farm.example", ""}},
         "a.farm.example",
         {"a.farm.example"},
         {"a.farm.example"},
         "a.farm.example"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        const Walked walked = walk_all(c.zone, c.start);
        CHECK(walked.state == dmarc::Walk::State::finished);
        CHECK(walked.visited == c.visited);
        CHECK(walked.found == c.found);
        CHECK(walked.organization == c.organization);
        CHECK(walked.missing.empty());
    }
}

TEST_CASE("the name below a public suffix is cut from the start even where the walk jumped over it") {
    const Zone zone{{"TXT _dmarc.4.5.6.7.8.9.example", "v=DMARC1; p=none; psd=y"}};
    const Walked walked = walk_all(zone, "1.2.3.4.5.6.7.8.9.example");
    CHECK(walked.visited == Names{"1.2.3.4.5.6.7.8.9.example", "4.5.6.7.8.9.example"});
    CHECK(walked.organization == "3.4.5.6.7.8.9.example");
}

TEST_CASE("a walk stops at a failure, not before and not after") {
    const Zone broken_top{{"TXT _dmarc.farm.example", "v=DMARC1; p=none"},
                          {"* _dmarc.example", "FAILED servfail"}};
    const Walked failed = walk_all(broken_top, "farm.example");
    CHECK(failed.state == dmarc::Walk::State::failed);
    CHECK(failed.trouble == "TXT _dmarc.example: SERVFAIL");
    CHECK(failed.visited == Names{"farm.example", "example"});

    const Zone shielded{{"TXT _dmarc.farm.example", "v=DMARC1; p=none; psd=n"},
                        {"* _dmarc.example", "FAILED servfail"}};
    CHECK(walk_all(shielded, "farm.example").state == dmarc::Walk::State::finished);
}

TEST_CASE("a walk asks for all it may need at once, and for nothing it will not") {
    const Zone zone{{"TXT _dmarc.b.c.example", "v=DMARC1; p=none; psd=n"},
                    {"* _dmarc.example", "FAILED timeout"}};
    struct Case {
        const char* name;
        Names known;
        Names missing;
        std::optional<dmarc::Walk::State> state;
    };
    const auto unanswered = std::nullopt;
    const Case cases[] = {
        {"nothing known",
         {},
         {"_dmarc.a.b.c.example", "_dmarc.b.c.example", "_dmarc.c.example", "_dmarc.example"},
         unanswered},
        {"the end of the walk is known", {"b.c.example"}, {"_dmarc.a.b.c.example"}, unanswered},
        {"a failure above is known",
         {"example"},
         {"_dmarc.a.b.c.example", "_dmarc.b.c.example", "_dmarc.c.example"},
         unanswered},
        {"all that counts is known", {"a.b.c.example", "b.c.example"}, {}, dmarc::Walk::State::finished},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        const Walked walked = walk_with(zone, "a.b.c.example", c.known);
        CHECK(walked.missing == c.missing);
        CHECK(walked.state == c.state);
    }
}

TEST_CASE("a record over the size limit is none") {
    const std::string filler(100, 'x');
    const std::string text = "v=DMARC1; p=reject; psd=n; x=" + filler;
    const Zone zone{{"TXT _dmarc.farm.example", text}};
    const dns::Question question{"_dmarc.farm.example", dns::Type::txt};
    dns::Answers answers;
    answers.insert(question, zone.answer(question));
    dns::Inquiry dns(answers);
    dmarc::Options options;
    options.limits.record = text.size();
    dmarc::PolicyRecords fits(dns, options);
    CHECK(fits.at(name("farm.example"))->state == dmarc::Lookup::State::found);
    options.limits.record = text.size() - 1;
    dmarc::PolicyRecords too_large(dns, options);
    CHECK(too_large.at(name("farm.example"))->state == dmarc::Lookup::State::absent);
}

TEST_CASE("a name whose record name no DNS message can carry is a lasting failure") {
    const std::string label(60, 'a');
    const std::string longest = label + "." + label + "." + label + "." + label + ".example"; // 251 octets
    const Walked walked = walk_all({}, longest);
    CHECK(walked.state == dmarc::Walk::State::failed);
    CHECK(walked.trouble == "TXT _dmarc." + longest + ": name too long");
    CHECK(walked.missing.empty());
}
