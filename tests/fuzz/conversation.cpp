#include "fuzz/conversation.h"

#include <algorithm>

namespace fuzz {

namespace {

constexpr std::size_t most_events = 300;
constexpr std::string_view kinds = "CHMRLNBEAF";

std::string unescape(std::string_view text) {
    constexpr std::string_view escapes = "rn0\\";
    constexpr std::string_view octets("\r\n\0\\", 4);
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped = text[i] == '\\' && i + 1 < text.size();
        const auto known = escaped ? escapes.find(text[i + 1]) : std::string_view::npos;
        if (known == std::string_view::npos) {
            result += text[i];
        } else {
            result += octets[known];
            ++i;
        }
    }
    return result;
}

// The length of the event that the text begins with, without the LF that ends it.
std::size_t event_length(std::string_view text) {
    std::size_t end = text.find('\n');
    while (end != std::string_view::npos && end > 0 && text[end - 1] == '\r') {
        end = text.find('\n', end + 1);
    }
    return std::min(end, text.size());
}

} // namespace

std::vector<Event> read_conversation(std::string_view input) {
    std::vector<Event> events;
    while (!input.empty() && events.size() < most_events) {
        const auto length = event_length(input);
        const auto line = input.substr(0, length);
        input.remove_prefix(std::min(input.size(), length + 1));
        if (!line.empty() && kinds.find(line.front()) != std::string_view::npos) {
            events.push_back({line.front(), unescape(line.substr(std::min<std::size_t>(line.size(), 2)))});
        }
    }
    return events;
}

} // namespace fuzz
