#include "milter/tool/import/switch.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace milter::tool::import {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<std::string_view, Stage>, 4> stages{{{"applying", Stage::applying},
                                                                    {"applied", Stage::applied},
                                                                    {"undoing", Stage::undoing},
                                                                    {"undone", Stage::undone}}};

Done keep_all(const Switch& made, Hands& hands) {
    for (const auto& step : made.steps) {
        if (auto kept = step->keep(hands); !kept) {
            return kept;
        }
    }
    return {};
}

// One step, which is written down first.
Done perform(Switch& made, std::size_t number, Hands& hands) {
    if (hands.is_stopped()) {
        return base::refuse(std::string("interrupted"));
    }
    made.begun = number + 1;
    if (auto saved = hands.save(print(made)); !saved) {
        return saved;
    }
    const Step& step = *made.steps[number];
    if (const auto name = step.name(); !name.empty()) {
        hands.say(name);
    }
    return step.perform(hands);
}

Done go_forward(Switch& made, Hands& hands) {
    made.stage = Stage::applying;
    if (auto kept = keep_all(made, hands); !kept) {
        return kept;
    }
    for (std::size_t number = 0; number < made.steps.size(); ++number) {
        if (auto done = perform(made, number, hands); !done) {
            const auto name = made.steps[number]->name();
            return base::refuse(name.empty() ? done.error() : fmt::format("{}: {}", name, done.error()));
        }
    }
    made.stage = Stage::applied;
    return hands.save(print(made));
}

// What somebody would lose.
Told<std::string> changed_since(const Switch& made, Hands& hands) {
    std::string changes;
    for (std::size_t number = 0; number < made.begun; ++number) {
        const auto changed = made.steps[number]->changed_since(hands);
        if (!changed) {
            return changed;
        }
        changes += *changed;
    }
    return changes;
}

// Whether Postfix still has files of the switch when the steps before this one remain.
bool has_new_postfix(const Switch& made, std::size_t number) {
    return std::any_of(made.steps.begin(), made.steps.begin() + static_cast<std::ptrdiff_t>(number),
                       [](const auto& step) { return step->says_who_is_called(); });
}

// While Postfix calls paraphd, paraphd stays: what cannot be done before leaves the rest as it is.
Done undo_all(const Switch& made, Hands& hands, bool force) {
    std::string trouble;
    for (std::size_t number = made.begun; number-- > 0;) {
        const auto undone = made.steps[number]->undo(hands);
        if (undone) {
            continue;
        }
        trouble += (trouble.empty() ? "" : "; ") + undone.error();
        if (made.steps[number]->says_who_is_called() || (!force && has_new_postfix(made, number))) {
            return base::refuse(trouble + "; Postfix still calls paraphd, which goes on");
        }
    }
    return trouble.empty() ? Done() : base::refuse(trouble);
}

} // namespace

std::string print(const Switch& made) {
    Json steps = Json::array();
    for (const auto& step : made.steps) {
        steps.push_back(step->record());
    }
    std::string_view word;
    for (const auto& [text, stage] : stages) {
        word = stage == made.stage ? text : word;
    }
    return Json{{"version", 1}, {"stage", word}, {"begun", made.begun}, {"steps", steps}}.dump(1) + "\n";
}

Told<Switch> read_switch(const std::string& text, const Kept& kept) {
    try {
        const Json json = Json::parse(text);
        if (json.at("version").get<int>() != 1) {
            return base::refuse(std::string("it is of a later version of paraph"));
        }
        Switch made;
        const auto word = json.at("stage").get<std::string>();
        for (const auto& [known, stage] : stages) {
            made.stage = known == word ? stage : made.stage;
        }
        made.begun = json.at("begun").get<std::size_t>();
        for (const Json& record : json.at("steps")) {
            auto step = read_step(record, kept);
            if (!step) {
                return base::refuse(step.error());
            }
            made.steps.push_back(std::move(*step));
        }
        if (made.begun > made.steps.size()) {
            return base::refuse(std::string("more steps are begun than there are"));
        }
        return made;
    } catch (const Json::exception& error) {
        return base::refuse(std::string(error.what()));
    }
}

Done apply(Switch& made, Hands& hands) {
    auto done = go_forward(made, hands);
    if (done) {
        return done;
    }
    if (made.begun == 0) {
        return base::refuse(fmt::format("{}. Nothing was changed", done.error()));
    }
    hands.say(fmt::format("FAILED: {}", done.error()));
    hands.say("All of it is taken back:");
    const auto back = take_back(made, hands, true);
    return base::refuse(back ? fmt::format("{}. All is as it was before", done.error())
                             : fmt::format("{}. Not all could be taken back: {}. See to that, and then run "
                                           "`paraph import --undo` again",
                                           done.error(), back.error()));
}

Done take_back(Switch& made, Hands& hands, bool force) {
    if (!force) {
        const auto changed = changed_since(made, hands);
        if (!changed) {
            return base::refuse(changed.error());
        }
        if (!changed->empty()) {
            return base::refuse(fmt::format(
                "{}nothing was taken back. Note what you want to keep of this, and then `paraph import "
                "--undo "
                "--force` puts the old files there; a copy of the changed ones stays in the backup",
                *changed));
        }
    }
    made.stage = Stage::undoing;
    // Mail matters more than the book: where the disk is full, the old files may still fit.
    if (const auto saved = hands.save(print(made)); !saved) {
        hands.warn(saved.error());
    }
    if (auto undone = undo_all(made, hands, force); !undone) {
        return undone;
    }
    made.stage = Stage::undone;
    return hands.save(print(made));
}

} // namespace milter::tool::import
