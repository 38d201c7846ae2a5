#include "base/host_list.h"

#include "base/ascii.h"
#include "base/domain_name.h"

#include <algorithm>
#include <utility>

namespace base {

namespace {

// No name in use ends without a letter: such a text is an address that is wrong or incomplete.
bool ends_in_number(std::string_view name) {
    const auto last = name.substr(name.rfind('.') + 1);
    return std::none_of(last.begin(), last.end(), is_alpha);
}

Result<std::string> parse_name(std::string_view text) {
    const bool below = text.starts_with('.');
    const auto name = DomainName::parse_international(text.substr(below ? 1 : 0));
    if (!name || ends_in_number(name->text()) || text.ends_with('.')) {
        if (text.starts_with("*.")) {
            return refuse("a name and all below it are two entries, such as example.org and .example.org", 0);
        }
        return refuse("expected an address, a block such as 192.0.2.0/24, or a name such as .example.org", 0);
    }
    return (below ? "." : "") + name->text();
}

bool is_address_like(std::string_view text) {
    return text.find_first_of(":/") != std::string_view::npos || IpAddress::parse(text);
}

std::string_view without_brackets(std::string_view text) {
    return text.starts_with('[') && text.ends_with(']') ? text.substr(1, text.size() - 2) : text;
}

bool covers_name(const HostPattern& pattern, std::string_view name) {
    return pattern.name().starts_with('.') ? name.ends_with(pattern.name()) : name == pattern.name();
}

// The one that decides: the most specific of those that match, an exception before another.
template <class Matches, class Weight>
const HostPattern* decisive(const HostList& list, Matches matches, Weight weight) {
    const HostPattern* best = nullptr;
    for (const HostPattern& pattern : list) {
        if (!matches(pattern)) {
            continue;
        }
        if (best == nullptr || weight(pattern) > weight(*best) ||
            (weight(pattern) == weight(*best) && pattern.is_exception())) {
            best = &pattern;
        }
    }
    return best;
}

const HostPattern* by_name(const HostList& list, std::string_view given) {
    const auto name = DomainName::parse(given);
    if (!name) {
        return nullptr;
    }
    return decisive(
        list,
        [&](const HostPattern& pattern) { return !pattern.network() && covers_name(pattern, name->text()); },
        [](const HostPattern& pattern) { return pattern.name().size(); });
}

const HostPattern* by_address(const HostList& list, const IpAddress& address) {
    return decisive(
        list,
        [&](const HostPattern& pattern) { return pattern.network() && pattern.network()->contains(address); },
        [](const HostPattern& pattern) { return pattern.network()->length(); });
}

} // namespace

Result<HostPattern> HostPattern::parse(std::string_view text) {
    const bool exception = text.starts_with('!');
    const auto host = without_brackets(text.substr(exception ? 1 : 0));
    if (is_address_like(host)) {
        const auto network = IpNetwork::parse(host);
        if (!network) {
            return refuse(network.error());
        }
        HostPattern pattern(*network);
        pattern.exception_ = exception;
        return pattern;
    }
    auto name = parse_name(host);
    if (!name) {
        return refuse(std::move(name.error()));
    }
    HostPattern pattern(std::move(*name));
    pattern.exception_ = exception;
    return pattern;
}

std::string HostPattern::print() const {
    return (exception_ ? "!" : "") + (network_ ? network_->print() : name_);
}

const HostPattern* find_host(const HostList& list, std::string_view name,
                             const std::optional<IpAddress>& address) {
    const HostPattern* found = name.empty() ? nullptr : by_name(list, name);
    if (found == nullptr || found->is_exception()) {
        found = address ? by_address(list, *address) : nullptr;
    }
    return found == nullptr || found->is_exception() ? nullptr : found;
}

} // namespace base
