#include "dkim/signature_tags.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "dkim/names.h"
#include "message/field_name.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace dkim {

namespace {

using tag_list::Tag;
using tag_list::TagList;

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

} // namespace

std::string_view tag_value(const TagList& tags, std::string_view name) {
    const Tag* tag = tags.find(name);
    return tag == nullptr ? std::string_view() : tag->value;
}

ReadTag<crypto::SignatureAlgorithm> read_algorithm(const TagList& tags) {
    const auto algorithm = crypto::parse_signature_algorithm(tag_value(tags, "a"));
    if (!algorithm) {
        return base::refuse("unsupported algorithm");
    }
    return *algorithm;
}

ReadTag<SignatureData> read_signature_data(const TagList& tags) {
    const Tag* tag = tags.find("b");
    if (tag == nullptr) {
        return base::refuse("invalid base64 in b=");
    }
    std::string text = tag_list::remove_fws(tag->value);
    auto bytes = base::base64_decode(text);
    if (!bytes || bytes->empty()) {
        return base::refuse("invalid base64 in b=");
    }
    return SignatureData{*std::move(bytes), std::move(text), tag->raw_begin, tag->raw_end};
}

ReadTag<std::string> read_body_hash(const TagList& tags) {
    auto bytes = base::base64_decode(tag_list::remove_fws(tag_value(tags, "bh")));
    if (!bytes || bytes->empty()) {
        return base::refuse("invalid base64 in bh=");
    }
    return *std::move(bytes);
}

ReadTag<Canonicalizations> read_canonicalizations(const TagList& tags) {
    const Tag* tag = tags.find("c");
    if (tag == nullptr) {
        return Canonicalizations(); // RFC 6376 3.5: the default is simple/simple
    }
    const auto slash = tag->value.find('/');
    const auto header = parse_canonicalization(tag->value.substr(0, slash));
    // RFC 6376 3.5: one name alone is the header's; the body's is then simple.
    const auto body = slash == std::string_view::npos ? Canonicalization::simple
                                                      : parse_canonicalization(tag->value.substr(slash + 1));
    if (!header || !body) {
        return base::refuse("unsupported canonicalization");
    }
    return Canonicalizations{*header, *body};
}

ReadTag<base::DomainName> read_domain(const TagList& tags) {
    auto domain = read_domain_name(tag_value(tags, "d"));
    if (!domain) {
        return base::refuse("invalid domain");
    }
    return *std::move(domain);
}

ReadTag<std::string> read_selector(const TagList& tags) {
    const auto selector = read_selector_name(tag_value(tags, "s"));
    if (!selector) {
        return base::refuse("invalid selector");
    }
    return selector->text();
}

ReadTag<std::vector<std::string>> read_signed_fields(const TagList& tags) {
    std::vector<std::string> fields;
    for (const std::string_view name : tag_list::split_colons(tag_value(tags, "h"))) {
        if (!message::is_field_name(name)) {
            return base::refuse("invalid field name in h=");
        }
        fields.push_back(base::to_lower(name));
    }
    return fields;
}

ReadTag<std::optional<std::uint64_t>> read_body_length(const TagList& tags) {
    const Tag* tag = tags.find("l");
    if (tag == nullptr) {
        return std::nullopt;
    }
    const auto length = read_number(tag->value, 76);
    if (!length) {
        return base::refuse("invalid body length");
    }
    return length;
}

ReadTag<SignatureTimes> read_times(const TagList& tags) {
    SignatureTimes times;
    if (!read_time(tags, "t", times.timestamp) || !read_time(tags, "x", times.expiration)) {
        return base::refuse("invalid timestamp");
    }
    // RFC 6376 3.5, x=: greater than t= if both are there.
    if (times.timestamp && times.expiration && *times.expiration <= *times.timestamp) {
        return base::refuse("expires before it was made");
    }
    return times;
}

Complaint check_query_methods(const TagList& tags) {
    const Tag* tag = tags.find("q");
    if (tag == nullptr) {
        return {};
    }
    // RFC 6376 3.5, q=: unknown methods are ignored; dns/txt is the only one defined.
    const auto methods = tag_list::split_colons(tag->value);
    const bool known = std::any_of(methods.begin(), methods.end(),
                                   [](std::string_view method) { return base::iequals(method, "dns/txt"); });
    return known ? Complaint() : "no supported query method";
}

} // namespace dkim
