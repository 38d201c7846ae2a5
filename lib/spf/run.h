// One run of the evaluation, as its parts share it. Internal to lib/spf.
#pragma once

#include "dns/awaited.h"
#include "spf/evaluate.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace spf {

using dns::Awaited;

// <sender> and HELO, as macros need them.
struct Sender {
    std::string local_part;
    std::string domain; // A-labels
    std::string helo;   // A-labels
    bool local_part_usable =
        true; // RFC 8616 4: a term that needs a local-part outside of ASCII does not match
    bool helo_usable = true;
};

// Where the evaluation is: the <domain> of the record at hand, `depth` includes deep.
struct Scope {
    std::string domain;
    std::size_t depth = 0;
};

// The exp modifier that explains the result if it is fail.
struct Explainer {
    MacroString target;
    std::string domain;
};

struct Run {
    const Request& request;
    const Options& options;
    dns::Inquiry dns;
    Sender sender;
    Verdict verdict;
    std::size_t nesting = 0;
    std::size_t terms_ahead = 0; // terms the look-ahead has asked for, on top of verdict.terms
    std::optional<Explainer> explainer;

    // Whether another step would be kept.
    [[nodiscard]] bool recording() const {
        return options.steps && verdict.steps.size() < options.limits.most_steps;
    }
    // Keeps a step. `term` and `what` return its text, and are called only if somebody will read it.
    template <class Term, class What>
    void record(const Scope& scope, const Term& term, const What& what) {
        if (recording()) {
            add_step(scope, term(), what());
        }
    }
    // A remark about the record itself.
    template <class What>
    void record(const Scope& scope, const What& what) {
        record(scope, [] { return std::string(); }, what);
    }
    void add_step(const Scope& scope, std::string term, std::string what);
    // Null when `text` has a syntax error.
    [[nodiscard]] std::shared_ptr<const Record> read(std::string_view text) const;
    // The first problem is the one that ends the evaluation.
    void set_problem(std::string text);
};

// check_host() for one <domain>, as include and redirect call it again (RFC 7208 5.2, 6.1).
[[nodiscard]] Awaited<Result> evaluate_domain(Run& run, const Scope& scope);

} // namespace spf
