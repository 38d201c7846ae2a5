// Whether an address of another organization wants the reports about a policy domain (RFC 9990 4).
//
// Without this anybody could have reports about his own domain sent to whom he likes. Ask and resume: see
// dns/awaited.h.
#pragma once

#include "dmarc/options.h"
#include "dns/awaited.h"
#include "report/report_uri.h"

#include <cstdint>
#include <optional>
#include <string>

namespace report {

enum class ReportKind : std::uint8_t { aggregate, failure }; // whose addresses rua= and ruf= are

struct Consent {
    enum class State : std::uint8_t {
        own,     // of the same organization: nobody has to agree
        given,   // the destination's DNS says so
        refused, // or says nothing: never send there
        later,   // the DNS did not answer
    };
    State state = State::refused;
    // Where to send to, with `own` and `given`: the destination may have named another address of its own.
    std::optional<Address> address{};
    std::string why{}; // with the others, in words
};

// "orchard.example._report._dmarc.collector.test"; nothing where the DNS has no room for it.
[[nodiscard]] std::optional<base::DomainName> consent_name(const base::DomainName& policy_domain,
                                                           const base::DomainName& host);

[[nodiscard]] dns::Outcome<Consent> ask_consent(const base::DomainName& policy_domain, const Address& address,
                                                ReportKind kind, const dns::Answers& known,
                                                const dmarc::Options& options);

} // namespace report
