#include "milter/daemon/capacity.h"

#include "milter/threads/share.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <latch>
#include <thread>

using milter::daemon::connection_limits;
using milter::daemon::pids_limit;

constexpr std::size_t unlimited = milter::threads::Share::unlimited;

TEST_CASE("connections stay below descriptors and threads") {
    struct Case {
        const char* name;
        std::size_t descriptors, threads, admitted, open;
    };
    const std::vector<Case> cases{
        {"plenty", 65536, 4096, 3258, 4072},
        {"few descriptors", 64, 4096, 26, 32},
        {"few threads", 65536, 100, 61, 76},
        {"next to nothing", 4, 4, 2, 2},
        {"nothing", 0, 0, 1, 1},
        {"no limit at all", unlimited, unlimited, unlimited, unlimited},
    };
    for (const auto& c : cases) {
        INFO(c.name);
        const auto limits = connection_limits({c.descriptors, c.threads});
        CHECK(limits.admitted == c.admitted);
        CHECK(limits.open == c.open);
    }
}

TEST_CASE("the pids limit is the lowest from our group up") {
    const TemporaryTree tree;
    tree.write("system.slice/pids.max", "4915\n");
    tree.write("system.slice/paraphd.service/pids.max", "100\n");
    tree.write("free.slice/pids.max", "max\n");
    tree.write("tight.slice/pids.max", "7\n");
    tree.write("tight.slice/wide.service/pids.max", "max\n");
    struct Case {
        const char* cgroup;
        std::optional<std::size_t> limit;
    };
    const std::vector<Case> cases{
        {"0::/system.slice/paraphd.service\n", 100},
        {"0::/system.slice\n", 4915},
        {"0::/tight.slice/wide.service\n", 7},
        {"0::/free.slice\n", std::nullopt},
        {"0::/gone.slice\n", std::nullopt},
        {"0::/\n", std::nullopt},
        {"9:memory:/tight.slice\n8:pids:/system.slice\n1:name=systemd:/x\n", 4915},
        {"", std::nullopt},
        {"nonsense", std::nullopt},
    };
    for (const auto& c : cases) {
        INFO(c.cgroup);
        CHECK(pids_limit(c.cgroup, tree.root()) == c.limit);
    }
}

TEST_CASE("our threads are counted") {
    std::thread([] {}).join(); // some runtimes start a thread of their own beside the first one
    const auto before = milter::daemon::running_threads();
    CHECK(before >= 1);
    std::latch end(1);
    std::thread another([&end] { end.wait(); });
    CHECK(milter::daemon::running_threads() == before + 1);
    end.count_down();
    another.join();
}
