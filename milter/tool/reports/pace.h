// How fast mail goes out: in all, and to one organization. A function of the time; nobody sleeps in here.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

namespace milter::tool::reports {

class Pace {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // Mails a minute; 0: any number.
    Pace(unsigned in_all, unsigned for_a_host) : between_all_(pause(in_all)), between_(pause(for_a_host)) {}

    // From when on the next mail may go out.
    [[nodiscard]] Time next() const { return next_; }
    [[nodiscard]] Time next_to(const std::string& host) const;
    // A time of its own for a mail that has to wait: behind those that wait already, so that nobody has to
    // look at it before.
    [[nodiscard]] Time take_turn(const std::string& host);
    void went_out(const std::string& host, Time now);

  private:
    [[nodiscard]] static std::chrono::milliseconds pause(unsigned in_a_minute);

    std::chrono::milliseconds between_all_, between_;
    Time next_{};
    struct Queue {
        Time next{}; // mail may go out
        Time end{};  // of the turns that were given
    };
    std::unordered_map<std::string, Queue> queues_;
};

} // namespace milter::tool::reports
