#include "milter/reports/failure_collector.h"

#include "failed_message.h"
#include "milter/reports/failure_store.h"
#include "milter/reports/schema.h"
#include "milter/reports/sqlite_database.h"
#include "support/catch.h"
#include "support/temporary_tree.h"
#include "unit/report/failed_mail.h"

#include <fmt/format.h>

#include <functional>

using namespace milter::reports;
using reports_test::FailedMessage;

namespace {

constexpr base::UnixTime noon = 1'793'750'400;

struct Desk {
    explicit Desk(const std::string& ruf = "mailto:f@orchard.example")
        : verdict(report_test::failed_mail("v=DMARC1; p=none; ruf=" + ruf)) {
        settings.enabled = settings.failure.enabled = true;
        settings.mail.from = "dmarc@reports.test";
        settings.mail.token_key = tree.path("token.key");
        mail.list.add(message::HeaderField("From", " Ann <ann@press.orchard.example>"));
        configure();
    }
    void configure() { REQUIRE(collector.configure(settings).empty()); }

    void fail(const std::string& client = "192.0.2.7", const std::string& mail_from = "<x@bulk.example>") {
        milter::record::MessageFacts facts;
        facts.verdict = verdict;
        facts.mail_from = mail_from;
        facts.mail_kind = kind;
        facts.client = base::IpAddress::parse(client);
        facts.arrived = now;
        facts.disposition.action = action;
        facts.more_recipients = more_recipients;
        collector.read(facts, {}, mail);
    }
    std::size_t made() { return collector.take().reports.size(); }

    TemporaryTree tree;
    config::Reports settings;
    FailureCollector collector;
    authenticate::Verdict verdict;
    FailedMessage mail;
    report::MailKind kind;
    authenticate::Action action = authenticate::Action::accept;
    bool more_recipients = false;
    base::UnixTime now = noon;
};

std::string client_of(int number) {
    return fmt::format("198.18.{}.7", number);
}

} // namespace

TEST_CASE("a failure makes one report, and those alike count for it") {
    Desk desk;
    desk.fail();
    desk.fail("192.0.2.99"); // of the same network
    desk.fail("192.0.2.7", "<y@bulk.example>");
    const auto batch = desk.collector.take();
    REQUIRE(batch.reports.size() == 1);
    CHECK(batch.reports.at(0).domain == "orchard.example");
    CHECK(batch.reports.at(0).addresses == "f@orchard.example");
    CHECK(batch.incidents == std::map<std::string, std::int64_t>{{batch.reports.at(0).id, 3}});
    CHECK(batch.reports.at(0).content.find("ann") == std::string::npos);
    desk.fail("192.0.3.7"); // another network
    desk.now += FailureCollector::window;
    desk.fail();
    CHECK(desk.made() == 2);
}

TEST_CASE("the buckets of an organization and of all hold, whatever a flood is about") {
    Desk desk;
    desk.settings.failure = {
        .enabled = true, .per_hour_and_domain = 3, .per_day_and_domain = 5, .per_hour = 9, .per_day = 9};
    desk.configure();
    for (int i = 0; i < 200; ++i) {
        desk.fail(client_of(i));
    }
    auto batch = desk.collector.take();
    CHECK(batch.reports.size() == 3);
    CHECK((batch.limited == 197 && batch.dropped == 0));
    CHECK(desk.mail.asked == 3); // what is beyond the bucket costs no question
    desk.now += 3600;
    for (int i = 0; i < 200; ++i) {
        desk.fail(client_of(i));
    }
    CHECK(desk.made() == 2); // of the day
    desk.configure();        // the same settings fill no bucket
    desk.fail(client_of(201));
    CHECK(desk.made() == 0);
    desk.now += 86'400;
    desk.fail();
    CHECK(desk.made() == 1);
}

namespace {

// How many reports there are of `tries` failures within an hour, each about another domain.
int taken(FailureAllowance& allowance, int tries, const std::function<FailureParties(int)>& parties) {
    int count = 0;
    for (int i = 0; i < tries; ++i) {
        const auto one = parties(i);
        if (!allowance.limit(one, noon)) {
            allowance.take(one, noon);
            ++count;
        }
    }
    return count;
}

FailureParties of_nobody(int number) {
    return {fmt::format("d{}.example", number),
            {fmt::format("r{}.example", number)},
            fmt::format("198.18.{}.0/24", number)};
}

} // namespace

TEST_CASE("an allowance does not grow with the names that a flood makes up") {
    FailureAllowance allowance({.enabled = true, .per_hour = 10, .per_day = 50});
    CHECK(taken(allowance, 10'000, of_nobody) == 10);
    CHECK(allowance.size() == 30); // of each a domain, a receiver and a client
    CHECK(allowance.limit(of_nobody(0), noon - 7200) == FailureLimit::all); // a clock that goes back
}

TEST_CASE("nobody uses up what there is for all, however many domains he has") {
    struct Case {
        const char* name;
        std::function<void(FailureParties&)> change;
        FailureLimit limit;
    };
    const Case cases[]{
        {"one who has the reports", [](auto& one) { one.receivers = {"his.example"}; },
         FailureLimit::receiver},
        {"one who has them beside others", [](auto& one) { one.receivers.emplace_back("his.example"); },
         FailureLimit::receiver},
        {"one who sends the messages", [](auto& one) { one.client = "192.0.2.0/24"; }, FailureLimit::client},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        FailureAllowance allowance({.enabled = true});
        const auto his = [&](int number) {
            auto one = of_nobody(number);
            test.change(one);
            return one;
        };
        CHECK(taken(allowance, 60, his) == 15); // of 60 an hour
        CHECK(allowance.limit(his(61), noon) == test.limit);
        const auto others = [](int number) { return of_nobody(100 + number); };
        CHECK(taken(allowance, 60, others) == 45);
        CHECK(allowance.limit(of_nobody(200), noon) == FailureLimit::all);
    }
}

// Its time is that of MAIL FROM, and the sender takes for the rest as long as he likes.
TEST_CASE("a message that began long ago fills no bucket and opens no window") {
    FailureAllowance allowance({.enabled = true, .per_hour = 10, .per_day = 50});
    int count = 0;
    for (int i = 0; i < 100; ++i) {
        const auto one = of_nobody(i);
        const auto now = i % 2 == 0 ? noon : noon - 7200;
        if (!allowance.limit(one, now)) {
            allowance.take(one, now);
            ++count;
        }
    }
    CHECK(count == 10);
    Desk desk;
    for (const base::UnixTime began : {noon, noon - 7200, noon, noon - 7200, noon}) {
        desk.now = began;
        desk.fail(began == noon ? "192.0.2.7" : "198.18.0.7");
    }
    CHECK(desk.made() == 2);
    desk.now = noon - 200'000; // the clock was wrong
    desk.fail();
    desk.now += FailureCollector::window;
    desk.fail();
    CHECK(desk.made() == 2);
}

TEST_CASE("whoever names somebody else's addresses takes nothing away from him") {
    const Organizations organizations;
    FailureAllowance allowance({.enabled = true});
    const auto of = [&](const std::string& domain, const std::string& client) {
        auto one = parties_of(organizations, domain, {"f@mail.plum.example", "g@hosting.example"});
        one.client = client;
        return one;
    };
    CHECK(taken(allowance, 60, [&](int i) { return of(fmt::format("d{}.example", i), "192.0.2.0/24"); }) ==
          15);
    CHECK_FALSE(allowance.limit(parties_of(organizations, "plum.example", {"f@mail.plum.example"}), noon));
    CHECK(allowance.limit(of("e.example", "198.18.1.0/24"), noon) == FailureLimit::receiver);
}

TEST_CASE("whoever lets one domain have more means that") {
    FailureAllowance allowance({.enabled = true, .per_hour_and_domain = 40});
    const auto partner = [](int) {
        return FailureParties{"partner.example", {"partner.example"}, "192.0.2.0/24"};
    };
    CHECK(taken(allowance, 60, partner) == 20); // of a day
    FailureAllowance wider({.enabled = true, .per_hour_and_domain = 40, .per_day_and_domain = 200});
    CHECK(taken(wider, 60, partner) == 40);
}

TEST_CASE("the parties of a report are organizations") {
    const Organizations organizations;
    const auto parties = parties_of(organizations, "a.b.orchard.example",
                                    {"f@x.hosting.example", "g@y.hosting.example", "h@plum.example"});
    CHECK(parties.organization == "orchard.example");
    CHECK(parties.receivers == std::vector<std::string>{"hosting.example", "plum.example"});
    CHECK_FALSE(parties.client);
}

TEST_CASE("the network of a client is one party, whichever of its addresses sends") {
    Desk desk;
    desk.settings.failure = {
        .enabled = true, .per_hour_and_domain = 1, .per_day_and_domain = 100, .per_hour = 8, .per_day = 100};
    desk.configure();
    const auto about = [&](int domain, const std::string& client) {
        desk.verdict = report_test::failed_mail("v=DMARC1; p=none; ruf=mailto:f@orchard.example");
        desk.verdict.dmarc->evaluation->policy_domain =
            base::DomainName::parse(fmt::format("d{}.example", domain));
        desk.verdict.dmarc->evaluation->record =
            dmarc::parse_record(fmt::format("v=DMARC1; p=none; ruf=mailto:f@d{}.example", domain));
        desk.fail(client);
    };
    for (int i = 0; i < 20; ++i) {
        about(i, fmt::format("2001:db8:1:{}::1", i)); // a /48, of which he has 65536 networks
    }
    auto batch = desk.collector.take();
    CHECK((batch.reports.size() == 2 && batch.limited == 18));
    for (int i = 20; i < 40; ++i) {
        about(i, fmt::format("192.0.2.{}", i));
    }
    CHECK(desk.made() == 2);
}

TEST_CASE("there is no report that could be answered by another") {
    const auto none = [](const std::function<void(Desk&)>& change) {
        Desk desk;
        change(desk);
        desk.fail();
        CHECK(desk.made() == 0);
    };
    none([](Desk& desk) { desk.kind.report = true; });
    none([](Desk& desk) { desk.kind.automatic = true; });
    none([](Desk& desk) { desk.kind.list = true; });
    none([](Desk& desk) { desk.mail.hosted = true; });
    none([](Desk& desk) { desk.verdict.sender.null_sender = true; });
    none([](Desk& desk) {
        desk.settings.mail.from = "dmarc@press.orchard.example";
        desk.configure();
    });
    none([](Desk& desk) {
        desk.settings.failure.never = {"orchard.example"};
        desk.configure();
    });
    none([](Desk& desk) {
        desk.settings.failure.enabled = false;
        desk.configure();
    });
    Desk desk;
    desk.fail("192.0.2.7", "<>");
    CHECK(desk.made() == 0);
}

TEST_CASE("a message that was put off comes again, and counts then") {
    Desk desk;
    desk.fail();
    desk.action = authenticate::Action::tempfail;
    desk.fail();
    desk.fail("198.51.100.7");
    desk.action = authenticate::Action::reject;
    desk.fail();
    const auto batch = desk.collector.take();
    REQUIRE(batch.reports.size() == 1);
    CHECK(batch.incidents.begin()->second == 2);
}

TEST_CASE("where not all recipients are known, one of them may be at the author's domain") {
    Desk desk;
    desk.more_recipients = true;
    desk.fail();
    CHECK(desk.made() == 0);
}

TEST_CASE("whoever wrote the message gets no report about it, others do") {
    Desk desk("mailto:Ann@press.orchard.example,mailto:f@orchard.example");
    desk.fail();
    CHECK(desk.collector.take().reports.at(0).addresses == "f@orchard.example");
    Desk alone("mailto:ann@press.orchard.example");
    alone.fail();
    CHECK(alone.made() == 0);
}

TEST_CASE("without a key nothing is made, for nothing could be redacted") {
    Desk desk;
    desk.settings.mail.token_key = desk.tree.path("no/such/folder/key");
    CHECK_FALSE(desk.collector.configure(desk.settings).empty());
    desk.fail();
    CHECK(desk.made() == 0);
}

TEST_CASE("memory for what waits is bounded") {
    Desk desk;
    desk.settings.failure = {.enabled = true,
                             .per_hour_and_domain = 10'000,
                             .per_day_and_domain = 10'000,
                             .per_hour = 10'000,
                             .per_day = 10'000};
    desk.settings.memory = 1'000'000;
    desk.configure();
    for (int i = 0; i < 5000; ++i) {
        desk.fail(fmt::format("198.{}.{}.1", i / 256, i % 256));
    }
    const auto batch = desk.collector.take();
    CHECK(batch.bytes() < 200'000);
    CHECK(batch.dropped > 1000);
}

TEST_CASE("a batch of failures is stored once, however often it is tried") {
    Desk desk;
    desk.fail();
    desk.fail();
    const auto batch = desk.collector.take();
    const auto database = open_sqlite({.path = desk.tree.path("r.db")});
    REQUIRE(database->open());
    for (int i = 0; i < 3; ++i) {
        REQUIRE(store_failures(*database, batch, {"one", "mx", noon}));
    }
    const auto stored = read_failures(*database, std::nullopt, 10);
    REQUIRE(stored);
    REQUIRE(stored->size() == 1);
    CHECK(stored->at(0).messages == 2);
    CHECK(stored->at(0).first_day == report::day_of(noon));
    REQUIRE(mark_failure_planned(*database, batch.reports.at(0).id));
    CHECK(read_failures(*database, std::nullopt, 10)->empty());
    REQUIRE(expire_failures(*database, noon + 1));
    CHECK_FALSE(find_failure(*database, batch.reports.at(0).id)->has_value());
}

TEST_CASE("a store of the version before gets the tables of failures and keeps what it has") {
    const TemporaryTree tree;
    {
        const auto database = open_sqlite({.path = tree.path("r.db")});
        REQUIRE(database->open());
        for (const char* statement :
             {"DROP INDEX paraph_report_planned_kind", "DROP TABLE paraph_report_failure",
              "ALTER TABLE paraph_report_planned DROP COLUMN kind",
              "ALTER TABLE paraph_report_daemon DROP COLUMN failures",
              "ALTER TABLE paraph_report_daemon DROP COLUMN failures_dropped",
              "UPDATE paraph_report_store SET version = 2",
              "INSERT INTO paraph_report_planned (id, day, policy, part, domain, begins, ends, piece, "
              "pieces, state, next_try, "
              "size, planned) VALUES ('a', 1, x'00', 0, 'orchard.example', 1, 2, 0, 1, 'planned', 5, 0, "
              "5)"}) {
            REQUIRE(database->run(statement));
        }
    }
    const auto database = open_sqlite({.path = tree.path("r.db")});
    REQUIRE(database->open());
    CHECK(database->run("SELECT kind FROM paraph_report_planned")->rows.at(0).text(0) == "aggregate");
    CHECK(database->run("SELECT count(*) FROM paraph_report_failure")->rows.at(0).number(0) == 0);
    CHECK(database->run("SELECT max(version) FROM paraph_report_store")->rows.at(0).number(0) ==
          static_cast<std::int64_t>(versions().size()));
}
