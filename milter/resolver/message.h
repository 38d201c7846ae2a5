// A DNS message (RFC 1035 4.1), looked through once where it lies: what each record is and where its parts
// are.
//
// Sixteen octets of memory for a record of at least eleven: whatever a zone's owner puts into a message,
// reading it costs memory and time in proportion to its size.
#pragma once

#include "milter/resolver/wire_name.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace milter::resolver {

struct RecordType { // those that dns::Type does not name, because nobody asks for them
    static constexpr std::uint16_t ns = 2;
    static constexpr std::uint16_t soa = 6;
    static constexpr std::uint16_t opt = 41;
};
constexpr std::uint16_t class_in = 1;
constexpr std::size_t header_octets = 12; // RFC 1035 4.1.1

// Offsets into the packet, which has at most 65,535 octets.
struct Record {
    std::uint16_t owner = 0;
    std::uint16_t type = 0;
    std::uint16_t record_class = 0;
    std::uint16_t data = 0;
    std::uint16_t size = 0; // RDLENGTH
    std::uint32_t ttl = 0;  // as received; of an OPT record extended RCODE, version and flags
};

struct Message {
    std::uint16_t id = 0;
    std::uint16_t flags = 0;
    std::uint16_t questions = 0; // how many; the first one is described below
    WireName question;
    std::uint16_t question_type = 0;
    std::uint16_t question_class = 0;
    std::vector<Record> answers;
    std::vector<Record> authorities;
    bool edns = false;            // there is an OPT record
    std::uint8_t upper_rcode = 0; // RFC 6891 6.1.3: from the OPT record

    [[nodiscard]] bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
    [[nodiscard]] unsigned rcode() const { return static_cast<unsigned>(upper_rcode) << 4U | (flags & 0xfU); }
};

// Flags, RFC 1035 4.1.1 and RFC 4035 3.2.
struct Flag {
    static constexpr std::uint16_t response = 0x8000;
    static constexpr std::uint16_t opcode = 0x7800;
    static constexpr std::uint16_t authoritative = 0x0400;
    static constexpr std::uint16_t truncated = 0x0200;
    static constexpr std::uint16_t recursion_desired = 0x0100;
    static constexpr std::uint16_t authentic_data = 0x0020;
};

// Nothing when the packet ends before its counts say so, or a record of a type we know is not made as that
// type is: an address of five octets, a string or a name that runs past the end of its record or does not
// fill it.
[[nodiscard]] std::optional<Message> read_message(PacketView packet);

// In network order, from an offset that read_message has looked at.
[[nodiscard]] std::uint16_t number16(PacketView packet, std::size_t at);
[[nodiscard]] std::uint32_t number32(PacketView packet, std::size_t at);

} // namespace milter::resolver
