#include "milter/reports/pending.h"

#include "report/configurations.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace milter::reports {

namespace {

// Of the containers, with what the allocator adds.
constexpr std::size_t policy_overhead = sizeof(PolicyDay) + sizeof(PolicyCount) + 120;
constexpr std::size_t row_overhead = sizeof(report::Key) + sizeof(RowCount) + 64;

} // namespace

Counted count_of(report::Evaluation evaluation, report::Detail detail, base::UnixTime at) {
    Counted one{.day = evaluation.day, .domain = evaluation.policy.domain.text()};
    one.policy = report::pack(evaluation.policy);
    one.policy_key = report::configuration_key(evaluation.policy);
    if (detail != report::Detail::full) {
        evaluation.row = report::reduce(std::move(evaluation.row), detail, evaluation.policy.domain);
    }
    one.row = report::pack(evaluation.row);
    one.row_key = report::key_of(one.row);
    one.is_due = evaluation.due == report::Due::yes;
    one.at = at;
    return one;
}

// The policy that a configuration was seen with last, where there is room for it.
void Pending::show_last(PolicyCount& policy, std::string content, std::size_t room) {
    const std::size_t bytes = bytes_ - policy.content.size() + content.size();
    if (!content.empty() && bytes <= room) {
        bytes_ = bytes;
        policy.content = std::move(content);
    }
}

bool Pending::add(Counted one, std::size_t room) {
    const PolicyDay key{one.day, one.policy_key};
    auto policy = policies_.find(key);
    const bool is_known = policy != policies_.end();
    auto row = is_known ? policy->second.rows.find(one.row_key) : RowCounts::iterator();
    if (!is_known || row == policy->second.rows.end()) {
        const std::size_t more = row_overhead + one.row.size() +
                                 (is_known ? 0 : policy_overhead + one.policy.size() + one.domain.size());
        if (bytes_ + more > room) {
            return false;
        }
        bytes_ += more;
        if (!is_known) {
            policy = policies_
                         .emplace(key, PolicyCount{.domain = std::move(one.domain),
                                                   .content = one.policy,
                                                   .first_seen = one.at})
                         .first;
        }
        row = policy->second.rows.emplace(one.row_key, RowCount{std::move(one.row), 0}).first;
    }
    show_last(policy->second, std::move(one.policy), room);
    ++row->second.messages;
    ++policy->second.messages;
    policy->second.due += one.is_due ? 1 : 0;
    ++messages_;
    return true;
}

// What is due is told with the first row.
void Pending::take(const PolicyDay& key, const PolicyCount& policy, const report::Key& row_key,
                   RowCount row) {
    auto [here, is_new] = policies_.try_emplace(key);
    if (is_new) {
        here->second.domain = policy.domain;
        here->second.content = policy.content;
        here->second.first_seen = policy.first_seen;
        bytes_ += policy_overhead + policy.domain.size() + policy.content.size();
    }
    bytes_ += row_overhead + row.content.size();
    here->second.messages += row.messages;
    messages_ += row.messages;
    here->second.rows.emplace(row_key, std::move(row));
}

std::vector<Pending> Pending::split(Pending whole, std::size_t rows) {
    std::vector<std::pair<PolicyDay, PolicyCount*>> policies;
    for (auto& [key, policy] : whole.policies_) {
        policies.emplace_back(key, &policy);
    }
    // Configurations of a domain in the order in which they came.
    std::sort(policies.begin(), policies.end(), [](const auto& a, const auto& b) {
        return std::tie(a.second->domain, a.second->first_seen, a.first) <
               std::tie(b.second->domain, b.second->first_seen, b.first);
    });
    std::vector<Pending> pieces(1);
    std::size_t used = 0;
    for (auto& [key, policy] : policies) {
        auto due = policy->due;
        for (auto& [row_key, row] : policy->rows) {
            if (used == rows) {
                pieces.emplace_back();
                used = 0;
            }
            ++used;
            pieces.back().take(key, *policy, row_key, std::move(row));
            pieces.back().policies_[key].due += std::exchange(due, 0);
        }
    }
    return pieces;
}

} // namespace milter::reports
