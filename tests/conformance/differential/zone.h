// A zone of the differential tests: the DNS as one JSON object.
//
//     {"example.org": {"TXT": [["v=spf1 ", "-all"]], "MX": [[10, "mx.example.org"]], "A": ["192.0.2.1"]},
//      "slow.example": {"TIMEOUT": true}, "empty.example": {}}
//
// Names are lower case. A name that is not there does not exist; one without the type asked for has no data.
// Aliases were resolved by whoever wrote the zone.
#pragma once

#include "dns/answers.h"
#include "dns/questions.h"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace differential {

class Zone {
  public:
    explicit Zone(const nlohmann::json& names) : names_(names) {}

    [[nodiscard]] dns::Answer answer(const dns::Question& question) const;

    // Asks and resumes until there is something else than questions; `asked` gets the names in their order.
    template <class Verdict, class Evaluate>
    [[nodiscard]] Verdict resolve(const Evaluate& evaluate, std::vector<std::string>& asked) const {
        constexpr int most_rounds = 300;
        dns::Answers known;
        for (int round = 0; round < most_rounds; ++round) {
            auto outcome = evaluate(known);
            if (auto* verdict = std::get_if<Verdict>(&outcome)) {
                return std::move(*verdict);
            }
            for (const dns::Question& question : std::get<dns::Questions>(outcome)) {
                known.insert(question, answer(question));
                asked.push_back(question.name);
            }
        }
        throw std::runtime_error("the evaluation does not end");
    }

  private:
    const nlohmann::json& names_;
};

} // namespace differential
