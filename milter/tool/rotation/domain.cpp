#include "milter/tool/rotation/domain.h"

#include "base/ascii.h"
#include "keys/generate.h"
#include "keys/key_file.h"
#include "keys/published_record.h"
#include "milter/tool/rotation/reveal.h"
#include "milter/tool/rotation/sightings.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <system_error>

namespace milter::tool::rotation {

namespace {

using Done = Hands::Done;

// What becomes of others matters: whether they are gone, whether they come back.
bool is_watched(const keys::RotatedKey& key) {
    return keys::has_record(key.state) || key.state == keys::KeyState::retired ||
           key.state == keys::KeyState::revealed;
}

// A line of letters, digits and hyphens; empty: there is none.
std::string read_id(const char* path) {
    std::ifstream file(path);
    std::string id;
    std::getline(file, id);
    const bool good = std::all_of(id.begin(), id.end(), [](char c) {
        return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
    });
    return good ? id : "";
}

std::vector<crypto::KeyType> types_of(config::RotatedType type) {
    using crypto::KeyType;
    switch (type) {
    case config::RotatedType::rsa:
        return {KeyType::rsa};
    case config::RotatedType::ed25519:
        return {KeyType::ed25519};
    case config::RotatedType::both:
        return {KeyType::rsa, KeyType::ed25519};
    }
    return {};
}

} // namespace

base::Result<keys::Moment, std::string> moment_now() {
    keys::Moment now;
    now.host = read_id("/etc/machine-id");
    now.boot = read_id("/proc/sys/kernel/random/boot_id");
    timespec since_boot{};
    if (now.host.empty() || now.boot.empty() || clock_gettime(CLOCK_BOOTTIME, &since_boot) != 0) {
        return base::refuse(std::string("/etc/machine-id and /proc/sys/kernel/random/boot_id are needed to "
                                        "count time, and cannot be read"));
    }
    now.uptime = std::chrono::seconds(since_boot.tv_sec);
    now.clock = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return now;
}

keys::RotationPlan plan_of(const config::Rotation& rotation) {
    keys::RotationPlan plan;
    plan.every = rotation.every;
    plan.overlap = rotation.overlap;
    plan.transit = rotation.transit;
    plan.give_up = rotation.give_up;
    plan.types = types_of(rotation.type);
    plan.reveals = !rotation.publish_retired_key.empty();
    plan.selector = rotation.selector;
    plan.silence_vanished = rotation.silence_lost;
    return plan;
}

DomainRotation::DomainRotation(const World& world, const std::string& domain,
                               const config::DomainEntry& entry, keys::Moment begin)
    : world_(world), domain_(domain), entry_(entry), begin_(std::move(begin)) {}

base::Result<keys::RotationJournal, std::string> DomainRotation::open(keys::RotationPlan& plan) {
    auto journal = world_.files.read_journal(domain_);
    if (!journal) {
        return journal;
    }
    const bool is_new = !world_.files.has_journal(domain_);
    std::vector<crypto::KeyType> begun; // a type that was added later begins with its key of then, too
    for (const keys::RotatedKey& key : journal->keys) {
        begun.push_back(key.type);
    }
    for (const auto& entry : entry_.keys) {
        if (journal->files.contains(entry.selector)) {
            continue;
        }
        const auto key = entry.is_active() ? read_key(named_key(domain_, entry.selector, entry.file))
                                           : Result<crypto::SigningKey>(tl::make_unexpected(Failure()));
        if (!key && entry.is_active() && is_new) {
            return base::refuse(key.error().message);
        }
        const auto is_one_of = [&](const auto& types) {
            return key && std::find(types.begin(), types.end(), key->type()) != types.end();
        };
        if (!is_one_of(plan.types) || is_one_of(begun)) {
            plan.taken.push_back(entry.selector);
        } else if (auto adopted = adopt(entry, key->type(), *journal); !adopted) {
            return base::refuse(adopted.error());
        }
    }
    return journal;
}

Done DomainRotation::adopt(const config::SigningKeyEntry& entry, crypto::KeyType type,
                           keys::RotationJournal& journal) const {
    const auto other = std::find_if(journal.keys.begin(), journal.keys.end(),
                                    [&](const keys::RotatedKey& key) { return key.type == type; });
    if (other != journal.keys.end()) {
        return base::refuse(
            fmt::format("{} and {} are both active: rotation begins with one key of its type; "
                        "give the other one 'state: retiring'",
                        other->selector, entry.selector));
    }
    keys::RotatedKey key;
    key.selector = entry.selector;
    key.type = type;
    key.state = keys::KeyState::active;
    key.made = begin_.clock; // when it was made, nobody knows
    key.confirmed = true;
    key.adopted = true;
    key.in_state.start(begin_);
    journal.keys.push_back(std::move(key));
    journal.files[entry.selector] = entry.file;
    return {};
}

LiveRecord DomainRotation::live(const std::string& selector) const {
    return look_at_servers(base::to_lower(keys::record_name(selector, domain_)), world_.recursion,
                           world_.ask_all);
}

std::chrono::seconds DomainRotation::negative_ttl(const std::string& selector) const {
    std::uint32_t longest = 0;
    for (const ServerView& view : live(selector).servers) {
        longest = std::max(longest, view.negative_ttl.value_or(0));
    }
    return std::chrono::seconds(longest);
}

keys::Moment DomainRotation::now() {
    return moment_now().value_or(begin_);
}

std::vector<keys::Observation> DomainRotation::look(const keys::RotationJournal& journal) {
    std::vector<keys::Observation> seen;
    for (const keys::RotatedKey& rotated : journal.keys) {
        if (!is_watched(rotated)) {
            continue;
        }
        const auto name = named_key(domain_, rotated.selector, journal.files.at(rotated.selector));
        const bool is_out = keys::has_record(rotated.state);
        const auto key = is_out ? read_key(name) : tl::make_unexpected(Failure()); // its file may be gone
        if (!key && is_out) {
            warn(key.error().message);
            continue;
        }
        const auto record = live(rotated.selector);
        if (!record.problem.empty()) {
            warn(record.problem);
        }
        auto sightings = sightings_of(name, key ? &*key : nullptr, record);
        for (const keys::Sighting& one : sightings) {
            using Said = keys::Sighting::Said;
            const bool is_right = is_out ? one.said == Said::shown : one.empty;
            if (!is_right && rotated.state != keys::KeyState::pending) {
                say(fmt::format("{}: {} {}", rotated.selector, one.server,
                                one.said == Said::failed ? "gives no usable answer"
                                : is_out                 ? "does not show the record"
                                                         : "still has a record of that name"));
            }
        }
        seen.push_back({rotated.selector, std::move(sightings)});
    }
    return seen;
}

base::Result<bool, std::string> DomainRotation::is_taken(const std::string& selector) {
    return has_record(live(selector));
}

// Beside its place and then there, so that what is in its place is whole.
// What lies there is of a run that was broken off, or of a journal that was lost: it may be known to others.
base::Result<std::string, std::string> DomainRotation::generate(const std::string& selector,
                                                                crypto::KeyType type) {
    const auto domain = base::DomainName::parse(domain_);
    auto file = world_.files.key_file(domain_, selector);
    const auto fresh = file + ".new";
    std::error_code ignored;
    std::filesystem::remove(fresh, ignored);
    const auto made = keys::generate({.domain = *domain,
                                      .selector = selector,
                                      .type = type,
                                      .bits = entry_.rotation->bits,
                                      .file = fresh,
                                      .group = world_.files.group()});
    if (!made) {
        return base::refuse(made.error());
    }
    std::error_code error;
    std::filesystem::rename(fresh, file, error); // the journal makes it last: it syncs the directory
    if (error) {
        return base::refuse(fmt::format("{}: {}", file, error.message()));
    }
    return file;
}

base::Result<KeyRecord, std::string> DomainRotation::record_of(const keys::RotationJournal& journal,
                                                               const std::string& selector) const {
    const auto key = read_key(named_key(domain_, selector, journal.files.at(selector)));
    if (!key) {
        return base::refuse(key.error().message);
    }
    return KeyRecord{selector, keys::record_name(selector, domain_), keys::record_value(*key)};
}

Done DomainRotation::change(bool adds, const keys::RotationJournal& journal, const std::string& selector) {
    auto record = record_of(journal, selector);
    if (!record) {
        return base::refuse(record.error());
    }
    RecordChange change{adds, domain_, std::move(*record)};
    for (const keys::RotatedKey& key : journal.keys) {
        if (keys::has_record(key.state) && world_.files.is_own(journal.files.at(key.selector))) {
            auto one = record_of(journal, key.selector);
            if (!one) {
                return base::refuse(one.error());
            }
            change.all.push_back(std::move(*one));
        }
    }
    return change_record(change, *entry_.rotation, world_.recursion);
}

Done DomainRotation::publish(const keys::RotationJournal& journal, const std::string& selector) {
    return change(true, journal, selector);
}

Done DomainRotation::withdraw(const keys::RotationJournal& journal, const std::string& selector) {
    const bool by_hand = !world_.files.is_own(journal.files.at(selector));
    if (by_hand && entry_.rotation->publish == config::PublishBy::zone_file) {
        say(fmt::format("{} was published by hand: take its record out of the zone", selector));
        return {};
    }
    return change(false, journal, selector);
}

base::Result<bool, std::string> DomainRotation::offer(const keys::RotationJournal& journal,
                                                      const std::set<std::string>& selectors) {
    return world_.files.write_keys(journal, selectors);
}

Done DomainRotation::is_taken_up(const keys::RotationJournal& journal, const std::set<std::string>& selectors,
                                 const ReloadAnswer& answer) {
    for (const std::string& problem : answer.problems) {
        for (const std::string& selector : selectors) {
            if (problem.find(journal.files.at(selector)) != std::string::npos) {
                return base::refuse(fmt::format("the daemon cannot sign: {}", problem));
            }
        }
    }
    return world_.files.note_reload(domain_);
}

base::Result<std::string, std::string> DomainRotation::reveal(const keys::RotationJournal& journal,
                                                              const std::string& selector) {
    return reveal_key({domain_, selector, journal.files.at(selector)}, world_.settings, world_.files);
}

Done DomainRotation::save(const keys::RotationJournal& journal) {
    return world_.files.save(journal);
}

void DomainRotation::say(const std::string& text) {
    fmt::print(world_.console.out, "{}: {}\n", domain_, base::printable(text, 1024));
}

void DomainRotation::warn(const std::string& text) {
    fmt::print(world_.console.err, "paraph: {}: {}\n", domain_, base::printable(text, 1024));
}

} // namespace milter::tool::rotation
