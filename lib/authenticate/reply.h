// What a refused client is told, as an operator writes it:
//
//     SPF of {domain} does not allow {ip} ({result})
//     5.7.1 rejected by DMARC policy for {domain}, see https://example.org/{queue_id}
//
// Placeholders: {domain} {result} {ip} {queue_id} {explanation} {policy} {sender}. An enhanced status code
// (RFC 3463) in front takes the place of the usual one; its class is 5, and a refusal for now turns it
// into 4.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace authenticate {

// RFC 5321 4.5.3.1.5: a reply line has at most 512 octets with its code and CRLF.
inline constexpr std::size_t longest_reply_text = 480;
inline constexpr std::size_t longest_reply_template = 400;

// Much of it is a stranger's word: fill() cleans it.
struct ReplyValues {
    std::string domain;
    std::string result;
    std::string ip;
    std::string queue_id;
    std::string explanation; // the exp text of SPF
    std::string policy;
    std::string sender;
};

class ReplyText {
  public:
    // Refused: a placeholder that does not exist, a brace without the other, anything but printable ASCII,
    // a class other than 5, a reply code such as 550, nothing at all, and more than longest_reply_template
    // octets.
    [[nodiscard]] static base::Result<ReplyText> parse(std::string_view text);

    [[nodiscard]] const std::string& enhanced() const { return enhanced_; } // "5.7.26"; empty: none given
    // One line of printable ASCII, at most longest_reply_text octets, whatever the values are. An empty value
    // becomes "unknown".
    [[nodiscard]] std::string fill(const ReplyValues& values) const;

  private:
    struct Piece {
        std::string text; // with `value`: not used
        std::string ReplyValues::* value = nullptr;
    };

    std::string enhanced_;
    std::vector<Piece> pieces_;
};

} // namespace authenticate
