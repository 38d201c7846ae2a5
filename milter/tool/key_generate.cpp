// paraph key generate: new DKIM keys, the records that publish them and the lines that use them.

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/ip_address.h"
#include "base/secret_text.h"
#include "dkim/names.h"
#include "keys/file_safety.h"
#include "keys/generate.h"
#include "keys/key_directory.h"
#include "keys/key_file.h"
#include "keys/ownership.h"
#include "milter/command_line/app.h"
#include "milter/tool/key_commands.h"
#include "milter/tool/record_format.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <system_error>
#include <vector>

namespace milter::tool {

namespace {

struct KeyOptions {
    std::string domain;
    std::string selector;
    std::string type = "rsa";
    std::size_t bits = 2048;
    std::string directory = ".";
    RecordFormat format;
};

struct Selected {
    std::string selector;
    keys::NewKey key;
};

// RFC 8463 6: each algorithm has a selector of its own.
std::vector<std::pair<std::string, crypto::KeyType>> planned(const KeyOptions& options) {
    if (options.type == "both") {
        return {{options.selector + "-rsa", crypto::KeyType::rsa},
                {options.selector + "-ed25519", crypto::KeyType::ed25519}};
    }
    return {{options.selector, options.type == "rsa" ? crypto::KeyType::rsa : crypto::KeyType::ed25519}};
}

constexpr const char* daemon_user = "paraph";

// Root makes keys for the daemon, whose group may read them and nothing more: whoever takes over the daemon
// cannot put another key in their place.
std::optional<gid_t> daemon_group() {
    const auto account = geteuid() == 0 ? keys::find_account(daemon_user) : std::nullopt;
    return account ? std::optional(account->group) : std::nullopt;
}

std::string file_for(const KeyOptions& options, const std::string& selector, const base::DomainName& domain,
                     const char* suffix) {
    const auto name = fmt::format("{}.{}{}", selector, domain.text(), suffix);
    return std::filesystem::absolute(std::filesystem::path(options.directory) / name)
        .lexically_normal()
        .string();
}

bool is_there(const std::string& path) {
    std::error_code error;
    return std::filesystem::symlink_status(path, error).type() != std::filesystem::file_type::not_found &&
           !error;
}

// An existing file is never overwritten: somebody may sign with it.
Result<void> check_nothing_is_there(const KeyOptions& options, const base::DomainName& domain) {
    for (const auto& [selector, type] : planned(options)) {
        const auto key = file_for(options, selector, domain, ".pem");
        const auto record = file_for(options, selector, domain, ".txt");
        if (is_there(key)) {
            return fail(
                ExitCode::cannot_write,
                fmt::format("{}: File exists; {}`paraph key show {}` prints the record of that key", key,
                            is_there(record) ? fmt::format("its record is in {}, and ", record) : "", key));
        }
        if (is_there(record)) {
            return fail(ExitCode::cannot_write,
                        fmt::format("{}: File exists, without the key {} beside it", record, key));
        }
    }
    return {};
}

// All or nothing: of two keys one alone would stand in the way of the next try.
void take_away(const std::vector<Selected>& made) {
    for (const Selected& one : made) {
        std::error_code ignored;
        std::filesystem::remove(one.key.file, ignored);
        std::filesystem::remove(std::filesystem::path(one.key.file).replace_extension(".txt"), ignored);
    }
}

Result<std::vector<Selected>> generate_all(const KeyOptions& options, const base::DomainName& domain) {
    if (auto free = check_nothing_is_there(options, domain); !free) {
        return tl::make_unexpected(free.error());
    }
    const auto group = daemon_group();
    if (auto directory = keys::make_key_directory(options.directory, group); !directory) {
        return fail(ExitCode::cannot_write, directory.error());
    }
    std::vector<Selected> made;
    for (const auto& [selector, type] : planned(options)) {
        auto key =
            keys::generate({domain, selector, type, options.bits, file_for(options, selector, domain, ".pem"),
                            file_for(options, selector, domain, ".txt"), group});
        if (!key) {
            take_away(made);
            return fail(ExitCode::cannot_write, std::move(key.error()));
        }
        made.push_back({selector, std::move(*key)});
    }
    return made;
}

void print_made(const std::vector<Selected>& made, const base::DomainName& domain, std::ostream& out) {
    fmt::print(out, "; publish in the DNS, and wait until it is there before you sign:\n");
    for (const Selected& one : made) {
        fmt::print(out, "{}\n", one.key.zone_line);
    }
    fmt::print(out, "; `paraph key show {}` prints it again, also for web forms\n",
               base::printable(made.front().key.file));
    fmt::print(out, "\n# add to the configuration:\ndomains:\n  {}:\n    keys:\n", domain.text());
    for (const Selected& one : made) {
        fmt::print(out, "      - selector: {}\n        file: \"{}\"\n", one.selector,
                   base::printable(one.key.file));
    }
}

// The record and nothing else, for whatever publishes it.
Result<void> print_in_format(const std::vector<Selected>& made, const KeyOptions& options,
                             const base::DomainName& domain, std::ostream& out) {
    std::vector<ReadKey> read;
    for (const Selected& one : made) {
        NamedKey name;
        name.domain = domain.text();
        name.selector = one.selector;
        name.file = one.key.file;
        auto key = read_key(name);
        if (!key) {
            return tl::make_unexpected(key.error());
        }
        read.push_back({name, std::move(*key)});
    }
    print_records(read, options.format, out);
    return {};
}

// In a directory that was there before: the daemon may be unable to enter it, or others may be able to write
// it.
void warn(const std::vector<Selected>& made, std::ostream& err) {
    const auto reader = daemon_group() ? keys::Reader::of_user(daemon_user)
                                       : base::Result<keys::Reader, std::string>(keys::Reader::self());
    if (!reader) {
        return;
    }
    keys::KeyFileCheck check(*reader);
    for (const Selected& one : made) {
        const auto finding = check.examine(one.key.file);
        const auto& text = finding.problem.empty() ? finding.danger : finding.problem;
        if (!text.empty()) {
            fmt::print(err, "paraph: warning: {}\n", base::printable(text, 1024));
        }
    }
}

// If no signature could use the key, nobody would notice before mail goes out unsigned.
Result<void> check_names(const KeyOptions& options, const base::DomainName& domain) {
    for (const auto& [selector, type] : planned(options)) {
        if (const auto refusal = dkim::signer_refusal(domain.text(), selector, {}); !refusal.empty()) {
            return fail(ExitCode::usage, fmt::format("no mail can be signed for {}: {}",
                                                     base::quoted(domain.text()), refusal));
        }
    }
    if (const auto doubt = dkim::domain_doubt(domain.text()); base::IpAddress::parse(domain.text())) {
        return fail(ExitCode::usage, fmt::format("{} {}", base::quoted(domain.text()), doubt));
    }
    return {};
}

Result<ExitCode> generate(const KeyOptions& options, Console& console) {
    const auto domain = base::DomainName::parse_international(options.domain);
    if (!domain) {
        return fail(ExitCode::usage, fmt::format("{} is not a domain name", base::quoted(options.domain)));
    }
    // Who writes the name of the record means what stands in front.
    constexpr std::string_view behind_selector = "._domainkey";
    const auto end = base::to_lower(options.selector).find(behind_selector);
    if (end != std::string::npos) {
        return fail(ExitCode::usage,
                    fmt::format("{} is the name of a record, not a selector: write --selector {}",
                                base::quoted(options.selector),
                                base::shown(options.selector.substr(0, end))));
    }
    // A selector becomes part of a file name: only what a DNS label may hold.
    if (!base::DomainName::parse(options.selector)) {
        return fail(ExitCode::usage, fmt::format("{} is not a selector", base::quoted(options.selector)));
    }
    if (auto named = check_names(options, *domain); !named) {
        return tl::make_unexpected(named.error());
    }
    const auto made = generate_all(options, *domain);
    if (!made) {
        return tl::make_unexpected(made.error());
    }
    if (options.format.format == "text") {
        print_made(*made, *domain, console.out);
    } else if (auto printed = print_in_format(*made, options, *domain, console.out); !printed) {
        return tl::make_unexpected(printed.error());
    }
    warn(*made, console.err);
    return ExitCode::ok;
}

} // namespace

void add_key_generate(command_line::App& key, Command& chosen) {
    constexpr std::size_t least_bits = 1024; // RFC 8301 3.2
    constexpr std::size_t most_bits = 4096;  // more than this not every verifier accepts
    auto options = std::make_shared<KeyOptions>();
    command_line::App* sub =
        key.add_subcommand("generate", "Make a key file; print its DNS record and its configuration");
    sub->footer(
        "Example:\n  paraph key generate --domain example.org --selector 2026a --out-dir /etc/paraph/keys");
    sub->add_option("--domain", options->domain, "Signing domain, d=")->required()->type_name("DOMAIN");
    sub->add_option("--selector", options->selector,
                    "Selector, s=; with --type both it gets -rsa and -ed25519")
        ->required()
        ->type_name("NAME");
    sub->add_option("--type", options->type, "Algorithm")
        ->among({"rsa", "ed25519", "both"})
        ->capture_default_str();
    sub->add_option("--bits", options->bits, "Size of an RSA key")
        ->within(least_bits, most_bits)
        ->capture_default_str();
    sub->add_option("--out-dir", options->directory,
                    "Directory for the key (SELECTOR.DOMAIN.pem) and its record (.txt); created if missing")
        ->type_name("DIR")
        ->capture_default_str();
    add_record_format(*sub, options->format);
    sub->callback(
        [options, &chosen] { chosen = [options](Console& console) { return generate(*options, console); }; });
}

} // namespace milter::tool
