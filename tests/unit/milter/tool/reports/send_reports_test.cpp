#include "milter/tool/reports/plan_failures.h"
#include "milter/tool/reports/send_reports.h"

#include "milter/reports/failure_store.h"
#include "milter/reports/flush.h"
#include "milter/reports/sqlite_database.h"
#include "report/evaluation.h"
#include "report/failure_arf.h"
#include "support/catch.h"
#include "support/temporary_tree.h"
#include "support/watched_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

using namespace milter::tool;
using namespace milter::tool::reports;
using End = Attempt::End;

namespace {

constexpr ::report::Day some_day = 20'000;
constexpr base::UnixTime noon = (some_day + 1) * base::UnixTime{86'400} + 43'200;

// Every name takes mail, but for those below silent.test, which nobody answers for, and with "slow" in it it
// takes eight seconds to say so, or all the time there is.
class Dns final : public AnswerSource {
  public:
    Dns(int& asked, std::chrono::milliseconds& clock) : asked_(asked), clock_(clock) {}

    void begin_anew(std::optional<std::chrono::milliseconds> limit) override { limit_ = limit; }

    [[nodiscard]] Result<void> answer(const dns::Questions& questions, dns::Answers& known) override {
        for (const auto& question : questions) {
            ++asked_;
            auto answer = dns::no_name();
            const bool is_slow = question.name.find("slow") != std::string::npos;
            constexpr std::chrono::seconds slowness(8);
            clock_ += is_slow ? std::min<std::chrono::milliseconds>(slowness, limit_.value_or(slowness))
                              : std::chrono::milliseconds(1);
            if (question.name.ends_with("silent.test") || (is_slow && limit_)) {
                answer = dns::failed(dns::Failure::timeout);
            } else if (question.type == dns::Type::mx) {
                answer.status = dns::Status::found;
                answer.exchanges = {{10, "mx.test"}};
            }
            known.insert(question, answer);
        }
        return {};
    }

  private:
    int& asked_;
    std::chrono::milliseconds& clock_;
    std::optional<std::chrono::milliseconds> limit_;
};

class Postbox final : public Postman {
  public:
    [[nodiscard]] Attempt send(const Envelope& envelope, std::string_view mail,
                               const std::function<bool()>& before_end) override {
        (void)mail;
        ++tried;
        auto attempt = reply(envelope.recipient);
        if (attempt.end == End::accepted && before_end()) {
            if (is_killed_at_end) {
                throw Killed();
            }
            taken.push_back(envelope.recipient);
        }
        return attempt;
    }

    std::function<Attempt(const std::string&)> reply = [](const auto&) {
        return Attempt{End::accepted, "250 ok"};
    };
    struct Killed {};
    bool is_killed_at_end = false; // before its last octets
    std::vector<std::string> taken;
    int tried = 0;
};

class Office {
  public:
    Office() {
        settings.mail.from = "dmarc@reports.test";
        settings.mail.per_minute = settings.mail.per_minute_and_host = 0;
        settings.hold_new_domains = false;
    }

    void count(const std::vector<std::string>& domains, const std::string& at = "") {
        milter::reports::Pending batch;
        for (const auto& domain : domains) {
            ::report::Evaluation one{.policy = {.domain = *base::DomainName::parse(domain)},
                                     .row = {.source_ip = *base::IpAddress::parse("192.0.2.1"),
                                             .header_from = *base::DomainName::parse(domain)}};
            one.policy.rua = {"mailto:agg@" + (at.empty() ? domain : at)};
            one.day = some_day;
            REQUIRE(batch.add(milter::reports::count_of(one, ::report::Detail::full, 0), 10'000'000));
        }
        REQUIRE(milter::reports::flush(
            *database, batch, {.instance = "a", .host = "mx1", .number = ++flushes_, .at = now, .dropped = 0},
            {}));
    }

    RunResult run() {
        slept = {};
        picked = 0;
        Inquiries inquiries(std::make_unique<Dns>(asked, slept), {}, 100);
        SendReports sending(settings, key_, "test", outbox,
                            {.postman = postbox,
                             .inquiries = inquiries,
                             .now = [this] { return now + slept.count() / 1000; },
                             .ticks = [this] { return Pace::Time(std::chrono::hours(1000) + slept); },
                             .sleep = [this](auto time) { slept += time; },
                             .stops = [this] { return ++picked > 100'000; },
                             .sign = [](const std::string& mail) { return Result<std::string>(mail); },
                             .say = [this](const std::string& text) { said += text + '\n'; }});
        (void)sending.run({});
        return sending.result();
    }

    [[nodiscard]] std::int64_t number(const std::string& query) {
        const auto table = database->run(query);
        REQUIRE(table);
        return table->rows.at(0).number(0);
    }

    base::UnixTime now = noon;
    std::chrono::milliseconds slept{};
    int picked = 0; // how often the run looked for more
    int asked = 0;  // questions to the DNS
    std::string said;
    config::Reports settings;
    Postbox postbox;
    TemporaryTree tree;
    std::unique_ptr<test::WatchedDatabase> database = std::make_unique<test::WatchedDatabase>(
        milter::reports::open_sqlite({.path = tree.path("reports.db"), .patience = {}, .set_aside = {}}));
    Outbox outbox{*database, nullptr};

  private:
    crypto::MacKey key_ = crypto::MacKey::generate();
    int flushes_ = 0;
};

std::vector<std::string> names(int count, const std::string& pattern) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) {
        all.push_back(fmt::format(fmt::runtime(pattern), i));
    }
    return all;
}

} // namespace

TEST_CASE("whoever waits for his host's turn is looked at when it is his turn, and not each second") {
    Office office;
    office.settings.mail.per_minute_and_host = 60;
    office.count(names(100, "d{}.hosting.test"));
    CHECK(office.run().sent == 100);
    CHECK(office.slept >= std::chrono::seconds(99)); // and all of them are one organization
    CHECK(office.slept < std::chrono::seconds(110));
    CHECK(office.picked < 600); // a second of a hundred that wait would be thousands
}

TEST_CASE("another organization's report does not wait behind them") {
    Office office;
    office.settings.mail.per_minute_and_host = 1;
    office.count(names(3, "d{}.hosting.test"));
    office.count({"orchard.test"});
    office.postbox.reply = [&](const std::string& to) {
        CHECK((to != "agg@orchard.test" || office.slept < std::chrono::seconds(30)));
        return Attempt{End::accepted, "250 ok"};
    };
    CHECK(office.run().sent == 4);
}

TEST_CASE("addresses that our server does not get on with do not stop the others") {
    Office office;
    office.count(names(200, "d{}.hosting.test"));
    office.count(names(20, "good{}.test"));
    office.postbox.reply = [](const std::string& to) {
        return to.find("good") != std::string::npos
                   ? Attempt{End::accepted, "250 ok"}
                   : Attempt{.end = End::later, .reply = "421 not now", .is_doubtful = true};
    };
    const auto done = office.run();
    CHECK(done.sent == 20);
    CHECK(done.problem.empty());
    CHECK(office.postbox.tried == 220);
    office.now += 3600;
    (void)office.run();
    CHECK(office.postbox.tried == 420);
    office.now += 1200; // the pause is longer now
    (void)office.run();
    CHECK(office.postbox.tried == 420);
}

TEST_CASE("a server that takes mail for nobody ends the run, and nobody is suppressed for it") {
    struct Case {
        Attempt reply;
        int tries;
    };
    for (const auto& one : {Case{{.end = End::server_fault, .reply = "no"}, 3},
                            Case{{.end = End::later, .reply = "554 5.7.1 no", .is_doubtful = true}, 20}}) {
        Office office;
        office.count(names(50, "d{}.test"));
        office.postbox.reply = [&](const auto&) { return one.reply; };
        CHECK(office.run().problem.find("does not take reports") != std::string::npos);
        CHECK(office.postbox.tried == one.tries);
        CHECK(office.number("SELECT count(*) FROM paraph_report_suppressed") == 0);
        CHECK(office.number("SELECT count(*) FROM paraph_report_delivery WHERE state = 'waiting'") == 50);
    }
}

TEST_CASE("a planned report whose counts are gone is given up, and says so") {
    Office office;
    office.count({"orchard.test"});
    office.postbox.reply = [](const auto&) { return Attempt{End::later, "450 full"}; };
    CHECK(office.run().waiting == 1);
    REQUIRE(office.database->run("DELETE FROM paraph_report_policy"));
    office.now += 3600;
    CHECK(office.run().given_up == 1);
    CHECK(office.said.find("its counts are gone") != std::string::npos);
    CHECK(office.number("SELECT count(*) FROM paraph_report_delivery WHERE state = 'given_up'") == 1);
}

TEST_CASE("a try that failed while the clock was days ahead is repeated when it is right again") {
    Office office;
    office.count({"orchard.test"});
    office.now += 2 * 86'400;
    office.postbox.reply = [](const auto&) { return Attempt{End::later, "450 full"}; };
    CHECK(office.run().waiting == 1);
    office.now = noon;
    office.postbox.reply = [](const auto&) { return Attempt{End::accepted, "250 ok"}; };
    CHECK(office.run().sent == 1);
}

TEST_CASE("a zone that does not answer is not asked for each of its names") {
    Office office;
    office.count(names(100, "d{}.silent.test"));
    office.count({"orchard.test"});
    const auto done = office.run();
    CHECK(done.sent == 1);
    CHECK(done.waiting == 100);
    CHECK(office.asked < 30);
}

TEST_CASE("a silent policy domain does not keep the reports of others from its address") {
    Office office;
    office.count(names(5, "d{}.silent.test"), "collector.test");
    office.count({"collector.test"});
    CHECK(office.run().sent == 1);
}

TEST_CASE("killed between the commit and the last octets, a report counts as sent") {
    Office office;
    office.count({"orchard.test"});
    office.postbox.is_killed_at_end = true;
    CHECK_THROWS_AS(office.run(), Postbox::Killed);
    office.postbox.is_killed_at_end = false;
    (void)office.run();
    CHECK(office.postbox.tried == 1);
    CHECK(office.number("SELECT count(*) FROM paraph_report_delivery WHERE state = 'sent'") == 1);
}

TEST_CASE("an organization gets so many reports a day, of all runs, and others get theirs") {
    Office office;
    office.settings.mail.per_day_and_host = 30;
    office.count(names(20, "a{}.hosting.test"));
    CHECK(office.run().sent == 20);
    office.count(names(50, "b{}.hosting.test"));
    office.count({"orchard.test"});
    const auto second = office.run();
    CHECK(second.sent == 11);
    CHECK(second.held == 40);
    CHECK(office.number("SELECT count(*) FROM paraph_report_delivery WHERE state = 'held' AND last_reply = "
                        "'30 reports went to hosting.test on this day (reports.per_day_and_host)'") == 40);
    CHECK(std::count(office.said.begin(), office.said.end(), '\n') == 1); // for all forty
    office.now += 86'400;
    CHECK(office.run().sent == 0); // they are not sent later
    office.count(names(10, "c{}.hosting.test"));
    CHECK(office.run().sent == 10);
}

TEST_CASE("a share that mail of yesterday used up is whole again after midnight, within a run too") {
    Office office;
    office.settings.mail.per_day_and_host = 4;
    office.settings.mail.per_minute = 1;
    office.now = (some_day + 2) * base::UnixTime{86'400} - 150;
    office.count(names(8, "d{}.hosting.test"));
    const auto done = office.run();
    CHECK(done.sent == 7); // three before, four after
    CHECK(done.held == 1);
}

TEST_CASE("name servers that take their time cannot hold a run, neither for one organization nor for many") {
    Office office;
    SECTION("one") {
        office.count(names(100, "slow{}.hosting.test"));
        office.count(names(10, "good{}.test"));
        const auto done = office.run();
        CHECK(done.sent >= 10 + 2);
        CHECK(done.sent < 10 + 10);
        CHECK(done.waiting == 110 - done.sent);
        CHECK(office.slept < std::chrono::minutes(1));
    }
    SECTION("many") {
        office.count(names(1000, "slow{}.test"));
        office.count(names(10, "good{}.test"));
        const auto done = office.run();
        CHECK(office.number("SELECT count(*) FROM paraph_report_delivery WHERE state = 'sent' AND address "
                            "LIKE '%@good%'") == 10);
        CHECK(office.slept < std::chrono::minutes(50)); // and not two hours and more
        CHECK(office.number("SELECT count(*) FROM paraph_report_delivery WHERE state = 'waiting'") ==
              1010 - done.sent);
    }
}

TEST_CASE("no statement of a run reads all that was counted or planned, or a day of it") {
    Office office;
    office.count(names(20, "d{}.test"));
    office.postbox.reply = [](const std::string& to) {
        return to.find("d1") == std::string::npos ? Attempt{End::accepted, "250 ok"}
                                                  : Attempt{End::later, "450 full"};
    };
    CHECK(office.run().sent == 9);
    office.now += 3600;
    CHECK(office.run().waiting == 11);
    CHECK(office.database->slow() == std::vector<std::string>());
}

// ---- Failure reports

namespace {

void fail_of(Office& office, const std::vector<std::string>& domains, const std::string& at = "") {
    milter::reports::FailureBatch batch;
    office.settings.failure.enabled = true;
    for (const auto& domain : domains) {
        const ::report::FailureContents contents{
            .subject = "s", .words = "w\r\n", .feedback = "A: b\r\n", .header = "From: <x@y>\r\n"};
        batch.reports.push_back({.id = "id" + std::to_string(batch.reports.size()) + domain.substr(0, 1),
                                 .domain = domain,
                                 .addresses = "f@" + (at.empty() ? domain : at),
                                 .content = pack(contents),
                                 .seen = office.now});
    }
    REQUIRE(milter::reports::store_failures(*office.database, batch, {"d", "mx1", office.now}));
}

} // namespace

TEST_CASE("a failure report goes out at once, and what it says is gone from the store then") {
    Office office;
    fail_of(office, {"orchard.test", "plum.test"});
    CHECK(office.run().sent == 2);
    CHECK(office.number("SELECT count(*) FROM paraph_report_failure") == 0);
    CHECK(office.run().sent == 0);
    CHECK(office.postbox.taken == std::vector<std::string>{"f@orchard.test", "f@plum.test"});
}

TEST_CASE("whoever is killed at the end of a failure report sends it once") {
    Office office;
    fail_of(office, names(3, "d{}.test"));
    office.postbox.is_killed_at_end = true;
    for (int i = 0; i < 3; ++i) {
        CHECK_THROWS_AS(office.run(), Postbox::Killed);
    }
    office.postbox.is_killed_at_end = false;
    CHECK(office.run().sent == 0); // taken for sent, all of them
    CHECK(office.postbox.tried == 3);
    CHECK(office.number("SELECT count(*) FROM paraph_report_failure") == 0);
}

TEST_CASE("the limits hold over all daemons of a store, and what is beyond them waits") {
    Office office;
    office.settings.failure.per_hour = 4;
    office.settings.failure.per_hour_and_domain = 2;
    fail_of(office, names(6, "d{}.hosting.test"));
    CHECK(office.run().planned == 2);
    fail_of(office, names(6, "e{}.test"));
    CHECK(office.run().planned == 2);
    CHECK(office.run().planned == 0);
    office.now += 3600;
    CHECK(office.run().planned == 4);
}

TEST_CASE("one organization that has the reports of many domains gets its share") {
    Office office;
    fail_of(office, names(60, "d{}.test"), "collector.test");
    CHECK(office.run().planned == 15); // of 60 an hour
    CHECK(office.run().planned == 0);  // and that is remembered
    fail_of(office, names(60, "e{}.test"));
    CHECK(office.run().planned == 45);
}

TEST_CASE("what a dry run says of failure reports is what the run does") {
    Office office;
    office.settings.failure.per_hour_and_domain = 2;
    office.settings.failure.per_hour = 4;
    fail_of(office, names(3, "d{}.hosting.test"));
    CHECK(office.run().planned == 2);
    fail_of(office, names(5, "e{}.test"));
    std::map<std::string, int> seen;
    REQUIRE(look_at_failures(office.outbox, office.settings, {}, office.now,
                             [&](const auto&, const FailurePlan& plan) -> Stored<void> {
                                 ++seen[plan.waits_for ? print(*plan.waits_for) : "goes"];
                                 return {};
                             }));
    using milter::reports::FailureLimit;
    CHECK(seen == std::map<std::string, int>{
                      {"goes", 2}, {print(FailureLimit::organization), 1}, {print(FailureLimit::all), 3}});
    CHECK(office.run().planned == 2);
}

TEST_CASE("failure reports that are off, too old, or of a domain on the list are not sent and not kept") {
    for (const auto& change : std::vector<std::function<void(Office&)>>{
             [](Office& office) { office.settings.failure.enabled = false; },
             [](Office& office) { office.now += office.settings.mail.give_up.count() + 1; },
             [](Office& office) { office.settings.failure.never = {"orchard.test"}; },
             [](Office& office) { office.settings.hold_new_domains = true; }}) {
        Office office;
        fail_of(office, {"orchard.test"});
        change(office);
        CHECK(office.run().planned == 0);
        CHECK(office.postbox.tried == 0);
        CHECK(office.number("SELECT count(*) FROM paraph_report_failure") == 0);
    }
}

TEST_CASE("failure reports that were planned are not sent any more once they are off") {
    Office office;
    fail_of(office, {"orchard.test"});
    office.postbox.reply = [](const auto&) { return Attempt{End::later, "451 later"}; };
    (void)office.run();
    office.settings.failure.enabled = false;
    office.now += 3600;
    office.postbox.reply = [](const auto&) { return Attempt{End::accepted, "250 ok"}; };
    CHECK(office.run().given_up == 1);
    CHECK(office.postbox.taken.empty());
    CHECK(office.number("SELECT count(*) FROM paraph_report_failure") == 0);
}

TEST_CASE("octets of the store that are no report of ours are not sent") {
    Office office;
    fail_of(office, {"orchard.test"});
    REQUIRE(office.database->run("UPDATE paraph_report_failure SET content = $1",
                                 {milter::reports::Value(milter::reports::Bytes{"x"})}));
    (void)office.run();
    CHECK(office.postbox.tried == 0);
    CHECK(office.number("SELECT count(*) FROM paraph_report_failure") == 0);
}
