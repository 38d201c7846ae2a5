#include "config/policy_checks.h"

#include "authenticate/pattern.h"
#include "authenticate/reply.h"
#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/secret_text.h"
#include "config/number_text.h"
#include "config/suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace config {

namespace {

constexpr std::size_t longest_name = 64;

const std::vector<std::string_view> placeholders{"domain",   "result", "ip",         "sender",
                                                 "queue_id", "policy", "explanation"};

bool is_label_octet(char c) {
    return base::is_alnum(c) || c == '-' || c == '_';
}

std::optional<Refusal> refusal_of(std::string_view text, std::string_view what, std::string hint) {
    return Refusal{fmt::format("{} is not {}", base::quoted(text), what), std::move(hint)};
}

// What people write around an address or in place of a domain.
std::string pattern_hint(std::string_view text, std::string_view otherwise) {
    if (text.starts_with('<') && text.ends_with('>') && text.size() > 2) {
        return fmt::format("write {}", base::quoted(text.substr(1, text.size() - 2)));
    }
    if (text.starts_with('@')) {
        return fmt::format("write {}", base::quoted(text.substr(1)));
    }
    if (text.starts_with("*.")) {
        return fmt::format("write {}", base::quoted(text.substr(1)));
    }
    const auto domain = base::DomainName::parse_international(text);
    return domain ? fmt::format("write {}", base::quoted(domain->text())) : std::string(otherwise);
}

std::string placeholder_hint(std::string_view text, std::size_t position) {
    const auto close = text.find('}', position);
    if (text.substr(position, 1) != "{" || close == std::string_view::npos) {
        return {};
    }
    const auto meant = nearest(text.substr(position + 1, close - position - 1), placeholders);
    return meant ? fmt::format("did you mean {{{}}}?", *meant)
                 : fmt::format("there are {{{}}}", fmt::join(placeholders, "}, {"));
}

} // namespace

std::optional<Refusal> check_profile_name(std::string_view text) {
    const bool good = !text.empty() && text.size() <= longest_name &&
                      !base::may_be_key(text) && // it is shown everywhere
                      std::all_of(text.begin(), text.end(), is_label_octet);
    if (!good) {
        return refusal_of(text, "the name of a profile", "letters, digits, hyphens and underscores");
    }
    if (text == "default") {
        return Refusal{"'default' is the policy of all other mail",
                       "write its settings below 'policy', or take another name"};
    }
    return std::nullopt;
}

std::optional<Refusal> check_reason(std::string_view text) {
    constexpr std::string_view delimiters = "=()\\\";";
    const bool good = text.size() <= longest_name && std::all_of(text.begin(), text.end(), [&](char c) {
                          return base::is_printable(c) && delimiters.find(c) == std::string_view::npos;
                      });
    return good ? std::nullopt
                : refusal_of(
                      text, "a reason that can be shown",
                      fmt::format("at most {} characters of ASCII, none of {}", longest_name, delimiters));
}

std::optional<Refusal> check_port(std::string_view text) {
    constexpr std::uint64_t highest = 65'535;
    const auto number = parse_decimal(text);
    const bool good = number && *number >= 1 && *number <= highest && !text.starts_with('0');
    return good ? std::nullopt : refusal_of(text, "a port", "a number from 1 to 65535");
}

std::string settled_domain_pattern(std::string_view text) {
    const bool below = text.starts_with('.');
    const auto domain = base::DomainName::parse_international(below ? text.substr(1) : text);
    return domain ? (below ? "." : "") + domain->text() : std::string(text);
}

std::optional<Refusal> check_domain_pattern(std::string_view text) {
    const bool good =
        base::DomainName::parse_international(text.starts_with('.') ? text.substr(1) : text).has_value();
    return good ? std::nullopt
                : refusal_of(text, "a domain",
                             pattern_hint(text, "write example.org, or .example.org for all names below it"));
}

std::optional<Refusal> check_host_pattern(std::string_view text) {
    const bool good = authenticate::read_pattern(text).has_value() && text != "<>" &&
                      text.find('@') == std::string_view::npos;
    return good ? std::nullopt
                : refusal_of(text, "a name or a pattern",
                             pattern_hint(text, "write example.org, .example.org or *.example.*"));
}

std::optional<Refusal> check_address_pattern(std::string_view text) {
    return authenticate::read_pattern(text)
               ? std::nullopt
               : refusal_of(text, "an address, a domain or a pattern",
                            pattern_hint(text, "write ann@example.org, example.org, .example.org or "
                                               "*-bounces@example.org"));
}

std::optional<Refusal> check_reply(std::string_view text) {
    const auto reply = authenticate::ReplyText::parse(text);
    return reply ? std::nullopt
                 : std::optional(
                       Refusal{reply.error().message, placeholder_hint(text, reply.error().position)});
}

} // namespace config
