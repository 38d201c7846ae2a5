#include "milter/tool/progress_line.h"

#include "support/catch.h"

#include <sstream>

using namespace milter::tool;

TEST_CASE("a bar is as long as what is done, and no longer than its line") {
    struct Case {
        std::int64_t done, total;
        std::size_t columns;
        const char* expected;
    };
    const Case cases[]{
        {0, 4, 27, "[----------] 0 of 4, 0 sent"},
        {1, 4, 27, "[##--------] 1 of 4, 0 sent"},
        {4, 4, 27, "[##########] 4 of 4, 0 sent"},
        {9, 4, 27, "[##########] 4 of 4, 0 sent"},
        {-1, 4, 27, "[----------] 0 of 4, 0 sent"},
        {3, 0, 27, "3, 0 sent"},
        {1, 2, 22, "[##---] 1 of 2, 0 sent"},
        {1, 2, 21, "1 of 2, 0 sent"},
        {1, 2, 5, "1 of "},
        {1, 2, 0, ""},
    };
    for (const Case& one : cases) {
        INFO(one.done << " of " << one.total << " in " << one.columns);
        CHECK(progress_bar(one.done, one.total, ", 0 sent", one.columns) == one.expected);
    }
    CHECK(progress_bar(1, 1, ", 1 sent", 500).size() == 42 + std::string(" 1 of 1, 1 sent").size());
}

TEST_CASE("a line changes in its place and goes before others are written") {
    std::ostringstream out;
    {
        ProgressLine line(out, 23);
        line.show(1, 2, ", 1 sent");
        line.show(1, 2, ", 1 sent");
        line.clear();
        line.clear();
        line.show(2, 2, ", 2 sent");
    }
    const std::string gone(22, ' ');
    CHECK(out.str() == "\r[##---] 1 of 2, 1 sent\r" + gone + "\r\r[#####] 2 of 2, 2 sent\r" + gone + "\r");
    std::ostringstream pipe;
    {
        ProgressLine line(pipe, 0);
        line.show(1, 2, ", 1 sent");
    }
    CHECK(pipe.str().empty());
}
