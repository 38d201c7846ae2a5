// What the completion of a shell is told.
#include "support/catch.h"
#include "unit/milter/tool/workspace.h"

#include "base/ascii.h"

#include <algorithm>

using tool_test::run;

namespace {

std::vector<std::string> candidates(std::vector<std::string> words) {
    words.insert(words.begin(), {"complete", "--"});
    const auto ran = run(words);
    CHECK(ran.err.empty());
    std::vector<std::string> lines;
    for (const auto line : base::split(ran.out, '\n')) {
        if (!line.empty()) {
            lines.emplace_back(line);
        }
    }
    return lines;
}

bool holds(const std::vector<std::string>& all, const std::string& word) {
    return std::find(all.begin(), all.end(), word) != all.end();
}

} // namespace

TEST_CASE("completion knows what may come next") {
    struct Case {
        const char* name;
        std::vector<std::string> words;
        std::vector<std::string> wanted;   // among the candidates
        std::vector<std::string> unwanted; // not among them
    };
    const std::vector<Case> cases{
        {"subcommands", {""}, {"verify", "key", "probe", "check-config"}, {"complete", "--version"}},
        {"subcommands below key", {"key", "ge"}, {"generate", "check", "rotate"}, {"verify"}},
        {"options of the program", {"-"}, {"--version", "--help"}, {"--ip"}},
        {"options of a subcommand",
         {"verify", "--"},
         {"--ip", "--policy", "--json"},
         {"--version", "--type"}},
        {"options below key", {"key", "generate", "--t"}, {"--type", "--domain", "--selector"}, {"--ip"}},
        {"a flag is no option with a value", {"verify", "--json", "--"}, {"--ip"}, {}},
        {"values", {"key", "generate", "--type", ""}, {"rsa", "ed25519", "both"}, {"--domain"}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        const auto all = candidates(c.words);
        for (const auto& word : c.wanted) {
            INFO(word);
            CHECK(holds(all, word));
        }
        for (const auto& word : c.unwanted) {
            INFO(word);
            CHECK_FALSE(holds(all, word));
        }
    }
}

TEST_CASE("completion leaves files and names to the shell") {
    const std::vector<std::vector<std::string>> cases{
        {"verify", "mail"}, {"verify", "--config", "/etc/par"}, {"key", "generate", "--domain", "ex"}};
    for (const auto& words : cases) {
        INFO(words.front());
        CHECK(candidates(words).empty());
    }
}
