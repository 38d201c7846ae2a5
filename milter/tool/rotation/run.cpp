#include "milter/tool/rotation/run.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::tool::rotation {

namespace {

using keys::Step;

constexpr int most_names = 10;  // for one key
constexpr int most_steps = 200; // far more than a run has

} // namespace

Run::Run(keys::RotationJournal journal, keys::RotationPlan plan, std::unique_ptr<Hands> hands)
    : journal_(std::move(journal)), plan_(std::move(plan)), hands_(std::move(hands)),
      rotation_(journal_.keys, journal_.edition) {}

Run::Run(keys::RotationJournal journal, std::unique_ptr<Hands> hands)
    : Run(std::move(journal), {}, std::move(hands)) {
    looked_ = true;
    steps_ = most_steps;
}

Hands::Done Hands::settle(const keys::RotationJournal& /*journal*/,
                          const std::set<std::string>& /*selectors*/) {
    return {};
}

bool Run::go_on() {
    if (!looked_) {
        looked_ = true;
        rotation_.observe(hands_->look(journal_), hands_->now(), hands_->held());
        settled_ = !save(); // that time has passed as well
    }
    while (!settled_ && steps_++ < most_steps) {
        const auto progress = do_next();
        if (progress == Progress::waits) {
            return true;
        }
        if (!progress) {
            break;
        }
    }
    if (settled_) {
        return false;
    }
    settled_ = true; // what a run that was broken off left behind
    return sign_with({}, journal_, signing_selectors(journal_)) == Progress::waits;
}

void Run::daemon_said(const Reload& reload) {
    const auto offer = std::exchange(offer_, std::nullopt);
    if (!offer) {
        return;
    }
    const auto done = reload ? hands_->is_taken_up(offer->journal, offer->selectors, *reload)
                             : Hands::Done(base::refuse(reload.error()));
    if (check(done)) {
        (void)is_signed_with(offer->step, offer->selectors); // it has said why not
    }
}

// The first step that there is to do. Nothing: there is none, or none that works.
std::optional<Run::Progress> Run::do_next() {
    for (const Step& step : rotation_.next(plan_, hands_->now())) {
        const std::string id = fmt::format("{} {}", print(step.kind), step.selector);
        if (step.kind == Step::Kind::wait || !tried_.insert(id).second) {
            continue;
        }
        if (step.kind == Step::Kind::alarm) {
            outcome_.alarmed = true;
            hands_->warn(fmt::format("{}: {}", step.selector, step.why));
            continue;
        }
        return carry_out(step);
    }
    return std::nullopt;
}

Run::Progress Run::carry_out(const Step& step) {
    const auto finish_if = [&](const Hands::Done& done) {
        return check(done) ? finish(step) : Progress::failed;
    };
    switch (step.kind) {
    case Step::Kind::generate:
        return generate(step);
    case Step::Kind::publish:
        return finish_if(hands_->publish(journal_, step.selector));
    case Step::Kind::activate:
        rotation_.begin(step, hands_->now());
        return save() ? sign_with(step, journal_, signing_selectors(journal_, step.selector))
                      : Progress::failed;
    case Step::Kind::retire:
    case Step::Kind::silence: {
        auto after = finished(step);
        auto signing = signing_selectors(after);
        return sign_with(step, std::move(after), std::move(signing));
    }
    case Step::Kind::withdraw:
        return finish_if(hands_->withdraw(finished(step), step.selector));
    case Step::Kind::reveal:
        return reveal(step);
    case Step::Kind::forget:
        return finish(step);
    case Step::Kind::wait:
    case Step::Kind::alarm:
        break;
    }
    return Progress::done;
}

Run::Progress Run::generate(const Step& step) {
    const auto taken = hands_->is_taken(step.selector);
    if (!check(taken ? Hands::Done() : base::refuse(taken.error()))) {
        return Progress::failed;
    }
    if (*taken && ++names_taken_ < most_names) {
        plan_.taken.push_back(step.selector);
        return Progress::failed; // the next one has another name
    }
    if (*taken) {
        (void)check(base::refuse(fmt::format("there are records at {} and at all names before it: is there a "
                                             "wildcard (*) in the zone?",
                                             step.selector)));
        return Progress::failed;
    }
    auto file = hands_->generate(step.selector, step.type);
    if (!check(file ? Hands::Done() : base::refuse(file.error()))) {
        return Progress::failed;
    }
    journal_.files[step.selector] = std::move(*file);
    return finish(step);
}

Run::Progress Run::reveal(const Step& step) {
    auto file = hands_->reveal(journal_, step.selector);
    if (!check(file ? Hands::Done() : base::refuse(file.error()))) {
        return Progress::failed;
    }
    journal_.files[step.selector] = std::move(*file); // its record may have to be withdrawn again
    return finish(step);
}

Run::Progress Run::sign_with(const Step& step, keys::RotationJournal journal,
                             std::set<std::string> selectors) {
    const auto offered = hands_->offer(journal, selectors);
    if (!check(offered ? Hands::Done() : base::refuse(offered.error()))) {
        return Progress::failed;
    }
    if (*offered) {
        offer_ = Offer{step, std::move(journal), std::move(selectors)};
        return Progress::waits;
    }
    return is_signed_with(step, selectors);
}

Run::Progress Run::is_signed_with(const Step& step, const std::set<std::string>& selectors) {
    if (step.kind != Step::Kind::wait) {
        return finish(step);
    }
    return check(hands_->settle(journal_, selectors)) ? Progress::done : Progress::failed;
}

keys::RotationJournal Run::finished(const Step& step) const {
    auto after = rotation_;
    after.finish(step, hands_->now());
    return {journal_.domain, after.keys(), journal_.files, after.edition()};
}

Run::Progress Run::finish(const Step& step) {
    rotation_.finish(step, hands_->now());
    if (!save()) {
        return Progress::failed;
    }
    hands_->say(fmt::format("{} {}: {}", print(step.kind), step.selector, step.why));
    const bool is_public = std::any_of(journal_.keys.begin(), journal_.keys.end(), [&](const auto& key) {
        return key.selector == step.selector && key.state == keys::KeyState::revealed;
    });
    outcome_.alarmed = outcome_.alarmed || step.kind == Step::Kind::silence ||
                       (step.kind == Step::Kind::withdraw && is_public);
    return Progress::done;
}

bool Run::save() {
    journal_.keys = rotation_.keys();
    journal_.edition = rotation_.edition();
    return check(hands_->save(journal_));
}

bool Run::check(const Hands::Done& done) {
    if (!done) {
        outcome_.failed = true;
        hands_->warn(done.error());
    }
    return done.has_value();
}

std::set<std::string> signing_selectors(const keys::RotationJournal& journal, const std::string& begun) {
    std::set<std::string> selectors;
    for (const keys::RotatedKey& key : journal.keys) {
        if (key.may_sign() && (key.confirmed || key.selector == begun)) {
            selectors.insert(key.selector);
        }
    }
    return selectors;
}

} // namespace milter::tool::rotation
