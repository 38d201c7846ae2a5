// paraph key show: the record of a key that exists.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "keys/file_bytes.h"
#include "milter/command_line/app.h"
#include "milter/tool/all_keys.h"
#include "milter/tool/configuration.h"
#include "milter/tool/key_commands.h"
#include "milter/tool/record_format.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <filesystem>
#include <memory>
#include <ostream>

namespace milter::tool {

namespace {

struct KeyShowOptions {
    std::string what; // a file or a domain; empty: all keys
    std::string selector;
    std::string domain;
    std::string config;
    RecordFormat format;
};

bool is_file(const std::string& what) {
    std::error_code error;
    return what.find('/') != std::string::npos || what.ends_with(".pem") ||
           std::filesystem::exists(what, error);
}

// Domain and selector of a key file: from the options, from the configuration, or from the name of the file.
std::vector<NamedKey> names_of_file(const KeyShowOptions& options, Console& console) {
    const auto by_file = named_by_file(options.what);
    NamedKey named = by_file.value_or(NamedKey{});
    named.file = options.what;
    if (options.selector.empty() && options.domain.empty()) {
        const auto loaded = read_configuration(options.config, console);
        auto found = loaded.settings ? keys_in_file(*loaded.settings, options.what) : std::vector<NamedKey>();
        if (!found.empty()) {
            return found;
        }
    }
    named.selector = options.selector.empty() ? named.selector : options.selector;
    named.domain = options.domain.empty() ? named.domain : options.domain;
    return {named};
}

void tell_passed_over(const AllKeys& all, Console& console) {
    for (const std::string& what : all.passed_over) {
        fmt::print(console.err, "paraph: left out: {}\n", base::printable(what));
    }
}

Result<std::vector<NamedKey>> names_of_domain(const KeyShowOptions& options, Console& console) {
    const auto domain = base::DomainName::parse_international(options.what);
    if (!domain) {
        return fail(ExitCode::usage,
                    fmt::format("{} is neither a file nor a domain name", base::quoted(options.what)));
    }
    const auto settings = usable_settings(options.config, console);
    if (!settings) {
        return tl::make_unexpected(settings.error());
    }
    auto keys = keys_of_domain(*settings, *domain, options.selector);
    if (!keys) {
        return tl::make_unexpected(keys.error());
    }
    if (keys->keys.empty()) {
        return fail(ExitCode::data,
                    fmt::format("the configuration has no key {}for {}{}",
                                options.selector.empty() ? "" : base::quoted(options.selector) + " ",
                                domain->text(),
                                keys->passed_over.empty() ? "" : " (" + keys->passed_over.front() + ")"));
    }
    if (options.selector.empty()) {
        pass_over_retired(*keys);
    }
    tell_passed_over(*keys, console);
    return std::move(keys->keys);
}

Result<void> check_names(const KeyShowOptions& options) {
    for (const auto& [text, what] :
         {std::pair(options.selector, "selector"), std::pair(options.domain, "domain name")}) {
        if (!text.empty() && !base::DomainName::parse_international(text)) {
            return fail(ExitCode::usage, fmt::format("{} is not a {}", base::quoted(text), what));
        }
    }
    return {};
}

// Those of all keys, as opendkim-genzone prints them. A key that cannot be read keeps nobody from the others.
Result<ExitCode> show_all(const KeyShowOptions& options, Console& console) {
    if (!options.selector.empty() || !options.domain.empty()) {
        return fail(ExitCode::usage, "--selector and --domain need a key");
    }
    const auto settings = usable_settings(options.config, console);
    auto all = settings ? all_keys(*settings) : tl::make_unexpected(settings.error());
    if (!all) {
        return tl::make_unexpected(all.error());
    }
    pass_over_retired(*all);
    ExitCode code = ExitCode::ok;
    std::vector<ReadKey> read;
    for (const NamedKey& name : all->keys) {
        if (auto key = read_key(name)) {
            read.push_back({name, std::move(*key)});
        } else {
            fmt::print(console.err, "paraph: {}\n", base::printable(key.error().message));
            code = key.error().code;
        }
    }
    tell_passed_over(*all, console);
    if (read.empty() && code == ExitCode::ok) {
        return fail(ExitCode::data, "the configuration has no key");
    }
    print_records(read, options.format, console.out);
    return code;
}

Result<ExitCode> show_key(const KeyShowOptions& options, Console& console) {
    if (auto checked = check_names(options); !checked) {
        return tl::make_unexpected(checked.error());
    }
    if (options.what.empty()) {
        return show_all(options, console);
    }
    const auto names = is_file(options.what) ? Result<std::vector<NamedKey>>(names_of_file(options, console))
                                             : names_of_domain(options, console);
    if (!names) {
        return tl::make_unexpected(names.error());
    }
    std::vector<ReadKey> read;
    for (const NamedKey& name : *names) {
        auto key = read_key(name);
        if (!key) {
            return tl::make_unexpected(key.error());
        }
        read.push_back({name, std::move(*key)});
    }
    print_records(read, options.format, console.out);
    return ExitCode::ok;
}

} // namespace

void add_key_show(command_line::App& key, Command& chosen) {
    auto options = std::make_shared<KeyShowOptions>();
    command_line::App* sub = key.add_subcommand("show", "Print the DNS records of keys that exist");
    sub->footer("Examples:\n  paraph key show /etc/paraph/keys/s1.example.org.pem\n"
                "  paraph key show example.org s1\n  paraph key show --format nsupdate");
    sub->add_option("key", options->what,
                    "The file of the private key, or a domain of the configuration (default: all keys)")
        ->type_name("FILE|DOMAIN");
    sub->add_option(
           "selector,--selector", options->selector,
           "Selector, s= (default: as the configuration or the file's name, SELECTOR.DOMAIN.pem, has it)")
        ->type_name("SELECTOR");
    sub->add_option("--domain", options->domain, "Signing domain, d= (default: the same)")
        ->type_name("DOMAIN");
    add_record_format(*sub, options->format);
    add_config_option(*sub, options->config);
    sub->callback(
        [options, &chosen] { chosen = [options](Console& console) { return show_key(*options, console); }; });
}

} // namespace milter::tool
