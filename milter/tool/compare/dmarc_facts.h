// What the DNS has about the DMARC policy of an author, for reasons: looked up where both sides differ.
#pragma once

#include <map>
#include <string>

namespace milter::tool::compare {

struct DmarcFacts {
    std::string records;      // what the tree walk found, in small letters, in the words of `paraph dmarc`
    std::string applied;      // of these the record that counts
    std::string trouble;      // why the walk could not be finished; empty: it was
    int np = 0;               // whether np= makes the policy of this name stricter (1) or milder (-1)
    std::string organization; // the organizational domain; empty: not known
};

// Remembers what it asked.
class DmarcLookup {
  public:
    [[nodiscard]] const DmarcFacts& facts_of(const std::string& domain);

  private:
    std::map<std::string, DmarcFacts> known_;
};

// The output of `paraph dmarc --json`.
[[nodiscard]] DmarcFacts read_dmarc_facts(const std::string& json);

} // namespace milter::tool::compare
