#include "base/secret_text.h"

#include "base/ascii.h"
#include "base/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>

namespace base {

namespace {

constexpr std::size_t shortest_run = 16; // half a key is a secret, too
constexpr std::size_t shortest_key = 40; // in base64
constexpr std::size_t shortest_hex = 64; // 32 octets; shorter digests are selectors at times
constexpr std::size_t window = 24;
constexpr std::size_t shortest_word =
    8; // of base64 that is broken into words; names are longer than that, too
constexpr std::size_t longest_carry = 128; // of words before; otherwise long texts cost the square
constexpr std::size_t fewest_octets = 9; // each in hex by itself; a MAC address has 6 or 8, and IPv6 8 groups
constexpr std::size_t fewest_kinds = 10; // of characters in a key: "aaaa..." is none

// RFC 4648 4 and 5.
bool is_base64(char c) {
    return is_alnum(c) || c == '+' || c == '/' || c == '=' || c == '-' || c == '_';
}

char kind_of(char c) {
    return is_upper(c) ? 'A' : is_lower(c) ? 'a' : '0';
}

// Neighbours in base64 of random octets are of different kinds (capitals, small letters, digits) in 65 of 100
// places, in CamelCase names of settings and files in 20 to 35. In between lies this.
constexpr std::size_t changes_of_100 = 45;
constexpr std::size_t changes_with_all_kinds = 36; // of a text that has several of each, as few names have

struct Kinds {
    std::size_t upper = 0, lower = 0, digits = 0, changes = 0;

    [[nodiscard]] std::size_t letters() const { return upper + lower + digits; }
    [[nodiscard]] bool has_several_of_each() const { return upper > 1 && lower > 1 && digits > 1; }
};

Kinds kinds_of(std::string_view part) {
    Kinds kinds;
    char before = 0;
    for (const char c : part) {
        if (is_alnum(c)) {
            kinds.changes += kinds.letters() > 0 && kind_of(c) != before ? 1U : 0U;
            before = kind_of(c);
            ++(before == 'A' ? kinds.upper : before == 'a' ? kinds.lower : kinds.digits);
        }
    }
    return kinds;
}

bool is_mixed(const Kinds& kinds) {
    const std::size_t least = kinds.has_several_of_each() ? changes_with_all_kinds : changes_of_100;
    return kinds.letters() > shortest_run / 2 && kinds.changes * 100 >= (kinds.letters() - 1) * least;
}

template <class Drawn>
bool any_window(std::string_view run, Drawn drawn) {
    const std::size_t width = std::min(run.size(), window);
    for (std::size_t at = 0; at + width <= run.size(); ++at) {
        if (drawn(kinds_of(run.substr(at, width)))) {
            return true;
        }
    }
    return false;
}

bool looks_drawn(std::string_view run) {
    return any_window(run, is_mixed);
}

std::size_t count_kinds(std::string_view run) {
    std::bitset<256> seen;
    for (const char c : run) {
        seen.set(static_cast<unsigned char>(c));
    }
    return seen.count();
}

bool has_both_cases(std::string_view run) {
    return std::any_of(run.begin(), run.end(), is_upper) && std::any_of(run.begin(), run.end(), is_lower);
}

// With capitals, small letters and digits as a long name with hyphens has not.
bool has_all_sorts(std::string_view run) {
    const auto least = static_cast<std::ptrdiff_t>(run.size() / 8);
    return std::count_if(run.begin(), run.end(), is_upper) >= least &&
           std::count_if(run.begin(), run.end(), is_lower) >= least &&
           std::any_of(run.begin(), run.end(), is_digit);
}

// Long, with fewer hyphens than a name and fewer slashes than a path has.
bool is_long_base64(std::string_view run) {
    const auto separators = static_cast<std::size_t>(
        std::count_if(run.begin(), run.end(), [](char c) { return c == '/' || c == '-' || c == '_'; }));
    if (run.size() < shortest_key || count_kinds(run) < fewest_kinds) {
        return false;
    }
    if (has_all_sorts(run)) {
        return separators * 7 <= run.size();
    }
    return separators * 12 <= run.size() && run.find_first_of("-_") == std::string_view::npos;
}

bool has_pem(std::string_view text) {
    return text.find("-----BEGIN") != std::string_view::npos ||
           text.find("-----END") != std::string_view::npos ||
           text.find("PRIVATE KEY") != std::string_view::npos;
}

bool is_binary(std::string_view text) {
    return text.size() >= shortest_run && !is_utf8(text);
}

// Calls `found` with each run of base64's characters that has the length.
template <class Found>
bool any_run(std::string_view text, std::size_t length, Found found) {
    while (!text.empty()) {
        const auto start = std::find_if(text.begin(), text.end(), is_base64);
        text.remove_prefix(static_cast<std::size_t>(start - text.begin()));
        const auto end = std::find_if_not(text.begin(), text.end(), is_base64);
        const std::string_view run = text.substr(0, static_cast<std::size_t>(end - text.begin()));
        if (run.size() >= length && found(run)) {
            return true;
        }
        text.remove_prefix(run.size());
    }
    return false;
}

bool is_secret_run(std::string_view run) {
    return is_long_base64(run) || looks_drawn(run);
}

bool is_gap(char c) {
    return std::string_view(" \t\r\n\"',;|\\").find(c) != std::string_view::npos;
}

std::size_t count_gap(std::string_view text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_gap);
    return static_cast<std::size_t>(end - text.begin());
}

bool is_hex_key(std::string_view text, std::size_t least) {
    return text.size() >= least && std::all_of(text.begin(), text.end(), is_hex) &&
           count_kinds(text) >= fewest_kinds && std::any_of(text.begin(), text.end(), is_alpha);
}

// Names one behind the other change at each capital, too, but have few digits.
bool is_secret_join(std::string_view joined) {
    return is_hex_key(joined, shortest_hex / 2) ||
           (joined.size() >= window &&
            any_window(joined, [](const Kinds& kinds) { return kinds.digits > 0 && is_mixed(kinds); }));
}

// A digest in hex behind the name of an option is none.
bool is_surely_secret_join(std::string_view joined) {
    return is_hex_key(joined, shortest_hex) ||
           (joined.size() >= shortest_key && any_window(joined, [](const Kinds& kinds) {
                return kinds.digits > 0 && kinds.upper > 0 && kinds.lower > 0 && is_mixed(kinds);
            }));
}

// Base64 or hex that is broken into words, as by a line that was too short for it.
template <class Found>
bool has_broken_run(std::string_view text, Found found) {
    std::string joined;
    std::size_t words = 0;
    while (!text.empty()) {
        const auto end = std::find_if_not(text.begin(), text.end(), is_base64);
        const auto size = static_cast<std::size_t>(end - text.begin());
        const auto gap = count_gap(text.substr(size));
        joined += text.substr(0, size);
        ++words;
        // The last word is what is left over, of any length.
        if (words > 1 && found(joined)) {
            return true;
        }
        if (size < shortest_word || gap == 0) {
            joined.clear();
            words = 0;
        }
        joined.erase(0, joined.size() - std::min(joined.size(), longest_carry));
        text.remove_prefix(std::min(text.size(), size + std::max<std::size_t>(gap, 1)));
    }
    return false;
}

// What stands between octets: "77:b8:84", "77 b8 84", "0x77, 0xb8", "\\x77\\xb8".
std::size_t count_between_octets(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("0x") || rest.starts_with("\\x")) {
            at += 2;
        } else if (std::string_view(" \t\r\n:,-").find(rest.front()) != std::string_view::npos) {
            ++at;
        } else {
            break;
        }
    }
    return at;
}

bool starts_with_octet(std::string_view text) {
    return text.size() >= 2 && is_hex(text[0]) && is_hex(text[1]) && (text.size() == 2 || !is_alnum(text[2]));
}

// As `openssl pkey -text` prints it.
bool has_octets(std::string_view text, std::size_t count) {
    std::string digits;
    while (!text.empty()) {
        text.remove_prefix(count_between_octets(text));
        if (starts_with_octet(text)) {
            digits += text.substr(0, 2);
            text.remove_prefix(2);
            if (digits.size() >= 2 * count && std::any_of(digits.begin(), digits.end(), is_alpha)) {
                return true;
            }
        } else if (!text.empty()) {
            digits.clear();
            const auto word = std::find_if_not(text.begin(), text.end(), is_alnum);
            text.remove_prefix(std::max<std::size_t>(1, static_cast<std::size_t>(word - text.begin())));
        }
    }
    return false;
}

std::string note(std::size_t size) {
    return fmt::format("({} characters, not shown: they could be a key)", size);
}

} // namespace

bool may_be_key(std::string_view text) {
    return has_pem(text) || is_binary(text) || any_run(text, shortest_run, is_secret_run) ||
           has_broken_run(text, is_secret_join) || has_octets(text, fewest_octets);
}

bool is_surely_key(std::string_view text) {
    return has_pem(text) || has_octets(text, shortest_hex / 2) ||
           has_broken_run(text, is_surely_secret_join) ||
           any_run(text, shortest_key, [](std::string_view run) {
               return (has_both_cases(run) || run.size() >= shortest_hex) && is_secret_run(run);
           });
}

std::string shown(std::string_view text, std::size_t limit) {
    return may_be_key(text) ? note(text.size()) : printable(text, limit);
}

std::string quoted(std::string_view text, std::size_t limit) {
    return may_be_key(text) ? note(text.size()) : fmt::format("'{}'", printable(text, limit));
}

std::string shown_path(std::string_view path, bool (*exists)(const std::string& path)) {
    if (!may_be_key(path) || exists(std::string(path))) {
        return std::string(path);
    }
    for (auto slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
         slash = path.rfind('/', slash - 1)) {
        if (exists(std::string(path.substr(0, slash)))) {
            const std::string_view rest = path.substr(slash + 1);
            return fmt::format("{}/{}", path.substr(0, slash), may_be_key(rest) ? note(rest.size()) : rest);
        }
    }
    return note(path.size());
}

} // namespace base
