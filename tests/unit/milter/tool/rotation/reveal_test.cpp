// Private keys that become public, and those that must not.
#include "milter/tool/rotation/reveal.h"

#include "config/load.h"
#include "keys/generate.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>

using namespace milter::tool::rotation;

namespace {

// A domain with one key that rotation has made and retired, "old".
struct Site {
    Site() {
        REQUIRE(files.lock());
        std::filesystem::create_directory(tree.root() + "/public");
        settings.rotation.publish_retired_key = tree.root() + "/public";
        key.file = files.key_file(key.domain, key.selector);
        make(key.file);
        keep({key.domain, {retired()}, {{key.selector, key.file}}});
    }

    static keys::RotatedKey retired() {
        keys::RotatedKey one;
        one.selector = "old";
        one.state = keys::KeyState::retired;
        return one;
    }
    void make(const std::string& file) const {
        REQUIRE(keys::generate({.domain = *base::DomainName::parse("a.test"),
                                .selector = "old",
                                .type = crypto::KeyType::ed25519,
                                .file = file}));
    }
    void keep(const keys::RotationJournal& journal) const { REQUIRE(files.save(journal)); }
    void name_in_configuration(const std::string& file, config::KeyState state) {
        config::SigningKeyEntry entry;
        entry.selector = "other";
        entry.file = file;
        entry.state = state;
        settings.domains["b.test"].keys.push_back(entry);
    }
    std::string reveal() const {
        const auto done = reveal_key(key, settings, files);
        return done ? "" : done.error();
    }
    [[nodiscard]] bool is_public() const { return std::filesystem::exists(place); }
    [[nodiscard]] bool is_private() const { return std::filesystem::exists(key.file); }

    TemporaryTree tree;
    Files files{tree.root() + "/rotation", std::nullopt};
    config::Settings settings = config::default_settings();
    RevealedKey key{"a.test", "old", {}};
    std::string place = tree.root() + "/public/old._domainkey.a.test.pem";
};

} // namespace

TEST_CASE("a key becomes public for everybody, and is private no more") {
    Site site;
    CHECK(site.reveal().empty());
    CHECK((site.is_public() && !site.is_private()));
    struct stat status{};
    REQUIRE(::stat(site.place.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0644);
    CHECK(site.reveal().empty()); // by a run that was broken off before it wrote that down
    CHECK(site.is_public());
}

TEST_CASE("a key that anything else has stays private") {
    using config::KeyState;
    for (const KeyState state : {KeyState::active, KeyState::retiring, KeyState::retired}) {
        Site site; // by its file
        site.name_in_configuration(site.key.file, state);
        CHECK(site.reveal().find("other of b.test") != std::string::npos);
        CHECK((!site.is_public() && site.is_private()));
        Site copy; // by what is in it
        std::filesystem::copy_file(copy.key.file, copy.tree.root() + "/copy.pem");
        copy.name_in_configuration(copy.tree.root() + "/copy.pem", state);
        CHECK(copy.reveal().find("other of b.test") != std::string::npos);
        CHECK((!copy.is_public() && copy.is_private()));
    }
    Site unreadable; // what cannot be compared may be the same
    unreadable.name_in_configuration("/nowhere/key.pem", KeyState::active);
    CHECK_FALSE(unreadable.reveal().empty());
    Site different;
    different.make(different.tree.root() + "/different.pem");
    different.name_in_configuration(different.tree.root() + "/different.pem", KeyState::active);
    CHECK(different.reveal().empty());
}

TEST_CASE("a key of another journal, or of none of them, stays private") {
    Site site;
    site.keep({"b.test", {Site::retired()}, {{"old", site.key.file}}});
    CHECK(site.reveal().find("old of b.test") != std::string::npos);
    Site damaged;
    damaged.tree.write("rotation/b.test.journal", "paraph rotation 1\n");
    CHECK_FALSE(damaged.reveal().empty());
    Site elsewhere;
    elsewhere.key.file = elsewhere.tree.root() + "/mine.pem";
    elsewhere.make(elsewhere.key.file);
    CHECK(elsewhere.reveal().find("has not made it") != std::string::npos);
    Site nowhere;
    std::filesystem::remove(nowhere.tree.root() + "/public");
    CHECK_FALSE(nowhere.reveal().empty());
    for (const Site* one : {&site, &damaged, &elsewhere, &nowhere}) {
        CHECK((!one->is_public() && one->is_private()));
    }
}

TEST_CASE("a list of domains in a database hides no key") {
    const auto with_default = [](Site& site, const std::string& file) {
        auto& keys = site.settings.default_keys;
        keys.given = true;
        keys.domain_table = "sqlite:/nowhere/domains.db"; // nobody can list it, and nobody has to
        config::SigningKeyEntry entry;
        entry.selector = "all";
        entry.file = file;
        keys.entry.keys.push_back(entry);
    };
    Site free;
    free.make(free.tree.path("all.pem"));
    with_default(free, free.tree.path("all.pem"));
    CHECK(free.reveal().empty());
    CHECK((free.is_public() && !free.is_private()));
    Site used;
    std::filesystem::copy_file(used.key.file, used.tree.path("all.pem"));
    with_default(used, used.tree.path("all.pem"));
    CHECK(used.reveal().find("it is the key all of default too") != std::string::npos);
    CHECK((!used.is_public() && used.is_private()));
}

TEST_CASE("of a row for any domain all files count, whoever has the SigningTable") {
    const auto with_tables = [](Site& site) {
        site.settings.signing.key_table = "csl:any=%:t:" + site.tree.path("%.key");
        site.settings.signing.signing_table = "sqlite:/nowhere/signing.db";
    };
    Site free;
    with_tables(free);
    free.make(free.tree.path("c.test.key"));
    CHECK(free.reveal().empty());
    CHECK(free.is_public());
    Site used;
    with_tables(used);
    std::filesystem::copy_file(used.key.file, used.tree.path("sub.c.test.key"));
    CHECK(used.reveal().find("it is the key t of % too") != std::string::npos);
    CHECK((!used.is_public() && used.is_private()));
}

TEST_CASE("where a KeyTable cannot be listed, the operator can make a key public himself") {
    Site site;
    site.settings.signing.key_table = "sqlite:/nowhere/keys.db";
    const auto told = site.reveal();
    CHECK(told.find("which cannot be listed") != std::string::npos);
    CHECK(told.find("install -m 644 " + site.key.file + " " + site.place) != std::string::npos);
    CHECK((!site.is_public() && site.is_private()));
    site.tree.write("public/old._domainkey.a.test.pem", "another key\n");
    CHECK_FALSE(site.reveal().empty());
    CHECK(site.is_private());
    std::filesystem::copy_file(site.key.file, site.place, std::filesystem::copy_options::overwrite_existing);
    REQUIRE(::chmod(site.place.c_str(), 0600) == 0); // nobody can read it yet
    CHECK_FALSE(site.reveal().empty());
    REQUIRE(::chmod(site.place.c_str(), 0644) == 0);
    site.name_in_configuration(site.key.file, config::KeyState::active); // what is known still counts
    CHECK(site.reveal().find("other of b.test") != std::string::npos);
    CHECK(site.is_private());
    site.settings.domains.clear();
    CHECK(site.reveal().empty());
    CHECK((site.is_public() && !site.is_private()));
}

TEST_CASE("a link in the place of a private key is not followed") {
    Site site;
    site.tree.write("secret", "of somebody else");
    std::filesystem::remove(site.key.file);
    std::filesystem::create_symlink(site.tree.root() + "/secret", site.key.file);
    CHECK_FALSE(site.reveal().empty());
    CHECK_FALSE(site.is_public());
}

TEST_CASE("a directory of rotation that others can write is not used") {
    const Site site;
    const auto directory = site.tree.root() + "/rotation";
    for (const mode_t mode : {0777U, 0770U, 0702U}) {
        REQUIRE(::chmod(directory.c_str(), mode) == 0);
        Files other(directory, std::nullopt);
        const auto locked = other.lock();
        REQUIRE_FALSE(locked);
        CHECK(locked.error().message.find("others can write it") != std::string::npos);
    }
}
