#include "keys/source/cached.h"

#include "keys/source/collect.h"
#include "keys/source/options.h"
#include "support/catch.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

using keys::source::Answer;
using keys::source::Item;
using keys::source::Rows;
using keys::source::Time;
using namespace std::chrono_literals;

// A database of this process, that can be made to fail.
struct Database {
    std::map<std::string, std::string, std::less<>> rows;
    std::string failure;
    std::string problem; // of the name "bad"
    std::uint64_t edition = 0;
    std::vector<std::string> asked;
};

class TestSource : public keys::source::Source {
  public:
    explicit TestSource(Database& database) : database_(database) {}

    Answer look_up(std::string_view name, Time /*deadline*/) override {
        database_.asked.emplace_back(name);
        if (!database_.failure.empty()) {
            return base::refuse(database_.failure);
        }
        if (name == "bad" && !database_.problem.empty()) {
            return Rows{{}, 1, database_.problem};
        }
        const auto found = database_.rows.find(name);
        return found == database_.rows.end() ? Rows{{}, 1} : Rows{{{found->second}}, 1};
    }
    [[nodiscard]] std::uint64_t edition() const override { return database_.edition; }

  private:
    Database& database_;
};

keys::source::Value make(std::string_view /*name*/, const Rows& rows) {
    return {std::make_shared<const std::string>(rows.rows.front().front()), rows.rows.front().front().size()};
}

struct Stage {
    explicit Stage(std::size_t bytes = 64UL * 1024)
        : cached(std::make_unique<TestSource>(database), make, {"postgresql:mail", 60s, 2s, bytes}, news,
                 [this] { return now; }) {
        news->attach([this](const Item& item) { told.push_back((item.failing ? "- " : "+ ") + item.text); });
    }

    // The value, "none", or the failure in brackets.
    std::string look_up(std::string_view name) {
        const auto found = cached.look_up(name, now + 10s);
        return !found.failure.empty() ? "[" + found.failure + "]"
               : found.value          ? *static_cast<const std::string*>(found.value.get())
                                      : "none";
    }

    Time now{1h};
    Database database;
    std::vector<std::string> told;
    std::shared_ptr<keys::source::News> news = std::make_shared<keys::source::News>();
    keys::source::Cached cached;
};

} // namespace

TEST_CASE("an answer is kept for its time, also that there is none") {
    Stage stage;
    stage.database.rows["a"] = "1";
    CHECK(stage.look_up("a") == "1");
    CHECK(stage.look_up("b") == "none");
    stage.database.rows = {{"a", "2"}, {"b", "3"}};
    stage.now += 59s;
    CHECK(stage.look_up("a") == "1");
    CHECK(stage.look_up("b") == "none");
    CHECK(stage.database.asked.size() == 2);
    stage.now += 2s;
    CHECK(stage.look_up("a") == "2");
    CHECK(stage.look_up("b") == "3");
    stage.database.rows.clear();
    stage.now += 61s;
    CHECK(stage.look_up("a") == "none");
}

TEST_CASE("what was known goes on while the source fails, and is told once") {
    Stage stage;
    stage.database.rows["a"] = "1";
    CHECK(stage.look_up("a") == "1");
    CHECK(stage.look_up("b") == "none");
    stage.now += 2min;
    stage.database.failure = "connection refused";
    CHECK(stage.look_up("a") == "1");
    CHECK(stage.look_up("b") == "none");
    CHECK(stage.look_up("new") == "[connection refused]");
    CHECK(stage.database.asked.size() == 3); // it was asked once more, and not by everybody
    stage.now += 1min;
    CHECK(stage.look_up("new") == "[connection refused]");
    CHECK(stage.told ==
          std::vector<std::string>{"- postgresql:mail: connection refused; what was looked up before "
                                   "goes on being used"});
    stage.database.failure.clear();
    stage.now += 1min;
    CHECK(stage.look_up("new") == "none");
    CHECK(stage.look_up("a") == "1");
    REQUIRE(stage.told.size() == 2);
    CHECK(stage.told[1] == "+ postgresql:mail: it answers again");
}

TEST_CASE("a source that fails is asked again after pauses that grow to ten seconds") {
    Stage stage;
    stage.database.failure = "down";
    std::vector<int> asked_at;
    for (int tenths = 0; tenths < 400; ++tenths) {
        const auto before = stage.database.asked.size();
        CHECK(stage.look_up("a") == "[down]");
        if (stage.database.asked.size() > before) {
            asked_at.push_back(tenths);
        }
        stage.now += 100ms;
    }
    CHECK(asked_at == std::vector<int>{0, 5, 15, 35, 75, 155, 255, 355});
}

TEST_CASE("names that nobody has are not asked and take no room") {
    Stage stage;
    stage.database.failure = "a name that breaks the database";
    for (const std::string& name : {std::string(), std::string("a\0b", 3), std::string("a\nb"),
                                    std::string("\xff\xfe"), std::string("\xc3"), std::string(65536, 'a')}) {
        CHECK(stage.look_up(name) == "none");
    }
    CHECK(stage.database.asked.empty());
    stage.database.failure.clear();
    stage.database.rows["m\xc3\xbcller'; DROP TABLE x; --"] = "1";
    CHECK(stage.look_up("m\xc3\xbcller'; DROP TABLE x; --") == "1");
}

TEST_CASE("made-up names push out each other and no row") {
    Stage stage(16UL * 1024);
    stage.database.rows["a"] = "1";
    CHECK(stage.look_up("a") == "1");
    for (int i = 0; i < 10000; ++i) {
        CHECK(stage.look_up(fmt::format("{}@example.org", i)) == "none");
    }
    const auto asked = stage.database.asked.size();
    CHECK(stage.look_up("a") == "1");
    CHECK(stage.database.asked.size() == asked);
    CHECK(stage.look_up("0@example.org") == "none");
    CHECK(stage.database.asked.size() == asked + 1); // it had to go
}

// Who has no row of his own signs with that of his domain, as long as it is known that he has none.
TEST_CASE("made-up names push out nothing that is asked for again, be it a row or that there is none") {
    Stage stage(64UL * 1024);
    stage.database.rows["ours.test"] = "1";
    const auto ask_for_real = [&] {
        for (int i = 0; i < 20; ++i) {
            CHECK(stage.look_up(fmt::format("user{}@ours.test", i)) == "none");
        }
        CHECK(stage.look_up("ours.test") == "1");
    };
    ask_for_real();
    ask_for_real();
    for (int round = 0; round < 10; ++round) {
        for (int i = 0; i < 1000; ++i) {
            const auto name = fmt::format("{}.{}@ours.test", round, i);
            stage.database.rows[fmt::format("{}.test", name)] = "2";
            CHECK(stage.look_up(name) == "none");
            CHECK(stage.look_up(name + ".test") == "2");
        }
        const auto asked = stage.database.asked.size();
        ask_for_real();
        CHECK(stage.database.asked.size() == asked);
    }
    stage.now += 2min;
    stage.database.failure = "connection refused";
    ask_for_real();
}

TEST_CASE("what was asked for again and anew makes room in its turn") {
    Stage stage(16UL * 1024);
    for (int i = 0; i < 1000; ++i) {
        const auto name = fmt::format("{}", i);
        CHECK(stage.look_up(name) == "none");
        CHECK(stage.look_up(name) == "none");
    }
    const auto asked = stage.database.asked.size();
    CHECK(stage.look_up("999") == "none");
    CHECK(stage.database.asked.size() == asked);
    CHECK(stage.look_up("0") == "none");
    CHECK(stage.database.asked.size() == asked + 1);
    stage.now += 2min; // asked anew, it keeps its place
    CHECK(stage.look_up("999") == "none");
    for (int i = 0; i < 1000; ++i) {
        CHECK(stage.look_up(fmt::format("new{}", i)) == "none");
    }
    stage.database.failure = "connection refused";
    CHECK(stage.look_up("999") == "none");
}

TEST_CASE("a large answer is kept, and nothing that is larger than all the room") {
    Stage stage(16UL * 1024);
    stage.database.rows = {{"large", std::string(7000, 'x')}, {"huge", std::string(9000, 'x')}, {"a", "1"}};
    CHECK(stage.look_up("a") == "1");
    for (int i = 0; i < 3; ++i) {
        CHECK(stage.look_up("large").size() == 7000);
        CHECK(stage.look_up("huge").size() == 9000);
    }
    const auto of_large = std::count(stage.database.asked.begin(), stage.database.asked.end(), "large");
    const auto of_huge = std::count(stage.database.asked.begin(), stage.database.asked.end(), "huge");
    CHECK(of_large == 1);
    CHECK(of_huge == 3);
}

TEST_CASE("a file that changed and a reload make it ask anew, and what was known remains for a failure") {
    Stage stage;
    stage.database.rows["a"] = "1";
    CHECK(stage.look_up("a") == "1");
    stage.database.rows["a"] = "2";
    ++stage.database.edition;
    CHECK(stage.look_up("a") == "2");
    stage.database.rows["a"] = "3";
    stage.cached.expire();
    CHECK(stage.look_up("a") == "3");
    stage.cached.expire();
    stage.database.failure = "down";
    CHECK(stage.look_up("a") == "3");
}

TEST_CASE("an answer that cannot be used is no failure of the source") {
    Stage stage;
    stage.database.rows["a"] = "1";
    stage.database.problem = "too large";
    CHECK(stage.look_up("bad") == "[too large]");
    CHECK(stage.look_up("a") == "1");
    CHECK(stage.look_up("b") == "none");
    CHECK(stage.told.empty());
    stage.database.problem.clear();
    CHECK(stage.look_up("bad") == "none");
}

TEST_CASE("the bounds of an answer are a problem of the name") {
    keys::source::Collector few(1, keys::source::max_rows);
    keys::source::Collector many(1, keys::source::max_rows);
    keys::source::Collector large(1, keys::source::max_rows);
    for (std::size_t i = 0; i < keys::source::max_rows; ++i) {
        few.add("x");
        many.add("x");
    }
    many.add("x");
    large.add(std::string(keys::source::max_answer + 1, 'x'));
    CHECK(few.answer()->problem.empty());
    CHECK(many.answer()->problem == "the answer has too many rows or is too large");
    CHECK(large.answer()->problem == "the answer has too many rows or is too large");
}

TEST_CASE("who has no time left says nothing about the source") {
    Stage stage;
    stage.database.failure = "no answer in time";
    CHECK(stage.cached.look_up("a", stage.now - 1ms).failure == "no answer in time");
    CHECK(stage.told.empty());
    stage.database.failure.clear();
    CHECK(stage.look_up("b") == "none");
}
