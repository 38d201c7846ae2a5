#include "unit/dmarc/zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace dmarc_test {

namespace {

bool is_below(const std::string& name, const std::string& ancestor) {
    return name.ends_with("." + ancestor);
}

template <class Keys>
bool any_at_or_below(const Keys& owners, const std::string& name) {
    return std::any_of(owners.begin(), owners.end(),
                       [&](const std::string& owner) { return owner == name || is_below(owner, name); });
}

std::string text(const std::optional<base::DomainName>& name) {
    return name ? name->text() : "-";
}
std::string text(const std::optional<dmarc::Policy>& policy) {
    return policy ? std::string(dmarc::print(*policy)) : "-";
}

} // namespace

bool Zone::exists(const std::string& name) const {
    const auto holds = [&name](const auto& entry) {
        return entry.first == name || is_below(entry.first, name);
    };
    return any_at_or_below(hosts, name) || any_at_or_below(aliases, name) ||
           std::any_of(txt.begin(), txt.end(), holds) || std::any_of(failures.begin(), failures.end(), holds);
}

dns::Answer Zone::answer(const dns::Question& question) const {
    if (const auto failure = failures.find(question.name); failure != failures.end()) {
        return dns::failed(failure->second);
    }
    if (aliases.contains(question.name)) {
        dns::Answer answer = dns::no_name();
        answer.aliased = true;
        return answer;
    }
    const auto records = txt.find(question.name);
    if (question.type == dns::Type::txt && records != txt.end()) {
        dns::Answer answer;
        answer.status = dns::Status::found;
        answer.texts = records->second;
        return answer;
    }
    return exists(question.name) ? dns::no_data() : dns::no_name();
}

Run run(const Zone& zone, const dmarc::Request& request, const dmarc::Options& options, dns::Answers known) {
    constexpr std::size_t max_rounds = 40;
    Run result;
    while (result.rounds < max_rounds) {
        dmarc::Outcome outcome = dmarc::evaluate(request, known, options);
        if (auto* verdict = std::get_if<dmarc::Verdict>(&outcome)) {
            result.verdict = std::move(*verdict);
            return result;
        }
        ++result.rounds;
        for (const dns::Question& question : std::get<dns::Questions>(outcome)) {
            if (known.find(question) != nullptr) {
                throw std::logic_error("asked again: " + print(question));
            }
            result.asked.push_back(question);
            known.insert(question, zone.answer(question));
        }
    }
    throw std::logic_error("the evaluation does not end");
}

std::string describe(const dmarc::Verdict& verdict) {
    std::string all = fmt::format(
        "result={} policy_domain={} org={} record={} tag={} published={} policy={} spf={} dkim={} by={} "
        "vetoed={} "
        "problem={}",
        dmarc::print(verdict.result), text(verdict.policy_domain), text(verdict.organizational_domain),
        verdict.record ? dmarc::print(*verdict.record) : "-", verdict.policy_tag,
        text(verdict.published_policy), text(verdict.policy), dmarc::print(verdict.spf),
        dmarc::print(verdict.dkim), text(verdict.aligned_by), verdict.vetoed, verdict.problem);
    for (const std::string& step : verdict.steps) {
        all += "\n  " + step;
    }
    return all;
}

} // namespace dmarc_test
