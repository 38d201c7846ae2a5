#include "keys/access_advice.h"

#include "support/catch.h"

namespace {

// Numbers that have no name anywhere.
constexpr uid_t daemon_user = 70001;
constexpr uid_t somebody = 70002;
constexpr gid_t daemon_group = 70011;
constexpr gid_t some_group = 70012;

const keys::Reader reader{daemon_user, {daemon_group}, "paraph"};

} // namespace

TEST_CASE("what lets the daemon read a file") {
    struct Case {
        const char* name;
        keys::Ownership file;
        const char* advice;
    };
    const Case cases[] = {
        {"root's alone", {0, 0, 0600}, "chown root:70011 /k && chmod 0640 /k"},
        {"root's, for root's group", {0, 0, 0640}, "chown root:70011 /k && chmod 0640 /k"},
        {"root's, of our group", {0, daemon_group, 0600}, "chmod 0640 /k"},
        {"somebody's, of our group", {somebody, daemon_group, 0600}, "chown root:70011 /k && chmod 0640 /k"},
        {"somebody's alone", {somebody, some_group, 0600}, "chown root:70011 /k && chmod 0640 /k"},
        {"for another filter's group",
         {0, some_group, 0640},
         "usermod -aG 70012 paraph, then restart the daemon"},
        {"our own", {daemon_user, daemon_group, 0200}, "chmod u+r /k"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(keys::reading_advice("/k", c.file, reader) == c.advice);
    }
}

TEST_CASE("what lets the daemon enter a directory") {
    struct Case {
        const char* name;
        const char* path;
        keys::Ownership directory;
        const char* advice;
    };
    constexpr const char* elsewhere = "move the file to where the daemon's files are, such as /etc/paraph";
    const Case cases[] = {
        {"root's alone", "/d", {0, 0, 0700}, "chgrp 70011 /d && chmod g+x /d"},
        {"of our group", "/d", {0, daemon_group, 0700}, "chmod g+x /d"},
        {"for another filter's group",
         "/d",
         {0, some_group, 0750},
         "usermod -aG 70012 paraph, then restart the daemon"},
        {"our own", "/d", {daemon_user, daemon_group, 0600}, "chmod u+x /d"},
        {"a person's", "/home/ann", {somebody, some_group, 0750}, elsewhere},
        {"root's home", "/root", {0, 0, 0700}, elsewhere},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(keys::entering_advice(c.path, c.directory, reader) == c.advice);
    }
}

TEST_CASE("what takes a key from a stranger") {
    CHECK(keys::owning_advice(reader) == "chown root:70011 it and chmod 0640 it");
    CHECK(keys::owning_advice({0, {0}, "root"}) == "chown root it");
}
