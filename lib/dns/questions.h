// The questions an evaluator still needs answered, and the way it asks.
//
// Ask and resume: an evaluator is a function of its inputs and of the answers known so far. Where an answer
// is missing it notes the question and returns; the driver has the whole set answered and calls again.
//
//     dns::Inquiry dns(known);
//     const dns::Answer* answer = dns.ask(name, dns::Type::txt);
//     if (answer == nullptr) return dns.take_questions();   // call me again (see dns/awaited.h)
#pragma once

#include "dns/answers.h"

#include <vector>

namespace dns {

// A set in the order of asking.
class Questions {
  public:
    void add(Question question); // ignored when already there
    void add(const Questions& others);

    [[nodiscard]] bool empty() const { return list_.empty(); }
    [[nodiscard]] std::size_t size() const { return list_.size(); }
    [[nodiscard]] auto begin() const { return list_.begin(); }
    [[nodiscard]] auto end() const { return list_.end(); }

    bool operator==(const Questions&) const = default;

  private:
    std::vector<Question> list_; // a handful at a time: a search beats a hash
};

class Inquiry {
  public:
    explicit Inquiry(const Answers& known) : known_(known) {}

    // The answer, or null after noting the question. A name that no question can carry (see make_question) is
    // answered at once: it does not exist.
    const Answer* ask(std::string_view name, Type type);
    // Notes the question if it is unanswered, for an answer that will probably be needed later (look-ahead).
    void expect(std::string_view name, Type type);

    [[nodiscard]] const Questions& questions() const { return missing_; }
    [[nodiscard]] Questions take_questions() { return std::move(missing_); }

  private:
    const Answers& known_;
    Questions missing_;
};

} // namespace dns
