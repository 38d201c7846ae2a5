#include "milter/session/failed_mail.h"

#include "message/reverse_path.h"

#include <algorithm>

namespace milter::session {

bool FailedMail::is_hosted() const {
    const auto& domain = verdict_.dmarc->author_domain;
    const auto& policy = verdict_.dmarc->evaluation;
    const auto& authors = verdict_.author.mailboxes;
    return (domain && has_recipient_at(*domain)) ||
           (policy && policy->policy_domain && has_recipient_at(*policy->policy_domain)) ||
           std::any_of(authors.begin(), authors.end(),
                       [this](const message::Mailbox& author) { return is_signed_for(author); });
}

// Whoever writes to a domain here, or to one above or below it, in its own name or in that of another one
// with the same record.
bool FailedMail::has_recipient_at(const base::DomainName& domain) const {
    return std::any_of(recipients_.begin(), recipients_.end(), [&](const std::string& path) {
        const auto at = base::DomainName::parse_international(message::read_reverse_path(path).domain);
        return at && (at->is_at_or_below(domain) || domain.is_at_or_below(*at));
    });
}

bool FailedMail::is_signed_for(const message::Mailbox& author) const {
    const auto domain = base::DomainName::parse_international(author.domain);
    return domain && runtime_.keys && !runtime_.keys->signers_for(author.local_part, *domain).empty();
}

std::vector<report::SpfRecord> FailedMail::spf_records() const {
    const auto& spf = verdict_.sender.mail_from;
    const auto domain = spf ? base::DomainName::parse(spf->domain) : std::nullopt;
    return domain ? inbound_.known_spf_records(*domain) : std::vector<report::SpfRecord>();
}

} // namespace milter::session
