// Lists of hosts: addresses, blocks and names, and exceptions from them.
//
//     10.0.0.0/8, !10.9.0.0/16, mail.example.org, .example.net, !guest.example.net
//
// The order is OpenDKIM's: the most specific entry decides, wherever it stands in the list, and an exception
// before an entry that is as specific. The name is looked up first: as a whole, then each part of it from a
// dot on, so that ".example.net" is every name below example.net but not that name. An exception from a name
// says only that the name lets nobody in: the address may still do so. An exception from an address is final.
#pragma once

#include "base/ip_address.h"
#include "base/ip_network.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

class HostPattern {
  public:
    HostPattern(const IpNetwork& network) : network_(network) {} // NOLINT: a block is a pattern as it stands

    // "192.0.2.1", "[192.0.2.1]", "192.0.2.0/24", "mail.example.org" or ".example.org", each perhaps behind
    // "!". U-labels become A-labels.
    [[nodiscard]] static Result<HostPattern> parse(std::string_view text);

    [[nodiscard]] bool is_exception() const { return exception_; }
    // None: it is a name.
    [[nodiscard]] const std::optional<IpNetwork>& network() const { return network_; }
    // ".example.org" for the names below example.org; empty: it is a block.
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::string print() const;

    bool operator==(const HostPattern&) const = default;

  private:
    explicit HostPattern(std::string name) : name_(std::move(name)) {}

    std::optional<IpNetwork> network_;
    std::string name_;
    bool exception_ = false;
};

using HostList = std::vector<HostPattern>;

// The entry that takes the host in; null where there is none or an exception is in the way. `name` must be
// one that leads back to the address, since whoever runs the reverse zone of an address may write any name
// there; empty: there is no such name.
[[nodiscard]] const HostPattern* find_host(const HostList& list, std::string_view name,
                                           const std::optional<IpAddress>& address);

} // namespace base
