#include "config/document.h"

#include "config/load.h"
#include "config/schema.h"
#include "support/catch.h"
#include "support/file_contents.h"
#include "support/temporary_tree.h"

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

using test::contents;

namespace {

const std::string sample_file = PARAPH_SOURCE_DIR "/config/paraph.yaml";
const std::string manual_file = PARAPH_SOURCE_DIR "/docs/man/paraph.yaml.5.md";

// The sample with every `#name: value` line in force.
std::string uncommented(const std::string& sample) {
    std::istringstream lines(sample);
    std::string result;
    for (std::string line; std::getline(lines, line) && !line.starts_with("#include:");) {
        const auto hash = line.find('#');
        const bool setting = hash != std::string::npos && line.size() > hash + 1 && line[hash + 1] != ' ';
        result += setting ? line.substr(0, hash) + line.substr(hash + 1) : line;
        result += '\n';
    }
    return result;
}

} // namespace

// Run as `unit_config "[.write]"` after a change of the schema.
TEST_CASE("write the documents that are rendered from the schema", "[.write]") {
    std::ofstream(sample_file, std::ios::binary) << config::render_sample();
    std::ofstream(manual_file, std::ios::binary) << config::render_manual();
}

TEST_CASE("the sample file and the manual page are those of the schema") {
    CHECK(contents(sample_file) == config::render_sample());
    CHECK(contents(manual_file) == config::render_manual());
}

TEST_CASE("the manual page of the daemon lists the settings that need a restart") {
    const std::string page = contents(PARAPH_SOURCE_DIR "/docs/man/paraphd.8.md");
    const auto begin = page.find("needs a restart:");
    REQUIRE(begin != std::string::npos);
    const std::string sentence = page.substr(begin, page.find(". A `CONFIG_WARNING`", begin) - begin);
    std::set<std::string> listed;
    const std::regex name("`([a-z_.]+)`");
    for (std::sregex_iterator at(sentence.begin(), sentence.end(), name); at != std::sregex_iterator();
         ++at) {
        listed.insert((*at)[1]);
    }
    std::set<std::string> wanted;
    for (const config::Section& section : config::schema()) {
        for (const config::Setting& setting : section.settings) {
            if (config::needs_restart(setting)) {
                wanted.emplace(setting.path);
            }
        }
    }
    CHECK(listed == wanted);
}

TEST_CASE("the sample file sets nothing and is accepted") {
    const auto loaded = config::load_text(config::render_sample(), "paraph.yaml");
    CHECK(loaded.diagnostics.empty());
    REQUIRE(loaded.settings);
    for (const config::Section& section : config::schema()) {
        for (const config::Setting& setting : section.settings) {
            INFO(setting.path);
            CHECK(print(setting.type, setting.read(*loaded.settings)) == default_text(setting));
        }
    }
}

TEST_CASE("the sample file shows every setting with its default") {
    const std::string text = uncommented(config::render_sample());
    const auto loaded = config::load_text(text, "paraph.yaml");
    CHECK(loaded.diagnostics.empty());
    REQUIRE(loaded.settings);
    for (const config::Section& section : config::schema()) {
        for (const config::Setting& setting : section.settings) {
            INFO(setting.path);
            CHECK(text.find(std::string(setting.name()) + ": " + default_text(setting) + "\n") !=
                  std::string::npos);
            CHECK(print(setting.type, setting.read(*loaded.settings)) == default_text(setting));
        }
    }
}

TEST_CASE("the example of domains in the sample file works") {
    const TemporaryTree tree;
    tree.write("keys/s2026.example.com.pem", "");
    tree.write("keys/default.pem", "");
    tree.write("domains", "");
    const std::string sample = config::render_sample();
    std::istringstream lines(sample.substr(sample.find("#domains:")));
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        text += (line.empty() ? line : line.substr(1)) + "\n";
    }
    const auto loaded = config::load_file(tree.write("paraph.yaml", text));
    CHECK(loaded.diagnostics.empty());
    REQUIRE(loaded.settings);
    REQUIRE(loaded.settings->domains.contains("example.com"));
    CHECK(loaded.settings->domains.at("example.com").keys.at(0).selector == "s2026");
    CHECK(loaded.settings->default_keys.given);
    CHECK(loaded.settings->key_fields.size() == 1);
}

TEST_CASE("no line of the documents is wider than a screen or ends in a blank") {
    for (const std::string& text : {config::render_sample(), config::render_manual()}) {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            INFO(line);
            CHECK(line.size() <= 120);
            CHECK_FALSE(line.ends_with(' '));
        }
    }
}
