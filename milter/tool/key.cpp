// paraph key generate: new DKIM keys, the records that publish them and the lines that use them.

#include "base/ascii.h"
#include "base/domain_name.h"
#include "keys/generate.h"
#include "milter/tool/commands.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <filesystem>
#include <memory>
#include <ostream>
#include <vector>

namespace tool {

namespace {

struct KeyOptions {
    std::string domain;
    std::string selector;
    std::string type = "rsa";
    std::size_t bits = 2048;
    std::string directory = ".";
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

Result<std::vector<Selected>> generate_all(const KeyOptions& options, const base::DomainName& domain) {
    std::vector<Selected> made;
    for (const auto& [selector, type] : planned(options)) {
        const auto name = fmt::format("{}.{}.pem", selector, domain.text());
        const auto file = std::filesystem::absolute(std::filesystem::path(options.directory) / name);
        auto key = keys::generate({domain, selector, type, options.bits, file.lexically_normal().string()});
        if (!key) {
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
    fmt::print(out, "\n# add to the configuration:\ndomains:\n  {}:\n    keys:\n", domain.text());
    for (const Selected& one : made) {
        fmt::print(out, "      - selector: {}\n        file: \"{}\"\n", one.selector,
                   base::printable(one.key.file));
    }
    fmt::print(out, "\n# the daemon's user must be able to read {}, and nobody else\n",
               made.size() == 1 ? "the file" : "the files");
}

Result<ExitCode> generate(const KeyOptions& options, Console& console) {
    const auto domain = base::DomainName::parse_international(options.domain);
    if (!domain) {
        return fail(ExitCode::usage,
                    fmt::format("'{}' is not a domain name", base::printable(options.domain)));
    }
    // A selector becomes part of a file name: only what a DNS label may hold.
    if (!base::DomainName::parse(options.selector)) {
        return fail(ExitCode::usage,
                    fmt::format("'{}' is not a selector", base::printable(options.selector)));
    }
    const auto made = generate_all(options, *domain);
    if (!made) {
        return tl::make_unexpected(made.error());
    }
    print_made(*made, *domain, console.out);
    return ExitCode::ok;
}

} // namespace

void add_key(CLI::App& app, Command& chosen) {
    constexpr std::size_t least_bits = 1024; // RFC 8301 3.2
    constexpr std::size_t most_bits = 4096;  // more than this not every verifier accepts
    auto options = std::make_shared<KeyOptions>();
    CLI::App* key = app.add_subcommand("key", "Make signing keys");
    key->require_subcommand(1);
    CLI::App* sub =
        key->add_subcommand("generate", "Make a key file; print its DNS record and its configuration");
    sub->footer(
        "Example:\n  paraph key generate --domain example.org --selector 2026a --out-dir /etc/paraph/keys");
    sub->add_option("--domain", options->domain, "Signing domain, d=")->required()->type_name("DOMAIN");
    sub->add_option("--selector", options->selector,
                    "Selector, s=; with --type both it gets -rsa and -ed25519")
        ->required()
        ->type_name("NAME");
    sub->add_option("--type", options->type, "Algorithm")
        ->check(CLI::IsMember({"rsa", "ed25519", "both"}))
        ->capture_default_str();
    sub->add_option("--bits", options->bits, "Size of an RSA key")
        ->check(CLI::Range(least_bits, most_bits))
        ->capture_default_str();
    sub->add_option("--out-dir", options->directory, "Directory for the key file, which must not exist yet")
        ->type_name("DIR")
        ->capture_default_str();
    sub->callback(
        [options, &chosen] { chosen = [options](Console& console) { return generate(*options, console); }; });
}

} // namespace tool
