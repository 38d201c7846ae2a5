// The switches of policyd-spf under its own names: what becomes of mail for the result of SPF alone.
#pragma once

#include "base/domain_name.h"
#include "base/ip_network.h"

#include <cstdint>
#include <string>
#include <vector>

namespace authenticate {

// For which results of an identity mail is refused.
enum class RejectOn : std::uint8_t {
    not_pass, // fail, softfail, neutral; but not none, as policyd-spf has it
    softfail, // fail, softfail
    fail,
    null,     // of HELO: fail, and only where the sender is null
    never,    // the identity is judged, and never refused
    no_check, // the identity is not looked at
};

struct PolicydRules {
    RejectOn helo_reject = RejectOn::fail;
    RejectOn mail_from_reject = RejectOn::fail;
    bool permerror_reject = false;
    bool temperror_defer = false;
    bool no_mail = false; // only who says that he sends no mail at all is refused

    std::vector<base::DomainName> reject_not_pass_domains{}; // and the names below them

    // Clients whose mail is not judged.
    std::vector<base::IpNetwork> skip_addresses{};
    std::vector<base::IpNetwork> whitelist{};
    std::vector<base::DomainName> domain_whitelist{};     // whose SPF record allows the client
    std::vector<base::DomainName> helo_whitelist{};       // whose address the client has
    std::vector<base::DomainName> domain_whitelist_ptr{}; // at or below which its confirmed name is

    bool test_only = false;
    bool enhanced_status_codes = true; // 5.7.23 and 5.7.24 (RFC 7372); else those of RFC 7208 8
    std::string reason_message = "Message {rejectdefer} due to: {spf}";
    std::string reason_url{}; // with {0} to {3}: identity, its value, the client, the recipient's domain
    bool hide_receiver = false;
};

} // namespace authenticate
