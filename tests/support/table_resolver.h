// A resolver that answers from a zone, for tests that run sessions without a network.
#pragma once

#include "milter/resolver/resolver.h"
#include "support/world/zone.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

class TableResolver final : public milter::resolver::Resolver {
  public:
    Zone zone;

    // From now on answers are held back until release().
    void hold() { holding_ = true; }
    // Gives the answers held back so far, in the order of asking, or those about one name only; questions
    // asked meanwhile wait for the next call.
    std::size_t release(std::string_view only = {}) {
        std::size_t count = 0;
        auto batch = std::exchange(held_, {});
        for (auto& [question, callback] : batch) {
            if (only.empty() || question.name == only) {
                callback(look_up(question));
                ++count;
            } else {
                held_.emplace_back(std::move(question), std::move(callback));
            }
        }
        return count;
    }

    // From now on all of the zone is cached.
    void keep_cached() { cached_ = true; }

    [[nodiscard]] dns::AnswerPtr recall(const dns::Question& question) override {
        return cached_ ? look_up(question) : nullptr;
    }

    void ask(const dns::Question& question, Callback callback) override {
        asked.push_back(question);
        if (holding_) {
            held_.emplace_back(question, std::move(callback));
        } else {
            callback(look_up(question));
        }
    }

    std::vector<dns::Question> asked;

  private:
    dns::AnswerPtr look_up(const dns::Question& question) const {
        return std::make_shared<const dns::Answer>(zone.answer(question));
    }

    std::vector<std::pair<dns::Question, Callback>> held_;
    bool holding_ = false;
    bool cached_ = false;
};

} // namespace test
