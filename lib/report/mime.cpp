#include "report/mime.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "base/utf8.h"
#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace report {

namespace {

constexpr std::size_t max_line = 78;         // RFC 5322 2.1.1
constexpr std::size_t max_name_octets = 100; // of who we are
constexpr std::size_t octets_a_word = 42;    // so that an encoded word has 70 at most
constexpr std::size_t max_quoted_octets = 68;

// UTC, of any time that a calendar of four digits has.
struct Moment {
    explicit Moment(base::UnixTime time)
        : seconds(std::chrono::seconds(std::clamp<base::UnixTime>(time, 0, 253402300799))),
          day(std::chrono::floor<std::chrono::days>(seconds)), date(day), clock(seconds - day) {}

    std::chrono::sys_seconds seconds;
    std::chrono::sys_days day;
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<std::chrono::seconds> clock;
};

// A name that every reader takes for one when it stands in quotes.
bool is_plain_name(std::string_view text) {
    return text.size() <= max_quoted_octets && base::all_printable(text) &&
           text.find_first_of("\"\\<>()@=") == std::string_view::npos;
}

// As much of a text as fits into one encoded word, in whole characters (RFC 2047 5).
std::string_view for_one_word(std::string_view text) {
    std::size_t octets = 0;
    while (octets < text.size()) {
        const std::size_t next = base::utf8_length(text.substr(octets));
        if (next == 0 || octets + next > octets_a_word) {
            break;
        }
        octets += next;
    }
    return text.substr(0, octets);
}

std::string encoded_words(std::string_view text) {
    std::string words;
    while (!text.empty()) {
        const std::string_view now = for_one_word(text);
        words += fmt::format("{}=?utf-8?B?{}?=", words.empty() ? "" : "\r\n ", base::base64_encode(now));
        text.remove_prefix(now.size());
    }
    return words;
}

// At blanks, as far as there are some.
std::string folded(std::string_view text, std::size_t used) {
    std::string lines;
    for (const std::string_view word : base::split(text, ' ')) {
        if (!lines.empty()) {
            const bool fits = word.empty() || used + 1 + word.size() <= max_line;
            lines += fits ? " " : "\r\n ";
            used = fits ? used + 1 : 1;
        }
        lines += word;
        used += word.size();
    }
    return lines;
}

bool has_long_word(std::string_view text) {
    constexpr std::size_t longest = 500; // of a line that may have 998
    const auto words = base::split(text, ' ');
    return std::any_of(words.begin(), words.end(),
                       [](std::string_view word) { return word.size() > longest; });
}

bool needs_encoding(std::string_view text) {
    return !base::all_printable(text) || has_long_word(text) || text.find("=?") != std::string_view::npos ||
           text.find("  ") != std::string_view::npos; // a fold there would be a line of blanks
}

} // namespace

std::string mail_date(base::UnixTime time) {
    constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Moment moment(time);
    return fmt::format(
        "{}, {} {} {:04} {:02}:{:02}:{:02} +0000", days.at(std::chrono::weekday(moment.day).c_encoding()),
        static_cast<unsigned>(moment.date.day()), months.at(static_cast<unsigned>(moment.date.month()) - 1),
        static_cast<int>(moment.date.year()), moment.clock.hours().count(), moment.clock.minutes().count(),
        moment.clock.seconds().count());
}

std::string plain_date(base::UnixTime time) {
    const Moment moment(time);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", static_cast<int>(moment.date.year()),
                       static_cast<unsigned>(moment.date.month()), static_cast<unsigned>(moment.date.day()),
                       moment.clock.hours().count(), moment.clock.minutes().count(),
                       moment.clock.seconds().count());
}

std::string mailbox(std::string_view name, const Address& address) {
    const std::string shown = clean(base::trim_fws(name), max_name_octets);
    if (shown.empty()) {
        return fmt::format("<{}>", print(address));
    }
    const std::string words = is_plain_name(shown) ? fmt::format("\"{}\"", shown) : encoded_words(shown);
    const std::size_t last_line = words.size() - (words.rfind('\n') + 1); // npos + 1 is 0
    const bool fits = last_line + print(address).size() + 10 <= max_line;
    return fmt::format("{}{}<{}>", words, fits ? " " : "\r\n ", print(address));
}

std::string unstructured(std::string_view text, std::size_t limit) {
    constexpr std::size_t of_name = 14; // more than "Subject: " has
    const std::string shown = clean(base::trim_fws(text), limit);
    return needs_encoding(shown) ? encoded_words(shown) : folded(shown, of_name);
}

std::string parameter(std::string_view name, std::string_view value) {
    return fmt::format(";\r\n {}=\"{}\"", name, value);
}

std::string base64_lines(std::string_view bytes) {
    constexpr std::size_t octets_a_line = 57; // 76 of base64 (RFC 2045 6.8)
    std::string lines;
    lines.reserve(bytes.size() / octets_a_line * 78 + 80);
    while (!bytes.empty()) {
        lines += base::base64_encode(bytes.substr(0, octets_a_line));
        lines += "\r\n";
        bytes.remove_prefix(std::min(octets_a_line, bytes.size()));
    }
    return lines;
}

} // namespace report
