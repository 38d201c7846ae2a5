#include "authenticate/pattern.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/idna.h"
#include "base/ip_address.h"
#include "base/utf8.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace authenticate {

namespace {

// Each piece between two stars is looked for behind the one before, as early as it occurs: if that leads to
// no match, nothing does, so that nothing is tried twice.
bool glob(std::string_view pattern, std::string_view text) {
    const auto pieces = base::split(pattern, '*');
    if (pieces.size() == 1) {
        return pattern == text;
    }
    const std::string_view first = pieces.front();
    const std::string_view last = pieces.back();
    if (text.size() < first.size() + last.size() || !text.starts_with(first) || !text.ends_with(last)) {
        return false;
    }
    text.remove_prefix(first.size());
    text.remove_suffix(last.size());
    for (std::size_t i = 1; i + 1 < pieces.size(); ++i) {
        const std::size_t found = text.find(pieces[i]);
        if (found == std::string_view::npos) {
            return false;
        }
        text.remove_prefix(found + pieces[i].size());
    }
    return true;
}

struct Halves {
    std::optional<std::string_view> local_part;
    std::string_view domain;
};

Halves halves_of(std::string_view pattern) {
    const std::size_t at = pattern.rfind('@');
    if (at == std::string_view::npos) {
        return {std::nullopt, pattern};
    }
    const std::string_view local_part = pattern.substr(0, at);
    return {local_part.empty() ? std::nullopt : std::optional(local_part), pattern.substr(at + 1)};
}

bool is_label_text(std::string_view label) {
    return std::all_of(label.begin(), label.end(),
                       [](char c) { return base::is_alnum(c) || c == '-' || c == '_' || c == '*'; });
}

std::optional<std::string> read_label(std::string_view label) {
    if (base::all_ascii(label)) {
        return is_label_text(label) ? std::optional(base::to_lower(label)) : std::nullopt;
    }
    return label.find('*') == std::string_view::npos ? base::idna_to_ascii(label) : std::nullopt;
}

std::optional<std::string> read_domain(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) { // RFC 5321 4.1.3
        return base::IpAddress::parse(text.substr(1, text.size() - 2)) ? std::optional(base::to_lower(text))
                                                                       : std::nullopt;
    }
    const bool below = text.starts_with('.');
    std::string domain;
    for (const std::string_view part : base::split(text.substr(below ? 1 : 0), '.')) {
        const auto label = part.empty() ? std::nullopt : read_label(part);
        if (!label) {
            return std::nullopt;
        }
        domain += domain.empty() && !below ? "" : ".";
        domain += *label;
    }
    return domain;
}

// Patterns that were read are in the one form already.
std::string in_kept_form(std::string_view pattern) {
    const bool kept = std::none_of(pattern.begin(), pattern.end(),
                                   [](char c) { return base::is_upper(c) || !base::is_ascii(c); });
    return kept ? std::string(pattern) : read_pattern(pattern).value_or("");
}

std::string domain_text(std::string_view domain) {
    const auto name = base::DomainName::parse_international(domain);
    return name ? name->text() : base::to_lower(domain);
}

bool matches_name(std::string_view pattern, std::string_view name) {
    return pattern.starts_with('.') ? name.size() > pattern.size() && glob('*' + std::string(pattern), name)
                                    : glob(pattern, name);
}

} // namespace

base::Result<std::string> read_pattern(std::string_view text) {
    if (text.empty() || text.size() > longest_pattern) {
        return base::refuse("a pattern has 1 to 320 octets", 0);
    }
    if (text == "<>") {
        return std::string(text);
    }
    const auto [local_part, domain] = halves_of(text);
    const std::size_t place = static_cast<std::size_t>(domain.data() - text.data());
    if (local_part && (std::any_of(local_part->begin(), local_part->end(), base::is_control) ||
                       !base::is_utf8(*local_part))) {
        return base::refuse("a control character, or no UTF-8", 0);
    }
    auto name = read_domain(domain);
    if (!name) {
        return base::refuse("no domain", place);
    }
    return place == 0 ? std::move(*name) : base::to_lower(text.substr(0, place)) + *name;
}

bool matches_domain(std::string_view pattern, std::string_view domain) {
    if (domain.empty() || domain.size() > longest_matched) {
        return false;
    }
    const std::string kept = in_kept_form(pattern);
    return kept.find('@') == std::string::npos && matches_name(kept, domain_text(domain));
}

bool matches_address(std::string_view pattern, std::string_view local_part, std::string_view domain) {
    if (local_part.size() + domain.size() > longest_matched) {
        return false;
    }
    if (pattern == "<>" || domain.empty()) {
        return pattern == "<>" && local_part.empty() && domain.empty();
    }
    const std::string kept = in_kept_form(pattern);
    const auto wanted = halves_of(kept);
    return (!wanted.local_part || glob(*wanted.local_part, base::to_lower(local_part))) &&
           matches_name(wanted.domain, domain_text(domain));
}

bool names_a_domain(std::string_view pattern) {
    const std::string_view domain = halves_of(pattern).domain;
    return pattern != "<>" && std::any_of(domain.begin(), domain.end(),
                                          [](char c) { return base::is_alnum(c) || !base::is_ascii(c); });
}

} // namespace authenticate
