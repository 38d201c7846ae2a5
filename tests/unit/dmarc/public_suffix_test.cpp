#include "dmarc/public_suffix.h"

#include "support/catch.h"
#include "unit/dmarc/names.h"

using dmarc_test::name;

namespace {

const std::string test_list = PARAPH_SOURCE_DIR "/tests/conformance/dmarc/suffixes.dat";

void check(const dmarc::PublicSuffixList& list, const char* domain, const char* registrable) {
    CAPTURE(domain);
    const auto found = list.registrable_domain(name(domain));
    CHECK((found ? found->text() : "-") == registrable);
    CHECK(list.is_public_suffix(name(domain)) == (std::string(registrable) == "-"));
}

} // namespace

TEST_CASE("the registrable domain is one label below the public suffix") {
    const auto list = dmarc::PublicSuffixList::load(test_list);
    REQUIRE(list);
    check(*list, "example", "-");
    check(*list, "farm.example", "farm.example");
    check(*list, "a.b.farm.example", "farm.example");
    check(*list, "co.example", "-");
    check(*list, "shop.co.example", "shop.co.example");
    check(*list, "mail.shop.co.example", "shop.co.example");
    check(*list, "stalls.example", "-"); // the private section counts
    check(*list, "fruit.stalls.example", "fruit.stalls.example");
    check(*list, "north.isle.example", "-"); // a wildcard
    check(*list, "inn.north.isle.example", "inn.north.isle.example");
    check(*list, "port.isle.example", "port.isle.example"); // an exception to the wildcard
    check(*list, "unheard-of", "-");                        // the list's rule for names it does not know
    check(*list, "farm.unheard-of", "farm.unheard-of");
}

TEST_CASE("libpsl's own list knows the usual suffixes in both sections and as A-labels") {
    const auto list = dmarc::PublicSuffixList::built_in();
    check(list, "com", "-");
    check(list, "co.uk", "-");
    check(list, "mail.example.co.uk", "example.co.uk");
    check(list, "github.io", "-");
    check(list, "xn--p1ai", "-");
    check(list, "xn--55qx5d.cn", "-");
}

TEST_CASE("the registered domain is one label below what a registry has, whatever others have below it") {
    const auto list = dmarc::PublicSuffixList::load(test_list);
    REQUIRE(list);
    const auto built_in = dmarc::PublicSuffixList::built_in();
    const auto registered = [](const dmarc::PublicSuffixList& of, const char* domain) {
        const auto found = of.registered_domain(name(domain));
        return found ? found->text() : "-";
    };
    CHECK(registered(*list, "a.b.farm.example") == "farm.example");
    CHECK(registered(*list, "mail.shop.co.example") == "shop.co.example");
    CHECK(registered(*list, "fruit.stalls.example") == "stalls.example");
    CHECK(registered(*list, "stalls.example") == "stalls.example");
    CHECK(registered(*list, "co.example") == "-");
    CHECK(registered(*list, "example") == "-");
    CHECK(registered(*list, "a.farm.unheard-of") == "farm.unheard-of");
    CHECK(registered(built_in, "a.one.github.io") == "github.io");
    CHECK(registered(built_in, "a.one.co.uk") == "one.co.uk");
}

TEST_CASE("what is not a public suffix list is refused") {
    CHECK_FALSE(dmarc::PublicSuffixList::load("/nonexistent/list.dat"));
    CHECK_FALSE(dmarc::PublicSuffixList::load("/"));
    const auto other = dmarc::PublicSuffixList::load(PARAPH_SOURCE_DIR "/CMakeLists.txt");
    REQUIRE_FALSE(other);
    CHECK(other.error().message == "is not a public suffix list (\"com\" is not in it)");
}
