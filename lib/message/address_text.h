// How addresses are laid out in a header field, as far as mail servers rewrite them. For their values see
// message/mailbox.h.
#pragma once

#include <string_view>

namespace message {

struct AddressText {
    bool is_incomplete = false; // an address without a domain
    // Sendmail writes it in another way, whatever it rewrites besides: commas without a blank behind them, or
    // with one before them, or at the end; blanks within an address or its brackets; a comment without one
    // before it; a route; a dot in a name without quotes.
    bool is_relaid = false;
};

// `body`: all that stands after the colon of a field that holds addresses.
[[nodiscard]] AddressText read_address_text(std::string_view body);

} // namespace message
