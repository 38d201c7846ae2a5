#include "milter/tool/import/programs.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "milter/tool/run.h"

#include <fmt/format.h>

#include <unistd.h>

#include <sstream>

namespace milter::tool::import {

std::string find_program(const std::string& name) {
    for (const char* directory :
         {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}) {
        std::string path = fmt::format("{}/{}", directory, name);
        if (::access(path.c_str(), X_OK) == 0) {
            return path;
        }
    }
    return {};
}

Told<rotation::Ended> run_named(Words words, const std::string& input) {
    const auto path = find_program(words.front());
    if (path.empty()) {
        return base::refuse(fmt::format("{}: there is no such program here", words.front()));
    }
    words.front() = path;
    return rotation::run_to_end({.command = std::move(words), .environment = {}, .input = input});
}

Told<std::string> output_of(const Words& words) {
    constexpr std::size_t shown = 500;
    auto ended = run_named(words);
    if (!ended) {
        return base::refuse(ended.error());
    }
    if (ended->code != 0) {
        return base::refuse(fmt::format("{} exited with {}: {}", words.front(), ended->code,
                                        base::one_line(base::trim_fws(ended->output), shown)));
    }
    return std::move(ended->output);
}

Done must_run(const Words& words) {
    const auto output = output_of(words);
    return output ? Done() : base::refuse(output.error());
}

rotation::Ended run_paraph(const Words& words, const std::string& input) {
    std::istringstream in(input);
    std::ostringstream out;
    Console console{in, out, out};
    const auto code = run(words, console);
    return {static_cast<int>(code), out.str()};
}

} // namespace milter::tool::import
