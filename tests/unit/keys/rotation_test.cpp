#include "keys/rotation.h"

#include "support/catch.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace keys;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::seconds;

namespace {

constexpr seconds negative_ttl = 1h;
constexpr seconds record_ttl = days(2);

RotationPlan plan() {
    RotationPlan one;
    one.every = days(30);
    one.transit = days(5);
    one.give_up = days(3);
    one.least_gone = 1h;
    one.reveals = true;
    return one;
}

RotationPlan plan_of_both() {
    auto one = plan();
    one.types = {crypto::KeyType::ed25519, crypto::KeyType::rsa};
    return one;
}

// A world with a true time that nobody in it knows: servers that lag and fail, clocks that are set, hosts
// that restart, and a tool that is killed.
class World {
  public:
    World(unsigned seed, bool is_calm, RotationPlan plan = ::plan())
        : plan_(std::move(plan)), random_(seed), is_calm_(is_calm) {}

    void live(int rounds) {
        for (int i = 0; i < rounds; ++i) {
            pass(is_calm_ || chance(70) ? seconds(number(7200)) : seconds(number(400'000)));
            if (!is_calm_) {
                disturb();
            }
            for (Server& server : servers_) {
                serve(server);
            }
            work();
        }
    }

    std::size_t activations = 0, withdrawals = 0, silences = 0, revelations = 0;
    seconds unsigned_for{0};
    [[nodiscard]] const Rotation& rotation() const { return rotation_; }
    [[nodiscard]] const std::vector<std::string>& broken() const { return broken_; }

  private:
    struct Server {
        std::set<std::string> records;
        std::map<std::string, seconds> last_negative; // when it could last say that there is none
        std::set<std::string> lost;                   // what vanished, until that was seen
        std::set<std::string> back;                   // what came back, likewise
    };
    struct Host {
        seconds started{0};
        int boot = 0;
    };

    int number(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
    bool chance(int percent) { return number(100) < percent; }

    void pass(seconds time) {
        now_ += time;
        for (const auto& selector : signing_) {
            last_signed_[selector] = now_;
        }
        if (signing_.empty() && activations > 0) {
            unsigned_for += time;
        }
    }

    void disturb() {
        if (chance(5)) {
            clock_offset_ += seconds(number(2'000'000) - 1'000'000);
        }
        if (chance(5)) {
            host_ = number(2);
        }
        if (chance(5)) {
            hosts_[host_].started = now_;
            ++hosts_[host_].boot;
        }
        Server& server = servers_[static_cast<std::size_t>(number(3))];
        if (chance(5) && !server.records.empty()) {
            const auto selector = *server.records.begin();
            server.records.erase(selector);
            server.lost.insert(selector);
        }
        if (chance(3) && !last_had_.empty()) { // a zone of old is loaded again
            const auto old = std::next(last_had_.begin(), number(static_cast<int>(last_had_.size())))->first;
            server.records.insert(old);
            server.back.insert(old);
        }
    }

    // Takes over what was published, some time.
    void serve(Server& server) {
        for (const auto& selector : published_) {
            if (!server.records.contains(selector)) {
                server.last_negative[selector] = now_;
                if (!server.lost.contains(selector) && (is_calm_ || chance(60))) {
                    server.records.insert(selector);
                }
            }
        }
        for (const auto& selector : server.records) {
            last_had_[selector] = now_;
        }
        std::erase_if(server.records, [&](const auto& one) {
            return !published_.contains(one) && !server.back.contains(one) && (is_calm_ || chance(60));
        });
    }

    Moment moment() const {
        const Host& host = hosts_.at(host_);
        return {std::to_string(host_), std::to_string(host.boot), now_ - host.started,
                std::chrono::sys_seconds(now_ + clock_offset_)};
    }

    std::vector<Observation> look() {
        std::vector<Observation> seen;
        for (const RotatedKey& key : rotation_.keys()) {
            Observation one{key.selector, {}};
            for (Server& server : servers_) {
                using Said = Sighting::Said;
                const bool fails = !is_calm_ && chance(5);
                const bool has = server.records.contains(key.selector);
                one.servers.push_back({"ns",
                                       fails ? Said::failed
                                       : has ? Said::shown
                                             : Said::not_shown,
                                       has && !fails ? record_ttl : 0s, fails ? 0s : negative_ttl,
                                       !has && !fails});
                if (!fails) {
                    server.lost.erase(key.selector);
                }
                server.back.erase(key.selector);
            }
            seen.push_back(std::move(one));
        }
        return seen;
    }

    void work() {
        rotation_.observe(look(), moment());
        for (const Step& step : rotation_.next(plan_, moment())) {
            rotation_.begin(step, moment()); // does nothing for others than activate
            if (!is_calm_ && chance(10)) {
                return; // killed before it was done
            }
            carry_out(step);
            if (!is_calm_ && chance(10)) {
                return; // killed after
            }
            rotation_.finish(step, moment());
        }
    }

    void carry_out(const Step& step) {
        switch (step.kind) {
        case Step::Kind::publish:
            published_.insert(step.selector);
            break;
        case Step::Kind::activate:
            check_visible(step.selector);
            signing_.insert(step.selector);
            last_signed_[step.selector] = now_;
            ++activations;
            break;
        case Step::Kind::silence:
            ++silences;
            signing_.erase(step.selector);
            break;
        case Step::Kind::retire:
            signing_.erase(step.selector);
            break;
        case Step::Kind::withdraw:
            check_arrived(step.selector);
            published_.erase(step.selector);
            ++withdrawals;
            break;
        case Step::Kind::reveal:
            check_gone(step.selector);
            ++revelations;
            break;
        case Step::Kind::generate:
            check_new(step.selector);
            break;
        case Step::Kind::forget:
        case Step::Kind::wait:
        case Step::Kind::alarm:
            break;
        }
    }

    void check_new(const std::string& selector) {
        for (const RotatedKey& key : rotation_.keys()) {
            if (key.selector == selector) {
                broken_.push_back(selector + " is made twice");
            }
        }
    }

    void check_gone(const std::string& selector) {
        for (const Server& server : servers_) {
            if (server.records.contains(selector)) {
                broken_.push_back(selector + " is made public while a server shows it");
            }
        }
        const auto had = last_had_.find(selector);
        if (published_.contains(selector) || signing_.contains(selector) ||
            (had != last_had_.end() && now_ - had->second < record_ttl)) {
            broken_.push_back(selector + " is made public while others may find it");
        }
    }

    void check_visible(const std::string& selector) {
        for (const Server& server : servers_) {
            const auto negative = server.last_negative.find(selector);
            const bool remembered =
                negative != server.last_negative.end() && now_ - negative->second < negative_ttl;
            if (!server.records.contains(selector) || remembered) {
                broken_.push_back(selector + " signs before all can see it");
            }
        }
    }

    void check_arrived(const std::string& selector) {
        const auto signed_at = last_signed_.find(selector);
        if (signing_.contains(selector)) {
            broken_.push_back(selector + " is withdrawn and signs");
        } else if (signed_at != last_signed_.end() && now_ - signed_at->second < plan().transit) {
            broken_.push_back(selector + " is withdrawn before its mail has arrived");
        }
    }

    RotationPlan plan_;
    std::mt19937 random_;
    bool is_calm_;
    seconds now_{days(20'000)};
    seconds clock_offset_{0};
    int host_ = 0;
    std::map<int, Host> hosts_{{0, {days(19'999), 1}}, {1, {days(19'000), 1}}};
    std::vector<Server> servers_{3};
    Rotation rotation_;
    std::set<std::string> published_, signing_;
    std::map<std::string, seconds> last_signed_, last_had_;
    std::vector<std::string> broken_;
};

} // namespace

TEST_CASE("whatever fails, no key signs unseen, no record goes before its mail, no key is public too early") {
    std::size_t activations = 0, withdrawals = 0, silences = 0, revelations = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        World world(seed, false, seed % 2 == 0 ? plan() : plan_of_both());
        world.live(500);
        CAPTURE(seed, world.broken());
        CHECK(world.broken().empty());
        activations += world.activations;
        withdrawals += world.withdrawals;
        silences += world.silences;
        revelations += world.revelations;
    }
    CHECK(activations > 1000); // or the promises were kept by doing nothing
    CHECK(withdrawals > 1000);
    CHECK(silences > 100);
    CHECK(revelations > 500);
}

TEST_CASE("where nothing fails, keys are changed in time and mail is always signed") {
    World world(1, true);
    world.live(3000); // 125 days, about
    CHECK(world.broken().empty());
    CHECK(world.unsigned_for == 0s);
    CHECK(world.activations == 5);
    const auto& all = world.rotation().keys();
    REQUIRE(all.size() == 5);
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
        CHECK(
            (all[i].state == KeyState::revealed || all[i].state == KeyState::retired || i + 2 == all.size()));
    }
    CHECK(all.back().may_sign());
}

TEST_CASE("time that has certainly passed") {
    const auto at = [](const char* host, const char* boot, seconds uptime) {
        return Moment{host, boot, uptime, {}};
    };
    Elapsed elapsed;
    elapsed.start(at("a", "1", 100s));
    elapsed.tick(at("a", "1", 160s));
    CHECK(elapsed.certain() == 60s);
    elapsed.tick(at("a", "2", 30s)); // restarted: how long that took, nobody knows
    CHECK(elapsed.certain() == 90s);
    elapsed.tick(at("b", "7", 100'000s)); // another host that has been up for long
    CHECK(elapsed.certain() == 90s);
    elapsed.tick(at("b", "7", 100'200s));
    CHECK(elapsed.certain() == 200s); // their times overlap
    elapsed.tick(at("a", "2", 20s));  // a clock that goes backwards is none
    CHECK(elapsed.certain() == 200s);
}

TEST_CASE("a key waits for each server, and for what others remember") {
    using Said = Sighting::Said;
    struct Case {
        const char* name;
        std::vector<Sighting> servers;
        Step::Kind kind;
    };
    const auto says = [](Said said, seconds negative = 300s) { return Sighting{"ns", said, 300s, negative}; };
    const Case cases[]{
        {"all show it", {says(Said::shown), says(Said::shown)}, Step::Kind::activate},
        {"one does not", {says(Said::shown), says(Said::not_shown)}, Step::Kind::wait},
        {"one cannot be asked", {says(Said::shown), says(Said::failed)}, Step::Kind::wait},
        {"there is none", {}, Step::Kind::wait},
        {"one has longer negative answers", {says(Said::shown), says(Said::shown, 2h)}, Step::Kind::wait},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        Rotation rotation;
        Moment now{"a", "1", 0s, std::chrono::sys_days(std::chrono::year(2026) / 3 / 9)};
        const auto first = rotation.next(plan(), now).at(0);
        CHECK(first == Step{Step::Kind::generate, "s20260309", 0s, "a new key is due"});
        rotation.finish(first, now);
        rotation.finish(rotation.next(plan(), now).at(0), now);
        rotation.observe({{"s20260309", test.servers}}, now);
        CHECK(rotation.next(plan(), now).at(0).kind == Step::Kind::wait);
        now.clock += days(300); // the clock proves nothing
        rotation.observe({{"s20260309", test.servers}}, now);
        CHECK(rotation.next(plan(), now).at(0).kind == Step::Kind::wait);
        now.uptime += 1h;
        rotation.observe({{"s20260309", test.servers}}, now);
        CHECK(rotation.next(plan(), now).at(0).kind == test.kind);
    }
}

TEST_CASE("a key that is not shown in time is withdrawn, and the old one goes on to sign") {
    RotatedKey old;
    old.selector = "old";
    old.state = KeyState::active;
    old.confirmed = true;
    Rotation rotation({old});
    Moment now{"a", "1", 0s, std::chrono::sys_days(std::chrono::year(2026) / 3 / 9)};
    const std::vector<Sighting> shown{{"ns", Sighting::Said::shown, 300s, 300s}};
    const std::vector<Sighting> not_shown{{"ns", Sighting::Said::not_shown, 300s, 300s}};
    rotation.finish(rotation.next(plan(), now).at(0), now);
    rotation.finish(rotation.next(plan(), now).at(0), now);
    for (int day = 0; day < 4; ++day) {
        rotation.observe({{"old", shown}, {"s20260309", not_shown}}, now);
        now.uptime += days(1);
    }
    const auto step = rotation.next(plan(), now).at(0);
    CHECK(step.kind == Step::Kind::withdraw);
    rotation.finish(step, now);
    CHECK(rotation.keys().back().state == KeyState::withdrawn);
    CHECK(rotation.keys().front().may_sign());
    CHECK(rotation.next(plan(), now).empty()); // the next try waits

    rotation.observe({{"old", not_shown}}, now);
    CHECK(rotation.next(plan(), now).at(0).kind == Step::Kind::silence);
    auto loud = plan();
    loud.silence_vanished = false;
    CHECK(rotation.next(loud, now).at(0).kind == Step::Kind::alarm);
}

TEST_CASE("keys of both types change side by side") {
    World world(1, true, plan_of_both());
    world.live(3000);
    CHECK(world.broken().empty());
    CHECK(world.activations == 10);
    std::set<std::pair<crypto::KeyType, KeyState>> states;
    for (const RotatedKey& key : world.rotation().keys()) {
        states.emplace(key.type, key.state);
    }
    using crypto::KeyType;
    CHECK((states.contains({KeyType::rsa, KeyState::active}) &&
           states.contains({KeyType::ed25519, KeyState::active})));
    auto named = plan_of_both();
    named.selector = "%t%Y";
    const Moment now{"a", "1", 0s, std::chrono::sys_days(std::chrono::year(2026) / 3 / 9)};
    const auto steps = Rotation().next(named, now);
    REQUIRE(steps.size() == 2);
    CHECK((steps[0].selector == "ed255192026" && steps[1].selector == "rsa2026"));
}

TEST_CASE("a private key becomes public when nobody finds its record, and only then") {
    using Said = Sighting::Said;
    struct Case {
        const char* name;
        std::vector<Sighting> servers;
        bool adopted, wanted;
        Step::Kind kind;
    };
    const Sighting none{"ns", Said::not_shown, 0s, 300s, true};
    const Case cases[]{
        {"no server has it", {none, none}, false, true, Step::Kind::reveal},
        {"it is not wanted", {none}, false, false, Step::Kind::forget},
        {"others may use it", {none}, true, true, Step::Kind::forget},
        {"a server shows it", {none, {"ns", Said::shown, 300s, 300s}}, false, true, Step::Kind::wait},
        {"a server has another record",
         {none, {"ns", Said::not_shown, 300s, 300s}},
         false,
         true,
         Step::Kind::wait},
        {"a server gives no answer", {none, {"ns", Said::failed, 0s, 0s}}, false, true, Step::Kind::wait},
        {"no server is known", {}, false, true, Step::Kind::wait},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        RotatedKey old;
        old.selector = "old";
        old.state = KeyState::retired;
        old.ttl = 3h;
        old.adopted = test.adopted;
        Rotation rotation({old});
        auto wanted = plan();
        wanted.reveals = test.wanted;
        Moment now{"a", "1", 0s, {}};
        rotation.observe({{"old", test.servers}}, now);
        for (int hour = 0; hour < 3; ++hour, now.uptime += 1h) {
            rotation.observe({{"old", test.servers}}, now);
            CHECK(rotation.next(wanted, now).at(0).kind == Step::Kind::wait);
        }
        now.clock += days(300); // the clock proves nothing
        rotation.observe({{"old", test.servers}}, now);
        CHECK(rotation.next(wanted, now).at(0).kind == test.kind);
    }
}

TEST_CASE("a record that comes back when its private key is public is withdrawn again") {
    RotatedKey old;
    old.selector = "old";
    old.state = KeyState::revealed;
    Rotation rotation({old});
    const Moment now{"a", "1", 0s, {}};
    rotation.observe({{"old", {{"ns", Sighting::Said::not_shown, 0s, 300s, true}}}}, now);
    CHECK(rotation.next(plan(), now).at(0).kind == Step::Kind::generate);
    rotation.observe({{"old", {{"ns", Sighting::Said::shown, 300s, 300s}}}}, now);
    const auto step = rotation.next(plan(), now).at(0);
    CHECK(step.kind == Step::Kind::withdraw);
    rotation.finish(step, now);
    CHECK(rotation.keys().front().state == KeyState::revealed);
}

TEST_CASE("what is over is dropped when others come, and its name does not come back") {
    Moment now{"a", "1", 0s, std::chrono::sys_days(std::chrono::year(2026) / 3 / 9)};
    auto named = plan();
    named.selector = "s";
    const auto key = [](std::string selector, KeyState state) {
        RotatedKey one;
        one.selector = std::move(selector);
        one.state = state;
        return one;
    };
    std::vector<RotatedKey> keys{key("s", KeyState::forgotten), key("s-2", KeyState::retired),
                                 key("s-3", KeyState::revealed), key("x-9000", KeyState::forgotten),
                                 key("s-x", KeyState::withdrawn)};
    keys[0].adopted = true; // the configuration may name it
    keys[2].found = true;   // its record came back
    for (int number = 4; number <= 200; ++number) {
        keys.push_back(key("s-" + std::to_string(number), KeyState::forgotten));
    }
    Rotation rotation(keys);
    for (int made = 1; made <= 3; ++made) {
        const auto steps = rotation.next(named, now);
        const auto step = std::find_if(steps.begin(), steps.end(),
                                       [](const Step& one) { return one.kind == Step::Kind::generate; });
        REQUIRE(step != steps.end());
        CHECK(step->selector == "s-" + std::to_string(200 + made));
        rotation.finish(*step, now);
        rotation.finish({Step::Kind::withdraw, step->selector, {}, {}}, now); // it came to nothing
        now.uptime += named.give_up;                                          // so long the next one waits
        rotation.observe({{"s-3", {{"ns", Sighting::Said::shown, 300s, 300s}}}}, now);
        const auto& left = rotation.keys();
        CHECK(left.size() == 3 + Rotation::most_over + 1); // and the new one
        CHECK((left[0].selector == "s" && left[1].selector == "s-2" && left[2].selector == "s-3"));
    }
}
