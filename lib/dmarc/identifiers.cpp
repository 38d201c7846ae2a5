#include "dmarc/identifiers.h"

#include <fmt/format.h>

#include <array>

namespace dmarc {

namespace {

struct Candidate {
    const Identifier* identifier = nullptr;
    const char* mechanism = "";
    AlignmentMode mode = AlignmentMode::relaxed;
    Alignment* alignment = nullptr; // of the mechanism, in the verdict
};

const char* outcome_in_words(const Candidate& candidate, const AlignmentTest& test) {
    const bool aligns = test.alignment == Alignment::yes;
    if (test.alignment == Alignment::undecided) {
        return "was not decided";
    }
    if (candidate.identifier->state == IdentifierState::temperror) {
        return aligns ? "would align, but met a temporary error"
                      : "met a temporary error and would not align";
    }
    return aligns ? "aligns" : "does not align";
}

class Comparison {
  public:
    Comparison(const Request& request, AlignmentModes modes, Wanted wanted, Aligner& aligner);

    dns::Awaited<IdentifiersVerdict> run();

  private:
    using Selector = bool (Comparison::*)(const Identifier&) const;

    bool is_author_pass(const Identifier& identifier) const;
    bool is_other_pass(const Identifier& identifier) const;
    bool is_temperror(const Identifier& identifier) const;

    bool consider(const Candidate& candidate);
    void note(const Candidate& candidate, const AlignmentTest& test);
    void settle(const Candidate& candidate, const AlignmentTest& test);
    void leave_open(const Candidate& candidate, Trouble trouble);
    bool has_passed() const;

    // Keeps a step, if somebody will read it: only then is `words` called for its text.
    template <class Words>
    void record(const Words& words) {
        if (wanted_.steps) {
            verdict_.steps.push_back(words());
        }
    }

    const Request& request_;
    Wanted wanted_;
    Aligner& aligner_;
    IdentifiersVerdict verdict_;
    std::vector<Candidate> candidates_;
};

Comparison::Comparison(const Request& request, AlignmentModes modes, Wanted wanted, Aligner& aligner)
    : request_(request), wanted_(wanted), aligner_(aligner) {
    if (request.spf) {
        candidates_.push_back({&*request.spf, "SPF", modes.spf, &verdict_.spf});
    }
    for (const Identifier& identifier : request.dkim) {
        candidates_.push_back({&identifier, "DKIM", modes.dkim, &verdict_.dkim});
    }
}

// First what costs nothing to compare, then what may take walks. An identifier that met a temporary error can
// no longer help; it only matters where nothing else aligned.
dns::Awaited<IdentifiersVerdict> Comparison::run() {
    if (candidates_.empty()) {
        record([] { return std::string("neither SPF nor DKIM vouches for any domain"); });
    }
    constexpr std::array<Selector, 3> order{&Comparison::is_author_pass, &Comparison::is_other_pass,
                                            &Comparison::is_temperror};
    for (const Selector selected : order) {
        for (const Candidate& candidate : candidates_) {
            if ((this->*selected)(*candidate.identifier) && !consider(candidate)) {
                return dns::unanswered;
            }
        }
    }
    return std::move(verdict_);
}

bool Comparison::is_author_pass(const Identifier& identifier) const {
    return identifier.state == IdentifierState::pass && identifier.domain == request_.author_domain;
}

bool Comparison::is_other_pass(const Identifier& identifier) const {
    return identifier.state == IdentifierState::pass && identifier.domain != request_.author_domain;
}

bool Comparison::is_temperror(const Identifier& identifier) const {
    return identifier.state == IdentifierState::temperror;
}

// False when an answer is missing.
bool Comparison::consider(const Candidate& candidate) {
    if (*candidate.alignment == Alignment::yes) {
        return true; // one identifier per mechanism is enough
    }
    const Effort effort = wanted_.both || !has_passed() ? Effort::walk : Effort::known_only;
    const auto test = aligner_.test(candidate.identifier->domain, candidate.mode, effort);
    if (!test) {
        return false;
    }
    note(candidate, *test);
    settle(candidate, *test);
    return true;
}

void Comparison::settle(const Candidate& candidate, const AlignmentTest& test) {
    const bool passed = candidate.identifier->state == IdentifierState::pass;
    if (test.failed) {
        leave_open(candidate, test.trouble);
    } else if (test.alignment == Alignment::yes && !passed) {
        // RFC 9989 5.3.6: without its DNS answers the message neither passes nor fails.
        leave_open(candidate, {false, fmt::format("{} of {} could not be completed: temporary error",
                                                  candidate.mechanism, candidate.identifier->domain.text())});
    } else if (test.alignment != Alignment::no) {
        *candidate.alignment = test.alignment;
    }
    if (test.alignment == Alignment::yes && passed && !verdict_.aligned_by) {
        verdict_.aligned_by = candidate.identifier->domain;
    }
}

void Comparison::note(const Candidate& candidate, const AlignmentTest& test) {
    record([&] {
        return fmt::format("{} {} {}: {}", candidate.mechanism, candidate.identifier->domain.text(),
                           outcome_in_words(candidate, test), test.why);
    });
    if (test.vetoed && !verdict_.veto) {
        verdict_.veto = test.why;
    }
}

// Trouble that may pass outweighs trouble that will not: trying again can then still help.
void Comparison::leave_open(const Candidate& candidate, Trouble trouble) {
    *candidate.alignment = Alignment::undecided;
    if (!verdict_.open || (verdict_.open->lasting && !trouble.lasting)) {
        verdict_.open = std::move(trouble);
    }
}

bool Comparison::has_passed() const {
    return verdict_.aligned_by.has_value();
}

} // namespace

dns::Awaited<IdentifiersVerdict> align_identifiers(const Request& request, AlignmentModes modes,
                                                   Wanted wanted, Aligner& aligner) {
    return Comparison(request, modes, wanted, aligner).run();
}

} // namespace dmarc
