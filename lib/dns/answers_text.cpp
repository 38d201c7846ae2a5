#include "dns/answers_text.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

namespace dns {

namespace {

constexpr std::array<std::pair<Failure, std::string_view>, 4> failures{{{Failure::server_failure, "servfail"},
                                                                        {Failure::timeout, "timeout"},
                                                                        {Failure::refused, "refused"},
                                                                        {Failure::malformed, "malformed"}}};

bool ends_word(char c) {
    return base::is_wsp(c) || c == '\r';
}

// What stands after a backslash: three decimal digits, or any one character.
std::optional<char> unescape(std::string_view& rest) {
    if (rest.empty()) {
        return std::nullopt;
    }
    if (!base::is_digit(rest.front())) {
        const char c = rest.front();
        rest.remove_prefix(1);
        return c;
    }
    int value = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        if (i >= rest.size() || !base::is_digit(rest[i])) {
            return std::nullopt;
        }
        value = value * 10 + (rest[i] - '0');
    }
    if (value > 255) {
        return std::nullopt;
    }
    rest.remove_prefix(3);
    return static_cast<char>(static_cast<unsigned char>(value));
}

base::Result<Word> take_word(std::string_view line, std::string_view& rest) {
    const std::size_t begin = line.size() - rest.size();
    Word word;
    word.quoted = rest.front() == '"';
    if (word.quoted) {
        rest.remove_prefix(1);
    }
    while (!rest.empty()) {
        const char c = rest.front();
        if (!word.quoted && ends_word(c)) {
            return word;
        }
        rest.remove_prefix(1);
        if (word.quoted && c == '"') {
            return word;
        }
        if (c != '\\') {
            word.text.push_back(c);
            continue;
        }
        const auto escaped = unescape(rest);
        if (!escaped) {
            return base::refuse("a backslash needs three digits up to 255, or one character", begin);
        }
        word.text.push_back(*escaped);
    }
    if (word.quoted) {
        return base::refuse("a quoted string does not end on its line", begin);
    }
    return word;
}

void append_escaped(std::string& out, char c, std::string_view special) {
    if (special.find(c) != std::string_view::npos) {
        out.push_back('\\');
        out.push_back(c);
    } else if (base::is_printable(c)) {
        out.push_back(c);
    } else {
        out += fmt::format("\\{:03}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
}

} // namespace

base::Result<std::vector<Word>> split_words(std::string_view line) {
    std::vector<Word> words;
    std::string_view rest = line;
    while (!rest.empty()) {
        if (ends_word(rest.front())) {
            rest.remove_prefix(1);
            continue;
        }
        if (rest.front() == ';' || rest.front() == '#') {
            break;
        }
        auto word = take_word(line, rest);
        if (!word) {
            return base::refuse(std::move(word.error()));
        }
        words.push_back(std::move(*word));
    }
    return words;
}

std::string escape_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        append_escaped(out, c, " \";#\\[");
    }
    return out + '.';
}

std::string quote(std::string_view bytes) {
    std::string out = "\"";
    for (const char c : bytes) {
        append_escaped(out, c, "\"\\");
    }
    return out + '"';
}

std::string_view failure_word(Failure failure) {
    for (const auto& [value, word] : failures) {
        if (value == failure) {
            return word;
        }
    }
    return failures.front().second; // a failure of no kind
}

std::optional<Failure> parse_failure(std::string_view word) {
    for (const auto& [value, name] : failures) {
        if (base::iequals(name, word)) {
            return value;
        }
    }
    return std::nullopt;
}

} // namespace dns
