// What the guide on policy tells people to write is accepted without a word.
#include "config/load.h"
#include "support/catch.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

// Indented blocks that begin with a section of the configuration, without the indentation.
std::vector<std::string> blocks_of(const std::string& page) {
    constexpr std::size_t indentation = 4;
    std::vector<std::string> blocks;
    std::ifstream file(PARAPH_SOURCE_DIR "/docs/guide/" + page);
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        const bool begins = !inside && line == "    policy:";
        inside = begins || (inside && line.starts_with("    "));
        if (begins) {
            blocks.emplace_back();
        }
        if (inside) {
            blocks.back() += line.substr(indentation) + "\n";
        }
    }
    return blocks;
}

} // namespace

TEST_CASE("the configurations of the guide on policy work") {
    const auto blocks = blocks_of("policy.md");
    CHECK(blocks.size() == 5);
    for (const std::string& block : blocks) {
        INFO(block);
        const auto loaded = config::load_text(block, "p.yaml");
        CHECK(loaded.settings);
        CHECK(loaded.diagnostics.empty());
    }
}
