#include "config/load_source.h"

#include "config/limits.h"
#include "config/load.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace {

std::vector<std::string> diagnose(const std::string& path) {
    std::vector<std::string> texts;
    for (const config::Diagnostic& diagnostic : config::load_file(path).diagnostics) {
        texts.push_back(config::print(diagnostic));
    }
    return texts;
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("files that cannot be the configuration") {
    const TemporaryTree tree;
    CHECK(diagnose(tree.path("none")) == Texts{tree.path("none") + ": error: No such file or directory"});
    CHECK(diagnose(tree.root()) == Texts{tree.root() + ": error: not a regular file"});

    const std::string fifo = tree.path("fifo");
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK(diagnose(fifo) == Texts{fifo + ": error: not a regular file"});
    CHECK(diagnose("/dev/zero") == Texts{"/dev/zero: error: not a regular file"});

    const std::string large = tree.write("large", "");
    std::filesystem::resize_file(large, config::max_file_bytes + 1);
    CHECK(diagnose(large) == Texts{large + ": error: larger than 64 MiB"});
}

TEST_CASE("relative paths start at the directory of the file") {
    struct Case {
        std::string name;
        std::string directory;
        std::string path;
        std::string resolved;
    };
    const Case cases[]{
        {"relative", "/etc/paraph", "keys/a.pem", "/etc/paraph/keys/a.pem"},
        {"absolute", "/etc/paraph", "/srv/a.pem", "/srv/a.pem"},
        {"at the root", "/", "a.pem", "/a.pem"},
        {"from memory", "", "a.pem", "a.pem"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(config::resolve_path(c.directory, c.path) == c.resolved);
    }
    CHECK(config::directory_of("/etc/paraph/paraph.yaml") == "/etc/paraph");
    CHECK(config::directory_of("paraph.yaml") == std::filesystem::current_path().string());
}

TEST_CASE("patterns") {
    const TemporaryTree tree;
    for (const std::string_view name : {"[d]/b.yaml", "[d]/a.yaml", "[d]/a.txt", "[d]/.c.yaml"}) {
        tree.write(name, "");
    }
    const std::string directory = tree.path("[d]");
    CHECK(config::expand_pattern(directory, "*.yaml") == Texts{directory + "/a.yaml", directory + "/b.yaml"});
    CHECK(config::expand_pattern(directory, "?.txt") == Texts{directory + "/a.txt"});
    CHECK(config::expand_pattern(directory, "*.none").empty());
    CHECK(config::expand_pattern(directory, "none.yaml") == Texts{directory + "/none.yaml"});
}

TEST_CASE("the same file by two names") {
    const TemporaryTree tree;
    const std::string file = tree.write("a", "");
    REQUIRE(::symlink("a", tree.path("b").c_str()) == 0);
    CHECK(config::same_file(file, tree.path("b")));
    CHECK_FALSE(config::same_file(file, tree.write("c", "")));
    CHECK_FALSE(config::same_file(tree.path("none"), tree.path("none")));
}
