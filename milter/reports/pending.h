// What was counted and is not in the store yet.
#pragma once

#include "base/unix_time.h"
#include "report/aggregate.h"
#include "report/evaluation.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

namespace milter::reports {

// A message, as the store has it.
struct Counted {
    report::Day day = 0;
    std::string domain{}; // the policy domain
    report::Key policy_key{};
    std::string policy{}; // packed, with its addresses, which the key is not made of
    report::Key row_key{};
    std::string row{}; // packed
    bool is_due = false;
    base::UnixTime at = 0;
};

[[nodiscard]] Counted count_of(report::Evaluation evaluation, report::Detail detail, base::UnixTime at);

struct RowCount {
    std::string content;
    std::int64_t messages = 0;
};

// The key is a digest: any part of it is as good as a hash.
struct KeyHash {
    std::size_t operator()(const report::Key& key) const {
        std::size_t hash = 0;
        std::memcpy(&hash, key.data(), sizeof hash);
        return hash;
    }
};

using RowCounts = std::unordered_map<report::Key, RowCount, KeyHash>;

struct PolicyCount {
    std::string domain;
    std::string content;
    std::int64_t messages = 0;
    std::int64_t due = 0;
    base::UnixTime first_seen = 0;
    RowCounts rows{};
    bool is_rest = false; // of an organization, see domains_of_batch.h
};

struct PolicyDay {
    report::Day day = 0;
    report::Key policy{};

    bool operator==(const PolicyDay&) const = default;
    auto operator<=>(const PolicyDay&) const = default;
};

class Pending {
  public:
    struct Hash {
        std::size_t operator()(const PolicyDay& key) const {
            return KeyHash()(key.policy) ^ static_cast<std::size_t>(key.day);
        }
    };
    using Policies = std::unordered_map<PolicyDay, PolicyCount, Hash>;

    // False: it needs memory, and bytes() would grow beyond `room`.
    [[nodiscard]] bool add(Counted one, std::size_t room);

    // The same in pieces of at most so many rows, which can be written one after the other.
    [[nodiscard]] static std::vector<Pending> split(Pending whole, std::size_t rows);

    [[nodiscard]] const Policies& policies() const { return policies_; }
    [[nodiscard]] std::int64_t messages() const { return messages_; }
    [[nodiscard]] bool empty() const { return messages_ == 0; }
    // About.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

  private:
    void take(const PolicyDay& key, const PolicyCount& policy, const report::Key& row_key, RowCount row);
    void show_last(PolicyCount& policy, std::string content, std::size_t room);

    Policies policies_;
    std::int64_t messages_ = 0;
    std::size_t bytes_ = 0;
};

} // namespace milter::reports
