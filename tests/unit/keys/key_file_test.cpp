#include "keys/key_file.h"

#include "keys/limits.h"
#include "support/catch.h"
#include "support/keys.h"
#include "support/temporary_tree.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace {

std::string write_key(const TemporaryTree& tree, std::string_view name, mode_t mode) {
    std::string path = tree.write(name, support::ed25519_pem);
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    return path;
}

// What reading says, without the file's owner.
std::string read(const std::string& path, bool require_safe = true) {
    const auto key = keys::read_key_file(path, keys::Reader::self(), require_safe);
    const std::string text = key ? std::string(print(key->type())) : key.error();
    const auto owner = text.find(", owner");
    return owner == std::string::npos ? text : text.substr(0, owner) + text.substr(text.find(')', owner));
}

} // namespace

TEST_CASE("reading a key file") {
    const TemporaryTree tree;
    const std::string good = write_key(tree, "good", 0600);
    const std::string open = write_key(tree, "open", 0644);
    const std::string link = tree.path("link");
    REQUIRE(::symlink("good", link.c_str()) == 0);
    const std::string circle = tree.path("circle");
    REQUIRE(::symlink("circle", circle.c_str()) == 0);
    const std::string fifo = tree.path("fifo");
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    const std::string junk = write_key(tree, "junk", 0600);
    tree.write("junk", "not a key");
    const std::string large = write_key(tree, "large", 0600);
    std::filesystem::resize_file(large, keys::max_key_file + 1);
    const std::string exposed = write_key(tree, "exposed/key", 0600);
    REQUIRE(::chmod(tree.path("exposed").c_str(), 0777) == 0);

    struct Case {
        std::string path;
        std::string outcome;
        bool require_safe = true;
    };
    const Case cases[]{
        {good, "ed25519"},
        {link, "ed25519"},
        {open, open + ": can be read by others (mode 0644); chmod 0640 it"},
        {open, "ed25519", false},
        {exposed, exposed + ": " + tree.path("exposed") +
                      ", above it, can be written by others (mode 0777); chmod o-w it"},
        {exposed, "ed25519", false},
        {tree.path("none"), tree.path("none") + ": No such file or directory"},
        {circle, circle + ": Too many levels of symbolic links"},
        {fifo, fifo + ": not a regular file"},
        {junk, junk + ": no PEM private key found"},
        {large, large + ": larger than 65536 bytes"},
    };
    for (const Case& c : cases) {
        INFO(c.path);
        CHECK(read(c.path, c.require_safe) == c.outcome);
    }
    CHECK(read(tree.root(), false) == tree.root() + ": not a regular file");
}

TEST_CASE("looking at key files without opening them") {
    const TemporaryTree tree;
    const keys::Reader self = keys::Reader::self();
    keys::KeyFileCheck check(self);
    const std::string good = write_key(tree, "good", 0600);
    const std::string open = write_key(tree, "open", 0666);
    CHECK(check.examine(good).problem.empty());
    CHECK(check.examine(good).danger.empty());
    CHECK(check.examine(open).problem.empty());
    CHECK(check.examine(open).danger.starts_with(open +
                                                 ": can be read and written by others (mode 0666, owner "));
    CHECK(check.examine(tree.path("none")).problem == tree.path("none") + ": No such file or directory");
    CHECK(check.examine(tree.root()).problem == tree.root() + ": not a regular file");
    const keys::Reader stranger{70001, {70011}, "stranger"};
    REQUIRE(::chmod(good.c_str(), 0644) == 0);
    CHECK(keys::KeyFileCheck(stranger).examine(good).problem.starts_with(
        good + ": " + tree.root() + ", above it, cannot be entered by user stranger (mode 0700, owner "));
}
