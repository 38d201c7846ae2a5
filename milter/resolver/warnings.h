// The operator's rare warnings, each kind at most once a minute, with the number of times it was kept back.
#pragma once

#include "milter/threads/lock_guarded.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace milter::resolver {

enum class Warning : std::uint8_t {
    no_server_answers,
    too_many_questions,
    callback_threw,
    unreachable_server,
};

class Warnings {
  public:
    using Time = std::chrono::steady_clock::time_point;
    using Report = std::function<void(std::string_view)>;

    static constexpr std::chrono::seconds interval{60};

    explicit Warnings(Report report) : report_(std::move(report)) {}

    // Safe to use from any thread. `detail` may be empty; text from the net must have been made printable.
    void warn(Warning kind, std::string_view detail, Time now);

  private:
    struct Kind {
        std::optional<Time> last;
        std::uint64_t kept_back = 0;
    };
    using Kinds = std::array<Kind, 4>;

    Report report_;
    threads::LockGuarded<Kinds> kinds_;
};

} // namespace milter::resolver
