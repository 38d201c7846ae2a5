// How far a run has come: a line on a terminal that changes, and nothing anywhere else.
#pragma once

#include "milter/tool/command.h"

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace milter::tool {

// "[#######-------] 7 of 14, 6 sent" with `more` ", 6 sent", no longer than `columns`. A count beyond the
// total is all of it. `total` 0: nobody knows it, and there is no bar.
[[nodiscard]] std::string progress_bar(std::int64_t done, std::int64_t total, std::string_view more,
                                       std::size_t columns);

class ProgressLine {
  public:
    // On standard error, where that is a terminal.
    explicit ProgressLine(const Console& console);
    // `columns` 0: nothing is shown.
    ProgressLine(std::ostream& out, std::size_t columns) : out_(out), columns_(columns) {}
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    [[nodiscard]] bool is_shown() const { return columns_ > 0; }
    void show(std::int64_t done, std::int64_t total, std::string_view more);
    // Before anything else is written there.
    void clear();

  private:
    std::ostream& out_;
    std::size_t columns_;
    std::string last_;
};

} // namespace milter::tool
