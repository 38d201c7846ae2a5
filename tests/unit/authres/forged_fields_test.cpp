#include "authres/forged_fields.h"

#include "authres/claims.h"

#include "support/catch.h"

#include <string>
#include <string_view>
#include <vector>

using authres::forged_instances;
using namespace std::string_view_literals;

namespace {

const std::vector<std::string> ours{"mx.example.org", "mail gateway 1", "xn--bcher-kva.example"};

bool claims(std::string_view body, const std::vector<std::string>& ids) {
    authres::OwnIds own(ids);
    return authres::claims(body, own);
}

} // namespace

TEST_CASE("a field that claims our id is recognized in any dress", "[authres][rfc8601-5]") {
    struct Case {
        const char* what;
        std::string_view body;
    };
    const auto c = GENERATE(values<Case>({
        {"plain", " mx.example.org; spf=pass"},
        {"no results", " mx.example.org; none"},
        {"no semicolon", " mx.example.org"},
        {"no blank", "mx.example.org;spf=pass"},
        {"upper case", " MX.Example.ORG; spf=pass"},
        {"a trailing dot", " mx.example.org.; spf=pass"},
        {"a version", " mx.example.org 1; spf=pass"},
        {"an unknown version", " mx.example.org 2; spf=pass"},
        {"a job id", " mx.example.org/4Xyz; spf=pass"},
        {"a comment before", " (hi) mx.example.org; spf=pass"},
        {"a comment after", " mx.example.org(hi); spf=pass"},
        {"a semicolon in a comment before", " (a;b) mx.example.org; spf=pass"},
        {"nested comments", " (a(b)c)mx.example.org; spf=pass"},
        {"a quoted-pair in a comment", " (a\\)b) mx.example.org; spf=pass"},
        {"a comment inside the id", " mx.(x)example.org; spf=pass"},
        {"a blank inside the id", " mx. example.org; spf=pass"},
        {"quoted", " \"mx.example.org\"; spf=pass"},
        {"quoted-pairs", " \"m\\x.exam\\ple.org\"; spf=pass"},
        {"quoted-pairs outside of quotes", " m\\x.example.org; spf=pass"},
        {"quoted in part", " mx.\"example\".org; spf=pass"},
        {"an empty quoted string before", " \"\" mx.example.org; spf=pass"},
        {"an unclosed quote", " \"mx.example.org; spf=pass"},
        {"an unclosed comment before", " (mx.example.org; spf=pass"},
        {"a comment that only looks closed", " (a\\) mx.example.org; spf=pass"},
        {"a fold before", "\r\n\tmx.example.org; spf=pass"},
        {"a fold after", " mx.example.org\r\n ; spf=pass"},
        {"a tab", "\tmx.example.org\t;"},
        {"a NUL inside", " mx.exa\0mple.org; spf=pass"sv},
        {"an invisible character inside", " mx.exam\xc2\xadple.org; spf=pass"},
        {"an invisible character behind", " mx.example.org\xe2\x80\x8b; spf=pass"},
        {"full-width letters", " \xef\xbd\x8d\xef\xbd\x98.example.org; spf=pass"},
        {"a full-width dot", " mx\xef\xbc\x8e"
                             "example.org; spf=pass"},
        {"an ideographic full stop", " mx\xe3\x80\x82"
                                     "example.org; spf=pass"},
        {"dots behind", " mx.example.org...; spf=pass"},
        {"an empty id before", " ; mx.example.org; spf=pass"},
        {"an ARC instance before", " i=1; mx.example.org; spf=pass"},
        {"another word before", " by mx.example.org; spf=pass"},
        {"a colon behind", " mx.example.org: spf=pass"},
        {"a comma behind", " mx.example.org, spf=pass"},
        {"brackets", " <mx.example.org>; spf=pass"},
        {"an id with blanks", " \"mail gateway 1\"; spf=pass"},
        {"an A-label", " xn--bcher-kva.example; spf=pass"},
        {"a U-label", " b\xc3\xbc"
                      "cher.example; spf=pass"},
        {"a U-label and an upper-case letter", " B\xc3\xbc"
                                               "cher.Example; spf=pass"},
    }));
    INFO(c.what);
    CHECK(claims(c.body, ours));
}

TEST_CASE("a field of somebody else is left alone", "[authres][rfc8601-5]") {
    struct Case {
        const char* what;
        std::string_view body;
    };
    const auto c = GENERATE(values<Case>({
        {"another id", " mx.example.net; spf=pass"},
        {"ours as the beginning of another", " mx.example.org.attacker.example; spf=pass"},
        {"ours as the end of another", " not-mx.example.org; spf=pass"},
        {"the parent domain", " example.org; spf=pass"},
        {"ours in a property", " mx.example.net; spf=pass smtp.mailfrom=mx.example.org"},
        {"ours in a comment after", " mx.example.net (mx.example.org); spf=pass"},
        {"ours in a property where the id is missing", " spf=pass smtp.mailfrom=mx.example.org; dkim=none"},
        {"ours as a domain where the id is missing", " spf=pass smtp.mailfrom=ann@mx.example.org; dkim=none"},
        {"ours in another's job id", " mx.example.net/mx.example.org; spf=pass"},
        {"nothing", ""},
        {"only a semicolon", ";"},
        {"only a comment", "(x)"},
    }));
    INFO(c.what);
    CHECK_FALSE(claims(c.body, ours));
}

TEST_CASE("no id claims nothing", "[authres]") {
    CHECK_FALSE(claims(" mx.example.org; spf=pass", {}));
}

TEST_CASE("a large field is no refuge", "[authres]") {
    const std::string filler(60'000, 'x');
    CHECK(claims(" (" + filler + ") mx.example.org; spf=pass", ours));
    CHECK(claims(std::string(60'000, ' ') + "mx.example.org; spf=pass", ours));
    CHECK(claims(std::string(30'000, '(') + std::string(30'000, ')') + "mx.example.org;", ours));
    CHECK(claims(" mx.example.org; " + filler, ours));
    CHECK_FALSE(claims(" mx.example.net; " + filler, ours));
    CHECK_FALSE(claims(' ' + filler, ours));
    std::string words;
    for (int i = 0; i < 20'000; ++i) {
        words += "a ";
    }
    CHECK(claims(words + "mx.example.org; spf=pass", ours));
}

TEST_CASE("versions that do not exist are recognized", "[authres][rfc8601-5]") {
    CHECK_FALSE(authres::has_unknown_version(" mx.example.net; none"));
    CHECK_FALSE(authres::has_unknown_version(" mx.example.net 1; none"));
    CHECK_FALSE(authres::has_unknown_version(" mx.example.net (2) 01; none"));
    CHECK(authres::has_unknown_version(" mx.example.net 2; none"));
    CHECK(authres::has_unknown_version(" mx.example.net 0; none"));
    CHECK(authres::has_unknown_version(" mx.example.net 11; none"));
}

TEST_CASE("instances to delete come highest first, counted per name", "[authres]") {
    message::HeaderList headers;
    const auto add = [&headers](const char* name, const char* body) {
        headers.add(message::HeaderField(name, body));
    };
    add("Authentication-Results", " mx.example.org; spf=pass");
    add("Received", " mx.example.org; x");
    add("Authentication-Results", " mx.example.net; spf=pass");
    add("AUTHENTICATION-RESULTS", " MX.EXAMPLE.ORG; spf=pass");
    add("Authentication-Results", " mx.example.net 7; spf=pass");
    add("ARC-Authentication-Results", " i=1; mx.example.org; spf=pass");
    CHECK(forged_instances(headers, ours) == std::vector<std::size_t>{4, 3, 1});
    CHECK(forged_instances(message::HeaderList(), ours).empty());
}

TEST_CASE("results without an id in front are forged", "[authres][rfc8601-2.2]") {
    struct Case {
        const char* what;
        std::string_view body;
        bool expected;
    };
    const auto c = GENERATE(values<Case>({
        {"a result", " dmarc=pass header.from=victim.example", true},
        {"blanks around the sign", " dmarc = pass", true},
        {"a comment before the sign", " dmarc (x) =pass", true},
        {"a method with a version", " dmarc/1=pass", true},
        {"a comment first", " (mx) dmarc=pass; spf=pass", true},
        {"a comment in place of the id", " (mx); dmarc=pass", true},
        {"an empty id", " ; dmarc=pass", true},
        {"an empty quoted id", " \"\"; dmarc=pass", true},
        {"folds", "\r\n\tdmarc=pass", true},
        {"an ARC instance", " i=1; dmarc=pass", true},
        {"an id that needs quotes", " \"dmarc=pass\"; none", true},
        {"an id", " mx.example.net; dmarc=pass", false},
        {"an id and a version", " mx.example.net 1; dmarc=pass", false},
        {"no results", " mx.example.net; none", false},
        {"nothing", "", false},
        {"only a comment", " (x)", false},
        {"only semicolons", " ;;", false},
    }));
    INFO(c.what);
    message::HeaderList headers;
    headers.add(message::HeaderField("Authentication-Results", c.body));
    CHECK(forged_instances(headers, ours).empty() != c.expected);
}

TEST_CASE("what claims our id in its place is told from what others wrote", "[authres]") {
    message::HeaderList headers;
    for (const char* const body :
         {" mx.example.org; none", " dmarc=pass", " \"MX.example.org", " other.example 2; none",
          " spf=pass (mx.example.org says so)", " other.example; none", " mx.example.org 2"}) {
        headers.add(message::HeaderField("Authentication-Results", body));
        headers.add(message::HeaderField("X-Authentication-Results", body));
    }
    CHECK(authres::claiming_instances(headers, ours) == std::vector<std::size_t>{1, 3, 7});
    CHECK(forged_instances(headers, ours) == std::vector<std::size_t>{7, 5, 4, 3, 2, 1});
}

TEST_CASE("all of very many forged fields are found", "[authres]") {
    message::HeaderList headers;
    for (int i = 0; i < 300; ++i) {
        headers.add(message::HeaderField("Authentication-Results",
                                         i % 2 == 0 ? " mx.example.org; none" : " other.example; none"));
    }
    const auto instances = forged_instances(headers, ours);
    REQUIRE(instances.size() == 150);
    CHECK(instances.front() == 299);
    CHECK(instances.back() == 1);
}

TEST_CASE("more ids outside of ASCII than can be compared are as good as ours", "[authres]") {
    message::HeaderList headers;
    for (int i = 0; i < 300; ++i) {
        headers.add(message::HeaderField("Authentication-Results", " \xc3\xbc"
                                                                   "ber.example; none"));
    }
    const auto instances = forged_instances(headers, ours);
    CHECK_FALSE(instances.empty());
    CHECK(instances.size() < 300);
    CHECK(instances.front() == 300);
}

TEST_CASE("a field of another name that some reader takes for ours, or that hides one, is found",
          "[authres]") {
    struct Case {
        const char* what;
        std::string_view name;
        std::string_view body;
        bool found;
    };
    const auto c = GENERATE(values<Case>({
        {"another field", "Subject", " mx.example.org", false},
        {"behind a lone CR", "X", " a\rAuthentication-Results: mx.example.org; spf=pass", true},
        {"behind a lone LF", "X", " a\nAuthentication-Results: mx.example.org; spf=pass", true},
        {"behind two line ends", "X", " a\r\n\r\nauthentication-results: mx.example.org; spf=pass", true},
        {"behind a line end that is no fold", "X", " a\r\nAuthentication-Results: mx.example.org; spf=pass",
         true},
        {"behind a vertical tab", "X", " a\vAuthentication-Results: mx.example.org; spf=pass", true},
        {"behind a form feed", "X", " a\fAuthentication-Results: mx.example.org; spf=pass", true},
        {"behind FS", "X",
         " a\x1c"
         "Authentication-Results: mx.example.org; spf=pass",
         true},
        {"behind GS", "X",
         " a\x1d"
         "Authentication-Results: mx.example.org; spf=pass",
         true},
        {"behind RS", "X",
         " a\x1e"
         "Authentication-Results: mx.example.org; spf=pass",
         true},
        {"behind a control at which no line ends", "X",
         " a\x1f"
         "Authentication-Results: mx.example.org; spf=pass",
         false},
        {"before a form feed", "X", " a\rAuthentication-Results: mx.example.org;\fspf=pass", true},
        {"around a form feed", "X", " a\rAuthentication-Results:\fmx.example.org; spf=pass", true},
        {"around a CR, to whom a line ends at LF", "X",
         " a\nAuthentication-Results:\rmx.example.org; spf=pass", true},
        {"of somebody else behind a form feed", "X", " a\fAuthentication-Results: mx.example.net; spf=pass",
         false},
        {"behind a fold", "X", " a\r\n Authentication-Results: mx.example.org; spf=pass", false},
        {"of somebody else behind a lone CR", "X", " a\rAuthentication-Results: mx.example.net; spf=pass",
         false},
        {"of an unknown version behind a lone CR", "X", " a\rAuthentication-Results: mx.example.net 2; x",
         true},
        {"an invisible byte behind the name", "Authentication-Results\xc2\xa0", " mx.example.org; spf=pass",
         true},
        {"a control before the name",
         "\x01"
         "Authentication-Results",
         " mx.example.org; spf=pass", true},
        {"a fold behind the name", "Authentication-Results\r\n ", " mx.example.org; spf=pass", true},
        {"a longer name", "X-Authentication-Results", " mx.example.org; spf=pass", false},
        {"our field itself is not of another name", "Authentication-Results", " mx.example.org; spf=pass",
         false},
    }));
    INFO(c.what);
    message::HeaderList headers;
    headers.add(message::HeaderField(c.name, " harmless"));
    headers.add(message::HeaderField(c.name, c.body));
    const auto places = authres::hidden_forgeries(headers, ours);
    REQUIRE(places.size() == (c.found ? 1 : 0));
    if (c.found) {
        CHECK(places.front() == authres::FieldPlace{std::string(headers[1].name()), 2});
    }
}

TEST_CASE("a foreign field that hides one of ours is ours to remove", "[authres]") {
    message::HeaderList headers;
    headers.add(message::HeaderField(
        "Authentication-Results", " mx.example.net; none\rAuthentication-Results: mx.example.org; spf=pass"));
    headers.add(message::HeaderField(
        "Authentication-Results", " mx.example.net; none\vAuthentication-Results: mx.example.org; spf=pass"));
    CHECK(forged_instances(headers, ours) == std::vector<std::size_t>{2, 1});
}

TEST_CASE("a control at which some readers end a line parts our id from the rest, or does not", "[authres]") {
    const auto c = GENERATE(values<std::string_view>({
        " mx.example.org\fx; dmarc=pass",
        " mx.exam\vple.org; dmarc=pass",
        " \x1cmx.example.org; dmarc=pass",
        " \"mx.example.org\x1e\"; dmarc=pass",
    }));
    CAPTURE(c);
    CHECK(claims(c, ours));
}
