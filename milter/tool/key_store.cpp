// paraph key store: the database in which several hosts share the keys that rotate.

#include "base/ascii.h"
#include "keys/generate.h"
#include "milter/command_line/app.h"
#include "milter/tool/configuration.h"
#include "milter/tool/key_commands.h"
#include "milter/tool/rotation/open_store.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>

namespace milter::tool {

namespace {

using rotation::OpenStore;
using rotation::Store;
using rotation::Stored;

struct KeyStoreOptions {
    std::string config;
    std::string file;   // of a key
    std::string before; // of the one that a copy is sealed with; empty: the store's
    std::string host;
    std::vector<std::string> domains;
};

Result<config::Settings> settings_with_store(const KeyStoreOptions& options) {
    auto settings = load_settings(options.config.empty() ? std::string(default_config_file) : options.config);
    if (settings && settings->rotation.store.empty()) {
        return fail(ExitCode::config, "the configuration names no store: rotation.store");
    }
    return settings;
}

Result<std::unique_ptr<OpenStore>> open_store(const KeyStoreOptions& options) {
    const auto settings = settings_with_store(options);
    return settings ? OpenStore::open(*settings) : tl::make_unexpected(settings.error());
}

auto failed(const std::string& domain, const std::string& why) {
    return fail(ExitCode::temporary, fmt::format("{}: {}", domain, why));
}

Result<ExitCode> make_key(const KeyStoreOptions& options, Console& console) {
    const auto text = crypto::SealingKey::generate().print() + '\n';
    if (auto written = keys::write_new_file(options.file, text); !written) {
        return fail(ExitCode::cannot_write, written.error());
    }
    fmt::print(console.out, "{}\n", options.file);
    return ExitCode::ok;
}

// A store that is there keeps its key and all that is in it.
Result<ExitCode> make_tables(const KeyStoreOptions& options, Console& console) {
    const auto settings = settings_with_store(options);
    if (!settings) {
        return tl::make_unexpected(settings.error());
    }
    const auto key = rotation::read_store_key(settings->rotation.store_key);
    const auto rows = rotation::connect_store(*settings);
    if (!key || !rows) {
        return tl::make_unexpected(key ? rows.error() : key.error());
    }
    rotation::StoreRows::Head head{rotation::random_id(), {}};
    head.check = Store::check_of(head.id, *key);
    const auto made = (*rows)->make(head);
    if (!made) {
        return fail(ExitCode::temporary, made.error());
    }
    if (auto opened = Store(**rows, *key).open(); !opened) {
        return fail(ExitCode::config, opened.error());
    }
    fmt::print(console.out, "{}\n", *made ? "the store is made" : "the store is there already");
    return ExitCode::ok;
}

// The domains and what hosts serve; 65: a host is late.
Result<ExitCode> print_status(const KeyStoreOptions& options, Console& console) {
    const auto store = open_store(options);
    const auto rows = store ? (*store)->rows().all() : base::refuse(std::string());
    if (!store || !rows) {
        return store ? fail(ExitCode::temporary, rows.error()) : tl::make_unexpected(store.error());
    }
    ExitCode code = ExitCode::ok;
    for (const auto& row : *rows) {
        const auto entry = (*store)->store().read(row.domain);
        const auto servings = (*store)->store().servings(row.domain);
        if (!entry || !*entry || !servings) {
            return failed(base::printable(row.domain, 255), !entry     ? entry.error()
                                                            : servings ? "it is gone"
                                                                       : servings.error());
        }
        const auto& shared = (*entry)->shared;
        for (const auto& [id, name] : shared.hosts) {
            const auto serving = servings->find(id);
            const auto edition = serving == servings->end() ? 0 : serving->second.edition;
            const bool is_late = edition < shared.journal.edition;
            code = is_late ? ExitCode::data : code;
            fmt::print(console.out, "{}\t{}\t{}\t{}\n", row.domain, name, id,
                       is_late ? fmt::format("late: edition {} of {}", edition, shared.journal.edition)
                               : "up to date");
        }
    }
    return code;
}

// Changes what the store has of each domain; the number of those that were changed.
Stored<int> change_all(const OpenStore& store, const std::function<bool(keys::SharedRotation&)>& change) {
    const auto rows = store.rows().all();
    if (!rows) {
        return base::refuse(rows.error());
    }
    int changed = 0;
    for (const auto& row : *rows) {
        auto entry = store.store().read(row.domain);
        if (!entry || !*entry) {
            return base::refuse(fmt::format("{}: {}", row.domain, entry ? "it is gone" : entry.error()));
        }
        if (!change((*entry)->shared)) {
            continue;
        }
        if (auto saved = store.store().save((*entry)->shared, (*entry)->row.revision); !saved) {
            return base::refuse(fmt::format("{}: {}", row.domain, saved.error()));
        }
        ++changed;
    }
    return changed;
}

// A host that does not exist any more: whose keys need not be waited for.
Result<ExitCode> forget_host(const KeyStoreOptions& options, Console& console) {
    const auto store = open_store(options);
    if (!store) {
        return tl::make_unexpected(store.error());
    }
    const auto changed = change_all(**store, [&](keys::SharedRotation& shared) {
        return std::erase_if(shared.hosts, [&](const auto& host) {
                   return host.first == options.host || host.second == options.host;
               }) > 0;
    });
    if (!changed) {
        return fail(ExitCode::temporary, changed.error());
    }
    if (*changed == 0) {
        return fail(ExitCode::usage,
                    fmt::format("no host of the store is called {}", base::printable(options.host, 255)));
    }
    fmt::print(console.out, "{} is forgotten; it comes back when it asks the store again\n", options.host);
    return ExitCode::ok;
}

Result<ExitCode> change_key(const KeyStoreOptions& options, Console& console) {
    const auto settings = settings_with_store(options);
    const auto fresh =
        settings ? rotation::read_store_key(options.file) : tl::make_unexpected(settings.error());
    const auto old = fresh ? rotation::read_store_key(settings->rotation.store_key) : fresh;
    if (!old) {
        return tl::make_unexpected(old.error());
    }
    const auto store = OpenStore::open(*settings);
    if (!store) {
        return tl::make_unexpected(store.error());
    }
    const auto& id = (*store)->store().id();
    const auto done = (*store)->rows().reseal(
        Store::check_of(id, *fresh), [&](const std::string& domain, std::uint64_t revision,
                                         const std::string& host, const std::string& text) {
            return Store::reseal(host.empty() ? Store::place_of_keys(id, domain, revision)
                                              : Store::place_of_serving(id, domain, host),
                                 text, *old, *fresh);
        });
    if (!done) {
        return fail(ExitCode::temporary, done.error());
    }
    fmt::print(console.out, "the store has the key of {} now: put it into rotation.store_key of every host\n",
               options.file);
    return ExitCode::ok;
}

// What this host saw last takes the place of what is in a store that was put back from an old copy.
Result<ExitCode> restore(const KeyStoreOptions& options, Console& console) {
    const auto settings = settings_with_store(options);
    const auto store = settings ? OpenStore::open(*settings) : tl::make_unexpected(settings.error());
    if (!store) {
        return tl::make_unexpected(store.error());
    }
    std::optional<crypto::SealingKey> before;
    if (!options.before.empty()) {
        auto read = rotation::read_store_key(options.before);
        if (!read) {
            return tl::make_unexpected(read.error());
        }
        before = *std::move(read);
    }
    rotation::Files files(settings->rotation.directory, std::nullopt);
    if (auto locked = files.lock(); !locked) {
        return tl::make_unexpected(locked.error());
    }
    for (const auto& [domain, entry] : settings->domains) {
        if (!entry.rotate) {
            continue;
        }
        rotation::SharedKeys shared((*store)->sharing(), files, domain, entry);
        const auto done = shared.restore(before ? &*before : nullptr);
        if (!done) {
            return failed(domain, done.error());
        }
        fmt::print(console.out, "{}: {}\n", domain, *done ? "restored" : "the store has what this host has");
    }
    return ExitCode::ok;
}

using Work = Result<ExitCode> (*)(const KeyStoreOptions&, Console&);

command_line::App* add(command_line::App& store, Command& chosen, const char* name, const char* text,
                       Work work, const std::shared_ptr<KeyStoreOptions>& options) {
    command_line::App* sub = store.add_subcommand(name, text);
    add_config_option(*sub, options->config);
    sub->callback([options, work, &chosen] {
        chosen = [options, work](Console& console) { return work(*options, console); };
    });
    return sub;
}

} // namespace

void add_key_store(command_line::App& key, Command& chosen) {
    auto options = std::make_shared<KeyStoreOptions>();
    command_line::App* store = key.add_subcommand("store", "Have several hosts share the keys that rotate");
    store->require_subcommand(1);
    store->footer("Examples:\n  paraph key store new-key /etc/paraph/store.key\n  paraph key store init\n"
                  "  paraph key store status\n  paraph key store forget mx3.example.org\n\n"
                  "Exit codes: 0 done, 65 a host is late, 75 the store cannot be reached or was changed,\n"
                  "78 the configuration or the key cannot be used.");
    add(*store, chosen, "new-key", "Make a key for a store", &make_key, options)
        ->add_option("file", options->file, "Must not exist")
        ->required()
        ->type_name("FILE");
    add(*store, chosen, "init", "Make the tables of the store, or those that are new", &make_tables, options);
    add(*store, chosen, "status", "Print which host serves what", &print_status, options);
    add(*store, chosen, "forget", "Wait no more for a host that is gone", &forget_host, options)
        ->add_option("host", options->host, "Its name or id")
        ->required()
        ->type_name("HOST");
    add(*store, chosen, "rekey", "Seal all that is in the store with another key", &change_key, options)
        ->add_option("file", options->file, "The new key")
        ->required()
        ->type_name("FILE");
    add(*store, chosen, "restore", "Put what this host has into a store that lost it", &restore, options)
        ->add_option("--sealed-with", options->before,
                     "The key before the last rekey, if this host has not looked since")
        ->type_name("FILE");
}

} // namespace milter::tool
