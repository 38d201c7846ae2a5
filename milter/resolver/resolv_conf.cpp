#include "milter/resolver/resolv_conf.h"

#include "base/ascii.h"
#include "base/ip_address.h"

#include <fstream>
#include <sstream>

namespace milter::resolver {

namespace {

constexpr std::size_t max_servers = 8;
constexpr std::string_view keyword = "nameserver";

// The address of a "nameserver ADDRESS" line.
std::optional<base::IpAddress> address_in(std::string_view line) {
    // glibc wants the keyword in the first column, and so do we: an indented line is not a server to it
    // either.
    if (!line.starts_with(keyword)) {
        return std::nullopt;
    }
    line.remove_prefix(keyword.size());
    if (line.empty() || !base::is_wsp(line.front())) {
        return std::nullopt;
    }
    line = base::trim_fws(line);
    line = line.substr(0, line.find_first_of(" \t#;"));
    return base::IpAddress::parse(line);
}

} // namespace

std::vector<Server> parse_resolv_conf(std::string_view text) {
    std::vector<Server> servers;
    for (const std::string_view line : base::split(text, '\n')) {
        if (auto address = address_in(line); address && servers.size() < max_servers) {
            servers.push_back({*address});
        }
    }
    if (servers.empty()) {
        servers.push_back({base::IpAddress(base::IpAddress::V4{127, 0, 0, 1})});
    }
    return servers;
}

std::optional<std::vector<Server>> ResolvConf::changed(Time now) {
    if (looked_ && now < *looked_ + look_interval) {
        return std::nullopt;
    }
    const bool first = !looked_;
    looked_ = now;
    const auto identity = identify();
    if (!first && (!identity || identity == known_)) {
        return std::nullopt;
    }
    std::ifstream file(path_, std::ios::binary);
    std::ostringstream text;
    if (file) {
        text << file.rdbuf();
    } else if (!first) {
        return std::nullopt;
    }
    known_ = identity;
    return parse_resolv_conf(text.str());
}

std::optional<ResolvConf::Identity> ResolvConf::identify() const {
    struct stat status{};
    if (stat(path_.c_str(), &status) != 0) {
        return std::nullopt;
    }
    return Identity{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                    status.st_mtim.tv_nsec};
}

} // namespace milter::resolver
