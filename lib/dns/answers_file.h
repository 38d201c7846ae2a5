// DNS answers as a text file: what `--dump-answers` writes, `--answers` reads and an operator can edit.
//
// One record a line, as in a zone file; several lines for one name and type make one answer:
//
//     example.org.               300  TXT  "v=spf1 mx -all"
//     example.org.               300  MX   10 mx.example.org.
//     mx.example.org.            300  A    192.0.2.25
//     mx.example.org.            60   AAAA NODATA
//     gone.example.org.          60   TXT  NXDOMAIN
//     slow.example.org.          0    TXT  FAILED timeout
//
// Names are complete with or without the final dot. The number of seconds may be left out. [secure] and
// [aliased] after the type say what Answer says by these names. `;` and `#` begin a comment where a word
// could begin. In names and in quoted strings, \DDD is a byte in decimal and any other \X is X (RFC
// 1035 5.1).
#pragma once

#include "base/result.h"
#include "dns/answers.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dns {

struct AnswersError {
    std::size_t line = 0; // 1-based
    std::string message;
};

[[nodiscard]] base::Result<Answers, AnswersError> parse_answers(std::string_view text);

// Sorted by name and type; parse_answers gives the same answers back.
[[nodiscard]] std::string print_answers(const Answers& answers);

// What stands after the type, one text for each line.
[[nodiscard]] std::vector<std::string> print_data(const Answer& answer);

} // namespace dns
