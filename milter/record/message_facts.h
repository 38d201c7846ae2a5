// What is known of one finished message, as a value: it refers to nothing else, so that it can be kept,
// queued or printed after the message is gone. The log's line is made from it.
#pragma once

#include "authenticate/disposition.h"
#include "authenticate/verdict.h"
#include "base/ip_address.h"
#include "base/unix_time.h"
#include "message/fragile.h"
#include "message/header_list.h"
#include "report/mail_kind.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace milter::record {

enum class Mode {
    verify,
    sign,
    keep, // left alone: of a peer, or verified before and handed back by a content filter
};

[[nodiscard]] const char* print(Mode mode);

// Why mail of our own was not signed.
enum class Unsigned : std::uint8_t {
    off,         // roles.sign
    author,      // is in doubt
    no_key,      // for the author's domain
    not_allowed, // keys of the domain, but none for all authors
    key,         // is not there or cannot be used
    own_result,  // it came back with one against its author
    header,      // that cannot be signed as it is
    submitter,   // who may not use the key, or not write this From
    fragile,     // it would be changed behind us, and is put off
    recipient,   // who wants none
};

[[nodiscard]] std::string_view print(Unsigned reason);

struct MessageFacts {
    Mode mode = Mode::verify;
    std::string why; // whose mail it is: "authenticated as ann"
    // Of mail through relays of ours (verdict->relay) the one that handed it to them; none if it was not
    // found.
    std::optional<base::IpAddress> client;
    std::string mail_from;
    bool more_recipients = false;                 // than are kept, so that none of them is known
    std::vector<std::string> from;                // who the message says it is from, see from_in_words
    std::optional<authenticate::Verdict> verdict; // verified mail
    std::vector<std::string> signed_by;           // signed mail: DOMAIN/SELECTOR
    std::string unsigned_because;                 // mail to be signed that was not
    Unsigned unsigned_reason = Unsigned::no_key;  // the same in a word
    std::vector<message::Fragility> fragile{};    // signed mail that will probably be changed behind us
    std::string came_back;           // mail to be signed: what a result of ours says against its author
    std::size_t removed_results = 0; // forged Authentication-Results fields taken out
    authenticate::Disposition disposition;
    std::string profile{};       // of the policy that it was judged by; empty: none
    std::string setting{};       // that decided, with its path; empty: as it stands outside of the profiles
    std::string would_setting{}; // the same, of the finding that a dry run keeps from deciding
    bool patience_over = false;  // it would be put off for want of a DNS answer, but was for long enough
    // For reports: it comes from others, and not from us or from a filter of ours; what its header says it
    // is, and when it came.
    bool from_outside = false;
    report::MailKind mail_kind{};
    base::UnixTime arrived = 0;
    std::string queue_id{};
    std::string host{};                    // that took it, as the mail server calls itself
    std::vector<std::string> recipients{}; // as given; empty: nothing of them is to be reported
    std::chrono::milliseconds dns_wait{0};
    std::size_t dns_questions = 0;
};

// The authors' addresses, as far as they can be told; else the From fields as they stand.
[[nodiscard]] std::vector<std::string> from_in_words(const message::Author& author,
                                                     const message::HeaderList& headers);

} // namespace milter::record
