// Domain names as they travel (RFC 1035 3.1, 4.1.4): length octets and labels, perhaps the end of an earlier
// name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace milter::resolver {

using PacketView = std::span<const std::uint8_t>;

// Length octets, lower-case labels and the root's zero, uncompressed: two names are the same exactly when
// these are. Lengths stay below 64, so that folding the case of all octets leaves them alone.
using WireName = std::string;

struct NameLimits {
    static constexpr std::size_t octets = 255; // RFC 1035 2.3.4
    // A name needs no more pointers than it has labels.
    static constexpr std::size_t pointers = 127;
};

// Nothing for a name that is none of a question (see dns::make_question).
[[nodiscard]] std::optional<WireName> to_wire(std::string_view text);

// Lower case. Nothing for a name that text cannot hold unambiguously: with a dot inside a label, "a.example"
// could be one label or two, and who controls the zone could pass for somebody else.
[[nodiscard]] std::optional<std::string> to_text(const WireName& name);

// A name that to_text refuses, as something to show and to count: its empty first label keeps it from being
// asked for.
[[nodiscard]] std::string to_unusable_text(const WireName& name);

[[nodiscard]] bool is_at_or_below(const WireName& name, const WireName& ancestor);

// Where the name at `at` ends in the packet; nothing when it runs past the end, has a label of an unknown
// kind, or a pointer that does not lead back. Follows no pointer.
[[nodiscard]] std::optional<std::size_t> end_of_name(PacketView packet, std::size_t at);

// The whole name at `at`; nothing where end_of_name says nothing, or a limit is passed.
[[nodiscard]] std::optional<WireName> read_name(PacketView packet, std::size_t at);

} // namespace milter::resolver
