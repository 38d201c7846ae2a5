#include "milter/command_line/arguments.h"

#include "base/secret_text.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <string_view>

namespace milter::command_line {

namespace {

bool exists(const std::string& path) {
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0;
}

using Texts = std::vector<std::string_view>;

// Of "--option=VALUE" both, because either may be a key: base64 ends in the sign at times.
Texts parts_of(std::string_view argument) {
    const auto sign = argument.find('=');
    const bool has_name = argument.starts_with("--") && sign != std::string_view::npos;
    return has_name ? Texts{argument.substr(0, sign), argument.substr(sign + 1)} : Texts{argument};
}

bool is_path(std::string_view text) {
    return base::shown_path(text, exists) == text;
}

// A key itself, or a part of one.
bool may_be_key(std::string_view argument) {
    const Texts parts = parts_of(argument);
    return std::any_of(parts.begin(), parts.end(),
                       [](std::string_view part) { return base::may_be_key(part) && !is_path(part); });
}

bool is_surely_key(std::string_view argument) {
    const Texts parts = parts_of(argument);
    return std::any_of(parts.begin(), parts.end(),
                       [](std::string_view part) { return base::is_surely_key(part) && !is_path(part); });
}

// Options and paths are no words of a key, although temporary files have names that look drawn by lot.
bool is_named(const std::string& argument) {
    return argument.starts_with("--") || argument.starts_with('/') || argument.starts_with('.') ||
           argument.starts_with("unix:") || argument.starts_with("local:") || exists(argument);
}

// A shell makes several arguments of a key that is broken into words.
std::string joined(const std::vector<std::string>& arguments) {
    std::string unknown;
    for (const std::string& argument : arguments) {
        unknown += is_named(argument) ? "" : argument + ' ';
    }
    return unknown;
}

} // namespace

std::string key_among(const std::vector<std::string>& arguments) {
    const auto found = std::find_if(arguments.begin(), arguments.end(), is_surely_key);
    if (found == arguments.end()) {
        return base::is_surely_key(joined(arguments))
                   ? "the arguments look like a private key, which is not shown"
                   : "";
    }
    return fmt::format("argument {} looks like a private key, which is not shown; keys are named by the "
                       "paths of their files",
                       found - arguments.begin() + 1);
}

std::string without_keys(std::string message, const std::vector<std::string>& arguments) {
    const auto found = std::find_if(arguments.begin(), arguments.end(), may_be_key);
    if (found != arguments.end()) {
        return fmt::format("argument {} cannot be used: {}", found - arguments.begin() + 1,
                           base::quoted(*found));
    }
    return base::may_be_key(joined(arguments))
               ? "the arguments cannot be used; they are not shown, because they could be a key"
               : message;
}

} // namespace milter::command_line
