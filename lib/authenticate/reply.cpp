#include "authenticate/reply.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace authenticate {

namespace {

struct Placeholder {
    std::string_view name;
    std::string ReplyValues::* value;
    std::size_t longest;
};

// A name has 253 octets at most; the explanation leaves room for the words around it.
constexpr std::array<Placeholder, 7> placeholders{{{"domain", &ReplyValues::domain, 253},
                                                   {"result", &ReplyValues::result, 40},
                                                   {"ip", &ReplyValues::ip, 45},
                                                   {"queue_id", &ReplyValues::queue_id, 64},
                                                   {"explanation", &ReplyValues::explanation, 250},
                                                   {"policy", &ReplyValues::policy, 20},
                                                   {"sender", &ReplyValues::sender, 256}}};

std::string cut(std::string text, std::size_t limit) {
    constexpr std::string_view end = "...";
    if (text.size() > limit) {
        text.resize(limit - end.size());
        text += end;
    }
    return text;
}

std::string cleaned(std::string text, std::size_t limit) {
    text = cut(std::move(text), limit);
    std::replace_if(text.begin(), text.end(), [](char c) { return !base::is_printable(c); }, '?');
    return text;
}

// RFC 7208 11.5.2: the text is not ours, and its reader must not take it for ours.
std::string explained(const ReplyValues& values, std::size_t limit) {
    if (values.explanation.empty()) {
        return "no explanation given";
    }
    return fmt::format("{} explains: {}", cleaned(values.domain, 100), cleaned(values.explanation, limit));
}

std::string shown(const ReplyValues& values, const Placeholder& placeholder) {
    if (placeholder.value == &ReplyValues::explanation) {
        return explained(values, placeholder.longest);
    }
    const std::string& value = values.*placeholder.value;
    return value.empty() ? "unknown" : cleaned(value, placeholder.longest);
}

// RFC 3463 2: class "." subject "." detail, the last two of one to three digits.
std::size_t code_length(std::string_view text) {
    std::size_t position = 1;
    if (text.empty() || !base::is_digit(text[0])) {
        return 0;
    }
    for (int part = 0; part < 2; ++part) {
        if (position >= text.size() || text[position] != '.') {
            return 0;
        }
        const std::size_t begin = ++position;
        while (position < text.size() && base::is_digit(text[position])) {
            ++position;
        }
        if (position == begin || position - begin > 3) {
            return 0;
        }
    }
    return position < text.size() && text[position] == ' ' ? position : 0;
}

// "550 ", "451-": the line as SMTP has it.
bool begins_with_reply_code(std::string_view text) {
    constexpr std::size_t length = 3; // RFC 5321 4.2
    return text.size() >= length && text[0] >= '2' && text[0] <= '5' &&
           std::all_of(text.begin(), text.begin() + length, base::is_digit) &&
           (text.size() == length || text[length] == ' ' || text[length] == '-');
}

const Placeholder* find_placeholder(std::string_view name) {
    const auto* found = std::find_if(placeholders.begin(), placeholders.end(),
                                     [name](const Placeholder& one) { return one.name == name; });
    return found == placeholders.end() ? nullptr : found;
}

} // namespace

base::Result<ReplyText> ReplyText::parse(std::string_view text) {
    const auto odd = std::find_if(text.begin(), text.end(), [](char c) { return !base::is_printable(c); });
    if (odd != text.end()) {
        return base::refuse("only printable ASCII can stand in a reply",
                            static_cast<std::size_t>(odd - text.begin()));
    }
    if (text.size() > longest_reply_template) {
        return base::refuse(fmt::format("longer than {} octets", longest_reply_template),
                            longest_reply_template);
    }
    ReplyText reply;
    std::size_t position = code_length(text);
    reply.enhanced_ = text.substr(0, position);
    if (position > 0 && text.front() != '5') {
        return base::refuse("an enhanced status code of a refusal begins with 5", 0);
    }
    position = std::min(text.find_first_not_of(' ', position), text.size());
    if (position == text.size()) {
        return base::refuse("no text", position);
    }
    if (begins_with_reply_code(text.substr(position))) {
        return base::refuse(fmt::format("leave out {}: the action gives the code", text.substr(position, 3)),
                            position);
    }
    while (position < text.size()) {
        const std::size_t brace = std::min(text.find_first_of("{}", position), text.size());
        if (brace > position) {
            reply.pieces_.push_back({std::string(text.substr(position, brace - position)), nullptr});
        }
        if (brace == text.size()) {
            break;
        }
        const std::size_t close = text.find_first_of("{}", brace + 1);
        if (text[brace] == '}' || close == std::string_view::npos || text[close] == '{') {
            return base::refuse("a brace without the other", brace);
        }
        const auto name = text.substr(brace + 1, close - brace - 1);
        const Placeholder* placeholder = find_placeholder(name);
        if (placeholder == nullptr) {
            return base::refuse(fmt::format("there is no placeholder {{{}}}", name), brace);
        }
        reply.pieces_.push_back({{}, placeholder->value});
        position = close + 1;
    }
    return reply;
}

std::string ReplyText::fill(const ReplyValues& values) const {
    std::string text;
    for (const Piece& piece : pieces_) {
        if (piece.value == nullptr) {
            text += piece.text;
            continue;
        }
        for (const Placeholder& placeholder : placeholders) {
            text += placeholder.value == piece.value ? shown(values, placeholder) : "";
        }
    }
    return cut(std::move(text), longest_reply_text);
}

} // namespace authenticate
