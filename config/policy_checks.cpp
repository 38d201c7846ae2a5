#include "config/policy_checks.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/secret_text.h"
#include "config/number_text.h"
#include "config/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace config {

namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_pattern = 320; // 64 octets, an at-sign, 255 octets
constexpr std::size_t longest_reply = 400;   // RFC 5321 4.5.3.1.5 has 512 octets with code and line end

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

bool is_host_pattern(std::string_view text) {
    return !text.empty() && text.size() <= longest_pattern && text != "." &&
           text.find("..") == std::string_view::npos && !text.ends_with('.') &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_label_octet(c) || c == '.' || c == '*'; });
}

bool is_local_part_pattern(std::string_view text) {
    constexpr std::string_view delimiters = "<>()[]\\,;:\"";
    return !text.empty() && std::none_of(text.begin(), text.end(), [&](char c) {
        return base::is_wsp(c) || base::is_control(c) || delimiters.find(c) != std::string_view::npos;
    });
}

} // namespace

std::optional<Refusal> check_profile_name(std::string_view text) {
    const bool good =
        !text.empty() && text.size() <= longest_name && std::all_of(text.begin(), text.end(), is_label_octet);
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
    return is_host_pattern(text)
               ? std::nullopt
               : refusal_of(text, "a name or a pattern",
                            pattern_hint(text, "write example.org, .example.org or *.example.*"));
}

std::optional<Refusal> check_address_pattern(std::string_view text) {
    const auto at = text.rfind('@');
    const bool is_address = at != std::string_view::npos;
    const bool good = text.size() <= longest_pattern &&
                      is_host_pattern(is_address ? text.substr(at + 1) : text) &&
                      (!is_address || is_local_part_pattern(text.substr(0, at)));
    return good ? std::nullopt
                : refusal_of(text, "an address, a domain or a pattern",
                             pattern_hint(text, "write ann@example.org, example.org, .example.org or "
                                                "bounces+*@example.org"));
}

std::optional<Refusal> check_reply(std::string_view text) {
    if (text.size() > longest_reply || !base::all_printable(text)) {
        return Refusal{"a reply is one line of ASCII",
                       fmt::format("at most {} characters without line ends", longest_reply)};
    }
    for (auto open = text.find_first_of("{}"); open != std::string_view::npos;
         open = text.find_first_of("{}", open)) {
        const auto close = text.find('}', open);
        if (text[open] == '}' || close == std::string_view::npos) {
            return Refusal{"a brace in a reply begins or ends a placeholder, and this one does neither",
                           "write {domain} for the domain"};
        }
        const std::string_view name = text.substr(open + 1, close - open - 1);
        if (std::find(placeholders.begin(), placeholders.end(), name) == placeholders.end()) {
            const auto meant = nearest(name, placeholders);
            return Refusal{
                fmt::format("there is no placeholder {}", base::quoted(fmt::format("{{{}}}", name))),
                meant ? fmt::format("did you mean '{{{}}}'?", *meant)
                      : "there are {domain}, {result}, {ip}, {sender}, {queue_id}, {policy} and "
                        "{explanation}"};
        }
        open = close + 1;
    }
    return std::nullopt;
}

} // namespace config
