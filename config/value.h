// What a setting may hold, how its text is read, and how it is written back.
//
//     parse_value(duration, "5s", false)   -> 5000 ms
//     print(duration, 5000 ms)             -> "5s"
//     expectation(duration)                -> "a duration from 100ms to 1m"
#pragma once

#include "base/host_list.h"
#include "base/ip_network.h"
#include "base/macro_condition.h"
#include "base/result.h"
#include "base/socket_name.h"
#include "dns/server.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace config {

enum class Kind : std::uint8_t {
    boolean,  // true, false, yes, no, on, off
    integer,  // decimal
    mode,     // file permissions, octal
    size,     // bytes, with K, M or G for powers of 1024
    duration, // 200ms, 5s, 10m, 1h, 2d
    word,     // one of a few
    date,     // 2027-01-31, that day included
    text,
    path,     // relative: to the directory of the file that names it
    socket,   // where a milter listens
    texts,    // a list
    words,    // a list of some of a few
    servers,  // a list of addresses, each perhaps with a port
    networks, // a list of addresses and CIDR blocks
    hosts,    // the same with names and exceptions
    macros,   // a list of conditions on macros
};

// One of the words of a type, by its place among them.
struct Word {
    std::size_t index = 0;

    bool operator==(const Word&) const = default;
};

using Value =
    std::variant<bool, std::uint64_t, std::chrono::milliseconds, Word, std::string, base::SocketName,
                 std::vector<std::string>, std::vector<Word>, std::vector<dns::Server>,
                 std::vector<base::IpNetwork>, base::HostList, std::vector<base::MacroCondition>>;

// Why a text will not do. Without a reason, it is not what expectation() says.
struct Refusal {
    std::string reason;
    std::string hint;

    bool operator==(const Refusal&) const = default;
};

using Check = std::optional<Refusal> (*)(std::string_view text);

struct Type {
    Kind kind;
    std::uint64_t minimum = 0; // of numbers; milliseconds of a duration; characters of a text or a path
    std::uint64_t maximum = 0;
    std::uint64_t step = 1; // a duration is a multiple of so many milliseconds
    std::vector<std::string_view>
        words{};           // the choices of a word or of words; of a path, the prefixes it may bear ("file:")
    Check check = nullptr; // of a text, and of each text of a list
    bool must_exist = false; // of a path
};

[[nodiscard]] bool is_list(Kind kind);

// A noun phrase for diagnostics and the manual.
[[nodiscard]] std::string expectation(const Type& type);
// The same for one item of a list.
[[nodiscard]] std::string item_expectation(const Type& type);

// `quoted` tells "5" from 5: YAML's quotes make a string, which is neither a number nor a boolean. Not for
// lists.
[[nodiscard]] base::Result<Value, Refusal> parse_value(const Type& type, std::string_view text, bool quoted);
[[nodiscard]] base::Result<Value, Refusal> parse_list(const Type& type,
                                                      const std::vector<std::string_view>& items);
[[nodiscard]] std::optional<Refusal> check_item(const Type& type, std::string_view item);

// YAML that reads back as the same value.
[[nodiscard]] std::string print(const Type& type, const Value& value);
// Of a list, each without quotes; nothing: it is none.
[[nodiscard]] std::optional<std::vector<std::string>> items(const Type& type, const Value& value);

} // namespace config
