#include "dkim/names.h"

#include "base/ascii.h"
#include "base/idna.h"
#include "base/ip_address.h"
#include "base/secret_text.h"
#include "base/utf8.h"

#include <algorithm>

namespace dkim {

namespace {

constexpr std::size_t longest_identity = 64 + 1 + 253; // RFC 5321 4.5.3.1
constexpr std::size_t longest_record_name = 253;       // RFC 1035 2.3.4, as text
constexpr std::string_view between = "._domainkey.";   // RFC 6376 3.6.2.1

std::optional<base::DomainName> read_name(std::string_view text, std::size_t labels) {
    auto name = text.ends_with('.') ? std::nullopt : base::DomainName::parse_international(text);
    return name && name->label_count() >= labels ? name : std::nullopt;
}

// An atom's character, a dot, or UTF-8 (RFC 5322 3.2.3, RFC 6532 3.2). Dots may stand anywhere: addresses
// with two in a row exist and mean no harm here.
bool is_local_char(char c) {
    return base::is_alnum(c) || !base::is_ascii(c) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}

bool is_quoted_string(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
        return false;
    }
    const std::string_view inside = text.substr(1, text.size() - 2);
    bool escaped = false;
    for (const char c : inside) {
        if (base::is_control(c) || (c == '"' && !escaped)) {
            return false;
        }
        escaped = c == '\\' && !escaped;
    }
    return !escaped;
}

bool is_local_part(std::string_view text) {
    return base::is_utf8(text) &&
           (std::all_of(text.begin(), text.end(), is_local_char) || is_quoted_string(text));
}

} // namespace

std::optional<base::DomainName> read_domain_name(std::string_view text) {
    return read_name(text, 2);
}

std::optional<base::DomainName> read_selector_name(std::string_view text) {
    return read_name(text, 1);
}

std::optional<base::DomainName> identity_domain(std::string_view identity) {
    const auto at = identity.rfind('@');
    if (at == std::string_view::npos || !is_local_part(identity.substr(0, at))) {
        return std::nullopt;
    }
    return read_domain_name(identity.substr(at + 1));
}

std::optional<std::string> read_identity(std::string_view text, std::string_view signing_domain) {
    const auto domain = identity_domain(text);
    const auto owner = read_domain_name(signing_domain);
    if (!domain || !owner || !domain->is_at_or_below(*owner) || base::is_surely_key(text)) {
        return std::nullopt;
    }
    std::string identity = std::string(text.substr(0, text.rfind('@') + 1)) + domain->text();
    return identity.size() <= longest_identity ? std::optional(std::move(identity)) : std::nullopt;
}

std::string_view signer_refusal(std::string_view domain, std::string_view selector,
                                std::string_view identity) {
    const auto name = read_domain_name(domain);
    if (!name || !base::all_ascii(domain)) {
        const bool one_label = read_name(domain, 1) && base::all_ascii(domain);
        return one_label ? "the signing domain needs two labels at least" // RFC 6376 3.5, d=
                         : "the signing domain is no domain name";
    }
    if (!read_selector_name(selector) || !base::all_ascii(selector)) {
        return "the selector is no valid name";
    }
    if (selector.size() + between.size() + domain.size() > longest_record_name) {
        return "selector and domain make the name of the key record too long";
    }
    if (identity.empty()) {
        return {};
    }
    const auto owner = identity_domain(identity);
    if (!owner || !owner->is_at_or_below(*name)) {
        return "the identity does not belong to the signing domain"; // RFC 6376 3.5, i=
    }
    return identity.size() > longest_identity ? "the identity is longer than any address" : "";
}

std::size_t key_record_label(std::string_view selector) {
    constexpr std::string_view label = "._domainkey";
    const auto at = base::to_lower(selector).find(label);
    const bool whole = at != std::string_view::npos && at > 0 &&
                       (at + label.size() == selector.size() || selector[at + label.size()] == '.');
    return whole ? at : std::string_view::npos;
}

namespace {

bool has_false_a_label(std::string_view domain) {
    if (domain.find("--") == std::string_view::npos) {
        return false; // as nearly all names of a large table
    }
    const auto labels = base::split(domain, '.');
    return std::any_of(labels.begin(), labels.end(), [](std::string_view label) {
        const bool is_pattern = label.find_first_of("*%") != std::string_view::npos;
        return base::istarts_with(label, "xn--") && !is_pattern && !base::is_a_label(label);
    });
}

} // namespace

std::string_view domain_doubt(std::string_view domain) {
    if (base::IpAddress::parse(domain)) {
        return "is an address, not a domain";
    }
    // RFC 1123 2.1, RFC 5890 2.3.1
    const bool begins = domain.starts_with('-') || domain.find(".-") != std::string_view::npos;
    const bool ends = domain.ends_with('-') || domain.find("-.") != std::string_view::npos;
    return has_false_a_label(domain)
               ? "has a label that begins with xn-- and stands for no name in other letters"
           : begins ? "has a label that begins with a hyphen"
           : ends   ? "has a label that ends with a hyphen"
                    : "";
}

} // namespace dkim
