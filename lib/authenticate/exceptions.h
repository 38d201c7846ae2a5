// Mail for which the rules do not hold: lists, forwarders, and senders an operator knows.
//
// An exception applies where every condition that it states holds, and one of the values of each.
#pragma once

#include "base/ip_network.h"
#include "base/unix_time.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authenticate {

struct Verdict;
struct Circumstances;

// RFC 9990 3.1.1.9: why what was done is not what the domain asked for. These are all there are; RFC 7489 had
// "forwarded" and "sampled_out" too.
enum class OverrideType : std::uint8_t {
    local_policy,
    mailing_list,
    trusted_forwarder,
    policy_test_mode, // t=y of the domain; never an exception's
    other,
};

[[nodiscard]] std::string_view print(OverrideType type); // "local_policy", ...

// Further evidence that an exception may ask for.
enum class Evidence : std::uint8_t {
    spf_pass,
    dkim_pass,      // of any domain
    dkim_body_hash, // a signature of the author's domain whose body hash is right, whatever its header says
    iprev_pass,
};

struct Exception {
    std::string name; // the reason, shown in comments and in the log
    OverrideType type = OverrideType::local_policy;
    std::vector<std::size_t> grounds; // what it excepts from, as values of Ground; all where empty

    // Names and addresses are patterns in which * stands for anything; ".example.org" is every name below
    // example.org, "example.org" is that domain, "ann@example.org" one address. Case does not count.
    std::vector<base::IpNetwork> clients;
    std::vector<std::string> client_names; // that iprev confirmed
    std::vector<std::string> list_ids;     // List-Id (RFC 2919 3), what stands in angle brackets
    std::vector<std::string> list_posts;   // List-Post (RFC 2369 3.4), the address
    std::vector<std::string> mail_from;
    std::vector<std::string> authors;      // From: all of them
    std::vector<std::string> recipients;   // all of them
    std::vector<std::string> dkim_domains; // d= of a signature that passes
    std::vector<Evidence> only_if;         // all of them
    std::optional<base::UnixTime> until;   // the first second in which it holds no more

    std::string file; // where it stands
    std::size_t line = 0;
};

// Whether an exception is for a message. `open`: it might be, if the DNS had answered.
enum class Match : std::uint8_t { no, open, yes };

[[nodiscard]] Match match(const Exception& exception, const Verdict& verdict,
                          const Circumstances& circumstances);

// False for one without any condition, which is for no message.
[[nodiscard]] bool has_condition(const Exception& exception);

// Whether all that it asks for is known before the message itself: nothing of its header and signatures.
[[nodiscard]] bool is_known_at_rcpt(const Exception& exception);

// Whether a stranger can bring it about for any mail: it rests on what an SMTP client types (From, MAIL FROM,
// List-Id, List-Post) or on evidence that everybody has for a domain of his own, and on nothing else. One for
// recipients alone is what it says: theirs.
[[nodiscard]] bool is_forgeable(const Exception& exception);

} // namespace authenticate
