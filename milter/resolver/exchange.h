// One question's way through the servers: whom to ask next, and what the replies add up to. Pure: no socket,
// no clock.
//
//     Exchange exchange(nameservers.line_up(now), options.attempts);
//     while (const auto attempt = exchange.next()) { ...send, then exchange.silent() or
//     exchange.answered(response)... } exchange.answer();
#pragma once

#include "milter/resolver/nameservers.h"
#include "milter/resolver/wire.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace milter::resolver {

class Exchange {
  public:
    Exchange(std::vector<Candidate> line, int rounds);

    // The next packet to send, or nothing when there is an answer or nobody left to ask.
    [[nodiscard]] std::optional<Candidate> next();
    // What became of it: exactly one of these after each next().
    void silent();
    void unreachable(int error); // of the system: nobody is there
    void stalled();              // it asked for TCP and was silent there
    void hung_up(int error);     // it asked for TCP and would not have it: no use to ask it again
    void answered(const Response& response);

    // The answer, else the most telling failure: what a server said counts for more than a port that another
    // one has closed, and that for more than silence.
    [[nodiscard]] const dns::Answer& answer() const { return answer_; }
    // Whether any server's response counted. It asked for TCP: no.
    [[nodiscard]] bool heard() const { return news_ == News::response; }

  private:
    enum class News { silence, closed_port, response }; // each tells more than those before

    struct Stop {
        Candidate candidate;
        bool done = false; // said what it has to say; asking again would not change its mind
    };

    void missed(int error);

    std::vector<Stop> line_;
    int rounds_;
    int round_ = 0;
    std::size_t at_ = 0; // whom next() names, unless that stop is done
    bool over_ = false;
    News news_ = News::silence;
    dns::Answer answer_ = dns::failed(dns::Failure::timeout);
};

} // namespace milter::resolver
