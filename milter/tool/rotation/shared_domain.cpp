#include "milter/tool/rotation/shared_domain.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::tool::rotation {

SharedDomain::~SharedDomain() {
    if (is_mine_) {
        sharing_.store.rows().unlock(domain_);
    }
}

base::Result<keys::RotationJournal, std::string> SharedDomain::open(keys::RotationPlan& plan) {
    const auto locked = sharing_.store.rows().lock(domain_);
    if (!locked) {
        return base::refuse(locked.error());
    }
    is_mine_ = *locked;
    if (auto fetched = keys_.fetch(); !fetched) {
        return base::refuse(fetched.error());
    }
    if (!is_mine_) {
        say("another host is changing its keys");
        return keys_.journal();
    }
    auto journal = DomainRotation::open(plan);
    if (!journal) {
        return journal;
    }
    // What is no part of the file that this host has.
    const auto shared = keys_.journal();
    journal->edition = shared.edition;
    for (const keys::RotatedKey& key : shared.keys) {
        const auto same = std::find_if(journal->keys.begin(), journal->keys.end(),
                                       [&](const auto& one) { return one.selector == key.selector; });
        if (same != journal->keys.end()) {
            same->stopped = key.stopped;
        }
    }
    return journal;
}

base::Result<std::optional<keys::RotationJournal>, std::string> SharedDomain::follow() {
    if (auto fetched = keys_.fetch(); !fetched) {
        return base::refuse(fetched.error());
    }
    return keys_.is_there() ? std::optional(keys_.journal()) : std::nullopt;
}

// By this host's own id: where two machines have one machine-id, the time since the start of one would count
// for the other.
keys::Moment SharedDomain::now() {
    auto now = DomainRotation::now();
    now.host = sharing_.host;
    return now;
}

SharedDomain::Done SharedDomain::may_go_on() const {
    return keys_.is_cut_off()
               ? base::refuse(std::string("nothing more is done before the store is read again"))
               : Done();
}

base::Result<std::string, std::string> SharedDomain::generate(const std::string& selector,
                                                              crypto::KeyType type) {
    const auto may = may_go_on();
    return may ? DomainRotation::generate(selector, type) : base::refuse(may.error());
}

SharedDomain::Done SharedDomain::publish(const keys::RotationJournal& journal, const std::string& selector) {
    const auto may = may_go_on();
    return may ? DomainRotation::publish(journal, selector) : may;
}

SharedDomain::Done SharedDomain::withdraw(const keys::RotationJournal& journal, const std::string& selector) {
    const auto may = may_go_on();
    return may ? DomainRotation::withdraw(journal, selector) : may;
}

base::Result<bool, std::string> SharedDomain::offer(const keys::RotationJournal& journal,
                                                    const std::set<std::string>& selectors) {
    const auto may = may_go_on();
    return may ? DomainRotation::offer(journal, selectors) : base::refuse(may.error());
}

base::Result<std::string, std::string> SharedDomain::reveal(const keys::RotationJournal& journal,
                                                            const std::string& selector) {
    const auto may = may_go_on();
    return may ? DomainRotation::reveal(journal, selector) : base::refuse(may.error());
}

// The store first: what only this host has written down did not happen.
SharedDomain::Done SharedDomain::save(const keys::RotationJournal& journal) {
    const auto saved = keys_.save(journal);
    return saved ? DomainRotation::save(journal) : saved;
}

std::set<std::string> SharedDomain::held() {
    auto held = keys_.held();
    if (!held.empty()) {
        std::string hosts;
        for (const std::string& name : keys_.late()) {
            hosts += (hosts.empty() ? "" : ", ") + name;
        }
        for (const std::string& selector : held) {
            say(fmt::format("{}: its record stays until {} no longer signs with it", selector,
                            hosts.empty() ? "every host" : hosts));
        }
    }
    return held;
}

SharedDomain::Done SharedDomain::settle(const keys::RotationJournal& journal,
                                        const std::set<std::string>& selectors) {
    return keys_.tell(journal.edition, selectors);
}

} // namespace milter::tool::rotation
