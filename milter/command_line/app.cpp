#include "milter/command_line/app.h"

#include <CLI/CLI.hpp>

#include <optional>

namespace milter::command_line {

Option* Option::type_name(const std::string& name) {
    option_.type_name(name);
    return this;
}

Option* Option::required() {
    option_.required();
    return this;
}

Option* Option::needs(Option* other) {
    option_.needs(&other->option_);
    return this;
}

Option* Option::excludes(Option* other) {
    option_.excludes(&other->option_);
    return this;
}

Option* Option::excludes(const std::string& other) {
    option_.excludes(other);
    return this;
}

Option* Option::expected(int values) {
    option_.expected(values);
    return this;
}

Option* Option::allow_extra_args(bool allowed) {
    option_.allow_extra_args(allowed);
    return this;
}

Option* Option::take_all() {
    option_.take_all();
    return this;
}

Option* Option::capture_default_str() {
    option_.capture_default_str();
    return this;
}

Option* Option::among(const std::vector<std::string>& words) {
    option_.check(CLI::IsMember(words));
    return this;
}

Option* Option::within(std::uint64_t least, std::uint64_t most) {
    option_.check(CLI::Range(least, most));
    return this;
}

Option* Option::check(const std::function<std::string(const std::string&)>& problem,
                      const std::string& name) {
    option_.check(problem, name);
    return this;
}

std::size_t Option::count() const {
    return option_.count();
}

App* App::add_subcommand(const std::string& name, const std::string& text) {
    return &subcommands_.emplace_back(*app_.add_subcommand(name, text));
}

App* App::add_option_group(const std::string& name, const std::string& text) {
    return &subcommands_.emplace_back(*app_.add_option_group(name, text));
}

template <class T>
Option* App::add_option(const std::string& names, T& value, const std::string& text) {
    return keep(*app_.add_option(names, value, text));
}

template Option* App::add_option(const std::string&, std::string&, const std::string&);
template Option* App::add_option(const std::string&, std::vector<std::string>&, const std::string&);
template Option* App::add_option(const std::string&, unsigned&, const std::string&);
template Option* App::add_option(const std::string&, std::size_t&, const std::string&);
template Option* App::add_option(const std::string&, std::optional<std::int64_t>&, const std::string&);

Option* App::add_flag(const std::string& names, bool& value, const std::string& text) {
    return keep(*app_.add_flag(names, value, text));
}

Option* App::add_flag(const std::string& names, std::size_t& times, const std::string& text) {
    return keep(*app_.add_flag(names, times, text));
}

Option* App::get_option(const std::string& name) {
    return keep(*app_.get_option(name));
}

Option* App::keep(CLI::Option& option) {
    return &options_.emplace_back(option);
}

App* App::footer(const std::string& text) {
    app_.footer(text);
    return this;
}

App* App::require_subcommand(int number) {
    app_.require_subcommand(number);
    return this;
}

App* App::require_option(int number) {
    app_.require_option(number);
    return this;
}

App* App::callback(const std::function<void()>& chosen) {
    app_.callback(chosen);
    return this;
}

App* App::final_callback(const std::function<void()>& chosen) {
    app_.final_callback(chosen);
    return this;
}

void refuse_both(const std::string& name, const std::string& other) {
    throw CLI::ExcludesError(name, other);
}

void refuse_without(const std::string& name) {
    throw CLI::RequiredError(name);
}

} // namespace milter::command_line
