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

bool is_mixed(std::string_view part) {
    std::size_t letters = 0, changes = 0;
    char before = 0;
    for (const char c : part) {
        if (is_alnum(c)) {
            changes += letters > 0 && kind_of(c) != before ? 1U : 0U;
            before = kind_of(c);
            ++letters;
        }
    }
    return letters > shortest_run / 2 && changes * 100 >= (letters - 1) * changes_of_100;
}

bool looks_drawn(std::string_view run) {
    const std::size_t width = std::min(run.size(), window);
    for (std::size_t at = 0; at + width <= run.size(); ++at) {
        if (is_mixed(run.substr(at, width))) {
            return true;
        }
    }
    return false;
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

std::string note(std::size_t size) {
    return fmt::format("({} characters, not shown: they could be a key)", size);
}

} // namespace

bool may_be_key(std::string_view text) {
    return has_pem(text) || is_binary(text) || any_run(text, shortest_run, is_secret_run);
}

bool is_surely_key(std::string_view text) {
    return has_pem(text) || any_run(text, shortest_key, [](std::string_view run) {
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
