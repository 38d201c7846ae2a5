#include "milter/daemon/file_state.h"

#include "support/catch.h"
#include "support/temporary_tree.h"

#include <filesystem>

using milter::daemon::FileState;

namespace {

std::uint64_t state_of(const std::string& path) {
    FileState state;
    state.add(path);
    return state.value();
}

} // namespace

TEST_CASE("what is seen of a file") {
    const TemporaryTree tree;
    const std::string path = tree.write("table", "one\n");
    const auto first = state_of(path);
    CHECK(state_of(path) == first);

    SECTION("another one in its place, though of the same size and time") {
        const std::string next = tree.write("next", "two\n");
        std::filesystem::last_write_time(next, std::filesystem::last_write_time(path));
        std::filesystem::rename(next, path);
        CHECK(state_of(path) != first);
    }
    SECTION("that it is longer") {
        tree.write("table", "longer\n");
        CHECK(state_of(path) != first);
    }
    SECTION("that it is gone") {
        std::filesystem::remove(path);
        CHECK(state_of(path) != first);
    }
    SECTION("where a link leads") {
        const std::string link = tree.path("link");
        std::filesystem::create_symlink(path, link);
        const auto before = state_of(link);
        std::filesystem::remove(link);
        std::filesystem::create_symlink(tree.write("other", "one\n"), link);
        CHECK(state_of(link) != before);
    }
}

TEST_CASE("when a file changed last") {
    const TemporaryTree tree;
    FileState state;
    CHECK(state.last_change() == 0);
    state.add(tree.write("table", "one\n"));
    CHECK(state.last_change() > 0);
}
