#include "authres/parse.h"

#include "support/catch.h"

#include <string>
#include <string_view>

namespace {

// "id [version]: method=result (comments) reason ptype.name=value; ...", or "refused".
std::string read(std::string_view body) {
    const auto field = authres::parse(body);
    if (!field) {
        CHECK(field.error().position <= body.size());
        return "refused";
    }
    std::string text =
        field->authserv_id + (field->version ? ' ' + std::to_string(*field->version) : "") + ':';
    for (const authres::MethodResult& one : field->results) {
        text += ' ' + one.method + '=' + one.result;
        for (const std::string& comment : one.comments) {
            text += " (" + comment + ')';
        }
        text += one.reason.empty() ? "" : " reason:" + one.reason;
        for (const authres::Property& property : one.properties) {
            text += ' ' + property.ptype + '.' + property.name + ':' + property.value;
        }
        text += ';';
    }
    return text;
}

} // namespace

TEST_CASE("Authentication-Results fields are read", "[authres][rfc8601-2.2]") {
    struct Case {
        const char* what;
        std::string_view body;
        const char* expected;
    };
    const auto c = GENERATE(values<Case>({
        {"no results", " mx.example.org; none", "mx.example.org:"},
        {"no results, in upper case and commented", " mx.example.org 1; NONE (at all)", "mx.example.org 1:"},
        {"one result", " mx; spf=pass smtp.mailfrom=example.org", "mx: spf=pass smtp.mailfrom:example.org;"},
        {"two results", " mx; a=pass; b=fail", "mx: a=pass; b=fail;"},
        {"folds", "\r\n mx;\r\n\ta=pass\r\n\tx.y=z", "mx: a=pass x.y:z;"},
        {"a reason", " mx; a=fail reason=\"no key\" x.y=z", "mx: a=fail reason:no key x.y:z;"},
        {"comments everywhere", "(1)mx(2);(3)a(4)=(5)pass(6)x(7).(8)y(9)=(10)z(11)",
         "mx: a=pass (4) (5) (6) (7) (8) (9) (10) (11) x.y:z;"},
        {"an address", " mx; a=pass x.y=ann@example.org", "mx: a=pass x.y:ann@example.org;"},
        {"a domain as an address", " mx; a=pass x.y=@example.org", "mx: a=pass x.y:@example.org;"},
        {"a quoted local-part", " mx; a=pass x.y=\"a b\"@example.org", "mx: a=pass x.y:a b@example.org;"},
        {"a quoted id", " \"mail gateway\"; none", "mail gateway:"},
        {"a method named none", " mx; none=pass", "mx: none=pass;"},
        {"method version 1", " mx; a/1=pass", "mx: a=pass;"},
        {"an unknown method version is left out", " mx; a/2=pass; b=pass", "mx: b=pass;"},
        {"an unknown version ends the reading", " mx 2; whatever!", "mx 2:"},
        {"no id", " ; none", "refused"},
        {"no semicolon", " mx", "refused"},
        {"an empty result", " mx; a=pass;", "refused"},
        {"text after none", " mx; none; a=pass", "refused"},
        {"no result", " mx; a=", "refused"},
        {"a property without a value", " mx; a=pass x.y=", "refused"},
        {"an unquoted value", " mx; a=pass x.y=a:b", "refused"},
        {"a second reason", " mx; a=pass reason=x reason=y", "refused"},
        {"a reason behind a property", " mx; a=pass x.y=z reason=w", "refused"},
        {"an unclosed comment", " mx; a=pass (x", "refused"},
        {"an unclosed quote", " mx; a=pass x.y=\"z", "refused"},
        {"no domain after the @", " mx; a=pass x.y=ann@", "refused"},
        {"a version beyond reason", " mx 99999999999999999999; none", "refused"},
        {"nothing", "", "refused"},
    }));
    INFO(c.what);
    CHECK(read(c.body) == c.expected);
}

TEST_CASE("what one field may hold is bounded", "[authres]") {
    authres::ParseLimits limits;
    limits.results = 2;
    limits.properties = 2;
    limits.comments = 2;
    limits.field_bytes = 60;
    CHECK(authres::parse("mx; a=pass; b=pass", limits).has_value());
    CHECK_FALSE(authres::parse("mx; a=pass; b=pass; c=pass", limits).has_value());
    CHECK(authres::parse("mx; a=pass x.a=1 x.b=2", limits).has_value());
    CHECK_FALSE(authres::parse("mx; a=pass x.a=1 x.b=2 x.c=3", limits).has_value());
    CHECK(authres::parse("mx; a=pass (1) (2)", limits).has_value());
    CHECK_FALSE(authres::parse("mx; a=pass (1) (2) (3)", limits).has_value());
    CHECK_FALSE(authres::parse("mx; a=pass x.y=" + std::string(50, 'z'), limits).has_value());
}
