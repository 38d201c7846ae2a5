#include "milter/reports/flusher.h"

#include "counted.h"
#include "failed_message.h"
#include "milter/reports/sqlite_database.h"
#include "support/memory_logger.h"
#include "support/temporary_tree.h"
#include "unit/report/failed_mail.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

using namespace milter::reports;
using namespace reports_test;

namespace {

// Fails where it is told to: before a commit, or as if after it nobody heard of it.
class FragileDatabase final : public Database {
  public:
    enum class Fault { none, closed, lost_commit };

    FragileDatabase(std::unique_ptr<Database> inner, const Fault& fault)
        : inner_(std::move(inner)), fault_(fault) {}

    [[nodiscard]] Dialect dialect() const override { return inner_->dialect(); }
    Stored<void> open() override { return fault_ == Fault::closed ? broken() : inner_->open(); }
    Stored<Table> run(const std::string& statement, const std::vector<Value>& values) override {
        if (fault_ == Fault::closed) {
            return base::refuse(broken().error());
        }
        return inner_->run(statement, values);
    }
    Stored<void> fill(const std::string& table, const std::vector<std::string>& columns,
                      const std::vector<std::vector<Value>>& rows) override {
        return inner_->fill(table, columns, rows);
    }
    Stored<std::uint64_t> size() override { return inner_->size(); }

  protected:
    Stored<void> begin() override {
        const auto done = run("BEGIN IMMEDIATE", {});
        return done ? Stored<void>() : base::refuse(done.error());
    }
    Stored<void> commit() override {
        const auto done = run("COMMIT", {});
        return done && fault_ == Fault::lost_commit ? broken()
               : done                               ? Stored<void>()
                                                    : base::refuse(done.error());
    }
    void roll_back() override {
        if (fault_ != Fault::lost_commit) {
            static_cast<void>(run("ROLLBACK", {}));
        }
    }

  private:
    static Stored<void> broken() {
        return base::refuse(Failure{Failure::Kind::passing, "the connection broke"});
    }

    std::unique_ptr<Database> inner_;
    const Fault& fault_;
};

struct Flushing {
    using Fault = FragileDatabase::Fault;

    TemporaryTree tree;
    Fault fault = Fault::none;
    test::MemoryLogger logger;
    milter::record::Counters counters;
    Collector collector{[] {}};
    FailureCollector failures;
    config::Reports settings;
    Flusher flusher{collector,
                    failures,
                    logger,
                    counters,
                    [this](const config::Reports&) -> base::Result<std::unique_ptr<Database>, std::string> {
                        return std::make_unique<FragileDatabase>(open_sqlite({.path = tree.path("r.db")}),
                                                                 fault);
                    },
                    "one",
                    "mx"};
    base::UnixTime now = report::begin_of(some_day) + 100;

    Flushing() {
        settings.enabled = true;
        settings.store = tree.path("r.db");
    }

    // The collector's own test says what becomes of facts.
    void come(int messages, std::string_view client = "192.0.2.1") {
        milter::record::MessageFacts facts;
        facts.from_outside = true;
        facts.client = base::IpAddress::parse(client);
        facts.mail_from = "<ann@orchard.example>";
        facts.arrived = now;
        facts.verdict.emplace();
        auto& dmarc = facts.verdict->dmarc.emplace();
        dmarc.author_domain = name("orchard.example");
        dmarc.evaluation.emplace();
        dmarc.evaluation->policy_domain = name("orchard.example");
        dmarc.evaluation->both_pursued = true;
        dmarc.evaluation->record = dmarc::parse_record("v=DMARC1; p=none; rua=mailto:agg@orchard.example");
        for (int i = 0; i < messages; ++i) {
            collector.read(facts);
        }
    }
    void fail(const std::string& client = "192.0.2.1") {
        milter::record::MessageFacts facts;
        facts.client = base::IpAddress::parse(client);
        facts.mail_from = "<x@bulk.example>";
        facts.arrived = now;
        facts.verdict = report_test::failed_mail("v=DMARC1; p=none; ruf=mailto:f@orchard.example");
        failures.read(facts, {}, FailedMessage());
    }
    void flush() {
        now += 10;
        flusher.flush(settings, now);
    }
    [[nodiscard]] std::int64_t stored() const {
        return counted_messages(*open_sqlite({.path = tree.path("r.db")}));
    }
    void pass(base::UnixTime seconds) {
        for (const auto end = now + seconds; now < end; now += 600) {
            flusher.flush(settings, now);
        }
    }
    [[nodiscard]] std::ptrdiff_t lines(std::string_view mark) const {
        return std::count_if(logger.lines.begin(), logger.lines.end(),
                             [&](const auto& line) { return line.find(mark) != std::string::npos; });
    }
};

} // namespace

TEST_CASE("nothing is made as long as there is nothing to write") {
    Flushing one;
    one.flush();
    CHECK_FALSE(std::filesystem::exists(one.tree.path("r.db")));
    one.come(1);
    one.flush();
    CHECK(one.stored() == 1);
}

TEST_CASE("while the store does not work counts wait, and nothing is lost or written twice") {
    for (const auto fault : {Flushing::Fault::closed, Flushing::Fault::lost_commit}) {
        Flushing one;
        one.come(3);
        one.flush();
        one.fault = fault;
        for (int i = 0; i < 360; ++i) { // an hour
            one.come(2);
            one.flush();
        }
        one.fault = Flushing::Fault::none;
        one.come(1);
        one.flush();
        CHECK(one.stored() == 3 + 720 + 1);
        CHECK(one.lines("[REPORTS_STORE]") == 1);
        CHECK(one.lines("[REPORTS_STORED]") == 1);
        CHECK(one.lines("[REPORTS_LOST]") == 0);
        CHECK_FALSE(one.flusher.has_batch());
    }
}

TEST_CASE("what the store did not take until the end is told in one line") {
    Flushing one;
    one.come(1);
    one.flush();
    one.flusher.give_up();
    CHECK(one.lines("[REPORTS_LOST]") == 0);
    one.fault = Flushing::Fault::closed;
    one.come(3);
    one.flush();
    one.come(4);
    one.flush();
    one.flusher.give_up();
    CHECK(one.lines("[REPORTS_LOST]") == 1);
    CHECK(one.lines("7 messages are lost") == 1);
    CHECK(one.stored() == 1);
}

TEST_CASE("failure reports that the store did not take until the end are told in one line") {
    for (const bool is_tried : {true, false}) {
        Flushing one;
        one.settings.failure.enabled = true;
        one.settings.mail.token_key = one.tree.path("token.key");
        REQUIRE(one.failures.configure(one.settings).empty());
        one.fail();
        if (is_tried) {
            one.fault = Flushing::Fault::closed;
            one.flush();
        }
        one.flusher.give_up();
        CHECK(one.lines("[REPORTS_LOST]") == 1);
        CHECK(one.lines("failure reports: 1 is lost") == 1);
        one.flusher.give_up();
        CHECK(one.lines("[REPORTS_LOST]") == 1);
    }
}

TEST_CASE("failure reports have counters of their own") {
    Flushing one;
    one.settings.failure = {.enabled = true, .per_hour_and_domain = 2};
    one.settings.mail.token_key = one.tree.path("token.key");
    REQUIRE(one.failures.configure(one.settings).empty());
    const auto counted = [&](const std::string& name) {
        const auto all = one.counters.read();
        return std::ranges::find(all, "failure_reports." + name, &milter::record::Count::name)->value;
    };
    one.fault = Flushing::Fault::closed;
    for (int i = 0; i < 5; ++i) {
        one.fail("198.51." + std::to_string(i) + ".1");
        one.flush(); // a store that fails counts nothing twice
    }
    CHECK((counted("stored") == 0 && counted("limited") == 3 && counted("dropped") == 0));
    one.fault = Flushing::Fault::none;
    one.flush();
    CHECK((counted("stored") == 2 && counted("limited") == 3 && counted("dropped") == 0));
    one.now += 3600;
    one.fail("192.0.2.1");
    one.flusher.give_up();
    CHECK((counted("stored") == 2 && counted("dropped") == 1));
}

TEST_CASE("what finds no room meanwhile is told in one line, and counted") {
    Flushing one;
    one.settings.memory = 1; // room for nothing
    one.collector.configure(one.settings);
    for (int i = 0; i < 10; ++i) {
        one.come(5);
        one.flush();
    }
    CHECK(one.lines("[REPORTS_LOST]") == 1);
    one.settings.memory = config::Reports().memory;
    one.collector.configure(one.settings);
    one.come(1);
    one.flush();
    CHECK(one.stored() == 1);
    const auto database = open_sqlite({.path = one.tree.path("r.db")});
    CHECK(ask(*database, "SELECT dropped FROM paraph_report_daemon") == 50);
    CHECK(ask(*database, "SELECT messages FROM paraph_report_daemon") == 1);
}

TEST_CASE("a store that is as large as it may be takes nothing, until there is room") {
    Flushing one;
    one.come(1);
    one.flush();
    one.settings.store_size = 1;
    one.now += 100;
    one.come(4);
    one.flush();
    one.come(4);
    one.flush();
    CHECK(one.stored() == 1);
    CHECK(one.lines("[REPORTS_LOST]") == 1);
    one.settings.store_size = 0;
    one.now += 100;
    one.come(2);
    one.flush();
    CHECK(one.stored() == 3);
}

TEST_CASE("what is old goes without mail, and where nothing is counted any more") {
    for (const bool enabled : {true, false}) {
        Flushing one;
        one.come(2);
        one.flush();
        Flushing later; // after a restart, forty days on
        later.settings.store = one.settings.store;
        later.settings.enabled = enabled;
        Flusher flusher{later.collector,
                        later.failures,
                        later.logger,
                        later.counters,
                        [&](const config::Reports&) { return open_sqlite({.path = one.settings.store}); },
                        "two",
                        "mx"};
        const auto begin = one.now + 40 * report::seconds_a_day;
        for (base::UnixTime passed = 0; passed <= 3600; passed += 600) {
            CHECK(one.stored() == 2); // the clock may be wrong
            flusher.flush(later.settings, begin + passed);
        }
        CHECK(one.stored() == 0);
    }
}

TEST_CASE("nothing is made where nothing is counted") {
    Flushing one;
    one.settings.enabled = false;
    one.pass(7200);
    CHECK_FALSE(std::filesystem::exists(one.settings.store));
}

TEST_CASE("a clock that jumps forward takes nothing with it until it is an hour old") {
    Flushing one;
    one.pass(7200);
    one.come(3);
    one.flush();
    one.now += 300 * report::seconds_a_day;
    one.come(1); // of a day that is far away
    one.flush();
    one.pass(1800);
    CHECK(one.stored() == 4);
    one.now -= 300 * report::seconds_a_day; // it was a mistake
    one.pass(7200);
    CHECK(one.stored() == 4);
    one.now += 300 * report::seconds_a_day; // it was none
    one.pass(7200);
    CHECK(one.stored() == 1);
}

TEST_CASE("a store of several hosts gets a batch in pieces, each of them once") {
    Flushing test;
    test.settings.store = "host=db.example"; // for which the test has its file
    constexpr int clients = 600;
    for (int i = 0; i < clients; ++i) {
        test.come(1, fmt::format("10.0.{}.{}", i / 250, i % 250));
    }
    test.fault = Flushing::Fault::lost_commit; // the first piece is there, and nobody knows
    test.flush();
    test.come(7);
    CHECK(test.flusher.has_batch());
    test.fault = Flushing::Fault::none;
    test.flush();
    CHECK_FALSE(test.flusher.has_batch());
    CHECK(test.stored() == 607);
    const auto database = open_sqlite({.path = test.tree.path("r.db")});
    CHECK(ask(*database, "SELECT flush FROM paraph_report_daemon") == 4); // three pieces, and one
    CHECK(ask(*database, "SELECT messages FROM paraph_report_daemon") == clients + 7);
}
