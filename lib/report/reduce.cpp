#include "report/aggregate.h"

#include <algorithm>

namespace report {

namespace {

void drop_failed(std::vector<DkimResult>& signatures) {
    signatures.erase(std::remove_if(signatures.begin(), signatures.end(),
                                    [](const DkimResult& one) { return one.result != dkim::Result::pass; }),
                     signatures.end());
}

// The types stay: a reason is a must where the policy was not followed (RFC 9990 3.1.1.9).
void drop_comments(std::vector<Reason>& reasons) {
    for (Reason& reason : reasons) {
        reason.comment.clear();
    }
}

template <class Octets>
base::IpAddress first_octets(const base::IpAddress& address, std::size_t count) {
    Octets octets{};
    std::copy_n(address.bytes().begin(), count, octets.begin());
    return base::IpAddress(octets);
}

// The rest of the octets is 0.
base::IpAddress first_octets(const base::IpAddress& address, std::size_t of_v4, std::size_t of_v6) {
    return address.is_v4() ? first_octets<base::IpAddress::V4>(address, of_v4)
                           : first_octets<base::IpAddress::V6>(address, of_v6);
}

} // namespace

Row reduce(Row row, Detail detail, const base::DomainName& policy_domain) {
    if (detail >= Detail::no_envelope) {
        row.envelope_from.reset();
        row.envelope_to.reset();
    }
    if (detail >= Detail::no_failed_signatures) {
        drop_failed(row.dkim);
    }
    if (detail >= Detail::no_results) {
        row.dkim.clear();
        row.spf.reset();
        drop_comments(row.reasons);
    }
    if (detail >= Detail::policy_domain) {
        row.header_from = policy_domain;
    }
    if (detail >= Detail::network) {
        row.source_ip = first_octets(row.source_ip, 3, 8);
    }
    if (detail >= Detail::nobody) {
        row.source_ip = first_octets(row.source_ip, 0, 0);
    }
    return row;
}

} // namespace report
