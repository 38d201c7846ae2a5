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
template <class Vector>
HWY_INLINE std::uint64_t places_of(const Vector& some, char c) {
    std::array<std::uint8_t, 8> bytes{};
    hn::StoreMaskBits(octets, hn::Eq(some, hn::Set(octets, static_cast<std::uint8_t>(c))), bytes.data());
    std::uint64_t bits = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) { // the lowest first, whatever the machine does
        bits = bits << 8U | bytes[i - 1];
    }
    return bits;
}

// Line ends among `count` octets. A line that begins among them and ends there is short.
HWY_INLINE void take_line_ends(std::uint64_t lf, std::uint64_t cr, std::size_t count,
                               BodyScan::State& state) {
    const std::uint64_t all = ~std::uint64_t{0} >> (64U - count);
    const std::uint64_t behind_cr = cr << 1U | (state.after_cr ? 1U : 0U);
    state.traits.stray_line_break = state.traits.stray_line_break || ((behind_cr ^ lf) & all) != 0;
    state.after_cr = (cr >> (count - 1U) & 1U) != 0;
    if (lf == 0) {
        state.line += count;
        return;
    }
    const auto first = static_cast<std::size_t>(std::countr_zero(lf));
    state.end_line(state.line + first - (behind_cr >> first & 1U));
    state.line = count + static_cast<std::size_t>(std::countl_zero(lf)) - 64U;
}

// Returns how many octets it took.
std::size_t scan(std::string_view text, BodyScan::State& state) {
    const auto* from = reinterpret_cast<const std::uint8_t*>(text.data());
    const std::size_t lanes = hn::Lanes(octets);
    auto united = hn::Zero(octets);
    auto least = hn::Set(octets, std::uint8_t{0xff});
    std::size_t read = 0;
    for (; text.size() - read >= lanes; read += lanes) {
        const auto some = hn::LoadU(octets, from + read);
        united = hn::Or(united, some);
        least = hn::Min(least, some);
        take_line_ends(places_of(some, '\n'), places_of(some, '\r'), lanes, state);
    }
    const auto high = hn::Set(octets, std::uint8_t{0x80});
    state.traits.eight_bit =
        state.traits.eight_bit || !hn::AllFalse(octets, hn::Eq(hn::And(united, high), high));
    state.traits.nul = state.traits.nul || !hn::AllFalse(octets, hn::Eq(least, hn::Zero(octets)));
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
