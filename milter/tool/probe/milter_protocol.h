// The words of the milter protocol, version 6, that an MTA needs. (libmilter's own header is for filters, and
// only the daemon's callbacks include it.)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace milter::tool::protocol {

inline constexpr std::uint32_t version = 6;
inline constexpr std::size_t body_chunk = 65535;

// What a filter may do, all of which we offer.
inline constexpr std::uint32_t all_actions = 0x1ff;
// What a filter may ask to leave out or to add, all of which we offer.
inline constexpr std::uint32_t all_steps = 0x1fffff;
inline constexpr std::uint32_t step_leading_space = 0x00100000;

// Where a filter may choose macros; the numbers that stand in its list.
enum class MacroStage : std::uint32_t { connect = 0, helo, mail, rcpt, data, end_of_message, end_of_header };
inline constexpr std::size_t macro_stages = 7;

struct Event {
    char command;
    std::string_view name;
    std::uint32_t unwanted; // the step bit by which a filter declines the event
    std::uint32_t silent;   // the step bit by which it announces not to reply
    MacroStage macros;      // whose macros go before it
};

inline constexpr Event connect{'C', "connect", 0x001, 0x01000, MacroStage::connect};
inline constexpr Event helo{'H', "HELO", 0x002, 0x02000, MacroStage::helo};
inline constexpr Event mail{'M', "MAIL FROM", 0x004, 0x04000, MacroStage::mail};
inline constexpr Event rcpt{'R', "RCPT TO", 0x008, 0x08000, MacroStage::rcpt};
inline constexpr Event data{'T', "DATA", 0x200, 0x10000, MacroStage::data};
inline constexpr Event header{'L', "header field", 0x020, 0x00080, MacroStage::end_of_header};
inline constexpr Event end_of_header{'N', "end of header", 0x040, 0x40000, MacroStage::end_of_header};
inline constexpr Event body{'B', "body", 0x010, 0x80000, MacroStage::end_of_message};
inline constexpr Event end_of_message{'E', "end of message", 0, 0, MacroStage::end_of_message};

inline constexpr char negotiate = 'O';
inline constexpr char macro = 'D';
inline constexpr char quit = 'Q';

} // namespace milter::tool::protocol
