#include "milter/tool/reports/suppression.h"

#include "support/catch.h"

using namespace milter::tool::reports;

namespace {

constexpr base::UnixTime a_day = 86'400;
constexpr base::UnixTime now = 1'800'000'000;

} // namespace

TEST_CASE("what may be on the list") {
    struct Case {
        SuppressBy by;
        const char* text;
        const char* expected; // empty: refused
    };
    const Case cases[] = {
        {SuppressBy::address, "Ann@Example.ORG", "ann@example.org"},
        {SuppressBy::address,
         "ann@b\xc3\xbc"
         "cher.example",
         "ann@xn--bcher-kva.example"},
        {SuppressBy::address, "example.org", ""},
        {SuppressBy::address, "", ""},
        {SuppressBy::address, "ann@[192.0.2.1]", ""},
        {SuppressBy::address, "ann@example.org\r\nBcc: x@example.net", ""},
        {SuppressBy::host, "Example.ORG.", "example.org"},
        {SuppressBy::host, "ann@example.org", ""},
        {SuppressBy::policy_domain,
         "b\xc3\xbc"
         "cher.example",
         "xn--bcher-kva.example"},
        {SuppressBy::policy_domain, "a b", ""},
    };
    for (const auto& one : cases) {
        CAPTURE(one.text);
        const auto name = suppressed_name(one.by, one.text);
        CHECK((name ? *name : "") == one.expected);
        CHECK(read_suppress_by(print(one.by)) == one.by);
    }
}

TEST_CASE("each bounce makes the time longer, up to a year") {
    std::optional<Suppression> known;
    auto time = now;
    for (const int days : {7, 14, 28, 56, 112, 224, 365, 365}) {
        known = bounced("a@example.org", known, time, "550 no such user");
        CHECK(known->until == time + days * a_day);
        CHECK(holds(*known, time));
        CHECK_FALSE(holds(*known, known->until));
        time = known->until; // it is tried again, and bounces
    }
    CHECK(bounced("a@example.org", known, known->until + 366 * a_day, "550").bounces == 1);
}

TEST_CASE("a bounce does not shorten what somebody put on the list") {
    const Suppression for_ever{SuppressBy::address, "a@example.org", 0, "they asked", 0};
    const auto still = bounced("a@example.org", for_ever, now, "550");
    CHECK(still.until == 0);
    CHECK(still.comment == "they asked");
    const Suppression longer{SuppressBy::address, "a@example.org", now + 100 * a_day, "they asked", 0};
    CHECK(bounced("a@example.org", longer, now, "550").until == longer.until);
}

TEST_CASE("bounces of one evening are one") {
    std::optional<Suppression> known;
    for (int i = 0; i < 8; ++i) {
        known = bounced("a@example.org", known, now + i, "550 no such user");
    }
    CHECK(known->until == now + 7 * a_day);
    CHECK(known->bounces == 1);
}
