// What all sessions share.
#pragma once

#include "base/unix_time.h"
#include "milter/log/logger.h"
#include "milter/record/counters.h"
#include "milter/record/facts_reader.h"
#include "milter/record/failure_reader.h"
#include "milter/resolver/resolver.h"
#include "milter/runtime/dns_patience.h"
#include "milter/runtime/load.h"
#include "milter/runtime/mta_names.h"
#include "milter/runtime/runtime.h"
#include "milter/threads/lock_guarded.h"
#include "milter/threads/wakeup.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <vector>

namespace milter::runtime {

class Service {
  public:
    using Clock = std::function<base::UnixTime()>;

    // `room`: how many connections the system has descriptors and threads for, whatever the settings say.
    Service(std::shared_ptr<const Runtime> runtime, resolver::Resolver& resolver, log::Logger& logger,
            Clock clock, std::size_t room = threads::Share::unlimited)
        : most_connections(room), runtime_(std::move(runtime)), resolver_(resolver), logger_(logger),
          clock_(std::move(clock)) {
        listen_to(runtime_.with([](const auto& first) { return first; }));
    }

    // The snapshot for a session that begins now.
    [[nodiscard]] std::shared_ptr<const Runtime> runtime() const {
        return runtime_.with([](const auto& runtime) { return runtime; });
    }
    void replace_runtime(std::shared_ptr<const Runtime> next) {
        listen_to(next);
        runtime_.with([&](auto& runtime) { runtime.swap(next); });
        ring();
    }

    // `next` was made of `before`. False: something else is in use by now, and stays.
    bool replace_runtime(const std::shared_ptr<const Runtime>& before, std::shared_ptr<const Runtime> next) {
        const bool replaced = runtime_.with([&](auto& runtime) {
            const bool current = runtime == before;
            if (current) {
                runtime.swap(next);
            }
            return current;
        });
        ring();
        return replaced;
    }

    [[nodiscard]] resolver::Resolver& resolver() const { return resolver_; }
    [[nodiscard]] log::Logger& logger() const { return logger_; }
    [[nodiscard]] base::UnixTime now() const { return clock_(); }

    const std::size_t most_connections;
    Load load;
    MtaNames mta_names; // outlives every configuration
    DnsPatience dns_patience;
    record::Counters counters;                       // since the start, whatever was reloaded
    std::vector<record::FactsReader*> facts_readers; // set before there is mail
    record::FailureReader* failure_reader = nullptr; // the same, where failures are reported

  private:
    friend class ChangeBell;

    void ring() const {
        sleepers_.with([](const auto& sleepers) {
            for (threads::Wakeup* sleeper : sleepers) {
                sleeper->ring();
            }
        });
    }

    // The sources of keys go on telling as long as anybody uses them, and the logger outlives all.
    void listen_to(const std::shared_ptr<const Runtime>& runtime) const {
        if (runtime && runtime->key_news) {
            runtime->key_news->attach([&logger = logger_](const keys::source::Item& item) {
                logger.write(item.failing ? log::Event::source_failing : log::Event::source_answers,
                             item.text);
            });
        }
    }

    threads::LockGuarded<std::shared_ptr<const Runtime>> runtime_;
    mutable threads::LockGuarded<std::set<threads::Wakeup*>> sleepers_; // who sleeps until it is replaced
    resolver::Resolver& resolver_;
    log::Logger& logger_;
    Clock clock_;
};

// As long as it lives, another configuration wakes who sleeps there. Both must outlive it.
class ChangeBell {
  public:
    ChangeBell(const Service& service, threads::Wakeup& sleeper) : service_(service), sleeper_(sleeper) {
        service_.sleepers_.with([this](auto& sleepers) { sleepers.insert(&sleeper_); });
    }
    ChangeBell(const ChangeBell&) = delete;
    ChangeBell& operator=(const ChangeBell&) = delete;
    ~ChangeBell() {
        service_.sleepers_.with([this](auto& sleepers) { sleepers.erase(&sleeper_); });
    }

  private:
    const Service& service_;
    threads::Wakeup& sleeper_;
};

} // namespace milter::runtime
