// What an operator wants done with incoming mail, as a value: an action for each result of each method, what
// a refused client is told, and which mail is excepted. dispose() decides by it.
#pragma once

#include "authenticate/action.h"
#include "authenticate/exceptions.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace authenticate {

// The finding that an action is for, in the order in which they are named.
enum class Ground : std::uint8_t { author, spf, helo, dkim, iprev, dmarc };
inline constexpr std::size_t ground_count = 6;

[[nodiscard]] std::string_view print(Ground ground); // "author", "spf", ...

// How far the policy of the author's domain is followed.
enum class Enforcement : std::uint8_t {
    annotate, // the result is written, nothing else
    enforce,  // RFC 9989 7.4: p=reject alone is no reason to reject; a sign of a list or a forwarder leads
              // to what p=quarantine leads to
    strict,   // p=reject is enough
};

struct SpfActions {
    Action fail = Action::accept;
    Action softfail = Action::accept;
    Action neutral = Action::accept;
    Action none = Action::accept;
    Action permerror = Action::accept;
    Action temperror = Action::accept; // never refused for good, like the temperror of every method
};

// Of a message as a whole: what its best signature is. One that passes speaks for the message, whatever the
// others are (RFC 6376 4.2).
struct DkimActions {
    Action none = Action::accept;       // no signature
    Action fail = Action::accept;       // a signature that does not verify
    Action no_key = Action::accept;     // whose key does not exist or is revoked
    Action policy = Action::accept;     // that we do not accept (RFC 8601 2.7.1: policy, neutral)
    Action permerror = Action::accept;  // that cannot be read
    Action temperror = Action::accept;  // whose key could not be asked for
    bool require_author_domain = false; // only a signature of the author's domain counts
};

struct IprevActions {
    Action fail = Action::accept;
    Action permerror = Action::accept;
    Action temperror = Action::accept;
};

struct DmarcActions {
    Enforcement enforcement = Enforcement::annotate;
    // What is done where the domain's policy is followed.
    Action reject = Action::reject;
    Action quarantine = Action::mark;
    Action permerror = Action::accept;
    Action temperror = Action::accept;
};

struct AuthorActions {
    Action missing = Action::mark;
    Action several_fields = Action::mark;
    Action several_domains = Action::accept;
    Action unreadable = Action::mark;
    Action stray_line_break = Action::mark; // not the author, but a header that is read in two ways
};

// What a refused client is told, by ground: an enhanced status code (RFC 7372) if it shall not be the usual
// one, and a text. See authenticate/reply.h.
struct ReplyTexts {
    std::array<std::string, ground_count> texts{}; // empty: the built-in one
    // Where more than one ground refuses (5.7.26); empty: DMARC's text, else that of the first.
    std::string several;
};

struct Policy {
    std::string profile = "default";
    AuthorActions author;
    SpfActions spf;
    SpfActions helo;
    DkimActions dkim;
    IprevActions iprev;
    DmarcActions dmarc;
    // By ground: what would be done is said and not done.
    std::array<bool, ground_count> dry_run{};
    // Mail to postmaster and abuse alone is not refused whatever it fails: it is marked.
    bool spare_role_mailboxes = true;
    // Mail through a relay of our own may be refused, and the relay has to bounce it.
    bool refuse_relayed = false;
    ReplyTexts replies;
    std::string quarantine_field; // what Action::mark adds
};

// Whether a setting asks for this action and is carried out, so that the caller can prepare for it.
[[nodiscard]] bool may_ask_for(Action action, const Policy& policy);

// Whether what becomes of a message can depend on its recipients.
[[nodiscard]] bool needs_recipients(const Policy& policy, const std::vector<Exception>& exceptions);

} // namespace authenticate
