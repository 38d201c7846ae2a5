// A value, or the questions that must be answered first: what an evaluator and its parts return.
//
// A part that may need an answer returns Awaited<T>. `unanswered` means that the answer is missing, that its
// question is noted in the Inquiry, and that the caller returns `unanswered` too, up to the evaluator, which
// hands out an Outcome: the verdict, or all that was noted.
//
//     dns::Awaited<Name> find_name(dns::Inquiry& dns) {
//         const dns::Answer* answer = dns.ask(name, dns::Type::ptr);
//         if (answer == nullptr) return dns::unanswered;
//         ...
//     return dns::outcome(find_name(dns), dns);   // in the evaluator
#pragma once

#include "dns/questions.h"

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

namespace dns {

template <class T>
using Awaited = std::optional<T>;

inline constexpr std::nullopt_t unanswered = std::nullopt;

template <class Verdict>
using Outcome = std::variant<Verdict, Questions>;

template <class Verdict>
[[nodiscard]] Outcome<Verdict> outcome(Awaited<Verdict> verdict, Inquiry& dns) {
    if (!verdict) {
        assert(!dns.questions().empty()); // or whoever drives it would ask nothing, for ever
        return dns.take_questions();
    }
    return *std::move(verdict);
}

} // namespace dns
