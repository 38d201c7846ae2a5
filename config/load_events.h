// A YAML document as events, from libyaml, which nothing else sees. Places are those of the file's octets,
// and what libyaml says about a mistake is put into the words that config/syntax_hint knows.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace config {

struct TreeError {
    std::size_t line = 0; // 1-based; 0: unknown
    std::size_t column = 0;
    std::string message;
    std::string hint;
};

constexpr std::string_view tag_reason = "tags such as !!str have no meaning here";

struct YamlEvent {
    enum class Kind : std::uint8_t {
        document,
        scalar,
        alias,
        begin_sequence,
        begin_mapping,
        end, // of a sequence or a mapping
    };

    Kind kind = Kind::document;
    bool quoted = false;      // of a scalar: not plain
    std::uint32_t line = 0;   // 1-based
    std::uint32_t column = 0; // 1-based, in bytes
    std::string_view text;    // of a scalar
    std::string_view anchor;  // its name, or that of the alias; empty: none
    bool tagged = false;
};

// Takes an event, or says why reading ends here.
using EventTaker = std::function<std::optional<TreeError>(const YamlEvent&)>;

// Gives `take` the events of all documents, in their order. `text` is UTF-8 without a byte order mark. Of an
// error of the syntax the message is the reason alone.
struct EventsError {
    TreeError error;
    bool refused = false; // by `take`
};
[[nodiscard]] std::optional<EventsError> read_events(std::string_view text, const EventTaker& take);

} // namespace config
