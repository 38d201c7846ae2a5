// What makes the findings of one message milder than their settings: signs that it was passed on, exceptions,
// who handed it over, whom it is for, and a dry run.
#pragma once

#include "authenticate/disposition.h"

#include <string>
#include <string_view>
#include <vector>

namespace authenticate {

// Refers to what it is made of.
class Softening {
  public:
    Softening(const Verdict& verdict, const Circumstances& circumstances, const Policy& policy,
              const std::vector<Exception>& exceptions);

    // From `due`, what is due and what is taken.
    void apply(Finding& finding) const;

  private:
    void heed_signs(Finding& finding) const;
    void heed_exceptions(Finding& finding) const;
    void heed_handover(Finding& finding) const;
    void heed_recipients(Finding& finding) const;

    const Circumstances& circumstances_;
    const Policy& policy_;
    const std::vector<Exception>& exceptions_;
    std::vector<Match> matches_; // of each exception
    std::string passed_on_;
    bool to_roles_;
};

} // namespace authenticate
