#include "milter/daemon/counter_log.h"

#include "config/load.h"
#include "support/catch.h"
#include "support/memory_logger.h"
#include "support/table_resolver.h"

#include <algorithm>
#include <memory>
#include <string>

using milter::daemon::CounterLog;

namespace {

struct Daemon {
    explicit Daemon(std::chrono::seconds every) {
        service = std::make_unique<milter::runtime::Service>(runtime(every), dns, logger,
                                                             [] { return base::UnixTime{1777777777}; });
    }

    static std::shared_ptr<const milter::runtime::Runtime> runtime(std::chrono::seconds every) {
        auto settings = config::default_settings();
        settings.log.counters_every = every;
        auto built = milter::runtime::build_runtime(std::move(settings), "host.test");
        REQUIRE(built.runtime);
        return built.runtime;
    }

    // Without the seconds, which nobody can tell.
    [[nodiscard]] std::string line(std::size_t index) const {
        if (index >= logger.lines.size()) {
            return {};
        }
        std::string line = logger.lines[index];
        const auto begin = line.find("seconds=");
        return begin == std::string::npos ? line : line.replace(begin, line.find(' ', begin) + 1 - begin, "");
    }

    void count() const { service->counters.add(milter::record::Family::would, authenticate::Action::reject); }

    test::TableResolver dns;
    test::MemoryLogger logger;
    std::unique_ptr<milter::runtime::Service> service;
};

constexpr std::chrono::seconds off{0};
constexpr std::chrono::hours hourly{1};

} // namespace

TEST_CASE("totals come when they are asked for, and at the end what no line has told") {
    Daemon daemon(hourly);
    {
        CounterLog log(*daemon.service);
        daemon.count();
        log.request_totals();
    }
    REQUIRE(daemon.logger.lines.size() == 2);
    CHECK(daemon.line(0) == "notice [TOTALS] would.reject=1");
    CHECK(daemon.line(1) == "notice [COUNTERS] would.reject=1");
}

TEST_CASE("an end without mail says nothing") {
    Daemon daemon(hourly);
    {
        const CounterLog log(*daemon.service);
    }
    CHECK(daemon.logger.lines.empty());
}

TEST_CASE("lines that are switched off do not come, but totals do") {
    Daemon daemon(off);
    {
        CounterLog log(*daemon.service);
        daemon.count();
        log.request_totals();
    }
    REQUIRE(daemon.logger.lines.size() == 1);
    CHECK(daemon.line(0) == "notice [TOTALS] would.reject=1");
}

TEST_CASE("a new configuration keeps the counters, and its setting holds") {
    Daemon daemon(off);
    {
        const CounterLog log(*daemon.service);
        daemon.count();
        daemon.service->replace_runtime(Daemon::runtime(hourly));
        daemon.count();
    }
    CHECK(daemon.line(0) == "notice [COUNTERS] would.reject=2");
}

TEST_CASE("lines that are kept back are counted") {
    Daemon daemon(hourly);
    constexpr std::size_t many = milter::log::RateLimit::burst + 5;
    for (std::size_t i = 0; i < many; ++i) {
        daemon.logger.write(milter::log::Event::internal_error, "4abc", "a defect");
    }
    CHECK(daemon.logger.lines.size() < many);
    const auto counts = milter::daemon::read_counts(*daemon.service);
    const milter::record::Count expected{"line.INTERNAL", many};
    CHECK(std::find(counts.begin(), counts.end(), expected) != counts.end());
    // What has counters of its own, or is the daemon's own doing, is not counted twice.
    for (const auto& count : counts) {
        CHECK(count.name != "line.RECIPIENT");
        CHECK(count.name != "line.COUNTERS");
    }
}
