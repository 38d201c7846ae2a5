// Runs of a rotation that are broken off before and after everything that they do to the world.
#include "milter/tool/rotation/runs.h"

#include "support/catch.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace milter::tool;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::seconds;

namespace {

struct Killed {};

keys::RotationPlan plan() {
    keys::RotationPlan one;
    one.every = days(30);
    one.overlap = days(1);
    one.transit = days(8);
    one.reveals = true;
    return one;
}

// What outlives a run: disk, DNS and daemon.
struct World {
    std::string journal = print(keys::RotationJournal{"example.org", {}, {}});
    std::set<std::string> published, signing, foreign, offered, revealed;
    std::map<std::string, seconds> published_at, last_signed;
    seconds now{days(20'000)};
    bool daemon_works = true, dns_works = true;
    int reloads = 0;
    std::vector<std::string> broken, said, warned;

    void pass(seconds time) {
        now += time;
        for (const auto& selector : signing) {
            last_signed[selector] = now;
        }
    }
};

class FakeHands final : public rotation::Hands {
  public:
    FakeHands(World& world, int lives) : world_(world), lives_(lives) {}

    keys::Moment now() override { return {"a", "1", world_.now, std::chrono::sys_seconds(world_.now)}; }

    std::vector<keys::Observation> look(const keys::RotationJournal& journal) override {
        using Said = keys::Sighting::Said;
        std::vector<keys::Observation> seen;
        for (const auto& key : journal.keys) {
            const auto said = world_.published.contains(key.selector) ? Said::shown : Said::not_shown;
            seen.push_back({key.selector, {{"ns", said, 300s, 600s, said == Said::not_shown}}});
        }
        return seen;
    }
    base::Result<bool, std::string> is_taken(const std::string& selector) override {
        return world_.foreign.contains(selector);
    }
    base::Result<std::string, std::string> generate(const std::string& selector, crypto::KeyType) override {
        live();
        return "/keys/" + selector;
    }
    Done publish(const keys::RotationJournal& journal, const std::string& selector) override {
        live();
        if (!world_.dns_works) {
            return base::refuse(std::string("no DNS"));
        }
        check(journal.files.contains(selector), selector + " has no file");
        world_.published.insert(selector);
        world_.published_at.try_emplace(selector, world_.now);
        return done();
    }
    Done withdraw(const keys::RotationJournal&, const std::string& selector) override {
        live();
        check(!world_.signing.contains(selector), selector + " is withdrawn and signs");
        const auto last = world_.last_signed.find(selector);
        check(last == world_.last_signed.end() || world_.now - last->second >= plan().transit,
              selector + " is withdrawn before its mail has arrived");
        world_.published.erase(selector);
        return done();
    }
    base::Result<bool, std::string> offer(const keys::RotationJournal&,
                                          const std::set<std::string>& selectors) override {
        if (selectors == world_.signing && world_.offered == selectors) {
            return false;
        }
        live();
        world_.offered = selectors;
        return true;
    }
    Done is_taken_up(const keys::RotationJournal&, const std::set<std::string>& selectors,
                     const ReloadAnswer&) override {
        live();
        for (const auto& selector : selectors) {
            check(world_.published.contains(selector) && world_.now - world_.published_at[selector] >= 600s,
                  selector + " signs before all can see it");
            world_.last_signed[selector] = world_.now;
        }
        check(selectors == world_.offered, "the daemon has read something else");
        world_.signing = selectors;
        return done();
    }
    base::Result<std::string, std::string> reveal(const keys::RotationJournal&,
                                                  const std::string& selector) override {
        live();
        check(!world_.published.contains(selector), selector + " is public and has a record");
        world_.revealed.insert(selector);
        return "/public/" + selector;
    }
    Done save(const keys::RotationJournal& journal) override {
        live();
        world_.journal = print(journal);
        return done();
    }
    void say(const std::string& text) override { world_.said.push_back(text); }
    void warn(const std::string& text) override { world_.warned.push_back(text); }

    [[nodiscard]] bool has_lives() const { return lives_ > 0; }

  private:
    void live() {
        if (--lives_ < 0) {
            throw Killed();
        }
    }
    Done done() {
        live();
        return {};
    }
    void check(bool holds, const std::string& text) {
        if (!holds) {
            world_.broken.push_back(text);
        }
    }

    World& world_;
    int lives_;
};

constexpr int unkillable = 1'000'000;

// Whether the run came to its end.
bool run(World& world, int lives, rotation::Outcome* outcome = nullptr) {
    auto journal = keys::read_journal(world.journal);
    REQUIRE(journal);
    rotation::Runs runs([&]() -> rotation::Reload {
        ++world.reloads;
        return world.daemon_works ? rotation::Reload(ReloadAnswer()) : base::refuse(std::string("no daemon"));
    });
    try {
        runs.add(
            std::make_unique<rotation::Run>(*journal, plan(), std::make_unique<FakeHands>(world, lives)));
        const auto made = runs.finish();
        if (outcome != nullptr) {
            *outcome = made;
        }
        return true;
    } catch (const Killed&) {
        return false;
    }
}

std::size_t count(const World& world, keys::KeyState state) {
    const auto journal = keys::read_journal(world.journal);
    REQUIRE(journal);
    return static_cast<std::size_t>(std::count_if(journal->keys.begin(), journal->keys.end(),
                                                  [&](const auto& key) { return key.state == state; }));
}

} // namespace

TEST_CASE("a rotation that is killed at every step goes on where it was") {
    for (int lives = 0; lives < 12; ++lives) {
        World world;
        for (int hour = 0; hour < 24 * 90; hour += 6) {
            world.pass(6h);
            if (hour % 18 != 0) { // killed, in two runs of three
                run(world, lives);
            } else {
                CHECK(run(world, unkillable));
            }
        }
        CAPTURE(lives, world.broken);
        CHECK(world.broken.empty());
        CHECK(count(world, keys::KeyState::revealed) == 2); // of three, 30 days apart
        CHECK(world.revealed.size() == 2);
        CHECK(count(world, keys::KeyState::active) == 1);
        CHECK(world.signing.size() == 1);
        CHECK(world.published == world.signing);
    }
}

TEST_CASE("one reload serves many domains, and one that fails holds up no other") {
    std::vector<World> worlds(20);
    int reloads = 0;
    for (int hour = 0; hour < 3; ++hour) {
        reloads = 0;
        rotation::Runs runs([&]() -> rotation::Reload {
            ++reloads;
            return ReloadAnswer();
        });
        for (std::size_t i = 0; i < worlds.size(); ++i) {
            World& world = worlds[i];
            world.dns_works = i != 7;
            world.pass(1h);
            runs.add(std::make_unique<rotation::Run>(*keys::read_journal(world.journal), plan(),
                                                     std::make_unique<FakeHands>(world, unkillable)));
        }
        CHECK(runs.finish().failed);
    }
    CHECK(reloads == 1);
    for (std::size_t i = 0; i < worlds.size(); ++i) {
        CAPTURE(i, worlds[i].broken);
        CHECK(worlds[i].signing.size() == (i == 7 ? 0 : 1));
        CHECK(worlds[i].broken.empty());
    }
}

TEST_CASE("a selector that others use is passed over") {
    World world;
    world.foreign = {"s20241004", "s20241004-2"};
    CHECK(run(world, unkillable));
    CHECK(world.published == std::set<std::string>{"s20241004-3"});
    World wildcard;
    for (int number = 2; number < 100; ++number) {
        wildcard.foreign.insert("s20241004-" + std::to_string(number));
    }
    wildcard.foreign.insert("s20241004");
    rotation::Outcome outcome;
    CHECK(run(wildcard, unkillable, &outcome));
    CHECK(outcome.failed);
    CHECK(wildcard.published.empty());
    REQUIRE(wildcard.warned.size() == 1);
    CHECK(wildcard.warned[0].find("wildcard") != std::string::npos);
}

TEST_CASE("nothing is written down as done that was not") {
    World world;
    rotation::Outcome outcome;
    world.dns_works = false;
    CHECK(run(world, unkillable, &outcome));
    CHECK((outcome.failed && !outcome.alarmed));
    CHECK(world.warned == std::vector<std::string>{"no DNS"});
    CHECK(count(world, keys::KeyState::pending) == 1);
    world.dns_works = true;
    CHECK(run(world, unkillable, &outcome));
    CHECK_FALSE(outcome.failed);
    world.pass(1h);
    run(world, unkillable);
    world.pass(1h);
    world.daemon_works = false;
    CHECK(run(world, unkillable, &outcome));
    CHECK(outcome.failed);
    CHECK(world.signing.empty());
    world.daemon_works = true;
    CHECK(run(world, unkillable, &outcome));
    CHECK(world.signing.size() == 1);
}

TEST_CASE("a record that vanished silences its key, and is an alarm until it is back") {
    World world;
    for (int i = 0; i < 3; ++i) {
        world.pass(1h);
        run(world, unkillable);
    }
    REQUIRE(world.signing.size() == 1);
    const auto published = world.published;
    world.published.clear();
    rotation::Outcome outcome;
    CHECK(run(world, unkillable, &outcome));
    CHECK(outcome.alarmed);
    CHECK(world.signing.empty());
    CHECK(run(world, unkillable, &outcome));
    CHECK(outcome.alarmed);
    world.published = published;
    world.published_at[*published.begin()] = world.now;
    for (int i = 0; i < 3; ++i) {
        run(world, unkillable, &outcome);
        world.pass(1h);
    }
    CHECK_FALSE(outcome.alarmed);
    CHECK(world.signing == published);
    CHECK(world.broken.empty());
}
