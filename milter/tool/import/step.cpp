#include "milter/tool/import/step.h"

#include "base/base64.h"
#include "crypto/digest.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace milter::tool::import {

namespace {

using Json = nlohmann::ordered_json;

std::string digest_of(const std::string& bytes) {
    const auto digest = crypto::sha256(bytes);
    return base::base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

class FileStep final : public Step {
  public:
    FileStep(FileChange change, std::string digest)
        : change_(std::move(change)), digest_(std::move(digest)) {}

    [[nodiscard]] std::string name() const override { return change_.path; }

    [[nodiscard]] Done perform(Hands& hands) const override {
        const auto now = hands.look(change_.path);
        if (!now) {
            return base::refuse(now.error());
        }
        if (!(*now == change_.before)) {
            return base::refuse(fmt::format("{}: somebody else has changed it just now", change_.path));
        }
        return hands.put(change_.path, change_.after);
    }

    [[nodiscard]] Done undo(Hands& hands) const override {
        const auto now = hands.look(change_.path);
        if (!now) {
            return base::refuse(now.error());
        }
        if (*now == change_.before) {
            return hands.clean_up(change_.path);
        }
        if (is_edited(*now) && now->there) {
            const std::string copy = change_.kept + ".edited";
            if (auto kept = hands.keep(copy, now->bytes); !kept) {
                return kept;
            }
            hands.warn(fmt::format("{}: what was changed in it since is kept in the backup, as {}",
                                   change_.path, copy));
        }
        return hands.put(change_.path, change_.before);
    }

    [[nodiscard]] Told<std::string> changed_since(Hands& hands) const override {
        const auto now = hands.look(change_.path);
        if (!now) {
            return base::refuse(now.error());
        }
        if (change_.is_own || !is_edited(*now)) {
            return std::string();
        }
        if (!now->there || change_.is_secret) {
            return fmt::format("{} {}\n", change_.path, now->there ? "is another one now" : "is gone");
        }
        return fmt::format("{} was changed since:\n{}", change_.path,
                           hands.difference(change_.after.bytes, now->bytes));
    }

    [[nodiscard]] Done keep(Hands& hands) const override {
        if (change_.before.there) {
            if (auto kept = hands.keep(change_.kept + ".before", change_.before.bytes); !kept) {
                return kept;
            }
        }
        return change_.is_secret || !change_.after.there
                   ? Done()
                   : hands.keep(change_.kept + ".after", change_.after.bytes);
    }

    [[nodiscard]] bool says_who_is_called() const override {
        return change_.path.ends_with("/main.cf") || change_.path.ends_with("/master.cf");
    }

    [[nodiscard]] Json record() const override {
        return {{"step", "file"},
                {"path", change_.path},
                {"kept", change_.kept},
                {"secret", change_.is_secret},
                {"own", change_.is_own},
                {"before", facts(change_.before)},
                {"after", facts(change_.after)},
                {"digest", digest_}};
    }

    static Json facts(const FileState& state) {
        return {{"there", state.there}, {"mode", state.mode}, {"owner", state.owner}, {"group", state.group}};
    }
    static FileState read_facts(const Json& record) {
        FileState state;
        state.there = record.at("there").get<bool>();
        state.mode = record.at("mode").get<mode_t>();
        state.owner = record.at("owner").get<uid_t>();
        state.group = record.at("group").get<gid_t>();
        return state;
    }

  private:
    // Neither what was nor what was put there.
    [[nodiscard]] bool is_edited(const FileState& now) const {
        const bool as_before = now.there == change_.before.there && now.bytes == change_.before.bytes;
        const bool as_after =
            now.there == change_.after.there && (!now.there || digest_of(now.bytes) == digest_);
        return !as_before && !as_after;
    }

    FileChange change_;
    std::string digest_; // of what is put there
};

class DirectoryStep final : public Step {
  public:
    explicit DirectoryStep(DirectoryState directory) : directory_(std::move(directory)) {}

    [[nodiscard]] std::string name() const override { return directory_.path; }
    [[nodiscard]] Done perform(Hands& hands) const override { return hands.make_directory(directory_); }
    [[nodiscard]] Done undo(Hands& hands) const override { return hands.remove_directory(directory_.path); }
    [[nodiscard]] Json record() const override {
        return {{"step", "directory"},
                {"path", directory_.path},
                {"mode", directory_.mode},
                {"owner", directory_.owner},
                {"group", directory_.group}};
    }

  private:
    DirectoryState directory_;
};

class UnitStep final : public Step {
  public:
    explicit UnitStep(UnitChange change) : change_(std::move(change)) {}

    [[nodiscard]] std::string name() const override {
        const auto& after = change_.after;
        return fmt::format("{} {}{}", change_.name, after.active ? "runs" : "stops",
                           after.enabled == change_.before.enabled ? ""
                           : after.enabled                         ? ", and starts with the system"
                                                                   : ", and does not start with the system");
    }
    [[nodiscard]] Done perform(Hands& hands) const override {
        return hands.set_unit(change_.name, change_.after);
    }
    [[nodiscard]] Done undo(Hands& hands) const override {
        return hands.set_unit(change_.name, change_.before);
    }
    [[nodiscard]] Json record() const override {
        return {{"step", "unit"},
                {"name", change_.name},
                {"before", facts(change_.before)},
                {"after", facts(change_.after)}};
    }
    static Json facts(const UnitState& state) {
        return {{"enabled", state.enabled}, {"active", state.active}};
    }
    static UnitState read_facts(const Json& record) {
        return {record.at("enabled").get<bool>(), record.at("active").get<bool>()};
    }

  private:
    UnitChange change_;
};

constexpr std::array<std::pair<std::string_view, Listener>, 2> listeners{
    {{"systemd", Listener::service_manager}, {"postfix", Listener::postfix}}};

class TellStep final : public Step {
  public:
    TellStep(Listener listener, When when) : listener_(listener), when_(when) {}

    [[nodiscard]] std::string name() const override {
        return when_ == When::backward ? "" : fmt::format("{} reads its files", word());
    }
    [[nodiscard]] Done perform(Hands& hands) const override {
        return when_ == When::forward ? hands.tell(listener_) : Done();
    }
    [[nodiscard]] Done undo(Hands& hands) const override {
        return when_ == When::backward ? hands.tell(listener_) : Done();
    }
    [[nodiscard]] Json record() const override {
        return {{"step", "tell"}, {"who", word()}, {"backward", when_ == When::backward}};
    }

  private:
    [[nodiscard]] std::string_view word() const {
        return listeners.at(listener_ == Listener::postfix ? 1 : 0).first;
    }

    Listener listener_;
    When when_;
};

class CheckStep final : public Step {
  public:
    explicit CheckStep(Check check) : check_(check) {}

    [[nodiscard]] std::string name() const override {
        switch (check_) {
        case Check::configuration:
            return "paraph check-config";
        case Check::old_milters:
            return "what the old milters do with a message";
        case Check::probe:
            return "what paraphd does with it";
        case Check::postfix:
            return "paraph check-config --postfix";
        case Check::mail:
            return "mail through Postfix";
        }
        return {};
    }
    [[nodiscard]] Done perform(Hands& hands) const override { return hands.check(check_); }
    [[nodiscard]] Done undo(Hands& /*hands*/) const override { return {}; }
    [[nodiscard]] Json record() const override { return {{"step", "check"}}; }

  private:
    Check check_;
};

Told<std::unique_ptr<Step>> read_file(const Json& record, const Kept& kept) {
    FileChange change;
    change.path = record.at("path").get<std::string>();
    change.kept = record.at("kept").get<std::string>();
    change.is_secret = record.at("secret").get<bool>();
    change.is_own = record.at("own").get<bool>();
    change.before = FileStep::read_facts(record.at("before"));
    change.after = FileStep::read_facts(record.at("after"));
    for (auto [state, end, wanted] : {std::tuple(&change.before, ".before", true),
                                      std::tuple(&change.after, ".after", !change.is_secret)}) {
        if (!state->there || !wanted) {
            continue;
        }
        auto bytes = kept(change.kept + end);
        if (!bytes) {
            return base::refuse(bytes.error());
        }
        state->bytes = std::move(*bytes);
    }
    return std::make_unique<FileStep>(std::move(change), record.at("digest").get<std::string>());
}

} // namespace

Told<std::string> Step::changed_since(Hands& /*hands*/) const {
    return std::string();
}

bool Step::says_who_is_called() const {
    return false;
}

Done Step::keep(Hands& /*hands*/) const {
    return {};
}

std::unique_ptr<Step> file_step(FileChange change) {
    auto digest = digest_of(change.after.bytes);
    return std::make_unique<FileStep>(std::move(change), std::move(digest));
}

std::unique_ptr<Step> directory_step(DirectoryState directory) {
    return std::make_unique<DirectoryStep>(std::move(directory));
}

std::unique_ptr<Step> unit_step(UnitChange change) {
    return std::make_unique<UnitStep>(std::move(change));
}

std::unique_ptr<Step> tell_step(Listener listener, When when) {
    return std::make_unique<TellStep>(listener, when);
}

std::unique_ptr<Step> check_step(Check check) {
    return std::make_unique<CheckStep>(check);
}

Told<std::unique_ptr<Step>> read_step(const Json& record, const Kept& kept) {
    const auto kind = record.at("step").get<std::string>();
    if (kind == "file") {
        return read_file(record, kept);
    }
    if (kind == "directory") {
        return directory_step({record.at("path").get<std::string>(), record.at("mode").get<mode_t>(),
                               record.at("owner").get<uid_t>(), record.at("group").get<gid_t>()});
    }
    if (kind == "unit") {
        return unit_step({record.at("name").get<std::string>(), UnitStep::read_facts(record.at("before")),
                          UnitStep::read_facts(record.at("after"))});
    }
    if (kind == "tell") {
        const auto who = record.at("who").get<std::string>();
        for (const auto& [word, listener] : listeners) {
            if (word == who) {
                return tell_step(listener,
                                 record.at("backward").get<bool>() ? When::backward : When::forward);
            }
        }
    }
    if (kind == "check") { // it has nothing that is taken back
        return check_step(Check::configuration);
    }
    return base::refuse(fmt::format("unknown step '{}'", kind));
}

} // namespace milter::tool::import
