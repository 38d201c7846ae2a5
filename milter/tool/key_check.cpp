// paraph key check: do the private keys of a domain, or all of them, match the records in the DNS?

#include "base/ascii.h"
#include "keys/published_record.h"
#include "milter/command_line/app.h"
#include "milter/tool/configuration.h"
#include "milter/tool/counted.h"
#include "milter/tool/dns_options.h"
#include "milter/tool/key_commands.h"
#include "milter/tool/key_inspector.h"
#include "milter/tool/key_selection.h"
#include "milter/tool/name_servers.h"
#include "milter/tool/ordered_work.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <ostream>

namespace milter::tool {

namespace {

struct KeyCheckOptions {
    KeySelection wanted;
    std::string config;
    bool json = false;
    bool quiet = false;         // only what is not good
    bool resolver_only = false; // as a verifier asks
    unsigned seconds = 300;
    unsigned parallel = 8;
    DnsOptions dns;

    // A file of answers knows no servers, and what is written down is what the resolver said.
    [[nodiscard]] bool asks_resolver() const {
        return resolver_only || !dns.answers.empty() || !dns.dump.empty() || dns.show_questions;
    }
};

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

Result<KeyReport> check_by_resolver(const NamedKey& name, Lookups& lookups) {
    KeyReport report;
    report.name = name;
    const auto key = read_key(name);
    if (!key) {
        report.lines.push_back(
            {{KeyFinding::Kind::wrong, "the private key cannot be used: " + key.error().message}});
        return report;
    }
    report.type = print(key->type());
    report.bits = key->bits();
    const auto findings = look_up_and_compare(name, *key, lookups);
    if (!findings) {
        return tl::make_unexpected(findings.error());
    }
    for (const KeyFinding& finding : *findings) {
        report.lines.push_back({finding});
    }
    return report;
}

// Prints a report when it is there; for JSON, which is one object, when all are.
class Printer {
  public:
    Printer(const KeyCheckOptions& options, std::size_t all, Console& console)
        : options_(options), all_(all), shows_progress_(all > 1 && isatty(STDERR_FILENO) == 1),
          console_(console) {}

    void print(KeyReport report) {
        counts_.add(report);
        if (options_.json) {
            reports_.push_back(std::move(report));
        } else if (!options_.quiet || report.result() != KeyReport::Result::good) {
            clear();
            print_report(report, console_.out);
            console_.out.flush();
        }
        progress();
    }

    ExitCode finish(const std::vector<std::string>& passed_over) {
        clear();
        for (const std::string& row : passed_over) {
            fmt::print(console_.err, "paraph: not checked: {}\n", base::printable(row));
        }
        if (options_.json) {
            print_json(reports_, console_.out);
        } else if (all_ > 1) {
            fmt::print(console_.out, "{}\n", milter::tool::print(counts_));
        }
        return counts_.exit_code();
    }

  private:
    void progress() {
        if (shows_progress_) {
            fmt::print(console_.err, "\r{} of {} keys", counts_.all(), all_);
            console_.err.flush();
        }
    }
    void clear() {
        if (shows_progress_) {
            fmt::print(console_.err, "\r\x1b[K");
            console_.err.flush();
        }
    }

    const KeyCheckOptions& options_;
    std::size_t all_;
    bool shows_progress_;
    Console& console_;
    KeyCounts counts_;
    std::vector<KeyReport> reports_;
};

Result<void> ask_resolver(const KeyCheckOptions& options, config::Settings settings,
                          const std::vector<NamedKey>& keys, Printer& printer, Console& console) {
    // Bounds for one message, and this is about all keys.
    settings.dns.questions_per_message = std::numeric_limits<std::size_t>::max();
    settings.dns.message_budget = std::chrono::seconds(options.seconds);
    auto lookups = open_lookups(options.dns, settings, console);
    if (!lookups) {
        return tl::make_unexpected(lookups.error());
    }
    for (const NamedKey& name : keys) {
        lookups->begin();
        auto report = check_by_resolver(name, *lookups);
        if (!report) {
            return tl::make_unexpected(report.error());
        }
        printer.print(std::move(*report));
    }
    return report_lookups(options.dns, *lookups, options.json, console);
}

Result<void> ask_authorities(const KeyCheckOptions& options, const config::Settings& settings,
                             const std::vector<NamedKey>& keys, Printer& printer) {
    const auto resolver = resolver_options(options.dns, settings);
    const auto all = all_keys(settings);
    if (!resolver || !all) {
        return tl::make_unexpected(!resolver ? resolver.error() : all.error());
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(options.seconds);
    resolver::DirectAsker asker({resolver->timeout, resolver->attempts});
    const AskAll ask_all = ask_until(deadline, asker);
    const KeyInspector inspector(Recursion(ask_all, name_servers(*resolver)), ask_all, all->keys);
    in_order<KeyReport>(
        keys.size(), options.parallel, [&](std::size_t i) { return inspector.inspect(keys[i]); },
        [&](KeyReport report) { printer.print(std::move(report)); });
    return {};
}

Result<ExitCode> check_keys(const KeyCheckOptions& options, Console& console) {
    const auto settings = usable_settings(options.config, console);
    if (!settings) {
        return tl::make_unexpected(settings.error());
    }
    const auto wanted = select_keys(options.wanted, *settings);
    if (!wanted) {
        return tl::make_unexpected(wanted.error());
    }
    Printer printer(options, wanted->keys.size(), console);
    auto asked = options.asks_resolver() ? ask_resolver(options, *settings, wanted->keys, printer, console)
                                         : ask_authorities(options, *settings, wanted->keys, printer);
    if (!asked) {
        return tl::make_unexpected(asked.error());
    }
    return printer.finish(wanted->passed_over);
}

} // namespace

void add_key_check(command_line::App& key, Command& chosen) {
    constexpr unsigned most_seconds = 86400;
    constexpr unsigned most_parallel = 32;
    auto options = std::make_shared<KeyCheckOptions>();
    command_line::App* sub = key.add_subcommand("check", "Compare private keys with the records in the DNS");
    sub->footer("Examples:\n  paraph key check\n  paraph key check example.org\n"
                "  paraph key check example.org s1 --key s1.pem\n\n"
                "Exit codes: 0 all match, 65 some do not, 75 the DNS left something open, 78 a key or the\n"
                "configuration cannot be used.");
    sub->add_option("domain", options->wanted.domain, "The domain whose mail is signed (default: all keys)")
        ->type_name("DOMAIN");
    sub->add_option("selector", options->wanted.selector, "Only the key of this selector")
        ->type_name("SELECTOR");
    sub->add_option("--key", options->wanted.key,
                    "Check the private key in this file, whatever the configuration says")
        ->type_name("FILE");
    sub->add_flag("--json", options->json, "Print one JSON object");
    sub->add_flag("-q,--quiet", options->quiet, "Leave out keys that are good");
    sub->add_flag("--resolver-only", options->resolver_only,
                  "Ask only the resolver, not each authoritative server");
    sub->add_option("--max-time", options->seconds, "Seconds for all of it; what is open then stays open")
        ->within(1, most_seconds)
        ->capture_default_str();
    sub->add_option("--parallel", options->parallel, "Keys that are checked at the same time")
        ->within(1, most_parallel)
        ->capture_default_str();
    add_dns_options(*sub, options->dns);
    add_config_option(*sub, options->config);
    sub->callback([options, &chosen] {
        chosen = [options](Console& console) { return check_keys(*options, console); };
    });
}

} // namespace milter::tool
