#include "authenticate/author_domain.h"

namespace authenticate {

namespace {

bool is_related(const base::DomainName& signer, const base::DomainName& author) {
    return signer.label_count() > 1 && (signer.is_at_or_below(author) || author.is_at_or_below(signer));
}

// RFC 9989 3.2.10: relaxed alignment, as far as the evaluation had to find it out.
Match is_aligned(const base::DomainName& signer, const DmarcVerdict& dmarc) {
    const dmarc::Verdict& evaluation = *dmarc.evaluation;
    if (evaluation.dkim == dmarc::Alignment::yes && evaluation.aligned_by == signer) {
        return Match::yes;
    }
    const auto& organization = evaluation.organizational_domain;
    if (organization && !evaluation.vetoed) {
        // Below a public suffix each registrant is an organization, whatever the record there says.
        const bool is_ours = !evaluation.organization_is_suffix ||
                             (signer != *organization && is_related(signer, *dmarc.author_domain));
        return signer.is_at_or_below(*organization) && is_ours ? Match::yes : Match::no;
    }
    if (dmarc.result == dmarc::Result::temperror) {
        return Match::open;
    }
    // SPF spoke for the author domain, so that nobody asked whether the signer does as well.
    const bool unasked =
        dmarc.result == dmarc::Result::pass && evaluation.dkim == dmarc::Alignment::undecided;
    return unasked && is_related(signer, *dmarc.author_domain) ? Match::yes : Match::no;
}

} // namespace

Match is_of_author(const dkim::Verdict& signature, const base::DomainName& author, const Verdict& verdict) {
    const auto signer = base::DomainName::parse(signature.domain);
    if (!signer) {
        return Match::no;
    }
    if (*signer == author) {
        return Match::yes;
    }
    const bool evaluated =
        verdict.dmarc && verdict.dmarc->evaluation && verdict.dmarc->author_domain == author;
    return evaluated ? is_aligned(*signer, *verdict.dmarc) : Match::no;
}

} // namespace authenticate
