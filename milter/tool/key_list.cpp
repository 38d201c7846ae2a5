// paraph key list: every key of the configuration.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/choices.h"
#include "milter/command_line/app.h"
#include "milter/tool/all_keys.h"
#include "milter/tool/configuration.h"
#include "milter/tool/key_commands.h"
#include "milter/tool/rotation/dates.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string_view>
#include <utility>

namespace milter::tool {

namespace {

using nlohmann::ordered_json;

struct KeyListOptions {
    std::string config;
    bool json = false;
};

struct Listed {
    NamedKey name = {};
    std::string kind = {};                       // "rsa 2048"; empty: the key cannot be used
    std::string problem = {};                    // why
    std::optional<keys::ForecastStep> next = {}; // of one that rotates
};

// Many domains may have one key, which is read once.
class KnownKeys {
  public:
    Listed look_at(const NamedKey& name) {
        const auto [known, is_new] = known_.try_emplace({name.file, name.inline_key});
        if (is_new) {
            const auto key = read_key(name);
            known->second = {{},
                             key ? fmt::format("{} {}", print(key->type()), key->bits()) : std::string(),
                             key ? std::string() : key.error().message};
        }
        Listed listed = known->second;
        listed.name = name;
        if (name.state == config::KeyState::retired) { // its file may be gone
            listed.problem.clear();
        }
        return listed;
    }

  private:
    std::map<std::pair<std::string, std::string>, Listed> known_;
};

std::string_view state(const Listed& one) {
    return one.problem.empty() ? config::word_of(config::key_state_choices, one.name.state) : "unusable";
}

void print_lines(const std::vector<Listed>& list, std::ostream& out) {
    for (const Listed& one : list) {
        fmt::print(out, "{}\t{}\t{}\t{}\t{}\t{}", one.name.domain, one.name.selector, state(one),
                   one.kind.empty() ? "-" : one.kind, base::shown(place_of(one.name), 1024),
                   base::printable(one.name.named_in));
        if (one.next) {
            fmt::print(out, "\t{} {}", print(one.next->step.kind), rotation::print_time(one.next->at));
        }
        fmt::print(out, "\n");
    }
}

void print_json(const std::vector<Listed>& list, std::ostream& out) {
    ordered_json keys = ordered_json::array();
    for (const Listed& one : list) {
        ordered_json key{{"domain", one.name.domain},
                         {"selector", one.name.selector},
                         {"state", state(one)},
                         {"subdomains", one.name.subdomains},
                         {"key", base::shown(place_of(one.name), 1024)},
                         {"named_in", one.name.named_in}};
        if (!one.kind.empty()) {
            const auto blank = one.kind.find(' ');
            key["type"] = one.kind.substr(0, blank);
            key["bits"] = std::stoul(one.kind.substr(blank));
        } else if (!one.problem.empty()) {
            key["problem"] = base::printable(one.problem);
        }
        if (one.next) {
            key["next"] = {{"step", print(one.next->step.kind)}, {"at", rotation::print_time(one.next->at)}};
        }
        keys.push_back(std::move(key));
    }
    fmt::print(out, "{}\n", keys.dump(2, ' ', true, ordered_json::error_handler_t::replace));
}

// What is going to be done with keys that rotate.
void add_dates(const config::Settings& settings, std::vector<Listed>& list) {
    std::map<std::string, std::map<std::string, keys::ForecastStep>> known;
    for (Listed& one : list) {
        const auto entry = settings.domains.find(one.name.domain);
        if (entry == settings.domains.end() || !entry->second.rotate) {
            continue;
        }
        const auto [found, is_new] = known.try_emplace(one.name.domain);
        if (is_new) {
            found->second = rotation::next_steps(one.name.domain, entry->second);
        }
        const auto step = found->second.find(one.name.selector);
        if (step != found->second.end()) {
            one.next = step->second;
        }
    }
}

Result<ExitCode> list_keys(const KeyListOptions& options, Console& console) {
    const auto settings = usable_settings(options.config, console);
    const auto all = settings ? all_keys(*settings) : tl::make_unexpected(settings.error());
    if (!all) {
        return tl::make_unexpected(all.error());
    }
    ExitCode code = ExitCode::ok;
    std::vector<Listed> list;
    KnownKeys known;
    for (const NamedKey& name : all->keys) {
        list.push_back(known.look_at(name));
        if (!list.back().problem.empty()) {
            code = ExitCode::config;
            fmt::print(console.err, "paraph: {}\n", base::printable(list.back().problem));
        }
    }
    for (const std::string& row : all->passed_over) {
        fmt::print(console.err, "paraph: not listed: {}\n", base::printable(row));
    }
    add_dates(*settings, list);
    options.json ? print_json(list, console.out) : print_lines(list, console.out);
    return code;
}

} // namespace

void add_key_list(command_line::App& key, Command& chosen) {
    auto options = std::make_shared<KeyListOptions>();
    command_line::App* sub = key.add_subcommand("list", "List every key of the configuration");
    sub->footer("One key a line, the columns between tabs: domain, selector, state (or unusable),\n"
                "type and bits, file, where it is named.\n\n"
                "Exit codes: 0 all can be used, 78 one or the configuration cannot.");
    sub->add_flag("--json", options->json, "Print a JSON array");
    add_config_option(*sub, options->config);
    sub->callback([options, &chosen] {
        chosen = [options](Console& console) { return list_keys(*options, console); };
    });
}

} // namespace milter::tool
