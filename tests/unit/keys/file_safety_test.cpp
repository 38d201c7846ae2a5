#include "keys/file_safety.h"

#include "support/catch.h"
#include "support/temporary_tree.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace {

// Numbers that have no name anywhere.
constexpr uid_t daemon_user = 70001;
constexpr uid_t somebody = 70002;
constexpr gid_t daemon_group = 70011;
constexpr gid_t some_group = 70012;

const keys::Reader reader{daemon_user, {daemon_group}, "paraph"};

} // namespace

TEST_CASE("who may own, read and write a key file") {
    struct Case {
        std::string name;
        keys::Ownership file;
        std::string danger; // empty: safe
    };
    const Case cases[]{
        {"ours alone", {daemon_user, daemon_group, 0600}, ""},
        {"ours, read only", {daemon_user, some_group, 0400}, ""},
        {"root's alone", {0, 0, 0600}, ""},
        {"root's, for our group", {0, daemon_group, 0640}, ""},
        {"root's, for root's group", {0, 0, 0640}, ""},
        {"somebody's",
         {somebody, daemon_group, 0640},
         "belongs to neither root nor paraph (mode 0640, owner 70002:70011); chown it"},
        {"readable by others",
         {daemon_user, daemon_group, 0604},
         "can be read by others (mode 0604, owner 70001:70011); chmod 0600 it"},
        {"readable by group and others",
         {daemon_user, daemon_group, 0644},
         "can be read by others (mode 0644, owner 70001:70011); chmod 0640 it"},
        {"readable by a foreign group and others",
         {daemon_user, some_group, 0644},
         "can be read by others (mode 0644, owner 70001:70012); chmod 0600 it"},
        {"writable by others",
         {daemon_user, daemon_group, 0602},
         "can be written by others (mode 0602, owner 70001:70011); chmod 0600 it"},
        {"open to all",
         {daemon_user, daemon_group, 0666},
         "can be read and written by others (mode 0666, owner 70001:70011); chmod 0640 it"},
        {"writable by our group",
         {daemon_user, daemon_group, 0660},
         "can be written by its group (mode 0660, owner 70001:70011); chmod 0640 it"},
        {"readable by a foreign group",
         {daemon_user, some_group, 0640},
         "can be read by group 70012, which is neither root's nor one of paraph's (mode 0640, owner "
         "70001:70012); "
         "chmod 0600 it"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(keys::file_danger(c.file, reader).value_or("") == c.danger);
    }
}

TEST_CASE("who can read a key file at all") {
    struct Case {
        std::string name;
        keys::Ownership file;
        bool readable;
    };
    const Case cases[]{
        {"the owner", {daemon_user, some_group, 0400}, true},
        {"the owner, shut out", {daemon_user, daemon_group, 0077}, false},
        {"the group", {0, daemon_group, 0040}, true},
        {"the group, shut out", {0, daemon_group, 0604}, false},
        {"others", {0, 0, 0604}, true},
        {"others, shut out", {0, 0, 0600}, false},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(keys::unreadable(c.file, reader).has_value() != c.readable);
        CHECK_FALSE(keys::unreadable(c.file, keys::Reader{0, {0}, "root"}).has_value());
    }
    CHECK(keys::unreadable({somebody, some_group, 0600}, reader) ==
          std::string("cannot be read by user paraph (mode 0600, owner 70002:70012)"));
}

TEST_CASE("who can replace an entry of a directory") {
    struct Case {
        std::string name;
        keys::Ownership directory;
        uid_t owner; // of the entry
        std::string danger;
    };
    const Case cases[]{
        {"root's private directory", {0, 0, 0700}, somebody, ""},
        {"ours", {daemon_user, daemon_group, 0700}, daemon_user, ""},
        {"root's, for our group to read", {0, daemon_group, 0750}, 0, ""},
        {"a common directory", {0, 0, 0755}, somebody, ""},
        {"for a group to write",
         {0, some_group, 0775},
         daemon_user,
         "can be written by its group (mode 0775, owner root:70012); chmod g-w it"},
        {"for our group to write",
         {0, daemon_group, 0770},
         0,
         "can be written by its group (mode 0770, owner root:70011); chmod g-w it"},
        {"for root's group to write",
         {0, 0, 0775},
         0,
         "can be written by its group (mode 0775, owner root:root); chmod g-w it"},
        {"for all to write",
         {0, 0, 0777},
         daemon_user,
         "can be written by others (mode 0777, owner root:root); chmod o-w it"},
        {"somebody's",
         {somebody, daemon_group, 0755},
         daemon_user,
         "belongs to neither root nor paraph (mode 0755, owner 70002:70011); chown it"},
        {"somebody's who may not write it now",
         {somebody, daemon_group, 0555},
         daemon_user,
         "belongs to neither root nor paraph (mode 0555, owner 70002:70011); chown it"},
        {"somebody's sticky one",
         {somebody, 0, 01777},
         daemon_user,
         "belongs to neither root nor paraph (mode 1777, owner 70002:root); chown it"},
        {"a sticky one with an entry of ours", {0, 0, 01777}, daemon_user, ""},
        {"a sticky one with an entry of root's", {0, 0, 01777}, 0, ""},
        {"a sticky one for a group", {0, some_group, 01770}, daemon_user, ""},
        {"a sticky one with an entry of somebody's",
         {0, 0, 01777},
         somebody,
         "can be written by others (mode 1777, owner root:root); chmod o-w it"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(keys::replace_danger(c.directory, {c.owner, 0, 0600}, reader).value_or("") == c.danger);
    }
}

TEST_CASE("directories above a file are looked at, those of links as well") {
    const TemporaryTree tree;
    const keys::Reader self = keys::Reader::self();
    const std::string good = tree.write("good/key", "");
    const std::string bad = tree.write("bad/sub/key", "");
    REQUIRE(::chmod(tree.path("bad").c_str(), 0777) == 0);
    REQUIRE(::symlink("../bad/sub/key", tree.path("good/to_bad_file").c_str()) == 0);
    REQUIRE(::symlink("../bad/sub", tree.path("good/to_bad_directory").c_str()) == 0);
    REQUIRE(::symlink("../../good/key", tree.path("bad/sub/to_good_file").c_str()) == 0);
    const std::string shared = tree.write("shared/key", "");
    REQUIRE(::chmod(tree.path("shared").c_str(), 0770) == 0);
    REQUIRE(::symlink("../shared/key", tree.path("good/to_shared_file").c_str()) == 0);
    REQUIRE(::symlink("../good/key", tree.path("shared/to_good_file").c_str()) == 0);
    REQUIRE(::symlink("circle", tree.path("good/circle").c_str()) == 0);
    const std::string danger = tree.path("bad") + ", above it, can be written by others (mode 0777, owner ";

    struct Case {
        std::string path;
        bool safe;
    };
    const Case cases[]{
        {"good/key", true},
        {"bad/sub/key", false},
        {"good/to_bad_file", false},
        {"good/to_bad_directory/key", false},
        {"bad/sub/to_good_file", false},
        {"good/../bad/sub/key", false},
        {"shared/key", false},
        {"good/to_shared_file", false},
        {"shared/to_good_file", false}, // the link itself can be replaced
        {"good/none", true},            // opening tells
        {"good/circle", true},
    };
    keys::DirectoryGuard remembering(self);
    for (const Case& c : cases) {
        INFO(c.path);
        for (int i = 0; i < 2; ++i) {
            const auto found = remembering.danger_above(tree.path(c.path));
            CHECK(found.has_value() != c.safe);
            CHECK(
                (!found ||
                 found->find("above it, can be written by others (mode 0777, owner ") != std::string::npos ||
                 found->find("above it, can be written by its group (mode 0770, owner ") !=
                     std::string::npos));
        }
    }
    CHECK(keys::DirectoryGuard(self).danger_above(bad)->starts_with(danger));
    CHECK(keys::DirectoryGuard(self).danger_above(shared)->starts_with(tree.path("shared") + ", above it, "));
}

TEST_CASE("readers by name") {
    const auto root = keys::Reader::of_user("root");
    REQUIRE(root);
    CHECK(root->user == 0);
    CHECK(root->has_group(0));
    CHECK_FALSE(root->has_group(some_group));
    CHECK(keys::Reader::of_user("no such user").error() == "there is no user 'no such user'");
    CHECK(keys::Reader::self().user == ::geteuid());
}
