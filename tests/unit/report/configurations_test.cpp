#include "report/configurations.h"

#include "support/catch.h"
#include "unit/report/values.h"

using namespace report_test;

TEST_CASE("a record that names other addresses or has other errors is the same configuration") {
    const report::Policy policy{.domain = name("orchard.example")};
    const auto key_with = [&](auto change) {
        auto other = policy;
        change(other);
        return report::configuration_key(other);
    };
    const auto key = report::configuration_key(policy);
    CHECK(key_with([](auto& other) { other.rua = {"mailto:agg@orchard.example"}; }) == key);
    CHECK(key_with([](auto& other) { other.error = "p: ?"; }) == key);
    CHECK(key_with([](auto& other) { other.domain = name("harbour.example"); }) != key);
    CHECK(key_with([](auto& other) { other.p = dmarc::Policy::reject; }) != key);
    CHECK(key_with([](auto& other) { other.sp = dmarc::Policy::reject; }) != key);
    CHECK(key_with([](auto& other) { other.np = dmarc::Policy::reject; }) != key);
    CHECK(key_with([](auto& other) { other.adkim = dmarc::AlignmentMode::strict; }) != key);
    CHECK(key_with([](auto& other) { other.aspf = dmarc::AlignmentMode::strict; }) != key);
    CHECK(key_with([](auto& other) { other.testing = true; }) != key);
    CHECK(key_with([](auto& other) { other.fo = "1"; }) != key);
}
