#include "config/text_checks.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/ip_address.h"
#include "base/secret_text.h"
#include "config/number_text.h"
#include "dkim/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace config {

namespace {

std::optional<Refusal> refuse_unless(bool good, std::string reason, std::string hint = {}) {
    return good ? std::nullopt : std::optional(Refusal{std::move(reason), std::move(hint)});
}

bool is_port(std::string_view text) {
    const auto port = parse_decimal(text);
    return port && *port >= 1 && *port <= 65535;
}

bool is_host(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) {
        const auto address = base::IpAddress::parse(text.substr(1, text.size() - 2));
        return address && !address->is_v4();
    }
    return base::IpAddress::parse(text) || base::DomainName::parse(text);
}

// "HOST:PORT", the host possibly in brackets, or "PORT@HOST".
bool is_endpoint(std::string_view text) {
    if (const auto at = text.find('@'); at != std::string_view::npos) {
        return is_port(text.substr(0, at)) && is_host(text.substr(at + 1));
    }
    const auto colon = text.rfind(':');
    return colon != std::string_view::npos && is_port(text.substr(colon + 1)) &&
           is_host(text.substr(0, colon));
}

// sun_path has 108 octets, the closing NUL among them.
constexpr std::size_t longest_socket_path = 107;

// What may have been meant: the slash was forgotten, or the daemon's own directory.
std::string absolute_path(std::string_view path) {
    if (path.starts_with("run/") || path.starts_with("var/")) {
        return fmt::format("/{}", path);
    }
    const auto name = path.substr(path.rfind('/') + 1);
    return fmt::format("/run/paraph/{}", name.empty() ? std::string_view("paraph.sock") : name);
}

std::optional<Refusal> check_socket_path(std::string_view path) {
    if (!path.starts_with('/')) {
        return Refusal{"the path of a unix socket must be absolute",
                       fmt::format("write {}", base::quoted(fmt::format("unix:{}", absolute_path(path))))};
    }
    return refuse_unless(
        path.size() <= longest_socket_path,
        fmt::format("the path of a unix socket may have {} characters", longest_socket_path));
}

} // namespace

std::optional<Refusal> check_socket(std::string_view text) {
    const auto colon = text.find(':');
    const std::string_view family = text.substr(0, colon);
    const std::string_view rest =
        colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    if (family == "unix" || family == "local") {
        return check_socket_path(rest);
    }
    if ((family == "inet" || family == "inet6") && is_endpoint(rest)) {
        return std::nullopt;
    }
    if (text.starts_with('/')) {
        return Refusal{fmt::format("{} is not a socket", base::quoted(text)),
                       fmt::format("write {}", base::quoted(fmt::format("unix:{}", text)))};
    }
    return Refusal{fmt::format("{} is not a socket", base::quoted(text)),
                   "write inet:HOST:PORT, inet6:[HOST]:PORT or unix:/PATH"};
}

std::optional<Refusal> check_authserv_id(std::string_view text) {
    if (!base::all_ascii(text)) {
        const auto name = base::DomainName::parse_international(text);
        return Refusal{"an authserv-id must be ASCII",
                       name ? fmt::format("write {}", base::quoted(name->text())) : ""};
    }
    constexpr std::string_view special = ";\"\\(),<>";
    const auto bad = std::find_if(text.begin(), text.end(), [&](char c) {
        return !base::is_visible(c) || special.find(c) != std::string_view::npos;
    });
    if (bad == text.end()) {
        // A dot at the end of an id says nothing, so that of dots alone nothing would be left to compare.
        return refuse_unless(text.empty() || std::any_of(text.begin(), text.end(), base::is_alnum),
                             fmt::format("an authserv-id of {} names nobody", base::quoted(text)),
                             "usually it is the host's name");
    }
    return Refusal{*bad == ' ' ? "an authserv-id may not contain blanks"
                               : fmt::format("an authserv-id may not contain '{}'", *bad),
                   "usually it is the host's name"};
}

std::optional<Refusal> check_field_name(std::string_view text) {
    // RFC 5322 3.6.8 has more characters, which no field bears: they come of lists and patterns, and some
    // would end the h= tag of a signature.
    constexpr std::string_view misplaced = ":;,*?\"'()<>[]{}@\\|=";
    const bool good = std::all_of(text.begin(), text.end(), [&](char c) {
        return base::is_visible(c) && misplaced.find(c) == std::string_view::npos;
    });
    const bool colon = text.size() > 1 && text.find(':') == text.size() - 1;
    return refuse_unless(good, fmt::format("{} is not the name of a header field", base::quoted(text)),
                         colon ? "leave out the colon" : "");
}

std::optional<Refusal> check_own_field_name(std::string_view text) {
    if (auto refusal = check_field_name(text)) {
        return refusal;
    }
    // Fields of this name are removed from incoming mail; none that means something to others may be meant.
    return refuse_unless(text.size() > 2 && base::iequals(text.substr(0, 2), "X-"),
                         fmt::format("{} is not a name for a field of our own", base::quoted(text)),
                         "take a name that begins with X-");
}

std::optional<Refusal> check_nameserver(std::string_view text) {
    const bool bracketed = text.starts_with('[');
    const auto colon = text.rfind(':');
    const bool v4_port = colon != std::string_view::npos && text.find(':') == colon &&
                         is_port(text.substr(colon + 1)) && base::IpAddress::parse(text.substr(0, colon));
    const bool good =
        base::IpAddress::parse(text) || v4_port || (bracketed && (is_host(text) || is_endpoint(text)));
    return refuse_unless(good, fmt::format("{} is not the address of a name server", base::quoted(text)),
                         "write 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353");
}

std::optional<Refusal> check_name(std::string_view text) {
    const bool good = std::all_of(text.begin(), text.end(), [](char c) { return base::is_visible(c); });
    return refuse_unless(good, fmt::format("{} is not a name", base::quoted(text)),
                         "names are printable ASCII without blanks");
}

std::optional<Refusal> check_selector(std::string_view text) {
    if (const auto label = dkim::key_record_label(text); label != std::string_view::npos) {
        return Refusal{fmt::format("{} is the name of a key record", base::quoted(text)),
                       fmt::format("write only the selector, {}", base::quoted(text.substr(0, label)))};
    }
    return refuse_unless(dkim::read_selector_name(text).has_value() && base::all_ascii(text),
                         fmt::format("{} is not a selector", base::quoted(text)),
                         "letters, digits, hyphens and dots, for example s2026");
}

std::optional<Refusal> check_identity(std::string_view text) {
    const bool good = dkim::identity_domain(text).has_value();
    return refuse_unless(good, fmt::format("{} is not an identity", base::quoted(text)),
                         "write user@domain, or @domain for the domain as a whole");
}

} // namespace config
