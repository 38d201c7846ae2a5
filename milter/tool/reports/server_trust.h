// Whether our own mail server takes reports at all. Where it does not, whoever is next would fare no better.
#pragma once

#include "milter/tool/reports/delivery.h"

#include <cstddef>
#include <set>
#include <string>

namespace milter::tool::reports {

class ServerTrust {
  public:
    // How a mail to that organization ended.
    void note(const Attempt& attempt, const std::string& organization) {
        if (attempt.end == Attempt::End::server_fault) {
            ++faults_;
        } else if (attempt.is_doubtful) {
            doubts_.insert(organization);
        } else {
            faults_ = 0;
            doubts_.clear();
        }
    }

    [[nodiscard]] bool is_lost() const { return faults_ >= most_faults || doubts_.size() >= most_doubts; }

  private:
    static constexpr int most_faults = 3; // of our server, one after the other
    // Or so many organizations in a row may fail as theirs or ours: 200 addresses of one attacker are one.
    static constexpr std::size_t most_doubts = 20;

    int faults_ = 0;
    std::set<std::string> doubts_; // since it last gave a clear answer
};

} // namespace milter::tool::reports
