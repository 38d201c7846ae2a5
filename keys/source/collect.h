// The rows of one answer, as they come out of a database.
#pragma once

#include "keys/source/source.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace keys::source {

class Collector {
  public:
    Collector(std::size_t columns, std::size_t most_rows) : most_rows_(most_rows) { rows_.columns = columns; }

    // The next field of the row, or the first one of the next row.
    void add(std::string_view field) {
        bytes_ += field.size();
        if (is_full()) {
            return;
        }
        if (rows_.rows.empty() || rows_.rows.back().size() == rows_.columns) {
            rows_.rows.emplace_back();
        }
        rows_.rows.back().emplace_back(field);
    }

    [[nodiscard]] bool is_full() const { return bytes_ > max_answer || rows_.rows.size() > most_rows_; }

    [[nodiscard]] Answer answer() {
        if (is_full()) {
            return Rows{{}, rows_.columns, "the answer has too many rows or is too large"};
        }
        return std::move(rows_);
    }

  private:
    std::size_t most_rows_;
    Rows rows_;
    std::size_t bytes_ = 0;
};

} // namespace keys::source
