#include "dkim/signature.h"

#include "base/ascii.h"
#include "dkim/names.h"
#include "dkim/quoted_printable.h"
#include "dkim/signature_tags.h"
#include "tag_list/tag_list.h"

#include <algorithm>
#include <array>

namespace dkim {

namespace {

using tag_list::Tag;
using tag_list::TagList;

constexpr Complaint fine = {};

// RFC 6376 3.5: v, a, b, bh, d, h and s are required.
constexpr std::array required_tags = {"v", "a", "b", "bh", "d", "h", "s"};

template <class T>
Complaint take(ReadTag<T> tag, T& value) {
    if (!tag) {
        return tag.error();
    }
    value = *std::move(tag);
    return fine;
}

Complaint check_version(const TagList& tags, Signature& /*signature*/) {
    return tag_value(tags, "v") == "1" ? fine
                                       : "unsupported version"; // RFC 6376 3.5: nothing else, not even "01"
}

Complaint take_algorithm(const TagList& tags, Signature& signature) {
    return take(read_algorithm(tags), signature.algorithm);
}

Complaint take_signature(const TagList& tags, Signature& signature) {
    SignatureData data;
    const Complaint complaint = take(read_signature_data(tags), data);
    signature.signature = std::move(data.bytes);
    signature.signature_text = std::move(data.text);
    signature.signature_begin = data.begin;
    signature.signature_end = data.end;
    return complaint;
}

Complaint take_body_hash(const TagList& tags, Signature& signature) {
    return take(read_body_hash(tags), signature.body_hash);
}

Complaint take_canonicalizations(const TagList& tags, Signature& signature) {
    Canonicalizations names;
    const Complaint complaint = take(read_canonicalizations(tags), names);
    signature.header_canonicalization = names.header;
    signature.body_canonicalization = names.body;
    return complaint;
}

Complaint take_selector(const TagList& tags, Signature& signature) {
    return take(read_selector(tags), signature.selector);
}

Complaint take_signed_fields(const TagList& tags, Signature& signature) {
    auto& fields = signature.signed_fields;
    if (const Complaint complaint = take(read_signed_fields(tags), fields); !complaint.empty()) {
        return complaint;
    }
    // RFC 6376 3.5 and 5.4: the From field must be signed.
    return std::find(fields.begin(), fields.end(), "from") != fields.end() ? fine : "From field not signed";
}

Complaint take_identity(const TagList& tags, Signature& signature) {
    const Tag* tag = tags.find("i");
    if (tag == nullptr) {
        signature.identity = "@" + signature.domain_as_written; // RFC 6376 3.5, i=: the default
        return fine;
    }
    auto identity = decode_quoted_printable(tag->value);
    const auto domain = identity ? identity_domain(*identity) : std::nullopt;
    if (!domain) {
        return "invalid identity";
    }
    // RFC 6376 3.5, i=: the same as d= or below it.
    if (!domain->is_at_or_below(signature.domain)) {
        return "domain mismatch between i= and d=";
    }
    signature.identity = std::move(*identity);
    signature.identity_at_domain = *domain == signature.domain;
    return fine;
}

Complaint take_body_length(const TagList& tags, Signature& signature) {
    return take(read_body_length(tags), signature.body_length);
}

Complaint take_times(const TagList& tags, Signature& signature) {
    SignatureTimes times;
    const Complaint complaint = take(read_times(tags), times);
    signature.timestamp = times.timestamp;
    signature.expiration = times.expiration;
    return complaint;
}

Complaint check_methods(const TagList& tags, Signature& /*signature*/) {
    return check_query_methods(tags);
}

using Step = Complaint (*)(const TagList&, Signature&);
constexpr std::array<Step, 11> steps = {
    check_version,          take_algorithm, take_signature,     take_body_hash,
    take_canonicalizations, take_selector,  take_signed_fields, take_identity,
    take_body_length,       take_times,     check_methods,
};

Complaint read_all(const TagList& tags, Signature& signature) {
    for (const Step step : steps) {
        if (const Complaint complaint = step(tags, signature); !complaint.empty()) {
            return complaint;
        }
    }
    return fine;
}

bool is_token(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return base::is_alnum(c) || c == '-' || c == '_'; });
}

// With nothing behind the padding: "dmarc=pass" is no base64, and must not be shown as the beginning of one.
bool is_base64_text(std::string_view text) {
    const std::string_view digits = text.substr(0, text.find('='));
    return std::all_of(digits.begin(), digits.end(),
                       [](char c) { return base::is_alnum(c) || c == '+' || c == '/'; }) &&
           text.find_first_not_of('=', digits.size()) == std::string_view::npos;
}

BrokenSignature describe(const TagList& tags, std::string reason) {
    BrokenSignature broken;
    broken.reason = std::move(reason);
    if (const auto domain = read_domain(tags)) {
        broken.domain = domain->text();
    }
    if (const auto selector = read_selector(tags)) {
        broken.selector = *selector;
    }
    if (const std::string text = tag_list::remove_fws(tag_value(tags, "b")); is_base64_text(text)) {
        broken.signature_text = text;
    }
    if (const std::string_view algorithm = tag_value(tags, "a"); is_token(algorithm)) {
        broken.algorithm = algorithm;
    }
    return broken;
}

} // namespace

base::Result<Signature, BrokenSignature> parse_signature(std::string_view body) {
    const auto tags = TagList::parse(body);
    if (!tags) {
        BrokenSignature broken;
        broken.reason = "syntax error: " + tags.error().message;
        return base::refuse(std::move(broken));
    }
    for (const char* name : required_tags) {
        if (tags->find(name) == nullptr) {
            return base::refuse(describe(*tags, std::string("missing tag: ") + name));
        }
    }
    auto domain = read_domain(*tags);
    if (!domain) {
        return base::refuse(describe(*tags, std::string(domain.error())));
    }
    Signature signature{.domain = std::move(*domain),
                        .domain_as_written = std::string(tag_value(*tags, "d"))};
    if (const Complaint complaint = read_all(*tags, signature); !complaint.empty()) {
        return base::refuse(describe(*tags, std::string(complaint)));
    }
    return signature;
}

} // namespace dkim
