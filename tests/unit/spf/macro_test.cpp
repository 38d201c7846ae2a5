#include "spf/macro.h"

#include "support/catch.h"

using spf::MacroString;

namespace {

spf::MacroValues values(const char* client = "192.0.2.3") {
    spf::MacroValues values;
    values.local_part = "strong-bad";
    values.sender_domain = "email.example.com";
    values.domain = "email.example.com";
    values.helo = "mx.example.org";
    values.receiver = "in.example.net";
    values.validated_name = "mx.example.org";
    values.client = base::IpAddress::parse(client).value();
    values.now = 1'700'000'000;
    return values;
}

std::string expanded(const char* text, const spf::MacroValues& with) {
    const auto parsed = MacroString::parse(text, MacroString::Use::explanation);
    REQUIRE(parsed);
    return spf::expand_text(*parsed, with, 4096).value();
}

std::string name(const std::string& text, const spf::MacroValues& with) {
    const auto parsed = MacroString::parse(text, MacroString::Use::domain_spec);
    REQUIRE(parsed);
    return spf::expand_name(*parsed, with);
}

} // namespace

TEST_CASE("macros expand as RFC 7208 7.4 shows") {
    struct Case {
        const char* text;
        const char* expected;
    };
    const Case cases[] = {
        {"%{s}", "strong-bad@email.example.com"},
        {"%{o}", "email.example.com"},
        {"%{d}", "email.example.com"},
        {"%{d4}", "email.example.com"},
        {"%{d3}", "email.example.com"},
        {"%{d2}", "example.com"},
        {"%{d1}", "com"},
        {"%{dr}", "com.example.email"},
        {"%{d2r}", "example.email"},
        {"%{l}", "strong-bad"},
        {"%{l-}", "strong.bad"},
        {"%{lr}", "strong-bad"},
        {"%{lr-}", "bad.strong"},
        {"%{l1r-}", "strong"},
        {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
        {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
        {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
        {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
        {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        CHECK(expanded(c.text, values()) == c.expected);
    }
    CHECK(expanded("%{ir}.%{v}._spf.%{d2}", values("2001:db8::cb01")) ==
          "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com");
}

TEST_CASE("the remaining letters, escapes and transformers expand") {
    struct Case {
        const char* name;
        const char* text;
        const char* expected;
    };
    const Case cases[] = {
        {"client, receiver and time", "%{c} %{r} %{t}", "192.0.2.3 in.example.net 1700000000"},
        {"HELO and validated name", "%{h} %{p}", "mx.example.org mx.example.org"},
        {"the three escapes", "%%|%_|%-", "%| |%20"},
        {"a percent sign before a brace is no macro", "%%{d}", "%{d}"},
        {"upper case escapes for a URL", "%{S}", "strong-bad%40email.example.com"},
        {"upper case R as transformer", "%{iR}", "3.2.0.192"},
        {"more parts than there are", "%{d99999999999999999999}", "email.example.com"},
        {"several delimiters", "%{s1@.}", nullptr},
        {"several legal delimiters", "%{s2-.}", "example.com"},
        {"empty parts stay", "%{l5/-}", "strong.bad"},
        {"no macro at all", "plain text.", "plain text."},
        {"the empty text", "", ""},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        if (c.expected == nullptr) {
            CHECK_FALSE(MacroString::parse(c.text, MacroString::Use::explanation));
        } else {
            CHECK(expanded(c.text, values()) == c.expected);
        }
    }
    auto other = values();
    other.receiver = {};
    other.local_part = ".a..b.";
    CHECK(expanded("%{r} %{lr}", other) == "unknown .b..a.");
}

TEST_CASE("the client's IPv6 address is readable in c and dotted in i") {
    CHECK(expanded("%{c}", values("2001:db8::1")) == "2001:db8::1");
    CHECK(expanded("%{i}", values("::ffff:192.0.2.1")) == "192.0.2.1");
    CHECK(expanded("%{v}", values("::ffff:192.0.2.1")) == "in-addr");
}

TEST_CASE("macro strings are refused with the position of the error") {
    using Use = MacroString::Use;
    struct Case {
        const char* text;
        Use use;
        std::size_t position;
    };
    const Case cases[] = {
        {"a%", Use::explanation, 1},           {"a%b", Use::explanation, 1},
        {"a%(d}", Use::explanation, 1},        {"a%{d", Use::explanation, 1},
        {"a%{}", Use::explanation, 3},         {"a%{x}", Use::explanation, 3},
        {"a%{d0}", Use::explanation, 4},       {"a%{d00r}", Use::explanation, 4},
        {"a%{dr2}", Use::explanation, 3},      {"a%{d!}", Use::explanation, 3},
        {"a%{d r}", Use::explanation, 3},      {"tab\there", Use::explanation, 3},
        {"nul\\\x01", Use::explanation, 4},    {"caf\xc3\xa9", Use::explanation, 3},
        {"a b", Use::modifier_value, 1},       {"", Use::domain_spec, 0},
        {"localhost", Use::domain_spec, 0},    {"localhost.", Use::domain_spec, 0},
        {"example.1", Use::domain_spec, 8},    {"example.-com", Use::domain_spec, 8},
        {"example.com-", Use::domain_spec, 8}, {"example.c_m", Use::domain_spec, 8},
        {"example..", Use::domain_spec, 8},    {"%{d}com", Use::domain_spec, 4},
        {"%{d}.%{c}", Use::domain_spec, 5},    {"%{R}", Use::domain_spec, 0},
        {"x.%{t}", Use::domain_spec, 2},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const auto parsed = MacroString::parse(c.text, c.use);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().position == c.position);
        CHECK_FALSE(parsed.error().message.empty());
    }
}

TEST_CASE("a domain-spec ends in a top label or in a macro") {
    for (const char* text : {"example.com", "example.com.", "a.xn--zckzah", "a.1-1", "%{d}", "x%{d}",
                             "%{d}.com", "a%%", "foo:bar/baz.example.com", "a..b.com", "%{ir}.x.%{D2}"}) {
        INFO(text);
        const auto parsed = MacroString::parse(text, MacroString::Use::domain_spec);
        REQUIRE(parsed);
        CHECK(parsed->text() == text);
    }
}

TEST_CASE("a macro string knows which letters it uses") {
    const auto parsed = MacroString::parse("%{L1r-}.%%{h}.%{d2}", MacroString::Use::domain_spec);
    REQUIRE(parsed);
    CHECK(parsed->uses('l'));
    CHECK(parsed->uses('d'));
    CHECK_FALSE(parsed->uses('h'));
    CHECK_FALSE(parsed->uses('s'));
    CHECK(parsed->uses_local_part());
}

TEST_CASE("a name over 253 octets loses labels from the left") {
    auto with = values();
    const std::string long_part =
        std::string(100, 'a') + "." + std::string(100, 'b') + "." + std::string(100, 'c');
    with.local_part = long_part;
    CHECK(name("%{l}.example.org", with) ==
          std::string(100, 'b') + "." + std::string(100, 'c') + ".example.org");
    SECTION("exactly 253 octets stay") {
        const std::string label(49, 'x');
        with.local_part = label;
        const std::string spec = "%{l}.%{l}.%{l}.%{l}.%{l}.abc";
        CHECK(name(spec, with).size() == 253);
        CHECK(name("y" + spec, with).size() == 203);
    }
    SECTION("what cannot be shortened stays too long to be asked") {
        with.local_part = std::string_view(long_part).substr(0, 100);
        CHECK(name("%{l}%{l}%{l}", with).size() == 300);
    }
    SECTION("the end of a text of a million octets is exact") {
        std::string spec;
        for (int i = 0; i < 10'000; ++i) {
            spec += "%{l}.";
        }
        CHECK(name(spec + "example.org", with) ==
              std::string(100, 'b') + "." + std::string(100, 'c') + ".example.org");
    }
}

TEST_CASE("one trailing dot of a name is dropped, and none of a text") {
    CHECK(name("example.org.", values()) == "example.org");
    auto with = values();
    with.domain = "example.org.";
    CHECK(name("%{d}", with) == "example.org");
    CHECK(expanded("Go away.", with) == "Go away.");
}

TEST_CASE("a text longer than the limit is none") {
    const auto text = MacroString::parse("%{d}%{d}", MacroString::Use::explanation);
    REQUIRE(text);
    CHECK(spf::expand_text(*text, values(), 34).has_value());
    CHECK_FALSE(spf::expand_text(*text, values(), 33).has_value());
}
