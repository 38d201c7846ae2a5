#include "authenticate/told.h"

#include <algorithm>
#include <string>

namespace authenticate {

namespace {

using authres::MethodResult;

MethodResult* find_method(std::string_view method, std::vector<MethodResult>& results) {
    const auto found = std::find_if(results.begin(), results.end(),
                                    [&](const MethodResult& one) { return one.method == method; });
    return found == results.end() ? nullptr : &*found;
}

Action taken_for_dmarc(const Disposition& disposition) {
    const auto found = std::find_if(disposition.findings.begin(), disposition.findings.end(),
                                    [](const Finding& one) { return one.ground == Ground::dmarc; });
    return found == disposition.findings.end() ? Action::accept : found->taken;
}

// Behind the policy, as opendmarc writes it: "p=reject dis=none policy-domain=example.org".
void add_word(std::string_view word, std::string& comment) {
    const auto behind_policy = std::min(comment.find(' '), comment.size());
    comment.insert(behind_policy, " dis=" + std::string(word));
}

// Why less was done than the setting says; empty: it was done. There are readers who search the whole field
// for "dmarc=pass", so that nothing in it may spell a result.
std::string why_less(const Finding& finding) {
    std::string words;
    const auto add = [&words](const std::string& more) { words += (words.empty() ? "" : ", ") + more; };
    if (finding.exception) {
        add("accepted by exception " + finding.exception->name);
    } else if (!finding.why_milder.empty()) {
        add(finding.why_milder);
    }
    if (finding.dry_run) {
        add("would " + std::string(print(finding.due)));
    }
    std::replace(words.begin(), words.end(), '=', '?');
    return words;
}

std::string_view method_of(Ground ground) {
    return ground == Ground::author ? "dmarc" : ground == Ground::helo ? "spf" : print(ground);
}

} // namespace

std::string_view disposition_word(Action action) {
    switch (action) {
    case Action::accept:
        return "none";
    case Action::mark:
    case Action::quarantine:
        return "quarantine";
    case Action::tempfail:
    case Action::reject:
    case Action::discard:
        return "reject";
    }
    return "none";
}

void tell_disposition(const Disposition& disposition, std::vector<MethodResult>& results) {
    MethodResult* dmarc = find_method("dmarc", results);
    if (dmarc != nullptr && dmarc->result == "fail" && !dmarc->comments.empty() &&
        dmarc->comments.front().find("p=") < 3) { // p=, sp=, np=: there is a policy
        add_word(disposition_word(taken_for_dmarc(disposition)), dmarc->comments.front());
    }
    for (const Finding& finding : disposition.findings) {
        MethodResult* told = find_method(method_of(finding.ground), results);
        told = told == nullptr ? dmarc : told;
        if (auto words = why_less(finding); told != nullptr && !words.empty()) {
            told->comments.push_back(std::move(words));
        }
    }
}

} // namespace authenticate
