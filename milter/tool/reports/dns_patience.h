// How long a run waits for the name servers of others. One zone may have any number of names, and its servers
// may take their time with each: an organization is asked no more once it has had its share, and where all of
// them together have had theirs, each report gets little. What takes a second is not held against anybody.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace milter::tool::reports {

class DnsPatience {
  public:
    using Time = std::chrono::milliseconds;
    using Who = std::pair<std::string, std::string>; // the organizations of a policy domain and of an address

    [[nodiscard]] bool may_ask(const Who& who) const;
    // What the answers about a report took, and whether one is missing.
    void note(const Who& who, Time took, bool is_silent);
    // What the next report has for its questions; nothing: as long as any message.
    [[nodiscard]] std::optional<Time> limit() const;

    // So often an organization may be silent.
    static constexpr int most_silent = 2;
    static constexpr Time usual = std::chrono::seconds(1);
    static constexpr Time most_for_one = std::chrono::seconds(30);
    static constexpr Time most_for_all = std::chrono::minutes(10);

  private:
    struct Waited {
        int silent = 0;
        Time time{};
    };
    std::map<Who, Waited> waited_; // of those that were slow
    Time all_{};
};

} // namespace milter::tool::reports
