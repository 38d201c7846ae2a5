#include "dkim/cause.h"

namespace dkim {

// RFC 8601 2.7.1 says which word is for what: `neutral` for a signature field that has syntax errors or
// cannot be processed for what it says, `permerror` for what no later try can verify although the field
// can be read, `fail` for what was evaluated and did not hold, `policy` for what is not acceptable to us,
// `temperror` for a question that found no answer. It knows no causes; which word a cause belongs under is
// written here.
// RFC 6376 6.1: none is better than an unsigned message. RFC 6376 6.3: only temperror may delay one.
Result result_of(Cause cause) {
    switch (cause) {
    case Cause::verified:
        return Result::pass;
    case Cause::lookup_failed: // RFC 6376 6.1.2 step 2: TEMPFAIL
        return Result::temperror;
    case Cause::expired:            // RFC 6376 3.5, x=: may be considered invalid
    case Cause::body_too_short:     // RFC 6376 3.5, l=: larger than the body
    case Cause::body_hash_mismatch: // RFC 6376 6.1.3 step 3
    case Cause::signature_mismatch: // RFC 6376 6.1.3 step 4
        return Result::fail;
    case Cause::partial_body:        // RFC 6376 8.2
    case Cause::uncovered_fields:    // RFC 8601 2.7.1: policy
    case Cause::key_too_small:       // RFC 8301 3.2
    case Cause::key_too_large:       // RFC 8301 3.2: larger than 4096 is at the verifier's choice
    case Cause::too_many_signatures: // RFC 6376 6.1: the number verified may be limited
        return Result::policy;
    case Cause::broken_signature: // RFC 6376 6.1.1, and neutral in the words of RFC 8601 2.7.1
        return Result::neutral;
    case Cause::sha1:                 // RFC 8301 3.1
    case Cause::in_the_future:        // RFC 6376 3.5, t=: may be ignored
    case Cause::no_key:               // RFC 6376 6.1.2 step 3
    case Cause::no_usable_record:     // RFC 6376 6.1.2 step 5
    case Cause::key_revoked:          // RFC 6376 6.1.2 step 7
    case Cause::key_type_mismatch:    // RFC 6376 6.1.2 step 8
    case Cause::key_refuses_hash:     // RFC 6376 6.1.2 step 6
    case Cause::key_refuses_service:  // RFC 6376 3.6.1, s=
    case Cause::key_refuses_identity: // RFC 6376 3.6.1, t=s
    case Cause::key_unreadable:       // RFC 6376 6.1.2 step 5
        return Result::permerror;
    }
    return Result::permerror;
}

std::string_view reason_of(Cause cause) {
    switch (cause) {
    case Cause::verified:
        return {};
    case Cause::broken_signature:
        return "signature syntax error";
    case Cause::too_many_signatures:
        return "too many signatures";
    case Cause::sha1:
        return "rsa-sha1 is no longer acceptable";
    case Cause::in_the_future:
        return "signature from the future";
    case Cause::expired:
        return "signature expired";
    case Cause::body_too_short:
        return "body shorter than signed length";
    case Cause::body_hash_mismatch:
        return "body hash did not verify";
    case Cause::partial_body:
        return "body only partly signed";
    case Cause::uncovered_fields:
        return "required fields not signed";
    case Cause::lookup_failed:
        return "key lookup failed";
    case Cause::no_key:
        return "no key for signature";
    case Cause::no_usable_record:
        return "no usable key record";
    case Cause::key_revoked:
        return "key revoked";
    case Cause::key_type_mismatch:
        return "inappropriate key algorithm";
    case Cause::key_refuses_hash:
        return "inappropriate hash algorithm";
    case Cause::key_refuses_service:
        return "key not for email";
    case Cause::key_refuses_identity:
        return "key not for subdomains";
    case Cause::key_unreadable:
        return "unreadable public key";
    case Cause::key_too_small:
        return "key too small";
    case Cause::key_too_large:
        return "key too large";
    case Cause::signature_mismatch:
        return "signature did not verify";
    }
    return {};
}

} // namespace dkim
