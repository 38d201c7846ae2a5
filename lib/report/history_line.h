// A message as OpenDMARC's HistoryFile has it, so that opendmarc-import and the scripts around it go on.
//
// One key and one value a line; "job" begins a record. The numbers are those of OpenDMARC 1.4.
#pragma once

#include "authenticate/action.h"
#include "report/evaluation.h"

#include <string>

namespace report {

// What is known beside the evaluation.
struct HistoryFacts {
    std::string job{};      // queue id
    std::string reporter{}; // our host name
    authenticate::Action action = authenticate::Action::accept;
    base::UnixTime received = 0;
};

// Whatever the values hold, lines with the keys of the format and no others.
[[nodiscard]] std::string history_lines(const Evaluation& evaluation, const HistoryFacts& facts);

} // namespace report
