#include "milter/tool/reports/bounce_token.h"

#include "base/ascii.h"

#include <fmt/format.h>

namespace milter::tool::reports {

namespace {

constexpr std::int64_t seconds_a_day = 86'400;
// Servers give up after five days, some after a week; a bounce may wait as long itself.
constexpr std::int64_t longest_way = 21;

constexpr std::size_t octets_of_id = 8;
constexpr std::size_t octets_of_day = 3;
constexpr std::size_t octets_of_code = 10;                                // 80 bits: each guess is a mail
constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567"; // RFC 4648 6, in one case

std::string base32(std::string_view bytes) {
    std::string text;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char byte : bytes) {
        bits = (bits << 8U) | static_cast<unsigned char>(byte);
        for (held += 8; held >= 5; held -= 5) {
            text += alphabet[(bits >> (held - 5)) & 31U];
        }
        bits &= (1U << held) - 1;
    }
    if (held > 0) {
        text += alphabet[(bits << (5 - held)) & 31U];
    }
    return text;
}

// Nothing for characters of another alphabet, and bits at the end that no text has.
std::optional<std::string> from_base32(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const auto digit = alphabet.find(base::to_lower(c));
        if (digit == std::string_view::npos) {
            return std::nullopt;
        }
        bits = (bits << 5U) | static_cast<std::uint32_t>(digit);
        held += 5;
        if (held >= 8) {
            held -= 8;
            bytes += static_cast<char>((bits >> held) & 255U);
        }
        bits &= (1U << held) - 1;
    }
    return bits == 0 ? std::optional(bytes) : std::nullopt;
}

void add_number(std::string& bytes, std::uint64_t number, std::size_t octets) {
    for (std::size_t i = octets; i-- > 0;) {
        bytes += static_cast<char>((number >> (8 * i)) & 255U);
    }
}

std::uint64_t number_of(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes) {
        number = (number << 8U) | static_cast<unsigned char>(byte);
    }
    return number;
}

std::string code_of(std::string_view said, const crypto::MacKey& key) {
    // The key is for these addresses only, and the words before keep it so.
    const auto code = key.code(std::string("report bounce ") + std::string(said));
    return {code.begin(), code.begin() + octets_of_code};
}

bool can_stand_in_token(char c) {
    return base::is_alnum(c);
}

} // namespace

std::string print(const BounceToken& token, const crypto::MacKey& key) {
    std::string said;
    add_number(said, token.delivery, octets_of_id);
    add_number(said, static_cast<std::uint64_t>(token.day), octets_of_day);
    return base32(said + code_of(said, key));
}

std::optional<BounceToken> read_bounce_token(std::string_view text, const crypto::MacKey& key,
                                             base::UnixTime now) {
    if (text.size() != bounce_token_size) {
        return std::nullopt;
    }
    const auto bytes = from_base32(text);
    if (!bytes || bytes->size() != octets_of_id + octets_of_day + octets_of_code) {
        return std::nullopt;
    }
    const auto said = std::string_view(*bytes).substr(0, octets_of_id + octets_of_day);
    if (!crypto::same_secret(std::string_view(*bytes).substr(said.size()), code_of(said, key))) {
        return std::nullopt;
    }
    const BounceToken token{number_of(said.substr(0, octets_of_id)),
                            static_cast<std::int64_t>(number_of(said.substr(octets_of_id)))};
    const auto today = now / seconds_a_day;
    // A day of tomorrow: another host's clock.
    return token.day <= today + 1 && today - token.day <= longest_way ? std::optional(token) : std::nullopt;
}

std::optional<BounceToken> find_bounce_token(std::string_view text, const crypto::MacKey& key,
                                             base::UnixTime now) {
    constexpr int most = 50; // of a hostile field
    int tried = 0;
    for (auto plus = text.find('+'); plus != std::string_view::npos && tried < most;
         plus = text.find('+', plus + 1), ++tried) {
        const auto rest = text.substr(plus + 1);
        const bool ends = rest.size() > bounce_token_size && !can_stand_in_token(rest[bounce_token_size]);
        if (!ends && rest.size() != bounce_token_size) {
            continue;
        }
        if (auto token = read_bounce_token(rest.substr(0, bounce_token_size), key, now)) {
            return token;
        }
    }
    return std::nullopt;
}

std::string bounce_address(std::string_view address, const BounceToken& token, const crypto::MacKey& key) {
    const auto at = address.rfind('@');
    return fmt::format("{}+{}{}", address.substr(0, at), print(token, key), address.substr(at));
}

} // namespace milter::tool::reports
