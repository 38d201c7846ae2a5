// What each side writes, in one form.
#include "milter/tool/compare/answer.h"

#include "milter/tool/compare/loose_results.h"
#include "support/catch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

using namespace milter::tool;
using namespace milter::tool::compare;

namespace {

std::string told(const Answer& answer) {
    std::string text;
    for (const Written& one : answer.results) {
        text += fmt::format("{}={}({}:{})", one.method, one.result, one.about, one.why);
    }
    return text;
}

std::string results_of(std::string_view body) {
    Answer answer;
    add_results(body, answer);
    return told(answer);
}

Edit insert(const char* name, const char* value) {
    return {Edit::Kind::insert, 0, name, value};
}

} // namespace

TEST_CASE("results as opendkim, opendmarc and paraphd write them") {
    struct Case {
        const char* name;
        const char* body;
        const char* expected;
    };
    const Case cases[]{
        {"opendkim, a pass",
         " mx.test;\n\tdkim=pass (2048-bit key; unprotected) header.d=A.test header.i=@a.test "
         "header.a=rsa-sha256 "
         "header.s=S1 header.b=lUu/pi+S;\n\tdkim-atps=neutral",
         "dkim=pass(a.test/s1:2048-bit key; unprotected)"},
        {"opendkim, a failure",
         "mx.test; dkim=fail reason=\"key not found in DNS\" header.d=a.test header.s=s1",
         "dkim=fail(a.test/s1:key not found in DNS)"},
        {"opendkim, no signature to speak of", "mx.test; dkim=permerror (bad message/signature format)",
         "dkim=permerror(:bad message/signature format)"},
        {"opendmarc", "mx.test; dmarc=none (p=none dis=none) header.from=a.test",
         "dmarc=none(a.test:p=none dis=none)"},
        {"several",
         " mx.test;\r\n\tspf=pass smtp.mailfrom=a.test;\r\n\tdkim=none;\r\n\tdmarc=fail (p=reject) "
         "header.from=a.test",
         "spf=pass(mailfrom:)dkim=none(:)dmarc=fail(a.test:p=reject)"},
        {"of HELO", "mx.test; spf=fail smtp.helo=h.test", "spf=fail(helo:)"},
        {"nested comments and quotes", "mx.test; dmarc=pass (a (b) \\) c) header.from=\"a.test\"",
         "dmarc=pass(a.test:a b  ) c)"},
        {"none", "mx.test; none", ""},
        {"no id", "dkim=pass header.d=a.test", ""},
        {"empty", "", ""},
        {"a comment that does not end", "mx.test; dkim=pass (header.d=a.test; dmarc=pass",
         "dkim=pass(:header.d=a.test; dmarc=pass)"},
        {"foreign methods", "mx.test; arc=pass; iprev=fail", ""},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(results_of(c.body) == c.expected);
    }
}

TEST_CASE("a signature in one form") {
    const auto read = read_signed(
        " v=1; a=rsa-sha256; c=relaxed/simple; d=Example.org; s=S1; i=@sub.example.org;\r\n"
        "\tt=100; x=700; h=From:from:Subject; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=YQ==");
    REQUIRE(read);
    CHECK(read->name == "example.org/s1");
    CHECK(read->algorithm == "rsa-sha256");
    CHECK(read->canonicalization == "relaxed/simple");
    CHECK(read->identity == "@sub.example.org");
    CHECK(fmt::format("{}", fmt::join(read->fields, ":")) == "from:from:subject");
    CHECK(read->has_time);
    CHECK_FALSE(read->has_length);
    CHECK(read->lifetime == 600U);
    CHECK_FALSE(read_signed("v=1; nonsense"));
}

TEST_CASE("what becomes of a message") {
    ProbeResult held;
    held.edits = {{Edit::Kind::quarantine, 0, "", "dmarc"},
                  insert("Authentication-Results", "mx.test; dmarc=fail")};
    Answer answer;
    add_answer(held, answer);
    CHECK(answer.fate == Fate::quarantine);
    CHECK(told(answer) == "dmarc=fail(:)");
    ProbeResult refused;
    refused.reply = {Reply::Kind::code, "451 4.7.1 later"};
    add_answer(refused, answer);
    CHECK(answer.fate == Fate::quarantine); // who speaks first
    Answer second;
    add_answer(refused, second);
    CHECK(second.fate == Fate::tempfail);
}

TEST_CASE("Received-SPF takes the place of another result of SPF, in any order") {
    for (const bool first : {true, false}) {
        ProbeResult both;
        const Edit field =
            insert("Received-SPF", " Softfail (mailfrom) identity=mailfrom; client-ip=192.0.2.1;");
        both.edits = {insert("Authentication-Results", "mx.test; spf=pass smtp.helo=x; dkim=none")};
        both.edits.insert(first ? both.edits.begin() : both.edits.end(), field);
        Answer answer;
        add_answer(both, answer);
        std::string text = told(answer);
        CHECK(text.find("spf=softfail(mailfrom:)") != std::string::npos);
        CHECK(text.find("spf=pass") == std::string::npos);
    }
}

TEST_CASE("answers of a policy service") {
    struct Case {
        const char* action;
        Fate fate;
        const char* field;
    };
    const Case cases[]{
        {"dunno", Fate::accept, ""},
        {"prepend Received-SPF: Pass (mailfrom) identity=mailfrom", Fate::accept,
         "Received-SPF: Pass (mailfrom) identity=mailfrom"},
        {"550 5.7.23 Message rejected", Fate::reject, ""},
        {"reject no", Fate::reject, ""},
        {"451 4.7.24 later", Fate::tempfail, ""},
        {"defer_if_permit later", Fate::tempfail, ""},
        {"", Fate::accept, ""},
    };
    for (const Case& c : cases) {
        INFO(c.action);
        Answer answer;
        CHECK(add_action(c.action, answer) == c.field);
        CHECK(answer.fate == c.fate);
    }
}
