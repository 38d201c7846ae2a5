#include "milter/arguments.h"

#include "base/secret_text.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <string_view>

namespace milter {

namespace {

bool exists(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

// Of "--option=VALUE" the value. Base64 may hold the sign as well, but not behind two hyphens.
std::string_view value_of(std::string_view argument) {
    const auto sign = argument.find('=');
    const bool has_name = argument.starts_with("--") && sign != std::string_view::npos;
    return has_name ? argument.substr(sign + 1) : argument;
}

} // namespace

std::string key_among(const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view value = value_of(arguments[i]);
        if (base::is_surely_key(value) && base::shown_path(value, exists) != value) {
            return fmt::format(
                "argument {} looks like a private key, which is not shown; keys are named by the "
                "paths of their files",
                i + 1);
        }
    }
    return {};
}

} // namespace milter
