#include "milter/resolver/nameservers.h"
#include "support/catch.h"
#include "unit/milter/resolver/server_at.h"

#include <string>
#include <vector>

using milter::resolver::Nameservers;
using milter::resolver::Server;
using std::chrono::seconds;

namespace {

const Nameservers::Time start{std::chrono::hours(1)};
const Server a = test::server_at("192.0.2.1");
const Server b = test::server_at("192.0.2.2");
const Server c = test::server_at("192.0.2.3");

// "132": the last digits of the servers in line.
std::string order(Nameservers& nameservers, Nameservers::Time now) {
    std::string text;
    for (const auto& candidate : nameservers.line_up(now)) {
        text += candidate.server.address.print().back();
    }
    return text;
}

} // namespace

TEST_CASE("servers line up as configured, each once") {
    Nameservers nameservers({a, b, a, c});
    CHECK(order(nameservers, start) == "123");
    CHECK(nameservers.size() == 3);
    CHECK(nameservers.servers() == std::vector<Server>{a, b, c});
}

TEST_CASE("a silent server goes to the end, until it answers") {
    Nameservers nameservers({a, b, c});
    nameservers.silent(a, start);
    CHECK(order(nameservers, start) == "231");
    nameservers.silent(b, start);
    CHECK(order(nameservers, start) == "312");
    nameservers.answered(a);
    CHECK(order(nameservers, start) == "132");
    nameservers.answered(b);
    CHECK(order(nameservers, start) == "123");
}

TEST_CASE("now and then one question tries a silent server first") {
    Nameservers nameservers({a, b});
    nameservers.silent(a, start);
    CHECK(order(nameservers, start + seconds(29)) == "21");
    CHECK(order(nameservers, start + seconds(30)) == "12"); // this one probes
    CHECK(order(nameservers, start + seconds(30)) == "21"); // the others do not
    nameservers.silent(a, start + seconds(31));
    CHECK(order(nameservers, start + seconds(89)) == "21");
    CHECK(order(nameservers, start + seconds(90)) == "12"); // after twice the time
    CHECK(order(nameservers, start + seconds(90)) == "21");
}

TEST_CASE("the time between probes grows to a limit and starts over with an answer") {
    Nameservers nameservers({a, b});
    nameservers.silent(a, start);
    auto now = start;
    seconds last{0};
    for (int probe = 0; probe < 10; ++probe) {
        seconds waited{0};
        while (order(nameservers, now) == "21") {
            now += seconds(1);
            waited += seconds(1);
        }
        CHECK(waited >= last);
        last = waited;
    }
    CHECK(last == Nameservers::max_penalty);
    nameservers.answered(a);
    nameservers.silent(a, now);
    CHECK(order(nameservers, now + seconds(29)) == "21");
    CHECK(order(nameservers, now + seconds(30)) == "12");
}

TEST_CASE("many silences at once count once") {
    Nameservers nameservers({a, b});
    for (int i = 0; i < 100; ++i) {
        nameservers.silent(a, start);
    }
    CHECK(order(nameservers, start + seconds(30)) == "12");
}

TEST_CASE("only one silent server is probed at a time") {
    Nameservers nameservers({a, b, c});
    nameservers.silent(a, start);
    nameservers.silent(b, start);
    CHECK(order(nameservers, start + seconds(30)) == "132");
    CHECK(order(nameservers, start + seconds(30)) == "231");
    CHECK(order(nameservers, start + seconds(30)) == "312");
}

TEST_CASE("when all are silent all are still tried") {
    Nameservers nameservers({a, b});
    nameservers.silent(a, start);
    nameservers.silent(b, start);
    CHECK(order(nameservers, start) == "12");
}

TEST_CASE("a server without EDNS is asked without it for a while") {
    Nameservers nameservers({a, b});
    nameservers.refused_edns(b, start);
    CHECK(nameservers.line_up(start) == std::vector<milter::resolver::Candidate>{{a, true}, {b, false}});
    CHECK(nameservers.line_up(start + Nameservers::plain_dns_memory) ==
          std::vector<milter::resolver::Candidate>{{a, true}, {b, true}});
}

TEST_CASE("news of a server that is no longer listed changes nothing") {
    Nameservers nameservers({a});
    nameservers.silent(b, start);
    nameservers.answered(b);
    nameservers.refused_edns(b, start);
    CHECK(nameservers.line_up(start) == std::vector<milter::resolver::Candidate>{{a, true}});
}
