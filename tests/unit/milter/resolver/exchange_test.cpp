#include "milter/resolver/exchange.h"
#include "support/catch.h"
#include "unit/milter/resolver/server_at.h"

#include <cerrno>
#include <sstream>
#include <string>
#include <vector>

using milter::resolver::Candidate;
using milter::resolver::Exchange;
using test::server_at;

namespace {

const std::vector<Candidate> a_b{{server_at("192.0.2.1"), true}, {server_at("192.0.2.2"), true}};
const std::vector<Candidate> only_a{{server_at("192.0.2.1"), true}};

void reply(Exchange& exchange, const std::string& word) {
    if (word == "silent") {
        exchange.silent();
    } else if (word == "found") {
        dns::Answer answer;
        answer.status = dns::Status::found;
        exchange.answered({answer});
    } else if (word == "no_name") {
        exchange.answered({dns::no_name()});
    } else if (word == "no_data") {
        exchange.answered({dns::no_data()});
    } else if (word == "servfail") {
        exchange.answered({dns::failed(dns::Failure::server_failure)});
    } else if (word == "refused") {
        exchange.answered({dns::failed(dns::Failure::refused)});
    } else if (word == "malformed") {
        exchange.answered({dns::failed(dns::Failure::malformed)});
    } else if (word == "closed") {
        exchange.unreachable(ECONNREFUSED);
    } else if (word == "no_route") {
        exchange.unreachable(EHOSTUNREACH);
    } else if (word == "stalled") {
        exchange.stalled();
    } else if (word == "hung_up") {
        exchange.hung_up(0);
    } else if (word == "closed_tcp") {
        exchange.hung_up(ECONNREFUSED);
    } else {
        REQUIRE(word == "formerr");
        exchange.answered({dns::failed(dns::Failure::refused), true});
    }
}

// "1+ 2- ": the servers asked, each with or without EDNS, as the replies came; then the answer.
std::string play(const std::vector<Candidate>& line, int rounds, const std::string& replies) {
    Exchange exchange(line, rounds);
    std::istringstream words(replies);
    std::string asked;
    for (std::string word; words >> word;) {
        const auto next = exchange.next();
        REQUIRE(next);
        asked += next->server.address.print().substr(8) + (next->edns ? "+ " : "- ");
        reply(exchange, word);
    }
    const auto more = exchange.next();
    asked += more ? "then " + more->server.address.print().substr(8) + (more->edns ? "+" : "-")
                  : std::string(exchange.answer().status == dns::Status::failed
                                    ? dns::print(exchange.answer().failure)
                                    : dns::print(exchange.answer().status));
    return asked;
}

} // namespace

TEST_CASE("an exchange asks one server after the other until one answers") {
    struct Case {
        const char* name;
        std::vector<Candidate> line;
        int rounds;
        const char* replies;
        const char* expected;
    };
    const std::vector<Case> cases{
        {"nobody to ask", {}, 2, "", "timeout"},
        {"the first answers", a_b, 2, "found", "1+ found"},
        {"no such name is an answer", a_b, 2, "no_name", "1+ NXDOMAIN"},
        {"no data is an answer", a_b, 2, "no_data", "1+ no data"},
        {"the second answers", a_b, 2, "silent found", "1+ 2+ found"},
        {"a server's failure is not the last word", a_b, 2, "servfail found", "1+ 2+ found"},
        {"nor is its refusal", a_b, 2, "refused no_name", "1+ 2+ NXDOMAIN"},
        {"silence is tried again, at last without EDNS", a_b, 2, "silent silent silent silent",
         "1+ 2+ 1- 2- timeout"},
        {"in three rounds only the last goes without EDNS", only_a, 3, "silent silent silent",
         "1+ 1+ 1- timeout"},
        {"one round keeps EDNS", only_a, 1, "silent", "1+ timeout"},
        {"who said something is not asked again", a_b, 2, "servfail silent silent", "1+ 2+ 2- SERVFAIL"},
        {"when all have failed there is no second round", a_b, 2, "servfail refused", "1+ 2+ SERVFAIL"},
        {"SERVFAIL tells more than REFUSED, in any order", a_b, 2, "refused servfail", "1+ 2+ SERVFAIL"},
        {"REFUSED tells more than junk", a_b, 2, "malformed refused", "1+ 2+ refused"},
        {"junk tells more than silence", a_b, 1, "silent malformed", "1+ 2+ malformed answer"},
        {"RFC 6891 6.2.2: FORMERR is asked again without EDNS", only_a, 1, "formerr found", "1+ 1- found"},
        {"FORMERR without EDNS is a refusal", only_a, 2, "formerr formerr", "1+ 1- refused"},
        {"then the next server is asked, with EDNS", a_b, 2, "formerr formerr", "1+ 1- then 2+"},
        {"a server known to lack EDNS is asked once",
         {{server_at("192.0.2.1"), false}},
         2,
         "formerr",
         "1- refused"},
        {"silence over TCP is tried again, and is no reason to doubt EDNS", a_b, 2,
         "stalled silent stalled silent", "1+ 2+ 1+ 2- timeout"},
        {"who hangs up over TCP is not asked again", a_b, 2, "hung_up silent silent", "1+ 2+ 2- timeout"},
        {"when all hang up there is no second round", only_a, 2, "hung_up", "1+ timeout"},
        {"a port that is closed", only_a, 2, "closed closed", "1+ 1- refused"},
        {"nobody listens, then somebody does", only_a, 2, "closed found", "1+ 1- found"},
        {"what a server says tells more than a closed port", a_b, 1, "closed servfail", "1+ 2+ SERVFAIL"},
        {"so does its junk", a_b, 1, "closed malformed", "1+ 2+ malformed answer"},
        {"in any order", a_b, 1, "malformed closed", "1+ 2+ malformed answer"},
        {"the other one is silent", a_b, 1, "silent closed", "1+ 2+ refused"},
        {"a port that is closed for TCP", only_a, 2, "closed_tcp", "1+ refused"},
        {"what another server says tells more than that", a_b, 1, "closed_tcp malformed",
         "1+ 2+ malformed answer"},
        {"and that tells more than silence", a_b, 1, "silent closed_tcp", "1+ 2+ refused"},
        {"no way to the server", only_a, 1, "no_route", "1+ timeout"},
        {"silence, then an answer in the second round", only_a, 2, "silent found", "1+ 1- found"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(play(c.line, c.rounds, c.replies) == c.expected);
    }
}
