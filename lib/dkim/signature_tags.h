// The tags of a signature field, one reader each: of DKIM-Signature (RFC 6376 3.5), and of the fields of ARC,
// which are made of the same tags (RFC 8617 4.1). Which tags a field must have, and how they must agree, is
// checked by its own parser.
#pragma once

#include "base/domain_name.h"
#include "base/result.h"
#include "base/unix_time.h"
#include "crypto/signature_algorithm.h"
#include "dkim/canonicalization.h"
#include "tag_list/tag_list.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkim {

// What is wrong with a tag, in a few plain words; empty when nothing.
using Complaint = std::string_view;

template <class T>
using ReadTag = base::Result<T, Complaint>;

// As written; empty when the tag is absent.
[[nodiscard]] std::string_view tag_value(const tag_list::TagList& tags, std::string_view name);

[[nodiscard]] ReadTag<crypto::SignatureAlgorithm> read_algorithm(const tag_list::TagList& tags); // a=

struct SignatureData {
    std::string bytes;
    std::string text;      // as base64 without FWS
    std::size_t begin = 0; // where the value stands in the field's body, with the FWS around it
    std::size_t end = 0;
};
[[nodiscard]] ReadTag<SignatureData> read_signature_data(const tag_list::TagList& tags); // b=
[[nodiscard]] ReadTag<std::string> read_body_hash(const tag_list::TagList& tags);        // bh=, decoded

struct Canonicalizations {
    Canonicalization header = Canonicalization::simple;
    Canonicalization body = Canonicalization::simple;
};
[[nodiscard]] ReadTag<Canonicalizations> read_canonicalizations(const tag_list::TagList& tags); // c=

[[nodiscard]] ReadTag<base::DomainName> read_domain(const tag_list::TagList& tags); // d=
[[nodiscard]] ReadTag<std::string> read_selector(const tag_list::TagList& tags);    // s=, A-labels
// h=, lower case, in order, repeats kept.
[[nodiscard]] ReadTag<std::vector<std::string>> read_signed_fields(const tag_list::TagList& tags);
// l=; a number beyond 64 bits becomes the largest.
[[nodiscard]] ReadTag<std::optional<std::uint64_t>> read_body_length(const tag_list::TagList& tags);

struct SignatureTimes {
    std::optional<base::UnixTime> timestamp{};  // t=
    std::optional<base::UnixTime> expiration{}; // x=, later than t=
};
[[nodiscard]] ReadTag<SignatureTimes> read_times(const tag_list::TagList& tags);

[[nodiscard]] Complaint check_query_methods(const tag_list::TagList& tags); // q=

} // namespace dkim
