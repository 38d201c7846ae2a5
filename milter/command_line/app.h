// How a command line is declared. CLI11 does the work, and is included where it works only: it is a library
// of headers, and each file that saw it would compile all of it again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace milter::command_line {

// Lives in the App that declared it.
class Option {
  public:
    explicit Option(CLI::Option& option) : option_(option) {}

    Option* type_name(const std::string& name); // as --help shows its value
    Option* required();
    Option* needs(Option* other);
    Option* excludes(Option* other);
    Option* excludes(const std::string& other);
    Option* expected(int values);
    Option* allow_extra_args(bool allowed); // false: one value each time it is given
    Option* take_all();                     // each time it is given
    Option* capture_default_str();          // --help shows its value as it is now

    Option* among(const std::vector<std::string>& words);
    Option* within(std::uint64_t least, std::uint64_t most);
    // An empty answer is no problem. `name` as --help shows what is asked for.
    Option* check(const std::function<std::string(const std::string&)>& problem, const std::string& name);

    [[nodiscard]] std::size_t count() const; // how often it was given

  private:
    CLI::Option& option_;
};

// A program or a subcommand; its subcommands and options live as long as it does.
class App {
  public:
    explicit App(CLI::App& app) : app_(app) {}

    App* add_subcommand(const std::string& name, const std::string& text);
    App* add_option_group(const std::string& name, const std::string& text);

    // For what command lines have: text, numbers, those that may be missing, and lists of text.
    template <class T>
    Option* add_option(const std::string& names, T& value, const std::string& text);
    Option* add_flag(const std::string& names, bool& value, const std::string& text);
    Option* add_flag(const std::string& names, std::size_t& times, const std::string& text);
    [[nodiscard]] Option* get_option(const std::string& name); // one that was added here

    App* footer(const std::string& text);
    App* require_subcommand(int number);
    App* require_option(int number);
    App* callback(const std::function<void()>& chosen);       // when it was parsed, in order of the words
    App* final_callback(const std::function<void()>& chosen); // when all of the line was

  private:
    Option* keep(CLI::Option& option);

    CLI::App& app_;
    std::deque<App> subcommands_;
    std::deque<Option> options_;
};

// For what only a callback can see: the line is refused.
[[noreturn]] void refuse_both(const std::string& name, const std::string& other);
[[noreturn]] void refuse_without(const std::string& name);

} // namespace milter::command_line
