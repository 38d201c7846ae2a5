#include "dns/question.h"

#include "support/catch.h"

#include <string>
#include <string_view>

using dns::make_question;
using dns::Type;
using namespace std::string_view_literals;

TEST_CASE("a question is made of any name a DNS message can carry", "[dns][rfc1035-2.3.4]") {
    CHECK(make_question("Example.ORG.", Type::txt)->name == "example.org");
    CHECK(make_question("a b(c'd\"e\xff.example", Type::a)->name == "a b(c'd\"e\xff.example");
    const std::string label(63, 'a');
    CHECK(make_question(label + ".org", Type::a).has_value());
    const std::string longest = label + '.' + label + '.' + label + '.' + std::string(61, 'b');
    CHECK(make_question(longest, Type::a).has_value());
    CHECK(make_question(longest + '.', Type::a).has_value());
}

TEST_CASE("a question is not made of other names", "[dns]") {
    const std::string label(63, 'a');
    const std::string too_long = label + '.' + label + '.' + label + '.' + std::string(62, 'b');
    for (const std::string& name : {std::string(), std::string("."), std::string("a..b"), std::string(".a"),
                                    std::string("a.."), label + "a.org", too_long, std::string("a\0b", 3)}) {
        CAPTURE(name);
        CHECK_FALSE(make_question(name, Type::txt).has_value());
    }
}

TEST_CASE("types are read and printed", "[dns]") {
    for (const Type type : {Type::a, Type::cname, Type::ptr, Type::mx, Type::txt, Type::aaaa}) {
        CHECK(dns::parse_type(print(type)) == type);
    }
    CHECK(dns::parse_type("txt") == Type::txt);
    CHECK_FALSE(dns::parse_type("SPF").has_value());
    CHECK(print(dns::Question{"_dmarc.example.org", Type::txt}) == "TXT _dmarc.example.org");
    CHECK(print(dns::Question{"a\nb", Type::a}) == "A a\\x0ab");
}

TEST_CASE("the type that leads to an address is of its family", "[dns][rfc7208-5]") {
    CHECK(dns::address_type(*base::IpAddress::parse("192.0.2.1")) == Type::a);
    CHECK(dns::address_type(*base::IpAddress::parse("2001:db8::1")) == Type::aaaa);
    CHECK(dns::address_type(*base::IpAddress::parse("::ffff:192.0.2.1")) == Type::a);
}
