#include "authenticate/told.h"

#include "base/ascii.h"

#include <fmt/format.h>

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
    const Finding* finding = find(Ground::dmarc, disposition.findings);
    return finding == nullptr ? Action::accept : finding->taken;
}

// Behind the policy, as opendmarc writes it: "p=reject dis=none policy-domain=example.org".
void add_word(std::string_view word, std::string& comment) {
    const auto behind_policy = std::min(comment.find(' '), comment.size());
    comment.insert(behind_policy, " dis=" + std::string(word));
}

constexpr std::size_t longest_reason = 100;

// There are readers who look for "dmarc=pass", or for a semicolon or the end of a comment, in the whole
// field.
std::string plain(std::string_view text) {
    std::string words = base::one_line(text, longest_reason);
    std::erase_if(words, [](char c) { return c == '\\' || c == '"' || c == '(' || c == ')'; });
    std::replace(words.begin(), words.end(), '=', '?');
    std::replace(words.begin(), words.end(), ';', ',');
    return words;
}

std::string_view done(Action action) {
    switch (action) {
    case Action::accept:
        return "accepted";
    case Action::mark:
        return "marked";
    case Action::quarantine:
        return "held";
    case Action::tempfail:
        return "put off";
    case Action::reject:
        return "rejected";
    case Action::discard:
        return "discarded";
    }
    return "accepted";
}

// Why less was done than the setting says; empty: it was done.
std::string why_less(const Finding& finding) {
    const auto would =
        finding.dry_run ? fmt::format("would {}", print(finding.due)) : std::string(done(finding.due));
    if (finding.exception) {
        return fmt::format("accepted by exception {}", plain(finding.exception->name));
    }
    if (!finding.why_milder.empty()) {
        // The relay is named beside the result already.
        return fmt::format("{}: {}", would,
                           finding.why_milder == through_relay ? "the relay would have to bounce it"
                                                               : plain(finding.why_milder));
    }
    return finding.dry_run ? would : std::string();
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
