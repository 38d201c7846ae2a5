// One Received field: where a mail server says that it had a message from (RFC 5321 4.4).
//
// Every program writes the field in a form of its own, and puts into it what the client typed (HELO) and what
// the owner of the client's address published (its reverse name). Only the address is the server's own
// observation. So a field is read as one program writes it, piece by piece, and not searched for something
// that looks like an address: whoever can put a second group of that kind into the field must not be able to
// choose between the two. What could be read in two ways is not read at all.
#pragma once

#include "base/ip_address.h"
#include "base/result.h"
#include "message/limits.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace message {

enum class ReceivedForm : std::uint8_t {
    any, // the one that fits; if several do, they must say the same
    rfc5321,
    postfix,
    sendmail,
    exim,
    exchange, // and Microsoft 365
    gmail,
    qmail, // netqmail, notqmail, s/qmail
    qmail_ldap,
    qsmtp,
    opensmtpd,
    haraka,
    mdaemon,
    zimbra, // Postfix, amavis and the mail store
    amavis,
    halon,
    kumomta,
    stalwart,
    mox,
    dovecot, // LMTP
    zmailer,
};

struct ReceivedHop {
    ReceivedForm form = ReceivedForm::any; // never `any`, once it is read
    std::optional<base::IpAddress> client; // none: the field tells of no client, or of none with an address
    std::string helo;                      // as written; empty if the field has none
    std::string by;                        // the host that wrote the field, as it calls itself
    std::optional<base::IpAddress> by_address; // its address, if it tells that as well
    std::string protocol;                      // the word behind `with`, such as ESMTPS
    bool logged_in = false;                    // the client is a user, not a mail server
    // A step inside of a host, which writes another field for what came in: "(qmail 1 invoked from network)".
    bool internal = false;

    bool operator==(const ReceivedHop&) const = default;
};

// The body of the field, with or without folds. Refused: what is not in that form.
[[nodiscard]] base::Result<ReceivedHop> parse_received(std::string_view body, ReceivedForm form,
                                                       const Limits& limits = {});

} // namespace message
