// Keys that root copies out of directories that belong to others.
#include "milter/tool/import/careful_file.h"

#include "../workspace.h"
#include "support/catch.h"

#include <sys/stat.h>
#include <unistd.h>

using milter::tool::import::copy_danger;
using milter::tool::import::read_carefully;

namespace {

constexpr uid_t other = 4321;

class Folders {
  public:
    Folders() {
        std::filesystem::create_directory(path("theirs"));
        write("secret", "root's");
        std::filesystem::create_directory(path("ours"));
    }
    [[nodiscard]] std::string path(const std::string& name) const { return space_.path(name); }
    void write(const std::string& name, const std::string& text) const { space_.write(name, text); }
    void give(const std::string& name) const { REQUIRE(::lchown(path(name).c_str(), other, other) == 0); }
    [[nodiscard]] std::string told(const std::string& name) const {
        const auto file = read_carefully(path(name), 100);
        return file ? file->bytes : file.error();
    }

  private:
    tool_test::Workspace space_;
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a plain file is read, and links of the one who asks are followed") {
    const Folders folders;
    folders.write("ours/key", "bytes");
    std::filesystem::create_symlink("key", folders.path("ours/link"));
    std::filesystem::create_directory_symlink(folders.path("ours"), folders.path("way"));
    CHECK(folders.told("ours/key") == "bytes");
    CHECK(folders.told("ours/link") == "bytes");
    CHECK(folders.told("way/link") == "bytes");
    CHECK(folders.told("ours/../way/./key") == "bytes");
    CHECK(folders.told("ours/none") == "No such file or directory");
    CHECK(folders.told("none/key") == "No such file or directory");
    CHECK(folders.told("ours") == "not a regular file");
    folders.write("ours/long", std::string(101, 'x'));
    CHECK(folders.told("ours/long") == "larger than 100 bytes");
    REQUIRE(::mkfifo(folders.path("ours/pipe").c_str(), 0600) == 0);
    CHECK(folders.told("ours/pipe") == "not a regular file");
    std::filesystem::create_symlink("round", folders.path("ours/round"));
    CHECK(folders.told("ours/round") == "round is a symbolic link that leads to itself");
}

TEST_CASE("who owns a directory cannot lead root elsewhere") {
    if (::geteuid() != 0) {
        return; // only root can give files away
    }
    const Folders folders;
    folders.write("theirs/key", "bytes");
    folders.give("theirs/key");
    std::filesystem::create_symlink("../secret", folders.path("theirs/link"));
    std::filesystem::create_directory(folders.path("theirs/below"));
    std::filesystem::create_directory_symlink("..", folders.path("theirs/way"));
    std::filesystem::create_hard_link(folders.path("secret"), folders.path("theirs/second"));
    folders.give("theirs");
    CHECK(folders.told("theirs/key") == "bytes");
    CHECK(contains(folders.told("theirs/link"), "symbolic link that user"));
    CHECK(contains(folders.told("theirs/way/secret"), "symbolic link that user"));
    CHECK(contains(folders.told("theirs/second"), "hard links"));
    // Deeper down it is still his, whoever owns what is below.
    std::filesystem::create_symlink("../../secret", folders.path("theirs/below/link"));
    CHECK(contains(folders.told("theirs/below/link"), "symbolic link that user"));
    // His link in a directory of ours: one in which everybody may make files.
    std::filesystem::create_symlink("../secret", folders.path("ours/link"));
    folders.give("ours/link");
    CHECK(contains(folders.told("ours/link"), "symbolic link that user"));
}

TEST_CASE("what a group may write is not trusted either") {
    if (::geteuid() != 0) {
        return;
    }
    const Folders folders;
    std::filesystem::create_symlink("../secret", folders.path("ours/link"));
    std::filesystem::permissions(folders.path("ours"), std::filesystem::perms(0775));
    CHECK(contains(folders.told("ours/link"), "symbolic link that a group can change"));
}

TEST_CASE("a file of somebody's names no key but his own") {
    if (::geteuid() != 0) {
        return;
    }
    const Folders folders;
    for (const char* name : {"theirs/KeyTable", "theirs/key", "ours/KeyTable", "ours/key"}) {
        folders.write(name, "bytes");
    }
    folders.give("theirs/KeyTable");
    folders.give("theirs/key");
    const auto read = [&](const char* name) { return *read_carefully(folders.path(name), 100); };
    CHECK(copy_danger(read("ours/key"), read("ours/KeyTable")).empty());
    CHECK(copy_danger(read("theirs/key"), read("ours/KeyTable")).empty());
    CHECK(copy_danger(read("theirs/key"), read("theirs/KeyTable")).empty());
    CHECK(contains(copy_danger(read("ours/key"), read("theirs/KeyTable")), "belongs to root"));
    std::filesystem::permissions(folders.path("ours/KeyTable"), std::filesystem::perms(0664));
    CHECK(contains(copy_danger(read("ours/key"), read("ours/KeyTable")), "a group can change"));
}
