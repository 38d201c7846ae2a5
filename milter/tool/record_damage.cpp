#include "milter/tool/record_damage.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::tool {

namespace {

std::string without_blanks(std::string_view text) {
    std::string rest(text);
    std::erase_if(rest, [](char c) { return c == ' ' || c == '\t'; });
    return rest;
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

// RFC 1035 5.1: in a zone file a semicolon outside of quotes begins a comment, and a backslash takes the
// meaning from the character behind it. Neither is so in a web form.
std::string quoting(std::string_view text) {
    const auto bare = without_blanks(text);
    if (bare == "v=DKIM1" || bare == "v=DKIM1;") {
        return "only what stands before the first semicolon is there: in a zone file the value has to stand "
               "in "
               "quotation marks";
    }
    if (has(text, "\\;")) {
        return "there are backslashes before the semicolons: \\; is for zone files without quotation marks; "
               "quotation marks and backslashes belong in zone files, not in web forms";
    }
    if (has(text, "\"")) {
        return "there are quotation marks in the record: quotation marks and backslashes belong in zone "
               "files, "
               "not in web forms";
    }
    if (has(text, "-----BEGIN") || has(text, "-----END")) {
        return "the lines BEGIN and END of a PEM file are in it: only what `paraph key show` prints is the "
               "record";
    }
    return {};
}

// The strings of a record are joined as they stand (RFC 6376 3.6.2.2). Two of them in the wrong order are the
// right text, turned round.
std::string order(std::string_view text, std::string_view whole) {
    const auto bare = without_blanks(text);
    const auto start = bare.find("v=DKIM1");
    if (start == std::string::npos || start == 0) {
        return {};
    }
    const auto turned = raw_key(bare.substr(start) + bare.substr(0, start));
    return turned == whole ? "the strings of the record are in the wrong order" : std::string();
}

std::size_t common_start(std::string_view a, std::string_view b) {
    const auto [end, ignored] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return static_cast<std::size_t>(end - a.begin());
}

std::size_t common_end(std::string_view a, std::string_view b) {
    const auto [end, ignored] = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
    return static_cast<std::size_t>(end - a.rbegin());
}

// Lost or doubled where two strings meet, or changed by hand. All RSA keys of one size begin alike and end
// alike, so that a few characters in common say nothing.
std::string difference(std::string_view published, std::string_view whole) {
    const auto start = common_start(published, whole);
    const auto shorter = std::min(published.size(), whole.size());
    const auto end = std::min(common_end(published, whole), shorter - start);
    if (start + end < shorter * 3 / 4) {
        return {};
    }
    if (published.size() < whole.size()) {
        return fmt::format("p= lacks {} characters after the first {}: a string was not copied whole",
                           whole.size() - published.size(), start);
    }
    if (published.size() > whole.size()) {
        return fmt::format("p= has {} characters too many after the first {}: something was copied twice",
                           published.size() - whole.size(), start);
    }
    return fmt::format("p= differs from the key in {} characters after the first {}",
                       published.size() - start - end, start);
}

std::string key_damage(std::string_view published, std::string_view whole) {
    if (whole.starts_with(published)) {
        return fmt::format("p= is cut off after {} of {} characters", published.size(), whole.size());
    }
    if (whole.ends_with(published)) {
        return fmt::format("p= lacks its first {} characters", whole.size() - published.size());
    }
    if (base::iequals(published, whole)) {
        return "upper and lower case of p= were changed";
    }
    std::string without_plus(whole);
    std::erase(without_plus, '+');
    if (published == without_plus) {
        return "each + of p= is gone: a web form took it for a blank";
    }
    if (has(published, "%2B") || has(published, "%2F") || has(published, "%3D")) {
        return "p= is encoded as for a web address (%2B): enter it as `paraph key show` prints it";
    }
    return difference(published, whole);
}

} // namespace

std::string raw_key(std::string_view text) {
    for (const std::string_view tag : base::split(text, ';')) {
        const auto start = tag.find_first_not_of(" \t");
        if (start != std::string_view::npos && tag.substr(start).starts_with("p=")) {
            return without_blanks(tag.substr(start + 2));
        }
    }
    return {};
}

std::string record_damage(std::string_view text, std::string_view whole) {
    if (auto quoted = quoting(text); !quoted.empty()) {
        return quoted;
    }
    if (auto turned = order(text, whole); !turned.empty()) {
        return turned;
    }
    const auto published = raw_key(text);
    return published.empty() || published == whole ? std::string() : key_damage(published, whole);
}

std::string pieces_of(const std::vector<std::string>& texts, std::string_view whole) {
    // In no particular order: a DNS server turns the records of a name round. A piece of a key is long.
    constexpr std::size_t long_piece = 20;
    const auto is_piece = [&](const std::string& text) {
        const auto key = raw_key(text);
        const auto bare = without_blanks(key.empty() ? text : key);
        return bare.size() < whole.size() && bare.size() >= long_piece && has(whole, bare);
    };
    const auto pieces = std::count_if(texts.begin(), texts.end(), is_piece);
    return pieces < 2 ? std::string()
                      : "the pieces of one record stand in several: make them the strings of one record, "
                        "(\"...\" \"...\") in a zone file";
}

} // namespace milter::tool
