// paraph key import: keys that another program made, used where they are. Nothing of theirs is changed.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "base/utf8.h"
#include "dkim/names.h"
#include "keys/file_safety.h"
#include "keys/generate.h"
#include "keys/key_file.h"
#include "keys/ownership.h"
#include "milter/command_line/app.h"
#include "milter/tool/all_keys.h"
#include "milter/tool/configuration.h"
#include "milter/tool/counted.h"
#include "milter/tool/found_keys.h"
#include "milter/tool/key_commands.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <ostream>

namespace milter::tool {

namespace {

struct KeyImportOptions {
    std::vector<std::string> paths;
    std::string domain;
    std::string selector;
    std::string write;
    std::string user;
    std::string config;
};

constexpr const char* daemon_user = "paraph";
constexpr std::size_t max_path = 1024;

using ByDomain = std::map<std::string, std::vector<FoundKey>>;

void tell(Console& console, const char* what, const std::string& text) {
    fmt::print(console.err, "paraph: {}{}\n", what, base::printable(text, 2 * max_path));
}

Result<std::vector<FoundKey>> find_all(const KeyImportOptions& options) {
    std::vector<FoundKey> all;
    for (const std::string& path : options.paths) {
        auto found = find_keys(path);
        if (!found) {
            return found;
        }
        for (FoundKey& one : *found) {
            one.name.domain = options.domain.empty() ? one.name.domain : options.domain;
            one.name.selector = options.selector.empty() ? one.name.selector : options.selector;
            all.push_back(std::move(one));
        }
    }
    return all;
}

// Whether the daemon could read the key, and others as well, with the command that changes it.
void tell_access(const std::vector<FoundKey>& all, const KeyImportOptions& options, Console& console) {
    const bool meant = options.user.empty() && geteuid() == 0 && keys::find_account(daemon_user);
    const auto user = meant ? daemon_user : options.user;
    const auto reader = user.empty() ? base::Result<keys::Reader, std::string>(keys::Reader::self())
                                     : keys::Reader::of_user(user);
    if (!reader) {
        tell(console, "warning: ", reader.error());
        return;
    }
    keys::KeyFileCheck check(*reader);
    for (const FoundKey& one : all) {
        const auto finding = check.examine(one.name.file);
        const auto& text = finding.problem.empty() ? finding.danger : finding.problem;
        if (!text.empty()) {
            tell(console, "warning: ", text);
        }
    }
}

bool fits_configuration(const std::string& path) {
    return base::is_utf8(path) && std::none_of(path.begin(), path.end(), base::is_control);
}

// Why a key is left out; empty: it is taken.
std::string refusal(const FoundKey& one, const std::vector<NamedKey>& in_use) {
    if (!one.problem.empty()) {
        return one.problem;
    }
    const auto file = base::shown(one.name.file, max_path);
    if (!fits_configuration(one.name.file)) { // nor could any other key that is written beside it be used
        return fmt::format("{}: a configuration cannot hold this name; rename it", file);
    }
    if (one.name.domain.empty() || one.name.selector.empty()) {
        return fmt::format("{}: nothing tells its {}; name it with --{}", file,
                           one.name.domain.empty() ? "domain" : "selector",
                           one.name.domain.empty() ? "domain" : "selector");
    }
    if (const auto why = dkim::signer_refusal(one.name.domain, one.name.selector, {}); !why.empty()) {
        return fmt::format("{}: no mail can be signed for {}: {}", file, base::quoted(one.name.domain), why);
    }
    for (const NamedKey& other : in_use) {
        std::error_code error;
        if (other.domain == one.name.domain &&
            std::filesystem::equivalent(other.file, one.name.file, error)) {
            return fmt::format("{}: is in use already, by {}", file, other.named_in);
        }
        if (other.domain == one.name.domain && other.selector == one.name.selector) {
            return fmt::format("{}: {} has another key of this selector, {}", file, other.named_in,
                               base::shown(place_of(other), max_path));
        }
    }
    return {};
}

// Several keys of one type are old and new ones, as a rule, and the records of the old ones may be gone.
bool is_one_of_several(const FoundKey& one, const std::vector<FoundKey>& all) {
    return std::count_if(all.begin(), all.end(),
                         [&](const FoundKey& other) { return other.kind == one.kind; }) > 1;
}

std::string quoted_for_yaml(const std::string& path) {
    std::string text = "\"";
    for (const char c : path) {
        text += c == '"' || c == '\\' ? "\\" : "";
        text += c;
    }
    return text + '"';
}

std::string configuration(const ByDomain& found) {
    std::string text = "domains:\n";
    for (const auto& [domain, all] : found) {
        text += fmt::format("  {}:\n    keys:\n", domain);
        for (const FoundKey& one : all) {
            text += fmt::format("      - selector: {} # {} {}\n        file: {}\n", one.name.selector,
                                one.kind, one.bits, quoted_for_yaml(one.name.file));
            if (is_one_of_several(one, all)) {
                text += "        active: false # one of several: is its record published?\n";
            }
        }
    }
    return text;
}

Result<void> check_names(const KeyImportOptions& options) {
    if (!options.domain.empty() && !dkim::read_domain_name(options.domain)) {
        return fail(ExitCode::usage,
                    fmt::format("{} is not a domain that can sign", base::quoted(options.domain)));
    }
    if (!options.selector.empty() && !dkim::read_selector_name(options.selector)) {
        return fail(ExitCode::usage, fmt::format("{} is not a selector", base::quoted(options.selector)));
    }
    return {};
}

Result<void> write(const std::string& text, const KeyImportOptions& options, Console& console) {
    if (options.write.empty()) {
        fmt::print(console.out, "# add to the configuration:\n{}", text);
        return {};
    }
    const auto written = keys::write_new_file(options.write, text, {std::nullopt, true});
    if (!written) {
        return fail(ExitCode::cannot_write, written.error());
    }
    fmt::print(console.out,
               "{} is written. Add it to `include:` in the configuration, then:\n"
               "  paraph check-config\n  paraph key check\n",
               base::printable(options.write));
    return {};
}

Result<ExitCode> import_keys(const KeyImportOptions& options, Console& console) {
    if (auto named = check_names(options); !named) {
        return tl::make_unexpected(named.error());
    }
    const auto settings = usable_settings(options.config, console);
    const auto in_use = settings ? all_keys(*settings) : tl::make_unexpected(settings.error());
    const auto all = in_use ? find_all(options) : tl::make_unexpected(in_use.error());
    if (!all) {
        return tl::make_unexpected(all.error());
    }
    ByDomain taken;
    std::vector<FoundKey> used;
    std::vector<NamedKey> known = in_use->keys;
    std::size_t left_out = 0;
    for (const FoundKey& one : *all) {
        if (const auto why = refusal(one, known); !why.empty()) {
            tell(console, "left out: ", why);
            ++left_out;
            continue;
        }
        if (!one.doubt.empty()) {
            tell(console, "warning: ", one.doubt);
        }
        known.push_back(one.name);
        known.back().named_in = "this import";
        taken[one.name.domain].push_back(one);
        used.push_back(one);
    }
    if (used.empty()) {
        return fail(ExitCode::data, "no key was found that could be taken");
    }
    tell_access(used, options, console);
    if (auto written = write(configuration(taken), options, console); !written) {
        return tl::make_unexpected(written.error());
    }
    fmt::print(console.err, "paraph: {} of {}, used where they are; {} left out\n",
               counted(used.size(), "key"), counted(taken.size(), "domain"), left_out);
    return left_out == 0 ? ExitCode::ok : ExitCode::data;
}

} // namespace

void add_key_import(command_line::App& key, Command& chosen) {
    auto options = std::make_shared<KeyImportOptions>();
    command_line::App* sub =
        key.add_subcommand("import", "Use keys that another program made, where they are");
    sub->footer("Examples:\n  paraph key import /etc/opendkim/keys\n"
                "  paraph key import /etc/dkimkeys/mail.private --domain example.org --selector mail\n\n"
                "Exit codes: 0 all keys were taken, 65 some were left out, 66 a path cannot be read,\n"
                "73 the file to write exists.");
    sub->add_option("path", options->paths, "Key files, or directories with .private, .pem and .key files")
        ->required()
        ->type_name("PATH");
    sub->add_option("--domain", options->domain, "Signing domain, d= (default: as the files tell)")
        ->type_name("DOMAIN");
    sub->add_option("--selector", options->selector, "Selector, s= (default: as the files tell)")
        ->type_name("SELECTOR");
    sub->add_option("--write", options->write, "Write the configuration to this new file (default: print it)")
        ->type_name("FILE");
    sub->add_option("--user", options->user,
                    "Whose access is checked (default: for root the user paraph, if there is one)")
        ->type_name("USER");
    add_config_option(*sub, options->config);
    sub->callback([options, &chosen] {
        chosen = [options](Console& console) { return import_keys(*options, console); };
    });
}

} // namespace milter::tool
