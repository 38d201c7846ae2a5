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
    std::string why; // in words
};

enum class Effort : std::uint8_t {
    walk,       // ask what has to be asked
    known_only, // decide by what this evaluation had to find out anyway, else undecided
};

class Aligner {
  public:
    Aligner(Organizations& organizations, base::DomainName author)
        : organizations_(organizations), author_(std::move(author)) {}

    [[nodiscard]] dns::Awaited<AlignmentTest> test(const base::DomainName& identifier, AlignmentMode mode,
                                                   Effort effort);

  private:
    [[nodiscard]] dns::Awaited<AlignmentTest> relaxed(const base::DomainName& identifier, Effort effort);
    [[nodiscard]] AlignmentTest compare(const base::DomainName& identifier, const base::DomainName& ours,
                                        const base::DomainName& theirs) const;
    // Null when it was not looked up.
    [[nodiscard]] dns::Awaited<const Organization*> organization(const base::DomainName& name, Effort effort);

    Organizations& organizations_;
    base::DomainName author_;
};

} // namespace dmarc
