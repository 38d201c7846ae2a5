#include "milter/reports/due.h"

#include "counted.h"
#include "milter/reports/flush.h"
#include "milter/reports/housekeeping.h"
#include "milter/reports/sqlite_database.h"
#include "support/temporary_tree.h"

using namespace milter::reports;
using namespace reports_test;

namespace {

struct Case {
    const char* name;
    std::vector<std::string> rua;
    std::int64_t due;
    std::int64_t first_day; // before the day of the report
    config::Reports settings;
    std::optional<NotDue> expected;
};

config::Reports with(auto change) {
    config::Reports settings;
    change(settings);
    return settings;
}

} // namespace

TEST_CASE("when a report is due") {
    const std::vector<std::string> rua{"mailto:agg@orchard.example"};
    const std::vector<Case> cases{
        {"one message is enough", rua, 1, 1, {}, std::nullopt},
        {"not without an address", {}, 1, 1, {}, NotDue::no_address},
        {"bounces and report mail alone", rua, 0, 1, {}, NotDue::too_few},
        {"a domain of that day", rua, 9, 0, {}, NotDue::new_domain},
        {"unless that is not held", rua, 9, 0, with([](auto& s) { s.hold_new_domains = false; }),
         std::nullopt},
        {"below the threshold", rua, 9, 1, with([](auto& s) { s.least_messages = 10; }), NotDue::too_few},
        {"at the threshold", rua, 10, 1, with([](auto& s) { s.least_messages = 10; }), std::nullopt},
        {"on the list", rua, 9, 1, with([](auto& s) { s.never_due = {"Orchard.Example"}; }),
         NotDue::never_due},
        {"below one on the list", rua, 9, 1, with([](auto& s) { s.never_due = {"example"}; }),
         NotDue::never_due},
        {"not what only ends like it", rua, 9, 1, with([](auto& s) { s.never_due = {"chard.example"}; }),
         std::nullopt},
    };
    for (const Case& one : cases) {
        INFO(one.name);
        Candidate candidate{.part = {.day = some_day}, .policy = mail().policy, .due = one.due};
        candidate.policy.rua = one.rua;
        candidate.first_day = some_day - one.first_day;
        candidate.due_of_day = one.due;
        CHECK(why_not_due(candidate, one.settings) == one.expected);
    }
}

TEST_CASE("bounces and report mail are counted, and are no reason to report") {
    const TemporaryTree tree;
    const auto database = open_sqlite({.path = tree.path("reports.db")});
    Pending batch;
    add(batch, mail(), 2);
    for (const auto due : {report::Due::null_sender, report::Due::report_mail, report::Due::automatic}) {
        auto one = mail();
        one.due = due;
        add(batch, one);
    }
    REQUIRE(flush(*database, batch, {.instance = "one", .number = 1}, {}));
    const auto candidates = read_candidates(*database, some_day + 1, std::nullopt, 10);
    REQUIRE(candidates);
    REQUIRE(candidates->size() == 1);
    CHECK(candidates->front().messages == 5);
    CHECK(candidates->front().due == 2);
    CHECK(candidates->front().policy == mail().policy);
    CHECK(read_candidates(*database, some_day, std::nullopt, 10)->empty()); // the day is not over
}

TEST_CASE("the threshold is of a policy domain on a day, not of a configuration") {
    const TemporaryTree tree;
    const auto database = open_sqlite({.path = tree.path("reports.db")});
    Pending batch;
    auto strict = mail();
    strict.policy.p = dmarc::Policy::reject;
    auto bounce = mail();
    bounce.policy.p = dmarc::Policy::quarantine;
    bounce.due = report::Due::null_sender;
    auto next_day = mail();
    next_day.day = some_day + 1;
    add(batch, mail(), 2);
    add(batch, strict, 2);
    add(batch, bounce, 9);
    add(batch, next_day, 2);
    REQUIRE(flush(*database, batch, {.instance = "one", .number = 1}, {}));
    const auto candidates = read_candidates(*database, some_day + 2, std::nullopt, 10);
    REQUIRE(candidates);
    REQUIRE(candidates->size() == 4);
    config::Reports settings;
    settings.hold_new_domains = false;
    settings.least_messages = 3;
    for (const auto& one : *candidates) {
        const bool is_due = one.part.day == some_day && one.policy.p != dmarc::Policy::quarantine;
        CHECK(why_not_due(one, settings) == (is_due ? std::nullopt : std::optional(NotDue::too_few)));
    }
}

TEST_CASE("candidates and rows come in pages, each once") {
    const TemporaryTree tree;
    const auto database = open_sqlite({.path = tree.path("reports.db")});
    Pending batch;
    for (int i = 0; i < 7; ++i) {
        auto one = mail();
        one.policy.domain = name("d" + std::to_string(i) + ".example");
        add(batch, one);
        add(batch, mail("192.0.2." + std::to_string(i)));
    }
    REQUIRE(flush(*database, batch, {.instance = "one", .number = 1}, {}));
    std::optional<Part> last;
    std::size_t seen = 0, rows_seen = 0;
    while (true) {
        const auto page = read_candidates(*database, some_day + 1, last, 3);
        REQUIRE(page);
        if (page->empty()) {
            break;
        }
        seen += page->size();
        last = page->back().part;
        for (const auto& one : *page) {
            std::optional<report::Key> last_row;
            for (auto rows = read_rows(*database, one.part, last_row, 2); rows && !rows->empty();
                 rows = read_rows(*database, one.part, last_row, 2)) {
                rows_seen += rows->size();
                last_row = rows->back().first;
            }
        }
    }
    CHECK(seen == 8);
    CHECK(rows_seen == 14);
}

TEST_CASE("old days go, policy domains later") {
    const TemporaryTree tree;
    const auto database = open_sqlite({.path = tree.path("reports.db")});
    Pending batch;
    for (report::Day day = some_day - 20; day <= some_day; ++day) {
        auto one = mail();
        one.day = day;
        add(batch, one, 2);
    }
    REQUIRE(flush(*database, batch, {.instance = "one", .number = 1, .at = report::begin_of(some_day)}, {}));
    REQUIRE(expire(*database, some_day - 14));
    CHECK(ask(*database, "SELECT min(day) FROM paraph_report_row") == some_day - 14);
    CHECK(counted_messages(*database) == 30);
    CHECK(ask(*database, "SELECT count(*) FROM paraph_report_domain") == 1);
    REQUIRE(expire(*database, some_day + 200));
    CHECK(counted_rows(*database) == 0);
    CHECK(ask(*database, "SELECT count(*) FROM paraph_report_domain") == 0);
    CHECK(ask(*database, "SELECT count(*) FROM paraph_report_daemon") == 0);
}

TEST_CASE("where there is no room the oldest days go, but not yesterday") {
    const TemporaryTree tree;
    const auto database = open_sqlite({.path = tree.path("reports.db")});
    Pending batch;
    for (report::Day day = some_day - 5; day <= some_day; ++day) {
        for (int i = 0; i < 200; ++i) {
            auto one = mail("10.0.0." + std::to_string(i));
            one.day = day;
            add(batch, one);
        }
    }
    REQUIRE(flush(*database, batch, {.instance = "one", .number = 1}, {}));
    const auto before = database->size().value();
    CHECK(make_room(*database, 0, some_day) == false); // no limit
    CHECK(make_room(*database, before, some_day) == false);
    CHECK(counted_messages(*database) == 1200);
    CHECK(make_room(*database, before * 4 / 5, some_day) == false);
    CHECK(counted_messages(*database) < 1200);
    CHECK(counted_messages(*database) > 400);
    CHECK(make_room(*database, 1, some_day) == true);
    CHECK(counted_messages(*database) == 400);
}

TEST_CASE("where there is no room all that is old goes, whatever it is") {
    const TemporaryTree tree;
    const auto database = open_sqlite({.path = tree.path("reports.db")});
    REQUIRE(database->open());
    const auto fill = [&](const std::string& table, const std::string& values) {
        REQUIRE(
            database->run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
                          "INSERT INTO " +
                          table + " SELECT " + values + " FROM n"));
    };
    const auto count = [&](const std::string& what) {
        return ask(*database, "SELECT count(*) FROM " + what);
    };
    const auto empty = database->size().value();
    fill("paraph_report_domain", "'some-subdomain-' || i || '.example', 19000, 19000 + i % 2");
    fill("paraph_report_suppressed", "'address', 'a' || i || '@orchard.example', 86400 * 19999, '', 1");
    fill("paraph_report_planned",
         "'id' || i, 19000, x'', 0, 'orchard.example', 0, 0, 0, 1, 'closed', 0, 0, 0, 'aggregate'");
    fill("paraph_report_delivery", "i, 'id' || i, 'a@orchard.example', 'sent', 1, 0, 0, ''");
    fill("paraph_report_failure",
         "'f' || i, 'orchard.example', 'a@orchard.example', x'00', 1, 86400 * 19000 + i, i % 2");
    REQUIRE(database->run("INSERT INTO paraph_report_failure VALUES ('new', 'orchard.example', "
                          "'a@orchard.example', x'00', 1, 86400 * 20000, 0)"));
    REQUIRE(database->run("INSERT INTO paraph_report_suppressed VALUES ('host', 'for.ever', 0, '', 0), "
                          "('host', 'still.there', 86400 * 20001, '', 0)"));
    REQUIRE(database->run("INSERT INTO paraph_report_domain VALUES ('orchard.example', 19000, 20000)"));
    REQUIRE(database->size().value() > empty * 4);
    CHECK(make_room(*database, empty * 2, some_day) == false);
    CHECK(count("paraph_report_domain") == 1);
    CHECK(count("paraph_report_suppressed") == 2);
    CHECK(count("paraph_report_planned") == 0);
    CHECK(count("paraph_report_delivery") == 0);
    CHECK(count("paraph_report_failure") == 1);
}

TEST_CASE("failures alone make no store full for ever") {
    const TemporaryTree tree;
    const auto database = open_sqlite({.path = tree.path("reports.db")});
    REQUIRE(database->open());
    const auto empty = database->size().value();
    REQUIRE(
        database->run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT "
                      "INTO paraph_report_failure SELECT 'f' || i, 'orchard.example', 'a@orchard.example', "
                      "zeroblob(1000), 1, 86400 * 19990 + i, 0 FROM n"));
    REQUIRE(database->size().value() > empty * 4);
    CHECK(make_room(*database, empty * 2, some_day) == false);
    CHECK(ask(*database, "SELECT count(*) FROM paraph_report_failure") == 0);
}

TEST_CASE("suppressions that were over long ago go, and others stay") {
    const TemporaryTree tree;
    const auto database = open_sqlite({.path = tree.path("reports.db")});
    REQUIRE(database->open());
    REQUIRE(database->run(
        "INSERT INTO paraph_report_suppressed VALUES ('address', 'over', 86400 * 19634, '', 1), "
        "('address', 'lately', 86400 * 19636, '', 1), ('address', 'for ever', 0, '', 0)"));
    REQUIRE(expire(*database, some_day));
    CHECK(ask(*database, "SELECT count(*) FROM paraph_report_suppressed") == 2);
}
