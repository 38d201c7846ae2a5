// How DMARC is evaluated: what a deployment may choose.
#pragma once

#include "base/memo.h"
#include "dmarc/limits.h"
#include "dmarc/public_suffix.h"
#include "dmarc/record.h"

#include <cstdint>

namespace dmarc {

enum class Discovery : std::uint8_t {
    tree_walk, // RFC 9989 4.10
    psl, // as RFC 7489 did: the author domain, then its registrable domain by the list; psd= has no meaning
};

// How far alignment is pursued once a first identifier has aligned, so that the result is pass in any case.
enum class Extent : std::uint8_t {
    verdict, // no further: no question that the result does not need
    // SPF and DKIM both where the record asks for reports (RFC 9990 3.1.1.9, RFC 9989 4.7), and the author's
    // organization where anything could align by it.
    report,
    full, // SPF and DKIM both, always
};

using RecordMemo = base::Memo<Record>;

struct Options {
    Limits limits{};
    Discovery discovery = Discovery::tree_walk;
    // The veto: where a walk ended on a public suffix (by the list) whose record lacks psd=y, two registrants
    // below it do not align. Null: no veto. Required for Discovery::psl.
    const PublicSuffixList* public_suffixes = nullptr;
    Extent extent = Extent::verdict;
    RecordMemo* records = nullptr; // keeps parsed records; may be null
    bool steps = true;             // Verdict::steps is filled; without, no step is put into words
};

} // namespace dmarc
