// What a comparison found, for people and for programs. Names and texts come from foreign messages; what
// cannot be printed is written out.
#pragma once

#include "milter/tool/compare/tally.h"

#include <string>
#include <vector>

namespace milter::tool::compare {

struct Report {
    const Tally& tally;
    std::vector<std::string> compared;     // the old programs
    std::vector<std::string> not_called{}; // as far as they were found
    std::vector<std::string> notes{};
    bool was_stopped = false;
};

[[nodiscard]] std::string print(const Report& report);
[[nodiscard]] std::string print_json(const Report& report);

} // namespace milter::tool::compare
