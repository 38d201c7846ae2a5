#include "spf/term.h"

#include "base/ascii.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

namespace spf {

namespace {

constexpr unsigned width_v4 = 32;
constexpr unsigned width_v6 = 128;

base::ParseError shifted(base::ParseError error, std::size_t by) {
    error.position += by;
    return error;
}

base::Result<MacroString> parse_target(std::string_view text, std::size_t position) {
    auto target = MacroString::parse(text, MacroString::Use::domain_spec);
    if (!target) {
        return base::refuse(shifted(target.error(), position));
    }
    return target;
}

// ":" domain-spec
base::Result<MacroString> parse_required_target(std::string_view argument) {
    if (!argument.starts_with(':')) {
        return base::refuse("a colon and a domain name must follow", 0);
    }
    return parse_target(argument.substr(1), 1);
}

// [ ":" domain-spec ]
base::Result<std::optional<MacroString>> parse_optional_target(std::string_view argument) {
    if (argument.empty()) {
        return std::nullopt;
    }
    return parse_required_target(argument).map(
        [](MacroString&& target) { return std::optional(std::move(target)); });
}

// RFC 7208 5.6: a length is "0" or begins with another digit, and does not exceed the width of an address.
base::Result<unsigned> parse_length(std::string_view digits, unsigned width, std::size_t position) {
    const bool decimal = !digits.empty() && digits.size() <= 3 &&
                         std::all_of(digits.begin(), digits.end(), base::is_digit) &&
                         (digits.size() == 1 || digits.front() != '0');
    unsigned length = 0;
    for (const char c : decimal ? digits : std::string_view()) {
        length = length * 10 + static_cast<unsigned>(c - '0');
    }
    if (!decimal || length > width) {
        return base::refuse(fmt::format("a prefix length is a number from 0 to {}", width), position);
    }
    return length;
}

// Takes "/digits" off the end of `text`, "//digits" when `slashes` is two. Nothing when there is no such end.
base::Result<std::optional<unsigned>> take_length(std::string_view& text, std::string_view slashes,
                                                  unsigned width) {
    const auto last = text.find_last_not_of("0123456789");
    const std::size_t digits = last == std::string_view::npos ? 0 : last + 1;
    if (!text.substr(0, digits).ends_with(slashes)) {
        return std::nullopt;
    }
    const auto length = parse_length(text.substr(digits), width, digits);
    if (!length) {
        return base::refuse(length.error());
    }
    text.remove_suffix(text.size() - digits + slashes.size());
    return *length;
}

// [ ip4-cidr-length ] [ "/" ip6-cidr-length ], from the right: a domain-spec may hold slashes, but cannot end
// in a slash and digits.
base::Result<PrefixLengths> take_lengths(std::string_view& text) {
    const auto v6 = take_length(text, "//", width_v6);
    if (!v6) {
        return base::refuse(v6.error());
    }
    const auto v4 = take_length(text, "/", width_v4);
    if (!v4) {
        return base::refuse(v4.error());
    }
    return PrefixLengths{.v4 = v4->value_or(width_v4), .v6 = v6->value_or(width_v6)};
}

// a and mx: [ ":" domain-spec ] [ dual-cidr-length ]
template <class Addressed>
base::Result<Mechanism> parse_addressed(std::string_view argument) {
    const auto prefix = take_lengths(argument);
    if (!prefix) {
        return base::refuse(prefix.error());
    }
    auto target = parse_optional_target(argument);
    if (!target) {
        return base::refuse(target.error());
    }
    return Addressed{.target = *std::move(target), .prefix = *prefix};
}

// include and exists: ":" domain-spec
template <class Named>
base::Result<Mechanism> parse_named(std::string_view argument) {
    return parse_required_target(argument).map(
        [](MacroString&& target) -> Mechanism { return Named{.target = std::move(target)}; });
}

base::Result<Mechanism> parse_ptr(std::string_view argument) {
    return parse_optional_target(argument).map(
        [](std::optional<MacroString>&& target) -> Mechanism { return Ptr{.target = std::move(target)}; });
}

base::Result<Mechanism> parse_all(std::string_view argument) {
    if (!argument.empty()) {
        return base::refuse("nothing may follow all", 0);
    }
    return All{};
}

struct NetworkText {
    std::string_view address;
    unsigned length;
};

// ":" network [ "/" length ]
base::Result<NetworkText> split_network(std::string_view argument, unsigned width) {
    if (!argument.starts_with(':')) {
        return base::refuse("a colon and a network must follow", 0);
    }
    const auto slash = argument.find('/');
    if (slash == std::string_view::npos) {
        return NetworkText{argument.substr(1), width};
    }
    const auto length = parse_length(argument.substr(slash + 1), width, slash + 1);
    if (!length) {
        return base::refuse(length.error());
    }
    return NetworkText{argument.substr(1, slash - 1), *length};
}

base::Result<Mechanism> parse_ip4(std::string_view argument) {
    const auto text = split_network(argument, width_v4);
    if (!text) {
        return base::refuse(text.error());
    }
    const auto address = base::IpAddress::parse(text->address);
    // An IPv4-mapped IPv6 address is IPv4 to IpAddress, not to the grammar.
    if (!address || !address->is_v4() || text->address.find(':') != std::string_view::npos) {
        return base::refuse("ip4 needs an address of four decimal numbers", 1);
    }
    return Ip4{base::IpNetwork(*address, text->length)};
}

base::Result<Mechanism> parse_ip6(std::string_view argument) {
    const auto text = split_network(argument, width_v6);
    if (!text) {
        return base::refuse(text.error());
    }
    Ip6Network network{.length = text->length};
    const std::string terminated(text->address);
    if (terminated.find('\0') != std::string::npos ||
        inet_pton(AF_INET6, terminated.c_str(), network.address.data()) != 1) {
        return base::refuse("ip6 needs an IPv6 address", 1);
    }
    for (std::size_t bit = network.length; bit < width_v6; ++bit) {
        network.address[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    }
    return Ip6{network};
}

using Parser = base::Result<Mechanism> (*)(std::string_view argument);

struct Syntax {
    std::string_view name;
    Parser parse;
};

constexpr std::array<Syntax, 8> mechanisms{{{"all", parse_all},
                                            {"include", parse_named<Include>},
                                            {"a", parse_addressed<A>},
                                            {"mx", parse_addressed<Mx>},
                                            {"ptr", parse_ptr},
                                            {"ip4", parse_ip4},
                                            {"ip6", parse_ip6},
                                            {"exists", parse_named<Exists>}}};

std::string print_target(const std::optional<MacroString>& target) {
    return target ? ":" + target->text() : "";
}

std::string print_lengths(const PrefixLengths& prefix) {
    return (prefix.v4 == width_v4 ? "" : fmt::format("/{}", prefix.v4)) +
           (prefix.v6 == width_v6 ? "" : fmt::format("//{}", prefix.v6));
}

struct Printer {
    std::string operator()(const All&) const { return "all"; }
    std::string operator()(const Include& include) const { return "include:" + include.target.text(); }
    std::string operator()(const A& a) const {
        return "a" + print_target(a.target) + print_lengths(a.prefix);
    }
    std::string operator()(const Mx& mx) const {
        return "mx" + print_target(mx.target) + print_lengths(mx.prefix);
    }
    std::string operator()(const Ptr& ptr) const { return "ptr" + print_target(ptr.target); }
    std::string operator()(const Exists& exists) const { return "exists:" + exists.target.text(); }

    std::string operator()(const Ip4& ip4) const {
        std::string text = "ip4:" + ip4.network.print();
        if (text.ends_with("/32")) {
            text.resize(text.size() - 3);
        }
        return text;
    }

    std::string operator()(const Ip6& ip6) const {
        std::array<char, INET6_ADDRSTRLEN> text{};
        inet_ntop(AF_INET6, ip6.network.address.data(), text.data(), text.size());
        const std::string length =
            ip6.network.length == width_v6 ? "" : fmt::format("/{}", ip6.network.length);
        return fmt::format("ip6:{}{}", text.data(), length);
    }
};

} // namespace

bool Ip6Network::contains(const base::IpAddress& client) const {
    if (client.is_v4()) { // RFC 7208 5: IPv4 clients, mapped ones too, are matched by ip4 only
        return false;
    }
    const auto bytes = client.bytes();
    const std::size_t whole = length / 8;
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), bytes.begin())) {
        return false;
    }
    return length % 8 == 0 || (bytes[whole] ^ address[whole]) >> (8 - length % 8) == 0;
}

base::Result<Mechanism> parse_mechanism(std::string_view name, std::string_view argument) {
    for (const Syntax& mechanism : mechanisms) {
        if (base::iequals(mechanism.name, name)) { // RFC 7208 4.6.1: names are case-insensitive
            return mechanism.parse(argument).map_error(
                [&](base::ParseError error) { return shifted(std::move(error), name.size()); });
        }
    }
    return base::refuse(fmt::format("no such mechanism: {}", base::printable(name, 32)), 0);
}

std::string print(const Mechanism& mechanism) {
    return std::visit(Printer{}, mechanism);
}

} // namespace spf
