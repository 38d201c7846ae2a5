// Domain names and identifiers from literals.
#pragma once

#include "dmarc/evaluate.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmarc_test {

// Throws std::bad_optional_access for a text that is no domain name.
inline base::DomainName name(std::string_view text) {
    return base::DomainName::parse(text).value();
}

inline dmarc::Identifier passed(std::string_view domain) {
    return {name(domain), dmarc::IdentifierState::pass};
}

inline dmarc::Identifier stuck(std::string_view domain) {
    return {name(domain), dmarc::IdentifierState::temperror};
}

inline std::vector<std::string> texts(const std::vector<base::DomainName>& names) {
    std::vector<std::string> list;
    for (const base::DomainName& entry : names) {
        list.push_back(entry.text());
    }
    return list;
}

inline std::vector<std::string> asked_names(const dns::Questions& questions) {
    std::vector<std::string> list;
    for (const dns::Question& question : questions) {
        list.push_back(question.name);
    }
    return list;
}

} // namespace dmarc_test
