// paraph key check: do the private keys of a domain match the records in the DNS?

#include "base/ascii.h"
#include "base/secret_text.h"
#include "keys/published_record.h"
#include "milter/tool/configuration.h"
#include "milter/tool/dns_options.h"
#include "milter/tool/key_commands.h"
#include "milter/tool/key_comparison.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <memory>
#include <ostream>

namespace milter::tool {

namespace {

struct KeyCheckOptions {
    std::string domain;
    std::string selector;
    std::string key; // a file in place of the configuration's keys
    std::string config;
    DnsOptions dns;
};

struct Counts {
    std::size_t good = 0, wrong = 0, open = 0, unusable = 0;

    [[nodiscard]] ExitCode exit_code() const {
        return unusable > 0 ? ExitCode::config
               : wrong > 0  ? ExitCode::data
               : open > 0   ? ExitCode::temporary
                            : ExitCode::ok;
    }
};

Result<std::vector<NamedKey>> key_of_file(const KeyCheckOptions& options, const base::DomainName& domain) {
    const auto by_file = named_by_file(options.key);
    NamedKey key;
    key.domain = domain.text();
    key.file = options.key;
    key.selector = !options.selector.empty() ? options.selector : by_file ? by_file->selector : "";
    if (key.selector.empty()) {
        return fail(ExitCode::usage, "--key needs the selector: paraph key check DOMAIN SELECTOR --key FILE");
    }
    return std::vector{key};
}

Result<std::vector<NamedKey>> wanted_keys(const KeyCheckOptions& options, const config::Settings& settings) {
    const auto domain = base::DomainName::parse_international(options.domain);
    if (!domain) {
        return fail(ExitCode::usage, fmt::format("{} is not a domain name", base::quoted(options.domain)));
    }
    if (!options.selector.empty() && !base::DomainName::parse(options.selector)) {
        return fail(ExitCode::usage, fmt::format("{} is not a selector", base::quoted(options.selector)));
    }
    auto keys = options.key.empty() ? keys_of_domain(settings, *domain, options.selector)
                                    : key_of_file(options, *domain);
    if (keys && keys->empty()) {
        return fail(
            ExitCode::data,
            fmt::format("the configuration has no key {}for {}; --key FILE checks one that it does not name",
                        options.selector.empty() ? "" : base::quoted(options.selector) + " ",
                        domain->text()));
    }
    return keys;
}

// Null if the name cannot be looked up, or the file of answers has no answer, which is no reason to stop.
const dns::Answer* ask(const std::string& name, dns::Type type, Lookups& lookups) {
    const auto question = dns::make_question(name, type);
    if (!question) {
        return nullptr;
    }
    dns::Questions questions;
    questions.add(*question);
    const bool answered = lookups.answer(questions).has_value();
    const auto* answer = answered ? lookups.known().find(*question) : nullptr;
    return answer != nullptr && answer->status == dns::Status::found ? answer : nullptr;
}

// Where an alias leads; empty if that cannot be found out.
std::string alias_of(const std::string& name, Lookups& lookups) {
    const auto* answer = ask(name, dns::Type::cname, lookups);
    return answer != nullptr ? answer->names.front() : std::string();
}

// Some web forms add the domain to the name. If the name entered has it already, the record ends up one
// domain too deep.
void look_one_domain_deeper(const NamedKey& name, const std::string& record, Lookups& lookups,
                            std::vector<KeyFinding>& findings) {
    const auto deeper = record + '.' + name.domain;
    if (ask(deeper, dns::Type::txt, lookups) != nullptr) {
        findings.push_back(
            {KeyFinding::Kind::note, fmt::format("there is a record at {}: if your DNS provider adds the "
                                                 "domain to every name, enter only {}._domainkey",
                                                 deeper, name.selector)});
    }
}

Result<std::vector<KeyFinding>> look_up_and_compare(const NamedKey& name, const crypto::SigningKey& key,
                                                    Lookups& lookups) {
    const auto record = keys::record_name(name.selector, name.domain);
    const auto question = dns::make_question(record, dns::Type::txt);
    if (!question) {
        return std::vector{KeyFinding{KeyFinding::Kind::wrong, "the name is too long for the DNS"}};
    }
    dns::Questions questions;
    questions.add(*question);
    if (auto answered = lookups.answer(questions); !answered) {
        return tl::make_unexpected(answered.error());
    }
    const dns::Answer answer = *lookups.known().find(*question);
    auto findings =
        compare_key(name, key, answer, answer.aliased ? alias_of(record, lookups) : std::string());
    if (answer.status == dns::Status::no_name || answer.status == dns::Status::no_data) {
        look_one_domain_deeper(name, record, lookups, findings);
    }
    return findings;
}

const char* word(KeyFinding::Kind kind) {
    switch (kind) {
    case KeyFinding::Kind::wrong:
        return "wrong";
    case KeyFinding::Kind::note:
        return "note";
    case KeyFinding::Kind::open:
        return "open";
    }
    return "?";
}

bool has(const std::vector<KeyFinding>& findings, KeyFinding::Kind kind) {
    return std::any_of(findings.begin(), findings.end(),
                       [kind](const KeyFinding& one) { return one.kind == kind; });
}

void print_findings(const std::vector<KeyFinding>& findings, Counts& counts, std::ostream& out) {
    constexpr std::size_t max_line = 1024;
    if (has(findings, KeyFinding::Kind::wrong)) {
        ++counts.wrong;
    } else if (has(findings, KeyFinding::Kind::open)) {
        ++counts.open;
    } else {
        ++counts.good;
        fmt::print(out, "  good: the record publishes this key\n");
    }
    for (const KeyFinding& finding : findings) {
        fmt::print(out, "  {}: {}\n", word(finding.kind), base::printable(finding.text, max_line));
    }
}

Result<void> check_one(const NamedKey& name, Lookups& lookups, Counts& counts, std::ostream& out) {
    fmt::print(out, "{}, private key {}", keys::record_name(name.selector, name.domain),
               base::shown(place_of(name), 1024));
    const auto key = read_key(name);
    if (!key) {
        ++counts.unusable;
        fmt::print(out, "\n  wrong: the private key cannot be used: {}\n",
                   base::printable(key.error().message, 1024));
        return {};
    }
    fmt::print(out, " ({}, {} bits)\n", print(key->type()), key->bits());
    const auto findings = look_up_and_compare(name, *key, lookups);
    if (!findings) {
        return tl::make_unexpected(findings.error());
    }
    print_findings(*findings, counts, out);
    if (has(*findings, KeyFinding::Kind::wrong) && !name.file.empty()) {
        fmt::print(out, "  `paraph key show {} --selector {} --domain {}` prints the record to publish\n",
                   base::shown(name.file, 1024), name.selector, name.domain);
    }
    return {};
}

Result<ExitCode> check_keys(const KeyCheckOptions& options, Console& console) {
    const auto settings = usable_settings(options.config, console);
    if (!settings) {
        return tl::make_unexpected(settings.error());
    }
    const auto keys = wanted_keys(options, *settings);
    auto lookups = open_lookups(options.dns, *settings, console);
    if (!keys || !lookups) {
        return tl::make_unexpected(!keys ? keys.error() : lookups.error());
    }
    Counts counts;
    for (const NamedKey& name : *keys) {
        if (auto checked = check_one(name, *lookups, counts, console.out); !checked) {
            return tl::make_unexpected(checked.error());
        }
    }
    if (auto reported = report_lookups(options.dns, *lookups, false, console); !reported) {
        return tl::make_unexpected(reported.error());
    }
    return counts.exit_code();
}

} // namespace

void add_key_check(CLI::App& key, Command& chosen) {
    auto options = std::make_shared<KeyCheckOptions>();
    CLI::App* sub = key.add_subcommand("check", "Compare private keys with the records in the DNS");
    sub->footer(
        "Examples:\n  paraph key check example.org\n  paraph key check example.org s1 --key s1.pem\n\n"
        "Exit codes: 0 all match, 65 some do not, 75 the DNS gave no answer, 78 a key or the\n"
        "configuration cannot be used.");
    sub->add_option("domain", options->domain, "The domain whose mail is signed")
        ->required()
        ->type_name("DOMAIN");
    sub->add_option("selector", options->selector, "Only the key of this selector")->type_name("SELECTOR");
    sub->add_option("--key", options->key,
                    "Check the private key in this file, whatever the configuration says")
        ->type_name("FILE");
    add_dns_options(*sub, options->dns);
    sub->add_option("-c,--config", options->config,
                    "The configuration file (default: /etc/paraph/paraph.yaml if there is one)")
        ->type_name("FILE");
    sub->callback([options, &chosen] {
        chosen = [options](Console& console) { return check_keys(*options, console); };
    });
}

} // namespace milter::tool
