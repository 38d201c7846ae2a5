// What DMARC says about a domain without a message: the walk, each record, the policies.
#pragma once

#include "dmarc/evaluate.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace milter::tool {

struct DmarcSurvey {
    struct Stop {
        base::DomainName domain;
        std::string remark;                  // what the lookup found, in words
        std::optional<dmarc::Record> record; // absent: none here
    };
    std::vector<Stop> stops; // in the order of the walk
    std::string trouble;     // why the walk could not be finished; the rest is then unknown
    base::DomainName organizational_domain;

    // The record that applies to mail from the domain itself, and what it asks for.
    std::optional<base::DomainName> policy_domain;
    bool exists = true; // looked at only where the record stands above the domain
    std::optional<dmarc::Policy> own, subdomains, non_existent;
    std::string remark; // about the record as a whole
    bool test = false;  // t=y lowers each policy by one level; the policies here are as published
};

[[nodiscard]] dns::Outcome<DmarcSurvey>
survey_dmarc(const base::DomainName& domain, const dns::Answers& known, const dmarc::Options& options);

} // namespace milter::tool
