// paraph key publish, and key withdraw: put the record of one key into the DNS as rotation does, or take it
// out.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/rotation_schema.h"
#include "keys/published_record.h"
#include "milter/command_line/app.h"
#include "milter/tool/configuration.h"
#include "milter/tool/daemon_user.h"
#include "milter/tool/dns_options.h"
#include "milter/tool/key_commands.h"
#include "milter/tool/key_selection.h"
#include "milter/tool/live_record.h"
#include "milter/tool/name_servers.h"
#include "milter/tool/rotation/files.h"
#include "milter/tool/rotation/record_publisher.h"
#include "milter/tool/rotation/sightings.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ostream>
#include <thread>

namespace milter::tool {

namespace {

using Said = keys::Sighting::Said;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes for_questions{10}; // to name servers, beside waiting

struct KeyPublishOptions {
    KeySelection key;
    std::string config;
    bool withdraws = false;
    bool replaces = false;
    bool is_forced = false; // a record that mail may need
    unsigned wait = 0;      // seconds, until every server shows it
    DnsOptions dns;
};

// The key, its record, and how that gets into the DNS.
struct Publication {
    NamedKey name;
    crypto::SigningKey key;
    rotation::RecordChange change;
    config::Rotation settings;
};

// Whose record is wanted. In which state it is says the configuration, whatever file is given.
Result<NamedKey> wanted_key(const KeyPublishOptions& options, const config::Settings& settings) {
    const auto domain = base::DomainName::parse_international(options.key.domain);
    if (!domain || !base::DomainName::parse(options.key.selector)) {
        return fail(ExitCode::usage,
                    fmt::format("{} is not a {}",
                                base::quoted(domain ? options.key.selector : options.key.domain),
                                domain ? "selector" : "domain name"));
    }
    const auto known = keys_of_domain(settings, *domain, options.key.selector);
    if (!known) {
        return tl::make_unexpected(known.error());
    }
    if (options.key.key.empty() && known->keys.empty()) {
        return fail(ExitCode::data,
                    fmt::format("the configuration has no key {} for {}; --key FILE names one",
                                base::quoted(options.key.selector), domain->text()));
    }
    NamedKey name;
    name.state = config::KeyState::retired; // nobody signs with it
    if (!known->keys.empty()) {
        name = known->keys.front();
    }
    name.domain = domain->text();
    name.selector = base::to_lower(options.key.selector);
    if (!options.key.key.empty()) {
        name.file = options.key.key;
    }
    return name;
}

Result<Publication> publication(const KeyPublishOptions& options, const config::Settings& settings) {
    auto name = wanted_key(options, settings);
    auto key = name ? read_key(*name) : tl::make_unexpected(name.error());
    if (!key) {
        return tl::make_unexpected(key.error());
    }
    const auto entry = settings.domains.find(name->domain);
    const bool has_own = entry != settings.domains.end() && entry->second.rotation;
    auto how = has_own ? *entry->second.rotation : settings.rotation;
    if (const auto missing = config::missing_for_publication(how); !missing.empty()) {
        return fail(ExitCode::config, missing);
    }
    rotation::RecordChange change{
        !options.withdraws,
        name->domain,
        {name->selector, keys::record_name(name->selector, name->domain), keys::record_value(*key)}};
    change.replaces = options.replaces;
    if (change.adds) {
        change.all.push_back(change.record);
    }
    return Publication{std::move(*name), std::move(*key), std::move(change), std::move(how)};
}

// What rotation knows of the key goes first: it may have made it public, or be about to withdraw its record.
Result<void> check_journal(const Publication& wanted, const rotation::Files& files) {
    const auto journal = files.read_journal(wanted.name.domain);
    if (!journal) {
        return fail(ExitCode::temporary, journal.error());
    }
    for (const keys::RotatedKey& key : journal->keys) {
        if (key.selector == wanted.name.selector && keys::has_record(key.state) != wanted.change.adds) {
            return fail(ExitCode::usage,
                        fmt::format("{} is {}: paraph key rotate {}", key.selector, print(key.state),
                                    wanted.change.adds ? "has withdrawn its record for good"
                                                       : "withdraws its record when it is due"));
        }
    }
    return {};
}

// Others than the domain's own entry may sign in its name: signing_domain, "*.NAME", the KeyTable.
Result<config::KeyState> state_in_use(const NamedKey& name, const config::Settings& settings) {
    using config::KeyState;
    const auto all = all_keys(settings);
    if (!all) {
        return tl::make_unexpected(all.error());
    }
    auto state = name.state;
    bool is_known = state != KeyState::retired;
    for (const NamedKey& key : all->keys) {
        if (base::iequals(key.domain, name.domain) && base::iequals(key.selector, name.selector)) {
            is_known = true;
            state = key.state == KeyState::active || state == KeyState::retired ? key.state : state;
        }
    }
    if (!is_known && !all->passed_over.empty()) {
        return fail(ExitCode::usage,
                    fmt::format("{} may be in use: {}; --force withdraws its record all the same",
                                name.selector, all->passed_over.front()));
    }
    return state;
}

Result<void> check_use(const Publication& wanted, const KeyPublishOptions& options,
                       const config::Settings& settings) {
    using config::KeyState;
    if (wanted.change.adds || options.is_forced) {
        return {};
    }
    const auto state = state_in_use(wanted.name, settings);
    if (!state) {
        return tl::make_unexpected(state.error());
    }
    if (*state == KeyState::retired) {
        return {};
    }
    if (*state == KeyState::pending) {
        return fail(ExitCode::usage,
                    fmt::format("{} is to sign soon: give it 'state: retired' first, or use --force",
                                wanted.name.selector));
    }
    return fail(
        ExitCode::usage,
        *state == KeyState::retiring
            ? fmt::format("mail signed with {} may be on its way: --force withdraws the record all the same",
                          wanted.name.selector)
            : fmt::format("{} signs: give it 'state: retiring' first, or use --force", wanted.name.selector));
}

// False: every server shows the record already.
Result<bool> is_needed(const Publication& wanted, const KeyPublishOptions& options, const LiveRecord& live) {
    if (!wanted.change.adds) {
        return true;
    }
    if (!live.problem.empty()) {
        return fail(ExitCode::temporary, live.problem);
    }
    if (!live.aliases.empty()) {
        return fail(ExitCode::data,
                    fmt::format("{} is an alias of {}: the record belongs there", wanted.change.record.name,
                                base::printable(live.aliases.back())));
    }
    const auto seen = rotation::sightings_of(wanted.name, &wanted.key, live);
    for (const keys::Sighting& one : seen) {
        if (one.said != Said::not_shown || one.empty) {
            continue;
        }
        if (!options.replaces) {
            return fail(
                ExitCode::data,
                fmt::format("{} has another record at {}: paraph key check says what is wrong with it, "
                            "--replace puts this one in its place",
                            one.server, wanted.change.record.name));
        }
        if (wanted.settings.publish == config::PublishBy::zone_file) {
            return fail(ExitCode::data,
                        fmt::format("{} has another record at {}: take it out of the zone first, a "
                                    "second one beside it spoils both",
                                    one.server, wanted.change.record.name));
        }
    }
    return seen.empty() ||
           std::any_of(seen.begin(), seen.end(), [](const auto& one) { return one.said != Said::shown; });
}

// Whether the servers say what they should. The last answers are printed.
bool is_done(const Publication& wanted, const LiveRecord& live, std::ostream* out) {
    const auto seen = rotation::sightings_of(wanted.name, &wanted.key, live);
    bool all = !seen.empty();
    for (const keys::Sighting& one : seen) {
        const bool right = one.said == (wanted.change.adds ? Said::shown : Said::not_shown);
        all = all && right;
        if (out != nullptr) {
            fmt::print(*out, "{}: {}\n", base::printable(one.server),
                       one.said == Said::shown    ? "shows the record"
                       : one.said == Said::failed ? "gives no usable answer"
                                                  : "does not show the record");
        }
    }
    return all;
}

// Waits until the servers say what they should, as long as the operator wants to.
template <class Look>
ExitCode wait_for_servers(const Publication& wanted, const KeyPublishOptions& options, const Look& look,
                          Console& console) {
    const auto deadline = Clock::now() + std::chrono::seconds(options.wait);
    auto live = look();
    while (!is_done(wanted, live, nullptr) && Clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::seconds(1));
        live = look();
    }
    const bool done = is_done(wanted, live, &console.out);
    return done || options.wait == 0 ? ExitCode::ok : ExitCode::temporary;
}

// Unlocks `files` when nothing is left but to wait, so that rotation goes on meanwhile.
Result<ExitCode> change(const Publication& wanted, const KeyPublishOptions& options, rotation::Files& files,
                        const Recursion& recursion, const AskAll& ask_all, Console& console) {
    const auto look = [&] {
        return look_at_servers(base::to_lower(wanted.change.record.name), recursion, ask_all);
    };
    const auto needed = is_needed(wanted, options, look());
    if (!needed) {
        return tl::make_unexpected(needed.error());
    }
    if (!*needed) {
        fmt::print(console.out, "Every server shows the record {}.\n", wanted.change.record.name);
        return ExitCode::ok;
    }
    if (const auto done = rotation::change_record(wanted.change, wanted.settings, recursion); !done) {
        return fail(ExitCode::temporary, done.error());
    }
    files.unlock();
    fmt::print(console.out, "{} the record {}.\n", wanted.change.adds ? "Published" : "Withdrew",
               wanted.change.record.name);
    console.out.flush(); // it may take long from here on
    return wait_for_servers(wanted, options, look, console);
}

Result<ExitCode> publish(const KeyPublishOptions& options, Console& console) {
    const auto settings =
        usable_settings(options.config.empty() ? default_config_file : options.config, console);
    const auto resolver =
        settings ? resolver_options(options.dns, *settings) : tl::make_unexpected(settings.error());
    if (!resolver) {
        return tl::make_unexpected(resolver.error());
    }
    const auto wanted = publication(options, *settings);
    if (!wanted) {
        return tl::make_unexpected(wanted.error());
    }
    rotation::Files files(settings->rotation.directory, daemon_group());
    const auto entry = settings->domains.find(wanted->name.domain);
    const bool rotates = entry != settings->domains.end() && entry->second.rotate;
    if (rotates || files.has_journal(wanted->name.domain)) { // it may have rotated before
        auto locked = files.lock();
        locked = locked ? check_journal(*wanted, files) : locked;
        if (!locked) {
            return tl::make_unexpected(locked.error());
        }
    }
    if (auto checked = check_use(*wanted, options, *settings); !checked) {
        return tl::make_unexpected(checked.error());
    }
    const auto deadline = Clock::now() + std::chrono::seconds(options.wait) + for_questions;
    resolver::DirectAsker asker({resolver->timeout, resolver->attempts});
    const AskAll ask_all = ask_until(deadline, asker);
    return change(*wanted, options, files, Recursion(ask_all, name_servers(*resolver)), ask_all, console);
}

void add(command_line::App& sub, const std::shared_ptr<KeyPublishOptions>& options, Command& chosen) {
    constexpr unsigned most_seconds = 86400;
    sub.add_option("domain", options->key.domain, "The domain")->required()->type_name("DOMAIN");
    sub.add_option("selector", options->key.selector, "Of the key")->required()->type_name("SELECTOR");
    sub.add_option("--key", options->key.key, "The private key, if the configuration does not name it")
        ->type_name("FILE");
    sub.add_option("--wait", options->wait, "Wait so long until every server of the zone says so")
        ->type_name("SECONDS")
        ->within(0, most_seconds);
    sub.add_option("--nameserver", options->dns.nameservers, "Ask this resolver instead; may be repeated")
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    add_config_option(sub, options->config);
    sub.callback(
        [options, &chosen] { chosen = [options](Console& console) { return publish(*options, console); }; });
}

constexpr const char* exit_codes =
    "Exit codes: 0 done, 64 refused because of what the key is used for, 65 another\n"
    "record is in the way, 75 it could not be done or not every server says so in time,\n"
    "78 the configuration cannot be used.";

} // namespace

void add_key_publish(command_line::App& key, Command& chosen) {
    auto options = std::make_shared<KeyPublishOptions>();
    command_line::App* sub = key.add_subcommand("publish", "Put the record of a key into the DNS");
    sub->footer(fmt::format("Example:\n  paraph key publish example.org s2026 --wait 600\n\n"
                            "It is done as 'rotation.publish' says.\n\n{}",
                            exit_codes));
    sub->add_flag("--replace", options->replaces, "In the place of another record at that name");
    add(*sub, options, chosen);
}

void add_key_withdraw(command_line::App& key, Command& chosen) {
    auto options = std::make_shared<KeyPublishOptions>();
    options->withdraws = true;
    command_line::App* sub = key.add_subcommand("withdraw", "Take the record of a key out of the DNS");
    sub->footer(fmt::format("Example:\n  paraph key withdraw example.org s2025\n\n"
                            "It is done as 'rotation.publish' says.\n\n{}",
                            exit_codes));
    sub->add_flag("--force", options->is_forced,
                  "Even if the key signs or mail signed with it may be on its way");
    add(*sub, options, chosen);
}

} // namespace milter::tool
