#include "dkim/signature.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "dkim/names.h"
#include "dkim/quoted_printable.h"
#include "tag_list/tag_list.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace dkim {

namespace {

using tag_list::Tag;
using tag_list::TagList;

// What a step of the parser found wrong; empty when nothing.
using Complaint = std::string_view;
constexpr Complaint fine = {};

// RFC 6376 3.5: v, a, b, bh, d, h and s are required.
constexpr std::array required_tags = {"v", "a", "b", "bh", "d", "h", "s"};

std::string_view value_of(const TagList& tags, std::string_view name) {
    const Tag* tag = tags.find(name);
    return tag == nullptr ? std::string_view() : tag->value;
}

std::optional<base::DomainName> read_domain(const TagList& tags) {
    return read_domain_name(value_of(tags, "d"));
}

// RFC 6376 3.5, l=: up to 76 digits. A number too large for us is larger than any body.
std::optional<std::uint64_t> read_number(std::string_view digits, std::size_t most_digits) {
    if (digits.empty() || digits.size() > most_digits ||
        !std::all_of(digits.begin(), digits.end(), base::is_digit)) {
        return std::nullopt;
    }
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() ? number : std::numeric_limits<std::uint64_t>::max();
}

std::optional<Canonicalization> read_canonicalization(std::string_view name) {
    for (const auto canonicalization : {Canonicalization::simple, Canonicalization::relaxed}) {
        if (base::iequals(name, print(canonicalization))) {
            return canonicalization;
        }
    }
    return std::nullopt;
}

Complaint read_version(const TagList& tags, Signature& /*signature*/) {
    return value_of(tags, "v") == "1" ? fine
                                      : "unsupported version"; // RFC 6376 3.5: nothing else, not even "01"
}

Complaint read_algorithm(const TagList& tags, Signature& signature) {
    const auto algorithm = crypto::parse_signature_algorithm(value_of(tags, "a"));
    signature.algorithm = algorithm.value_or(signature.algorithm);
    return algorithm ? fine : "unsupported algorithm";
}

Complaint read_signature(const TagList& tags, Signature& signature) {
    const Tag* tag = tags.find("b");
    signature.signature_begin = tag->raw_begin;
    signature.signature_end = tag->raw_end;
    signature.signature_text = tag_list::remove_fws(tag->value);
    auto bytes = base::base64_decode(signature.signature_text);
    if (!bytes || bytes->empty()) {
        return "invalid base64 in b=";
    }
    signature.signature = std::move(*bytes);
    return fine;
}

Complaint read_body_hash(const TagList& tags, Signature& signature) {
    auto bytes = base::base64_decode(tag_list::remove_fws(value_of(tags, "bh")));
    if (!bytes || bytes->empty()) {
        return "invalid base64 in bh=";
    }
    signature.body_hash = std::move(*bytes);
    return fine;
}

Complaint read_canonicalizations(const TagList& tags, Signature& signature) {
    const Tag* tag = tags.find("c");
    if (tag == nullptr) {
        return fine; // RFC 6376 3.5: the default is simple/simple
    }
    const auto slash = tag->value.find('/');
    const auto header = read_canonicalization(tag->value.substr(0, slash));
    // RFC 6376 3.5: one name alone is the header's; the body's is then simple.
    const auto body = slash == std::string_view::npos ? Canonicalization::simple
                                                      : read_canonicalization(tag->value.substr(slash + 1));
    if (!header || !body) {
        return "unsupported canonicalization";
    }
    signature.header_canonicalization = *header;
    signature.body_canonicalization = *body;
    return fine;
}

Complaint read_selector(const TagList& tags, Signature& signature) {
    const auto selector = read_selector_name(value_of(tags, "s"));
    if (!selector) {
        return "invalid selector";
    }
    signature.selector = selector->text();
    return fine;
}

Complaint read_signed_fields(const TagList& tags, Signature& signature) {
    for (const std::string_view name : tag_list::split_colons(value_of(tags, "h"))) {
        if (!is_field_name(name)) {
            return "invalid field name in h=";
        }
        signature.signed_fields.push_back(base::to_lower(name));
    }
    // RFC 6376 3.5 and 5.4: the From field must be signed.
    const auto& fields = signature.signed_fields;
    return std::find(fields.begin(), fields.end(), "from") != fields.end() ? fine : "From field not signed";
}

Complaint read_identity(const TagList& tags, Signature& signature) {
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

Complaint read_body_length(const TagList& tags, Signature& signature) {
    const Tag* tag = tags.find("l");
    signature.body_length = tag == nullptr ? std::nullopt : read_number(tag->value, 76);
    return tag == nullptr || signature.body_length ? fine : "invalid body length";
}

// RFC 6376 3.5, t= and x=: decimal, up to 12 digits expected; all of which fit UnixTime.
bool read_time(const TagList& tags, std::string_view name, std::optional<base::UnixTime>& time) {
    const Tag* tag = tags.find(name);
    if (tag == nullptr) {
        return true;
    }
    const auto seconds = read_number(tag->value, 12);
    if (seconds) {
        time = static_cast<base::UnixTime>(*seconds);
    }
    return seconds.has_value();
}

Complaint read_times(const TagList& tags, Signature& signature) {
    if (!read_time(tags, "t", signature.timestamp) || !read_time(tags, "x", signature.expiration)) {
        return "invalid timestamp";
    }
    // RFC 6376 3.5, x=: greater than t= if both are there.
    const bool reversed =
        signature.timestamp && signature.expiration && *signature.expiration <= *signature.timestamp;
    return reversed ? "expires before it was made" : fine;
}

Complaint check_query_methods(const TagList& tags, Signature& /*signature*/) {
    const Tag* tag = tags.find("q");
    if (tag == nullptr) {
        return fine;
    }
    // RFC 6376 3.5, q=: unknown methods are ignored; dns/txt is the only one defined.
    const auto methods = tag_list::split_colons(tag->value);
    const bool known = std::any_of(methods.begin(), methods.end(),
                                   [](std::string_view method) { return base::iequals(method, "dns/txt"); });
    return known ? fine : "no supported query method";
}

using Step = Complaint (*)(const TagList&, Signature&);
constexpr std::array<Step, 11> steps = {
    read_version,           read_algorithm, read_signature,      read_body_hash,
    read_canonicalizations, read_selector,  read_signed_fields,  read_identity,
    read_body_length,       read_times,     check_query_methods,
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
    if (const auto selector = read_selector_name(value_of(tags, "s"))) {
        broken.selector = selector->text();
    }
    if (const std::string text = tag_list::remove_fws(value_of(tags, "b")); is_base64_text(text)) {
        broken.signature_text = text;
    }
    if (const std::string_view algorithm = value_of(tags, "a"); is_token(algorithm)) {
        broken.algorithm = algorithm;
    }
    return broken;
}

} // namespace

std::string_view print(Canonicalization canonicalization) {
    switch (canonicalization) {
    case Canonicalization::simple:
        return "simple";
    case Canonicalization::relaxed:
        return "relaxed";
    }
    return {};
}

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
        return base::refuse(describe(*tags, "invalid domain"));
    }
    Signature signature{.domain = std::move(*domain), .domain_as_written = std::string(value_of(*tags, "d"))};
    if (const Complaint complaint = read_all(*tags, signature); !complaint.empty()) {
        return base::refuse(describe(*tags, std::string(complaint)));
    }
    return signature;
}

} // namespace dkim
