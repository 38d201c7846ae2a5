#include "authenticate/dmarc.h"

#include <algorithm>

namespace authenticate {

namespace {

// RFC 9989 4.4.2: only the MAIL FROM identity counts, never the separate HELO check.
std::optional<dmarc::Identifier> spf_identifier(const SenderVerdict& sender) {
    if (!sender.mail_from) {
        return std::nullopt;
    }
    const auto domain = base::DomainName::parse(sender.mail_from->domain);
    if (!domain) {
        return std::nullopt;
    }
    switch (sender.mail_from->result) {
    case spf::Result::pass:
        return dmarc::Identifier{*domain, dmarc::IdentifierState::pass};
    case spf::Result::temperror:
        return dmarc::Identifier{*domain, dmarc::IdentifierState::temperror};
    case spf::Result::none:
    case spf::Result::neutral:
    case spf::Result::fail:
    case spf::Result::softfail:
    case spf::Result::permerror:
        return std::nullopt;
    }
    return std::nullopt;
}

std::optional<dmarc::Identifier> dkim_identifier(const dkim::Verdict& signature) {
    const auto domain = base::DomainName::parse(signature.domain);
    if (!domain) {
        return std::nullopt;
    }
    switch (signature.result) {
    case dkim::Result::pass:
        return dmarc::Identifier{*domain, dmarc::IdentifierState::pass};
    case dkim::Result::temperror:
        return dmarc::Identifier{*domain, dmarc::IdentifierState::temperror};
    case dkim::Result::none:
    case dkim::Result::fail:
    case dkim::Result::policy:
    case dkim::Result::neutral:
    case dkim::Result::permerror:
        return std::nullopt;
    }
    return std::nullopt;
}

dmarc::Request make_request(const base::DomainName& author_domain, const SenderVerdict& sender,
                            const std::vector<dkim::Verdict>& signatures) {
    dmarc::Request request{.author_domain = author_domain, .spf = spf_identifier(sender), .dkim = {}};
    for (const auto& signature : signatures) {
        if (auto identifier = dkim_identifier(signature)) {
            request.dkim.push_back(std::move(*identifier));
        }
    }
    return request;
}

// RFC 9989 11.5: of several author domains the strictest failing one decides; an open question outweighs a
// pass, so that nothing is asserted that was not found out.
int severity(const DmarcVerdict& verdict) {
    switch (verdict.result) {
    case dmarc::Result::pass:
        return 0;
    case dmarc::Result::none:
        return 1;
    case dmarc::Result::permerror:
        return 2;
    case dmarc::Result::temperror:
        return 3;
    case dmarc::Result::fail:
        return 4 + static_cast<int>(verdict.evaluation->policy.value_or(dmarc::Policy::none));
    }
    return 0;
}

DmarcOutcome evaluate_one(const base::DomainName& author_domain, const SenderVerdict& sender,
                          const std::vector<dkim::Verdict>& signatures, const dns::Answers& known,
                          const Options& options) {
    auto outcome =
        dmarc::evaluate(make_request(author_domain, sender, signatures), known, options.dmarc_options);
    if (auto* questions = std::get_if<dns::Questions>(&outcome)) {
        return std::move(*questions);
    }
    DmarcVerdict verdict;
    verdict.author_domain = author_domain;
    verdict.evaluation = std::get<dmarc::Verdict>(std::move(outcome));
    verdict.result = verdict.evaluation->result;
    verdict.problem = verdict.evaluation->problem;
    return verdict;
}

DmarcVerdict not_evaluated(std::string problem) {
    DmarcVerdict verdict;
    verdict.result = dmarc::Result::permerror;
    verdict.problem = std::move(problem);
    return verdict;
}

DmarcOutcome evaluate_strictest(const std::vector<base::DomainName>& domains, const SenderVerdict& sender,
                                const std::vector<dkim::Verdict>& signatures, const dns::Answers& known,
                                const Options& options) {
    std::optional<DmarcVerdict> strictest;
    std::optional<base::DomainName> temperror_of;
    std::optional<base::DomainName> permerror_of;
    dns::Questions missing;
    for (const auto& domain : domains) {
        auto outcome = evaluate_one(domain, sender, signatures, known, options);
        if (const auto* questions = std::get_if<dns::Questions>(&outcome)) {
            missing.add(*questions);
            continue;
        }
        auto& verdict = std::get<DmarcVerdict>(outcome);
        if (verdict.result == dmarc::Result::temperror && !temperror_of) {
            temperror_of = domain;
        } else if (verdict.result == dmarc::Result::permerror && !permerror_of) {
            permerror_of = domain;
        }
        if (!strictest || severity(verdict) > severity(*strictest)) {
            strictest = std::move(verdict);
        }
    }
    if (!missing.empty()) {
        return missing;
    }
    if (strictest->result != dmarc::Result::temperror) {
        strictest->temperror_of = std::move(temperror_of);
    }
    if (strictest->result != dmarc::Result::permerror) {
        strictest->permerror_of = std::move(permerror_of);
    }
    return std::move(*strictest);
}

} // namespace

DmarcOutcome check_dmarc(const message::Author& author, const SenderVerdict& sender,
                         const std::vector<dkim::Verdict>& signatures, const dns::Answers& known,
                         const Options& options) {
    switch (author.state) {
    case message::Author::State::one:
    case message::Author::State::several_domains:
        break;
    case message::Author::State::none:
    case message::Author::State::several_fields:
    case message::Author::State::unreadable:
        return not_evaluated(author.problem);
    }
    if (author.domains.size() > options.author_domains) {
        return not_evaluated("From has more domains than are evaluated");
    }
    return evaluate_strictest(author.domains, sender, signatures, known, options);
}

} // namespace authenticate
