// Several hosts that share the keys of a domain, with everything that happens to hosts: they are cut off from
// the store, they stop for days in the middle of a run and go on, they are killed and restarted, and two of
// them work at the same time. The store keeps what was saved, and takes only what follows the last state.
#include "keys/shared_rotation.h"

#include "support/catch.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>

using namespace keys;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::seconds;

namespace {

constexpr seconds negative_ttl = 1h;
constexpr std::size_t host_count = 3;

RotationPlan plan() {
    RotationPlan one;
    one.every = days(30);
    one.overlap = 2h;
    one.transit = days(5);
    one.give_up = days(3);
    return one;
}

struct Store {
    std::string text = print(SharedRotation::of("example.org"));
    int revision = 1;
    std::map<std::string, std::string> servings;
};

// A run of `paraph key rotate`, or one that only takes over what others did, a stage at a time.
struct Run {
    enum class Stage { open, look, plan, act, finish, apply, confirm, over };
    Stage stage = Stage::open;
    bool only_syncs = false;
    SharedRotation shared{};
    int revision = 0;
    std::set<std::string> held{};
    Rotation rotation{};
    std::optional<Step> step{};
    std::set<std::string> tried{};
};

struct Host {
    std::string id;
    seconds started{0};
    int boot = 0;
    bool is_cut_off = false;
    std::set<std::string> signing{};
    std::optional<Run> run{};
};

class World {
  public:
    World(unsigned seed, bool is_calm) : random_(seed), is_calm_(is_calm) {}

    void live(int rounds) {
        for (int i = 0; i < rounds; ++i) {
            pass(is_calm_ || chance(80) ? seconds(number(3600)) : seconds(number(200'000)));
            if (!is_calm_) {
                disturb();
            }
            serve();
            for (Host& host : hosts_) {
                work(host);
            }
        }
    }

    std::size_t activations = 0, withdrawals = 0, refused = 0, held = 0;
    seconds unsigned_for{0};
    std::vector<std::string> broken{};
    // On several hosts at once, at some time.
    std::map<std::string, std::set<std::string>> signed_on{};

  private:
    struct Server {
        std::set<std::string> records;
        std::map<std::string, seconds> last_negative;
        std::set<std::string> lost;
    };

    int number(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
    bool chance(int percent) { return number(100) < percent; }

    void pass(seconds time) {
        now_ += time;
        for (const Host& host : hosts_) {
            for (const auto& selector : host.signing) {
                last_signed_[selector] = now_;
                signed_on[selector].insert(host.id);
            }
            if (host.signing.empty() && !last_signed_.empty() && has_signed_.contains(host.id)) {
                unsigned_for += time;
            }
        }
        for (const auto& selector : published_) {
            if (is_visible(selector)) {
                proven_.insert(selector);
            }
        }
    }

    bool is_visible(const std::string& selector) const {
        return std::all_of(servers_.begin(), servers_.end(), [&](const Server& server) {
            const auto negative = server.last_negative.find(selector);
            return server.records.contains(selector) &&
                   (negative == server.last_negative.end() || now_ - negative->second >= negative_ttl);
        });
    }

    void disturb() {
        Host& host = hosts_.at(static_cast<std::size_t>(number(host_count)));
        if (chance(10)) {
            host.is_cut_off = !host.is_cut_off;
        }
        if (chance(5)) {
            host.started = now_;
            ++host.boot;
            host.run.reset();
        }
        if (chance(5)) {
            host.run.reset(); // killed
        }
        Server& server = servers_.at(static_cast<std::size_t>(number(2)));
        if (chance(2) && !server.records.empty()) {
            const auto selector = *server.records.begin();
            server.records.erase(selector);
            server.lost.insert(selector);
        }
    }

    void serve() {
        for (Server& server : servers_) {
            for (const auto& selector : published_) {
                if (!server.records.contains(selector)) {
                    server.last_negative[selector] = now_;
                    if (!server.lost.contains(selector) && (is_calm_ || chance(60))) {
                        server.records.insert(selector);
                    }
                }
            }
            std::erase_if(server.records, [&](const auto& one) { return !published_.contains(one); });
        }
    }

    Moment moment(const Host& host) const {
        return {host.id, std::to_string(host.boot), now_ - host.started, std::chrono::sys_seconds(now_)};
    }

    // Some stages of a run that goes on, or of a new one.
    void work(Host& host) {
        if (!host.run) {
            host.run.emplace();
            host.run->only_syncs = chance(60);
        }
        const int stages = is_calm_ ? 1000 : number(12);
        for (int i = 0; i < stages && host.run; ++i) {
            if (!advance(host, *host.run) || host.run->stage == Run::Stage::over) {
                host.run.reset();
            }
        }
    }

    // False: the run gives up.
    bool advance(Host& host, Run& run) {
        switch (run.stage) {
        case Run::Stage::open:
            return open(host, run);
        case Run::Stage::look:
            run.rotation.observe(look(run.rotation), moment(host), run.held);
            held += run.held.size();
            run.stage = Run::Stage::plan;
            return save(host, run);
        case Run::Stage::plan:
            return choose(host, run);
        case Run::Stage::act:
            act(host, run);
            run.stage = Run::Stage::finish;
            return true;
        case Run::Stage::finish:
            run.rotation.finish(*run.step, moment(host));
            run.stage = Run::Stage::plan;
            return save(host, run);
        case Run::Stage::apply:
            sign(host, signing(run.rotation, {}));
            run.stage = Run::Stage::confirm;
            return true;
        case Run::Stage::confirm:
            if (!host.is_cut_off) {
                store_.servings[host.id] = print(Serving{run.rotation.edition(), host.signing});
            }
            run.stage = Run::Stage::over;
            return true;
        case Run::Stage::over:
            break;
        }
        return false;
    }

    bool open(Host& host, Run& run) {
        auto read = read_shared(store_.text, "example.org");
        if (host.is_cut_off || !read) {
            return false;
        }
        run.shared = std::move(*read);
        run.revision = store_.revision;
        Servings servings;
        for (const auto& [id, text] : store_.servings) {
            servings[id] = read_serving(text).value_or(Serving());
        }
        run.held = held_selectors(run.shared, servings);
        run.rotation = Rotation(run.shared.journal.keys, run.shared.journal.edition);
        run.stage = run.only_syncs ? Run::Stage::apply : Run::Stage::look;
        return run.shared.hosts.contains(host.id) ||
               (run.shared.hosts.emplace(host.id, host.id).second && save(host, run));
    }

    bool choose(Host& host, Run& run) {
        for (const Step& step : run.rotation.next(plan(), moment(host))) {
            const auto id = std::string(print(step.kind)) + step.selector;
            if (step.kind == Step::Kind::wait || step.kind == Step::Kind::alarm ||
                !run.tried.insert(id).second) {
                continue;
            }
            run.step = step;
            run.stage = Run::Stage::act;
            run.rotation.begin(step, moment(host));
            return step.kind != Step::Kind::activate || save(host, run);
        }
        run.stage = Run::Stage::apply;
        return true;
    }

    bool save(const Host& host, Run& run) {
        if (host.is_cut_off || run.revision != store_.revision) {
            ++refused;
            return false;
        }
        run.shared.journal.keys = run.rotation.keys();
        run.shared.journal.edition = run.rotation.edition();
        store_.text = print(run.shared);
        run.revision = ++store_.revision;
        return true;
    }

    std::vector<Observation> look(const Rotation& rotation) {
        std::vector<Observation> seen;
        for (const RotatedKey& key : rotation.keys()) {
            Observation one{key.selector, {}};
            for (Server& server : servers_) {
                using Said = Sighting::Said;
                const bool fails = !is_calm_ && chance(5);
                const auto said = server.records.contains(key.selector) ? Said::shown : Said::not_shown;
                one.servers.push_back({"ns", fails ? Said::failed : said, 300s, fails ? 0s : negative_ttl});
                if (!fails) {
                    server.lost.erase(key.selector);
                }
            }
            seen.push_back(std::move(one));
        }
        return seen;
    }

    static std::set<std::string> signing(const Rotation& rotation, const std::string& begun) {
        std::set<std::string> selectors;
        for (const RotatedKey& key : rotation.keys()) {
            if (key.may_sign() && (key.confirmed || key.selector == begun)) {
                selectors.insert(key.selector);
            }
        }
        return selectors;
    }

    void act(Host& host, const Run& run) {
        const Step& step = *run.step;
        auto after = run.rotation;
        after.finish(step, moment(host));
        if (step.kind == Step::Kind::publish) {
            published_.insert(step.selector);
        } else if (step.kind == Step::Kind::withdraw) {
            check_arrived(step.selector);
            published_.erase(step.selector);
            ++withdrawals;
        } else if (step.kind == Step::Kind::activate) {
            ++activations;
            sign(host, signing(run.rotation, step.selector));
        } else if (step.kind == Step::Kind::retire || step.kind == Step::Kind::silence) {
            sign(host, signing(after, {}));
        }
    }

    void sign(Host& host, const std::set<std::string>& selectors) {
        for (const auto& selector : selectors) {
            if (!proven_.contains(selector) && !is_visible(selector)) {
                broken.push_back(selector + " signs before all can see it");
            }
            if (!published_.contains(selector)) {
                broken.push_back(selector + " signs, and its record is withdrawn");
            }
            last_signed_[selector] = now_;
            has_signed_.insert(host.id);
        }
        host.signing = selectors;
    }

    void check_arrived(const std::string& selector) {
        const auto last = last_signed_.find(selector);
        for (const Host& host : hosts_) {
            if (host.signing.contains(selector)) {
                broken.push_back(selector + " is withdrawn and signs on " + host.id);
            }
        }
        if (last != last_signed_.end() && now_ - last->second < plan().transit) {
            broken.push_back(selector + " is withdrawn before its mail has arrived");
        }
    }

    std::mt19937 random_;
    bool is_calm_;
    seconds now_{days(20'000)};
    Store store_;
    std::array<Host, host_count> hosts_{Host{"a", days(19'999)}, Host{"b", days(19'000)},
                                        Host{"c", days(19'500)}};
    std::array<Server, 2> servers_;
    std::set<std::string> published_, proven_, has_signed_;
    std::map<std::string, seconds> last_signed_;
};

} // namespace

TEST_CASE("whatever happens to hosts, no key signs unseen and no record goes before the mail of any") {
    std::size_t activations = 0, withdrawals = 0, refused = 0, held = 0, shared = 0;
    for (unsigned seed = 0; seed < 12; ++seed) {
        World world(seed, false);
        world.live(1000);
        CAPTURE(seed, world.broken);
        CHECK(world.broken.empty());
        activations += world.activations;
        withdrawals += world.withdrawals;
        refused += world.refused;
        held += world.held;
        shared += static_cast<std::size_t>(
            std::count_if(world.signed_on.begin(), world.signed_on.end(),
                          [](const auto& one) { return one.second.size() == host_count; }));
    }
    CHECK(activations > 50); // or the promises were kept by doing nothing
    CHECK(withdrawals > 50);
    CHECK(refused > 50);
    CHECK(held > 50);
    CHECK(shared > 20);
}

TEST_CASE("where nothing fails, each host always signs and all have the same keys") {
    World world(1, true);
    world.live(6000); // 125 days, about
    CHECK(world.broken.empty());
    CHECK(world.unsigned_for == 0s);
    CHECK(world.signed_on.size() >= 4);
    CHECK(world.withdrawals >= 3);
    for (const auto& [selector, hosts] : world.signed_on) {
        CAPTURE(selector);
        CHECK(hosts.size() == host_count);
    }
}
