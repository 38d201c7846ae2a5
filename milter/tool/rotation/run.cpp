#include "milter/tool/rotation/run.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::tool::rotation {

namespace {

using keys::Step;
using Done = Hands::Done;

constexpr int most_names = 10; // for one key

class Run {
  public:
    Run(keys::RotationJournal& journal, keys::RotationPlan plan, Hands& hands)
        : journal_(journal), plan_(std::move(plan)), hands_(hands), rotation_(journal.keys) {}

    Outcome go() {
        rotation_.observe(hands_.look(journal_), hands_.now());
        if (!save()) { // that time has passed as well
            return outcome_;
        }
        constexpr int most_steps = 200; // far more than a run has
        for (int i = 0; i < most_steps && do_next(); ++i) {
        }
        // What a run that was broken off left behind.
        check(hands_.sign_with(journal_, signing_selectors(journal_)));
        return outcome_;
    }

  private:
    // Does the first step that there is to do. False: there is none, or none that works.
    bool do_next() {
        for (const Step& step : rotation_.next(plan_, hands_.now())) {
            const std::string id = fmt::format("{} {}", print(step.kind), step.selector);
            if (step.kind == Step::Kind::wait || !tried_.insert(id).second) {
                continue;
            }
            if (step.kind == Step::Kind::alarm) {
                outcome_.alarmed = true;
                hands_.warn(fmt::format("{}: {}", step.selector, step.why));
                continue;
            }
            if (carry_out(step)) {
                hands_.say(fmt::format("{} {}: {}", print(step.kind), step.selector, step.why));
                outcome_.alarmed = outcome_.alarmed || step.kind == Step::Kind::silence;
            }
            return true;
        }
        return false;
    }

    bool carry_out(const Step& step) {
        switch (step.kind) {
        case Step::Kind::generate:
            return generate(step);
        case Step::Kind::publish:
            return check(hands_.publish(journal_, step.selector)) && finish(step);
        case Step::Kind::activate:
            rotation_.begin(step, hands_.now());
            return save() && check(hands_.sign_with(journal_, signing_selectors(journal_, step.selector))) &&
                   finish(step);
        case Step::Kind::retire:
        case Step::Kind::silence: {
            const auto after = finished(step);
            return check(hands_.sign_with(after, signing_selectors(after))) && finish(step);
        }
        case Step::Kind::withdraw:
            return check(hands_.withdraw(finished(step), step.selector)) && finish(step);
        case Step::Kind::wait:
        case Step::Kind::alarm:
            break;
        }
        return true;
    }

    bool generate(const Step& step) {
        const auto taken = hands_.is_taken(step.selector);
        if (!taken) {
            return check(base::refuse(taken.error()));
        }
        if (*taken && ++names_taken_ < most_names) {
            plan_.taken.push_back(step.selector);
            return false; // the next one has another name
        }
        if (*taken) {
            return check(base::refuse(fmt::format("there are records at {} and at all names before it: is "
                                                  "there a wildcard (*) in the zone?",
                                                  step.selector)));
        }
        auto file = hands_.generate(step.selector);
        if (!file) {
            return check(base::refuse(file.error()));
        }
        journal_.files[step.selector] = std::move(*file);
        return finish(step);
    }

    [[nodiscard]] keys::RotationJournal finished(const Step& step) const {
        auto after = rotation_;
        after.finish(step, hands_.now());
        return {journal_.domain, after.keys(), journal_.files};
    }

    bool finish(const Step& step) {
        rotation_.finish(step, hands_.now());
        return save();
    }

    bool save() {
        journal_.keys = rotation_.keys();
        return check(hands_.save(journal_));
    }

    bool check(const Done& done) {
        if (!done) {
            outcome_.failed = true;
            hands_.warn(done.error());
        }
        return done.has_value();
    }

    keys::RotationJournal& journal_;
    keys::RotationPlan plan_;
    Hands& hands_;
    keys::Rotation rotation_;
    std::set<std::string> tried_;
    int names_taken_ = 0;
    Outcome outcome_;
};

} // namespace

std::set<std::string> signing_selectors(const keys::RotationJournal& journal, const std::string& begun) {
    std::set<std::string> selectors;
    for (const keys::RotatedKey& key : journal.keys) {
        if (key.may_sign() && (key.confirmed || key.selector == begun)) {
            selectors.insert(key.selector);
        }
    }
    return selectors;
}

Outcome run_rotation(keys::RotationJournal& journal, keys::RotationPlan plan, Hands& hands) {
    return Run(journal, std::move(plan), hands).go();
}

} // namespace milter::tool::rotation
