#include "dmarc/alignment.h"

#include <fmt/format.h>

namespace dmarc {

namespace {

AlignmentTest vetoed(std::string why) {
    return {Alignment::no, false, true, {}, std::move(why)};
}

bool is_settled(const Organization* organization) {
    return organization != nullptr && organization->state == Walk::State::finished;
}

} // namespace

std::string_view print(Alignment alignment) {
    switch (alignment) {
    case Alignment::no:
        return "no";
    case Alignment::yes:
        return "yes";
    case Alignment::undecided:
        return "undecided";
    }
    return "?";
}

template <class Words>
AlignmentTest Aligner::told(Alignment alignment, const Words& words) const {
    return {alignment, false, false, {}, steps_ ? words() : std::string()};
}

dns::Awaited<AlignmentTest> Aligner::test(const base::DomainName& identifier, AlignmentMode mode,
                                          Effort effort) {
    if (identifier == author_) { // RFC 9989 4.10.2: equal names need no walk
        return told(Alignment::yes, [] { return std::string("it is the author domain"); });
    }
    if (mode == AlignmentMode::strict) {
        return told(Alignment::no,
                    [] { return std::string("strict alignment asks for the author domain itself"); });
    }
    if (identifier.suffix(1) != author_.suffix(1)) {
        return told(Alignment::no,
                    [] { return std::string("it has nothing in common with the author domain"); });
    }
    return relaxed(identifier, effort);
}

dns::Awaited<AlignmentTest> Aligner::relaxed(const base::DomainName& identifier, Effort effort) {
    const auto ours = organization(author_, effort);
    if (!ours) {
        return dns::unanswered;
    }
    if (!is_settled(*ours)) {
        return open(*ours);
    }
    // An Organizational Domain is always the name itself or above it, so a name outside of ours cannot share
    // it.
    if (!identifier.is_at_or_below((*ours)->domain)) {
        return told(Alignment::no, [&] { return fmt::format("it is not below {}", (*ours)->domain.text()); });
    }
    // RFC 9989 4.10.2: the identifier takes its own walk. A psd= on its way up may have split it from the
    // author's.
    const auto theirs = organization(identifier, effort);
    if (!theirs) {
        return dns::unanswered;
    }
    return is_settled(*theirs) ? compare(identifier, (*ours)->domain, (*theirs)->domain) : open(*theirs);
}

AlignmentTest Aligner::compare(const base::DomainName& identifier, const base::DomainName& ours,
                               const base::DomainName& theirs) const {
    if (ours != theirs) {
        return told(Alignment::no, [&] {
            return fmt::format("its organizational domain is {}, the author's is {}", theirs.text(),
                               ours.text());
        });
    }
    if (organizations_.are_strangers(ours, identifier, author_)) {
        return vetoed(
            fmt::format("{} and {} share the organizational domain {} only because its record lacks psd=y; "
                        "the public suffix list says that it is open to registrants",
                        identifier.text(), author_.text(), ours.text()));
    }
    return told(Alignment::yes, [&] { return fmt::format("both belong to {}", ours.text()); });
}

AlignmentTest Aligner::open(const Organization* organization) const {
    AlignmentTest test = told(Alignment::undecided, [&] {
        return organization == nullptr
                   ? std::string("the result does not depend on it, so it was not looked up")
                   : organization->walk.trouble.text;
    });
    if (organization != nullptr) {
        test.failed = true;
        test.trouble = organization->walk.trouble;
    }
    return test;
}

dns::Awaited<const Organization*> Aligner::organization(const base::DomainName& name, Effort effort) {
    if (effort == Effort::known_only) {
        return organizations_.settled(name);
    }
    const auto& organization = organizations_.of(name);
    return organization ? dns::Awaited<const Organization*>(&*organization) : dns::unanswered;
}

} // namespace dmarc
