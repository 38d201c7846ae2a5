// How answers differ, and why.
#include "milter/tool/compare/report.h"

#include "message/parse_message.h"
#include "support/catch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <string>

using namespace milter::tool::compare;

namespace {

message::Message a_message() {
    return *message::parse_message("From: <ann@example.org>\nSubject: x\nTo: b@example.net\n\nx\n");
}

Signed a_signature() {
    Signed made;
    made.name = "example.org/s1";
    made.algorithm = "rsa-sha256";
    made.canonicalization = "relaxed/simple";
    made.fields = {"from", "subject", "to"};
    made.has_time = true;
    return made;
}

Answer an_answer() {
    Answer answer;
    answer.signatures = {a_signature()};
    answer.results = {
        {"spf", "mailfrom", "pass"}, {"dkim", "example.org/s1", "pass"}, {"dmarc", "example.org", "pass"}};
    answer.ids = {"mx.test"};
    return answer;
}

std::string told(const Answer& was, const Answer& is, const Scope& scope = {}) {
    std::string text;
    for (const Difference& one : compare(was, is, a_message().headers, scope)) {
        text +=
            fmt::format("[{}: {} > {} ({})]", print(one.subject), one.was, one.is, fmt::join(one.about, ","));
    }
    return text;
}

} // namespace

TEST_CASE("each difference is found") {
    struct Case {
        const char* name;
        std::function<void(Answer&)> change;
        const char* expected;
    };
    const Case cases[]{
        {"nothing", [](Answer&) {}, ""},
        {"no signature", [](Answer& a) { a.signatures.clear(); },
         "[the message: signed > not signed (example.org/s1)]"},
        {"another selector", [](Answer& a) { a.signatures[0].name = "example.org/s2"; },
         "[the message: signed > not signed (example.org/s1)][the message: not signed > signed "
         "(example.org/s2)]"},
        {"two where one was", [](Answer& a) { a.signatures.push_back(a_signature()); },
         "[the message: not signed > signed (example.org/s1)]"},
        {"algorithm", [](Answer& a) { a.signatures[0].algorithm = "ed25519-sha256"; },
         "[a=: rsa-sha256 > ed25519-sha256 (example.org/s1)]"},
        {"canonicalization", [](Answer& a) { a.signatures[0].canonicalization = "relaxed/relaxed"; },
         "[c=: relaxed/simple > relaxed/relaxed (example.org/s1)]"},
        {"identity", [](Answer& a) { a.signatures[0].identity = "ann@example.org"; },
         "[i=:  > ann@example.org (example.org/s1)]"},
        {"no time", [](Answer& a) { a.signatures[0].has_time = false; },
         "[t=: with t= > without t= (example.org/s1)]"},
        {"length", [](Answer& a) { a.signatures[0].has_length = true; },
         "[l=: without l= > with l= (example.org/s1)]"},
        {"lifetime", [](Answer& a) { a.signatures[0].lifetime = 60; },
         "[x=: without x= > 60 s (example.org/s1)]"},
        {"a field less", [](Answer& a) { a.signatures[0].fields = {"from", "to"}; },
         "[h=: signed > not signed (subject)]"},
        {"oversigned", [](Answer& a) { a.signatures[0].fields = {"from", "from", "subject", "to", "cc"}; },
         "[h=: not oversigned > oversigned (cc,from)]"},
        {"order", [](Answer& a) { a.signatures[0].fields = {"to", "subject", "from"}; },
         "[h=: in one order > in another (example.org/s1)]"},
        {"another id", [](Answer& a) { a.ids = {"mx2.test"}; },
         "[the id of Authentication-Results: mx.test > mx2.test ()]"},
        {"a result", [](Answer& a) { a.results[1].result = "fail"; }, "[dkim: pass > fail (example.org/s1)]"},
        {"no result", [](Answer& a) { a.results.pop_back(); }, "[dmarc: pass >  ()]"},
        {"another signature", [](Answer& a) { a.results[1].about = "x.test/k"; },
         "[dkim: pass >  (example.org/s1)][dkim:  > pass (x.test/k)]"},
        {"refused",
         [](Answer& a) {
             a = {};
             a.fate = Fate::reject;
         },
         "[the message: accepted > rejected ()]"},
        {"held",
         [](Answer& a) {
             a.fate = Fate::quarantine;
             a.results[2].result = "fail";
         },
         "[the message: accepted > held in quarantine ()][dmarc: pass > fail ()]"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Answer is = an_answer();
        c.change(is);
        CHECK(told(an_answer(), is) == c.expected);
    }
}

TEST_CASE("what the old programs do not do is not compared") {
    Answer is = an_answer();
    is.signatures.clear();
    is.results.clear();
    CHECK(told(an_answer(), is, {false, false, false, false}).empty());
}

TEST_CASE("a difference has the reason of its configuration, or none") {
    const auto author = message::find_author(a_message().headers);
    Configured plain;
    Configured given;
    given.given = {"opendkim.canonicalization", "opendkim.oversignheaders", "opendkim.signheaders",
                   "opendkim.nameservers"};
    const Answer empty;
    struct Row {
        Difference difference;
        bool known_plain, known_given;
        Way way = Way::outbound;
    };
    const Row rows[]{
        {{Subject::canonicalization, "simple/simple", "relaxed/relaxed"}, true, false},
        {{Subject::field_signed, "not signed", "signed"}, true, false},
        {{Subject::field_signed, "signed", "not signed"}, false, false},
        {{Subject::field_oversigned, "not oversigned", "oversigned"}, true, false},
        {{Subject::field_order, "in one order", "in another"}, true, true},
        {{Subject::signature, "signed", "not signed"}, false, false}, // of one author
        {{Subject::algorithm, "rsa-sha1", "rsa-sha256"}, true, true},
        {{Subject::algorithm, "rsa-sha256", "ed25519-sha256"}, false, false},
        {{Subject::dkim, "", "none"}, true, true, Way::inbound},
        {{Subject::dkim, "", "pass"}, true, false, Way::inbound},
        {{Subject::dkim, "fail", "pass"}, false, false, Way::inbound},
        {{Subject::dkim, "pass", "fail"}, false, false, Way::inbound},
        {{Subject::spf, "fail", "pass"}, false, false, Way::inbound},
        {{Subject::spf, "fail", "softfail"}, true, true, Way::inbound}, // of opendmarc alone
        {{Subject::dmarc, "fail", "pass"}, false, false, Way::inbound}, // SPF is new, and says nothing
        {{Subject::dmarc, "pass", "fail"}, false, false, Way::inbound},
        {{Subject::fate, "rejected", "accepted"}, false, false, Way::inbound},
        {{Subject::authserv_id, "a", "b"}, false, false, Way::inbound},
    };
    for (const Row& row : rows) {
        INFO(print(row.difference.subject) << " " << row.difference.was << " > " << row.difference.is);
        CHECK((reason_of({row.difference, plain, empty, empty, author, row.way}) != nullptr) ==
              row.known_plain);
        CHECK((reason_of({row.difference, given, empty, empty, author, row.way}) != nullptr) ==
              row.known_given);
    }
}

namespace {

const Written dkim_pass_below{"dkim", "news.example.org/s1", "pass"};
const std::string for_dmarc = "rejected by DMARC policy for example.org", for_dkim = "message has no DKIM";

DmarcFacts record(const std::string& text, int np = 0) {
    DmarcFacts facts;
    facts.records = text + "\n";
    facts.applied = text;
    facts.np = np;
    facts.organization = "example.org";
    return facts;
}

struct FateRow {
    const char* name;
    bool is_known;
    DmarcFacts dmarc;
    std::vector<Written> results{};
    std::string is_text = for_dmarc;
    std::string_view sender_domain = "elsewhere.test";
};

} // namespace

TEST_CASE("a record explains what is refused for DMARC, and nothing else") {
    const auto author = message::find_author(a_message().headers);
    const Configured plain;
    const std::vector<Written> unaligned{dkim_pass_below};
    const FateRow rows[]{
        {"pct below 100", true, record("v=dmarc1; p=reject; pct=20")},
        {"pct 100", false, record("v=dmarc1; p=reject; pct=100")},
        {"refused for DKIM, pct", false, record("v=dmarc1; p=reject; pct=20"), {}, for_dkim},
        {"refused for DKIM, pct 100", false, record("v=dmarc1; p=none; pct=100"), {}, for_dkim},
        {"np of a name that does not exist", true, record("v=dmarc1; p=none; np=reject", 1)},
        {"np of one that does", false, record("v=dmarc1; p=none; np=reject")},
        {"np that is milder", false, record("v=dmarc1; p=reject; np=none", -1)},
        {"refused for DKIM, np", false, record("v=dmarc1; p=none; np=reject", 1), {}, for_dkim},
        {"strict, a signer below", true, record("v=dmarc1; p=reject; adkim=s"), unaligned},
        {"strict SPF, a signer below", false, record("v=dmarc1; p=reject; aspf=s"), unaligned},
        {"strict, nobody passes", false, record("v=dmarc1; p=reject; adkim=s")},
        {"strict, a stranger passes",
         false,
         record("v=dmarc1; p=reject; adkim=s"),
         {{"dkim", "elsewhere.test/k", "pass"}}},
        {"strict, refused for DKIM", false, record("v=dmarc1; p=none; adkim=s"), unaligned, for_dkim},
        {"strict SPF, a sender below",
         true,
         record("v=dmarc1; p=reject; aspf=s"),
         {{"spf", "mailfrom", "pass"}},
         for_dmarc,
         "Mail.example.org"},
        {"strict SPF, the author's own",
         false,
         record("v=dmarc1; p=reject; aspf=s"),
         {{"spf", "mailfrom", "pass"}},
         for_dmarc,
         "example.org"},
        {"an unreadable tag", true, record("v=dmarc1; p=reject; sp=x is not a value of this tag")},
        {"an unreadable tag, DKIM", false, record("v=dmarc1; p=reject; sp=x is not a value"), {}, for_dkim},
        {"only a policy", false, record("v=dmarc1; p=reject")},
    };
    for (const FateRow& row : rows) {
        INFO(row.name);
        const Difference refused{Subject::fate, "accepted", "rejected"};
        const Answer was{.results = row.results};
        const Answer is{.fate = Fate::reject, .text = row.is_text};
        Case one{refused, plain, was, is, author};
        one.dmarc = row.dmarc;
        one.sender_domain = row.sender_domain;
        CHECK((reason_of(one) != nullptr) == row.is_known);
    }
}

TEST_CASE("what opendmarc refused is explained, and what another refused is not") {
    const auto author = message::find_author(a_message().headers);
    const Configured plain;
    const Difference taken{Subject::fate, "rejected", "accepted"};
    for (const std::string by : {"opendmarc", "opendkim", "policyd-spf"}) {
        INFO(by);
        const Answer was{.fate = Fate::reject, .refused_by = by};
        const Answer failed{.results = {{"dmarc", "example.org", "fail"}}};
        Case one{taken, plain, was, failed, author};
        one.dmarc = record("v=dmarc1; p=reject; t=y");
        CHECK((reason_of(one) != nullptr) == (by == "opendmarc"));
        one.dmarc = record("v=dmarc1; p=reject; np=none", -1);
        CHECK((reason_of(one) != nullptr) == (by == "opendmarc"));
        one.dmarc = record("v=dmarc1; p=reject; np=none; pct=20", 1);
        CHECK(reason_of(one) == nullptr);
    }
}

TEST_CASE("a body that was changed is refused without its key, where opendkim would not have passed it") {
    const auto author = message::find_author(a_message().headers);
    const Difference refused{Subject::fate, "accepted", "put off"};
    const Answer is{.fate = Fate::tempfail, .text = "4.7.20 no DKIM signature of the message passes"};
    for (const char* result : {"", "fail", "none", "pass"}) {
        for (const std::string option :
             {"opendkim.on-badsignature", "opendkim.on-default", "opendkim.mode"}) {
            INFO(result << " " << option);
            const bool is_given = option != "opendkim.mode";
            Configured configured;
            configured.given = {option};
            const Answer was{.results = {{"dkim", "x.test/k", result}}};
            const Case one{refused, configured, was, is, author};
            CHECK((reason_of(one) != nullptr) == (is_given && std::string_view(result) != "pass"));
        }
    }
}

TEST_CASE("reasons of one option, and the same without it") {
    const auto author = message::find_author(a_message().headers);
    Signed over = a_signature();
    over.fields = {"from", "from", "cc", "cc"};
    const Answer malformed{.results = {{"dkim", "", "permerror", "bad message"}}}, no_signature{},
        spf_pass{.results = {{"spf", "mailfrom", "pass"}}}, oversigned{.signatures = {over}},
        simply_signed{.signatures = {a_signature()}}, other{.results = {{"dkim", "x.test/k", "fail"}}},
        dkim_none{.results = {{"dkim", "", "none"}}}, refused{.fate = Fate::reject, .refused_by = "opendkim"};
    struct Row {
        const char* option;
        Difference difference;
        const Answer& was;
        const Answer& is;
        bool is_known_with, is_known_without;
        Way way = Way::inbound;
    };
    const Difference no_cc{Subject::field_signed, "not signed", "signed", {"cc"}};
    const Row rows[]{
        {"opendkim.signheaders", no_cc, no_signature, oversigned, true, true, Way::outbound},
        {"opendkim.signheaders", no_cc, no_signature, simply_signed, false, true, Way::outbound},
        {"opendkim.mode=s", {Subject::dkim, "permerror", ""}, malformed, no_signature, true, false},
        {"opendkim.none", {Subject::dkim, "permerror", ""}, malformed, dkim_none, true, true},
        {"opendkim.nameservers", {Subject::dkim, "", "pass"}, no_signature, no_signature, false, true},
        {"opendkim.none", {Subject::dkim, "", "pass"}, other, no_signature, false, false},
        {"policyd-spf.helo_reject=null",
         {Subject::spf, "", "fail", {"helo"}},
         no_signature,
         no_signature,
         true,
         false},
        {"opendkim.on-nosignature=reject",
         {Subject::fate, "rejected", "accepted"},
         refused,
         no_signature,
         true,
         false,
         Way::outbound},
        {"opendkim.on-nosignature=reject",
         {Subject::fate, "rejected", "accepted"},
         refused,
         no_signature,
         false,
         false},
    };
    for (const Row& row : rows) {
        INFO(row.option << " " << print(row.difference.subject) << " " << row.difference.was);
        for (const bool is_given : {true, false}) {
            Configured configured;
            configured.has_policyd = true;
            configured.given = is_given ? std::set<std::string>{row.option} : std::set<std::string>{};
            CHECK((reason_of({row.difference, configured, row.was, row.is, author, row.way}) != nullptr) ==
                  (is_given ? row.is_known_with : row.is_known_without));
        }
    }
    const Difference passes{Subject::dmarc, "fail", "pass"}, told{Subject::spf, "", "pass"};
    CHECK(reason_of({passes, Configured(), no_signature, spf_pass, author}) != nullptr);
    CHECK(reason_of({passes, Configured(), no_signature, no_signature, author}) == nullptr);
    Configured skips;
    skips.has_policyd = true;
    skips.skipped = {*base::IpNetwork::parse("192.0.2.0/24")};
    for (const bool is_inside : {true, false}) {
        const auto client = base::IpAddress::parse(is_inside ? "192.0.2.9" : "198.51.100.9");
        Case one{told, skips, no_signature, spf_pass, author};
        one.client = &*client;
        CHECK((reason_of(one) != nullptr) == is_inside);
    }
}

TEST_CASE("a lookup that failed for paraphd alone explains nothing") {
    const auto author = message::find_author(a_message().headers);
    Configured plain;
    plain.has_policyd = true;
    struct Row {
        Difference difference;
        std::vector<Written> was, is;
        bool is_known;
    };
    const std::vector<Written> no_key{{"dkim", "x.test/k", "temperror"}},
        passed{{"dkim", "x.test/k", "pass"}},
        unanswered{{"dkim", "x.test/k", "fail", "key DNS query failed"}},
        no_spf{{"spf", "mailfrom", "temperror"}}, spf_none{{"spf", "mailfrom", "none"}};
    const Row rows[]{
        {{Subject::dkim, "pass", "temperror"}, passed, no_key, false},
        {{Subject::dkim, "none", "temperror"}, {}, no_key, false},
        {{Subject::dkim, "fail", "temperror", {}, "signature verification failed"}, {}, no_key, false},
        {{Subject::dkim, "fail", "temperror", {}, "key DNS query failed"}, {}, no_key, true},
        {{Subject::dkim, "", "temperror"}, {}, no_key, true},
        {{Subject::dmarc, "fail", "temperror"}, passed, no_key, false},
        {{Subject::dmarc, "none", "temperror"}, spf_none, no_spf, false},
        {{Subject::dmarc, "pass", "temperror"}, unanswered, no_key, false},
        {{Subject::dmarc, "fail", "temperror"}, unanswered, no_key, true},
        {{Subject::dmarc, "fail", "temperror"}, {}, no_spf, true},
        {{Subject::dmarc, "fail", "temperror"}, {}, {}, false},
    };
    for (const Row& row : rows) {
        INFO(print(row.difference.subject) << " " << row.difference.was << " " << row.difference.why_was);
        const Answer was{.results = row.was}, is{.results = row.is};
        CHECK((reason_of({row.difference, plain, was, is, author}) != nullptr) == row.is_known);
    }
}

TEST_CASE("more kinds of difference than are listed are not passed over") {
    const auto author = message::find_author(a_message().headers);
    const Configured plain;
    const Answer empty;
    Tally tally;
    for (int i = 0; i < 1001; ++i) {
        CHECK_FALSE(tally.has_unknown());
        const Difference order{Subject::field_order, fmt::format("{}", i), "in another"};
        tally.add({order, plain, empty, empty, author, Way::outbound}, "1");
    }
    CHECK(tally.has_unknown());
    CHECK(print(Report{tally, {"opendkim"}, {}}).find("1 difference of further kinds") != std::string::npos);
}

TEST_CASE("alike differences are one line, those without a reason come first, and nothing raw is printed") {
    const auto author = message::find_author(a_message().headers);
    const Configured plain;
    const Answer empty;
    Tally tally;
    for (int i = 0; i < 500; ++i) {
        const Difference order{Subject::field_order, "in one order", "in another", {"example.org/s1"}};
        tally.add({order, plain, empty, empty, author, Way::outbound}, fmt::format("{}", i));
        tally.note_message(Way::outbound, true);
    }
    CHECK_FALSE(tally.has_unknown());
    const Difference odd{Subject::dkim, "pa\x1b[31mss", "fail", {"\nx.test"}};
    tally.add({odd, plain, empty, empty, author, Way::inbound}, "cur/\x1b]0;x\a");
    tally.note_unreadable("new/\x07", "a symbolic link");
    CHECK(tally.has_unknown());
    for (const std::string& text :
         {print(Report{tally, {"opendkim"}, {}}), print_json(Report{tally, {"opendkim"}, {}})}) {
        CHECK(text.find('\x1b') == std::string::npos);
        CHECK(text.find('\a') == std::string::npos);
        CHECK(text.find("example.org/s1") != std::string::npos);
    }
    const std::string text = print(Report{tally, {"opendkim"}, {}});
    CHECK(text.find("WITHOUT A KNOWN REASON\n  inbound, 1 message: dkim") <
          text.find("outbound, 500 messages: h="));
    CHECK(text.find("1 message cannot be read") != std::string::npos);
    CHECK(text.find("does nothing here") == std::string::npos);
    CHECK(print(Report{tally, {"opendkim"}, {"opendmarc"}}).find("\nopendmarc does nothing here: Postfix") !=
          std::string::npos);
}
