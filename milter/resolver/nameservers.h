// The servers we may ask, and which of them seemed dead lately. Pure: time comes in as a value.
//
// A server that stays silent goes to the end of the line, so that only the first question pays for finding
// out. After a while one question, and only one, tries it first again; a server that answers anything is back
// at once.
#pragma once

#include "milter/resolver/resolver.h"

#include <chrono>
#include <cstddef>
#include <vector>

namespace milter::resolver {

struct Candidate {
    Server server;
    bool edns = true;

    bool operator==(const Candidate&) const = default;
};

class Nameservers {
  public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds first_penalty{30};
    static constexpr std::chrono::seconds max_penalty{300};
    static constexpr std::chrono::seconds plain_dns_memory{60}; // how long "knows no EDNS" is believed

    explicit Nameservers(std::vector<Server> servers);

    // All servers, in the order in which the next question should try them.
    [[nodiscard]] std::vector<Candidate> line_up(Time now);
    void silent(const Server& server, Time now);
    void answered(const Server& server);
    void refused_edns(const Server& server, Time now);

    [[nodiscard]] std::vector<Server> servers() const;
    [[nodiscard]] std::size_t size() const { return known_.size(); }

  private:
    struct Health {
        Server server;
        bool suspect = false;
        std::chrono::seconds penalty = first_penalty;
        Time retry_at{};
        bool plain_dns = false;
        Time edns_again_at{};
    };

    [[nodiscard]] Health* find(const Server& server);

    std::vector<Health> known_;
};

} // namespace milter::resolver
