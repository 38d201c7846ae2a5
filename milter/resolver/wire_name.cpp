#include "milter/resolver/wire_name.h"

#include "base/ascii.h"
#include "dns/question.h"

#include <algorithm>
#include <iterator>

namespace milter::resolver {

namespace {

constexpr std::size_t first_name = 12; // behind the header, RFC 1035 4.1.1

// RFC 1035 4.1.4: two bits tell a label (00) from a pointer (11); the other two values are reserved.
constexpr unsigned kind_bits = 0xc0;

// The run of labels at `at`, up to the root or a pointer.
struct Run {
    std::size_t end = 0;     // behind the labels: where the root's zero or the pointer stands
    std::size_t pointer = 0; // where it leads; zero at the root
};

std::optional<Run> read_run(PacketView packet, std::size_t begin) {
    std::size_t at = begin;
    while (at < packet.size() && at - begin < NameLimits::octets) {
        const unsigned octet = packet[at];
        if (octet == 0) {
            return Run{at, 0};
        }
        if ((octet & kind_bits) == 0) {
            at += 1U + octet;
            continue;
        }
        if ((octet & kind_bits) != kind_bits || at + 1 >= packet.size()) {
            return std::nullopt;
        }
        // RFC 1035 4.1.4: a prior occurrence. What only leads back cannot go round.
        const std::size_t pointer = (octet & ~kind_bits) << 8U | packet[at + 1];
        return pointer >= first_name && pointer < begin ? std::optional(Run{at, pointer}) : std::nullopt;
    }
    return std::nullopt;
}

} // namespace

std::optional<WireName> to_wire(std::string_view text) {
    if (!dns::can_be_asked(text) || std::ranges::any_of(text, base::is_upper)) {
        return std::nullopt;
    }
    WireName wire;
    wire.reserve(text.size() + 2);
    wire.append(1, '.').append(text).append(1, '.');
    // Each dot becomes the length of the label behind it.
    std::size_t dot = 0;
    for (auto next = wire.find('.', 1); next != std::string::npos; next = wire.find('.', dot + 1)) {
        wire[dot] = static_cast<char>(next - dot - 1);
        dot = next;
    }
    wire[dot] = '\0';
    return wire;
}

std::optional<std::string> to_text(const WireName& name) {
    std::string text;
    text.reserve(name.size());
    for (std::size_t at = 0; at < name.size() && name[at] != 0;) {
        const auto length = static_cast<std::size_t>(static_cast<unsigned char>(name[at]));
        const std::string_view label = std::string_view(name).substr(at + 1, length);
        if (label.find_first_of(std::string_view(".\0", 2)) != std::string_view::npos) {
            return std::nullopt;
        }
        text.append(text.empty() ? "" : ".").append(label);
        at += 1 + length;
    }
    return text;
}

std::string to_unusable_text(const WireName& name) {
    std::string text;
    text.reserve(name.size());
    for (std::size_t at = 0; at < name.size() && name[at] != 0;) {
        const auto length = static_cast<std::size_t>(static_cast<unsigned char>(name[at]));
        text.append(".").append(name, at + 1, length);
        at += 1 + length;
    }
    return text;
}

bool is_at_or_below(const WireName& name, const WireName& ancestor) {
    if (name.size() < ancestor.size()) {
        return false;
    }
    std::size_t at = 0;
    while (name.size() - at > ancestor.size()) {
        at += 1U + static_cast<unsigned char>(name[at]);
    }
    return name.compare(at, std::string::npos, ancestor) == 0;
}

std::optional<std::size_t> end_of_name(PacketView packet, std::size_t at) {
    const auto run = read_run(packet, at);
    return run ? std::optional(run->end + (run->pointer == 0 ? 1 : 2)) : std::nullopt;
}

std::optional<WireName> read_name(PacketView packet, std::size_t at) {
    WireName name;
    for (std::size_t pointers = 0; pointers <= NameLimits::pointers; ++pointers) {
        const auto run = read_run(packet, at);
        if (!run || name.size() + (run->end - at) >= NameLimits::octets) {
            return std::nullopt;
        }
        std::ranges::transform(packet.subspan(at, run->end - at), std::back_inserter(name),
                               [](std::uint8_t octet) { return base::to_lower(static_cast<char>(octet)); });
        if (run->pointer == 0) {
            name += '\0';
            return name;
        }
        at = run->pointer;
    }
    return std::nullopt;
}

} // namespace milter::resolver
