// check_host() (RFC 7208 4): may this address send for this identity?
//
// Ask and resume (see dns/awaited.h): the outcome is a verdict, or the questions still to be answered.
//
//     spf::Request request{.client = ip, .helo = "mx.example.org", .identity = spf::Identity::mail_from,
//                          .local_part = "ann", .domain = "example.org"};
//     spf::Outcome outcome = spf::evaluate(request, known, {});
#pragma once

#include "base/ip_address.h"
#include "base/unix_time.h"
#include "dns/awaited.h"
#include "spf/options.h"
#include "spf/result.h"

#include <string>
#include <vector>

namespace spf {

// Text as it came from the session; the evaluation validates. For MAIL FROM with a null reverse-path, and for
// HELO, the local-part is empty and becomes "postmaster" (RFC 7208 2.4, 4.3). Where the domain is empty too,
// the HELO name is the domain.
struct Request {
    base::IpAddress client;
    std::string helo; // for %{h}
    Identity identity = Identity::mail_from;
    std::string local_part; // UTF-8 where the mail is internationalized
    std::string domain;     // of the identity; U-labels allowed
    std::string receiver;   // our host name, for %{r} in exp
    base::UnixTime now = 0; // for %{t} in exp
};

// One line of the explanation of a verdict: at `depth` includes deep, in the record of `domain`.
struct Step {
    std::size_t depth = 0;
    std::string domain;
    std::string term; // "include:_spf.example.net"; empty for remarks about the record itself
    std::string what; // "matches: 192.0.2.10 is in 192.0.2.0/24", in plain words

    bool operator==(const Step&) const = default;
};

struct Verdict {
    Result result = Result::none;
    Identity identity = Identity::mail_from;
    std::string domain; // the identity's domain, A-labels, as far as it is a valid name; else empty
    std::string
        mechanism; // the term that matched, "default" when none did; empty when no record was evaluated
    std::string explanation; // the exp text for fail: the other party's words, printable ASCII only, not to
                             // be trusted
    std::string problem;     // why temperror, permerror or none: "two SPF records at example.org"
    bool sends_no_mail = false;   // the record is "v=spf1 -all" and says nothing else
    bool used_local_part = false; // RFC 8601 2.7.2: only then may smtp.mailfrom carry the local-part
    std::size_t terms = 0;        // counted against Limits::terms
    std::size_t void_lookups = 0;
    std::vector<Step> steps; // in the order of evaluation, Limits::steps at most

    bool operator==(const Verdict&) const = default;
};

using Outcome = dns::Outcome<Verdict>;

// check_host() of RFC 7208 4.
[[nodiscard]] Outcome evaluate(const Request& request, const dns::Answers& known, const Options& options);

} // namespace spf
