#include "config/load.h"

#include "support/catch.h"
#include "support/temporary_tree.h"

#include <filesystem>
#include <string>

namespace {

// A copy of the samples with a file for every key they name: the keys themselves are nobody's to publish.
void copy_samples(const TemporaryTree& tree) {
    std::filesystem::copy(PARAPH_SOURCE_DIR "/config/samples", tree.root(),
                          std::filesystem::copy_options::recursive);
    for (const std::string_view key : {"keys/example.org/s2026.pem", "keys/example.org/ed2026.pem",
                                       "keys/example.net/s2026.pem", "keys/customer.example/h2026.pem",
                                       "keys/customer.example/h2025.pem", "keys/shop.example/h2026.pem"}) {
        tree.write(key, "");
    }
}

} // namespace

TEST_CASE("every sample is accepted without a word") {
    const TemporaryTree tree;
    copy_samples(tree);
    struct Case {
        std::string file;
        std::size_t domains;
    };
    for (const Case& c :
         {Case{"family-server.yaml", 2}, Case{"hosting.yaml", 2}, Case{"opendkim-tables.yaml", 0}}) {
        INFO(c.file);
        const auto loaded = config::load_file(tree.path(c.file));
        for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
            UNSCOPED_INFO(config::print(diagnostic));
        }
        CHECK(loaded.diagnostics.empty());
        REQUIRE(loaded.settings);
        CHECK(loaded.settings->domains.size() == c.domains);
    }
}

TEST_CASE("the sample with tables finds them beside itself") {
    const TemporaryTree tree;
    copy_samples(tree);
    const auto loaded = config::load_file(tree.path("opendkim-tables.yaml"));
    REQUIRE(loaded.settings);
    CHECK(loaded.settings->signing.key_table == "file:" + tree.path("KeyTable"));
    CHECK(loaded.settings->signing.signing_table == "refile:" + tree.path("SigningTable"));
}
