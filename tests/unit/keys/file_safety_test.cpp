#include "keys/file_safety.h"

#include "support/catch.h"
#include "support/temporary_tree.h"
#include "unit/keys/nameless_users.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace {

// NAME1 leads to NAME2, and so on; the last one to `end`.
void link_in_a_row(const TemporaryTree& tree, const std::string& name, int first, int last,
                   const std::string& detour, const std::string& end) {
    const auto base = name.substr(name.rfind('/') + 1);
    for (int i = first; i <= last; ++i) {
        const std::string target = detour + (i == last ? end : base + std::to_string(i + 1));
        REQUIRE(::symlink(target.c_str(), tree.path(name + std::to_string(i)).c_str()) == 0);
    }
}

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
         "belongs to neither root nor paraph (mode 0640, owner 70002:70011); chown root:70011 it and chmod "
         "0640 it"},
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

TEST_CASE("rights that an access control list gives") {
    struct Case {
        std::string name;
        mode_t mode;
        keys::AccessList list;
        std::string danger; // of the file
        bool can_replace;   // what lies in such a directory
    };
    const Case cases[]{
        {"a user may read", 0640, {0, {{false, somebody, true, false}}}, "can be read by user 70002 ", false},
        {"a user may write",
         0620,
         {0, {{false, somebody, false, true}}},
         "can be written by user 70002 ",
         true},
        {"a user may both",
         0660,
         {0, {{false, somebody, true, true}}},
         "can be read and written by user 70002 ",
         true},
        {"a group may read",
         0640,
         {0, {{true, some_group, true, false}}},
         "can be read by group 70012 ",
         false},
        {"our group may write",
         0660,
         {0, {{true, daemon_group, true, true}}},
         "can be read and written by group 70011 ",
         true},
        {"our group may read", 0640, {0, {{true, daemon_group, true, false}}}, "", false},
        {"root's group may read", 0640, {0, {{true, 0, true, false}}}, "", false},
        {"we may both", 0660, {0, {{false, daemon_user, true, true}}}, "", false},
        {"root may both", 0660, {0, {{false, 0, true, true}}}, "", false},
        {"the second one is bad",
         0640,
         {0, {{false, daemon_user, true, false}, {false, somebody, true, false}}},
         "can be read by user 70002 ",
         false},
        {"the mask alone", 0660, {0, {}}, "", false},
        {"the owning group behind the mask", 0660, {0060, {}}, "can be written by its group ", true},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        const auto found = keys::file_danger({0, 0, c.mode, false, c.list}, reader).value_or("");
        CHECK(found.substr(0, c.danger.size()) == c.danger);
        CHECK(found.empty() == c.danger.empty());
        const auto replaced = keys::replace_danger({0, 0, c.mode, false, c.list}, {0, 0, 0600}, reader);
        CHECK(replaced.has_value() == c.can_replace);
        CHECK_FALSE(keys::replace_danger({0, 0, c.mode | 01000U, false, c.list}, {0, 0, 0600}, reader));
    }
    const keys::AccessList ours{0, {{false, daemon_user, true, false}}};
    CHECK_FALSE(keys::unreadable({0, 0, 0640, false, ours}, reader));
    const keys::AccessList our_group{0, {{true, daemon_group, true, false}}};
    CHECK_FALSE(keys::unreadable({0, 0, 0640, false, our_group}, reader));
    CHECK(keys::unreadable({0, daemon_group, 0640, false, keys::AccessList{}}, reader));
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

TEST_CASE("root reads what is its own, and what the daemon's user may have") {
    const keys::Reader root{0, {0, daemon_group}, "root", daemon_user};
    const keys::Ownership own{0, 0, 0600}, of_daemon{daemon_user, daemon_group, 0640};
    for (const auto& file : {own, of_daemon}) {
        CHECK_FALSE(keys::file_danger(file, root));
        CHECK_FALSE(keys::unreadable(file, root));
    }
    CHECK(keys::file_danger({somebody, daemon_group, 0600}, root));
    CHECK(keys::file_danger(of_daemon, keys::Reader{0, {0}, "root"}));
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
         "belongs to neither root nor paraph (mode 0755, owner 70002:70011); chown root it"},
        {"somebody's who may not write it now",
         {somebody, daemon_group, 0555},
         daemon_user,
         "belongs to neither root nor paraph (mode 0555, owner 70002:70011); chown root it"},
        {"somebody's sticky one",
         {somebody, 0, 01777},
         daemon_user,
         "belongs to neither root nor paraph (mode 1777, owner 70002:root); chown root it"},
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
    link_in_a_row(tree, "good/chain", 1, 30, "", "../bad/sub/key");
    link_in_a_row(tree, "good/chain", 31, 60, "", "key");
    std::string detour;
    for (int i = 0; i < 50; ++i) {
        detour += "../good/";
    }
    link_in_a_row(tree, "good/long", 1, 12, detour, "../bad/sub/key");
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
        {"good/circle", false},
        {"good/chain1", false}, // 30 links, and the last leads into a directory that others can write
        {"good/chain31", true},
        {"good/long1", false}, // 12 links, whose texts together are no path for the kernel
    };
    keys::DirectoryGuard remembering(self);
    for (const Case& c : cases) {
        INFO(c.path);
        for (int i = 0; i < 2; ++i) {
            const auto found = remembering.danger_above(tree.path(c.path));
            CHECK(found.has_value() != c.safe);
            const std::string text = found.value_or("above it, can be written by others (mode 0777, owner ");
            CHECK(
                (text.find("above it, can be written by others (mode 0777, owner ") != std::string::npos ||
                 text.find("above it, can be written by its group (mode 0770, owner ") != std::string::npos ||
                 text == "is reached through more than 40 symbolic links" ||
                 text.find("above it, cannot be looked at: File name too long") != std::string::npos));
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
