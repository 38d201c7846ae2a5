// How SPF is evaluated: what a deployment may choose.
#pragma once

#include "base/memo.h"
#include "spf/limits.h"
#include "spf/record.h"

#include <cstdint>

namespace spf {

// How far the evaluator asks ahead of what it knows to need. It never changes a verdict, only the number of
// rounds and of questions.
enum class LookAhead : std::uint8_t {
    none,    // one question after the other, as a resolver that blocks would ask
    records, // the records of every include and redirect to come, and all hosts of one mx or ptr term
             // together
    all,     // also what the a, mx, ptr and exists terms to come will ask
};

using RecordMemo = base::Memo<Record>;

struct Options {
    Limits limits{};
    LookAhead look_ahead = LookAhead::records;
    RecordMemo* records = nullptr; // keeps parsed records; may be null
    bool steps = true;             // Verdict::steps is filled; without, no step is put into words
};

} // namespace spf
