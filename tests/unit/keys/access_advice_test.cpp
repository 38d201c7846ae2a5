#include "keys/access_advice.h"

#include "support/catch.h"
#include "unit/keys/nameless_users.h"

#include <string>

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
        {"for another service's group, as shadow",
         {0, some_group, 0640},
         "chown root:70011 /k && chmod 0640 /k"},
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
        {"root's alone", "/d", {0, 0, 0700}, elsewhere},
        {"root's group's", "/d", {0, 0, 0750}, elsewhere},
        {"root's alone, made for the daemon",
         "/etc/paraph/keys",
         {0, 0, 0700},
         "chgrp 70011 /etc/paraph/keys && chmod g+x /etc/paraph/keys"},
        {"the daemon's own", "/etc/paraph", {0, 0, 0700}, "chgrp 70011 /etc/paraph && chmod g+x /etc/paraph"},
        {"a name that begins like it", "/etc/paraphrase", {0, 0, 0700}, elsewhere},
        {"of our group", "/d", {0, daemon_group, 0700}, "chmod g+x /d"},
        {"for another service's group, as ssl-cert", "/d", {0, some_group, 0750}, elsewhere},
        {"our own", "/d", {daemon_user, daemon_group, 0600}, "chmod u+x /d"},
        {"a person's", "/home/ann", {somebody, some_group, 0750}, elsewhere},
        {"root's home", "/root", {0, 0, 0700}, elsewhere},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(keys::entering_advice(c.path, c.directory, reader) == c.advice);
    }
}

TEST_CASE("the daemon joins a group that is there for its keys") {
    struct Case {
        const char* group;
        bool expected;
    };
    for (const Case& c : {Case{"opendkim", true}, Case{"paraph", true}, Case{"paraph-keys", true},
                          Case{"paraphernalia", false}, Case{"shadow", false}, Case{"ssl-cert", false},
                          Case{"adm", false}, Case{"disk", false}, Case{"root", false}, Case{"", false}}) {
        INFO(c.group);
        CHECK(keys::is_for_keys(c.group, "paraph") == c.expected);
    }
    // A group without a name has its number for one, and so has the daemon here.
    const keys::Reader kin{daemon_user, {daemon_group}, "70012"};
    const std::string advice =
        "usermod -aG 70012 70012, then restart the daemon, which may then do all that group 70012 may";
    CHECK(keys::reading_advice("/k", {0, some_group, 0640}, kin) == advice);
    CHECK(keys::entering_advice("/d", {0, some_group, 0750}, kin) == advice);
    CHECK(keys::reading_advice("/k", {0, some_group, 0600}, kin) == "chown root:70011 /k && chmod 0640 /k");
    CHECK(keys::entering_advice("/home/ann", {somebody, some_group, 0750}, kin) ==
          "move the file to where the daemon's files are, such as /etc/paraph");
}

TEST_CASE("a path stands in a command as the shell takes it, or there is none") {
    struct Case {
        std::string path;
        const char* reading;
        const char* entering;
    };
    const Case cases[] = {
        {"/a/b_c.d@e+f-9", "chown root:70011 /a/b_c.d@e+f-9 && chmod 0640 /a/b_c.d@e+f-9",
         "chmod g+x /a/b_c.d@e+f-9"},
        {"/sp ace/k;id.pem", "chown root:70011 '/sp ace/k;id.pem' && chmod 0640 '/sp ace/k;id.pem'",
         "chmod g+x '/sp ace/k;id.pem'"},
        {"/$(id)`id`", "chown root:70011 '/$(id)`id`' && chmod 0640 '/$(id)`id`'", "chmod g+x '/$(id)`id`'"},
        {"/~*?\"!", "chown root:70011 '/~*?\"!' && chmod 0640 '/~*?\"!'", "chmod g+x '/~*?\"!'"},
        {"/it's", "chown root:70011 it and chmod 0640 it", "chmod g+x it"},
        {"/a\\b", "chown root:70011 it and chmod 0640 it", "chmod g+x it"},
        {"/a\nid", "chown root:70011 it and chmod 0640 it", "chmod g+x it"},
        {"/a\x1b[2J", "chown root:70011 it and chmod 0640 it", "chmod g+x it"},
        {"/m\xc3\xbc", "chown root:70011 it and chmod 0640 it", "chmod g+x it"},
        {"(a note)", "chown root:70011 it and chmod 0640 it", "chmod g+x it"},
        {"-R", "chown root:70011 it and chmod 0640 it", "chmod g+x it"},
        {"", "chown root:70011 it and chmod 0640 it", "chmod g+x it"},
    };
    for (const Case& c : cases) {
        INFO(c.path);
        CHECK(keys::reading_advice(c.path, {0, 0, 0600}, reader) == c.reading);
        CHECK(keys::entering_advice(c.path, {0, daemon_group, 0700}, reader) == c.entering);
    }
}

TEST_CASE("what takes a key from a stranger") {
    CHECK(keys::owning_advice(reader) == "chown root:70011 it and chmod 0640 it");
    CHECK(keys::owning_advice({0, {0}, "root"}) == "chown root it");
}
