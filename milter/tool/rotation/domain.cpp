#include "milter/tool/rotation/domain.h"

#include "base/ascii.h"
#include "keys/generate.h"
#include "keys/key_file.h"
#include "keys/published_record.h"
#include "milter/listener/control.h"
#include "milter/tool/reload_answer.h"
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

bool has_record_out(const keys::RotatedKey& key) {
    return key.state != keys::KeyState::retired && key.state != keys::KeyState::withdrawn;
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

crypto::KeyType type_of(const config::Rotation& rotation) {
    return rotation.type == config::RotatedType::rsa ? crypto::KeyType::rsa : crypto::KeyType::ed25519;
}

NamedKey named(const std::string& domain, const std::string& selector, const std::string& file) {
    NamedKey name;
    name.domain = domain;
    name.selector = selector;
    name.file = file;
    return name;
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
    plan.selector = rotation.selector;
    plan.silence_vanished = rotation.silence_lost;
    return plan;
}

DomainRotation::DomainRotation(const World& world, const std::string& domain,
                               const config::DomainEntry& entry, keys::Moment begin)
    : world_(world), domain_(domain), entry_(entry), begin_(std::move(begin)) {}

base::Result<keys::RotationJournal, std::string> DomainRotation::open(keys::RotationPlan& plan) const {
    auto journal = world_.files.read_journal(domain_);
    if (!journal) {
        return journal;
    }
    const bool is_new = !world_.files.has_journal(domain_);
    for (const auto& entry : entry_.keys) {
        const bool known = journal->files.contains(entry.selector);
        if (is_new && entry.is_active() && !known) {
            const auto key = read_key(named(domain_, entry.selector, entry.file));
            if (!key) {
                return base::refuse(key.error().message);
            }
            if (key->type() != type_of(*entry_.rotation)) {
                plan.taken.push_back(entry.selector);
                continue;
            }
            if (!journal->keys.empty()) {
                return base::refuse(fmt::format("{} and {} are both active: rotation begins with one key of "
                                                "its type; give the other one 'state: retiring'",
                                                journal->keys.front().selector, entry.selector));
            }
            keys::RotatedKey adopted;
            adopted.selector = entry.selector;
            adopted.state = keys::KeyState::active;
            adopted.made = begin_.clock; // when it was made, nobody knows
            adopted.confirmed = true;
            adopted.in_state.start(begin_);
            journal->keys.push_back(std::move(adopted));
            journal->files[entry.selector] = entry.file;
        } else if (!known) {
            plan.taken.push_back(entry.selector);
        }
    }
    return journal;
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
        if (!has_record_out(rotated)) {
            continue;
        }
        const auto name = named(domain_, rotated.selector, journal.files.at(rotated.selector));
        const auto key = read_key(name);
        if (!key) {
            warn(key.error().message);
            continue;
        }
        const auto record = live(rotated.selector);
        if (!record.problem.empty()) {
            warn(record.problem);
        }
        auto sightings = sightings_of(name, *key, record);
        for (const keys::Sighting& one : sightings) {
            using Said = keys::Sighting::Said;
            if (one.said != Said::shown && rotated.state != keys::KeyState::pending) {
                say(fmt::format("{}: {} {}", rotated.selector, one.server,
                                one.said == Said::failed ? "gives no usable answer"
                                                         : "does not show the record"));
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
base::Result<std::string, std::string> DomainRotation::generate(const std::string& selector) {
    const auto domain = base::DomainName::parse(domain_);
    auto file = world_.files.key_file(domain_, selector);
    if (read_key(named(domain_, selector, file))) {
        return file; // of a run that was broken off: no record was published for it
    }
    const auto fresh = file + ".new";
    std::error_code ignored;
    std::filesystem::remove(fresh, ignored);
    const auto made = keys::generate({.domain = *domain,
                                      .selector = selector,
                                      .type = type_of(*entry_.rotation),
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
    const auto key = read_key(named(domain_, selector, journal.files.at(selector)));
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
        if (has_record_out(key) && world_.files.is_own(journal.files.at(key.selector))) {
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

Done DomainRotation::sign_with(const keys::RotationJournal& journal, const std::set<std::string>& selectors) {
    const auto changed = world_.files.write_keys(journal, selectors);
    if (!changed) {
        return base::refuse(changed.error());
    }
    if (!*changed) {
        return {};
    }
    std::set<std::string> files;
    for (const std::string& selector : selectors) {
        files.insert(journal.files.at(selector));
    }
    if (auto told = tell_daemon(files); !told) {
        return told;
    }
    return world_.files.note_reload(domain_);
}

Done DomainRotation::tell_daemon(const std::set<std::string>& files) const {
    constexpr std::chrono::minutes patience{5};
    const auto& control = world_.settings.listen.control;
    const auto lines = listener::ask_daemon(control, listener::reload_request, patience);
    if (!lines) {
        return base::refuse(fmt::format("the daemon cannot be told what to sign with: {}", lines.error()));
    }
    const auto answer = read_reload_answer(*lines);
    std::error_code error;
    if (answer.taken && !std::filesystem::equivalent(answer.source, world_.config_file, error)) {
        return base::refuse(
            fmt::format("the daemon at {} has read {}, not {}", control, answer.source, world_.config_file));
    }
    if (!answer.taken) {
        return base::refuse(fmt::format("the daemon refuses its configuration{}",
                                        answer.problems.empty() ? "" : ": " + answer.problems.front()));
    }
    for (const std::string& problem : answer.problems) {
        for (const std::string& file : files) {
            if (problem.find(file) != std::string::npos) {
                return base::refuse(fmt::format("the daemon cannot sign: {}", problem));
            }
        }
    }
    return {};
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
