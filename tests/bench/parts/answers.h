// DNS answers for the benchmarks of evaluators: all known before they begin.
#pragma once

#include "dns/answers.h"

#include <string>

namespace bench {

inline void add_text(dns::Answers& known, const std::string& name, const std::string& text) {
    dns::Answer answer;
    answer.status = dns::Status::found;
    answer.ttl = 3600;
    answer.texts.push_back(text);
    known.insert({name, dns::Type::txt}, std::move(answer));
}

} // namespace bench
