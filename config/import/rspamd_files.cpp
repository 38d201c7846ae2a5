#include "config/import/rspamd_files.h"

#include "base/ascii.h"
#include "config/import/ucl_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace config::import {

namespace {

// As rspamd takes it: 0 is neither.
std::optional<bool> flag_of(const std::string& value) {
    constexpr std::array<std::string_view, 4> yes{"true", "yes", "on", "1"};
    constexpr std::array<std::string_view, 3> no{"false", "no", "off"};
    const auto is = [&](std::string_view word) { return base::iequals(value, word); };
    return std::ranges::any_of(yes, is)  ? std::optional(true)
           : std::ranges::any_of(no, is) ? std::optional(false)
                                         : std::nullopt;
}

// What a setting says of keys to sign with, if it says something.
bool tells_of_keys(const UclSetting& setting) {
    constexpr std::array<std::string_view, 7> named{"path",          "path_map",  "selector_map", "domain",
                                                    "signing_table", "key_table", "selector"};
    constexpr std::array<std::string_view, 3> turned_on{"use_redis", "use_vault", "use_http_headers"};
    return (std::ranges::find(named, setting.name) != named.end() && !setting.value.empty()) ||
           (std::ranges::find(turned_on, setting.name) != turned_on.end() &&
            flag_of(setting.value) != std::optional(false));
}

std::string rspamd_path(std::string path) {
    for (const auto& [name, place] :
         {std::pair<std::string_view, std::string_view>{"LOCAL_CONFDIR", "/etc/rspamd"},
          {"CONFDIR", "/etc/rspamd"},
          {"DBDIR", "/var/lib/rspamd"}}) {
        for (const std::string& mark : {fmt::format("${{{}}}", name), fmt::format("${}", name)}) {
            if (path.starts_with(mark)) {
                path.replace(0, mark.size(), place);
            }
        }
    }
    return path;
}

} // namespace

void RspamdSigning::read() {
    read_file("/etc/rspamd/modules.d/dkim_signing.conf", "dkim_signing");
    place.reset(); // the package's file has a selector, whether there are keys or not
    read_file("/etc/rspamd/local.d/dkim_signing.conf", "");
    read_file("/var/lib/rspamd/dynamic/dkim_signing.conf", "");
    read_file("/etc/rspamd/override.d/dkim_signing.conf", "");
    read_file("/etc/rspamd/rspamd.conf.override", "dkim_signing");
}

void RspamdSigning::read_file(const std::string& path, std::string_view section) {
    std::optional<bool> is_on, is_off;
    seen_ = 0;
    collect(path, section, is_on, is_off);
    if (is_on || is_off) {
        enabled = is_on.value_or(!is_off.value_or(false));
    }
}

// Of two in one file rspamd takes the first.
void RspamdSigning::collect(const std::string& path, std::string_view section, std::optional<bool>& is_on,
                            std::optional<bool>& is_off) {
    constexpr std::size_t most = 100; // one that includes itself ends as well
    const auto text = unread || ++seen_ > most ? std::string() : read_if_there(files_, path);
    if (!text) {
        unread = UnreadFile{path, text.error()};
        return;
    }
    for (const UclSetting& setting : ucl_settings(*text, section)) {
        if (setting.name == ".include" && !path.starts_with("/etc/rspamd/modules.d/")) {
            collect(rspamd_path(setting.value), "", is_on, is_off);
        } else if (setting.name == "enabled" && !is_on) {
            is_on = flag_of(setting.value);
        } else if (setting.name == "disabled" && !is_off) {
            is_off = flag_of(setting.value);
        } else if (!place && tells_of_keys(setting)) {
            place = Place{path, setting.line, 0};
            evidence = setting.name;
        }
    }
}

bool RspamdSockets::has(const base::SocketName& socket) const {
    return socket.is_unix() ? std::ranges::find(paths, socket.path) != paths.end()
                            : std::ranges::find(ports, std::to_string(socket.port)) != ports.end();
}

RspamdSockets rspamd_sockets(const Files& files) {
    RspamdSockets sockets;
    for (const std::string path :
         {"/etc/rspamd/local.d/worker-proxy.inc", "/etc/rspamd/override.d/worker-proxy.inc"}) {
        const auto text = read_if_there(files, path);
        if (!text) {
            sockets.unread = UnreadFile{path, text.error()};
            return sockets;
        }
        RspamdSockets own{.ports = {}};
        for (const UclSetting& setting : ucl_settings(*text)) {
            const std::string value = setting.value.substr(0, setting.value.find(' '));
            if (setting.name != "bind_socket" || value.empty() || value == "[") {
                continue;
            }
            if (value.starts_with('/')) {
                own.paths.push_back(value);
            } else if (const auto colon = value.rfind(':'); colon != std::string::npos) {
                own.ports.push_back(value.substr(colon + 1));
            }
        }
        sockets = own.ports.empty() && own.paths.empty() ? sockets : own;
    }
    return sockets;
}

} // namespace config::import
