#include "milter/resolver/tcp_admission.h"
#include "support/catch.h"

#include <string>
#include <vector>

using milter::resolver::owner_of;
using milter::resolver::TcpAdmission;
using std::chrono::seconds;
using Decision = TcpAdmission::Decision;

namespace {

const TcpAdmission::Time start{std::chrono::hours(1)};

void leave_unanswered(TcpAdmission& admission, const std::string& owner, TcpAdmission::Time at) {
    admission.opened(owner);
    admission.closed(owner, true, at);
}

} // namespace

TEST_CASE("an owner has a few connections at a time, and others have theirs") {
    TcpAdmission admission;
    for (std::size_t i = 0; i < TcpAdmission::per_owner; ++i) {
        CHECK(admission.decide("a.test", start) == Decision::now);
        admission.opened("a.test");
    }
    CHECK(admission.decide("a.test", start) == Decision::later);
    CHECK(admission.decide("b.test", start) == Decision::now);
    admission.closed("a.test", false, start);
    CHECK(admission.decide("a.test", start) == Decision::now);
}

TEST_CASE("connections without an answer count for a while after they are closed") {
    TcpAdmission admission;
    leave_unanswered(admission, "a.test", start);
    CHECK(admission.decide("a.test", start) == Decision::now);
    admission.opened("a.test");
    CHECK(admission.decide("a.test", start) == Decision::later);
    admission.closed("a.test", true, start);
    CHECK(admission.decide("a.test", start) == Decision::never);
    CHECK(admission.decide("b.test", start) == Decision::now);
    CHECK(admission.decide("a.test", start + TcpAdmission::memory - seconds(1)) == Decision::never);
    CHECK(admission.decide("a.test", start + TcpAdmission::memory) == Decision::now);
}

TEST_CASE("when many owners leave connections without an answer each has one") {
    TcpAdmission admission;
    for (std::size_t i = 0; i < TcpAdmission::many_unanswered; ++i) {
        leave_unanswered(admission, "a" + std::to_string(i) + ".test", start);
    }
    CHECK(admission.decide("a0.test", start) == Decision::never);
    CHECK(admission.decide("b.test", start) == Decision::now);
    admission.opened("b.test");
    CHECK(admission.decide("b.test", start) == Decision::later);
}

TEST_CASE("there is a bound for all owners together") {
    TcpAdmission admission;
    for (std::size_t i = 0; i < TcpAdmission::connections; ++i) {
        const std::string owner = "a" + std::to_string(i) + ".test";
        CHECK(admission.decide(owner, start) == Decision::now);
        admission.opened(owner);
    }
    CHECK(admission.decide("b.test", start) == Decision::later);
    admission.closed("a3.test", false, start);
    CHECK(admission.decide("b.test", start) == Decision::now);
}

TEST_CASE("the owner of a name is whoever has the domain below the public suffix") {
    struct Case {
        const char* name;
        const char* owner;
    };
    const std::vector<Case> cases{{"example.org", "example.org"},
                                  {"s1._domainkey.example.org", "example.org"},
                                  {"_dmarc.mail.example.co.uk", "example.co.uk"},
                                  {"x y.sub.example.org", "example.org"},
                                  {"co.uk", "co.uk"},
                                  {"4.3.2.192.in-addr.arpa", "192.in-addr.arpa"},
                                  {"a.test", "a.test"},
                                  {"b.a.test", "a.test"},
                                  {"a b", "a b"}};
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(owner_of(c.name) == c.owner);
    }
}
