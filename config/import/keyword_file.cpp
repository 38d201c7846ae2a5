#include "config/import/keyword_file.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/import/data_set.h"
#include "config/import/text_lines.h"

#include <fmt/format.h>

namespace config::import {

namespace {

constexpr int max_depth = 5; // OpenDKIM's own
// One file may include another many times; so many lines have no configuration.
constexpr std::size_t max_options = 10'000;

std::size_t column_of(std::string_view line, std::string_view part) {
    return static_cast<std::size_t>(part.data() - line.data()) + 1;
}

void parse_line(const TextLine& line, const std::string& file, Options& options) {
    const std::string_view text = line.text.substr(0, line.text.find_first_of("#\r"));
    const std::string_view content = base::trim_wsp(text);
    if (content.empty()) {
        return;
    }
    const auto blank = content.find_first_of(" \t");
    const std::string_view name = content.substr(0, blank);
    const Place place{file, line.number, column_of(line.text, content)};
    if (const auto mark = template_mark(content); !mark.empty()) {
        options.problems.push_back(
            {place, fmt::format("{} stands there: this is a template that was never filled in",
                                base::quoted(mark))});
        options.is_template = true;
        return;
    }
    if (name.ends_with('=') ||
        (blank != std::string_view::npos && base::trim_wsp(content.substr(blank)).starts_with('='))) {
        options.problems.push_back(
            {place, fmt::format("expected a name, blanks and a value, without '=': {}", base::quoted(name))});
        return;
    }
    if (blank == std::string_view::npos) {
        options.problems.push_back({place, fmt::format("expected a value behind {}", base::quoted(name))});
        return;
    }
    const std::string_view value = base::trim_wsp(content.substr(blank));
    options.list.push_back({std::string(name), std::string(value), place, column_of(line.text, value)});
}

class Reader {
  public:
    Reader(const Files& files, Options& options) : files_(files), options_(options) {}

    void read(std::string_view text, const std::string& file, int depth) {
        Options own = parse_keyword_file(text, file);
        options_.is_template = options_.is_template || own.is_template;
        for (Problem& problem : own.problems) {
            options_.problems.push_back(std::move(problem));
        }
        for (Option& option : own.list) {
            if (base::iequals(option.name, "Include")) {
                include(option, depth);
            } else if (options_.list.size() < max_options) {
                options_.list.push_back(std::move(option));
            }
        }
    }

  private:
    void include(const Option& option, int depth) {
        if (depth >= max_depth) {
            options_.problems.push_back({option.place, "files are included more than 5 deep"});
            return;
        }
        const std::string path = absolute(option.value, "/"); // where systemd starts daemons
        const auto text = files_.read(path);
        if (!text) {
            options_.problems.push_back(
                {option.place, fmt::format("Include: {}: {}", base::shown(path), text.error())});
            return;
        }
        read(*text, path, depth + 1);
    }

    const Files& files_;
    Options& options_;
};

} // namespace

Options parse_keyword_file(std::string_view text, const std::string& file) {
    Options options;
    options.file = file;
    for (const TextLine& line : lines_of(text)) {
        parse_line(line, file, options);
    }
    return options;
}

Options read_keyword_file(std::string_view text, const std::string& file, const Files& files) {
    Options options;
    options.file = file;
    Reader(files, options).read(text, file, 0);
    return options;
}

Truth read_truth(std::string_view value) {
    const char first = value.empty() ? '\0' : value.front();
    if (std::string_view("TtYy1").find(first) != std::string_view::npos && first != '\0') {
        return Truth::yes;
    }
    return first != '\0' && std::string_view("FfNn0").find(first) != std::string_view::npos ? Truth::no
                                                                                            : Truth::neither;
}

} // namespace config::import
