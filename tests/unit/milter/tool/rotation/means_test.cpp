// Whether this host has what rotation needs.
#include "milter/tool/rotation/means.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <sys/stat.h>

#include <memory>

using config::PublishBy;

TEST_CASE("what the next run of key rotate would miss is told before") {
    const TemporaryTree tree;
    const auto key = tree.write("tsig", "hmac-sha256:rotator:c2VjcmV0\n");
    REQUIRE(::chmod(key.c_str(), 0600) == 0);
    // What keymgr of Knot DNS prints, whole.
    const auto wrong = tree.write("wrong", "# hmac-sha256:rotator:c2VjcmV0\nkey:\n  - id: rotator\n");
    REQUIRE(::chmod(wrong.c_str(), 0600) == 0);
    const auto program = tree.write("program", "#!/bin/sh\n");
    struct Case {
        PublishBy publish;
        std::string tsig_key;
        std::vector<std::string> command;
        std::string old_keys;
        const char* said; // empty: nothing
    };
    const Case cases[]{
        {PublishBy::nsupdate, key, {}, "", ""},
        {PublishBy::nsupdate, "", {}, "", ""},
        {PublishBy::nsupdate, wrong, {}, "", "'rotation.tsig_key': "},
        {PublishBy::nsupdate, tree.path("none"), {}, "", "none: No such file or directory"},
        {PublishBy::hook, "", {"/bin/true", "x"}, "", ""},
        {PublishBy::hook, "", {program}, "", "program: Permission denied"},
        {PublishBy::hook, "", {tree.path("none")}, "", "'rotation.hook': "},
        {PublishBy::zone_file, "", {tree.path("none"), "%"}, "", "'rotation.zone_command': "},
        {PublishBy::none, tree.path("none"), {}, "", ""},
        {PublishBy::hook, "", {"/bin/true"}, tree.path("none"), "'rotation.publish_retired_key': "},
    };
    for (const Case& c : cases) {
        INFO(c.said << c.tsig_key);
        config::Settings settings;
        config::DomainEntry entry;
        entry.rotate = true;
        config::Rotation how;
        how.publish = c.publish;
        how.tsig_key = c.tsig_key;
        how.zone_command = how.hook = c.command;
        how.publish_retired_key = c.old_keys;
        entry.rotation = std::make_shared<const config::Rotation>(how);
        settings.domains["a.example"] = settings.domains["b.example"] = entry;
        const auto found = milter::tool::rotation::missing_means(settings, "p.yaml");
        REQUIRE(found.size() == (std::string(c.said).empty() ? 0U : 1U));
        CHECK((found.empty() || found.front().message.find(c.said) != std::string::npos));
        CHECK((found.empty() || found.front().severity == config::Severity::warning));
    }
}
