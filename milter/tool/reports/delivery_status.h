// What a bounce says (RFC 3464): mail from anybody, of any shape. Read is what a mail server writes, and the
// rest is no bounce: nobody is asked about it, and nothing comes of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace milter::tool::reports {

// More of a mail is not looked at: the status stands before what came back.
inline constexpr std::size_t longest_bounce = std::size_t{512} * 1024;

struct DeliveryStatus {
    bool failed = false; // "Action: failed"; otherwise delayed, delivered and so on: no news of the address
    std::string why;     // "5.1.1 smtp; 550 no such user", one line, printable
};

// Nothing: it is no delivery status notification.
[[nodiscard]] std::optional<DeliveryStatus> read_delivery_status(std::string_view mail);

// The fields that may name the address a mail was sent to, from the outside in.
[[nodiscard]] std::string recipient_fields(std::string_view mail);

} // namespace milter::tool::reports
