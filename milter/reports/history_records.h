// The text of records as opendmarc-import reads them: where one begins and where it ends.
//
//     job Q1
//     reporter mx.example.org
//     ...
//     action 2
#pragma once

#include <cstddef>
#include <string_view>

namespace milter::reports {

// The file begins so, too.
inline constexpr std::string_view begin_of_record = "job ";

// Where the last record ends that begins at `from` or less than `octets` later: one at least.
[[nodiscard]] std::size_t end_of_records(std::string_view records, std::size_t from, std::size_t octets);

// How much of a file's end is good: all, or without the record that was not finished. Npos: there is no
// record in it, so that it is something else.
[[nodiscard]] std::size_t end_of_whole_records(std::string_view tail);

} // namespace milter::reports
