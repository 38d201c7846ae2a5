// Puts DNS messages together that no well-behaved server sends.
#pragma once

#include "dns/question.h"
#include "milter/resolver/wire.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace test {

constexpr std::uint16_t id = 0x2a17;
constexpr std::uint16_t response = 0x8180; // QR RD RA

class RawMessage {
  public:
    explicit RawMessage(std::uint16_t flags, std::initializer_list<std::uint16_t> counts = {1, 0, 0, 0}) {
        u16(id).u16(flags);
        for (const std::uint16_t count : counts) {
            u16(count);
        }
    }
    RawMessage& u8(unsigned value) {
        bytes_.push_back(static_cast<std::uint8_t>(value));
        return *this;
    }
    RawMessage& u16(unsigned value) { return u8(value >> 8U & 0xffU).u8(value & 0xffU); }
    RawMessage& u32(std::uint32_t value) { return u16(value >> 16U).u16(value & 0xffffU); }
    RawMessage& raw(std::string_view bytes) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return *this;
    }
    RawMessage& label(std::string_view text) { return u8(static_cast<unsigned>(text.size())).raw(text); }
    RawMessage& question(dns::Type type = dns::Type::a) {
        using namespace std::string_literals;
        return raw("\1a\4test\0"s).u16(static_cast<unsigned>(type)).u16(1);
    }
    // Of the name in the question.
    RawMessage& record(dns::Type type, std::uint32_t ttl, std::string_view data) {
        return u16(0xc00c).u16(static_cast<unsigned>(type)).u16(1).u32(ttl).data(data);
    }
    RawMessage& data(std::string_view data) { return u16(static_cast<unsigned>(data.size())).raw(data); }

    [[nodiscard]] const milter::resolver::Packet& bytes() const { return bytes_; }

  private:
    milter::resolver::Packet bytes_;
};

} // namespace test
