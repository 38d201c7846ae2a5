// The checks that need no message: iprev and SPF. They start at MAIL FROM.
#pragma once

#include "authenticate/options.h"
#include "authenticate/passage.h"
#include "authenticate/policyd_lists.h"
#include "iprev/evaluate.h"
#include "spf/evaluate.h"

#include <optional>
#include <string>

namespace authenticate {

// The part of the SMTP session that these checks need.
struct Envelope {
    std::optional<base::IpAddress> client; // none for mail that did not come over TCP/IP
    std::string helo;                      // as given
    std::string mail_from; // the path as given, with or without angle brackets; empty or "<>" when null
    // Of mail that came through relays of ours: client and HELO are those of whoever handed it to them.
    std::optional<Passage> relay = std::nullopt;
};

struct SenderVerdict {
    std::optional<iprev::Verdict> iprev;
    // RFC 7208 2.4: for a null reverse-path the MAIL FROM identity is postmaster@HELO; `null_sender` says so.
    std::optional<spf::Verdict> mail_from;
    std::optional<spf::Verdict> helo; // the separate HELO check (RFC 7208 2.3), never used by DMARC
    bool null_sender = false;
    std::string path_problem; // why MAIL FROM is no path of RFC 5321; it has an identity all the same if it
                              // has a domain
    std::optional<ListVerdict> lists; // of policyd-spf, where its switches are on
};

using SenderOutcome = dns::Outcome<SenderVerdict>;

// Completes a verdict that is empty at first: what it holds from an earlier call for the same envelope is not
// found out again. Returns what it needs to go on; nothing when it is complete.
[[nodiscard]] dns::Questions check_sender(const Envelope& envelope, base::UnixTime now,
                                          const dns::Answers& known, const Options& options,
                                          SenderVerdict& verdict);
[[nodiscard]] SenderOutcome check_sender(const Envelope& envelope, base::UnixTime now,
                                         const dns::Answers& known, const Options& options);

} // namespace authenticate
