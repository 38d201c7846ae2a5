#include "milter/session/driver.h"

#include "dns/awaited.h"
#include "support/catch.h"
#include "support/table_resolver.h"

#include <new>
#include <string>
#include <thread>
#include <utility>

using milter::runtime::DriverLimits;
using milter::session::Driver;
using namespace std::chrono_literals;

namespace {

using Outcome = dns::Outcome<std::string>;

// Follows TXT texts as names: "a" -> "b" -> "c" -> a text that is no name of the chain any more.
Outcome follow(std::string name, std::size_t hops, const dns::Answers& known) {
    dns::Inquiry dns(known);
    for (std::size_t i = 0; i < hops; ++i) {
        const dns::Answer* answer = dns.ask(name, dns::Type::txt);
        if (answer == nullptr) {
            return dns.take_questions();
        }
        if (answer->status == dns::Status::failed) {
            return std::string("failed: ") + dns::print(answer->failure);
        }
        name = answer->texts.empty() ? "nothing" : answer->texts.front();
    }
    return name;
}

// For follow(): "a" -> "b" -> "c" -> "end".
void add_chain(test::TableResolver& table) {
    table.zone.add("TXT a", "b");
    table.zone.add("TXT b", "c");
    table.zone.add("TXT c", "end");
}

dns::Questions questions_of(Outcome outcome) {
    auto* questions = std::get_if<dns::Questions>(&outcome);
    return questions == nullptr ? dns::Questions{} : std::move(*questions);
}

void no_progress() {}

// While finish() waits its `progress` is called all the time, and gives answers.
const milter::runtime::DriverLimits told_often{.questions = 10, .budget = 10s, .progress_interval = 1ms};

// Shared by all tests of this file, as it is by all sessions of the daemon.
milter::threads::Share::Total waiting{0};

} // namespace

TEST_CASE("finish asks round after round until there is a verdict") {
    test::TableResolver table;
    add_chain(table);
    Driver driver(table, {}, waiting);
    CHECK(driver.finish([](const auto& known) { return follow("a", 3, known); }, no_progress) == "end");
    CHECK(driver.questions() == 3);
    CHECK_FALSE(driver.timed_out());
}

TEST_CASE("what is cached needs no round, but counts") {
    test::TableResolver table;
    add_chain(table);
    table.keep_cached();
    Driver driver(table, {}, waiting);
    int evaluations = 0;
    CHECK(driver.finish(
              [&](const auto& known) {
                  ++evaluations;
                  return follow("a", 3, known);
              },
              no_progress) == "end");
    CHECK(evaluations == 1);
    CHECK(table.asked.empty());
    CHECK(driver.questions() == 3);
}

TEST_CASE("the limit of questions holds for cached answers") {
    test::TableResolver table;
    add_chain(table);
    table.keep_cached();
    milter::runtime::DriverLimits limits;
    limits.questions = 2;
    Driver driver(table, limits, waiting);
    CHECK(driver.finish([](const auto& known) { return follow("a", 3, known); }, no_progress) ==
          "failed: refused");
    CHECK(driver.questions() == 2);
    CHECK(driver.refused_questions());
    CHECK(table.asked.empty());
}

TEST_CASE("what was prefetched is not asked again") {
    test::TableResolver table;
    table.zone.add("TXT a", "b");
    table.zone.add("TXT b", "end");
    Driver driver(table, {}, waiting);
    driver.prefetch([](const auto& known) { return questions_of(follow("a", 2, known)); });
    CHECK(table.asked.size() == 2);
    CHECK(driver.finish([](const auto& known) { return follow("a", 2, known); }, no_progress) == "end");
    CHECK(table.asked.size() == 2);
}

TEST_CASE("prefetching goes on while answers arrive, each task in its own rounds") {
    test::TableResolver table;
    table.zone.add("TXT a", "b");
    table.zone.add("TXT b", "end");
    table.zone.add("TXT x", "y");
    table.hold();
    Driver driver(table, {}, waiting);
    driver.prefetch([](const auto& known) { return questions_of(follow("a", 2, known)); });
    driver.prefetch([](const auto& known) { return questions_of(follow("x", 2, known)); });
    CHECK(table.asked.size() == 2);
    CHECK(table.release() == 2);
    CHECK(table.asked.size() == 4); // "b" and "y" went out without anybody waiting
    CHECK(table.release() == 2);
    CHECK(driver.finish([](const auto& known) { return follow("a", 2, known); }, no_progress) == "end");
    CHECK(table.asked.size() == 4);
}

TEST_CASE("two tasks that need the same answer ask for it once") {
    test::TableResolver table;
    table.zone.add("TXT a", "end");
    table.hold();
    Driver driver(table, {}, waiting);
    for (int i = 0; i < 3; ++i) {
        driver.prefetch([](const auto& known) { return questions_of(follow("a", 1, known)); });
    }
    CHECK(table.asked.size() == 1);
    table.release();
}

TEST_CASE("a spent budget turns missing answers into failures, and a verdict still comes") {
    test::TableResolver table;
    table.hold();
    Driver driver(table, {.questions = 10, .budget = 1ms, .progress_interval = 1s}, waiting);
    CHECK(driver.finish([](const auto& known) { return follow("a", 1, known); }, no_progress) ==
          "failed: timeout");
    CHECK(driver.timed_out());
}

TEST_CASE("progress is reported while waiting") {
    test::TableResolver table;
    table.hold();
    Driver driver(table, told_often, waiting);
    int calls = 0;
    (void)driver.finish([](const auto& known) { return follow("a", 1, known); },
                        [&] {
                            ++calls;
                            table.release();
                        });
    CHECK(calls >= 1);
}

TEST_CASE("over the limit of questions answers fail at once") {
    test::TableResolver table;
    table.zone.add("TXT a", "b");
    table.zone.add("TXT b", "c");
    Driver driver(table, {.questions = 1, .budget = 1s, .progress_interval = 1s}, waiting);
    CHECK(driver.finish([](const auto& known) { return follow("a", 3, known); }, no_progress) ==
          "failed: refused");
    CHECK(driver.refused_questions());
    CHECK(table.asked.size() == 1);
}

TEST_CASE("what is asked before the header cannot use up the questions kept for it") {
    test::TableResolver table;
    add_chain(table);
    table.zone.add("TXT x", "y");
    if (GENERATE(false, true)) {
        table.keep_cached();
    }
    Driver driver(table, {.questions = 3, .reserve = 1, .budget = 1s, .progress_interval = 1s}, waiting);
    driver.prefetch([](const auto& known) { return questions_of(follow("a", 3, known)); });
    CHECK(driver.finish([](const auto& known) { return follow("b", 2, known); }, no_progress) ==
          "failed: refused");
    CHECK(driver.questions() == 2);
    driver.open_reserve();
    CHECK(driver.finish([](const auto& known) { return follow("x", 1, known); }, no_progress) == "y");
    CHECK(driver.questions() == 3);
}

TEST_CASE("answers that arrive after the message is gone are ignored") {
    test::TableResolver table;
    table.zone.add("TXT a", "b");
    table.hold();
    {
        Driver driver(table, {}, waiting);
        driver.prefetch([](const auto& known) { return questions_of(follow("a", 2, known)); });
    }
    CHECK(table.release() == 1);
    CHECK(table.asked.size() == 1);
}

TEST_CASE("answers may come from another thread while finish waits") {
    test::TableResolver table;
    table.zone.add("TXT a", "end");
    table.hold();
    Driver driver(table, told_often, waiting);
    std::jthread other;
    const auto release_once = [&] {
        if (!other.joinable()) {
            other = std::jthread([&] { table.release(); });
        }
    };
    CHECK(driver.finish([](const auto& known) { return follow("a", 1, known); }, release_once) == "end");
}

TEST_CASE("who waits for what tasks follow up is woken by the end of it") {
    test::TableResolver table;
    add_chain(table);
    table.hold();
    Driver driver(table, told_often, waiting);
    for (int i = 0; i < 2; ++i) {
        driver.prefetch([](const auto& known) { return questions_of(follow("a", 3, known)); });
    }
    int evaluations = 0;
    CHECK(driver.finish(
              [&](const auto& known) {
                  ++evaluations;
                  return follow("a", 3, known);
              },
              [&] { table.release(); }) == "end");
    CHECK(evaluations == 2);
    CHECK(table.asked.size() == 3);
}

TEST_CASE("who waits is not kept by a task that throws") {
    test::TableResolver table;
    table.zone.add("TXT a", "end");
    table.hold();
    Driver driver(table, told_often, waiting);
    int calls = 0;
    driver.prefetch([&](const auto& known) {
        if (++calls > 1) {
            throw std::bad_alloc();
        }
        return questions_of(follow("a", 1, known));
    });
    const auto release = [&] {
        try {
            table.release();
        } catch (const std::bad_alloc&) { // the real resolver catches what its callbacks throw
        }
    };
    CHECK(driver.finish([](const auto& known) { return follow("a", 1, known); }, release) == "end");
    CHECK_FALSE(driver.timed_out());
    CHECK(calls == 2);
}

TEST_CASE("a budget that is spent in the middle of a chain fails the rest of it") {
    test::TableResolver table;
    add_chain(table);
    table.hold();
    Driver driver(table, {.questions = 10, .budget = 400ms, .progress_interval = 1ms}, waiting);
    driver.prefetch([](const auto& known) { return questions_of(follow("a", 3, known)); });
    bool once = false;
    CHECK(driver.finish([](const auto& known) { return follow("a", 3, known); },
                        [&] {
                            if (!std::exchange(once, true)) {
                                table.release();
                            }
                        }) == "failed: timeout");
    CHECK(driver.timed_out());
    CHECK(table.asked.size() == 2);
}

TEST_CASE("who waits is not kept by a task that asks for something else") {
    test::TableResolver table;
    table.zone.add("TXT a", "end");
    table.zone.add("TXT x", "y");
    table.hold();
    Driver driver(table, told_often, waiting);
    driver.prefetch([](const auto& known) { return questions_of(follow("x", 2, known)); });
    CHECK(table.release() == 1); // "y" is open
    std::size_t released = 0;
    CHECK(driver.finish([](const auto& known) { return follow("a", 1, known); },
                        [&] { released += table.release("a"); }) == "end");
    CHECK(released == 1);
}

TEST_CASE("who finds too many waiting does not wait, and says so") {
    test::TableResolver table;
    table.hold();
    milter::threads::Share::Total crowd{3};
    Driver driver(table, {.questions = 10, .budget = 10s, .progress_interval = 1s, .waiting = 3}, crowd);
    CHECK(driver.finish([](const auto& known) { return follow("a", 1, known); }, no_progress) ==
          "failed: timeout");
    CHECK(driver.turned_away());
    CHECK_FALSE(driver.timed_out());
    CHECK(crowd == 3);
}
