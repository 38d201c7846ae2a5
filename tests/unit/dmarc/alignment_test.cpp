#include "dmarc/alignment.h"

#include "support/catch.h"
#include "unit/dmarc/names.h"
#include "unit/dmarc/run.h"

using dmarc::Alignment;
using dmarc::AlignmentMode;
using dmarc_test::name;
using dmarc_test::Zone;

namespace {

const std::string test_list = PARAPH_SOURCE_DIR "/tests/conformance/dmarc/suffixes.dat";

struct Setting {
    const Zone& zone;
    dmarc::Options options;
};

dmarc::AlignmentTest decide(const Setting& setting, const std::string& author, const std::string& identifier,
                            AlignmentMode mode) {
    const auto evaluate = [&](const dns::Answers& known) {
        dns::Inquiry dns(known);
        dmarc::PolicyRecords records(dns, setting.options);
        dmarc::Organizations organizations(records, setting.options);
        dmarc::Aligner aligner(organizations, name(author));
        const auto test = aligner.test(name(identifier), mode, dmarc::Effort::walk);
        CHECK((!test || dns.questions().empty()));
        return dns::outcome(test, dns);
    };
    return test::resolve(evaluate, setting.zone).verdict;
}

const Zone plain{{"TXT _dmarc.farm.example", "v=DMARC1; p=reject"}};

} // namespace

TEST_CASE("relaxed alignment is one organizational domain, in every direction") {
    struct Case {
        const char* name;
        Zone zone;
        const char* author;
        const char* identifier;
        Alignment relaxed;
        Alignment strict;
    };
    const Alignment no = Alignment::no;
    const Alignment yes = Alignment::yes;
    const Case cases[] = {
        {"equal", plain, "farm.example", "farm.example", yes, yes},
        {"equal, with nothing in the DNS", {}, "farm.example", "farm.example", yes, yes},
        {"child", plain, "farm.example", "mail.farm.example", yes, no},
        {"parent", plain, "mail.farm.example", "farm.example", yes, no},
        {"sibling", plain, "news.farm.example", "mail.farm.example", yes, no},
        {"cousin", plain, "a.news.farm.example", "b.mail.farm.example", yes, no},
        {"a name that only ends in the same letters", plain, "farm.example", "notfarm.example", no, no},
        {"a neighbour below the same top-level name", plain, "farm.example", "barn.example", no, no},
        {"another top-level name", plain, "farm.example", "farm.test", no, no},
        {"no record: every name stands alone", {}, "farm.example", "mail.farm.example", no, no},
        {"the author stands alone by psd=n",
         {{"TXT _dmarc.farm.example", "v=DMARC1; p=none"},
          {"TXT _dmarc.eu.farm.example", "v=DMARC1; p=none; psd=n"}},
         "eu.farm.example",
         "farm.example",
         no,
         no},
        {"the identifier stands alone by psd=n",
         {{"TXT _dmarc.farm.example", "v=DMARC1; p=none"},
          {"TXT _dmarc.eu.farm.example", "v=DMARC1; p=none; psd=n"}},
         "farm.example",
         "mail.eu.farm.example",
         no,
         no},
        {"both below the same psd=n",
         {{"TXT _dmarc.farm.example", "v=DMARC1; p=none"},
          {"TXT _dmarc.eu.farm.example", "v=DMARC1; p=none; psd=n"}},
         "a.eu.farm.example",
         "b.eu.farm.example",
         yes,
         no},
        {"registrants of one public suffix",
         {{"TXT _dmarc.farm.example", "v=DMARC1; p=none; psd=y"}},
         "a.farm.example",
         "b.farm.example",
         no,
         no},
        {"one registrant of a public suffix",
         {{"TXT _dmarc.farm.example", "v=DMARC1; p=none; psd=y"}},
         "a.farm.example",
         "mail.a.farm.example",
         yes,
         no},
        {"the public suffix and its registrant",
         {{"TXT _dmarc.farm.example", "v=DMARC1; p=none; psd=y"}},
         "farm.example",
         "a.farm.example",
         no,
         no},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(decide({c.zone, {}}, c.author, c.identifier, AlignmentMode::relaxed).alignment == c.relaxed);
        CHECK(decide({c.zone, {}}, c.identifier, c.author, AlignmentMode::relaxed).alignment == c.relaxed);
        CHECK(decide({c.zone, {}}, c.author, c.identifier, AlignmentMode::strict).alignment == c.strict);
    }
}

TEST_CASE("a failed walk leaves alignment open only where it could have made the difference") {
    struct Case {
        const char* name;
        std::string failing;
        const char* identifier;
        bool failed;
        Alignment expected;
    };
    const Case cases[] = {
        {"the author's own walk", "_dmarc.example", "mail.farm.example", true, Alignment::undecided},
        {"the identifier's walk", "_dmarc.mail.farm.example", "mail.farm.example", true,
         Alignment::undecided},
        {"of a name outside the organization", "_dmarc.barn.example", "barn.example", false, Alignment::no},
        {"of a name below another top", "_dmarc.farm.test", "farm.test", false, Alignment::no},
        {"of an equal name", "_dmarc.example", "farm.example", false, Alignment::yes},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        Zone zone = plain;
        zone.add("* " + c.failing, "FAILED servfail");
        const auto test = decide({zone, {}}, "farm.example", c.identifier, AlignmentMode::relaxed);
        CHECK(test.alignment == c.expected);
        CHECK(test.failed == c.failed);
        CHECK(test.trouble.text == (c.failed ? "TXT " + c.failing + ": SERVFAIL" : ""));
    }
}

TEST_CASE("the veto separates strangers below a public suffix and nobody else") {
    const auto list = dmarc::PublicSuffixList::load(test_list);
    REQUIRE(list);
    const auto zone = [](const char* owner) {
        return Zone{{std::string("TXT _dmarc.") + owner, "v=DMARC1; p=none"}};
    };
    struct Case {
        const char* name;
        Zone zone;
        const char* author;
        const char* identifier;
        Alignment without; // without the veto
        Alignment with;
    };
    const Case cases[] = {
        {"two shops below an ICANN suffix", zone("co.example"), "a.co.example", "b.co.example",
         Alignment::yes, Alignment::no},
        {"two stalls below a private suffix", zone("stalls.example"), "a.stalls.example", "b.stalls.example",
         Alignment::yes, Alignment::no},
        {"below a wildcard", zone("north.isle.example"), "a.north.isle.example", "b.north.isle.example",
         Alignment::yes, Alignment::no},
        {"below a top-level name", zone("example"), "a.example", "b.example", Alignment::yes, Alignment::no},
        {"the suffix itself as signer", zone("co.example"), "a.co.example", "co.example", Alignment::yes,
         Alignment::no},
        {"the suffix itself as author", zone("co.example"), "co.example", "a.co.example", Alignment::yes,
         Alignment::no},
        {"one registrant", zone("co.example"), "a.co.example", "mail.a.co.example", Alignment::yes,
         Alignment::yes},
        {"equal names", zone("co.example"), "a.co.example", "a.co.example", Alignment::yes, Alignment::yes},
        {"no public suffix", zone("farm.example"), "a.farm.example", "b.farm.example", Alignment::yes,
         Alignment::yes},
        {"an exception to a wildcard", zone("port.isle.example"), "a.port.isle.example",
         "b.port.isle.example", Alignment::yes, Alignment::yes},
        {"psd=n does not overrule the list",
         {{"TXT _dmarc.co.example", "v=DMARC1; p=none; psd=n"}},
         "a.co.example",
         "b.co.example",
         Alignment::yes,
         Alignment::no},
        {"psd=y one level too high",
         {{"TXT _dmarc.example", "v=DMARC1; p=none; psd=y"}},
         "a.co.example",
         "b.co.example",
         Alignment::yes,
         Alignment::no},
        {"psd=y leaves nothing to veto",
         {{"TXT _dmarc.co.example", "v=DMARC1; p=none; psd=y"}},
         "a.co.example",
         "mail.a.co.example",
         Alignment::yes,
         Alignment::yes},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        dmarc::Options options;
        CHECK(decide({c.zone, options}, c.author, c.identifier, AlignmentMode::relaxed).alignment ==
              c.without);
        options.public_suffixes = &*list;
        const auto test = decide({c.zone, options}, c.author, c.identifier, AlignmentMode::relaxed);
        CHECK(test.alignment == c.with);
        CHECK(test.vetoed == (c.without != c.with));
    }
}

TEST_CASE("in psl mode the registrable domain decides and the DNS is not asked") {
    const auto list = dmarc::PublicSuffixList::load(test_list);
    REQUIRE(list);
    dmarc::Options options;
    options.discovery = dmarc::Discovery::psl;
    options.public_suffixes = &*list;
    struct Case {
        const char* author;
        const char* identifier;
        Alignment expected;
    };
    const Case cases[] = {
        {"farm.example", "mail.farm.example", Alignment::yes},
        {"a.farm.example", "b.farm.example", Alignment::yes},
        {"a.co.example", "b.co.example", Alignment::no},
        {"a.co.example", "mail.a.co.example", Alignment::yes},
        {"co.example", "a.co.example", Alignment::no},
        {"a.co.example", "co.example", Alignment::no},
        {"farm.example", "example", Alignment::no},
    };
    // psd= has no meaning here.
    const Zone zone{{"TXT _dmarc.a.farm.example", "v=DMARC1; p=none; psd=n"},
                    {"* _dmarc.farm.example", "FAILED timeout"}};
    for (const Case& c : cases) {
        CAPTURE(c.author, c.identifier);
        CHECK(decide({zone, options}, c.author, c.identifier, AlignmentMode::relaxed).alignment ==
              c.expected);
    }
}
