#include "milter/tool/import/plan_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace milter::tool::import {

namespace {

using Words = std::vector<std::string>;

constexpr const char* daemon_unit = "paraphd";

bool starts_with(const Words& words, const Words& beginning) {
    return words.size() >= beginning.size() && std::equal(beginning.begin(), beginning.end(), words.begin());
}

bool contains(const Words& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

class Planner {
  public:
    Planner(const config::import::Outcome& outcome, const Material& material, Hands& hands)
        : outcome_(outcome), material_(material), hands_(hands) {}

    Told<Steps> run() {
        // Taken back last, when its files are the old ones again.
        add(tell_step(Listener::service_manager, When::backward));
        stop_running_daemon();
        add_configuration();
        for (const auto& step : outcome_.steps) {
            translate(step);
        }
        if (!problem_.empty()) {
            return base::refuse(problem_);
        }
        return std::move(steps_);
    }

  private:
    void add(std::unique_ptr<Step> step) { steps_.push_back(std::move(step)); }

    void fail(const std::string& problem) { problem_ = problem_.empty() ? problem : problem_; }

    FileState look(const std::string& path) {
        auto state = hands_.look(path);
        if (!state) {
            fail(state.error());
            return {};
        }
        return std::move(*state);
    }

    // It would go on with its old configuration.
    void stop_running_daemon() {
        const auto state = hands_.unit(daemon_unit);
        if (!state) {
            return fail(state.error());
        }
        daemon_ = *state;
        if (daemon_.active) {
            const UnitState stopped{daemon_.enabled, false};
            add(unit_step({daemon_unit, daemon_, stopped}));
            daemon_ = stopped;
        }
    }

    void add_configuration() {
        for (const auto& [path, bytes] : material_.keys) {
            add_directory_of(path);
            add_own_file(path, bytes, true);
        }
        for (const auto& file : outcome_.files) {
            add_directory_of(file.path);
            add_own_file(file.path, file.text, file.secret);
        }
        const std::string main = "/etc/paraph/paraph.yaml";
        add_directory_of(main);
        add_own_file(main, outcome_.settings, false);
    }

    // For the daemon's eyes.
    void add_own_file(const std::string& path, const std::string& bytes, bool is_secret) {
        FileChange change;
        change.path = path;
        change.after = {true, bytes, 0640, 0, material_.daemon_group};
        change.is_secret = is_secret;
        change.is_own = true;
        add_file(std::move(change));
    }

    void add_file(FileChange change) {
        change.kept = fmt::format("{:02}{}", steps_.size(), change.path);
        std::replace(change.kept.begin(), change.kept.end(), '/', '_');
        change.before = look(change.path);
        add(file_step(std::move(change)));
    }

    void add_directory_of(const std::string& path) {
        const auto directory = std::filesystem::path(path).parent_path();
        if (directory.parent_path() != "/etc") { // "keys"
            add_directory({directory.parent_path(), 0750, 0, material_.daemon_group});
        }
        add_directory({directory, 0750, 0, material_.daemon_group});
    }

    void add_directory(const DirectoryState& directory) {
        if (!contains(directories_, directory.path) && !look(directory.path).there) {
            add(directory_step(directory));
        }
        directories_.push_back(directory.path);
    }

    void translate(const config::import::Step& step) {
        const Words& words = step.command;
        if (!step.file.empty()) {
            add_directory({std::filesystem::path(step.file).parent_path(), 0755, 0, 0});
            FileChange change;
            change.path = step.file;
            change.after = {true, step.text, 0644, 0, 0};
            add_file(std::move(change));
        } else if (starts_with(words, {"install", "-d"})) {
            add_directory({words.back(), 0750, material_.daemon, material_.postfix_group});
        } else if (starts_with(words, {"systemctl", "daemon-reload"})) {
            add(tell_step(Listener::service_manager, When::forward));
        } else if (starts_with(words, {"paraph", "check-config"})) {
            add_checks(words);
        } else if (starts_with(words, {"systemctl"})) {
            add_unit(words);
        } else if (starts_with(words, {"postconf"})) {
            add_postfix();
        } else if (starts_with(words, {"postfix", "reload"})) {
            add(tell_step(Listener::postfix, When::forward));
        } else if (!starts_with(words, {"paraph", "import"})) { // which is add_configuration()
            fail(fmt::format("no way is known to do this: {}", step.why));
        }
    }

    void add_checks(const Words& words) {
        if (contains(words, "--postfix")) {
            add(check_step(Check::postfix));
            add(check_step(Check::mail));
        } else {
            add(check_step(Check::configuration));
            add(check_step(Check::old_milters));
        }
    }

    void add_unit(const Words& words) {
        const auto& name = words.back();
        const bool starts = contains(words, "enable");
        if (name == daemon_unit) {
            add(unit_step({name, daemon_, {starts, starts}}));
            add(check_step(Check::probe));
            return;
        }
        const auto state = hands_.unit(name);
        if (!state) {
            return fail(state.error());
        }
        add(unit_step({name, *state, {starts, starts}}));
    }

    // All of postconf's changes at once.
    void add_postfix() {
        if (std::exchange(has_postfix_, true)) {
            return;
        }
        add(tell_step(Listener::postfix, When::backward));
        for (const auto& [path, text] : material_.postfix) {
            FileChange change;
            change.path = path;
            change.after = look(path);
            if (change.after.bytes != text) {
                change.after.bytes = text;
                add_file(std::move(change));
            }
        }
    }

    const config::import::Outcome& outcome_;
    const Material& material_;
    Hands& hands_;
    Steps steps_;
    UnitState daemon_;
    Words directories_;
    bool has_postfix_ = false;
    std::string problem_;
};

} // namespace

Told<Steps> steps_of(const config::import::Outcome& outcome, const Material& material, Hands& hands) {
    return Planner(outcome, material, hands).run();
}

} // namespace milter::tool::import
