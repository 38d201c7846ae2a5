// A little DNS for tests of the tree walk: names that own data, names that fail, and what follows from them.
#pragma once

#include "dmarc/evaluate.h"
#include "dns/answers.h"
#include "dns/questions.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace dmarc_test {

struct Zone {
    std::map<std::string, std::vector<std::string>> txt{}; // owner name -> TXT records
    std::set<std::string> hosts{};                         // names that own some other record
    std::set<std::string> aliases{};                       // names that own a CNAME to nowhere
    std::map<std::string, dns::Failure> failures{};        // names whose every question fails

    // A name without data and without data below it is NXDOMAIN.
    [[nodiscard]] dns::Answer answer(const dns::Question& question) const;
    [[nodiscard]] bool exists(const std::string& name) const;
};

struct Run {
    dmarc::Verdict verdict;
    std::vector<dns::Question> asked; // in the order of asking
    std::size_t rounds = 0;
};

// Asks and resumes until there is a verdict, beginning with `known`. Ends the program's test when it does not
// end itself.
[[nodiscard]] Run run(const Zone& zone, const dmarc::Request& request, const dmarc::Options& options,
                      dns::Answers known = {});

// Everything a verdict holds, as text: equal verdicts have equal texts.
[[nodiscard]] std::string describe(const dmarc::Verdict& verdict);

} // namespace dmarc_test
