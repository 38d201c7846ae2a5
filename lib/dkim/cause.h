// Every possible outcome for a signature, and the one place that gives each its RFC 8601 result.
#pragma once

#include "dkim/result.h"

#include <cstdint>
#include <string_view>

namespace dkim {

enum class Cause : std::uint8_t {
    verified,
    broken_signature,
    too_many_signatures,
    sha1,
    in_the_future,
    expired,
    body_too_short,
    body_hash_mismatch,
    partial_body,
    uncovered_fields,
    lookup_failed,
    no_key,
    no_usable_record,
    key_revoked,
    key_type_mismatch,
    key_refuses_hash,
    key_refuses_service,
    key_refuses_identity,
    key_unreadable,
    key_too_small,
    key_too_large,
    signature_mismatch,
};

[[nodiscard]] Result result_of(Cause cause);
// A few plain ASCII words; empty for verified.
[[nodiscard]] std::string_view reason_of(Cause cause);

} // namespace dkim
