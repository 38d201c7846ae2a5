// Identifier alignment (RFC 9989 3.2.10 and 4.4).
#pragma once

#include "dmarc/organizations.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace dmarc {

enum class Alignment : std::uint8_t {
    no,
    yes,
    undecided
}; // undecided: a query it needs failed, or it was not needed

[[nodiscard]] std::string_view print(Alignment alignment); // "no", "yes", "undecided"

// One identifier held against the author domain.
struct AlignmentTest {
    Alignment alignment = Alignment::no;
    bool failed = false; // undecided for good, for the reason in `trouble`
    bool vetoed = false; // no, by the public suffix veto alone
    Trouble trouble;
    std::string why; // in words; left out where no steps are wanted, but for a veto
};

enum class Effort : std::uint8_t {
    walk,       // ask what has to be asked
    known_only, // decide by what this evaluation had to find out anyway, else undecided
};

class Aligner {
  public:
    Aligner(Organizations& organizations, base::DomainName author, bool steps = true)
        : organizations_(organizations), author_(std::move(author)), steps_(steps) {}

    [[nodiscard]] dns::Awaited<AlignmentTest> test(const base::DomainName& identifier, AlignmentMode mode,
                                                   Effort effort);

  private:
    [[nodiscard]] dns::Awaited<AlignmentTest> relaxed(const base::DomainName& identifier, Effort effort);
    [[nodiscard]] AlignmentTest compare(const base::DomainName& identifier, const base::DomainName& ours,
                                        const base::DomainName& theirs) const;
    // Decided: `words` returns the reason, and is called only if somebody will read it.
    template <class Words>
    [[nodiscard]] AlignmentTest told(Alignment alignment, const Words& words) const;
    // For an organization that could not be determined.
    [[nodiscard]] AlignmentTest open(const Organization* organization) const;
    // Null when it was not looked up.
    [[nodiscard]] dns::Awaited<const Organization*> organization(const base::DomainName& name, Effort effort);

    Organizations& organizations_;
    base::DomainName author_;
    bool steps_; // whether `why` will be read
};

} // namespace dmarc
