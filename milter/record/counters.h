// What has been counted since the start, over all messages: the sums of what the log says of each.
//
// Which counters there are is fixed here; nothing that comes with a message makes one.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace milter::record {

// Counters for the values of one enum.
enum class Family : std::uint8_t {
    messages,
    spf,
    dkim,
    dmarc,
    iprev,
    disposition,
    would,
    own_disposition,
    exception,
    recipient,
    recipient_would,
    signatures,
    not_signed,
    fragile,
    reports,
    failure_reports,
    history, // the last one, see family_count
};

// What became of the counts for reports.
enum class Reported : std::uint8_t {
    stored,
    less_detail, // something was left out, since there is too much
    dropped,     // there was no room
    late,        // answered before the count was on the disk
};

[[nodiscard]] std::string_view print(Reported what);

// Of failure reports.
enum class FailuresReported : std::uint8_t {
    stored,  // reports
    limited, // messages without one: reports.failure allows no more
    dropped, // likewise, or reports: there was no room
};

[[nodiscard]] std::string_view print(FailuresReported what);

// The same of reports.history_file.
enum class Recorded : std::uint8_t { written, dropped, late };

[[nodiscard]] std::string_view print(Recorded what);

inline constexpr std::size_t family_count = static_cast<std::size_t>(Family::history) + 1;

// In the log "spf.pass"; to a collector it would be paraph_spf_total{result="pass"}, with the meaning for
// its help.
struct FamilyEntry {
    Family family;
    std::string_view word;
    std::string_view label; // what the values are; empty: there is one counter
    std::size_t size;
    std::string_view (*value)(std::size_t);
    std::string_view meaning; // line ends are blanks
};

[[nodiscard]] std::span<const FamilyEntry> families();

struct Count {
    std::string name; // "spf.pass"
    std::uint64_t value = 0;

    bool operator==(const Count&) const = default;
};

// Thread-safe, and without a lock: each counter is right by itself, and of a message that is just being
// counted one may be read with and another without it.
class Counters {
  public:
    // `value` is of the family's enum.
    template <class Value>
    void add(Family family, Value value) {
        add(family, static_cast<std::size_t>(value), 1);
    }
    void add(Family family, std::size_t value, std::uint64_t by) {
        rows_.at(static_cast<std::size_t>(family)).at(value).fetch_add(by, std::memory_order_relaxed);
    }

    // All of them, always in the same order.
    [[nodiscard]] std::vector<Count> read() const;

    static constexpr std::size_t most_values = 16;

  private:
    std::array<std::array<std::atomic<std::uint64_t>, most_values>, family_count> rows_{};
};

} // namespace milter::record
