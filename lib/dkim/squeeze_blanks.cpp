#include "dkim/squeeze_blanks.h"

#include <array>
#include <bit>
#include <cstdint>

// The library includes this file once for each set of vector instructions, and chooses the best that the
// processor has when the program runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dkim/squeeze_blanks.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dkim::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr hn::CappedTag<std::uint8_t, 64> octets;
constexpr std::size_t look_ahead = 2; // for a CRLF

HWY_INLINE auto each_is(const auto& some, char c) {
    return hn::Eq(some, hn::Set(octets, static_cast<std::uint8_t>(c)));
}

HWY_INLINE auto each_is_blank(const auto& some) {
    return hn::Or(each_is(some, ' '), each_is(some, '\t'));
}

// Which of the next octets go away, the first in the lowest bit. Of a run it is the last blank that stays, so
// that what becomes of one depends on no more than what is behind it.
HWY_INLINE std::uint64_t superfluous(const std::uint8_t* text) {
    const auto here = hn::LoadU(octets, text);
    const auto next = hn::LoadU(octets, text + 1);
    const auto after = hn::LoadU(octets, text + 2);
    const auto line_end = hn::And(each_is(next, '\r'), each_is(after, '\n'));
    std::array<std::uint8_t, 8> bytes{};
    hn::StoreMaskBits(octets, hn::And(each_is_blank(here), hn::Or(each_is_blank(next), line_end)),
                      bytes.data());
    std::uint64_t bits = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) { // the lowest first, whatever the machine does
        bits = bits << 8U | bytes[i - 1];
    }
    return bits;
}

HWY_INLINE void copy(const std::uint8_t* text, std::uint8_t* out) {
    const auto some = hn::LoadU(octets, text);
    const auto spaces = hn::Set(octets, static_cast<std::uint8_t>(' '));
    hn::StoreU(hn::IfThenElse(each_is(some, '\t'), spaces, some), octets, out);
}

// Copies what stays, each run at full width and the next one over its end; returns where that is.
HWY_INLINE std::uint8_t* copy_but(std::uint64_t superfluous, const std::uint8_t* text, std::uint8_t* out) {
    std::size_t begin = 0;
    copy(text, out);
    for (; superfluous != 0; superfluous &= superfluous - 1) {
        const auto end = static_cast<std::size_t>(std::countr_zero(superfluous));
        out += end - begin;
        begin = end + 1;
        copy(text + begin, out);
    }
    return out + (hn::Lanes(octets) - begin);
}

Squeezed squeeze(std::string_view text, std::span<char> room) {
    const auto* from = reinterpret_cast<const std::uint8_t*>(text.data());
    auto* const begin = reinterpret_cast<std::uint8_t*>(room.data());
    const std::size_t lanes = hn::Lanes(octets);
    std::size_t read = 0;
    std::uint8_t* out = begin;
    while (text.size() - read >= 2 * lanes + look_ahead &&
           room.size() - static_cast<std::size_t>(out - begin) >= 2 * lanes) {
        out = copy_but(superfluous(from + read), from + read, out);
        read += lanes;
    }
    return {read, static_cast<std::size_t>(out - begin)};
}

} // namespace dkim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace dkim {

HWY_EXPORT(squeeze);

Squeezed squeeze_blanks(std::string_view text, std::span<char> room) {
    return HWY_DYNAMIC_DISPATCH(squeeze)(text, room);
}

} // namespace dkim

#endif
