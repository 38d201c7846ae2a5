#include "milter/tool/reports/alignment_proof.h"

#include "dmarc/evaluate.h"
#include "keys/published_record.h"
#include "milter/session/outbound.h"
#include "milter/tool/key_comparison.h"
#include "milter/tool/named_key.h"
#include "spf/evaluate.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::tool::reports {

namespace {

class Prover {
  public:
    Prover(const std::shared_ptr<const runtime::Runtime>& runtime, Lookups& lookups, base::UnixTime now)
        : runtime_(runtime), mail_(runtime->settings.reports.mail), lookups_(lookups), now_(now),
          local_part_(mail_.from.substr(0, mail_.from.rfind('@'))),
          domain_(*base::DomainName::parse(mail_.from.substr(mail_.from.rfind('@') + 1))) {}

    [[nodiscard]] Result<Proof> prove() {
        dmarc::Request request{.author_domain = domain_, .spf = std::nullopt, .dkim = {}};
        if (auto signed_by = look_at_keys(request); !signed_by) {
            return tl::make_unexpected(signed_by.error());
        }
        if (auto sent_by = look_at_addresses(request); !sent_by) {
            return tl::make_unexpected(sent_by.error());
        }
        const auto verdict = lookups_.finish([&](const dns::Answers& known) {
            return dmarc::evaluate(request, known, runtime_->checks.dmarc_options);
        });
        if (!verdict) {
            return tl::make_unexpected(verdict.error());
        }
        judge(*verdict);
        return std::move(proof_);
    }

  private:
    // Those that would sign a report.
    [[nodiscard]] Result<void> look_at_keys(dmarc::Request& request) {
        message::HeaderList headers;
        headers.add(message::HeaderField("From", " " + mail_.from));
        session::Outbound outbound(runtime_);
        outbound.end_of_header(headers, {});
        const auto& choice = outbound.choice();
        if (choice.signers.empty()) {
            proof_.problems.push_back(fmt::format("no key signs mail from {}: {}", mail_.from,
                                                  choice.unsigned_because.empty() ? "none is configured"
                                                                                  : choice.unsigned_because));
        }
        for (const keys::Signer& signer : choice.signers) {
            if (auto looked = look_at_key(signer, request); !looked) {
                return looked;
            }
        }
        return {};
    }

    [[nodiscard]] Result<void> look_at_key(const keys::Signer& signer, dmarc::Request& request) {
        const auto domain = base::DomainName::parse(signer.domain);
        if (!signer.key || !domain) {
            proof_.problems.push_back(signer.problem);
            return {};
        }
        const auto name = keys::record_name(signer.selector, signer.domain);
        const auto question = dns::make_question(name, dns::Type::txt);
        if (!question) {
            proof_.problems.push_back(fmt::format("{} is no name of a record", name));
            return {};
        }
        dns::Questions questions;
        questions.add(*question);
        if (auto asked = lookups_.answer(questions); !asked) {
            return asked;
        }
        const auto* answer = lookups_.known().find(*question);
        bool good = answer != nullptr;
        for (const auto& finding :
             answer == nullptr
                 ? std::vector<KeyFinding>()
                 : compare_key(named_key(signer.domain, signer.selector, ""), *signer.key, *answer, "")) {
            if (finding.kind != KeyFinding::Kind::note) {
                good = false;
                proof_.is_open = proof_.is_open || finding.kind == KeyFinding::Kind::open;
                proof_.problems.push_back(fmt::format("{}: {}", name, finding.text));
            }
        }
        if (good) {
            request.dkim.push_back({*domain});
        } else {
            proof_.publish.push_back(keys::zone_line(name, keys::record_value(*signer.key)));
        }
        return {};
    }

    // SPF counts if it passes from every address.
    [[nodiscard]] Result<void> look_at_addresses(dmarc::Request& request) {
        bool all_pass = !mail_.outgoing.empty();
        for (const std::string& text : mail_.outgoing) {
            const auto address = base::IpAddress::parse(text);
            const auto verdict = lookups_.finish([&](const dns::Answers& known) {
                return spf::evaluate({.client = address.value_or(base::IpAddress()),
                                      .helo = runtime_->host_name,
                                      .identity = spf::Identity::mail_from,
                                      .local_part = local_part_,
                                      .domain = domain_.text(),
                                      .receiver = runtime_->host_name,
                                      .now = now_},
                                     known, runtime_->checks.spf_options);
            });
            if (!verdict) {
                return tl::make_unexpected(verdict.error());
            }
            if (verdict->result != spf::Result::pass) {
                all_pass = false;
                proof_.is_open = proof_.is_open || verdict->result == spf::Result::temperror;
                proof_.problems.push_back(fmt::format("SPF of {} does not pass for {}: {}", domain_.text(),
                                                      text, print(verdict->result)));
            }
        }
        if (all_pass) {
            request.spf = dmarc::Identifier{domain_};
        } else if (!mail_.outgoing.empty()) {
            proof_.publish.push_back(keys::zone_line(domain_.text(), spf_record()));
        }
        return {};
    }

    [[nodiscard]] std::string spf_record() const {
        std::string record = "v=spf1";
        for (const std::string& text : mail_.outgoing) {
            record += (text.find(':') == std::string::npos ? " ip4:" : " ip6:") + text;
        }
        return record + " -all";
    }

    void judge(const dmarc::Verdict& verdict) {
        proof_.passes = verdict.result == dmarc::Result::pass;
        proof_.is_open = !proof_.passes && (proof_.is_open || verdict.result == dmarc::Result::temperror);
        if (verdict.result == dmarc::Result::none) {
            proof_.problems.push_back(fmt::format("{} has no DMARC record", domain_.text()));
            proof_.publish.push_back(keys::zone_line("_dmarc." + domain_.text(), "v=DMARC1; p=reject"));
        } else if (!proof_.passes && proof_.problems.empty()) {
            proof_.problems.push_back("neither SPF nor a signature is aligned with " + domain_.text());
        }
        if (verdict.record && !verdict.record->rua.empty()) {
            proof_.warnings.push_back(fmt::format(
                "the DMARC record for {} has a rua: those who get reports will report about them. A record "
                "at _dmarc.{} without rua ends that",
                domain_.text(), domain_.text()));
        }
    }

    const std::shared_ptr<const runtime::Runtime>& runtime_;
    const config::ReportMail& mail_;
    Lookups& lookups_;
    base::UnixTime now_;
    std::string local_part_;
    base::DomainName domain_;
    Proof proof_;
};

} // namespace

Result<Proof> prove_alignment(const std::shared_ptr<const runtime::Runtime>& runtime, Lookups& lookups,
                              base::UnixTime now) {
    return Prover(runtime, lookups, now).prove();
}

} // namespace milter::tool::reports
