#include "authres/format.h"

#include "authres/grammar.h"
#include "authres/parse.h"
#include "base/ascii.h"
#include "support/catch.h"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using authres::MethodResult;
using authres::Property;

namespace {

MethodResult result(std::string method, std::string word, std::vector<Property> properties = {},
                    std::vector<std::string> comments = {}, std::string reason = {}) {
    return {std::move(method), std::move(word), std::move(reason), std::move(comments),
            std::move(properties)};
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (auto end = text.find("\r\n"); end != std::string_view::npos; end = text.find("\r\n")) {
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 2);
    }
    lines.emplace_back(text);
    return lines;
}

// A list as text, so that two can be compared and shown.
std::string show(const std::vector<MethodResult>& results) {
    std::string text;
    for (const MethodResult& one : results) {
        text += one.method + '|' + one.result + '|' + one.reason;
        for (const std::string& comment : one.comments) {
            text += "|(" + comment + ')';
        }
        for (const Property& property : one.properties) {
            text += '|' + property.ptype + '.' + property.name + '=' + property.value;
        }
        text += '\n';
    }
    return text;
}

std::string kept(std::string_view raw, std::string_view without) {
    std::string text;
    for (const char c : raw) {
        if (c >= ' ' && c <= '~' && text.size() < authres::max_value) {
            text += c;
        }
    }
    text.erase(std::remove_if(text.begin(), text.end(),
                              [without](char c) { return without.find(c) != std::string_view::npos; }),
               text.end());
    return text;
}

// What the writer promises to keep of a list.
std::vector<MethodResult> harmless(std::vector<MethodResult> results) {
    for (MethodResult& one : results) {
        one.reason = kept(one.reason, "");
        for (std::string& comment : one.comments) {
            comment = kept(comment, "()\\");
        }
        one.comments.erase(std::remove(one.comments.begin(), one.comments.end(), std::string()),
                           one.comments.end());
        one.properties.erase(std::remove_if(one.properties.begin(), one.properties.end(),
                                            [](const Property& property) {
                                                return kept(property.value, "") != property.value;
                                            }),
                             one.properties.end());
    }
    return results;
}

} // namespace

TEST_CASE("results are written one method a line", "[authres][rfc8601-2.2]") {
    CHECK(authres::format("mx.example.org", {}) == "mx.example.org; none");
    CHECK(authres::format("mx.example.org",
                          {result("spf", "pass", {{"smtp", "mailfrom", "example.org"}}),
                           result("dkim", "pass", {{"header", "d", "example.org"}}, {"2048-bit key"})}) ==
          "mx.example.org;\r\n\tspf=pass smtp.mailfrom=example.org;\r\n\tdkim=pass (2048-bit key) "
          "header.d=example.org");
}

TEST_CASE("values take the form the grammar gives them", "[authres][rfc8601-2.2]") {
    struct Case {
        const char* what;
        const char* raw;
        const char* written;
    };
    const auto c = GENERATE(values<Case>({
        {"a token", "example.org", "example.org"},
        {"nothing", "", "\"\""},
        {"a blank", "a b", "\"a b\""},
        {"A4: an open parenthesis", "victim.example(.attacker.example",
         "\"victim.example(.attacker.example\""},
        {"A4: a double quote", "victim.example\".attacker.example",
         "\"victim.example\\\".attacker.example\""},
        {"a backslash", "a\\b", "\"a\\\\b\""},
        {"a semicolon", "a; dkim=pass", "\"a; dkim=pass\""},
        {"base64", "abc/d+e=", "\"abc/d+e=\""},
        {"an IPv6 address", "2001:db8::1", "\"2001:db8::1\""},
        {"an address", "ann@example.org", "ann@example.org"},
        {"a domain as an address", "@example.org", "@example.org"},
        {"an address with blanks", "ann smith@example.org", "\"ann smith\"@example.org"},
        {"an address with two @", "a@b@example.org", "\"a@b\"@example.org"},
        {"an address without a domain name", "ann@exa(mple", "\"ann@exa(mple\""},
    }));
    INFO(c.what);
    CHECK(authres::format("mx", {result("x", "pass", {{"policy", "v", c.raw}})}) ==
          std::string("mx;\r\n\tx=pass policy.v=") + c.written);
}

TEST_CASE("a value that cannot be shown as it is is left out", "[authres]") {
    struct Case {
        const char* what;
        std::string raw;
    };
    const Case cases[] = {
        {"line breaks", "a\r\nX: y"},
        {"a control", "a\x01"},
        {"a delete", "a\x7f"},
        {"8-bit, without which another domain is left", "@victim\xc3\xa9.example"},
        {"too long, and another domain where it would be cut",
         std::string(authres::max_value - 15, 'a') + "@victim.example.attacker.example"},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        CHECK(authres::format("mx", {result("x", "pass", {{"policy", "v", c.raw}, {"policy", "w", "1"}})}) ==
              "mx;\r\n\tx=pass policy.w=1");
    }
}

TEST_CASE("reasons and comments are made harmless", "[authres]") {
    CHECK(authres::format("mx", {result("dkim", "fail", {}, {"a) b (c\\", "\r\n"}, "no \"key\"")}) ==
          "mx;\r\n\tdkim=fail (a b c) reason=\"no \\\"key\\\"\"");
    CHECK(authres::format("mx", {result("dkim", "fail", {}, {}, "ann@example.org")}) ==
          "mx;\r\n\tdkim=fail reason=\"ann@example.org\"");
}

TEST_CASE("what has no keyword for a name is left out", "[authres]") {
    CHECK(authres::format("mx", {result("d kim", "pass")}) == "mx; none");
    CHECK(authres::format("mx", {result("dkim", ""), result("spf", "none")}) == "mx;\r\n\tspf=none");
    CHECK(authres::format(
              "mx", {result("spf", "pass", {{"smtp", "a=b", "x"}, {"", "y", "x"}, {"smtp", "helo", "h"}})}) ==
          "mx;\r\n\tspf=pass smtp.helo=h");
}

TEST_CASE("long results are folded", "[authres][rfc5322-2.1.1]") {
    const auto text = authres::format(
        "mx.example.org",
        {result("dkim", "pass",
                {{"header", "d", "a-rather-long-name.example.org"},
                 {"header", "s", "selector2026"},
                 {"header", "b", "AbCdEfGhIj"}},
                {"a comment that is long enough to need a line of its own, and then some more"})});
    for (const std::string& line : lines_of(text)) {
        CAPTURE(line);
        CHECK(line.size() <= 78);
        CHECK_FALSE(base::trim_wsp(line).empty());
    }
    CHECK(lines_of(text).size() == 4);
}

TEST_CASE("an authserv-id is printable text", "[authres]") {
    CHECK(authres::is_authserv_id("mx.example.org"));
    CHECK(authres::is_authserv_id("mail gateway 1"));
    CHECK_FALSE(authres::is_authserv_id(""));
    CHECK_FALSE(authres::is_authserv_id("a\nb"));
    CHECK_FALSE(authres::is_authserv_id("b\xc3\xbc"));
    CHECK_FALSE(authres::is_authserv_id(std::string(authres::max_value + 1, 'a')));
}

TEST_CASE("whatever the values hold, the text is safe and re-parses to the same list",
          "[authres][property]") {
    std::mt19937 random(8601);
    const auto below = [&random](std::size_t n) {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    };
    const std::string_view nasty = "ab1.-_@()\\\";,:=/ \t\r\n<>[]?\x01\x7f\xc3\xbc";
    const auto noise = [&](std::size_t longest) {
        std::string text;
        for (std::size_t left = below(longest); left > 0; --left) {
            text += below(4) == 0 ? static_cast<char>(below(256)) : nasty[below(nasty.size())];
        }
        return below(4) == 0 ? text + "@example.org" : text;
    };
    for (int i = 0; i < 5000; ++i) {
        std::vector<MethodResult> results;
        for (std::size_t n = below(4); n > 0; --n) {
            MethodResult one = result("dkim", "pass");
            const std::size_t longest = below(20) == 0 ? 1200 : 60;
            one.reason = noise(longest);
            for (std::size_t k = below(3); k > 0; --k) {
                one.comments.push_back(noise(longest));
            }
            for (std::size_t k = below(4); k > 0; --k) {
                one.properties.push_back({"header", "d", noise(longest)});
            }
            results.push_back(std::move(one));
        }
        const std::string text = authres::format("mx.example.org", results);
        CAPTURE(text);
        for (const std::string& line : lines_of(text)) {
            REQUIRE(line.size() <= 998);
            REQUIRE_FALSE(base::trim_wsp(line).empty());
            REQUIRE(std::all_of(line.begin(), line.end(),
                                [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); }));
            // Only a line without any blank to break at may be longer.
            const bool foldable = base::trim_wsp(line).find(' ') != std::string_view::npos;
            REQUIRE((line.size() <= 78 || !foldable));
        }
        const auto parsed = authres::parse(text);
        REQUIRE(parsed.has_value());
        REQUIRE(parsed->authserv_id == "mx.example.org");
        REQUIRE(show(parsed->results) == show(harmless(results)));
    }
}
