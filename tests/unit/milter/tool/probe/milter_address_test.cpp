#include "milter/tool/probe/milter_address.h"

#include "support/catch.h"

using milter::tool::MilterAddress;
using Family = milter::tool::MilterAddress::Family;

TEST_CASE("addresses of milters") {
    struct Case {
        const char* text;
        MilterAddress expected;
    };
    const auto test = GENERATE(values<Case>({
        {"inet:127.0.0.1:8891", {Family::inet, "127.0.0.1", 8891, ""}},
        {"inet:8891@localhost", {Family::inet, "localhost", 8891, ""}},
        {"inet:8891", {Family::inet, "", 8891, ""}},
        {"inet6:[::1]:8891", {Family::inet6, "::1", 8891, ""}},
        {"inet6:8891@::1", {Family::inet6, "::1", 8891, ""}},
        {"unix:/run/paraph.sock", {Family::unix, "", 0, "/run/paraph.sock"}},
        {"local:/run/a:b@c", {Family::unix, "", 0, "/run/a:b@c"}},
    }));
    INFO(test.text);
    const auto address = milter::tool::parse_milter_address(test.text);
    REQUIRE(address);
    CHECK(*address == test.expected);
}

TEST_CASE("texts that are no milter's address are refused") {
    const auto text = GENERATE(values<std::string>(
        {"", "inet", "inet:", "inet:host", "inet:host:0", "inet:host:65536", "inet:host:8891x", "inet:@host",
         "tcp:host:1", "unix:", "unix:" + std::string(108, 'x'), "/run/paraph.sock"}));
    INFO(text);
    CHECK_FALSE(milter::tool::parse_milter_address(text));
}
