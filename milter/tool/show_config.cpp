// paraph show-config: the settings in force, and where each comes from.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/load.h"
#include "config/load_source.h"
#include "config/policy_schema.h"
#include "config/schema.h"
#include "config/suggest.h"
#include "milter/command_line/app.h"
#include "milter/tool/commands.h"
#include "milter/tool/configuration.h"
#include "milter/tool/domain_settings.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <vector>

namespace milter::tool {

namespace {

struct ShowConfigOptions {
    std::string file;
    std::string path;
    bool defaults = false;
    bool value_only = false;
    bool json = false;
};

struct Line {
    std::string path;
    std::string value; // as YAML
    std::string bare;  // for scripts: without quotes, a list on several lines
    std::string origin;
};

std::string origin_of(const config::Loaded& loaded, const std::string& path) {
    const auto found = loaded.origins.find(path);
    return found == loaded.origins.end() ? "default"
                                         : fmt::format("{}:{}", found->second.file, found->second.line);
}

// A key may have been pasted in place of a path; everywhere else such text is refused when it is read.
config::Value showable(const config::Type& type, config::Value value) {
    auto* path = std::get_if<std::string>(&value);
    if (path != nullptr && type.kind == config::Kind::path && !type.must_exist) {
        *path = config::shown_path(*path);
    }
    // Rows may hold keys.
    if (path != nullptr && path->starts_with("csl:") && base::may_be_key(*path)) {
        *path = base::shown(*path);
    }
    return value;
}

// A text without the quotes that YAML may want, and of a list one on each line.
std::optional<std::string> bare(const config::Type& type, const config::Value& value) {
    if (const auto items = config::items(type, value)) {
        return fmt::format("{}", fmt::join(*items, "\n"));
    }
    if (const auto* socket = std::get_if<base::SocketName>(&value)) {
        return socket->print();
    }
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr ? std::optional(*text) : std::nullopt;
}

template <class Target>
Line line_of(const config::SettingOf<Target>& setting, const Target& target, std::string path,
             std::string origin) {
    const config::Value value = showable(setting.type, setting.read(target));
    const auto printed = config::print(setting.type, value);
    return {std::move(path), printed, bare(setting.type, value).value_or(printed), std::move(origin)};
}

// An item of a list as one mapping.
template <class Target>
std::string print_item(const std::vector<config::SettingOf<Target>>& schema, const Target& item) {
    std::vector<std::string> fields;
    for (const auto& setting : schema) {
        if (setting.name() == "active") { // another word for the state, which stands beside it
            continue;
        }
        fields.push_back(
            fmt::format("{}: {}", setting.name(),
                        config::print(setting.type, showable(setting.type, setting.read(item)))));
    }
    return fmt::format("{{{}}}", fmt::join(fields, ", "));
}

template <class Target>
Line line_of_list(const std::vector<config::SettingOf<Target>>& schema, const std::vector<Target>& list,
                  const std::string& path, const config::Loaded& loaded) {
    std::vector<std::string> items;
    std::transform(list.begin(), list.end(), std::back_inserter(items),
                   [&](const Target& item) { return print_item(schema, item); });
    const auto value = fmt::format("[{}]", fmt::join(items, ", "));
    return {path, value, value, origin_of(loaded, path)};
}

// Of what a domain has of its own, that which is given.
void add_own(const std::string& prefix, const config::DomainSigning& own, const config::Loaded& loaded,
             std::vector<Line>& lines) {
    for (const auto& setting : config::domain_signing_schema()) {
        if (std::find(own.given.begin(), own.given.end(), setting.name()) != own.given.end()) {
            auto path = fmt::format("{}.{}", prefix, setting.name());
            auto origin = origin_of(loaded, path);
            lines.push_back(line_of(setting, own, std::move(path), std::move(origin)));
        }
    }
    const auto users = fmt::format("{}.{}", prefix, config::used_by_name);
    for (const auto& setting : config::used_by_schema()) {
        if (setting.read(own) != setting.read(config::DomainSigning())) {
            lines.push_back(
                line_of(setting, own, fmt::format("{}.{}", users, setting.name()), origin_of(loaded, users)));
        }
    }
}

// `prefix` is "domains.NAME" or "default".
void add_domain(const std::string& prefix, const config::DomainEntry& entry, const config::Loaded& loaded,
                std::vector<Line>& lines) {
    for (const auto& setting : config::domain_schema()) {
        auto path = fmt::format("{}.{}", prefix, setting.name());
        auto origin = origin_of(loaded, path);
        lines.push_back(line_of(setting, entry, std::move(path), std::move(origin)));
    }
    if (entry.signing) {
        add_own(prefix, *entry.signing, loaded, lines);
    }
    lines.push_back(line_of_list(config::key_schema(), entry.keys,
                                 fmt::format("{}.{}", prefix, config::keys_name), loaded));
}

// A password in a connection is refused, but not before somebody may want to see the settings.
Line line_of_source(const std::string& name, config::SourceEntry source) {
    const bool may_hold_password = source.connection.find("password") != std::string::npos ||
                                   source.connection.find('@') != std::string::npos;
    source.connection = may_hold_password ? "(not shown: there may be a password in it)" : source.connection;
    const auto text = print_item(config::source_schema(), source);
    return {fmt::format("{}.{}", config::sources_name, name), text, text,
            fmt::format("{}:{}", source.named_in, source.line)};
}

// What a profile does not give stands where it took it from.
std::string inherited_origin(const config::Loaded& loaded, std::string_view prefix, std::string_view name) {
    auto origin = origin_of(loaded, fmt::format("{}.{}", prefix, name));
    if (origin != "default") {
        return origin;
    }
    constexpr std::string_view author = "author_";
    return origin_of(loaded, name.starts_with(author) ? fmt::format("author.{}", name.substr(author.size()))
                                                      : fmt::format("{}.{}", config::policy_name, name));
}

void add_profile(const config::ProfileEntry& profile, const config::Loaded& loaded,
                 std::vector<Line>& lines) {
    const auto prefix =
        fmt::format("{}.{}.{}", config::policy_name, config::profiles_name, profile.rules.policy.profile);
    const auto add = [&](const config::ProfileSetting& setting, const std::string& name) {
        lines.push_back(line_of(setting, profile, fmt::format("{}.{}", prefix, name),
                                inherited_origin(loaded, prefix, name)));
    };
    for (const auto& setting : config::profile_schema()) {
        add(setting, std::string(setting.name()));
    }
    for (const auto& setting : config::profile_reply_schema()) {
        add(setting, fmt::format("{}.{}", config::replies_name, setting.name()));
    }
}

// Of what it states, as it could stand in the file.
Line line_of_exception(const authenticate::Exception& exception) {
    const authenticate::Exception empty;
    std::vector<std::string> fields;
    for (const auto& setting : config::exception_schema()) {
        if (const auto value = setting.read(exception); value != setting.read(empty)) {
            fields.push_back(fmt::format("{}: {}", setting.name(), config::print(setting.type, value)));
        }
    }
    const auto text = fmt::format("{{{}}}", fmt::join(fields, ", "));
    return {fmt::format("{}.{}", config::policy_name, config::exceptions_name), text, text,
            fmt::format("{}:{}", exception.file, exception.line)};
}

// policyd-spf's switches are on where their section is given.
bool is_off(const config::Section& section, const config::Settings& settings) {
    return section.name == "spf.policyd" && !settings.spf.policyd.on;
}

std::vector<Line> all_lines(const config::Loaded& loaded) {
    std::vector<Line> lines;
    for (const auto& section : config::schema()) {
        for (const auto& setting : section.settings) {
            std::string path(setting.path);
            auto origin = is_off(section, *loaded.settings) ? "off: no spf.policyd" : origin_of(loaded, path);
            lines.push_back(line_of(setting, *loaded.settings, std::move(path), std::move(origin)));
        }
        if (section.name == config::relays_name) {
            lines.push_back(line_of_list(config::relay_schema(), loaded.settings->relays.hosts,
                                         fmt::format("{}.{}", config::relays_name, config::hosts_name),
                                         loaded));
        }
    }
    for (const auto& profile : loaded.settings->policy.profiles) {
        add_profile(profile, loaded, lines);
    }
    for (const auto& exception : loaded.settings->policy.exceptions) {
        lines.push_back(line_of_exception(exception));
    }
    for (const auto& [name, source] : loaded.settings->sources) {
        lines.push_back(line_of_source(name, source));
    }
    for (const auto& [domain, entry] : loaded.settings->domains) {
        add_domain(fmt::format("{}.{}", config::domains_name, domain), entry, loaded, lines);
    }
    if (const auto& defaults = loaded.settings->default_keys; defaults.given) {
        const std::string prefix(config::default_name);
        for (const auto& setting : config::default_schema()) {
            auto path = fmt::format("{}.{}", prefix, setting.name());
            auto origin = origin_of(loaded, path);
            lines.push_back(line_of(setting, defaults, std::move(path), std::move(origin)));
        }
        add_domain(prefix, defaults.entry, loaded, lines);
    }
    if (!loaded.settings->key_fields.empty()) {
        lines.push_back(line_of_list(config::key_field_schema(), loaded.settings->key_fields,
                                     std::string(config::key_fields_name), loaded));
    }
    return lines;
}

// "spf" names all of its section, "spf.enabled" one setting.
bool is_below(const std::string& path, const std::string& wanted) {
    return wanted.empty() || path == wanted || path.starts_with(wanted + ".");
}

// The setting that a misspelt one is like.
std::optional<std::string_view> meant(const std::string& path, const std::vector<Line>& lines) {
    std::vector<std::string_view> names;
    names.reserve(lines.size());
    for (const Line& line : lines) {
        names.push_back(line.path);
    }
    return config::nearest(path, names);
}

std::string no_such_setting(const std::string& path, const std::vector<Line>& lines) {
    const auto other = meant(path, lines);
    return fmt::format("there is no setting {}{}", base::quoted(path),
                       other ? fmt::format("; did you mean '{}'?", *other) : "");
}

// What has the form of a domain name and begins like no setting.
std::optional<base::DomainName> named_domain(const std::string& path, const std::vector<Line>& lines) {
    const auto section = path.substr(0, path.find('.'));
    const bool is_setting = std::any_of(lines.begin(), lines.end(),
                                        [&](const Line& line) { return is_below(line.path, section); });
    return is_setting || !base::is_multi_label(path) ? std::nullopt
                                                     : base::DomainName::parse_international(path);
}

std::vector<Line> lines_of(const base::DomainName& domain, const config::Loaded& loaded) {
    std::vector<Line> lines;
    for (auto& line : settings_of_domain(loaded, domain)) {
        lines.push_back({std::move(line.name), line.value, line.value, std::move(line.origin)});
    }
    return lines;
}

// The first line of a domain says which entry is for it.
bool has_entry(const std::vector<Line>& lines) {
    return lines.front().value != "none";
}

void print_json(const std::vector<Line>& lines, std::ostream& out) {
    using Json = nlohmann::ordered_json;
    Json list = Json::array();
    for (const Line& line : lines) {
        list.push_back({{"setting", line.path}, {"value", line.value}, {"origin", line.origin}});
    }
    out << list.dump(2, ' ', true, Json::error_handler_t::replace) << '\n';
}

// Domains stand here in lower case and in A-labels, however they are written.
std::string with_domain_read(const std::string& path, const config::Settings& settings) {
    const std::string prefix = fmt::format("{}.", config::domains_name);
    if (!path.starts_with(prefix)) {
        return path;
    }
    // What follows may be a domain or a domain and a setting: the longest that there is.
    for (auto end = path.size(); end != std::string::npos && end > prefix.size();
         end = path.rfind('.', end - 1)) {
        const auto name = path.substr(prefix.size(), end - prefix.size());
        const bool is_below = name.starts_with("*.");
        const auto domain = base::DomainName::parse_international(is_below ? name.substr(2) : name);
        const auto read = domain ? (is_below ? "*." : "") + domain->text() : "";
        if (settings.domains.contains(read)) {
            return prefix + read + path.substr(end);
        }
    }
    return path;
}

Result<std::vector<Line>> wanted_lines(ShowConfigOptions options, const config::Loaded& loaded) {
    auto lines = all_lines(loaded);
    options.path = with_domain_read(options.path, *loaded.settings);
    if (std::none_of(lines.begin(), lines.end(),
                     [&](const Line& line) { return is_below(line.path, options.path); })) {
        if (const auto domain = named_domain(options.path, lines)) {
            auto found = lines_of(*domain, loaded);
            if (has_entry(found) || !meant(options.path, lines)) {
                return found;
            }
        }
        return fail(ExitCode::usage, no_such_setting(options.path, lines));
    }
    std::erase_if(lines, [&](const Line& line) { return !is_below(line.path, options.path); });
    if (options.value_only && lines.size() > 1) {
        return fail(ExitCode::usage, fmt::format("--value prints one setting, but '{}' has {} of them",
                                                 base::printable(options.path), lines.size()));
    }
    return lines;
}

Failure refusal(const config::Loaded& loaded) {
    std::string message = "the configuration cannot be used";
    for (const auto& diagnostic : loaded.diagnostics) {
        message += '\n' + config::print(diagnostic);
    }
    return {ExitCode::config, std::move(message)};
}

Result<ExitCode> show_config(const ShowConfigOptions& options, Console& console) {
    config::Loaded loaded;
    if (options.defaults) {
        loaded.settings = config::default_settings();
    } else {
        loaded = read_configuration(options.file, console);
    }
    if (!loaded.settings) {
        return tl::make_unexpected(refusal(loaded));
    }
    const auto lines = wanted_lines(options, loaded);
    if (!lines) {
        return tl::make_unexpected(lines.error());
    }
    if (options.json) {
        print_json(*lines, console.out);
        return ExitCode::ok;
    }
    for (const Line& line : *lines) {
        if (options.value_only) {
            fmt::print(console.out, "{}{}", line.bare, line.bare.empty() && line.value == "[]" ? "" : "\n");
        } else {
            fmt::print(console.out, "{}: {}  # {}\n", line.path, line.value, line.origin);
        }
    }
    return ExitCode::ok;
}

} // namespace

void add_show_config(command_line::App& app, Command& chosen) {
    auto options = std::make_shared<ShowConfigOptions>();
    command_line::App* sub = app.add_subcommand(
        "show-config", "Print the settings in force, each with the file and line that gives it");
    sub->footer("Examples:\n  paraph show-config\n  paraph show-config dns\n"
                "  paraph show-config listen.socket --value\n  paraph show-config example.org");
    sub->add_option(
           "path", options->path,
           "A setting or a section: dns.timeout, dns, domains.example.org; or a domain, for all that "
           "holds for its mail")
        ->type_name("PATH");
    sub->add_option("-c,--config", options->file,
                    "The configuration file, - for standard input (default: /etc/paraph/paraph.yaml if there "
                    "is one)")
        ->type_name("FILE");
    sub->add_flag("--defaults", options->defaults, "The built-in defaults, whatever the file says");
    auto* value = sub->add_flag("--value", options->value_only, "Only the value of one setting, for scripts");
    sub->add_flag("--json", options->json, "Print a JSON array")->excludes(value);
    sub->callback([options, &chosen] {
        chosen = [options](Console& console) { return show_config(*options, console); };
    });
}

} // namespace milter::tool
