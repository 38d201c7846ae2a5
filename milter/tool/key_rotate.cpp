// paraph key rotate, and key retire: change the keys of the domains that the configuration has rotate, a step
// at a time.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/number_text.h"
#include "keys/rotation_forecast.h"
#include "milter/command_line/app.h"
#include "milter/tool/configuration.h"
#include "milter/tool/daemon_user.h"
#include "milter/tool/dns_options.h"
#include "milter/tool/key_commands.h"
#include "milter/tool/name_servers.h"
#include "milter/tool/rotation/daemon.h"
#include "milter/tool/rotation/dates.h"
#include "milter/tool/rotation/domain.h"
#include "milter/tool/rotation/open_store.h"
#include "milter/tool/rotation/runs.h"
#include "milter/tool/rotation/shared_domain.h"
#include "milter/tool/rotation/turns.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ostream>
#include <random>
#include <set>

namespace milter::tool {

namespace {

struct KeyRotateOptions {
    std::vector<std::string> domains;
    std::string config;
    std::string date; // of a plan
    bool dry_run = false;
    bool at_once = false; // a new key, whether it is due or not
    bool retires = false; // this key is to sign no more, and nothing else is done:
    std::string retired;  // its selector
    bool leaves_none = false;
    bool only_follows = false; // other hosts, in what they did
    unsigned seconds = 600;
    DnsOptions dns;
};

std::string config_of(const KeyRotateOptions& options) {
    return options.config.empty() ? std::string(default_config_file) : options.config;
}

using Entries = std::vector<std::pair<std::string, const config::DomainEntry*>>;

Result<Entries> wanted(const KeyRotateOptions& options, const config::Settings& settings) {
    Entries entries;
    for (const auto& [domain, entry] : settings.domains) {
        if (options.domains.empty() && entry.rotate) {
            entries.emplace_back(domain, &entry);
        }
    }
    for (const std::string& name : options.domains) {
        const auto domain = base::DomainName::parse_international(name);
        const auto entry = domain ? settings.domains.find(domain->text()) : settings.domains.end();
        if (entry == settings.domains.end() || !entry->second.rotate) {
            return fail(ExitCode::usage,
                        fmt::format("{} does not rotate: it has no 'rotate: true' below domains",
                                    base::quoted(name)));
        }
        const bool is_named_twice = std::any_of(
            entries.begin(), entries.end(), [&](const auto& known) { return known.first == entry->first; });
        if (!is_named_twice) { // two runs would not know of each other's keys
            entries.emplace_back(entry->first, &entry->second);
        }
    }
    return entries;
}

// The first second of it.
std::optional<std::chrono::sys_seconds> read_day(const std::string& text) {
    const auto end = config::parse_last_day(text);
    return end ? std::optional(std::chrono::sys_seconds(std::chrono::seconds(*end)) - std::chrono::days(1))
               : std::nullopt;
}

// The moment for which a plan is made.
Result<keys::Moment> moment_of(const KeyRotateOptions& options) {
    auto now = rotation::moment_now();
    if (!now) {
        return fail(ExitCode::unavailable, now.error());
    }
    if (options.date.empty()) {
        return *now;
    }
    const auto date = read_day(options.date);
    if (!date || *date < now->clock || !options.dry_run) {
        return fail(ExitCode::usage, "--now takes a day to come, such as 2027-01-31, and needs --dry-run");
    }
    now->uptime += *date - now->clock;
    now->clock = *date;
    return *now;
}

// With --new-key the newest key is old enough, whatever its age.
keys::RotationPlan plan_for(const KeyRotateOptions& options, const config::Rotation& rotation) {
    auto plan = rotation::plan_of(rotation);
    if (options.at_once) {
        plan.every = std::chrono::seconds(0);
    }
    return plan;
}

Result<ExitCode> print_plan(const KeyRotateOptions& options, const Entries& entries,
                            const rotation::World& world) {
    constexpr std::size_t steps = 10;
    const auto now = moment_of(options);
    if (!now) {
        return tl::make_unexpected(now.error());
    }
    ExitCode code = ExitCode::ok;
    for (const auto& [domain, entry] : entries) {
        rotation::DomainRotation hands(world, domain, *entry, *now);
        auto plan = plan_for(options, *entry->rotation);
        auto journal = hands.open(plan);
        if (!journal) {
            hands.warn(journal.error());
            code = ExitCode::temporary;
            continue;
        }
        keys::Rotation rotation(journal->keys);
        const auto seen = hands.look(*journal);
        rotation.observe(seen, *now);
        const auto negative = hands.negative_ttl(plan.taken.empty() ? "x" : plan.taken.front());
        auto list = keys::forecast(rotation, plan, *now, negative, options.at_once ? 1 : steps);
        for (const auto& [at, step] : list) {
            fmt::print(world.console.out, "{}\t{}\t{}\t{}\t{}\n", domain, rotation::print_time(at),
                       print(step.kind), step.selector, step.why);
        }
    }
    return code;
}

// `store`: null where this host is alone.
std::unique_ptr<rotation::DomainRotation>
hands_for(const rotation::World& world, const rotation::OpenStore* store, const std::string& domain,
          const config::DomainEntry& entry, const keys::Moment& now) {
    if (store == nullptr) {
        return std::make_unique<rotation::DomainRotation>(world, domain, entry, now);
    }
    return std::make_unique<rotation::SharedDomain>(world, store->sharing(), domain, entry, now);
}

// The steps of one domain; null: another host is at it, and there is nothing yet to take over from that.
base::Result<std::unique_ptr<rotation::Run>, std::string>
run_of(const KeyRotateOptions& options, const config::Rotation& settings,
       std::unique_ptr<rotation::DomainRotation> hands) {
    auto plan = plan_for(options, settings);
    auto journal = hands->open(plan);
    if (!journal) {
        hands->warn(journal.error());
        return base::refuse(journal.error());
    }
    if (hands->is_mine()) {
        return std::make_unique<rotation::Run>(std::move(*journal), std::move(plan), std::move(hands));
    }
    return journal->keys.empty() ? nullptr
                                 : std::make_unique<rotation::Run>(std::move(*journal), std::move(hands));
}

Result<ExitCode> rotate_all(const KeyRotateOptions& options, const Entries& entries,
                            const rotation::World& world, const rotation::OpenStore* store,
                            std::chrono::steady_clock::time_point deadline) {
    bool failed = false;
    rotation::Daemon daemon(world.settings.listen.control, config_of(options));
    rotation::Runs runs([&daemon] { return daemon.reload(); });
    const auto begun = moment_of(options);
    if (!begun) {
        return tl::make_unexpected(begun.error());
    }
    // Servers that are not asked would count as servers that do not answer.
    const auto is_over = [deadline] { return std::chrono::steady_clock::now() >= deadline; };
    const auto done = rotation::take_turns<Entries::value_type>(
        entries, std::random_device(), is_over, [&](const Entries::value_type& one) {
            const auto& [domain, entry] = one; // its run keeps the name, which stays in `entries`
            auto run = run_of(options, *entry->rotation,
                              hands_for(world, store, domain, *entry, moment_of(options).value_or(*begun)));
            failed = failed || !run;
            if (run && *run) {
                runs.add(*std::move(run));
            }
        });
    if (done < entries.size()) {
        fmt::print(world.console.err, "paraph: --max-time is over, {} of {} domains wait for the next run\n",
                   entries.size() - done, entries.size());
        failed = true;
    }
    const auto outcome = runs.finish();
    return outcome.alarmed ? ExitCode::data : outcome.failed || failed ? ExitCode::temporary : ExitCode::ok;
}

// What other hosts changed since this one has looked. Where nothing was, one question to the store.
Result<ExitCode> follow_all(const KeyRotateOptions& options, const Entries& entries,
                            const rotation::World& world, const rotation::OpenStore& store) {
    const auto& files = store.sharing().host_files;
    const auto followed = files.followed(store.store().id());
    const auto changed = followed ? store.rows().changed_since(*followed) : base::refuse(followed.error());
    const auto now = moment_of(options);
    if (!changed || !now) {
        return changed ? tl::make_unexpected(now.error()) : fail(ExitCode::temporary, changed.error());
    }
    const std::set<std::string> names(changed->first.begin(), changed->first.end());
    rotation::Daemon daemon(world.settings.listen.control, config_of(options));
    rotation::Runs runs([&daemon] { return daemon.reload(); });
    bool failed = false;
    for (const auto& [domain, entry] : entries) {
        const auto seen = files.seen(store.store().id(), domain);
        if (!names.contains(domain) && seen && *seen > 0) {
            continue;
        }
        auto hands = std::make_unique<rotation::SharedDomain>(world, store.sharing(), domain, *entry, *now);
        auto journal = hands->follow();
        if (!journal) {
            hands->warn(journal.error());
            failed = true;
        } else if (*journal) {
            runs.add(std::make_unique<rotation::Run>(std::move(**journal), std::move(hands)));
        }
    }
    const auto outcome = runs.finish();
    // Of some domains only, or where something failed, the next time has to look at the same changes.
    if (!outcome.failed && !failed && options.domains.empty() && changed->second != *followed) {
        if (auto noted = files.follow(store.store().id(), changed->second); !noted) {
            return fail(ExitCode::cannot_write, noted.error());
        }
    }
    return outcome.failed || failed ? ExitCode::temporary : ExitCode::ok;
}

rotation::Hands::Done have_read(const keys::RotationJournal& journal, const std::set<std::string>& signing,
                                rotation::Hands& hands, rotation::Daemon& daemon) {
    const auto offered = hands.offer(journal, signing);
    if (!offered) {
        return base::refuse(offered.error());
    }
    if (!*offered) {
        return {};
    }
    const auto answer = daemon.reload();
    return answer ? hands.is_taken_up(journal, signing, *answer) : base::refuse(answer.error());
}

// Its record stays until mail that it has signed has arrived: `key rotate` takes it away then.
Result<ExitCode> retire(const KeyRotateOptions& options, const Entries::value_type& wanted,
                        const rotation::World& world, const rotation::OpenStore* store) {
    const auto now = moment_of(options);
    if (!now) {
        return tl::make_unexpected(now.error());
    }
    const auto hands = hands_for(world, store, wanted.first, *wanted.second, *now);
    auto plan = rotation::plan_of(*wanted.second->rotation);
    auto journal = hands->open(plan);
    if (!journal || !hands->is_mine()) {
        return fail(ExitCode::temporary, journal ? "another host is changing its keys" : journal.error());
    }
    const auto selector = base::to_lower(options.retired);
    const bool is_active = std::any_of(journal->keys.begin(), journal->keys.end(), [&](const auto& key) {
        return key.selector == selector && key.state == keys::KeyState::active;
    });
    if (!is_active) {
        return fail(ExitCode::usage,
                    fmt::format("{} is no active key of {}", base::quoted(options.retired), wanted.first));
    }
    auto signing = rotation::signing_selectors(*journal);
    signing.erase(selector);
    if (signing.empty() && !options.leaves_none) {
        return fail(
            ExitCode::usage,
            fmt::format("no other key of {} signs: make one first (paraph key rotate {} --new-key), or "
                        "let mail go out unsigned with --leave-none",
                        wanted.first, wanted.first));
    }
    keys::Rotation rotation(journal->keys, journal->edition);
    rotation.finish({keys::Step::Kind::retire, selector, {}, {}}, *now);
    keys::RotationJournal after{wanted.first, rotation.keys(), journal->files, rotation.edition()};
    // The journal has to be there before the file that the daemon reads.
    auto done = hands->save(*journal);
    rotation::Daemon daemon(world.settings.listen.control, config_of(options));
    done = done ? have_read(after, signing, *hands, daemon) : done;
    done = done ? hands->save(after) : done;
    done = done ? hands->settle(after, signing) : done;
    if (!done) {
        return fail(ExitCode::temporary, done.error());
    }
    hands->say(fmt::format("retire {}: its record stays for {} days", selector,
                           std::chrono::duration_cast<std::chrono::days>(plan.transit).count()));
    return ExitCode::ok;
}

Result<ExitCode> rotate(const KeyRotateOptions& options, Console& console) {
    const auto settings = load_settings(config_of(options));
    if (!settings) {
        return tl::make_unexpected(settings.error());
    }
    const auto entries = wanted(options, *settings);
    const auto resolver = resolver_options(options.dns, *settings);
    if (!entries || !resolver) {
        return tl::make_unexpected(!entries ? entries.error() : resolver.error());
    }
    if (entries->empty()) {
        return ExitCode::ok; // the timer runs on every host
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(options.seconds);
    resolver::DirectAsker asker({resolver->timeout, resolver->attempts});
    const AskAll ask_all = ask_until(deadline, asker);
    rotation::Files files(settings->rotation.directory, daemon_group());
    const rotation::World world{*settings, files, Recursion(ask_all, name_servers(*resolver)), ask_all,
                                console};
    if (options.dry_run) {
        return print_plan(options, *entries, world);
    }
    if (auto locked = files.lock(); !locked) {
        if (options.only_follows && locked.error().code == ExitCode::temporary) {
            return ExitCode::ok; // a run that takes over the same
        }
        return tl::make_unexpected(locked.error());
    }
    const auto store = rotation::OpenStore::open(*settings);
    if (!store) {
        return tl::make_unexpected(store.error());
    }
    if (options.only_follows) {
        return *store ? follow_all(options, *entries, world, **store) : Result<ExitCode>(ExitCode::ok);
    }
    return options.retires ? retire(options, entries->front(), world, store->get())
                           : rotate_all(options, *entries, world, store->get(), deadline);
}

void add_rest(command_line::App& sub, KeyRotateOptions& options) {
    constexpr unsigned most_seconds = 86400;
    sub.add_option("--max-time", options.seconds, "Seconds for all questions to name servers")
        ->within(1, most_seconds)
        ->capture_default_str();
    sub.add_option("--nameserver", options.dns.nameservers, "Ask this resolver instead; may be repeated")
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    add_config_option(sub, options.config);
}

} // namespace

void add_key_rotate(command_line::App& key, Command& chosen) {
    auto options = std::make_shared<KeyRotateOptions>();
    command_line::App* sub =
        key.add_subcommand("rotate", "Make, publish, use and withdraw keys as they are due");
    sub->footer(
        "Examples:\n  paraph key rotate --dry-run\n  paraph key rotate\n"
        "  paraph key rotate example.org --new-key\n\n"
        "Exit codes: 0 all done that was due, 65 a record vanished, 75 something could not be done and\n"
        "is tried again by the next run, 78 the configuration cannot be used.");
    sub->add_option("domains", options->domains, "Only these domains (default: all with rotate: true)")
        ->type_name("DOMAIN");
    sub->add_flag("--dry-run", options->dry_run, "Change nothing; print what will be done, and when (UTC)");
    sub->add_option("--now", options->date, "With --dry-run: as it looks on that day")
        ->type_name("YYYY-MM-DD");
    sub->add_flag("--new-key", options->at_once, "Make a new key now, even if none is due")
        ->needs(sub->get_option("domains"));
    sub->add_flag("--sync-only", options->only_follows,
                  "With rotation.store: only take over what other hosts did")
        ->excludes(sub->get_option("--new-key"))
        ->excludes(sub->get_option("--dry-run"));
    add_rest(*sub, *options);
    sub->callback(
        [options, &chosen] { chosen = [options](Console& console) { return rotate(*options, console); }; });
}

void add_key_retire(command_line::App& key, Command& chosen) {
    auto options = std::make_shared<KeyRotateOptions>();
    options->retires = true;
    command_line::App* sub = key.add_subcommand("retire", "Have a key that rotates sign no more");
    sub->footer("Example:\n  paraph key rotate example.org --new-key   # and when that signs:\n"
                "  paraph key retire example.org s20260309");
    auto* domain = sub->add_option("domain", options->domains, "The domain");
    domain->required()->expected(1)->allow_extra_args(false)->type_name("DOMAIN");
    sub->add_option("selector", options->retired, "Of the key")->required()->type_name("SELECTOR");
    sub->add_flag("--leave-none", options->leaves_none, "Even if no other key of the domain signs");
    add_rest(*sub, *options);
    sub->callback(
        [options, &chosen] { chosen = [options](Console& console) { return rotate(*options, console); }; });
}

} // namespace milter::tool
