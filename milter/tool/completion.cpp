#include "milter/tool/completion.h"

#include "base/ascii.h"

#include <CLI/CLI.hpp>

namespace milter::tool {

namespace {

const CLI::App* subcommand(const CLI::App& app, const std::string& name) {
    const auto found = app.get_subcommands([&](const CLI::App* sub) { return sub->get_name() == name; });
    return found.empty() ? nullptr : found.front();
}

// As the words before the last one name it.
const CLI::App& innermost(const CLI::App& app, const std::vector<std::string>& words) {
    const CLI::App* inner = &app;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (const CLI::App* sub = subcommand(*inner, words[i]); sub != nullptr) {
            inner = sub;
        }
    }
    return *inner;
}

std::vector<std::string> subcommands(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(sub->get_name());
    }
    return names;
}

std::vector<std::string> options(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            names.push_back("--" + name);
        }
    }
    return names;
}

// CLI11 shows the values that an option admits as TEXT:{one,other}.
std::vector<std::string> values(const CLI::Option& option) {
    std::vector<std::string> words;
    const std::string type = option.get_type_name();
    const auto opened = type.find('{');
    const auto closed = type.find('}', opened);
    if (opened != std::string::npos && closed != std::string::npos) {
        for (const auto word :
             base::split(std::string_view(type).substr(opened + 1, closed - opened - 1), ',')) {
            words.emplace_back(word);
        }
    }
    return words;
}

// The option that `word` names if it wants a value behind it.
const CLI::Option* waiting(const CLI::App& app, const std::string& word) {
    const CLI::Option* option = word.starts_with('-') ? app.get_option_no_throw(word) : nullptr;
    return option != nullptr && option->get_items_expected_max() > 0 ? option : nullptr;
}

} // namespace

std::vector<std::string> completions(const CLI::App& app, const std::vector<std::string>& words) {
    const CLI::App& inner = innermost(app, words);
    if (words.size() > 1) {
        if (const CLI::Option* option = waiting(inner, words[words.size() - 2]); option != nullptr) {
            return values(*option);
        }
    }
    if (!words.empty() && words.back().starts_with('-')) {
        return options(inner);
    }
    return subcommands(inner);
}

} // namespace milter::tool
