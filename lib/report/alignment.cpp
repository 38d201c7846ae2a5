#include "report/alignment.h"

namespace report {

namespace {

// Below a public suffix each registrant is an organization, whatever the record there says.
bool is_of_registrant(const base::DomainName& domain, const base::DomainName& author,
                      const base::DomainName& suffix) {
    return domain != suffix && (domain.is_at_or_below(author) || author.is_at_or_below(domain));
}

} // namespace

bool would_align(const base::DomainName& domain, dmarc::AlignmentMode mode,
                 const authenticate::DmarcVerdict& dmarc) {
    const dmarc::Verdict& evaluation = *dmarc.evaluation;
    if (domain == dmarc.author_domain) {
        return true;
    }
    const auto& organization = evaluation.organizational_domain;
    if (mode == dmarc::AlignmentMode::strict || !organization || !domain.is_at_or_below(*organization)) {
        return false;
    }
    return !evaluation.organization_is_suffix ||
           is_of_registrant(domain, *dmarc.author_domain, *organization);
}

} // namespace report
