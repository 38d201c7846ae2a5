#include "milter/daemon/relay_seeker.h"

#include "config/load.h"
#include "support/catch.h"
#include "support/memory_logger.h"
#include "support/table_resolver.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using milter::daemon::seek_relays;
using milter::runtime::HostAddresses;
using milter::runtime::Runtime;

namespace {

// As it is after a start without a DNS, of which a test asks nothing.
std::shared_ptr<const Runtime> runtime(const std::vector<std::string>& relays) {
    auto built = milter::runtime::build_runtime(config::default_settings(), "host.test");
    REQUIRE(built.runtime);
    auto runtime = std::const_pointer_cast<Runtime>(built.runtime);
    for (const std::string& name : relays) {
        config::RelayEntry entry;
        entry.addresses = {name};
        runtime->settings.relays.hosts.push_back(entry);
    }
    runtime->unknown_relay = relays.empty() ? "" : relays.front();
    return runtime;
}

struct Daemon {
    explicit Daemon(const std::vector<std::string>& names)
        : service(runtime(names), dns, logger, [] { return base::UnixTime{1777777777}; }) {}

    // What a DNS says that has these names.
    void seek(const std::vector<std::string>& names) {
        seek_relays(service, [&](const std::string& name) -> HostAddresses {
            ++asked;
            if (std::find(names.begin(), names.end(), name) == names.end()) {
                return base::refuse(std::string("no such name"));
            }
            return milter::runtime::Addresses{*base::IpAddress::parse("198.51.100.7")};
        });
    }

    [[nodiscard]] bool knows_relay() const {
        return find_relay(service.runtime()->relay_rules, *base::IpAddress::parse("198.51.100.7")) != nullptr;
    }

    test::TableResolver dns;
    test::MemoryLogger logger;
    milter::runtime::Service service;
    int asked = 0;
};

} // namespace

TEST_CASE("a relay whose name had no address is found later, and policy refuses again") {
    Daemon daemon({"mx2.example.net"});
    const auto before = daemon.service.runtime();
    CHECK(before->unknown_relay == "mx2.example.net");
    daemon.seek({});
    CHECK(daemon.service.runtime() == before);
    CHECK(daemon.logger.lines.empty());

    daemon.seek({"mx2.example.net"});
    CHECK(daemon.knows_relay());
    CHECK(daemon.service.runtime()->unknown_relay.empty());
    CHECK(daemon.service.runtime()->keys == before->keys); // nothing else was read again
    REQUIRE(daemon.logger.lines.size() == 1);
    CHECK(daemon.logger.lines[0] == "notice [RELAY_FOUND] the relay 'mx2.example.net' has an address now; "
                                    "mail is refused again where 'policy' says so");
}

TEST_CASE("one of two relays is found: the other one goes on being looked for") {
    Daemon daemon({"mx2.example.net", "mx3.example.net"});
    daemon.seek({"mx2.example.net"});
    CHECK(daemon.knows_relay());
    CHECK(daemon.service.runtime()->unknown_relay == "mx3.example.net");
    REQUIRE(daemon.logger.lines.size() == 1);
    CHECK(daemon.logger.lines[0].ends_with("that of 'mx3.example.net' is still not known"));
    daemon.seek({"mx3.example.net"}); // the first one keeps its address
    CHECK(daemon.knows_relay());
    CHECK(daemon.service.runtime()->unknown_relay.empty());
}

TEST_CASE("nothing is asked while all relays are known") {
    Daemon daemon({});
    daemon.seek({});
    CHECK(daemon.asked == 0);
}

TEST_CASE("who seeks sleeps while all relays are known, until another configuration comes") {
    using milter::daemon::next_look;
    using milter::threads::Wakeup;
    Daemon daemon({});
    CHECK_FALSE(next_look(daemon.service));
    Wakeup sleeper;
    const auto rung = [&] { return sleeper.sleep_until(Wakeup::Clock::time_point::min()); };
    {
        const milter::runtime::ChangeBell bell(daemon.service, sleeper);
        CHECK_FALSE(rung());
        daemon.service.replace_runtime(runtime({"mx2.example.net"}));
        CHECK(rung());
        CHECK_FALSE(rung());
        CHECK(next_look(daemon.service));
        daemon.seek({"mx2.example.net"});
        CHECK(rung());
        CHECK_FALSE(next_look(daemon.service));
    }
    daemon.service.replace_runtime(runtime({}));
    CHECK_FALSE(rung());
}

TEST_CASE("what a reload has brought meanwhile stays") {
    Daemon daemon({"mx2.example.net"});
    const auto reloaded = runtime({});
    seek_relays(daemon.service, [&](const std::string&) -> HostAddresses {
        daemon.service.replace_runtime(reloaded);
        return milter::runtime::Addresses{*base::IpAddress::parse("198.51.100.7")};
    });
    CHECK(daemon.service.runtime() == reloaded);
    CHECK(daemon.logger.lines.empty());
}
