// Programs and a directory that are gone with their owner.
#include "milter/tool/compare/policy_service.h"
#include "milter/tool/compare/private_folder.h"

#include "milter/tool/compare/dmarc_facts.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>

using namespace milter::tool::compare;
using namespace std::chrono_literals;

TEST_CASE("a private folder is closed to others, and goes with all that is in it") {
    std::string path;
    {
        const auto folder = PrivateFolder::make();
        REQUIRE(folder);
        path = folder->path();
        const auto room = folder->make_room("daemon", std::nullopt);
        REQUIRE(room);
        CHECK_FALSE(folder->make_room("daemon", std::nullopt)); // somebody was there before
        struct stat facts{};
        REQUIRE(::stat(room->c_str(), &facts) == 0);
        CHECK((facts.st_mode & 0777U) == 0700U);
        REQUIRE(::stat(path.c_str(), &facts) == 0);
        CHECK((facts.st_mode & 0066U) == 0U);
        std::filesystem::create_symlink("/etc", *room + "/link");
    }
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK(std::filesystem::exists("/etc/passwd"));
}

TEST_CASE("a policy service is asked, and its end is told") {
    const TemporaryTree tree;
    const std::string log = tree.path("log");
    const auto started = PolicyService::start({.words = {"/bin/sh", "-c",
                                                         "while read -r line; do [ -n \"$line\" ] || { echo "
                                                         "\"action=dunno $last\"; echo; }; last=$line; done"},
                                               .log = log});
    REQUIRE(started);
    const auto told = (*started)->ask({{"request", "x"}, {"sender", "a\nsender=b\r"}}, 30s);
    REQUIRE(told);
    CHECK(*told == "dunno sender=asender=b");
    const auto dead =
        PolicyService::start({.words = {"/bin/sh", "-c", "read -r line; echo broken >&2"}, .log = log});
    REQUIRE(dead);
    const auto nothing = (*dead)->ask({{"request", "x"}}, 30s);
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().find("it ended") != std::string::npos);
}

TEST_CASE("programs that cannot be started are told") {
    const TemporaryTree tree;
    CHECK_FALSE(
        Process::start({.words = {"/bin/true"}, .user = "nobody-has-this-name", .log = tree.path("log")}));
    CHECK_FALSE(Process::start({.words = {"/bin/true"}, .log = tree.path("none/log")}));
    const auto none = Process::start({.words = {"/no/such/program"}, .log = tree.path("log")});
    REQUIRE(none);
    while ((*none)->is_running()) {
    }
    CHECK((*none)->last_words() == "it said nothing");
}

TEST_CASE("facts of DMARC are taken from what paraph dmarc prints, or there are none") {
    const auto facts = read_dmarc_facts(R"({"remark": "", "organizational_domain": "example.org", "walk": [
        {"remark": "\"v=DMARC1; p=reject; ADKIM=s\"", "record": {"diagnostics": ["p=x is not a value"]}},
        {"remark": null, "record": null}]})");
    CHECK(facts.organization == "example.org");
    CHECK(facts.records.find("adkim=s") != std::string::npos);
    CHECK(facts.records.find("is not a value") != std::string::npos);
    for (const char* text :
         {"", "paraph: no", "[]", R"({"walk": 5, "remark": [], "organizational_domain": null})",
          R"({"walk": [5, {"record": {"diagnostics": {}}}]})"}) {
        CHECK(read_dmarc_facts(text).organization.empty());
    }
}
