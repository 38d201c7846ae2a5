// The answers known so far: what an evaluator reads instead of the DNS.
#pragma once

#include "dns/answer.h"
#include "dns/question.h"

#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

namespace dns {

// Answers are shared with the cache that keeps them, never copied per message.
using AnswerPtr = std::shared_ptr<const Answer>;

class Answers {
  public:
    // Where to look at once for an answer that was not inserted: a cache. Null if it has none.
    using Source = std::function<AnswerPtr(const Question&)>;

    Answers() = default;
    explicit Answers(Source source) : source_(std::move(source)) {}

    // A second answer to the same question is ignored: within one message a question has one answer.
    void insert(Question question, AnswerPtr answer);
    void insert(Question question, Answer answer);

    // Null when nothing is known yet. The pointer lives as long as this object. What the source had is kept,
    // so that with one, finding is for one thread at a time.
    [[nodiscard]] const Answer* find(const Question& question) const;
    [[nodiscard]] std::size_t size() const { return known_.size(); }

    [[nodiscard]] auto begin() const { return known_.begin(); }
    [[nodiscard]] auto end() const { return known_.end(); }

  private:
    mutable std::unordered_map<Question, AnswerPtr> known_;
    Source source_;
};

} // namespace dns
