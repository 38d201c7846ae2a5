// Who may have a TCP connection to one name server now. Pure: time comes in as a value.
//
// A forwarder that hands truncation through has few connections to give (dnsmasq: twenty processes, each of
// which waits two and a half minutes for a server behind it that says nothing, whether we have gone or not).
// Whoever owns a zone can make such a wait with each name in it. So the names of one owner share a few
// connections, and those that were left without an answer lately count as well.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace milter::resolver {

class TcpAdmission {
  public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::size_t connections = 16; // of all owners
    static constexpr std::size_t per_owner = 2;
    static constexpr std::size_t many_unanswered = 8; // from then on an owner has one
    static constexpr std::chrono::seconds memory{
        150}; // how long one without an answer counts: as long as dnsmasq waits

    enum class Decision {
        now,
        later, // when one is closed
        never, // the owner's are used up by silence
    };
    [[nodiscard]] Decision decide(const std::string& owner, Time now);
    void opened(const std::string& owner);
    void closed(const std::string& owner, bool unanswered, Time now);

  private:
    struct Unanswered {
        std::string owner;
        Time until;
    };

    [[nodiscard]] std::size_t unanswered_of(const std::string& owner) const;

    std::map<std::string, std::size_t> open_; // by owner
    std::size_t open_in_all_ = 0;
    std::deque<Unanswered> unanswered_; // the oldest first; those that can still be are few
};

// The part of the name that one party controls: one label below the public suffix.
[[nodiscard]] std::string owner_of(std::string_view name);

} // namespace milter::resolver
