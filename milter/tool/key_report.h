// What came of checking one key, for people and as JSON.
#pragma once

#include "milter/tool/key_comparison.h"
#include "milter/tool/live_record.h"

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace milter::tool {

struct KeyReport {
    enum class Result : std::uint8_t { good, wrong, open, unusable };

    struct Line {
        KeyFinding finding;
        std::vector<std::string> servers = {}; // that say so; empty: all that were asked
    };

    NamedKey name;
    std::string type = {}; // of the private key; empty: it cannot be used
    std::size_t bits = 0;
    std::vector<Line> lines = {};
    std::optional<LiveRecord> live = {}; // nothing: only a resolver was asked

    [[nodiscard]] Result result() const;
};

[[nodiscard]] const char* print(KeyReport::Result result);
[[nodiscard]] const char* print(KeyFinding::Kind kind);

struct KeyCounts {
    std::size_t good = 0, wrong = 0, open = 0, unusable = 0;

    void add(const KeyReport& report);
    [[nodiscard]] std::size_t all() const { return good + wrong + open + unusable; }
    [[nodiscard]] ExitCode exit_code() const;
};

void print_report(const KeyReport& report, std::ostream& out);
// "3 keys: 2 good, 1 wrong"
[[nodiscard]] std::string print(const KeyCounts& counts);
// One JSON object for all.
void print_json(const std::vector<KeyReport>& reports, std::ostream& out);

} // namespace milter::tool
