#include "config/value.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/macro_evidence.h"
#include "config/number_text.h"
#include "config/suggest.h"
#include "config/text_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace config {

namespace {

using Parsed = base::Result<Value, Refusal>;

constexpr std::array<std::string_view, 3> yes_words{"true", "yes", "on"};
constexpr std::array<std::string_view, 3> no_words{"false", "no", "off"};

bool is_among(std::string_view text, const std::array<std::string_view, 3>& words) {
    return std::any_of(words.begin(), words.end(), [&](auto word) { return base::iequals(text, word); });
}

Refusal unexpected(std::string hint = {}) {
    return Refusal{{}, std::move(hint)};
}

Parsed parse_boolean(std::string_view text, bool quoted) {
    const bool yes = is_among(text, yes_words);
    if (!yes && !is_among(text, no_words)) {
        return base::refuse(unexpected());
    }
    if (quoted) {
        return base::refuse(unexpected("leave out the quotes"));
    }
    return Value(yes);
}

Parsed in_range(const Type& type, std::optional<std::uint64_t> number) {
    if (!number || *number < type.minimum || *number > type.maximum) {
        return base::refuse(unexpected());
    }
    return Value(*number);
}

Parsed parse_integer(const Type& type, std::string_view text, bool quoted) {
    auto parsed = in_range(type, type.kind == Kind::mode ? parse_octal(text) : parse_decimal(text));
    if (parsed && quoted && type.kind == Kind::integer) {
        return base::refuse(unexpected("leave out the quotes"));
    }
    return parsed;
}

bool fits(const Type& type, std::uint64_t number) {
    return number >= type.minimum && number <= type.maximum && number % type.step == 0;
}

// In the spelling that is understood, when the one that was written means something that would do.
std::string write_instead(const Type& type, std::optional<std::uint64_t> meant,
                          std::string (*print)(std::uint64_t), const char* units) {
    if (!meant) {
        return {};
    }
    return fits(type, *meant) ? fmt::format("write '{}'", print(*meant)) : units;
}

Parsed parse_duration(const Type& type, std::string_view text) {
    const auto number = parse_milliseconds(text);
    if (!number) {
        const std::string hint = parse_decimal(text)
                                     ? fmt::format("write '{}s'", text)
                                     : write_instead(type, guess_milliseconds(text), print_milliseconds,
                                                     "the units are ms, s, m, h and d");
        return base::refuse(unexpected(hint));
    }
    if (!fits(type, *number)) {
        return base::refuse(unexpected());
    }
    return Value(std::chrono::milliseconds(*number));
}

Parsed parse_bytes(const Type& type, std::string_view text) {
    const auto number = parse_size(text);
    if (!number) {
        return base::refuse(
            unexpected(write_instead(type, guess_size(text), print_size, "the units are K, M and G")));
    }
    return in_range(type, number);
}

// The only word that begins like that: "warn" for warning. Nothing as well for what says too little.
std::optional<std::string_view> word_beginning(std::string_view text,
                                               const std::vector<std::string_view>& words) {
    constexpr std::size_t enough = 3;
    const auto begins = [&](std::string_view word) { return base::istarts_with(word, text); };
    const auto found = std::find_if(words.begin(), words.end(), begins);
    const bool single = text.size() >= enough && std::count_if(words.begin(), words.end(), begins) == 1;
    return single ? std::optional(*found) : std::nullopt;
}

// Where False and Null are words they may be written as YAML has them: no, off, null.
std::optional<Word> yaml_word(const std::vector<std::string_view>& words, std::string_view text) {
    const std::string_view meant = is_among(text, no_words)      ? "False"
                                   : base::iequals(text, "null") ? "Null"
                                                                 : "";
    const auto found = std::find(words.begin(), words.end(), meant);
    return found == words.end() ? std::nullopt
                                : std::optional(Word{static_cast<std::size_t>(found - words.begin())});
}

Parsed parse_word(const Type& type, std::string_view text) {
    const auto found = std::find(type.words.begin(), type.words.end(), text);
    if (found != type.words.end()) {
        return Value(Word{static_cast<std::size_t>(found - type.words.begin())});
    }
    if (const auto word = yaml_word(type.words, text)) {
        return Value(*word);
    }
    auto meant = nearest(text, type.words);
    meant = meant ? meant : word_beginning(text, type.words);
    return base::refuse(unexpected(meant ? fmt::format("did you mean '{}'?", *meant) : ""));
}

// The number is the first second after that day, in UTC.
Parsed parse_date(std::string_view text) {
    const auto number = parse_last_day(text);
    if (!number) {
        return base::refuse(unexpected("write the year, the month and the day: 2027-01-31"));
    }
    return Value(*number);
}

// Text from a configuration ends up in header fields, log lines and file names.
std::optional<Refusal> check_text(const Type& type, std::string_view text) {
    if (std::any_of(text.begin(), text.end(), [](char c) { return base::is_control(c); })) {
        return Refusal{"control characters are not allowed", {}};
    }
    if (text.size() < type.minimum) {
        return Refusal{"may not be empty", {}};
    }
    // What is read from here on is printed, logged or sent. A path is not, where there is nothing.
    if (type.kind != Kind::path && base::is_surely_key(text)) {
        return Refusal{"looks like a private key, which is not shown",
                       "keys are named by the paths of their files"};
    }
    return type.check != nullptr && !text.empty() ? type.check(text) : std::nullopt;
}

Parsed parse_text(const Type& type, std::string_view text) {
    if (auto refusal = check_text(type, text)) {
        return base::refuse(std::move(*refusal));
    }
    return Value(std::string(text));
}

Parsed parse_socket(const Type& type, std::string_view text) {
    if (auto refusal = check_text(type, text)) {
        return base::refuse(std::move(*refusal));
    }
    auto socket = read_socket(text);
    if (!socket) {
        return base::refuse(std::move(socket.error()));
    }
    return Value(std::move(*socket));
}

std::string list_expectation(std::string_view item) {
    return fmt::format("a list of {}", item);
}

// Of a list, each item read by `read`, which gives a result.
template <class Item, class Read>
Parsed parse_items(const std::vector<std::string_view>& texts, Read read) {
    std::vector<Item> items;
    for (const std::string_view text : texts) {
        auto item = read(text);
        if (!item) {
            return base::refuse(std::move(item.error()));
        }
        items.push_back(std::move(*item));
    }
    return Value(std::move(items));
}

base::Result<base::IpNetwork, Refusal> read_network(std::string_view text) {
    auto network = base::IpNetwork::parse(text);
    if (!network) {
        return base::refuse(unexpected(network.error().message));
    }
    return *network;
}

base::Result<base::HostPattern, Refusal> read_host(std::string_view text) {
    if (base::is_surely_key(text)) { // as a label it would be a name
        return base::refuse(unexpected());
    }
    auto host = base::HostPattern::parse(text);
    if (!host) {
        return base::refuse(unexpected(text == "-" ? "for no host at all write []" : host.error().message));
    }
    return std::move(*host);
}

// An item without any text stands for nothing.
base::Result<std::string, Refusal> read_text(const Type& type, std::string_view text) {
    if (auto refusal = text.empty() ? std::optional(unexpected()) : check_text(type, text)) {
        return base::refuse(std::move(*refusal));
    }
    return std::string(text);
}

base::Result<Word, Refusal> read_word(const Type& type, std::string_view text) {
    auto word = parse_word(type, text);
    if (!word) {
        return base::refuse(std::move(word.error()));
    }
    return std::get<Word>(*word);
}

base::Result<dns::Server, Refusal> read_server(const Type& type, std::string_view text) {
    if (auto sound = read_text(type, text); !sound) {
        return base::refuse(std::move(sound.error()));
    }
    return read_nameserver(text);
}

} // namespace

bool is_list(Kind kind) {
    return kind == Kind::texts || kind == Kind::words || kind == Kind::servers || kind == Kind::networks ||
           kind == Kind::hosts || kind == Kind::macros;
}

std::string item_expectation(const Type& type) {
    return type.kind == Kind::networks  ? std::string("an address or a block such as 192.0.2.0/24")
           : type.kind == Kind::hosts   ? "an address, a block such as 192.0.2.0/24, or a name"
           : type.kind == Kind::macros  ? "a macro, perhaps with values, such as {daemon_port}=587"
           : type.kind == Kind::servers ? "an address, with a port if it is not 53"
           : type.kind == Kind::words   ? fmt::format("one of {}", fmt::join(type.words, ", "))
                                        : "a text";
}

std::string expectation(const Type& type) {
    switch (type.kind) {
    case Kind::boolean:
        return "true or false";
    case Kind::integer:
        return fmt::format("a number from {} to {}", type.minimum, type.maximum);
    case Kind::mode:
        return "permissions in octal such as 0660";
    case Kind::size:
        return fmt::format("a size from {} to {}", print_size(type.minimum), print_size(type.maximum));
    case Kind::duration:
        return fmt::format("a duration from {} to {}{}", print_milliseconds(type.minimum),
                           print_milliseconds(type.maximum), type.step == 1000 ? " in whole seconds" : "");
    case Kind::word:
        return fmt::format("one of {}", fmt::join(type.words, ", "));
    case Kind::date:
        return "a date such as 2027-01-31";
    case Kind::text:
        return "a text";
    case Kind::socket:
        return "a socket such as inet:127.0.0.1:8891";
    case Kind::path:
        return type.words.empty() ? "a path"
               : type.words.size() > 2
                   ? fmt::format("a path, or what follows one of {}", fmt::join(type.words, ", "))
                   : fmt::format("a path, plain or after {}", fmt::join(type.words, " or "));
    case Kind::texts:
        return list_expectation("texts");
    case Kind::words:
        return list_expectation(fmt::format("{}", fmt::join(type.words, ", ")));
    case Kind::servers:
        return list_expectation("addresses, each with a port if it is not 53");
    case Kind::networks:
        return list_expectation("addresses and blocks such as 192.0.2.0/24");
    case Kind::hosts:
        return list_expectation("addresses, blocks such as 192.0.2.0/24, and names");
    case Kind::macros:
        return list_expectation("macros, perhaps with values, such as {daemon_port}=587");
    }
    return {};
}

Parsed parse_value(const Type& type, std::string_view text, bool quoted) {
    switch (type.kind) {
    case Kind::boolean:
        return parse_boolean(text, quoted);
    case Kind::integer:
    case Kind::mode:
        return parse_integer(type, text, quoted);
    case Kind::size:
        return parse_bytes(type, text);
    case Kind::duration:
        return parse_duration(type, text);
    case Kind::word:
        return parse_word(type, text);
    case Kind::date:
        return parse_date(text);
    case Kind::text:
    case Kind::path:
        return parse_text(type, text);
    case Kind::socket:
        return parse_socket(type, text);
    case Kind::texts:
    case Kind::words:
    case Kind::servers:
    case Kind::networks:
    case Kind::hosts:
    case Kind::macros:
        break;
    }
    return base::refuse(unexpected(base::may_be_key(text) ? "" : fmt::format("write [{}]", text)));
}

std::optional<Refusal> check_item(const Type& type, std::string_view item) {
    auto parsed = parse_list(type, {item});
    return parsed ? std::nullopt : std::optional(std::move(parsed.error()));
}

Parsed parse_list(const Type& type, const std::vector<std::string_view>& items) {
    switch (type.kind) {
    case Kind::networks:
        return parse_items<base::IpNetwork>(items, read_network);
    case Kind::words:
        return parse_items<Word>(items, [&](auto item) { return read_word(type, item); });
    case Kind::hosts:
        return parse_items<base::HostPattern>(items, read_host);
    case Kind::macros:
        return parse_items<base::MacroCondition>(items, read_macro_condition);
    case Kind::servers:
        return parse_items<dns::Server>(items, [&](auto item) { return read_server(type, item); });
    default:
        return parse_items<std::string>(items, [&](auto item) { return read_text(type, item); });
    }
}

} // namespace config
