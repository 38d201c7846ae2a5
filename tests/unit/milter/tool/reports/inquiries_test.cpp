#include "milter/tool/reports/inquiries.h"

#include "milter/tool/reports/pace.h"
#include "support/catch.h"

using namespace milter::tool::reports;
using State = Reachable::State;

namespace {

dns::Answer exchanges(std::vector<dns::MailExchange> list) {
    dns::Answer answer;
    answer.status = dns::Status::found;
    answer.exchanges = std::move(list);
    return answer;
}

dns::Answer address(const char* text) {
    dns::Answer answer;
    answer.status = dns::Status::found;
    answer.addresses.push_back(*base::IpAddress::parse(text));
    return answer;
}

const dns::Answer silent = dns::failed(dns::Failure::timeout);

} // namespace

TEST_CASE("whether a domain takes mail") {
    struct Case {
        const char* name;
        dns::Answer mx, a, aaaa;
        State expected;
    };
    const Case cases[] = {
        {"MX", exchanges({{10, "mx.a.test"}}), silent, silent, State::yes},
        {"null MX", exchanges({{0, ""}}), silent, silent, State::never},
        {"no such domain", dns::no_name(), silent, silent, State::never},
        {"no answer", silent, silent, silent, State::later},
        {"an address", dns::no_data(), address("192.0.2.1"), dns::no_data(), State::yes},
        {"one of IPv6", dns::no_data(), dns::no_data(), address("2001:db8::1"), State::yes},
        {"neither", dns::no_data(), dns::no_data(), dns::no_data(), State::never},
        {"neither known", dns::no_data(), dns::no_data(), silent, State::later},
    };
    for (const auto& one : cases) {
        CAPTURE(one.name);
        dns::Answers known;
        known.insert({"a.test", dns::Type::mx}, one.mx);
        known.insert({"a.test", dns::Type::a}, one.a);
        known.insert({"a.test", dns::Type::aaaa}, one.aaaa);
        const auto found = can_get_mail(*base::DomainName::parse("a.test"), known);
        REQUIRE(std::holds_alternative<Reachable>(found));
        CHECK(std::get<Reachable>(found).state == one.expected);
    }
    CHECK(std::get<dns::Questions>(can_get_mail(*base::DomainName::parse("a.test"), {})).size() == 1);
}

TEST_CASE("whether a domain is on a blocklist") {
    struct Case {
        const char* name;
        dns::Answer answer;
        bool is_listed;
    };
    const Case cases[] = {{"listed", address("127.0.1.2"), true},
                          {"not listed", dns::no_name(), false},
                          {"an error of the list", address("127.255.255.254"), false},
                          {"a zone that somebody parked", address("192.0.2.1"), false},
                          {"no answer", silent, false}};
    for (const auto& one : cases) {
        CAPTURE(one.name);
        dns::Answers known;
        known.insert({"a.test.dbl.test", dns::Type::a}, one.answer);
        const auto found = listed_in(*base::DomainName::parse("a.test"), {"dbl.test"}, known);
        CHECK(std::get<std::string>(found) == (one.is_listed ? "dbl.test" : ""));
    }
}

TEST_CASE("mail goes out at its pace") {
    using std::chrono::milliseconds;
    const Pace::Time now = Pace::Time() + std::chrono::hours(1);
    Pace pace(600, 60);
    CHECK(pace.next() <= now);
    pace.went_out("a.test", now);
    CHECK(pace.next() == now + milliseconds(100));
    CHECK(pace.next_to("a.test") == now + milliseconds(1000));
    CHECK(pace.next_to("b.test") <= now);
    Pace any(0, 0);
    any.went_out("a.test", now);
    CHECK(any.next() == now);
    CHECK(any.next_to("a.test") <= now);
}
