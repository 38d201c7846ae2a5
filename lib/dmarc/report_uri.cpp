#include "dmarc/report_uri.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/percent.h"

#include <algorithm>

namespace dmarc {

namespace {

// RFC 3986 2: unreserved, reserved and '%', but for ',' and '!', which RFC 9989 4.8 wants percent-encoded
// here.
bool is_uri_character(char c) {
    constexpr std::string_view punctuation = "-._~:/?#[]@$&'()*+;=%";
    return base::is_alnum(c) || punctuation.find(c) != std::string_view::npos;
}

// RFC 3986 3.1.
bool is_scheme(std::string_view text) {
    return !text.empty() && base::is_alpha(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
        return base::is_alnum(c) || c == '+' || c == '-' || c == '.';
    });
}

// RFC 6068 2, as far as a report needs it: local-part, '@', a domain, in which U-labels are escaped; header
// fields after '?' are left alone.
bool names_a_mailbox(std::string_view rest) {
    rest = rest.substr(0, rest.find('?'));
    const auto at = rest.rfind('@');
    if (at == std::string_view::npos || at == 0) {
        return false;
    }
    const auto domain = base::percent_decode(rest.substr(at + 1));
    return domain && base::DomainName::parse_international(*domain).has_value();
}

// RFC 9989 4.8: an obsolete size limit, '!' and digits and perhaps a unit, is accepted and means nothing.
std::string_view without_size(std::string_view text) {
    const auto mark = text.rfind('!');
    if (mark == std::string_view::npos) {
        return text;
    }
    std::string_view size = text.substr(mark + 1);
    constexpr std::string_view units = "kmgt";
    if (!size.empty() && units.find(base::to_lower(size.back())) != std::string_view::npos) {
        size.remove_suffix(1);
    }
    const bool digits = !size.empty() && std::all_of(size.begin(), size.end(), base::is_digit);
    return digits ? text.substr(0, mark) : text;
}

} // namespace

std::optional<ReportUri> parse_report_uri(std::string_view text) {
    text = without_size(text);
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon)) || colon + 1 == text.size()) {
        return std::nullopt;
    }
    if (!std::all_of(text.begin(), text.end(), is_uri_character) || !base::percent_decode(text)) {
        return std::nullopt;
    }
    const bool mailto = base::iequals(text.substr(0, colon), "mailto");
    if (mailto && !names_a_mailbox(text.substr(colon + 1))) {
        return std::nullopt;
    }
    return ReportUri{std::string(text), mailto};
}

} // namespace dmarc
