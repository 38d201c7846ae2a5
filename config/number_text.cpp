#include "config/number_text.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <span>

namespace config {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

// Largest first: print() takes the first that divides the number.
constexpr std::array<Unit, 4> size_units{{{"G", 1U << 30U}, {"M", 1U << 20U}, {"K", 1U << 10U}, {"", 1}}};
constexpr std::array<Unit, 5> time_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

std::optional<std::uint64_t> parse_digits(std::string_view text, int radix) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, radix);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) {
    const auto digits_end = std::find_if_not(text.begin(), text.end(), base::is_digit);
    const auto digits = static_cast<std::size_t>(digits_end - text.begin());
    const auto number = parse_digits(text.substr(0, digits), 10);
    const auto unit = std::find_if(units.begin(), units.end(),
                                   [&](const Unit& u) { return base::iequals(u.name, text.substr(digits)); });
    if (!number || unit == units.end() || *number > std::numeric_limits<std::int64_t>::max() / unit->factor) {
        return std::nullopt;
    }
    return *number * unit->factor;
}

// "5 seconds" -> "5" and "seconds". The number may have a fraction.
struct Guess {
    double number = 0;
    std::string unit; // in small letters
};

std::optional<Guess> guess(std::string_view text) {
    Guess result;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result.number);
    if (error != std::errc() || text.empty() || !base::is_digit(text.front())) {
        return std::nullopt;
    }
    result.unit = base::to_lower(base::trim_wsp(text.substr(static_cast<std::size_t>(end - text.data()))));
    return result;
}

std::optional<std::uint64_t> guess_with(std::string_view text, std::span<const Unit> units) {
    constexpr double most = 1e15;
    const auto parts = guess(text);
    const auto unit = !parts ? units.end() : std::find_if(units.begin(), units.end(), [&](const Unit& u) {
        return u.name == parts->unit;
    });
    if (unit == units.end()) {
        return std::nullopt;
    }
    const double meant = parts->number * static_cast<double>(unit->factor);
    return meant <= most ? std::optional(static_cast<std::uint64_t>(meant + 0.5)) : std::nullopt;
}

constexpr std::array<Unit, 14> guessed_sizes{{{"b", 1},
                                              {"bytes", 1},
                                              {"k", 1U << 10U},
                                              {"kb", 1U << 10U},
                                              {"kib", 1U << 10U},
                                              {"ki", 1U << 10U},
                                              {"m", 1U << 20U},
                                              {"mb", 1U << 20U},
                                              {"mib", 1U << 20U},
                                              {"mi", 1U << 20U},
                                              {"g", 1U << 30U},
                                              {"gb", 1U << 30U},
                                              {"gib", 1U << 30U},
                                              {"gi", 1U << 30U}}};
constexpr std::uint64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
constexpr std::array<Unit, 25> guessed_times{
    {{"ms", 1},        {"msec", 1},        {"milliseconds", 1}, {"s", second},      {"sec", second},
     {"secs", second}, {"second", second}, {"seconds", second}, {"m", minute},      {"min", minute},
     {"mins", minute}, {"minute", minute}, {"minutes", minute}, {"h", hour},        {"hr", hour},
     {"hrs", hour},    {"hour", hour},     {"hours", hour},     {"d", day},         {"day", day},
     {"days", day},    {"w", 7 * day},     {"week", 7 * day},   {"weeks", 7 * day}, {"y", 365 * day}}};

std::string print_with_unit(std::uint64_t number, std::span<const Unit> units) {
    const auto unit =
        std::find_if(units.begin(), units.end(), [&](const Unit& u) { return number % u.factor == 0; });
    return fmt::format("{}{}", number / unit->factor, unit->name);
}

} // namespace

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
    return parse_digits(text, 10);
}

std::optional<std::uint64_t> parse_octal(std::string_view text) {
    if (text.starts_with("0o")) {
        text.remove_prefix(2);
    }
    return parse_digits(text, 8);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    return parse_with_unit(text, size_units);
}

std::optional<std::uint64_t> guess_size(std::string_view text) {
    return guess_with(text, guessed_sizes);
}

std::optional<std::uint64_t> guess_milliseconds(std::string_view text) {
    return guess_with(text, guessed_times);
}

std::string print_size(std::uint64_t bytes) {
    return bytes == 0 ? "0" : print_with_unit(bytes, size_units);
}

std::optional<std::uint64_t> parse_milliseconds(std::string_view text) {
    return text == "0" ? std::optional<std::uint64_t>(0) : parse_with_unit(text, time_units);
}

std::string print_milliseconds(std::uint64_t milliseconds) {
    return milliseconds == 0 ? "0" : print_with_unit(milliseconds, time_units);
}

std::optional<std::uint64_t> parse_last_day(std::string_view text) {
    constexpr std::size_t written = 10; // 2027-01-31
    if (text.size() != written || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto year = parse_decimal(text.substr(0, 4));
    const auto month = parse_decimal(text.substr(5, 2));
    const auto day_of_month = parse_decimal(text.substr(8, 2));
    if (!year || !month || !day_of_month || *year < 1970) { // the first of Unix time
        return std::nullopt;
    }
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day_of_month)));
    if (!date.ok()) {
        return std::nullopt;
    }
    const std::chrono::sys_seconds end = std::chrono::sys_days(date) + std::chrono::days(1);
    return static_cast<std::uint64_t>(end.time_since_epoch().count());
}

std::string print_last_day(std::uint64_t end) {
    const std::chrono::sys_seconds after{std::chrono::seconds(end)};
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(after) -
                                           std::chrono::days(1));
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

} // namespace config
