#include "milter/reports/collector.h"

#include "counted.h"
#include "evaluated.h"

#include <string>
#include <thread>

using namespace milter::reports;
using namespace reports_test;

namespace {

void nobody() {}

} // namespace

TEST_CASE("which messages are counted") {
    struct Case {
        const char* name;
        void (*change)(milter::record::MessageFacts&);
        std::int64_t expected;
    };
    const Case cases[]{
        {"one from outside", [](auto&) {}, 1},
        {"not our own, nor what a filter of ours hands back", [](auto& f) { f.from_outside = false; }, 0},
        {"not mail that was not checked", [](auto& f) { f.verdict.reset(); }, 0},
        {"not one that was put off and comes again",
         [](auto& f) { f.disposition.action = authenticate::Action::tempfail; }, 0},
        {"one that was refused", [](auto& f) { f.disposition.action = authenticate::Action::reject; }, 1},
        {"not one whose domain wants no reports",
         [](auto& f) { f.verdict->dmarc->evaluation->record->rua.clear(); }, 0},
        {"not one without a record", [](auto& f) { f.verdict->dmarc->evaluation->record.reset(); }, 0},
        {"a bounce", [](auto& f) { f.mail_from = "<>"; }, 1},
    };
    for (const Case& one : cases) {
        INFO(one.name);
        Collector collector(nobody);
        auto message_facts = facts();
        one.change(message_facts);
        collector.read(message_facts);
        CHECK(collector.take().messages() == one.expected);
        CHECK(collector.take_losses().dropped == 0);
    }
}

TEST_CASE("the domain of recipients is a row of its own where it is told") {
    Collector collector(nobody);
    for (const auto* recipient : {"<ann@harbour.example>", "<bob@harbour.example>", "<cid@other.example>"}) {
        auto message_facts = facts();
        message_facts.recipients = {recipient};
        collector.read(message_facts);
    }
    collector.read(facts());
    const auto counted = collector.take();
    REQUIRE(counted.policies().size() == 1);
    CHECK(counted.policies().begin()->second.rows.size() == 3);
}

TEST_CASE("memory has a bound: first detail is left out, then messages, and all of it is told") {
    Collector collector(nobody);
    config::Reports settings;
    settings.memory = std::size_t{1024} * 1024;
    collector.configure(settings);
    constexpr int sent = 20000;
    for (int i = 0; i < sent; ++i) {
        collector.read(facts("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250)));
    }
    auto batch = collector.take();
    const auto losses = collector.take_losses();
    CHECK(batch.bytes() <= settings.memory);
    CHECK(losses.less_detail > 0);
    CHECK(losses.dropped > 0);
    CHECK(batch.messages() + losses.dropped == sent);
    // What is held until the store takes it counts as well, but what is known there needs nothing.
    collector.hold(settings.memory);
    collector.read(facts());
    CHECK(collector.take_losses().dropped == 1);
    collector.hold(0);
    collector.read(facts());
    collector.read(facts());
    CHECK(collector.take().messages() == 2);
}

TEST_CASE("whoever writes is woken when much has come") {
    int woken = 0;
    Collector collector([&woken] { ++woken; });
    config::Reports settings;
    settings.memory = std::size_t{1024} * 1024;
    collector.configure(settings);
    for (int i = 0; i < 2000; ++i) {
        collector.read(facts("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250)));
    }
    CHECK(woken == 1);
}

TEST_CASE("with reports.durable a message waits for the disk") {
    Collector* known = nullptr;
    std::jthread writer;
    Collector collector([&] {
        writer = std::jthread([&known] {
            CHECK(known->take().messages() == 1);
            known->settle(true);
        });
    });
    known = &collector;
    config::Reports settings;
    settings.durable = true;
    collector.configure(settings);
    collector.read(facts());
    CHECK(collector.take_losses().late == 0);
    writer.join();
}

TEST_CASE("nobody waits for a store that does not work") {
    Collector collector(nobody);
    config::Reports settings;
    settings.durable = true;
    collector.configure(settings);
    collector.settle(false);
    for (int i = 0; i < 1000; ++i) { // which would take minutes
        collector.read(facts());
    }
    CHECK(collector.take_losses().late == 1000);
    CHECK(collector.take().messages() == 1000);
}
