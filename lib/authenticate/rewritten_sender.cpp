#include "authenticate/rewritten_sender.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "message/reverse_path.h"

#include <algorithm>

namespace authenticate {

namespace {

// The tag is followed by one of three separators.
bool has_tag(std::string_view local_part, std::string_view tag) {
    return base::istarts_with(local_part, tag) && local_part.size() > tag.size() &&
           std::string_view("=+-").find(local_part[tag.size()]) != std::string_view::npos;
}

bool looks_rewritten(std::string_view local_part) {
    return has_tag(local_part, "SRS0") || has_tag(local_part, "SRS1") ||
           base::to_lower(local_part).find("=srs=") != std::string::npos;
}

bool is_ours(const std::string& domain, const std::vector<std::string>& domains) {
    const auto name = base::DomainName::parse_international(domain);
    return domains.empty() || (name && std::any_of(domains.begin(), domains.end(), [&](const auto& one) {
                                   return base::iequals(one, name->text());
                               }));
}

// SRS0=HASH=TIME=domain=local-part, in which only the last may contain the separator.
std::optional<std::string> decode(std::string_view local_part) {
    constexpr std::size_t tag = 5; // with its separator
    if (!has_tag(local_part, "SRS0")) {
        return std::nullopt;
    }
    const auto pieces = base::split(local_part.substr(tag), '=');
    if (pieces.size() < 4 || pieces[0].empty() || pieces[1].empty() || pieces[3].empty()) {
        return std::nullopt;
    }
    const auto domain = base::DomainName::parse_international(pieces[2]);
    if (!domain) {
        return std::nullopt;
    }
    const auto local = local_part.substr(static_cast<std::size_t>(pieces[3].data() - local_part.data()));
    return std::string(local) + '@' + domain->text();
}

} // namespace

std::optional<OriginalSender> original_sender(const std::string& mail_from, const RelayRules& rules) {
    const auto path = message::read_reverse_path(mail_from);
    if (!looks_rewritten(path.local_part) || !is_ours(path.domain, rules.srs_domains)) {
        return std::nullopt;
    }
    if (rules.srs == RewrittenSender::none) {
        return OriginalSender{{}, "a relay rewrote MAIL FROM"};
    }
    const auto original = path.disputed ? std::nullopt : decode(path.local_part);
    if (!original) {
        return OriginalSender{{}, "a relay rewrote MAIL FROM, and it does not hold the original"};
    }
    return OriginalSender{*original, {}};
}

} // namespace authenticate
