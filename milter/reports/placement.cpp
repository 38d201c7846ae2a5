#include "milter/reports/placement.h"

#include "milter/reports/domains_of_batch.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace milter::reports {

namespace {

using Policies = DomainsOfBatch::Policies;

// Of one policy domain on one day.
class DomainPlacement {
  public:
    DomainPlacement(std::vector<KnownPart> known, const Caps& caps, Placed& placed)
        : known_(std::move(known)), caps_(caps), placed_(placed) {
        for (const KnownPart& one : known_) {
            rows_ += one.row_bound;
        }
    }

    // Where there may be too many rows, their keys have to be known.
    [[nodiscard]] bool is_tight(const Policies& policies) const {
        auto most = rows_;
        for (const auto& [key, policy] : policies) {
            most += static_cast<std::int64_t>(policy->rows.size());
        }
        return most > static_cast<std::int64_t>(full_detail(caps_.rows_per_domain));
    }

    Stored<void> read_keys(const ReadRowKeys& read) {
        rows_ = 0;
        is_exact_ = true;
        for (const KnownPart& one : known_) {
            auto keys = read(one.part);
            if (!keys) {
                return base::refuse(keys.error());
            }
            rows_ += static_cast<std::int64_t>(keys->size());
            keys_.emplace(one.part, *std::move(keys));
        }
        return {};
    }

    void add(const PolicyDay& key, const PolicyCount& policy) {
        const KnownPart& target = target_of(key, policy);
        PartCount& part = placed_.parts[target.part];
        if (part.domain.empty()) {
            part.domain = policy.domain;
            part.first_seen = policy.first_seen;
        }
        part.content = policy.content; // of several, what was seen last
        part.messages += policy.messages;
        part.due += policy.due;
        for (const auto& [row_key, row] : policy.rows) {
            if (is_exact_) {
                add_fitted(part, row_key, row, policy.domain, keys_[target.part]);
            } else {
                add(part, row_key, row.content, row.messages);
            }
        }
        const auto now = is_exact_ ? static_cast<std::int64_t>(keys_[target.part].size()) - target.row_bound
                                   : static_cast<std::int64_t>(part.rows.size());
        part.more_rows = now;
    }

  private:
    // Where there are too many configurations, the last one stands for the others.
    KnownPart& target_of(const PolicyDay& key, const PolicyCount& policy) {
        auto same = std::find_if(known_.rbegin(), known_.rend(),
                                 [&](const KnownPart& one) { return one.part.policy == key.policy; });
        if (same == known_.rend() && !policy.is_rest && configurations() >= caps_.policies_per_domain) {
            same =
                std::max_element(known_.rbegin(), known_.rend(), [](const KnownPart& a, const KnownPart& b) {
                    return std::pair(a.first_seen, a.part.part) < std::pair(b.first_seen, b.part.part);
                });
        }
        if (same == known_.rend()) {
            return known_.emplace_back(
                KnownPart{.part = {key.day, key.policy, 0}, .first_seen = policy.first_seen});
        }
        if (same->planned) {
            const Part next{key.day, same->part.policy, same->part.part + 1};
            return known_.emplace_back(KnownPart{.part = next, .first_seen = policy.first_seen});
        }
        return *same;
    }

    [[nodiscard]] std::size_t configurations() const {
        return static_cast<std::size_t>(std::count_if(
            known_.begin(), known_.end(), [](const KnownPart& one) { return one.part.part == 0; }));
    }

    void add_fitted(PartCount& part, const report::Key& key, const RowCount& row, const std::string& domain,
                    RowKeys& known) {
        auto fitted =
            fit(key, row.content, domain, static_cast<std::size_t>(rows_), caps_.rows_per_domain, known);
        placed_.less_detail += fitted.is_reduced ? row.messages : 0;
        rows_ += known.insert(fitted.key).second ? 1 : 0;
        add(part, fitted.key, fitted.content, row.messages);
    }

    static void add(PartCount& part, const report::Key& key, const std::string& content,
                    std::int64_t messages) {
        RowCount& row = part.rows[key];
        row.content = content;
        row.messages += messages;
    }

    std::vector<KnownPart> known_;
    const Caps& caps_;
    Placed& placed_;
    std::map<Part, RowKeys> keys_;
    std::int64_t rows_ = 0; // that there are; without keys, at most
    bool is_exact_ = false;
};

} // namespace

Stored<Placed> place(const Pending& batch, const Known& known, const Caps& caps,
                     const OrganizationDays& organizations, const ReadRowKeys& read) {
    Placed placed;
    DomainsOfBatch domains(batch, known, caps.domains_per_organization, organizations);
    placed.less_detail = domains.less_detail();
    placed.added = domains.added();
    for (auto& [domain, policies] : domains.all()) {
        std::sort(policies.begin(), policies.end(), [](const auto& a, const auto& b) {
            return std::tuple(a.second->first_seen, a.first) < std::tuple(b.second->first_seen, b.first);
        });
        const auto before = known.find(domain);
        DomainPlacement one(before == known.end() ? std::vector<KnownPart>() : before->second, caps, placed);
        if (one.is_tight(policies)) {
            if (auto done = one.read_keys(read); !done) {
                return base::refuse(done.error());
            }
        }
        for (const auto& [key, policy] : policies) {
            one.add(key, *policy);
        }
    }
    return placed;
}

} // namespace milter::reports
