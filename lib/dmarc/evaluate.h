// DMARC for one Author Domain (RFC 9989): policy discovery by tree walk, alignment, verdict.
//
// SPF and DKIM arrive as authenticated domains. Ask and resume: see dns/awaited.h.
//
//     dmarc::Request request{.author_domain = from, .spf = mail_from, .dkim = {signer}};
//     dmarc::Outcome outcome = dmarc::evaluate(request, known, {});
//
// The evaluation goes through the names in a fixed order and looks only at answers it needs, so that answers
// that came early, late or without need cannot change the verdict. It needs little: a record at the author
// domain and a signature by that same domain are a pass after one question, whatever is broken higher up.
#pragma once

#include "base/domain_name.h"
#include "dmarc/alignment.h"
#include "dmarc/options.h"
#include "dmarc/record.h"
#include "dmarc/request.h"
#include "dns/awaited.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmarc {

// RFC 9989 9.1.
enum class Result : std::uint8_t { none, pass, fail, temperror, permerror };

[[nodiscard]] std::string_view print(Result result);

struct Verdict {
    Result result = Result::none;
    std::optional<base::DomainName> policy_domain;         // where the applied record stands
    std::optional<base::DomainName> organizational_domain; // of the author domain, when it had to be known
    std::optional<Record> record;
    Discovery discovery = Discovery::tree_walk; // how it was looked for
    std::string policy_tag;                 // "p", "sp", "np", or "forced" for the p=none of RFC 9989 4.10.1
    std::optional<Policy> published_policy; // before t=
    std::optional<Policy> policy;           // after t=: what policy.dmarc reports; nothing beside an error
    Alignment spf = Alignment::undecided;
    Alignment dkim = Alignment::undecided;
    std::optional<base::DomainName> aligned_by; // the first identifier that aligned
    bool both_pursued = false; // of SPF and DKIM neither was left undecided because the other was enough
    bool vetoed = false;       // the public suffix veto denied an alignment
    bool policy_domain_is_suffix = false; // by the list, whatever its record says
    bool organization_is_suffix = false;  // likewise; what is below it belongs to many
    std::string problem;                  // why temperror, permerror or none, or what the veto did
    std::vector<std::string> steps;       // in words, for the operator
};

using Outcome = dns::Outcome<Verdict>;

[[nodiscard]] Outcome evaluate(const Request& request, const dns::Answers& known, const Options& options);

// The questions worth asking as soon as From is known, before SPF and DKIM are: all names of the author
// domain's walk.
[[nodiscard]] dns::Questions early_questions(const base::DomainName& author_domain, const Options& options);

} // namespace dmarc
