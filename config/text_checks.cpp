#include "config/text_checks.h"

#include "authenticate/policyd_reply.h"
#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/ip_network.h"
#include "base/secret_text.h"
#include "config/policy_checks.h"
#include "dkim/field_lists.h"
#include "dkim/names.h"
#include "message/field_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace config {

namespace {

std::optional<Refusal> refuse_unless(bool good, std::string reason, std::string hint = {}) {
    return good ? std::nullopt : std::optional(Refusal{std::move(reason), std::move(hint)});
}

constexpr const char* socket_spellings = "write inet:HOST:PORT, inet6:[HOST]:PORT or unix:/PATH";

// What may have been meant: the slash was forgotten, or the daemon's own directory.
std::string absolute_path(std::string_view path) {
    if (path.starts_with("run/") || path.starts_with("var/")) {
        return fmt::format("/{}", path);
    }
    const auto name = path.substr(path.rfind('/') + 1);
    return fmt::format("/run/paraph/{}", name.empty() ? std::string_view("paraph.sock") : name);
}

std::optional<Refusal> refusal_of_path(std::string_view path) {
    if (!path.starts_with('/')) {
        return Refusal{"the path of a unix socket must be absolute",
                       fmt::format("write {}", base::quoted(fmt::format("unix:{}", absolute_path(path))))};
    }
    return refuse_unless(
        path.size() <= base::SocketName::longest_path,
        fmt::format("the path of a unix socket may have {} characters", base::SocketName::longest_path));
}

// Multicast and broadcast; and link-local addresses of IPv6, which need the name of an interface.
bool is_no_host(const base::IpAddress& address) {
    constexpr std::array<std::string_view, 4> blocks{"224.0.0.0/4", "255.255.255.255/32", "ff00::/8",
                                                     "fe80::/10"};
    return std::any_of(blocks.begin(), blocks.end(), [&](std::string_view text) {
        const auto block = base::IpNetwork::parse(text);
        return block && block->contains(address);
    });
}

} // namespace

base::Result<base::SocketName, Refusal> read_socket(std::string_view text) {
    auto socket = base::SocketName::parse(text);
    if (text == "unix:" || text == "local:") {
        return base::refuse(*refusal_of_path(""));
    }
    if (!socket) {
        return base::refuse(Refusal{std::move(socket.error().message),
                                    text.starts_with('/')
                                        ? fmt::format("write {}", base::quoted(fmt::format("unix:{}", text)))
                                        : socket_spellings});
    }
    if (!socket->is_unix() && socket->host.empty()) {
        return base::refuse(
            Refusal{fmt::format("{} does not say on which address", base::quoted(text)), socket_spellings});
    }
    if (auto refusal = socket->is_unix() ? refusal_of_path(socket->path) : std::nullopt) {
        return base::refuse(std::move(*refusal));
    }
    return std::move(*socket);
}

std::optional<Refusal> check_authserv_id(std::string_view text) {
    if (!base::all_ascii(text)) {
        const auto name = base::DomainName::parse_international(text);
        return Refusal{"an authserv-id must be ASCII",
                       name ? fmt::format("write {}", base::quoted(name->text())) : ""};
    }
    constexpr std::size_t longest_id = 255; // as long as a host's name can be
    if (text.size() > longest_id) {
        return Refusal{fmt::format("an authserv-id may have {} characters", longest_id),
                       "usually it is the host's name"};
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
    if (text.size() > message::longest_own_field_name) {
        return Refusal{fmt::format("{} is too long for the name of a header field", base::quoted(text)),
                       fmt::format("a name of at most {} characters", message::longest_own_field_name)};
    }
    const bool colon = text.size() > 1 && text.find(':') == text.size() - 1;
    return refuse_unless(message::is_own_field_name(text),
                         fmt::format("{} is not the name of a header field", base::quoted(text)),
                         colon ? "leave out the colon" : "write one name, for example X-Example");
}

std::optional<Refusal> check_listed_field(std::string_view text) {
    return text == "*" ? std::nullopt : check_field_name(dkim::named_by(text));
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

base::Result<dns::Server, Refusal> read_nameserver(std::string_view text) {
    const auto server = dns::parse_server(text);
    if (!server) {
        return base::refuse(Refusal{fmt::format("{} is not the address of a name server", base::quoted(text)),
                                    "write 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353"});
    }
    if (is_no_host(server->address)) {
        return base::refuse(Refusal{fmt::format("{} never answers: it is no address of one host that can be "
                                                "reached from here",
                                                base::quoted(text)),
                                    "take a unicast address, and no link-local one of IPv6"});
    }
    return *server;
}

std::optional<Refusal> check_name(std::string_view text) {
    const bool good = std::all_of(text.begin(), text.end(), [](char c) { return base::is_visible(c); });
    return refuse_unless(good, fmt::format("{} is not a name", base::quoted(text)),
                         "names are printable ASCII without blanks");
}

std::optional<Refusal> check_relay_address(std::string_view text) {
    if (const auto network = base::IpNetwork::parse(text)) {
        return std::nullopt;
    }
    // "192.0.2" and "192.0.2.300" are no names, though a resolver might take them for one.
    const auto last = text.substr(text.rfind('.') + 1);
    const bool numeric = std::all_of(last.begin(), last.end(), base::is_digit);
    return refuse_unless(
        !numeric && base::DomainName::parse(text),
        fmt::format("{} is neither an address nor a block nor the name of a host", base::quoted(text)),
        "write 192.0.2.1, 192.0.2.0/24, 2001:db8::1 or mx2.example.org");
}

std::optional<Refusal> check_relay_name(std::string_view text) {
    return refuse_unless(!check_domain_pattern(text),
                         fmt::format("{} is not the name of a host", base::quoted(text)),
                         "write mx2.example.org, or .example.org for all below it");
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

std::optional<Refusal> check_domain(std::string_view text) {
    return refuse_unless(base::DomainName::parse_international(text).has_value(),
                         fmt::format("{} is not a domain", base::quoted(text)),
                         "write example.org, without a dot or a * in front");
}

std::optional<Refusal> check_reason_message(std::string_view text) {
    return refuse_unless(authenticate::has_only_placeholders(text, {"rejectdefer", "spf", "url"}),
                         "a placeholder or a brace that is none",
                         "the placeholders are {rejectdefer}, {spf} and {url}");
}

std::optional<Refusal> check_reason_url(std::string_view text) {
    const bool visible = std::all_of(text.begin(), text.end(), base::is_visible);
    return refuse_unless(visible && authenticate::has_only_placeholders(text, {"0", "1", "2", "3"}),
                         "not an address with the placeholders {0} to {3}");
}

} // namespace config
