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
        {{Subject::dmarc, "fail", "pass"}, true, true, Way::inbound},   // SPF is new
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
}
