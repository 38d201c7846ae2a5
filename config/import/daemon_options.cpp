#include "config/import/daemon_options.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/import/assignment_file.h"
#include "config/import/keyword_file.h"
#include "config/import/unit_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

// What the init script assigns before it reads the defaults.
Variables known_variables(const std::string& name) {
    return {{"NAME", name}, {"RUNDIR", "/run/" + name}, {"USER", name}, {"GROUP", name}};
}

std::string name_of(Program program) {
    return program == Program::opendkim ? "opendkim" : "opendmarc";
}

void assign(const Options& options, Variables& variables) {
    for (const Option& option : options.list) {
        variables[option.name] = option.value;
    }
}

// `$NAME` as a word of its own is as many words as its value has; within a word only `${NAME}` counts.
std::vector<std::string> expanded(const std::vector<std::string>& words, const Variables& variables) {
    std::vector<std::string> result;
    for (const std::string& word : words) {
        const bool whole = word.size() > 1 && word.front() == '$' && word[1] != '{';
        const bool braces = word.starts_with("${") && word.ends_with('}');
        const auto name = braces ? word.substr(2, word.size() - 3) : whole ? word.substr(1) : std::string();
        const auto found = variables.find(name);
        if (name.empty()) {
            result.push_back(word);
        } else if (found != variables.end() && braces) {
            result.push_back(found->second);
        } else if (found != variables.end()) {
            const auto more = split_words(found->second);
            result.insert(result.end(), more.begin(), more.end());
        }
    }
    return result;
}

// Debian's units do not read it; an init script does, and so does a socket that nothing else names.
void tell_of_defaults(const Text& defaults, const Options& options, Started& started) {
    const auto socket = std::find_if(options.list.rbegin(), options.list.rend(),
                                     [](const Option& option) { return option.name == "SOCKET"; });
    if (socket == options.list.rend()) {
        return;
    }
    const auto given = std::find_if(started.options.list.rbegin(), started.options.list.rend(),
                                    [](const Option& one) { return base::iequals(one.name, "Socket"); });
    if (given == started.options.list.rend()) {
        started.options.list.push_back({"Socket", socket->value, socket->place, socket->value_column});
    } else if (given->value != socket->value) {
        started.findings.push_back(
            {Effect::note, socket->place, "SOCKET",
             fmt::format("{} is not used: systemd does not read {}, and {} counts",
                         base::quoted(socket->value), defaults.path, given->place.print())});
    }
}

} // namespace

Started command_line_of(Program program, const std::vector<Text>& units, const std::optional<Text>& defaults,
                        const Files& files) {
    Started started;
    UnitFacts facts;
    for (const Text& unit : units) {
        read_unit(unit.text, unit.path, facts);
    }
    Variables variables = known_variables(name_of(program));
    for (const std::string& line : facts.environment) {
        assign(parse_shell_file(line, "", variables), variables);
    }
    for (const std::string& path : facts.environment_files) {
        if (const auto text = files.read(path)) {
            assign(parse_shell_file(*text, path, variables), variables);
        }
    }
    if (!facts.commands.empty()) {
        const UnitCommand& last = facts.commands.back();
        auto words = expanded(last.words, variables);
        const auto own = std::ranges::find_if(words, [&](const std::string& word) {
            return word.substr(word.rfind('/') + 1) == name_of(program); // perhaps behind nice(1)
        });
        if (own == words.end()) {
            started.findings.push_back(
                {Effect::decide, last.place, "ExecStart",
                 fmt::format("starts {0} by another program, so that its options and its file are not known "
                             "from here. Name its file with --{0}",
                             name_of(program))});
            return started;
        }
        words.erase(words.begin(), own + 1);
        CommandLine line = parse_command_line(program, words, last.place);
        started.options = std::move(line.options);
        started.file = line.file;
    } else if (defaults) { // an init script, which passes on what the file has
        assign(parse_shell_file(defaults->text, defaults->path, variables), variables);
        const auto options = variables.find("DAEMON_OPTS");
        if (options != variables.end()) {
            CommandLine line =
                parse_command_line(program, split_words(options->second), {defaults->path, 0, 0});
            started.options = std::move(line.options);
            started.file = line.file;
        }
        if (variables.contains("SOCKET")) {
            started.options.list.push_back({"Socket", variables["SOCKET"], {defaults->path, 0, 0}, 0});
        }
    }
    return started;
}

Started options_of(Program program, const Text& file, const std::vector<Text>& units,
                   const std::optional<Text>& defaults, const Files& files) {
    Started started = command_line_of(program, units, defaults, files);
    // Only OpenDKIM knows Include; to the other it is a name like any other.
    Options own = program == Program::opendkim ? read_keyword_file(file.text, file.path, files)
                                               : parse_keyword_file(file.text, file.path);
    for (Option& option : started.options.list) {
        own.list.push_back(std::move(option));
    }
    own.problems.insert(own.problems.end(), started.options.problems.begin(), started.options.problems.end());
    started.options = std::move(own);
    if (defaults && !units.empty()) {
        tell_of_defaults(*defaults,
                         parse_shell_file(defaults->text, defaults->path, known_variables(name_of(program))),
                         started);
    }
    return started;
}

} // namespace config::import
