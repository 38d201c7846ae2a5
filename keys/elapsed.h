// How much time has certainly passed, whatever was done to the clock meanwhile.
//
// A clock that is set forward makes a week pass in a second. So what must not happen too early counts only
// time that the kernel has counted since it was started (CLOCK_BOOTTIME), which nobody can set. Over a
// restart of the system only what came after it is known to have passed. Several hosts may count for the same
// thing: their times overlap, so that the longest counts and not the sum.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

struct Moment {
    std::string host; // an identity that outlives a restart: /etc/machine-id; letters, digits and hyphens
    std::string boot; // another one after each restart; likewise
    std::chrono::seconds uptime{0};   // CLOCK_BOOTTIME
    std::chrono::sys_seconds clock{}; // what the clock says, for dates only
};

// A number of seconds in decimal digits, as a journal has it: none is negative, none longer than an age of
// the world.
[[nodiscard]] std::optional<std::chrono::seconds> read_seconds(std::string_view text);

class Elapsed {
  public:
    // Begins to count; a host that was never here before counts from its first tick.
    void start(const Moment& now);
    // To be called now and then, at least once after each restart; otherwise less counts.
    void tick(const Moment& now);
    void stop() { hosts_.clear(); }

    [[nodiscard]] bool is_running() const { return !hosts_.empty(); }
    [[nodiscard]] std::chrono::seconds certain() const;

    // In one line without blanks at its ends, which read() takes; "-": it is not running.
    [[nodiscard]] std::string print() const;
    [[nodiscard]] static std::optional<Elapsed> read(std::string_view text);

    bool operator==(const Elapsed&) const = default;

  private:
    struct Host {
        std::string name;
        std::string boot;
        std::chrono::seconds first{0}, last{0}; // of this boot
        std::chrono::seconds before{0};         // in earlier ones

        bool operator==(const Host&) const = default;
    };
    std::vector<Host> hosts_;
};

} // namespace keys
