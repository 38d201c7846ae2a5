// paraph key test: would a verifier find the key now? What opendkim-testkey does, with its options.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "dkim/key_record.h"
#include "keys/key_file.h"
#include "keys/published_record.h"
#include "milter/command_line/app.h"
#include "milter/tool/configuration.h"
#include "milter/tool/counted.h"
#include "milter/tool/dns_options.h"
#include "milter/tool/key_commands.h"
#include "milter/tool/key_comparison.h"
#include "milter/tool/key_selection.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <ostream>

namespace milter::tool {

namespace {

struct KeyTestOptions {
    KeySelection wanted;
    std::string config;
    std::size_t verbose = 0;
    DnsOptions dns;
};

// As many as a resolver is asked for at once.
constexpr std::size_t at_once = 100;
constexpr std::chrono::seconds max_time{300};

class KeyTest {
  public:
    KeyTest(const KeyTestOptions& options, Console& console) : options_(options), console_(console) {}

    void test(const NamedKey& name, const dns::Answer& answer);
    ExitCode finish() const;

  private:
    void say(std::size_t level, const std::string& text) const {
        if (options_.verbose >= level) {
            fmt::print(console_.err, "paraph key test: {}\n", base::printable(text));
        }
    }
    [[nodiscard]] std::vector<KeyFinding> compare(const NamedKey& name, const dns::Answer& answer);
    void look_at_file(const NamedKey& name);

    const KeyTestOptions& options_;
    Console& console_;
    keys::Reader reader_ = keys::Reader::self();
    keys::KeyFileCheck files_{reader_};
    std::size_t passed_ = 0, failed_ = 0;
    bool unusable_ = false, wrong_ = false, open_ = false;
};

// Without a private key, the record alone.
std::vector<KeyFinding> read_record(const dns::Answer& answer) {
    using Kind = KeyFinding::Kind;
    if (answer.status == dns::Status::failed) {
        return {{Kind::open, fmt::format("the DNS gave no answer: {}", print(answer.failure))}};
    }
    if (answer.status != dns::Status::found) {
        return {{Kind::wrong, fmt::format("there is no record ({})", print(answer.status))}};
    }
    if (answer.texts.size() > 1) {
        return {{Kind::wrong, fmt::format("there are {} TXT records at this name", answer.texts.size())}};
    }
    const auto record = dkim::parse_key_record(answer.texts.front());
    if (!record) {
        return {{Kind::wrong, fmt::format("the record is no key record ({})", record.error().message)}};
    }
    return record->public_key.empty()
               ? std::vector<KeyFinding>{{Kind::wrong, "the key is revoked: p= is empty"}}
               : std::vector<KeyFinding>{};
}

void KeyTest::look_at_file(const NamedKey& name) {
    const auto danger = name.file.empty() ? std::string() : files_.examine(name.file).danger;
    if (!danger.empty()) {
        say(0, "warning: unsafe permissions: " + danger);
    }
}

std::vector<KeyFinding> KeyTest::compare(const NamedKey& name, const dns::Answer& answer) {
    if (name.file.empty() && name.inline_key.empty()) {
        return read_record(answer);
    }
    look_at_file(name);
    const auto key = read_key(name);
    if (!key) {
        unusable_ = true;
        return {{KeyFinding::Kind::wrong, "the private key cannot be used: " + key.error().message}};
    }
    return compare_key(name, *key, answer, {});
}

void KeyTest::test(const NamedKey& name, const dns::Answer& answer) {
    const auto record = keys::record_name(name.selector, name.domain);
    say(1, fmt::format("checking key '{}'", record));
    bool good = true;
    for (const KeyFinding& finding : compare(name, answer)) {
        const bool is_note = finding.kind == KeyFinding::Kind::note;
        good = good && is_note;
        open_ = open_ || finding.kind == KeyFinding::Kind::open;
        wrong_ = wrong_ || finding.kind == KeyFinding::Kind::wrong;
        say(is_note ? 1 : 0, fmt::format("{}: {}{}", record, is_note ? "note: " : "", finding.text));
    }
    ++(good ? passed_ : failed_);
    if (good) {
        say(1, "key OK");
        say(2, answer.secure ? "key secure (DNSSEC)" : "key not secure (no DNSSEC), which is no error");
    }
}

ExitCode KeyTest::finish() const {
    if (passed_ + failed_ > 1) {
        say(1,
            fmt::format("{} checked; {} pass, {} fail", counted(passed_ + failed_, "key"), passed_, failed_));
    }
    return unusable_ ? ExitCode::config
           : wrong_  ? ExitCode::data
           : open_   ? ExitCode::temporary
                     : ExitCode::ok;
}

Result<void> test_all(const std::vector<NamedKey>& keys, Lookups& lookups, KeyTest& test) {
    for (std::size_t begin = 0; begin < keys.size(); begin += at_once) {
        const auto end = std::min(keys.size(), begin + at_once);
        dns::Questions questions;
        for (std::size_t i = begin; i < end; ++i) {
            if (auto question =
                    dns::make_question(keys::record_name(keys[i].selector, keys[i].domain), dns::Type::txt)) {
                questions.add(std::move(*question));
            }
        }
        lookups.begin();
        if (auto answered = lookups.answer(questions); !answered) {
            return tl::make_unexpected(answered.error());
        }
        for (std::size_t i = begin; i < end; ++i) {
            const auto question =
                dns::make_question(keys::record_name(keys[i].selector, keys[i].domain), dns::Type::txt);
            const auto* answer = question ? lookups.known().find(*question) : nullptr;
            test.test(keys[i], answer != nullptr ? *answer : dns::no_name());
        }
    }
    return {};
}

// A record can be looked at without any key of ours.
Result<AllKeys> keys_to_test(const KeyTestOptions& options, const config::Settings& settings) {
    auto found = select_keys(options.wanted, settings);
    const auto domain = base::DomainName::parse_international(options.wanted.domain);
    const bool only_record = !found && found.error().code == ExitCode::data && domain &&
                             !options.wanted.selector.empty() && options.wanted.key.empty();
    if (only_record) {
        NamedKey name;
        name.domain = domain->text();
        name.selector = options.wanted.selector;
        return AllKeys{{name}, {}};
    }
    return found;
}

Result<ExitCode> test_keys(const KeyTestOptions& options, Console& console) {
    auto settings = usable_settings(options.config, console);
    if (!settings) {
        return tl::make_unexpected(settings.error());
    }
    // Bounds for one message, and this may be about all keys.
    settings->dns.questions_per_message = std::numeric_limits<std::size_t>::max();
    settings->dns.message_budget = max_time;
    const auto wanted = keys_to_test(options, *settings);
    auto lookups = open_lookups(options.dns, *settings, console);
    if (!wanted || !lookups) {
        return tl::make_unexpected(!wanted ? wanted.error() : lookups.error());
    }
    KeyTest test(options, console);
    if (auto tested = test_all(wanted->keys, *lookups, test); !tested) {
        return tl::make_unexpected(tested.error());
    }
    for (const std::string& row : wanted->passed_over) {
        fmt::print(console.err, "paraph: not tested: {}\n", base::printable(row));
    }
    if (auto reported = report_lookups(options.dns, *lookups, false, console); !reported) {
        return tl::make_unexpected(reported.error());
    }
    return test.finish();
}

} // namespace

void add_key_test(command_line::App& key, Command& chosen) {
    auto options = std::make_shared<KeyTestOptions>();
    command_line::App* sub =
        key.add_subcommand("test", "Test keys as opendkim-testkey does: quiet if all is well");
    sub->footer(
        "Examples:\n  paraph key test -vv\n  paraph key test -d example.org -s s1 -k s1.private -v\n\n"
        "Exit codes: 0 all match, 65 some do not, 75 the DNS gave no answer, 78 a key or the\n"
        "configuration cannot be used.");
    sub->add_option("-d,--domain", options->wanted.domain, "Signing domain, d= (default: all keys)")
        ->type_name("DOMAIN");
    sub->add_option("-s,--selector", options->wanted.selector, "Selector, s=")->type_name("SELECTOR");
    sub->add_option("-k,--key", options->wanted.key, "The private key (default: that of the configuration)")
        ->type_name("FILE");
    sub->add_flag("-v,--verbose", options->verbose,
                  "Say what is well, too; twice: and whether DNSSEC proves it");
    add_dns_options(*sub, options->dns);
    add_config_option(*sub, options->config);
    sub->callback([options, &chosen] {
        chosen = [options](Console& console) { return test_keys(*options, console); };
    });
}

} // namespace milter::tool
