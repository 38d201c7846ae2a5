#include "milter/reports/history_queue.h"
#include "milter/reports/history_writer.h"

#include "evaluated.h"
#include "milter/reports/history_file.h"
#include "milter/reports/history_records.h"
#include "support/file_contents.h"
#include "support/memory_logger.h"
#include "support/temporary_tree.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>

using namespace milter::reports;
using namespace reports_test;
using test::contents;

namespace {

const std::string record = "job Q1\nreporter mx\naction 2\n";

std::uint64_t count_of(const milter::record::Counters& counters, const std::string& name) {
    const auto all = counters.read();
    return std::ranges::find(all, name, &milter::record::Count::name)->value;
}

struct Writing {
    TemporaryTree tree;
    test::MemoryLogger logger;
    milter::record::Counters counters;
    int woken = 0;
    HistoryQueue queue{[this] { ++woken; }};
    HistoryWriter writer{queue, logger, counters};
    config::Reports settings;

    Writing() { settings.history_file = tree.path("later/history"); }

    void send(int messages = 1) {
        for (int i = 0; i < messages; ++i) {
            queue.read(facts());
        }
    }
    void flush() { writer.flush(settings); }
    void make_folder() { std::filesystem::create_directory(tree.path("later")); }
    [[nodiscard]] std::string text() const { return contents(settings.history_file); }
    [[nodiscard]] std::uint64_t counted(const std::string& name) const { return count_of(counters, name); }
    [[nodiscard]] std::ptrdiff_t lines(const std::string& word) const {
        return std::ranges::count_if(logger.lines,
                                     [&](const auto& line) { return line.find(word) != std::string::npos; });
    }
};

std::size_t jobs(const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
        count += text.compare(at, 4, "job ") == 0 ? 1U : 0U;
    }
    return count;
}

} // namespace

TEST_CASE("which messages are in the history") {
    struct Case {
        const char* name;
        void (*change)(milter::record::MessageFacts&);
        std::size_t expected;
    };
    const Case cases[]{
        {"one from outside", [](auto&) {}, 1},
        {"not our own, nor what a filter of ours hands back", [](auto& f) { f.from_outside = false; }, 0},
        {"not mail that was not checked", [](auto& f) { f.verdict.reset(); }, 0},
        {"not one that was put off and comes again",
         [](auto& f) { f.disposition.action = authenticate::Action::tempfail; }, 0},
        {"one that was refused", [](auto& f) { f.disposition.action = authenticate::Action::reject; }, 1},
        {"one whose domain wants no reports",
         [](auto& f) { f.verdict->dmarc->evaluation->record->rua.clear(); }, 1},
        {"not one without a record", [](auto& f) { f.verdict->dmarc->evaluation->record.reset(); }, 0},
        {"a bounce", [](auto& f) { f.mail_from = "<>"; }, 1},
    };
    for (const Case& one : cases) {
        INFO(one.name);
        HistoryQueue queue([] {});
        auto message_facts = facts();
        one.change(message_facts);
        queue.read(message_facts);
        CHECK(jobs(queue.take()) == one.expected);
        CHECK(queue.take_dropped() == 0);
    }
}

TEST_CASE("a job and a host are those of the message") {
    HistoryQueue queue([] {});
    auto message_facts = facts();
    message_facts.queue_id = "4Xyz\njob 5";
    message_facts.host = "mx.harbour.example";
    queue.read(message_facts);
    CHECK(queue.take().starts_with("job 4Xyz?job?5\nreporter mx.harbour.example\nreceived "));
    CHECK(queue.take().empty());
}

TEST_CASE("memory for the history has a bound, with what could not be written yet") {
    int rings = 0;
    HistoryQueue queue([&rings] { ++rings; });
    config::Reports settings;
    settings.memory = std::size_t{64} * 1024;
    queue.configure(settings);
    constexpr std::size_t sent = 1000;
    for (std::size_t i = 0; i < sent; ++i) {
        queue.read(facts());
    }
    CHECK(rings == 1); // a quarter is full
    const auto taken = queue.take();
    CHECK(taken.size() <= settings.memory);
    CHECK(jobs(taken) + static_cast<std::size_t>(queue.take_dropped()) == sent);
    for (int i = 0; i < 1000; ++i) { // while a disk takes its time with the others
        queue.read(facts());
    }
    CHECK(taken.size() + queue.take().size() <= settings.memory);
    CHECK(queue.take_dropped() > 0);
    queue.hold(settings.memory);
    queue.read(facts());
    CHECK(queue.take_dropped() == 1);
    queue.hold(0);
    queue.read(facts());
    CHECK(jobs(queue.take()) == 1);
}

TEST_CASE("what cannot be written waits, is told once, and is written later") {
    Writing one;
    one.send(3);
    one.flush();
    one.send(2);
    one.flush();
    CHECK(one.writer.has_batch());
    CHECK(one.lines("REPORTS_STORE]") == 1);
    one.make_folder();
    one.flush();
    CHECK_FALSE(one.writer.has_batch());
    CHECK(jobs(one.text()) == 5);
    CHECK(one.lines("REPORTS_STORED]") == 1);
    CHECK(one.counted("history.written") == 5);
}

TEST_CASE("what has no room is told once and counted") {
    Writing one;
    one.settings.memory = std::size_t{1024} * 1024;
    one.queue.configure(one.settings);
    one.send(5000);
    one.flush();
    one.send(10);
    one.flush();
    CHECK(one.lines("REPORTS_LOST]") == 1);
    one.make_folder();
    one.flush();
    CHECK(one.counted("history.written") == jobs(one.text()));
    CHECK(one.counted("history.written") + one.counted("history.dropped") == 5010);
}

TEST_CASE("what was kept still goes to its file when the setting is taken out") {
    Writing one;
    one.make_folder();
    one.send();
    auto path = one.settings.history_file;
    one.flush();
    one.send();
    one.settings.history_file.clear();
    one.flush();
    CHECK(jobs(contents(path)) == 2);
}

TEST_CASE("what is lost at the end is told") {
    Writing one;
    one.send(3);
    one.flush();
    one.send(1);
    one.writer.give_up();
    CHECK(one.lines("4 messages are missing in it") == 1);
    CHECK(one.counted("history.dropped") == 4);
    CHECK_FALSE(one.writer.has_batch());
}

TEST_CASE("with reports.durable a message waits until its record is in the file") {
    test::MemoryLogger logger;
    milter::record::Counters counters;
    const TemporaryTree tree;
    config::Reports settings;
    settings.durable = true;
    settings.history_file = tree.path("history");
    HistoryWriter* writer = nullptr;
    std::jthread thread;
    HistoryQueue queue([&] { thread = std::jthread([&] { writer->flush(settings); }); });
    HistoryWriter its_writer(queue, logger, counters);
    writer = &its_writer;
    queue.configure(settings);
    queue.read(facts());
    const bool is_there = jobs(contents(settings.history_file)) == 1; // when it is answered
    REQUIRE(thread.joinable());
    thread.join();
    CHECK(jobs(contents(settings.history_file)) == 1);
    its_writer.flush(settings); // counts what came late
    CHECK(
        (is_there || count_of(counters, "history.late") == 1)); // a disk may take longer than a message waits
}

TEST_CASE("nobody waits for a history that cannot be written, and that is counted") {
    Writing one;
    one.settings.durable = true;
    one.queue.configure(one.settings);
    one.queue.settle(false);
    one.send(1000);
    CHECK(one.woken == 0); // who waits has it written at once
    one.flush();
    CHECK(one.counted("history.late") == 1000);
    one.make_folder();
    one.flush();
    CHECK(one.counted("history.written") == 1000);
}

TEST_CASE("a file has a largest size, and what is there stays") {
    TemporaryTree tree;
    const auto path = tree.path("history");
    REQUIRE(append_to_history(path, record, {.largest = 2 * record.size()}));
    REQUIRE(append_to_history(path, record, {.largest = 2 * record.size()}));
    CHECK(append_to_history(path, record, {.largest = 2 * record.size()}).error().find("as large as") !=
          std::string::npos);
    CHECK(contents(path) == record + record);
    CHECK(append_to_history(path, record, {}));
}

TEST_CASE("nothing is made where others may write") {
    TemporaryTree tree;
    const auto path = tree.path("open/history");
    std::filesystem::create_directory(tree.path("open"));
    for (const mode_t mode : {mode_t{0777}, mode_t{0775}}) {
        REQUIRE(::chmod(tree.path("open").c_str(), mode) == 0);
        CHECK(append_to_history(path, record, {}).error().find("can be written by") != std::string::npos);
        CHECK(history_danger(path).find("can be written by") != std::string::npos);
        CHECK_FALSE(std::filesystem::exists(path));
    }
    REQUIRE(::chmod(tree.path("open").c_str(), 01777) == 0); // nobody takes away what is another's
    CHECK(history_danger(path).empty());
    CHECK(append_to_history(path, record, {}));
}

TEST_CASE("a record that was cut anywhere is cut off, and those before it stay") {
    TemporaryTree tree;
    for (std::size_t cut = 0; cut < record.size(); ++cut) {
        for (const std::string& before : {std::string(), record}) {
            CAPTURE(cut, before);
            const auto path = tree.write("history", before + record.substr(0, cut));
            REQUIRE(append_to_history(path, record, {}));
            CHECK(contents(path) == before + record);
        }
    }
}

TEST_CASE("which end of a file is whole") {
    struct Case {
        std::string tail;
        std::size_t end;
    };
    const Case cases[]{
        {"", 0},
        {record, record.size()},
        {record + std::string(3, '\0'), record.size()}, // a host that failed
        {record + "job", record.size()},
        {record + "later 1\n", record.size() + 8}, // of a newer opendmarc
        {"action 2\n" + record, record.size() + 9},
        {"er mx\naction 2\njob Q2\n", 15},
        {"root:x:0:0\n", std::string::npos},
        {"jobs\n", std::string::npos},
    };
    for (const Case& one : cases) {
        CAPTURE(one.tail);
        CHECK(end_of_whole_records(one.tail) == one.end);
    }
}

TEST_CASE("records are taken apart where one begins") {
    const std::string three = record + record + record;
    CHECK(end_of_records(three, 0, 1) == record.size());
    CHECK(end_of_records(three, 0, 2 * record.size()) == 2 * record.size());
    CHECK(end_of_records(three, 0, 2 * record.size() + 5) == 2 * record.size());
    CHECK(end_of_records(three, record.size(), 1000) == three.size());
    CHECK(end_of_records(three, three.size(), 1000) == three.size());
}
