#include "milter/reports/flush.h"

#include "counted.h"
#include "milter/reports/columns.h"
#include "milter/reports/due.h"
#include "milter/reports/sqlite_database.h"
#include "support/temporary_tree.h"
#include "support/watched_database.h"

#include <fmt/format.h>

#include <algorithm>

using namespace milter::reports;
using namespace reports_test;

namespace {

struct Store {
    TemporaryTree tree;
    std::unique_ptr<Database> database = open_sqlite({.path = tree.path("reports.db")});
    Origin origin{.instance = "one", .host = "mx"};

    Flushed write(const Pending& batch, const Caps& caps = {}) {
        ++origin.number;
        const auto done = flush(*database, batch, origin, caps);
        REQUIRE(done);
        return *done;
    }
};

} // namespace

TEST_CASE("the same message a million times is one row") {
    Store store;
    Pending batch;
    const auto one = count_of(mail(), report::Detail::full, 0);
    for (int i = 0; i < 1000000; ++i) {
        REQUIRE(batch.add(one, unlimited));
    }
    store.write(batch);
    CHECK(counted_rows(*store.database) == 1);
    CHECK(counted_messages(*store.database) == 1000000);
}

TEST_CASE("flushes add up, and two policies of one day stay two") {
    Store store;
    for (int i = 0; i < 3; ++i) {
        Pending batch;
        add(batch, mail("192.0.2.1"), 5);
        add(batch, mail("192.0.2.2"), 1);
        auto other = mail();
        other.policy.p = dmarc::Policy::reject;
        add(batch, other, 2);
        store.write(batch);
    }
    CHECK(counted_messages(*store.database) == 24);
    CHECK(counted_rows(*store.database) == 3);
    CHECK(ask(*store.database, "SELECT count(*) FROM paraph_report_policy") == 2);
}

TEST_CASE("a message counts on the day on which it came, whenever it is written") {
    Store store;
    Pending batch; // midnight passes, and then the clock goes back by an hour
    auto before = mail();
    auto after = mail();
    after.day = some_day + 1;
    add(batch, before, 2);
    add(batch, after, 3);
    add(batch, before, 4);
    store.origin.at = report::begin_of(some_day - 300); // nor does the clock of the one who writes count
    store.write(batch);
    const auto of_day = [&](report::Day day) {
        return ask(*store.database,
                   fmt::format("SELECT sum(messages) FROM paraph_report_row WHERE day = {}", day));
    };
    CHECK(of_day(some_day) == 6);
    CHECK(of_day(some_day + 1) == 3);
    CHECK(ask(*store.database, "SELECT first_day FROM paraph_report_domain") == some_day);
    CHECK(ask(*store.database, "SELECT last_day FROM paraph_report_domain") == some_day + 1);
}

TEST_CASE("a batch whose commit nobody heard of is not written twice") {
    Store store;
    Pending batch;
    add(batch, mail(), 7);
    REQUIRE(flush(*store.database, batch, {.instance = "one", .number = 1}, {}));
    const auto again = flush(*store.database, batch, {.instance = "one", .number = 1}, {});
    REQUIRE(again);
    CHECK(again->was_there);
    CHECK(counted_messages(*store.database) == 7);
    // Of another process it is another one.
    CHECK_FALSE(flush(*store.database, batch, {.instance = "two", .number = 1}, {})->was_there);
    CHECK(counted_messages(*store.database) == 14);
}

TEST_CASE("a flood of subdomains, signers and clients has a bound, and every message is counted") {
    const Caps caps{.rows_per_domain = 80, .policies_per_domain = 4};
    Store store;
    std::int64_t sent = 0;
    std::int64_t less = 0;
    for (int i = 0; i < 20; ++i) {
        Pending batch;
        for (int k = 0; k < 100; ++k, ++sent) {
            auto one = mail(fmt::format("10.{}.{}.1", i, k));
            one.row.header_from = name(fmt::format("a{}-{}.orchard.example", i, k));
            one.row.envelope_from = name(fmt::format("b{}-{}.example", i, k));
            one.row.dkim = {{name("orchard.example"), fmt::format("s{}", sent), dkim::Result::fail, ""}};
            add(batch, one);
        }
        less += store.write(batch, caps).less_detail;
    }
    CHECK(counted_messages(*store.database) == sent);
    CHECK(counted_rows(*store.database) > 40);
    CHECK(counted_rows(*store.database) <= 82);
    CHECK(less >= sent - 80);
    CHECK(less < sent - 30);
}

TEST_CASE("over the cap detail goes in a fixed order, and what is known stays in full") {
    const Caps caps{.rows_per_domain = 16, .policies_per_domain = 4};
    Store store;
    const auto flooding = [](int i) {
        auto one = mail("192.0.2.1");
        one.row.envelope_from = name(fmt::format("e{}.example", i));
        one.row.dkim = {{name(fmt::format("d{}.example", i)), "s", dkim::Result::fail, ""},
                        {name("orchard.example"), "s", dkim::Result::pass, ""}};
        return one;
    };
    Pending batch;
    for (int i = 0; i < 8; ++i) {
        add(batch, flooding(i));
    }
    CHECK(store.write(batch, caps).less_detail == 0);
    Pending more; // the ninth row is new and loses its envelope; the first one is known
    add(more, flooding(100), 3);
    add(more, flooding(0), 5);
    CHECK(store.write(more, caps).less_detail == 3);
    const auto candidates = read_candidates(*store.database, some_day + 1, std::nullopt, 10);
    REQUIRE(candidates);
    REQUIRE(candidates->size() == 1);
    const auto rows = read_rows(*store.database, candidates->front().part, std::nullopt, 100);
    REQUIRE(rows);
    REQUIRE(rows->size() == 9);
    for (const auto& [key, row] : *rows) {
        CHECK(row.first.dkim.size() == 2);
        CHECK(row.second == (!row.first.envelope_from                         ? 3
                             : *row.first.envelope_from == name("e0.example") ? 6
                                                                              : 1));
    }
}

TEST_CASE("of a fifth configuration of a day the messages count for the last one") {
    Store store;
    for (int i = 0; i < 10; ++i) {
        Pending batch;
        auto one = mail();
        one.policy.fo = fmt::format("{}", i);
        REQUIRE(batch.add(count_of(one, report::Detail::full, 1000 + i), unlimited));
        store.write(batch);
    }
    CHECK(ask(*store.database, "SELECT count(*) FROM paraph_report_policy") == 4);
    CHECK(ask(*store.database,
              "SELECT messages FROM paraph_report_policy ORDER BY first_seen DESC LIMIT 1") == 7);
    const auto candidates = read_candidates(*store.database, some_day + 1, std::nullopt, 10);
    REQUIRE(candidates);
    CHECK(std::count_if(candidates->begin(), candidates->end(), [](const Candidate& candidate) {
              return candidate.messages == 7 && candidate.policy.fo == "9"; // which the report shows
          }) == 1);
    CHECK(counted_messages(*store.database) == 10);
}

TEST_CASE("a record that names another address each time is one configuration, and the last address counts") {
    for (const int batches : {1, 10}) {
        Store store;
        for (int i = 0; i < batches; ++i) {
            Pending batch;
            for (int k = 0; k < 10; ++k) {
                auto one = mail();
                one.policy.rua = {fmt::format("mailto:{}@orchard.example", 10 * i + k)};
                one.policy.error = fmt::format("error {}", k);
                add(batch, one);
            }
            store.write(batch);
        }
        CHECK(counted_messages(*store.database) == 10 * batches);
        const auto candidates = read_candidates(*store.database, some_day + 1, std::nullopt, 10);
        REQUIRE(candidates);
        REQUIRE(candidates->size() == 1);
        CHECK(candidates->front().policy.rua ==
              std::vector<std::string>{fmt::format("mailto:{}@orchard.example", 10 * batches - 1)});
    }
}

TEST_CASE("what comes after a report was planned makes another part") {
    Store store;
    Pending batch;
    add(batch, mail(), 2);
    store.write(batch);
    const auto candidates = read_candidates(*store.database, some_day + 1, std::nullopt, 10);
    REQUIRE(candidates);
    REQUIRE(candidates->size() == 1);
    REQUIRE(mark_planned(*store.database, candidates->front().part));
    store.write(batch);
    store.write(batch);
    const auto late = read_candidates(*store.database, some_day + 1, std::nullopt, 10);
    REQUIRE(late);
    REQUIRE(late->size() == 1);
    CHECK(late->front().part.part == 1);
    CHECK(late->front().messages == 4);
    CHECK(counted_messages(*store.database) == 6);
}

TEST_CASE("two processes on one store count together") {
    Store store;
    const auto other = open_sqlite({.path = store.tree.path("reports.db")});
    for (int i = 1; i <= 10; ++i) {
        Pending batch;
        add(batch, mail(), i);
        store.write(batch);
        REQUIRE(flush(*other, batch, {.instance = "two", .number = i}, {}));
    }
    CHECK(counted_messages(*store.database) == 110);
    CHECK(counted_rows(*other) == 1);
}

TEST_CASE("of one organization so many policy domains are told apart, and the rest counts for it") {
    const Caps caps{.domains_per_organization = 10};
    Store store;
    OrganizationDays organizations;
    const auto of = [](const std::string& domain) {
        auto one = mail(fmt::format("10.0.{}.1", domain.size()));
        one.policy.domain = one.row.header_from = name(domain);
        one.policy.rua = {"mailto:agg@" + domain};
        return one;
    };
    std::int64_t less = 0;
    for (int round = 0; round < 3; ++round) {
        Pending batch;
        for (int i = 0; i < 20; ++i) {
            add(batch, of(fmt::format("a{}.attacker.example", 20 * round + i)));
            add(batch, of(fmt::format("d{}.example", i))); // each of which somebody registered
        }
        add(batch, of("attacker.example"), 2);
        ++store.origin.number;
        if (round == 2) { // after a restart
            organizations.forget();
        }
        const auto done = flush(*store.database, batch, store.origin, caps, organizations);
        REQUIRE(done);
        less += done->less_detail;
    }
    CHECK(less == 50);
    CHECK(counted_messages(*store.database) == 3 * 42);
    const auto number = [&](const std::string& query) { return ask(*store.database, query); };
    CHECK(number("SELECT count(*) FROM paraph_report_domain WHERE domain LIKE '%.attacker.example'") == 10);
    CHECK(number("SELECT count(*) FROM paraph_report_domain WHERE domain LIKE 'd%.example'") == 20);
    const auto candidates = read_candidates(*store.database, some_day + 1, std::nullopt, 100);
    REQUIRE(candidates);
    config::Reports settings;
    settings.hold_new_domains = false;
    std::int64_t due = 0, rest = 0;
    for (const Candidate& one : *candidates) {
        due += why_not_due(one, settings) ? 0 : one.messages;
        rest += one.policy.rua.empty() ? one.messages : 0;
    }
    CHECK(rest == 50); // of the ten and of the domain itself there are reports
    CHECK(due == 3 * 42 - 50);
}

TEST_CASE("no statement of a flush reads all that was counted, or a day of it") {
    TemporaryTree tree;
    test::WatchedDatabase database(open_sqlite({.path = tree.path("reports.db")}));
    for (int number = 1; number <= 3; ++number) {
        Pending batch;
        add(batch, mail(), 3);
        REQUIRE(flush(database, batch, {.instance = "one", .number = number}, {}));
    }
    CHECK(database.slow() == std::vector<std::string>());
}
