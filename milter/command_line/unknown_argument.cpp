#include "milter/command_line/unknown_argument.h"

#include "base/secret_text.h"
#include "config/suggest.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace milter::command_line {

namespace {

std::vector<CLI::App*> subcommands(CLI::App& app) {
    return app.get_subcommands([](CLI::App*) { return true; });
}

std::string suggestion(std::string_view text, const std::vector<std::string>& words) {
    const auto meant = config::nearest(text, {words.begin(), words.end()});
    if (meant) {
        return fmt::format("; did you mean '{}'?", *meant);
    }
    const auto begins = [&](const std::string& word) { return text.size() > 2 && word.starts_with(text); };
    const auto found = std::find_if(words.begin(), words.end(), begins);
    return found == words.end() || std::count_if(words.begin(), words.end(), begins) > 1
               ? ""
               : fmt::format("; did you mean '{}'?", *found);
}

// "--name=value" -> "--name", "-cvalue" -> "-c"
std::string name_of(const std::string& argument) {
    return argument.starts_with("--") ? argument.substr(0, argument.find('=')) : argument.substr(0, 2);
}

const CLI::Option* find_option(CLI::App& app, const std::string& name) {
    const auto options = app.get_options();
    const auto found = std::find_if(options.begin(), options.end(),
                                    [&](const CLI::Option* option) { return option->check_name(name); });
    return found == options.end() ? nullptr : *found;
}

std::string no_option(CLI::App& app, const CLI::App& top, const std::string& name) {
    std::vector<std::string> known;
    for (const CLI::Option* option : app.get_options()) {
        for (const auto& word : option->get_lnames()) {
            known.push_back("--" + word);
        }
    }
    const auto of = &app == &top ? std::string() : fmt::format(" of {} {}", top.get_name(), app.get_name());
    return fmt::format("there is no option {}{}{}", base::quoted(name), of, suggestion(name, known));
}

std::string no_subcommand(CLI::App& app, const std::string& name) {
    std::vector<std::string> known;
    for (const CLI::App* sub : subcommands(app)) {
        known.push_back(sub->get_name());
    }
    return fmt::format("there is no subcommand {}{}", base::quoted(name), suggestion(name, known));
}

CLI::App* find_subcommand(CLI::App& app, const std::string& name) {
    const auto all = subcommands(app);
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const CLI::App* sub) { return sub->get_name() == name; });
    return found == all.end() ? nullptr : *found;
}

} // namespace

std::string unknown_argument(CLI::App& app, const std::vector<std::string>& arguments) {
    CLI::App* current = &app;
    for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
        const std::string& argument = arguments[i];
        if (argument.size() > 1 && argument.starts_with('-')) {
            const auto name = name_of(argument);
            const CLI::Option* option = find_option(*current, name);
            if (option == nullptr) {
                return no_option(*current, app, name);
            }
            const bool value_follows = option->get_expected_max() > 0 && argument == name;
            i += value_follows ? 1U : 0U;
        } else if (!subcommands(*current).empty()) {
            CLI::App* sub = find_subcommand(*current, argument);
            if (sub == nullptr) {
                return no_subcommand(*current, argument);
            }
            current = sub;
        }
    }
    return {};
}

} // namespace milter::command_line
