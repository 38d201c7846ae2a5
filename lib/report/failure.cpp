#include "report/failure.h"

#include "base/ascii.h"

#include <algorithm>

namespace report {

namespace {

using dmarc::Alignment;

const dmarc::Verdict* evaluation_of(const authenticate::Verdict& verdict) {
    const bool there = verdict.dmarc && verdict.dmarc->evaluation && verdict.dmarc->evaluation->record;
    return there ? &*verdict.dmarc->evaluation : nullptr;
}

bool has_spf(const authenticate::Verdict& verdict) {
    return verdict.sender.mail_from && verdict.sender.mail_from->result != spf::Result::none;
}

// An alignment that is undecided, for want of an answer, is no failure.
bool any_not_aligned(const authenticate::Verdict& verdict, const dmarc::Verdict& evaluation, Absent absent) {
    const bool counts_dkim = absent == Absent::fails || !verdict.dkim.empty();
    const bool counts_spf = absent == Absent::fails || has_spf(verdict);
    return (counts_dkim && evaluation.dkim == Alignment::no) ||
           (counts_spf && evaluation.spf == Alignment::no);
}

// What the evaluation of a signature ended in when it did not hold; one that is not understood is none.
bool is_failed(const dkim::Verdict& signature) {
    return signature.result == dkim::Result::fail || signature.result == dkim::Result::permerror;
}

bool is_open(dmarc::Result result) {
    return result == dmarc::Result::temperror || result == dmarc::Result::permerror;
}

bool wants_dmarc(const authenticate::Verdict& verdict, const dmarc::Verdict& evaluation,
                 FailureOptions options, Absent absent) {
    if (is_open(verdict.dmarc->result)) {
        return false;
    }
    return (options.all && verdict.dmarc->result == dmarc::Result::fail) ||
           (options.any && any_not_aligned(verdict, evaluation, absent));
}

} // namespace

FailureOptions read_failure_options(std::string_view fo) {
    FailureOptions options;
    for (const std::string_view piece : base::split(fo, ':')) {
        const std::string word = base::to_lower(base::trim_wsp(piece));
        options.all = options.all || word == "0";
        options.any = options.any || word == "1";
        options.dkim = options.dkim || word == "d";
        options.spf = options.spf || word == "s";
        if (word != "0" && word != "1" && word != "d" && word != "s") {
            return {.all = true};
        }
    }
    return options.all && options.any ? FailureOptions{.all = true} : options;
}

std::optional<Failure> find_failure(const authenticate::Verdict& verdict, Absent absent) {
    const dmarc::Verdict* evaluation = evaluation_of(verdict);
    // RFC 9991 2: of a public suffix's record ruf= is not used. A registry that does not say that it is one,
    // but is one by the list, would get the headers of its customers' mail.
    if (evaluation == nullptr || evaluation->record->ruf.empty() ||
        evaluation->record->psd == dmarc::PublicSuffixFlag::yes || evaluation->policy_domain_is_suffix) {
        return std::nullopt;
    }
    const FailureOptions options = read_failure_options(evaluation->record->fo);
    if (wants_dmarc(verdict, *evaluation, options, absent)) {
        return Failure{.kind = FailureKind::dmarc};
    }
    const auto failed = std::find_if(verdict.dkim.begin(), verdict.dkim.end(), is_failed);
    if (options.dkim && failed != verdict.dkim.end()) {
        return Failure{FailureKind::dkim, static_cast<std::size_t>(failed - verdict.dkim.begin())};
    }
    if (options.spf && verdict.sender.mail_from && verdict.sender.mail_from->result == spf::Result::fail) {
        return Failure{.kind = FailureKind::spf};
    }
    return std::nullopt;
}

std::string_view failure_obstacle(const authenticate::Verdict& verdict, const FailureReception& reception) {
    if (!verdict.dmarc || !verdict.dmarc->author_domain) {
        return "no author domain";
    }
    if (reception.hosted) {
        return "the author's domain is one of ours";
    }
    if (reception.own_report) {
        return "a report of our own";
    }
    if (reception.null_sender) {
        return "null sender";
    }
    if (reception.kind.report) {
        return "report mail";
    }
    if (reception.kind.automatic) {
        return "written by a machine";
    }
    return reception.kind.list ? "passed on by a mailing list" : "";
}

bool is_author(const authenticate::Verdict& verdict, const Address& destination) {
    const auto& authors = verdict.author.mailboxes;
    return std::any_of(authors.begin(), authors.end(), [&](const message::Mailbox& author) {
        return base::iequals(author.local_part, destination.local_part) &&
               base::DomainName::parse_international(author.domain) == destination.domain;
    });
}

} // namespace report
