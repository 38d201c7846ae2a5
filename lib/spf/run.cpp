#include "spf/run.h"

#include "base/ascii.h"

namespace spf {

void Run::add_step(const Scope& scope, std::string term, std::string what) {
    if (verdict.steps.size() + 1 == options.limits.most_steps) {
        term.clear();
        what = "further steps are not listed";
    }
    verdict.steps.push_back({scope.depth, base::printable(scope.domain), std::move(term), std::move(what)});
}

std::shared_ptr<const Record> Run::read(std::string_view text) const {
    return base::recall(options.records, text, [](std::string_view unknown) {
        auto parsed = parse(unknown);
        return parsed ? std::make_shared<const Record>(*std::move(parsed)) : nullptr;
    });
}

void Run::set_problem(std::string text) {
    if (verdict.problem.empty()) {
        verdict.problem = std::move(text);
    }
}

} // namespace spf
