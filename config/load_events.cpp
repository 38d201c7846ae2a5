#include "config/load_events.h"

#include <yaml.h>

#include <array>
#include <new>
#include <string>

namespace config {

namespace {

// libyaml counts characters, and more kinds of line ends than editors do. Going forward is cheap, and events
// come in the order of the file.
class Places {
  public:
    explicit Places(std::string_view text) : text_(text) {}

    struct Place {
        std::size_t line;
        std::size_t column;
    };

    // Of the character of that number.
    Place of_character(std::size_t number) {
        rewind_if(number < characters_);
        while (characters_ < number && at_ < text_.size()) {
            step();
            while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0U) == 0x80) {
                ++at_; // the rest of a character of several octets
            }
            ++characters_;
        }
        return {line_, at_ - line_start_ + 1};
    }

  private:
    void rewind_if(bool wanted) {
        if (wanted) {
            *this = Places(text_);
        }
    }

    void step() {
        if (text_[at_++] == '\n') {
            ++line_;
            line_start_ = at_;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t characters_ = 0;
    std::size_t line_ = 1;
    std::size_t line_start_ = 0;
};

// libyaml takes a colon at the beginning of a text in brackets for one that ends a name, and refuses [::1].
// So it is shown another character for the first of two colons, and the texts that it returns get theirs
// back.
class DoubleColons {
  public:
    explicit DoubleColons(std::string_view text) {
        if (text.find("::") == std::string_view::npos) {
            return;
        }
        // Of the private use area, one that the file does not have.
        for (unsigned char last = 0x80; last < 0xC0 && stand_in_.empty(); ++last) {
            const std::string candidate{'\xEE', '\x80', static_cast<char>(last)};
            stand_in_ = text.find(candidate) == std::string_view::npos ? candidate : "";
        }
    }

    // What libyaml reads in place of the text; empty: the text itself.
    [[nodiscard]] std::string hide(std::string_view text) const {
        std::string hidden;
        for (std::size_t at = 0; !stand_in_.empty() && at < text.size(); ++at) {
            if (text.substr(at, 2) == "::") {
                hidden += stand_in_;
            } else {
                hidden += text[at];
            }
        }
        return hidden;
    }

    [[nodiscard]] bool hides_in(std::string_view text) const {
        return !stand_in_.empty() && text.find(stand_in_) != std::string_view::npos;
    }

    [[nodiscard]] std::string restore(std::string_view text) const {
        std::string restored;
        for (auto at = text.find(stand_in_); at != std::string_view::npos; at = text.find(stand_in_)) {
            restored.append(text.substr(0, at)).append(1, ':');
            text.remove_prefix(at + stand_in_.size());
        }
        return restored.append(text);
    }

  private:
    std::string stand_in_; // empty: the file has no double colons
};

struct Wording {
    std::string_view problem; // of libyaml, or its context
    std::string_view reason;
    bool at_context = false; // what it belongs to began there
};

constexpr std::string_view unclosed_quote = "the closing quote is missing";

constexpr std::array wordings{
    Wording{"mapping values are not allowed in this context", "illegal map value"},
    Wording{"mapping keys are not allowed in this context", "illegal map key"},
    Wording{"block sequence entries are not allowed in this context", "illegal block entry"},
    Wording{"found character that cannot start any token", "unknown token"},
    Wording{"found unexpected end of stream", unclosed_quote, true},
    Wording{"found unexpected document indicator", unclosed_quote, true},
    Wording{"could not find expected ':'", "a colon is missing behind this name", true},
    Wording{"did not find expected key", "end of map not found"},
    Wording{"did not find expected '-' indicator", "end of sequence not found"},
    Wording{"did not find expected ',' or ']'", "end of sequence flow not found"},
    Wording{"did not find expected ',' or '}'", "end of map flow not found"},
    Wording{"did not find expected node content", "a value is missing"},
    Wording{"found unexpected ':'", "a colon at the end of a text in brackets"},
    Wording{"did not find expected <document start>",
            "the file goes on after the end of its document; check the indentation of this line"},
};

// What libyaml was reading: of these any mistake is told as one, where it began. The names of anchors and
// aliases have letters, digits, "-" and "_" for it.
constexpr std::array contexts{
    Wording{"while scanning an alias", "the referenced anchor is not defined", true},
    Wording{"while scanning an anchor", "unknown token", true},
    Wording{"while scanning a directive", "unknown token", true},
    Wording{"while scanning a %YAML directive", "unknown token", true},
    Wording{"while scanning a %TAG directive", "unknown token", true},
    Wording{"while scanning a tag", tag_reason, true},
    Wording{"while parsing a tag", tag_reason, true},
    Wording{"while parsing a node", tag_reason, true},
};

// The last of those that fit.
Wording words_for(std::string_view problem, std::string_view context) {
    Wording wording{problem, problem};
    for (const Wording& known : wordings) {
        wording = known.problem == problem ? known : wording;
    }
    for (const Wording& known : contexts) {
        wording = known.problem == context ? known : wording;
    }
    return wording;
}

class Parser {
  public:
    explicit Parser(std::string_view text) : places_(text), colons_(text), hidden_(colons_.hide(text)) {
        if (yaml_parser_initialize(&parser_) == 0) {
            throw std::bad_alloc();
        }
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
        const std::string_view input = hidden_.empty() ? text : hidden_;
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(input.data()),
                                     input.size());
    }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;
    ~Parser() { yaml_parser_delete(&parser_); }

    std::optional<EventsError> read(const EventTaker& take) {
        while (true) {
            yaml_event_t event;
            if (yaml_parser_parse(&parser_, &event) == 0) {
                return EventsError{error(), false};
            }
            const bool over = event.type == YAML_STREAM_END_EVENT;
            auto refusal = give(event, take);
            yaml_event_delete(&event);
            if (refusal) {
                return EventsError{std::move(*refusal), true};
            }
            if (over) {
                return std::nullopt;
            }
        }
    }

  private:
    std::optional<TreeError> give(const yaml_event_t& event, const EventTaker& take) {
        YamlEvent given;
        std::string restored;
        switch (event.type) {
        case YAML_DOCUMENT_START_EVENT:
            break;
        case YAML_SCALAR_EVENT:
            given.kind = YamlEvent::Kind::scalar;
            given.quoted = event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
            given.text = {reinterpret_cast<const char*>(event.data.scalar.value), event.data.scalar.length};
            if (colons_.hides_in(given.text)) {
                restored = colons_.restore(given.text);
                given.text = restored;
            }
            describe(given, event.data.scalar.anchor, event.data.scalar.tag);
            break;
        case YAML_ALIAS_EVENT:
            given.kind = YamlEvent::Kind::alias;
            describe(given, event.data.alias.anchor, nullptr);
            break;
        case YAML_SEQUENCE_START_EVENT:
            given.kind = YamlEvent::Kind::begin_sequence;
            describe(given, event.data.sequence_start.anchor, event.data.sequence_start.tag);
            break;
        case YAML_MAPPING_START_EVENT:
            given.kind = YamlEvent::Kind::begin_mapping;
            describe(given, event.data.mapping_start.anchor, event.data.mapping_start.tag);
            break;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
            given.kind = YamlEvent::Kind::end;
            break;
        default:
            return std::nullopt;
        }
        const auto place = places_.of_character(event.start_mark.index);
        given.line = static_cast<std::uint32_t>(place.line);
        given.column = static_cast<std::uint32_t>(place.column);
        return take(given);
    }

    static void describe(YamlEvent& event, const yaml_char_t* anchor, const yaml_char_t* tag) {
        if (anchor != nullptr) {
            event.anchor = reinterpret_cast<const char*>(anchor);
        }
        event.tagged = tag != nullptr;
    }

    TreeError error() {
        if (parser_.error == YAML_MEMORY_ERROR) {
            throw std::bad_alloc();
        }
        const Wording wording = words_for(parser_.problem != nullptr ? parser_.problem : "",
                                          parser_.context != nullptr ? parser_.context : "");
        const yaml_mark_t& mark = wording.at_context ? parser_.context_mark : parser_.problem_mark;
        const auto place = places_.of_character(mark.index);
        return {place.line, place.column, std::string(wording.reason), ""};
    }

    Places places_;
    DoubleColons colons_;
    std::string hidden_;
    yaml_parser_t parser_{};
};

} // namespace

std::optional<EventsError> read_events(std::string_view text, const EventTaker& take) {
    return Parser(text).read(take);
}

} // namespace config
