// Every check of one inbound message over the answers known so far.
//
// Ask and resume: see dns/awaited.h. The questions of all checks come back as one set, so that a round of
// DNS serves them all.
#pragma once

#include "authenticate/verdict.h"
#include "dkim/body_hash.h"
#include "message/header_list.h"

#include <optional>
#include <vector>

namespace authenticate {

struct Input {
    const Envelope& envelope;
    const message::HeaderList& headers;
    const std::vector<dkim::Candidate>& signatures; // from dkim::find_signatures, on this header list
    const dkim::BodyHashes& bodies;                 // finished
    base::UnixTime now = 0;                         // of reception
};

using Outcome = dns::Outcome<Verdict>;

// What no further answer can change, kept from one evaluation of a message for the next, so that signatures
// are not verified again for every answer that arrives late.
struct Settled {
    std::optional<message::Author> author;
    SenderVerdict sender;
    bool sender_known = false;                      // `sender` is complete
    std::vector<std::optional<dkim::Verdict>> dkim; // by signature
};

// The part of it that needs no message. Returns what is still to be asked; nothing when the sender is known.
[[nodiscard]] dns::Questions settle_sender(const Envelope& envelope, base::UnixTime now,
                                           const dns::Answers& known, const Options& options,
                                           Settled& settled);

// `settled` begins empty, or with what was found out about the same input before, and belongs to it. The
// verdict is the same without it.
[[nodiscard]] Outcome inbound(const Input& input, const dns::Answers& known, const Options& options,
                              Settled& settled);
[[nodiscard]] Outcome inbound(const Input& input, const dns::Answers& known, const Options& options);

// What is worth asking as soon as the header is complete: the keys of all signatures and the author domain's
// tree walk.
[[nodiscard]] dns::Questions header_questions(const message::Author& author,
                                              const std::vector<dkim::Candidate>& signatures,
                                              const Options& options);

// How many more questions the message may need than one with a single author: what is asked for an author
// domain must not be at the expense of another one, or whoever is pretended to be comes last in From.
[[nodiscard]] std::size_t more_questions(const message::Author& author,
                                         const std::vector<dkim::Candidate>& signatures,
                                         const Options& options);

} // namespace authenticate
