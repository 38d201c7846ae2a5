// Switches that fail, or are broken off, before and after everything that they do to the world.
#include "milter/tool/import/switch.h"

#include "config/import/import.h"
#include "milter/tool/import/plan_steps.h"
#include "support/catch.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace milter::tool;
using import::FileState;
using import::UnitState;

namespace {

constexpr const char* main_cf = "smtpd_milters = inet:localhost:8891,\n  inet:localhost:8893\n";
constexpr const char* new_main_cf = "smtpd_milters = inet:localhost:8891\n";
constexpr const char* main_path = "/etc/postfix/main.cf";

struct Killed {};

FileState file(const std::string& bytes) {
    return {true, bytes, 0644, 0, 0};
}

// What outlives a run.
struct World {
    std::map<std::string, FileState> files{{main_path, file(main_cf)},
                                           {"/etc/postfix/master.cf", file("smtp inet n - n - - smtpd\n")},
                                           {"/etc", file("")},
                                           {"/etc/systemd/system", file("")},
                                           {"/etc/paraph", {true, "", 0750, 0, 7}},
                                           {"/etc/paraph/paraph.yaml", {true, "# an old one\n", 0640, 0, 7}}};
    std::map<std::string, UnitState> units{
        {"opendkim", {true, true}}, {"opendmarc", {false, true}}, {"paraphd", {true, false}}};
    std::string postfix = main_cf; // as it has read it
    std::map<std::string, std::string> kept;
    std::string journal;
    std::vector<std::string> complaints, warned, done;

    [[nodiscard]] bool is_like(const World& other) const {
        return files == other.files && units == other.units && postfix == other.postfix;
    }
};

class FakeHands final : public import::Hands {
  public:
    static constexpr int endless = 1'000'000;

    // `lives`: calls before this process dies; each does its work between two of them. `fails`: the one call
    // that refuses.
    explicit FakeHands(World& world, int lives = endless, int fails = endless)
        : world_(world), lives_(lives), fails_(fails) {}

    import::Told<FileState> look(const std::string& path) override {
        const auto found = world_.files.find(path);
        return found == world_.files.end() ? FileState{} : found->second;
    }
    import::Done put(const std::string& path, const FileState& state) override {
        if (path == read_only) {
            return base::refuse(std::string("read only"));
        }
        return change([&] {
            world_.files[path] = state;
            if (!state.there) {
                world_.files.erase(path);
            }
        });
    }
    import::Done clean_up(const std::string&) override { return {}; }
    import::Done make_directory(const import::DirectoryState& directory) override {
        return change([&] {
            world_.files[directory.path] = {true, "", directory.mode, directory.owner, directory.group};
        });
    }
    import::Done remove_directory(const std::string& path) override {
        return change([&] { world_.files.erase(path); });
    }
    import::Told<UnitState> unit(const std::string& name) override { return world_.units[name]; }
    import::Done set_unit(const std::string& name, const UnitState& state) override {
        if (name == gone) {
            return base::refuse(name + " is gone");
        }
        return change([&] {
            world_.units[name] = state;
            world_.done.push_back(name + (state.active ? " runs" : " stops"));
            check_milters(name);
        });
    }
    import::Done tell(import::Listener listener) override {
        return change([&] {
            if (listener == import::Listener::postfix) {
                world_.postfix = world_.files[main_path].bytes;
                world_.done.emplace_back("postfix reads");
                check_milters("");
            }
        });
    }
    import::Done check(import::Check check) override {
        return change([&] { world_.done.push_back("check " + std::to_string(static_cast<int>(check))); });
    }
    std::string difference(const std::string& before, const std::string& after) override {
        return "-" + before + "+" + after;
    }
    import::Done keep(const std::string& name, const std::string& bytes) override {
        return change([&] { world_.kept[name] = bytes; });
    }
    import::Done save(const std::string& journal) override {
        return change([&] { world_.journal = journal; });
    }
    bool is_stopped() override { return is_stopped_; }
    void say(const std::string&) override {}
    void warn(const std::string& text) override { world_.warned.push_back(text); }

    std::string read_only, gone; // a file and a unit that cannot be changed

    void stop() { is_stopped_ = true; }
    [[nodiscard]] bool was_reached() const { return calls_ > fails_; }
    [[nodiscard]] bool has_lives() const { return lives_ > 0; }

  private:
    template <class Change>
    import::Done change(const Change& change) {
        live();
        if (calls_++ == fails_) {
            return base::refuse(std::string("it fails"));
        }
        change();
        live();
        return {};
    }
    void live() {
        if (--lives_ < 0) {
            throw Killed();
        }
    }
    // Whom Postfix calls answers, but for the moment between the two daemons at one socket.
    void check_milters(const std::string& changed) {
        const bool first = world_.units["opendkim"].active || world_.units["paraphd"].active;
        const bool second = world_.units["opendmarc"].active;
        const bool needs_second = world_.postfix.find("8893") != std::string::npos;
        if ((!first && changed != "opendkim" && changed != "paraphd") || (needs_second && !second)) {
            world_.complaints.push_back("nobody answers after " + changed);
        }
        if (world_.units["opendkim"].active && world_.units["paraphd"].active) {
            world_.complaints.push_back("two at one socket");
        }
    }

    World& world_;
    int lives_, fails_;
    int calls_ = 0;
    bool is_stopped_ = false;
};

class NoFiles final : public config::import::Files {
  public:
    [[nodiscard]] base::Result<std::string, std::string> read(const std::string&) const override {
        return base::refuse(std::string("No such file or directory"));
    }
    [[nodiscard]] bool exists(const std::string&) const override { return false; }
    [[nodiscard]] std::vector<std::string> names_in(const std::string&) const override { return {}; }
};

config::import::Outcome imported() {
    config::import::Inputs inputs;
    inputs.opendkim = {"/etc/opendkim.conf",
                       "Domain a.test\nSelector s\nKeyFile /k/s.pem\nSocket inet:8891@localhost\n"};
    inputs.opendmarc = {"/etc/opendmarc.conf", "Socket inet:8893@localhost\n"};
    inputs.main_cf = {main_path, main_cf};
    inputs.copy_keys = true;
    inputs.is_written = true;
    return config::import::import(inputs, NoFiles());
}

import::Switch planned(World& world) {
    const import::Material material{
        7,
        7,
        8,
        {{"/etc/paraph/keys/s.a.test.pem", "KEY"}},
        {{main_path, new_main_cf}, {"/etc/postfix/master.cf", "smtp inet n - n - - smtpd\n"}}};
    FakeHands hands(world);
    auto steps = import::steps_of(imported(), material, hands);
    REQUIRE(steps);
    import::Switch made;
    made.steps = std::move(*steps);
    return made;
}

import::Told<import::Switch> read(const World& world) {
    return import::read_switch(world.journal, [&](const std::string& name) -> import::Told<std::string> {
        const auto found = world.kept.find(name);
        return found == world.kept.end() ? import::Told<std::string>(base::refuse("no " + name))
                                         : import::Told<std::string>(found->second);
    });
}

// True: it was over before.
bool killed_apply(World& world, int lives) {
    auto made = planned(world);
    FakeHands hands(world, lives);
    try {
        const auto done = import::apply(made, hands);
        REQUIRE(done);
        return !hands.has_lives();
    } catch (const Killed&) {
        return true;
    }
}

bool killed_undo(World& world, int lives) {
    auto made = read(world);
    REQUIRE(made);
    FakeHands hands(world, lives);
    try {
        const auto done = import::take_back(*made, hands, false);
        REQUIRE(done);
        return !hands.has_lives();
    } catch (const Killed&) {
        return true;
    }
}

} // namespace

TEST_CASE("a switch leaves paraphd in the place of the others, and Postfix is never without a milter") {
    World world;
    REQUIRE_FALSE(killed_apply(world, FakeHands::endless));
    CHECK(world.complaints.empty());
    CHECK(world.units == std::map<std::string, UnitState>{{"opendkim", {false, false}},
                                                          {"opendmarc", {false, false}},
                                                          {"paraphd", {true, true}}});
    CHECK(world.postfix == new_main_cf);
    CHECK(world.files["/etc/paraph/keys/s.a.test.pem"] == FileState{true, "KEY", 0640, 0, 7});
    CHECK(world.files["/etc/paraph/keys"] == FileState{true, "", 0750, 0, 7});
    CHECK(world.files["/etc/paraph/paraph.yaml"].mode == 0640);
    // Check before stop, probe before main.cf, mail before the last old daemon goes.
    CHECK(world.done == std::vector<std::string>{"check 0", "check 1", "opendkim stops", "paraphd runs",
                                                 "check 2", "postfix reads", "check 3", "check 4",
                                                 "opendmarc stops"});
    CHECK(read(world)->stage == import::Stage::applied);
    // No private key lies in the backup.
    for (const auto& [name, bytes] : world.kept) {
        CHECK(bytes != "KEY");
    }
}

TEST_CASE("a switch that was killed anywhere can be taken back") {
    const World before;
    int lives = 0;
    for (bool killed = true; killed; ++lives) {
        INFO("killed after " << lives);
        World world;
        killed = killed_apply(world, lives);
        if (world.journal.empty()) {
            CHECK(world.is_like(before));
            continue;
        }
        REQUIRE_FALSE(killed_undo(world, FakeHands::endless));
        CHECK(world.is_like(before));
        CHECK(world.complaints.empty());
        CHECK(read(world)->stage == import::Stage::undone);
    }
    CHECK(lives > 50);
}

TEST_CASE("taking back that was killed anywhere can be done again") {
    const World before;
    for (const int applied : {30, 45, 60, FakeHands::endless}) {
        int lives = 0;
        for (bool killed = true; killed; ++lives) {
            INFO("applied " << applied << ", killed after " << lives);
            World world;
            (void)killed_apply(world, applied);
            REQUIRE_FALSE(world.journal.empty());
            killed = killed_undo(world, lives);
            REQUIRE_FALSE(killed_undo(world, FakeHands::endless));
            CHECK(world.is_like(before));
        }
        CHECK(lives > 5);
    }
}

TEST_CASE("whatever fails, all of it is taken back and the reason is told") {
    const World before;
    int fails = 0;
    for (bool reached = true; reached; ++fails) {
        INFO("fails at " << fails);
        World world;
        auto made = planned(world);
        FakeHands hands(world, FakeHands::endless, fails);
        const auto done = import::apply(made, hands);
        reached = hands.was_reached();
        if (!reached) {
            CHECK(done);
            continue;
        }
        REQUIRE_FALSE(done);
        CHECK(done.error().find("it fails") != std::string::npos);
        CHECK(world.is_like(before));
        CHECK(world.complaints.empty());
    }
    CHECK(fails > 25);
}

TEST_CASE("paraphd goes on where Postfix's files cannot be put back") {
    const World before;
    for (const bool force : {false, true}) {
        INFO(force);
        World world;
        REQUIRE_FALSE(killed_apply(world, FakeHands::endless));
        auto made = read(world);
        REQUIRE(made);
        FakeHands hands(world);
        hands.read_only = main_path;
        const auto done = import::take_back(*made, hands, force);
        REQUIRE_FALSE(done);
        CHECK(done.error() == "read only; Postfix still calls paraphd, which goes on");
        CHECK(world.units["paraphd"].active);
        CHECK(world.complaints.empty());
        REQUIRE_FALSE(killed_undo(world, FakeHands::endless));
        CHECK(world.is_like(before));
    }
}

TEST_CASE("a daemon that is gone keeps Postfix from its old files, unless that is forced") {
    World world;
    REQUIRE_FALSE(killed_apply(world, FakeHands::endless));
    auto made = read(world);
    REQUIRE(made);
    FakeHands hands(world);
    hands.gone = "opendmarc";
    const auto done = import::take_back(*made, hands, false);
    REQUIRE_FALSE(done);
    CHECK(done.error() == "opendmarc is gone; Postfix still calls paraphd, which goes on");
    CHECK(world.postfix == new_main_cf);
    CHECK(world.units["paraphd"].active);
    CHECK_FALSE(import::take_back(*made, hands, true));
    CHECK(world.postfix == main_cf);
    CHECK(world.units["opendkim"].active);
}

TEST_CASE("^C between two steps takes back what was done") {
    const World before;
    World world;
    auto made = planned(world);
    FakeHands hands(world);
    hands.stop();
    const auto done = import::apply(made, hands);
    REQUIRE_FALSE(done);
    CHECK(done.error().find("interrupted") != std::string::npos);
    CHECK(world.is_like(before));
}

TEST_CASE("files that were changed since are not put back without a word") {
    const World before;
    World world;
    REQUIRE_FALSE(killed_apply(world, FakeHands::endless));
    world.files[main_path].bytes += "mydomain = a.test\n";
    const World edited = world;
    auto made = read(world);
    REQUIRE(made);
    FakeHands hands(world);
    const auto refused = import::take_back(*made, hands, false);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().find(
              "/etc/postfix/main.cf was changed since:\n-smtpd_milters = inet:localhost:8891\n") == 0);
    CHECK(refused.error().find("mydomain = a.test") != std::string::npos);
    CHECK(refused.error().find("--force") != std::string::npos);
    CHECK(world.is_like(edited));
    REQUIRE(import::take_back(*made, hands, true));
    CHECK(world.is_like(before));
    REQUIRE(world.warned.size() == 1);
    CHECK(world.warned.front().find(".edited") != std::string::npos);
    bool is_kept = false;
    for (const auto& [name, bytes] : world.kept) {
        is_kept = is_kept || bytes == edited.files.at(main_path).bytes;
    }
    CHECK(is_kept);
}

TEST_CASE("a paraph.yaml that was changed since keeps nobody from going back") {
    World world;
    REQUIRE_FALSE(killed_apply(world, FakeHands::endless));
    world.files["/etc/paraph/paraph.yaml"].bytes += "# mine\n";
    REQUIRE_FALSE(killed_undo(world, FakeHands::endless));
    CHECK(world.is_like(World()));
    REQUIRE(world.warned.size() == 1);
    CHECK(world.warned.front().find("paraph.yaml.edited") != std::string::npos);
}

TEST_CASE("somebody else's change in the middle is not written over") {
    World world;
    auto made = planned(world);
    world.files[main_path].bytes += "# mine\n";
    const World edited = world;
    FakeHands hands(world);
    const auto done = import::apply(made, hands);
    REQUIRE_FALSE(done);
    CHECK(done.error().find("somebody else has changed it just now") != std::string::npos);
    CHECK(world.files == World().files); // which was kept
    CHECK(edited.files != world.files);
}

TEST_CASE("a daemon that ran before with another configuration runs with it again") {
    World before;
    before.units["paraphd"] = {true, true};
    before.units["opendkim"] = {false, false};
    World world = before;
    REQUIRE_FALSE(killed_apply(world, FakeHands::endless));
    CHECK(world.done.front() == "paraphd stops");
    REQUIRE_FALSE(killed_undo(world, FakeHands::endless));
    CHECK(world.is_like(before));
    CHECK(world.done.back() == "paraphd runs");
}

TEST_CASE("a journal that makes no sense is refused") {
    const auto no_files = [](const std::string&) -> import::Told<std::string> {
        return base::refuse(std::string("none"));
    };
    for (const char* text :
         {"", "{", "[]", "{}", R"({"version": 2, "stage": "applied", "begun": 0, "steps": []})",
          R"({"version": 1, "stage": "applied", "begun": 1, "steps": []})",
          R"({"version": 1, "stage": "applied", "begun": 0, "steps": [{"step": "shell"}]})",
          R"({"version": 1, "stage": "applied", "begun": 0, "steps": [{"step": "unit"}]})"}) {
        INFO(text);
        CHECK_FALSE(import::read_switch(text, no_files));
    }
    CHECK(import::read_switch(R"({"version": 1, "stage": "undone", "begun": 0, "steps": []})", no_files));
}
