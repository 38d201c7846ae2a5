// One question to one server of our choosing, and all that it said: for a tool that compares the servers of a
// zone. No cache, no second server; what a verdict needs of the DNS is asked through CachingResolver.
//
//     DirectAsker asker({});
//     const auto replies = asker.ask_all({{server, "example.org", RecordType::soa}}, deadline);
#pragma once

#include "base/ip_address.h"
#include "dns/question.h"
#include "milter/resolver/message.h"
#include "milter/resolver/resolver.h"
#include "milter/resolver/transport.h"
#include "milter/threads/lock_guarded.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace milter::resolver {

struct DirectQuestion {
    Server server{};
    std::string name;       // lower case, no dot at the end
    std::uint16_t type = 0; // RecordType::ns and the like, or a dns::Type
    bool recursion = false; // RD: of a resolver; an authoritative server is asked for what it holds itself
};

// RFC 1035 3.3.13, with the name that owns it.
struct StartOfAuthority {
    std::string zone;
    std::uint32_t serial = 0;
    std::uint32_t negative_ttl = 0; // RFC 2308 5: the lesser of its own TTL and its MINIMUM field

    bool operator==(const StartOfAuthority&) const = default;
};

struct DirectReply {
    enum class Kind : std::uint8_t {
        answer,      // a DNS message; the fields below say what was in it
        silence,     // none in time
        unreachable, // the network says that nobody is there, see `error`
        malformed,   // no DNS message, or one that cannot be understood
    };
    Kind kind = Kind::silence;
    int error = 0; // errno, of `unreachable`

    unsigned rcode = 0;             // RFC 1035 4.1.1
    bool authoritative = false;     // AA
    bool secure = false;            // AD
    std::vector<std::string> texts; // TXT, the strings of one record joined
    std::vector<std::string> names; // NS
    std::vector<base::IpAddress> addresses;
    std::uint32_t ttl = 0;               // of the records, or of the alias
    std::string alias;                   // where a chain of CNAMEs leads; empty: there is none
    std::optional<StartOfAuthority> soa; // of the answer, else of the authority section

    bool operator==(const DirectReply&) const = default;

    [[nodiscard]] bool is_answer(unsigned code) const { return kind == Kind::answer && rcode == code; }
};

// RFC 6895 2.3.
struct ResponseCode {
    static constexpr unsigned no_error = 0;
    static constexpr unsigned format_error = 1;
    static constexpr unsigned server_failure = 2;
    static constexpr unsigned no_such_name = 3;
    static constexpr unsigned refused = 5;
    static constexpr unsigned bad_version = 16;
};

// Of a packet that came in reply to the question.
[[nodiscard]] DirectReply read_direct(PacketView packet, std::uint16_t type);

class DirectAsker {
  public:
    struct Patience {
        std::chrono::milliseconds timeout{2000}; // for one attempt
        int attempts = 2;
    };
    using Time = std::chrono::steady_clock::time_point;

    // Throws std::system_error when there are no descriptors or threads to be had.
    explicit DirectAsker(const Patience& patience) : patience_(patience) {}
    ~DirectAsker() { transport_.stop(); }
    DirectAsker(const DirectAsker&) = delete;
    DirectAsker& operator=(const DirectAsker&) = delete;

    // From any thread but the transport's. All at once; a reply for each, `silence` for what is open at the
    // deadline. A server that was silent so many times in a row is not asked any more: with thousands of
    // questions, waiting for it each time would take hours.
    static constexpr int patience_with_one = 8;
    [[nodiscard]] std::vector<DirectReply> ask_all(const std::vector<DirectQuestion>& questions,
                                                   Time deadline);

  private:
    struct Flight;

    void send(const std::shared_ptr<Flight>& flight);
    void note(const std::shared_ptr<Flight>& flight, const Reply& reply);
    [[nodiscard]] bool has_patience(const Server& server);
    void remember(const Server& server, const DirectReply& reply);

    Patience patience_;
    threads::LockGuarded<std::map<std::string, int>> silences_; // in a row, by server
    Transport transport_;                                       // last: its thread uses the above
};

} // namespace milter::resolver
