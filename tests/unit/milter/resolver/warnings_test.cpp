#include "milter/resolver/warnings.h"
#include "support/catch.h"

#include <string>
#include <vector>

using milter::resolver::Warning;
using milter::resolver::Warnings;
using std::chrono::seconds;

TEST_CASE("each kind of warning is given at most once a minute") {
    const Warnings::Time start{std::chrono::hours(1)};
    std::vector<std::string> lines;
    Warnings warnings([&lines](std::string_view line) { lines.emplace_back(line); });
    warnings.warn(Warning::no_server_answers, "TXT a.test", start);
    warnings.warn(Warning::no_server_answers, "TXT b.test", start + seconds(1));
    warnings.warn(Warning::callback_threw, "", start + seconds(1));
    warnings.warn(Warning::no_server_answers, "TXT c.test", start + seconds(59));
    warnings.warn(Warning::no_server_answers, "TXT d.test", start + seconds(60));
    warnings.warn(Warning::no_server_answers, "TXT e.test", start + seconds(120));
    CHECK(lines == std::vector<std::string>{
                       "no nameserver answered in time: TXT a.test",
                       "a receiver of a DNS answer failed",
                       "no nameserver answered in time: TXT d.test (2 more since the last warning)",
                       "no nameserver answered in time: TXT e.test",
                   });
}
