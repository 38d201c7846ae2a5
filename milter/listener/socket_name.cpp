#include "milter/listener/socket_name.h"

#include "base/ascii.h"
#include "base/secret_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::listener {

namespace {

constexpr std::string_view spellings =
    "expected inet:HOST:PORT, inet6:[HOST]:PORT, inet:PORT@HOST or unix:/PATH";

bool is_port(std::string_view text) {
    constexpr std::size_t digits = 5;
    return !text.empty() && text.size() <= digits && std::all_of(text.begin(), text.end(), base::is_digit) &&
           std::stoul(std::string(text)) <= 65535;
}

std::string_view without_brackets(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) {
        return host.substr(1, host.size() - 2);
    }
    return host;
}

base::Result<std::string> inet_socket(std::string_view family, std::string_view rest) {
    std::string_view host;
    std::string_view port;
    if (const auto at = rest.find('@'); at != std::string_view::npos) {
        port = rest.substr(0, at);
        host = rest.substr(at + 1);
    } else if (const auto colon = rest.rfind(':'); colon != std::string_view::npos) {
        host = rest.substr(0, colon);
        port = rest.substr(colon + 1);
    } else {
        port = rest;
    }
    host = without_brackets(host);
    if (!is_port(port)) {
        return base::refuse(fmt::format("{} is not a port; {}", base::quoted(port), spellings),
                            family.size() + 1);
    }
    const bool v6 = host.find(':') != std::string_view::npos;
    return fmt::format("{}:{}{}{}", v6 ? "inet6" : family, port, host.empty() ? "" : "@", host);
}

} // namespace

base::Result<std::string> milter_socket(std::string_view setting) {
    const auto colon = setting.find(':');
    const auto family = setting.substr(0, colon);
    const auto rest = colon == std::string_view::npos ? std::string_view() : setting.substr(colon + 1);
    if (family == "inet" || family == "inet6") {
        return inet_socket(family, rest);
    }
    if ((family == "unix" || family == "local") && rest.starts_with('/')) {
        return fmt::format("unix:{}", rest);
    }
    if (family == "unix" || family == "local") {
        return base::refuse(
            fmt::format("the path of a unix socket must be absolute, not {}", base::quoted(rest)), colon + 1);
    }
    return base::refuse(fmt::format("{} is not a socket; {}", base::quoted(setting), spellings), 0);
}

} // namespace milter::listener
