// A store of reports that tells whether what it was asked for led through an index, or through all that there
// is: the one ends, however large the store is.
#pragma once

#include "milter/reports/database.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace test {

class WatchedDatabase final : public milter::reports::Database {
  public:
    explicit WatchedDatabase(std::unique_ptr<Database> sqlite) : inner_(std::move(sqlite)) {}

    [[nodiscard]] milter::reports::Dialect dialect() const override { return inner_->dialect(); }
    milter::reports::Stored<void> open() override { return inner_->open(); }
    milter::reports::Stored<milter::reports::Table>
    run(const std::string& statement, const std::vector<milter::reports::Value>& values = {}) override {
        asked_.emplace(statement, values);
        return inner_->run(statement, values);
    }
    milter::reports::Stored<void>
    fill(const std::string& table, const std::vector<std::string>& columns,
         const std::vector<std::vector<milter::reports::Value>>& rows) override {
        return inner_->fill(table, columns, rows);
    }
    milter::reports::Stored<std::uint64_t> size() override { return inner_->size(); }

    // Statements that read a table as a whole, or a day of it, or sort all that is planned.
    [[nodiscard]] std::vector<std::string> slow() const {
        std::vector<std::string> found;
        for (const auto& [statement, values] : asked_) {
            if (!statement.starts_with("SELECT") && !statement.starts_with("UPDATE")) {
                continue;
            }
            const auto plan = inner_->run("EXPLAIN QUERY PLAN " + statement, values);
            for (const auto& row : plan ? plan->rows : std::vector<milter::reports::Cells>()) {
                constexpr std::size_t words = 3; // the column
                const auto& step = row.text(words);
                const bool reads_all = step.starts_with("SCAN ") && step != "SCAN d"; // what is flushed
                const bool sorts = step.find("TEMP B-TREE") != std::string::npos &&
                                   statement.find("FROM paraph_report_planned") != std::string::npos;
                if (reads_all || sorts || step.ends_with("(day=?)") || step.ends_with("(day<?)")) {
                    found.push_back(fmt::format("{}: {}", step, statement));
                }
            }
        }
        return found;
    }

  protected:
    milter::reports::Stored<void> begin() override { return plain("BEGIN IMMEDIATE"); }
    milter::reports::Stored<void> commit() override { return plain("COMMIT"); }
    void roll_back() override { static_cast<void>(plain("ROLLBACK")); }

  private:
    milter::reports::Stored<void> plain(const std::string& statement) {
        const auto done = inner_->run(statement, {});
        return done ? milter::reports::Stored<void>() : base::refuse(done.error());
    }

    std::unique_ptr<Database> inner_;
    std::map<std::string, std::vector<milter::reports::Value>> asked_;
};

} // namespace test
