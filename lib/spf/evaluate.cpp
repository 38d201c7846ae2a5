#include "spf/evaluate.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "spf/explanation.h"
#include "spf/look_ahead.h"
#include "spf/match.h"
#include "spf/run.h"
#include "spf/select.h"
#include "spf/target_name.h"

#include <fmt/format.h>

namespace spf {

namespace {

using base::printable;

Result result_of(Qualifier qualifier) {
    switch (qualifier) {
    case Qualifier::pass:
        return Result::pass;
    case Qualifier::fail:
        return Result::fail;
    case Qualifier::softfail:
        return Result::softfail;
    case Qualifier::neutral:
        return Result::neutral;
    }
    return Result::permerror;
}

Result end_with(Run& run, const Scope& scope, Result result, std::string why) {
    run.record(scope, [&] { return fmt::format("{}: {}", print(result), why); });
    run.set_problem(std::move(why));
    return result;
}

// RFC 7208 4.6.4: one counter for the whole evaluation, through every include and redirect.
bool count_term(Run& run) {
    return ++run.verdict.terms <= run.options.limits.terms;
}

std::string too_many_terms(const Run& run) {
    return fmt::format("more than {} terms that query the DNS", run.options.limits.terms);
}

// RFC 7208 6.1: the record of another domain takes over, with its own exp.
Awaited<Result> follow_redirect(Run& run, const Scope& scope, const MacroString& redirect) {
    if (!count_term(run)) {
        return end_with(run, scope, Result::permerror, too_many_terms(run));
    }
    run.verdict.used_local_part = run.verdict.used_local_part || redirect.uses_local_part();
    auto target = target_name(run, scope, redirect);
    if (!target) {
        return dns::unanswered;
    }
    if (!target->unusable.empty()) {
        return end_with(run, scope, Result::permerror, "redirect leads nowhere: " + target->unusable);
    }
    const auto term = [&] { return "redirect=" + redirect.text(); };
    run.record(scope, term, [&] {
        return fmt::format("no mechanism matched; the record of {} takes over", printable(target->name));
    });
    const auto result = evaluate_domain(run, {std::move(target->name), scope.depth});
    return result == Result::none ? Result::permerror : result;
}

// The result of a record none of whose mechanisms matched.
Awaited<Result> default_result(Run& run, const Scope& scope, const Record& record) {
    if (record.redirect) { // RFC 7208 5.1: not reached when the record has an `all`
        return follow_redirect(run, scope, *record.redirect);
    }
    if (scope.depth == 0) {
        run.verdict.mechanism = "default"; // RFC 7208 9.1
    }
    run.record(scope, [] { return std::string("no mechanism matched: neutral"); });
    return Result::neutral; // RFC 7208 4.7
}

Result matched(Run& run, const Scope& scope, const Record& record, const Directive& directive) {
    const Result result = result_of(directive.qualifier);
    if (scope.depth == 0) {
        run.verdict.mechanism = print(directive);
        // RFC 7208 6.2: the exp of an included record is never used; behind a redirect the target's is.
        if (result == Result::fail && record.explanation) {
            run.explainer = Explainer{*record.explanation, scope.domain};
        }
    }
    return result;
}

// RFC 7208 4.6.2: from left to right until one matches or ends the evaluation.
Awaited<Result> evaluate_record(Run& run, const Scope& scope, const Record& record) {
    for (std::size_t i = 0; i < record.directives.size(); ++i) {
        const Directive& directive = record.directives[i];
        if (queries_dns(directive.mechanism) && !count_term(run)) {
            return end_with(run, scope, Result::permerror, too_many_terms(run));
        }
        auto finding = match(run, scope, directive.mechanism);
        if (!finding) {
            look_ahead(run, scope, record, i + 1);
            return dns::unanswered;
        }
        run.record(scope, [&] { return print(directive); }, [&] { return std::move(finding->what); });
        switch (finding->match) {
        case Match::no:
            break;
        case Match::yes:
            return matched(run, scope, record, directive);
        case Match::temperror:
            return Result::temperror;
        case Match::permerror:
            return Result::permerror;
        }
    }
    return default_result(run, scope, record);
}

bool allows_nobody(const Record& record) {
    return record.directives.size() == 1 && record.directives.front() == Directive{Qualifier::fail, All{}} &&
           !record.redirect && !record.explanation && record.unknown.empty();
}

Awaited<Result> evaluate_text(Run& run, const Scope& scope, std::string_view text) {
    if (text.size() > run.options.limits.record) {
        return end_with(run, scope, Result::permerror,
                        fmt::format("the SPF record of {} is longer than {} octets", printable(scope.domain),
                                    run.options.limits.record));
    }
    const auto record = run.read(text); // RFC 7208 4.6: any syntax error anywhere comes before all else
    if (record == nullptr) {
        const auto error = parse(text).error();
        return end_with(run, scope, Result::permerror,
                        fmt::format("the SPF record of {} has a syntax error at octet {}: {}",
                                    printable(scope.domain), error.position, error.message));
    }
    run.record(scope, [&] { return fmt::format("the record is {}", printable(text)); });
    const bool is_own = scope.depth == 0 && run.nesting == 1; // neither included nor redirected to
    run.verdict.sends_no_mail = run.verdict.sends_no_mail || (is_own && allows_nobody(*record));
    return evaluate_record(run, scope, *record);
}

Awaited<Result> evaluate_answer(Run& run, const Scope& scope, const dns::Answer& answer) {
    switch (answer.status) {
    case dns::Status::failed: // RFC 7208 4.4
        return end_with(
            run, scope, Result::temperror,
            fmt::format("TXT {} could not be looked up: {}", printable(scope.domain), print(answer.failure)));
    case dns::Status::no_name: // RFC 7208 4.3
        return end_with(run, scope, Result::none, fmt::format("{} does not exist", printable(scope.domain)));
    case dns::Status::no_data:
    case dns::Status::found:
        break;
    }
    const Selection selection = select_record(answer); // RFC 7208 4.5
    if (selection.count == 0) {
        return end_with(run, scope, Result::none,
                        fmt::format("{} has no SPF record", printable(scope.domain)));
    }
    if (selection.count > 1) {
        return end_with(run, scope, Result::permerror,
                        fmt::format("{} SPF records at {}", selection.count, printable(scope.domain)));
    }
    return evaluate_text(run, scope, selection.text);
}

// An IDN as A-labels (RFC 8616 4); nothing when text outside of ASCII is no IDN.
std::optional<std::string> ascii_helo(const std::string& helo) {
    if (base::all_ascii(helo)) {
        return helo;
    }
    const auto name = base::DomainName::parse_international(helo);
    return name ? std::optional(name->text()) : std::nullopt;
}

Sender make_sender(const Request& request, const std::string& domain, const Limits& limits) {
    Sender sender;
    // RFC 7208 4.3: a sender without a local-part is the postmaster.
    sender.local_part = request.local_part.empty() ? "postmaster" : request.local_part;
    sender.local_part_usable =
        base::all_ascii(sender.local_part) && sender.local_part.size() <= limits.local_part;
    sender.domain = domain;
    const auto helo = ascii_helo(request.helo);
    sender.helo_usable = helo && helo->size() <= limits.helo;
    sender.helo = helo.value_or(std::string());
    return sender;
}

Verdict no_verdict(const Request& request, std::string domain, std::string why) {
    Verdict verdict;
    verdict.identity = request.identity;
    verdict.domain = std::move(domain);
    verdict.problem = std::move(why);
    return verdict;
}

Awaited<Verdict> conclude(Run& run, const Scope& scope) {
    const auto result = evaluate_domain(run, scope);
    if (!result) {
        return dns::unanswered;
    }
    run.verdict.result = *result;
    if (*result == Result::fail) {
        auto text = explanation(run);
        if (!text) {
            return dns::unanswered;
        }
        run.verdict.explanation = *std::move(text);
    }
    return std::move(run.verdict);
}

} // namespace

Awaited<Result> evaluate_domain(Run& run, const Scope& scope) {
    if (!base::is_multi_label(scope.domain)) { // RFC 7208 4.3
        return end_with(run, scope, Result::none,
                        fmt::format("{} is not a domain name", printable(scope.domain)));
    }
    if (run.nesting >= run.options.limits.nesting) {
        return end_with(
            run, scope, Result::permerror,
            fmt::format("include and redirect go more than {} records deep", run.options.limits.nesting));
    }
    const dns::Answer* answer = run.dns.ask(scope.domain, dns::Type::txt);
    if (answer == nullptr) {
        return dns::unanswered;
    }
    ++run.nesting;
    const auto result = evaluate_answer(run, scope, *answer);
    --run.nesting;
    return result;
}

Outcome evaluate(const Request& request, const dns::Answers& known, const Options& options) {
    // RFC 7208 2.4: a null reverse-path stands for postmaster at the HELO name.
    const bool null_sender = request.domain.empty() && request.local_part.empty();
    const std::string& identity = null_sender ? request.helo : request.domain;
    const auto domain = base::DomainName::parse_international(identity);
    if (!domain) {
        return no_verdict(request, {}, fmt::format("{} is not a domain name", printable(identity, 253)));
    }
    Run run{.request = request,
            .options = options,
            .dns = dns::Inquiry(known),
            .sender = make_sender(request, domain->text(), options.limits),
            .verdict = no_verdict(request, domain->text(), {}),
            .explainer = {}};
    return dns::outcome(conclude(run, {domain->text(), 0}), run.dns);
}

} // namespace spf
