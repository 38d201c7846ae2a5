// Reports written for a test, each held against the schema, and what a reader finds in them.
#pragma once

#include "report/aggregate_xml.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace report_test {

using Counted = std::vector<std::pair<report::Row, std::uint64_t>>;

[[nodiscard]] report::Reporter reporter();
[[nodiscard]] report::Identity identity_of(const report::Policy& policy);

// Fails the test where the report is not valid.
[[nodiscard]] std::string write(const report::Reporter& reporter, const report::Policy& policy,
                                const Counted& rows);

// What the records of a report say, each as one line; the text of elements in the order of the document.
[[nodiscard]] std::vector<std::string> records_in(const std::string& xml);
// The same of rows before they are written.
[[nodiscard]] std::vector<std::string> records_of(const Counted& rows);

} // namespace report_test
