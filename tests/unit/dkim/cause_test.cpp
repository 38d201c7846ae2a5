#include "dkim/cause.h"

#include "support/catch.h"

#include <algorithm>

using dkim::Cause;

TEST_CASE("only one cause is a pass, and every other has its reason in plain ASCII") {
    for (int i = 0; i <= static_cast<int>(Cause::signature_mismatch); ++i) {
        const auto cause = static_cast<Cause>(i);
        const std::string_view reason = dkim::reason_of(cause);
        CAPTURE(i);
        CHECK((dkim::result_of(cause) == dkim::Result::pass) == (cause == Cause::verified));
        CHECK(reason.empty() == (cause == Cause::verified));
        CHECK(std::all_of(reason.begin(), reason.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ' || c == '-';
        }));
    }
}

TEST_CASE("only a lookup that failed may delay a message", "[rfc6376-6.3]") {
    for (int i = 0; i <= static_cast<int>(Cause::signature_mismatch); ++i) {
        const auto cause = static_cast<Cause>(i);
        CHECK((dkim::result_of(cause) == dkim::Result::temperror) == (cause == Cause::lookup_failed));
    }
}

TEST_CASE("results print as RFC 8601 spells them", "[rfc8601-2.7.1]") {
    using dkim::Result;
    CHECK(dkim::print(Result::none) == "none");
    CHECK(dkim::print(Result::pass) == "pass");
    CHECK(dkim::print(Result::fail) == "fail");
    CHECK(dkim::print(Result::policy) == "policy");
    CHECK(dkim::print(Result::neutral) == "neutral");
    CHECK(dkim::print(Result::temperror) == "temperror");
    CHECK(dkim::print(Result::permerror) == "permerror");
}
