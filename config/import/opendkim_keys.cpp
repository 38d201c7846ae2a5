// Keys and tables of opendkim, where they are or copied.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/import/data_set.h"
#include "config/import/dsn.h"
#include "config/import/key_copies.h"
#include "config/import/keyword_file.h"
#include "config/import/opendkim.h"
#include "config/import/text_lines.h"
#include "config/text_checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

namespace {

// What `signing.key_table` and `signing.signing_table` are called in a source, and its query's name.
struct TableRole {
    std::string_view path;
    std::string_view query;
};
constexpr TableRole key_role{"signing.key_table", "key_query"};
constexpr TableRole signing_role{"signing.signing_table", "signing_query"};

struct Made {
    std::string table; // as the setting names it; empty: it cannot be carried over
    std::optional<ForeignSource> source;
};

// Both or none: one alone is an error of the configuration.
bool set_tables(Job& job, const Option& key_option, const std::string& keys, const Option& signing_option,
                const std::string& signing) {
    if (!job.set(key_option, key_role.path, keys)) {
        return false;
    }
    if (!job.set(signing_option, signing_role.path, signing)) {
        job.draft().forget(key_role.path);
        return false;
    }
    return true;
}

class Tables {
  public:
    explicit Tables(Job& job) : job_(job) {}

    void import(const Option& key_table, const Option& signing_table) {
        Made keys = make(key_table);
        Made signing = make(signing_table);
        if (keys.table.empty() || signing.table.empty()) {
            job_.tell(Effect::decide, key_table,
                      "no mail is signed until both tables are set: signing.key_table, "
                      "signing.signing_table");
            return;
        }
        add_sources(keys, key_table, signing, signing_table);
        if (keys.table.starts_with('/') || keys.table.starts_with("refile:")) {
            keys.table = copy_keys_of_table(job_, key_table, keys.table);
        }
        if (!set_tables(job_, key_table, keys.table, signing_table, signing.table)) {
            return;
        }
        tell_of_patterns(signing_table);
        job_.work().signs = true;
    }

  private:
    Made make(const Option& option) {
        const ReadSet read = parse_data_set(option.value);
        if (!read.unknown.empty()) {
            return refuse(option, fmt::format("{} is no kind of table", base::quoted(read.unknown)));
        }
        job_.tell_of_blank(option, read);
        const std::string path = absolute(read.set.rest, job_.base());
        switch (read.set.kind) {
        case SetKind::list:
            return {"csl:" + read.set.rest, std::nullopt};
        case SetKind::file:
            return check_file(option, path, path);
        case SetKind::patterns:
            return check_file(option, path, "refile:" + path);
        case SetKind::berkeley:
            return {"db:" + path, std::nullopt};
        case SetKind::lmdb:
            return {"lmdb:" + path, std::nullopt};
        case SetKind::sql:
            return make_source(option, parse_dsn(read.set.rest, base::iequals(option.name, "KeyTable")
                                                                    ? KeyColumn::may_be_number
                                                                    : KeyColumn::is_text));
        case SetKind::ldap:
            return make_source(option, parse_ldap(read.set.rest));
        case SetKind::other:
            break;
        }
        return refuse(option, fmt::format("tables of the kind {} are not supported: write the rows to a file "
                                          "or a database",
                                          read.set.prefix));
    }

    Made refuse(const Option& option, const std::string& why) {
        job_.tell(Effect::decide, option, why);
        return {};
    }

    // A table that is missing is carried over all the same: what reads it tells of it, at every check.
    Made check_file(const Option& option, const std::string& path, const std::string& table) {
        if (const auto text = job_.files().read(path); !text) {
            job_.tell(Effect::decide, option,
                      fmt::format("{}: {}; mail is not signed without it", base::shown(path), text.error()));
        }
        return {table, std::nullopt};
    }

    Made make_source(const Option& option, base::Result<ForeignSource, std::string> source) {
        if (!source) {
            return refuse(option, source.error() + "; see tables.md for what to write instead");
        }
        if (source->kind == "sqlite") {
            source->connection = absolute(source->connection, job_.base());
        }
        return {source->kind, std::move(*source)};
    }

    // One source for both tables where they are in one place.
    void add_sources(Made& keys, const Option& key_table, Made& signing, const Option& signing_table) {
        const bool both = keys.source && signing.source && keys.source->kind == signing.source->kind &&
                          keys.source->connection == signing.source->connection &&
                          keys.source->user == signing.source->user &&
                          keys.source->password == signing.source->password;
        if (both) {
            add_source("opendkim", *keys.source, key_table,
                       {{key_role.query, keys.source->query}, {signing_role.query, signing.source->query}});
            keys.table += ":opendkim";
            signing.table += ":opendkim";
            return;
        }
        if (keys.source) {
            add_source("opendkim-keys", *keys.source, key_table, {{key_role.query, keys.source->query}});
            keys.table += ":opendkim-keys";
        }
        if (signing.source) {
            add_source("opendkim-signing", *signing.source, signing_table,
                       {{signing_role.query, signing.source->query}});
            signing.table += ":opendkim-signing";
        }
    }

    void add_source(const std::string& name, ForeignSource source, const Option& option,
                    const std::vector<std::pair<std::string_view, std::string>>& queries) {
        const bool ldap = source.kind == "ldap";
        if (ldap) {
            const Option* user = job_.find("LDAPBindUser");
            const Option* password = job_.find("LDAPBindPassword");
            source.user = user == nullptr ? "" : user->value;
            source.password = password == nullptr ? "" : password->value;
            source.connection += job_.is_yes("LDAPUseTLS") ? " starttls" : "";
        }
        std::vector<Draft::Line> lines;
        const auto add = [&](std::string_view setting, const std::string& value) {
            if (const auto yaml = as_yaml(value); yaml && !value.empty()) {
                lines.push_back({std::string(setting), *yaml});
            }
        };
        add("connection", source.connection);
        add("user", source.user);
        if (!source.password.empty()) {
            const std::string path = fmt::format("{}/{}.password", job_.work().out, name);
            job_.work().new_files.push_back({path, source.password + "\n", true});
            add("password_file", path);
        }
        for (const auto& [setting, query] : queries) {
            add(setting, query);
        }
        const Option* timeout = ldap ? job_.find("LDAPTimeout") : nullptr;
        const auto seconds = timeout == nullptr ? std::nullopt : read_number(timeout->value);
        constexpr unsigned long longest = 60;
        if (seconds && *seconds > 0 && *seconds <= longest) {
            add("timeout", fmt::format("{}s", *seconds));
        }
        job_.draft().add_source(name, lines, option.place, option.name);
    }

    // In a refile: all but `*`, `.` and `+` is a regular expression, and here a text.
    void tell_of_expressions(const Option& option, const ReadSet& read) {
        const auto items = read_items(read.set, option.place, job_.base(), job_.files());
        if (!items) {
            return;
        }
        for (const SetItem& item : *items) {
            if (is_expression(item.name)) {
                job_.tell(Effect::decide, {option.name, item.name, item.place, 0},
                          fmt::format("mail of {} is not signed any more: OpenDKIM reads a regular "
                                      "expression there, and paraphd only * as a wildcard. Write a row for "
                                      "each domain",
                                      base::quoted(item.name)));
            }
        }
    }

    // Rows that OpenDKIM never finds in a plain table, and this program does.
    void tell_of_patterns(const Option& option) {
        const ReadSet read = parse_data_set(option.value);
        if (read.set.kind == SetKind::patterns) {
            return tell_of_expressions(option, read);
        }
        if (read.set.kind != SetKind::file && read.set.kind != SetKind::list) {
            return;
        }
        const auto items = read_items(read.set, option.place, job_.base(), job_.files());
        if (!items) {
            return;
        }
        for (const SetItem& item : *items) {
            if (item.name.find('*') != std::string::npos && item.name != "*" && !item.name.ends_with("@*")) {
                job_.tell(
                    Effect::receivers, {option.name, item.name, item.place, 0},
                    fmt::format("mail of {} is signed from now on: without refile: OpenDKIM never finds "
                                "this row. Take it out if that is not meant",
                                base::quoted(item.name)));
            }
        }
    }

    Job& job_;
};

// A KeyFile has no kind as a table has: OpenDKIM takes "file:" for a part of the name.
std::string path_of(Job& job, const Option& key_file) {
    const ReadSet read = parse_data_set(key_file.value);
    if (read.set.kind != SetKind::file || read.set.prefix.empty()) {
        return key_file.value;
    }
    job.tell(Effect::note, key_file,
             fmt::format("opendkim looks for a file of the name {} and does not start; the key in {} is "
                         "taken here",
                         base::quoted(key_file.value), base::shown(read.set.rest)));
    return read.set.rest;
}

class SingleKey {
  public:
    SingleKey(Job& job, const Option& domain, const Option& selector, const Option& key_file)
        : job_(job), domain_(domain), selector_(selector),
          key_{selector.value, copied_key(job, key_file, absolute(path_of(job, key_file), job.base()),
                                          fmt::format("{}.pem", selector.value))} {}

    void import() {
        if (const auto refusal = check_selector(key_.selector)) {
            job_.tell(Effect::decide, selector_, "no mail is signed: " + refusal->reason);
            return;
        }
        const ReadSet read = parse_data_set(domain_.value);
        const auto items = job_.items_of(domain_);
        const bool as_table = read.set.kind == SetKind::file && !job_.is_yes("SubDomains") &&
                              (!items || std::ranges::all_of(*items, is_plain));
        if (as_table) {
            if (const auto refused =
                    job_.draft().set_default(absolute(read.set.rest, job_.base()), key_, domain_.place)) {
                job_.tell(Effect::decide, domain_, "no mail is signed: " + *refused);
                return;
            }
            job_.work().signs = true;
            return;
        }
        for (const SetItem& item : items.value_or(std::vector<SetItem>())) {
            if (item.name == "*") {
                sign_all(item);
            } else if (!is_plain(item) && read.set.kind != SetKind::patterns) {
                job_.tell(Effect::note, {domain_.name, item.name, item.place, 0},
                          fmt::format("{} is left out: OpenDKIM compares whole names, so that it matched "
                                      "nobody; SubDomains is for those below",
                                      base::quoted(item.name)));
            } else {
                add(item);
            }
        }
    }

  private:
    // In a table of paraphd it would hold the domains below.
    static bool is_plain(const SetItem& item) {
        return item.name.find('*') == std::string::npos && !item.name.starts_with('.');
    }

    void add(const SetItem& item) {
        const auto refused = job_.draft().add_domain(item.name, job_.is_yes("SubDomains"), key_, item.place);
        if (refused) {
            job_.tell(Effect::decide, {domain_.name, item.name, item.place, 0},
                      fmt::format("mail of {} is not signed: {}", base::quoted(item.name), *refused));
            return;
        }
        job_.work().signs = true;
    }

    // One key for whatever the author's domain is.
    void sign_all(const SetItem& item) {
        if (key_.file.find_first_of(",=") != std::string::npos) {
            job_.tell(Effect::decide, domain_, "* is not carried over: the path of the key has , or = in it");
            return;
        }
        if (!set_tables(job_, domain_, fmt::format("csl:all=%:{}:{}", key_.selector, key_.file), domain_,
                        "csl:*=all")) {
            return;
        }
        job_.tell(Effect::note, {domain_.name, item.name, item.place, 0},
                  "mail of your own with any domain in From is signed, as before, whether that domain "
                  "publishes the key or not. Better name your domains");
        job_.work().signs = true;
    }

    Job& job_;
    const Option& domain_;
    const Option& selector_;
    DraftKey key_;
};

// What OpenDKIM does not start with is no reason to guess.
void tell_incomplete(Job& job) {
    for (const std::string_view name : {"Domain", "Selector", "KeyFile", "KeyTable", "SigningTable"}) {
        if (const Option* option = job.find(name)) {
            const bool table = name.ends_with("Table");
            job.tell(Effect::decide, *option,
                     fmt::format("no mail is signed: {}", table ? "KeyTable and SigningTable need each other"
                                                                : "Domain, Selector and KeyFile need each "
                                                                  "other"));
        }
    }
}

} // namespace

void import_signing_keys(Job& job) {
    const Option* key_table = job.find("KeyTable");
    const Option* signing_table = job.find("SigningTable");
    const Option* domain = job.find("Domain");
    const Option* selector = job.find("Selector");
    const Option* key_file = job.find("KeyFile");
    job.carry_truth("RequireSafeKeys", "signing.require_safe_keys");
    if (key_table != nullptr && signing_table != nullptr) {
        Tables(job).import(*key_table, *signing_table);
        for (const Option* dead : {domain, selector, key_file}) {
            if (dead != nullptr) {
                job.tell(Effect::note, *dead, "has no effect beside a KeyTable, and is left out");
            }
        }
    } else if (key_table == nullptr && signing_table == nullptr && domain != nullptr && selector != nullptr &&
               key_file != nullptr) {
        SingleKey(job, *domain, *selector, *key_file).import();
    } else {
        tell_incomplete(job);
    }
}

} // namespace config::import
