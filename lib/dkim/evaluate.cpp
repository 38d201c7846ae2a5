#include "dkim/evaluate.h"

#include "dkim/cause.h"
#include "dkim/header_hash.h"
#include "dkim/judge_key.h"
#include "dkim/uncovered.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace dkim {

namespace {

// RFC 6376 3.6.2.1
std::string key_name(const Signature& signature) {
    return signature.selector + "._domainkey." + signature.domain.text();
}

Verdict describe(const Candidate& candidate) {
    Verdict verdict;
    if (!candidate.signature) {
        const BrokenSignature& broken = candidate.signature.error();
        verdict.domain = broken.domain;
        verdict.selector = broken.selector;
        verdict.algorithm = broken.algorithm;
        verdict.signature_text = broken.signature_text;
        return verdict;
    }
    const Signature& signature = *candidate.signature;
    verdict.domain = signature.domain.text();
    verdict.selector = signature.selector;
    verdict.identity = signature.identity;
    verdict.algorithm = print(signature.algorithm);
    verdict.signature_text = signature.signature_text;
    return verdict;
}

// Keeps a step, if somebody will read it: only then is `words` called for its text.
template <class Words>
void record(Verdict& verdict, const Options& options, const Words& words) {
    if (options.steps) {
        verdict.steps.push_back(words());
    }
}

Verdict conclude(Verdict verdict, const Options& options, Cause cause, std::string reason) {
    verdict.cause = cause;
    verdict.result = result_of(cause);
    verdict.reason = std::move(reason);
    record(verdict, options,
           [&] { return verdict.reason.empty() ? "the signature verified" : verdict.reason; });
    return verdict;
}

Verdict conclude(Verdict verdict, const Options& options, Cause cause) {
    return conclude(std::move(verdict), options, cause, std::string(reason_of(cause)));
}

bool same_octets(const crypto::Sha256& digest, std::string_view bytes) {
    return std::equal(digest.begin(), digest.end(), bytes.begin(), bytes.end(),
                      [](std::uint8_t octet, char c) { return octet == static_cast<unsigned char>(c); });
}

// What is wrong with a signature whatever its key may be. It is looked at first, so that no answer of the DNS
// is waited for in vain: RFC 6376 6.1 leaves the order of the steps to the verifier.
Cause check_without_key(const Request& request, const Limits& limits) {
    const Signature& signature = *request.candidate.signature;
    const std::size_t body_hash = request.candidate.body_hash;
    if (signature.expiration && *signature.expiration + limits.clock_drift < request.now) {
        return Cause::expired;
    }
    if (signature.timestamp && *signature.timestamp > request.now + limits.clock_drift) {
        return Cause::in_the_future;
    }
    if (signature.body_length && *signature.body_length > request.bodies.canonical_length(body_hash)) {
        return Cause::body_too_short;
    }
    return same_octets(request.bodies.digest(body_hash), signature.body_hash) ? Cause::verified
                                                                              : Cause::body_hash_mismatch;
}

bool is_partial(const Candidate& candidate, const BodyHashes& bodies) {
    const auto& length = candidate.signature->body_length;
    return length && *length < bodies.canonical_length(candidate.body_hash);
}

crypto::Sha256 signed_digest(const Candidate& candidate, const message::HeaderList& headers) {
    const Signature& signature = *candidate.signature;
    const message::HeaderField own =
        without_signature(headers[candidate.field_index], signature.signature_begin, signature.signature_end);
    return header_hash(signature.header_canonicalization, headers, signature.signed_fields,
                       candidate.field_index, own);
}

// RFC 6376 3.6.1, t=y: the domain is testing. Its mail must not fare differently from unsigned mail, which is
// for the reader of the verdict to see to.
std::string comment_of(const Judgement& judgement) {
    std::string comment = judgement.key_bits == 0 ? "" : fmt::format("{}-bit key", judgement.key_bits);
    if (judgement.testing) {
        comment += comment.empty() ? "test mode" : ", test mode";
    }
    return comment;
}

std::optional<Verdict> settle_without_key(const Request& request, const Options& options) {
    const Candidate& candidate = request.candidate;
    if (candidate.over_limit) {
        return conclude(describe(candidate), options, Cause::too_many_signatures);
    }
    if (!candidate.signature) {
        return conclude(describe(candidate), options, Cause::broken_signature,
                        candidate.signature.error().reason);
    }
    const Cause cause = candidate.can_pass() ? check_without_key(request, options.limits) : Cause::sha1;
    return cause == Cause::verified ? std::nullopt
                                    : std::optional(conclude(describe(candidate), options, cause));
}

// RFC 6376 6.1.2 steps 2 and 3: an answer that did not come may come later, a key that does not exist will
// not.
Verdict no_answer(Verdict verdict, const dns::Answer& answer, const Options& options) {
    if (answer.status != dns::Status::failed) {
        return conclude(std::move(verdict), options, Cause::no_key);
    }
    return conclude(std::move(verdict), options, Cause::lookup_failed,
                    fmt::format("{}: {}", reason_of(Cause::lookup_failed), print(answer.failure)));
}

// Of a signature that verified.
Verdict judge_coverage(const Request& request, Verdict verdict, const Options& options) {
    const auto uncovered = uncovered_fields(options.required_fields,
                                            request.candidate.signature->signed_fields, request.headers);
    if (uncovered.empty()) {
        return conclude(std::move(verdict), options, Cause::verified);
    }
    const std::string names = fmt::format("{}", fmt::join(uncovered, " "));
    if (options.uncovered_fields == UncoveredFields::policy) {
        return conclude(std::move(verdict), options, Cause::uncovered_fields,
                        fmt::format("{}: {}", reason_of(Cause::uncovered_fields), names));
    }
    verdict.comment += fmt::format("{}not signed: {}", verdict.comment.empty() ? "" : ", ", names);
    return conclude(std::move(verdict), options, Cause::verified);
}

Verdict judge(const Request& request, Verdict verdict, const dns::Answer& answer, const Options& options) {
    const Judgement judgement = judge_key(answer.texts, *request.candidate.signature,
                                          signed_digest(request.candidate, request.headers), options);
    verdict.key_bits = judgement.key_bits;
    verdict.test_mode = judgement.testing;
    verdict.secure_key = answer.secure;
    verdict.comment = comment_of(judgement);
    if (judgement.cause != Cause::verified) {
        return conclude(std::move(verdict), options, judgement.cause);
    }
    if (options.partial_body == PartialBody::refuse && is_partial(request.candidate, request.bodies)) {
        return conclude(std::move(verdict), options, Cause::partial_body);
    }
    return judge_coverage(request, std::move(verdict), options);
}

dns::Awaited<Verdict> verify(const Request& request, dns::Inquiry& dns, const Options& options) {
    if (auto settled = settle_without_key(request, options)) {
        return settled;
    }
    const std::string name = key_name(*request.candidate.signature);
    const dns::Answer* answer = dns.ask(name, dns::Type::txt);
    if (answer == nullptr) {
        return dns::unanswered;
    }
    Verdict verdict = describe(request.candidate);
    record(verdict, options, [&] { return fmt::format("key record {}: {}", name, print(answer->status)); });
    return answer->status == dns::Status::found ? judge(request, std::move(verdict), *answer, options)
                                                : no_answer(std::move(verdict), *answer, options);
}

} // namespace

dns::Questions key_questions(const Candidate& candidate) {
    const dns::Answers nothing;
    dns::Inquiry dns(nothing);
    if (candidate.can_pass()) {
        dns.expect(key_name(*candidate.signature), dns::Type::txt);
    }
    return dns.take_questions();
}

Outcome evaluate(const Request& request, const dns::Answers& known, const Options& options) {
    dns::Inquiry dns(known);
    return dns::outcome(verify(request, dns, options), dns);
}

} // namespace dkim
