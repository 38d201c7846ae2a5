// Programs and a directory that are gone with their owner.
#include "milter/tool/compare/policy_service.h"
#include "milter/tool/compare/private_folder.h"

#include "milter/tool/compare/dmarc_facts.h"
#include "milter/tool/compare/guardian.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace milter::tool::compare;
using namespace std::chrono_literals;

namespace {

// Not ended, whether somebody asked how or not.
bool runs(pid_t pid) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto end = text.rfind(") ");
    return end != std::string::npos && text[end + 2] != 'Z' && text[end + 2] != 'X';
}

} // namespace

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

TEST_CASE("a policy service that does not answer is given up, and asked anew") {
    const TemporaryTree tree;
    // The first one waits for ever, and what it started as well.
    const std::string script = fmt::format(
        "if [ -e {0} ]; then read -r line; printf 'action=dunno\\n\\n'; else echo >{0}; sleep 600 & echo $! "
        ">{1}; wait; fi",
        tree.path("second"), tree.path("child"));
    const auto service = PolicyService::start({.words = {"/bin/sh", "-c", script}, .log = tree.path("log")});
    REQUIRE(service);
    while (!std::filesystem::exists(tree.path("child")) ||
           std::filesystem::file_size(tree.path("child")) == 0) {
    }
    const auto none = (*service)->ask({{"sender", std::string(1'000'000, 'x')}}, 1ms);
    REQUIRE_FALSE(none);
    CHECK(none.error() == "no answer in time");
    pid_t child = 0;
    std::ifstream(tree.path("child")) >> child;
    REQUIRE(child > 0);
    const auto told = (*service)->ask({{"sender", "x"}}, 30s);
    REQUIRE(told);
    CHECK(*told == "dunno");
    while (runs(child)) { // ended with its parent; the system may take a moment
    }
}

// Killed while a program of its own runs that does not end when it is asked to.
[[noreturn]] void be_killed(const TemporaryTree& tree, bool asks_guardian) {
    const auto folder = PrivateFolder::make();
    const auto guardian = asks_guardian ? Guardian::start(folder->path()) : base::refuse(std::string());
    const std::string script =
        fmt::format("trap '' TERM; echo $$ {} >{}; exec sleep 600", folder->path(), tree.path("child"));
    const auto program = Process::start({.words = {"/bin/sh", "-c", script}, .log = tree.path("log")});
    while (!std::filesystem::exists(tree.path("child")) ||
           std::filesystem::file_size(tree.path("child")) == 0) {
    }
    ::raise(SIGKILL);
    ::_exit(1);
}

TEST_CASE("what runs for a process ends when that one is killed, and its folder goes") {
    const bool is_guarded = GENERATE(true, false);
    const TemporaryTree tree;
    const pid_t owner = ::fork();
    if (owner == 0) {
        be_killed(tree, is_guarded);
    }
    REQUIRE(::waitpid(owner, nullptr, 0) == owner);
    pid_t child = 0;
    std::string folder;
    std::ifstream(tree.path("child")) >> child >> folder;
    REQUIRE(child > 0);
    if (is_guarded) {
        while (runs(child) || std::filesystem::exists(folder)) { // at once, but not before this one looks
        }
    } else {
        CHECK(runs(child));
        ::kill(child, SIGKILL);
        PrivateFolder::remove(folder);
    }
}

TEST_CASE("a guardian ends nobody who has ended already") {
    const TemporaryTree tree;
    const auto folder = PrivateFolder::make();
    REQUIRE(folder);
    {
        const auto guardian = Guardian::start(folder->path());
        REQUIRE(guardian);
        const auto program = Process::start({.words = {"/bin/true"}, .log = tree.path("log")});
        REQUIRE(program);
        while ((*program)->is_running()) {
        }
    }
    CHECK_FALSE(std::filesystem::exists(folder->path()));
}

TEST_CASE("what a killed run left is removed, and nothing else") {
    const auto alive = PrivateFolder::make();
    REQUIRE(alive);
    const auto parent = std::filesystem::path(alive->path()).parent_path();
    const auto left = parent / "paraph-compare-2147483646-1", other = parent / "paraph-compare-x";
    std::filesystem::create_directories(left / "paraphd");
    std::filesystem::create_directories(other);
    const auto removed = PrivateFolder::remove_left();
    CHECK(std::ranges::find(removed, left.string()) != removed.end());
    CHECK_FALSE(std::filesystem::exists(left));
    CHECK(std::filesystem::remove(other));
    CHECK(std::filesystem::exists(alive->path()));
}

TEST_CASE("what a program says does not fill the memory") {
    const TemporaryTree tree;
    const auto endless = Process::start({.words = {"/usr/bin/yes"}, .log = tree.path("log")});
    REQUIRE(endless);
    while ((*endless)->is_running()) { // until it cannot write
    }
    CHECK(std::filesystem::file_size(tree.path("log")) <= std::uintmax_t{8} * 1024 * 1024);
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
    CHECK(facts.applied.empty());
    const auto below = [](const char* exists, const char* np) {
        return read_dmarc_facts(fmt::format(
            R"({{"exists": {}, "policy_domain": "example.org", "subdomain_policy": "quarantine",
                "non_existent_policy": "{}", "trouble": "timeout", "walk": [
                {{"domain": "org", "remark": "other"}}, {{"domain": "example.org", "remark": "V=DMARC1"}}]}})",
            exists, np));
    };
    CHECK(below("false", "reject").np == 1);
    CHECK(below("false", "none").np == -1);
    CHECK(below("true", "reject").np == 0);
    CHECK(below("true", "reject").applied == "v=dmarc1");
    CHECK(below("true", "reject").trouble == "timeout");
    for (const char* text :
         {"", "paraph: no", "[]", R"({"walk": 5, "remark": [], "organizational_domain": null})",
          R"({"walk": [5, {"record": {"diagnostics": {}}}]})"}) {
        CHECK(read_dmarc_facts(text).organization.empty());
    }
}
