// Verification of one signature of a message (RFC 6376 6).
//
// Ask and resume: see dns/awaited.h.
//
//     auto candidates = dkim::find_signatures(headers, options.limits, bodies);   // at end of header
//     bodies.update(chunk); ... bodies.finish();
//     auto outcome = dkim::evaluate({candidates[i], headers, bodies, now}, known, options);
#pragma once

#include "base/unix_time.h"
#include "dkim/body_hash.h"
#include "dkim/cause.h"
#include "dkim/find_signatures.h"
#include "dkim/options.h"
#include "dkim/result.h"
#include "dns/awaited.h"
#include "message/header_list.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dkim {

struct Request {
    const Candidate& candidate;
    const message::HeaderList& headers; // in which it was found
    const BodyHashes& bodies;           // finished
    base::UnixTime now = 0;             // of reception
};

struct Verdict {
    Result result = Result::none;
    std::string reason;    // why not pass, in a few plain ASCII words of ours: "body hash did not verify"
    std::string comment;   // remarks on key and result: "2048-bit key", "test mode"
    std::string domain;    // d=, A-labels; empty when unreadable
    std::string selector;  // s=
    std::string identity;  // i=
    std::string algorithm; // a=
    std::string signature_text; // b= base64
    std::size_t key_bits = 0;
    bool test_mode = false;         // t=y in the key record
    bool secure_key = false;        // the key's answer had the AD bit
    std::vector<std::string> steps; // in words, for the operator
    std::optional<Cause> cause{};   // what gave the result
};

using Outcome = dns::Outcome<Verdict>;

// The question that will be asked for this signature's key, known as soon as its field is.
[[nodiscard]] dns::Questions key_questions(const Candidate& candidate);

[[nodiscard]] Outcome evaluate(const Request& request, const dns::Answers& known, const Options& options);

} // namespace dkim
