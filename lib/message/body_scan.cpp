#include "message/body_scan.h"

#include <array>
#include <bit>
#include <cstdint>

// The library includes this file once for each set of vector instructions, and chooses the best that the
// processor has when the program runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "message/body_scan.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace message::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr hn::CappedTag<std::uint8_t, 64> octets;

// The first octet in the lowest bit.
template <class Mask>
HWY_INLINE std::uint64_t bits_of(const Mask& mask) {
    std::array<std::uint8_t, 8> bytes{};
    hn::StoreMaskBits(octets, mask, bytes.data());
    if constexpr (std::endian::native == std::endian::little) {
        return std::bit_cast<std::uint64_t>(bytes);
    }
    std::uint64_t bits = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) {
        bits = bits << 8U | bytes[i - 1];
    }
    return bits;
}

// What is known of the lines so far, in registers.
struct Lines {
    std::uint64_t after_cr; // 1 or 0
    std::uint64_t stray;    // not 0: a stray line break
    std::size_t line;
    std::size_t longest;

    // The line ends among `count` octets. A line that begins among them and ends there is short.
    HWY_INLINE void take(std::uint64_t lf, std::uint64_t cr, std::size_t count) {
        const std::uint64_t behind_cr = cr << 1U | after_cr;
        stray |= (behind_cr ^ lf) << (64U - count);
        after_cr = cr >> (count - 1U);
        if (lf == 0) {
            line += count;
            return;
        }
        const auto first = static_cast<std::size_t>(std::countr_zero(lf));
        const std::size_t ended = line + first - (behind_cr >> first & 1U);
        longest = ended > longest ? ended : longest;
        line = count + static_cast<std::size_t>(std::countl_zero(lf)) - 64U;
    }
};

// Returns how many octets it took.
std::size_t scan(std::string_view text, BodyScan::State& state) {
    const auto* from = reinterpret_cast<const std::uint8_t*>(text.data());
    const std::size_t lanes = hn::Lanes(octets);
    const auto each_cr = hn::Set(octets, static_cast<std::uint8_t>('\r'));
    const auto each_lf = hn::Set(octets, static_cast<std::uint8_t>('\n'));
    Lines lines{state.after_cr ? 1U : 0U, 0, state.line, 0};
    auto united = hn::Zero(octets);
    auto least = hn::Set(octets, std::uint8_t{0xff});
    std::size_t read = 0;
    for (; text.size() - read >= lanes; read += lanes) {
        const auto some = hn::LoadU(octets, from + read);
        united = hn::Or(united, some);
        least = hn::Min(least, some);
        lines.take(bits_of(hn::Eq(some, each_lf)), bits_of(hn::Eq(some, each_cr)), lanes);
    }
    const auto high = hn::Set(octets, std::uint8_t{0x80});
    BodyTraits& traits = state.traits;
    traits.eight_bit = traits.eight_bit || !hn::AllFalse(octets, hn::Eq(hn::And(united, high), high));
    traits.nul = traits.nul || !hn::AllFalse(octets, hn::Eq(least, hn::Zero(octets)));
    traits.stray_line_break = traits.stray_line_break || lines.stray != 0;
    state.end_line(lines.longest);
    state.line = lines.line;
    state.after_cr = lines.after_cr != 0;
    return read;
}

} // namespace message::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace message {

HWY_EXPORT(scan);

namespace {

void take(char c, BodyScan::State& state) {
    if (c == '\n') {
        state.traits.stray_line_break = state.traits.stray_line_break || !state.after_cr;
        state.end_line(state.line - (state.after_cr ? 1 : 0));
        state.line = 0;
    } else {
        state.traits.stray_line_break = state.traits.stray_line_break || state.after_cr;
        state.traits.nul = state.traits.nul || c == '\0';
        state.traits.eight_bit = state.traits.eight_bit || static_cast<unsigned char>(c) > 0x7f;
        ++state.line;
    }
    state.after_cr = c == '\r';
}

} // namespace

void BodyScan::update(std::string_view bytes) {
    bytes.remove_prefix(HWY_DYNAMIC_DISPATCH(scan)(bytes, state_));
    for (const char c : bytes) {
        take(c, state_);
    }
}

BodyTraits BodyScan::finish() {
    state_.traits.stray_line_break = state_.traits.stray_line_break || state_.after_cr;
    state_.end_line(state_.line - (state_.after_cr ? 1 : 0));
    return state_.traits;
}

} // namespace message

#endif
