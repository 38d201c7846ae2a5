// Where the backups of switches lie, and whom they belong to.
#include "milter/tool/import/backup.h"

#include "../workspace.h"
#include "support/catch.h"

#include <unistd.h>

using namespace milter::tool::import;

TEST_CASE("the last backup with a journal is found, and one is made at a time") {
    const tool_test::Workspace space;
    Backups backups(space.path("var/import"));
    REQUIRE(backups.lock());
    CHECK(backups.latest().empty());
    Backups second(space.path("var/import"));
    const auto locked = second.lock();
    REQUIRE_FALSE(locked);
    CHECK(locked.error().find("is at work") != std::string::npos);
    const Backup first(*backups.create("20260101T000000Z"));
    const Backup last(*backups.create("20260101T000000Z"));
    const Backup without(*backups.create("20270101T000000Z"));
    REQUIRE(first.save("one"));
    REQUIRE(last.save("two"));
    CHECK(backups.latest() == last.directory());
    CHECK(*Backup(backups.latest()).journal() == "two");
    REQUIRE(last.keep("main.cf.before", "a"));
    REQUIRE(last.keep("main.cf.before", "b"));
    CHECK(*last.kept("main.cf.before") == "b");
    CHECK_FALSE(last.kept("none"));
}

TEST_CASE("a directory that others can change holds no backup") {
    const tool_test::Workspace space;
    std::filesystem::create_directory(space.path("open"));
    std::filesystem::permissions(space.path("open"), std::filesystem::perms(0777));
    CHECK_FALSE(Backups(space.path("open/import")).lock());
    std::filesystem::create_directory(space.path("real"));
    std::filesystem::create_directory_symlink("real", space.path("link"));
    CHECK_FALSE(Backups(space.path("link/import")).lock());
    if (::geteuid() == 0) {
        std::filesystem::create_directory(space.path("theirs"));
        REQUIRE(::chown(space.path("theirs").c_str(), 4321, 4321) == 0);
        const auto locked = Backups(space.path("theirs/import")).lock();
        REQUIRE_FALSE(locked);
        CHECK(locked.error().find("only root can change") != std::string::npos);
    }
}
