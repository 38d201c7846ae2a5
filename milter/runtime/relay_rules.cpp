#include "milter/runtime/relay_rules.h"

#include "base/domain_name.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>

namespace milter::runtime {

namespace {

constexpr std::size_t most_addresses = 64;                       // of one name
constexpr unsigned whole = std::numeric_limits<unsigned>::max(); // prefix of a block of one

std::optional<base::IpAddress> address_of(const addrinfo& info) {
    if (info.ai_family == AF_INET) {
        sockaddr_in socket{};
        std::memcpy(&socket, info.ai_addr, sizeof socket);
        base::IpAddress::V4 bytes{};
        std::memcpy(bytes.data(), &socket.sin_addr, bytes.size());
        return base::IpAddress(bytes);
    }
    if (info.ai_family == AF_INET6) {
        sockaddr_in6 socket{};
        std::memcpy(&socket, info.ai_addr, sizeof socket);
        base::IpAddress::V6 bytes{};
        std::memcpy(bytes.data(), &socket.sin6_addr, bytes.size());
        return base::IpAddress(bytes);
    }
    return std::nullopt;
}

void add_host(const Addresses& addresses, std::vector<base::IpNetwork>& networks) {
    std::transform(addresses.begin(), addresses.end(), std::back_inserter(networks),
                   [](const auto& address) { return base::IpNetwork(address, whole); });
}

class Loader {
  public:
    Loader(const LookUpHost& look_up, const KnownHosts& known) : look_up_(look_up), known_(known) {}

    LoadedRelays run(const config::Settings::Relays& settings) {
        loaded_.rules.most_hops = settings.most_hops;
        loaded_.rules.srs = settings.srs;
        for (const auto& domain : settings.srs_domains) {
            const auto name = base::DomainName::parse_international(domain);
            loaded_.rules.srs_domains.push_back(name ? name->text() : domain);
        }
        for (const auto& entry : settings.hosts) {
            add_relay(entry);
        }
        return std::move(loaded_);
    }

  private:
    void add_relay(const config::RelayEntry& entry) {
        authenticate::Relay relay{
            .addresses = {}, .inside = entry.inside, .names = entry.names, .form = entry.form};
        for (const auto& text : entry.addresses) {
            if (auto network = base::IpNetwork::parse(text)) {
                relay.addresses.push_back(*network);
            } else {
                add_host(addresses_of(text, entry), relay.addresses);
            }
        }
        loaded_.rules.relays.push_back(std::move(relay));
    }

    Addresses addresses_of(const std::string& name, const config::RelayEntry& entry) {
        auto found = look_up_(name);
        if (!found) {
            const auto before = known_.find(name);
            const bool stays = before != known_.end();
            loaded_.unknown.push_back({entry.named_in, entry.line,
                                       fmt::format("the relay '{}' cannot be looked up{}: {}", name,
                                                   stays ? ", and keeps its addresses" : "", found.error()),
                                       name, stays});
            if (!stays) {
                return {};
            }
            found = before->second;
        }
        loaded_.hosts[name] = *found;
        return std::move(*found);
    }

    const LookUpHost& look_up_;
    const KnownHosts& known_;
    LoadedRelays loaded_;
};

} // namespace

HostAddresses look_up_host(const std::string& name) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (const int error = getaddrinfo(name.c_str(), nullptr, &hints, &list); error != 0) {
        return base::refuse(std::string(gai_strerror(error)));
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
    Addresses addresses;
    for (const addrinfo* info = list; info != nullptr && addresses.size() < most_addresses;
         info = info->ai_next) {
        if (const auto address = address_of(*info)) {
            addresses.push_back(*address);
        }
    }
    return addresses;
}

std::string LoadedRelays::missed() const {
    const auto found = std::find_if(unknown.begin(), unknown.end(),
                                    [](const UnknownRelay& relay) { return !relay.keeps_addresses; });
    return found == unknown.end() ? "" : found->name;
}

LoadedRelays relay_rules(const config::Settings::Relays& settings, const LookUpHost& look_up,
                         const KnownHosts& known) {
    return Loader(look_up, known).run(settings);
}

} // namespace milter::runtime
