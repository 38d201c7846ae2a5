#include "config/import/amavis_files.h"

#include "base/ascii.h"
#include "config/import/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace config::import {

namespace {

// Of the files that a run of run-parts(8) takes; a directory is none.
std::vector<std::string> names_of_parts(const Files& files, const std::string& directory) {
    auto names = files.names_in(directory);
    std::erase_if(names, [&](const std::string& name) {
        return !std::ranges::all_of(name, [](char c) { return is_word(c) || c == '-'; }) ||
               !files.names_in(fmt::format("{}/{}", directory, name)).empty();
    });
    return names;
}

// A call, of which blanks or a line end may part the arguments: "dkim_key('a.test', ..." or "dkim_key 'a'".
bool is_call(const PerlWord& word) {
    const std::string_view next = without_blanks(word.behind);
    constexpr std::string_view variables = "$@%'\"-";
    return variables.find(word.before) == std::string_view::npos && !next.empty() &&
           (next.front() == '(' || (next.size() < word.behind.size() &&
                                    std::string_view("'\"q").find(next.front()) != std::string_view::npos));
}

// Whether Perl takes it for true; of "$a = $b = 0;" the last one tells.
bool truth_of(std::string_view value) {
    value = value.substr(0, value.find_first_of(";,})\n"));
    if (const auto last = value.rfind('='); last != std::string_view::npos) {
        value.remove_prefix(last + 1);
    }
    value = base::trim_fws(value);
    value.remove_prefix(std::min(value.find_first_not_of("( "), value.size()));
    constexpr std::array<std::string_view, 8> no{"0", "0.0", "undef", "''", "\"\"", "'0'", "\"0\"", ""};
    return std::ranges::find(no, value) == no.end();
}

struct Switch {
    bool in_bank = false; // of a policy bank, for some mail
    bool is_on = false;
};

// "$enable_dkim_signing = 1;", "enable_dkim_signing => 1" and "$policy_bank{'X'}{'enable_dkim_signing'} =
// 1;"; nothing: it sets nothing.
std::optional<Switch> switch_at(const PerlWord& word) {
    std::string_view rest = word.behind;
    bool in_bank = false;
    for (const char end : {'\'', '"', '}'}) {
        const std::string_view next = without_blanks(rest);
        if (next.starts_with(end)) {
            rest = next.substr(1);
            in_bank = true;
        }
    }
    rest = without_blanks(rest);
    if (rest.starts_with("=>")) {
        return Switch{true, truth_of(without_blanks(rest.substr(2)))};
    }
    const bool sets = rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=~");
    return sets ? std::optional(Switch{in_bank, truth_of(without_blanks(rest.substr(1)))}) : std::nullopt;
}

// What stands in quotation marks up to the end of the statement and names a file.
std::vector<std::string> paths_in(std::string_view statement) {
    statement = statement.substr(0, statement.find(';'));
    std::vector<std::string> paths;
    while (true) {
        const auto begin = statement.find_first_of("'\"");
        const auto end =
            begin == std::string_view::npos ? begin : statement.find(statement[begin], begin + 1);
        if (end == std::string_view::npos) {
            return paths;
        }
        if (const auto path = statement.substr(begin + 1, end - begin - 1); path.starts_with('/')) {
            paths.emplace_back(path);
        }
        statement.remove_prefix(end + 1);
    }
}

std::vector<std::string> amavis_files(const Files& files) {
    std::vector<std::string> paths;
    for (const std::string directory :
         {"/usr/share/amavis/conf.d", "/etc/amavis/conf.d", "/etc/amavisd/conf.d"}) {
        for (const std::string& name : names_of_parts(files, directory)) {
            paths.push_back(fmt::format("{}/{}", directory, name));
        }
    }
    for (const char* path : {"/etc/amavisd.conf", "/etc/amavisd/amavisd.conf", "/etc/amavis/amavisd.conf",
                             "/usr/local/etc/amavisd.conf", "/etc/60-dkim", "/etc/amavisd/60-dkim"}) {
        if (files.exists(path)) {
            paths.emplace_back(path);
        }
    }
    return paths;
}

} // namespace

void AmavisFiles::read() {
    for (const std::string& path : amavis_files(files_)) {
        read_file(path);
    }
}

std::optional<Place> AmavisFiles::key() const {
    return for_all_ || in_a_bank_ ? key_ : std::nullopt;
}

void AmavisFiles::read_file(const std::string& path) {
    constexpr std::size_t most = 100; // one that reads itself ends as well
    if (unread_ || !seen_.insert(path).second || seen_.size() > most) {
        return;
    }
    const auto text = files_.read(path);
    if (!text) {
        unread_ = UnreadFile{path, text.error()};
        return;
    }
    const std::string code = perl_code(*text);
    for (const char* reads : {"include_config_files", "include_optional_config_files", "do", "require"}) {
        for (const PerlWord& word : words_in(code, reads)) {
            read_named(word);
        }
    }
    for (const PerlWord& word : words_in(code, "dkim_key")) {
        if (!key_ && is_call(word)) {
            key_ = Place{path, word.line, 0};
        }
    }
    for (const PerlWord& word : words_in(code, "enable_dkim_signing")) {
        if (const auto found = switch_at(word)) {
            (found->in_bank ? in_a_bank_ : for_all_) = found->is_on || (found->in_bank && in_a_bank_);
        }
    }
}

void AmavisFiles::read_named(const PerlWord& word) {
    const std::string_view next = without_blanks(word.behind);
    if (next.starts_with('(') || next.starts_with('\'') || next.starts_with('"')) {
        for (const std::string& path : paths_in(next)) {
            if (files_.exists(path)) {
                read_file(path);
            }
        }
    }
}

} // namespace config::import
