#include "keys/generate.h"

#include "crypto/signing_key.h"
#include "keys/key_file.h"
#include "keys/published_record.h"
#include "support/catch.h"
#include "support/file_contents.h"
#include "support/temporary_tree.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

using test::contents;

namespace {

keys::GenerateOptions options_for(const std::string& file, crypto::KeyType type) {
    return {*base::DomainName::parse("example.com"), "s2026", type, 1024, file};
}

} // namespace

TEST_CASE("a new key is written for its owner alone and can be read back") {
    const TemporaryTree tree;
    for (const auto type : {crypto::KeyType::rsa, crypto::KeyType::ed25519}) {
        const std::string file = tree.path(print(type));
        const auto made = keys::generate(options_for(file, type));
        REQUIRE(made);
        CHECK(made->file == file);
        CHECK(made->record_name == "s2026._domainkey.example.com");
        CHECK(made->zone_line == keys::zone_line(made->record_name, made->record_value));
        struct stat status{};
        REQUIRE(::stat(file.c_str(), &status) == 0);
        CHECK((status.st_mode & 07777U) == 0600U);
        const auto key = keys::read_key_file(file, keys::Reader::self(), true);
        REQUIRE(key);
        CHECK(key->type() == type);
        CHECK(keys::record_value(*key) == made->record_value);
    }
}

TEST_CASE("no file is overwritten, no link followed") {
    const TemporaryTree tree;
    const std::string file = tree.write("key", "precious");
    CHECK(keys::write_new_file(file, "new").error() == file + ": File exists");
    CHECK(contents(file) == "precious");

    const std::string link = tree.path("link");
    REQUIRE(::symlink("nowhere", link.c_str()) == 0);
    CHECK(keys::write_new_file(link, "new").error() == link + ": File exists");
    CHECK_FALSE(std::filesystem::exists(tree.path("nowhere")));
}

TEST_CASE("keys that cannot be made leave nothing behind") {
    const TemporaryTree tree;
    const std::string file = tree.path("key");
    auto bad_selector = options_for(file, crypto::KeyType::ed25519);
    bad_selector.selector = "s 2026";
    CHECK(keys::generate(bad_selector).error() == "'s 2026' is not a selector");

    auto long_selector = bad_selector;
    long_selector.selector = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') +
                             "." + std::string(40, 'd');
    CHECK(keys::generate(long_selector).error().find("is too long for a domain name") != std::string::npos);

    auto small = options_for(file, crypto::KeyType::rsa);
    small.bits = 512;
    CHECK_FALSE(keys::generate(small));

    const std::string nowhere = tree.path("none/key");
    CHECK(keys::generate(options_for(nowhere, crypto::KeyType::ed25519)).error() ==
          nowhere + ": No such file or directory");
    CHECK(std::filesystem::is_empty(tree.root()));
}

TEST_CASE("a disk that is full leaves no half key") {
    CHECK_FALSE(keys::write_new_file("/dev/full", "x"));
}
