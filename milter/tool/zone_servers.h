// The zone that a name is in, and the authoritative servers of that zone, found as a resolver finds them: the
// zone by its SOA record, the servers by its NS records, their addresses by A and AAAA (RFC 1034 4.2.1).
#pragma once

#include "base/result.h"
#include "milter/resolver/direct.h"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace milter::tool {

// All questions at once, a reply for each: DirectAsker, or a table in a test.
using AskAll =
    std::function<std::vector<resolver::DirectReply>(const std::vector<resolver::DirectQuestion>&)>;

// What is asked behind the deadline counts as asked in vain. `asker` has to be there as long.
[[nodiscard]] AskAll ask_until(std::chrono::steady_clock::time_point deadline, resolver::DirectAsker& asker);

// What the configured resolvers say: the first of them that answers.
class Recursion {
  public:
    Recursion(AskAll ask_all, std::vector<dns::Server> servers)
        : ask_all_(std::move(ask_all)), servers_(std::move(servers)) {}

    // `unreachable`, `silence` or an error's rcode if none of them has an answer.
    [[nodiscard]] resolver::DirectReply resolve(const std::string& name, std::uint16_t type) const;
    [[nodiscard]] std::vector<resolver::DirectReply>
    resolve_all(const std::vector<std::pair<std::string, std::uint16_t>>& names) const;

  private:
    AskAll ask_all_;
    std::vector<dns::Server> servers_;
};

struct ZoneServer {
    std::string host;
    dns::Server server;

    bool operator==(const ZoneServer&) const = default;
};

struct ServedZone {
    std::string apex;
    std::vector<ZoneServer> servers;     // each address of each host
    std::vector<std::string> no_address; // hosts of NS records that have none
};

// A zone's owner says how many servers there are; whom we send packets to stays bounded. More than 13 fit
// into no delegation of old, and nobody has them.
inline constexpr std::size_t max_zone_hosts = 16;
inline constexpr std::size_t max_host_addresses = 4;

// The error says what was not found, in words.
[[nodiscard]] base::Result<ServedZone, std::string> find_zone(const std::string& name,
                                                              const Recursion& recursion);

// What a server said, in one word.
[[nodiscard]] std::string print(const resolver::DirectReply& reply);

} // namespace milter::tool
