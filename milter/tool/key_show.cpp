// paraph key show: the record of a key that exists.

#include "base/secret_text.h"
#include "keys/file_bytes.h"
#include "keys/published_record.h"
#include "milter/tool/configuration.h"
#include "milter/tool/key_commands.h"
#include "milter/tool/named_key.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <filesystem>
#include <memory>
#include <ostream>

namespace milter::tool {

namespace {

struct KeyShowOptions {
    std::string what; // a file or a domain
    std::string selector;
    std::string domain;
    std::string config;
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
    if (keys && keys->empty()) {
        return fail(ExitCode::data,
                    fmt::format("the configuration has no key {}for {}",
                                options.selector.empty() ? "" : base::quoted(options.selector) + " ",
                                domain->text()));
    }
    return keys;
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

void print_record(const NamedKey& name, const crypto::SigningKey& key, std::ostream& out) {
    const auto or_word = [](const std::string& text, const char* word) { return text.empty() ? word : text; };
    const auto record = keys::record_name(or_word(name.selector, "SELECTOR"), or_word(name.domain, "DOMAIN"));
    const auto value = keys::record_value(key);
    fmt::print(out, "{}\n\nName:  {}\nValue: {}\n", keys::zone_line(record, value), record, value);
}

Result<ExitCode> show_key(const KeyShowOptions& options, Console& console) {
    if (auto checked = check_names(options); !checked) {
        return tl::make_unexpected(checked.error());
    }
    const auto names = is_file(options.what) ? Result<std::vector<NamedKey>>(names_of_file(options, console))
                                             : names_of_domain(options, console);
    if (!names) {
        return tl::make_unexpected(names.error());
    }
    for (const NamedKey& name : *names) {
        const auto key = read_key(name);
        if (!key) {
            return tl::make_unexpected(key.error());
        }
        if (&name != &names->front()) {
            fmt::print(console.out, "\n");
        }
        print_record(name, *key, console.out);
    }
    return ExitCode::ok;
}

} // namespace

void add_key_show(CLI::App& key, Command& chosen) {
    auto options = std::make_shared<KeyShowOptions>();
    CLI::App* sub = key.add_subcommand("show", "Print the DNS record of a key that exists");
    sub->footer("Examples:\n  paraph key show /etc/paraph/keys/s1.example.org.pem\n"
                "  paraph key show example.org s1");
    sub->add_option("key", options->what, "The file of the private key, or a domain of the configuration")
        ->required()
        ->type_name("FILE|DOMAIN");
    sub->add_option(
           "selector,--selector", options->selector,
           "Selector, s= (default: as the configuration or the file's name, SELECTOR.DOMAIN.pem, has it)")
        ->type_name("SELECTOR");
    sub->add_option("--domain", options->domain, "Signing domain, d= (default: the same)")
        ->type_name("DOMAIN");
    sub->add_option("-c,--config", options->config,
                    "The configuration file (default: /etc/paraph/paraph.yaml if there is one)")
        ->type_name("FILE");
    sub->callback(
        [options, &chosen] { chosen = [options](Console& console) { return show_key(*options, console); }; });
}

} // namespace milter::tool
