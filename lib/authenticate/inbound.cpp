#include "authenticate/inbound.h"

#include "authenticate/dmarc.h"

namespace authenticate {

namespace {

class InboundCheck {
  public:
    InboundCheck(const Input& input, const dns::Answers& known, const Options& options)
        : input_(input), known_(known), options_(options) {}

    Outcome run() {
        verdict_.author = message::find_author(input_.headers);
        const bool sender_known = check_sender();
        const bool signatures_known = check_signatures();
        if (options_.dmarc) {
            if (sender_known && signatures_known) {
                check_dmarc();
            } else {
                expect_dmarc();
            }
        }
        if (!missing_.empty()) {
            return std::move(missing_);
        }
        return std::move(verdict_);
    }

  private:
    bool check_sender() {
        auto outcome = authenticate::check_sender(input_.envelope, input_.now, known_, options_);
        if (const auto* questions = std::get_if<dns::Questions>(&outcome)) {
            missing_.add(*questions);
            return false;
        }
        verdict_.sender = std::get<SenderVerdict>(std::move(outcome));
        return true;
    }

    bool check_signatures() {
        if (!options_.dkim) {
            return true;
        }
        verdict_.dkim_checked = true;
        bool all_known = true;
        for (const auto& candidate : input_.signatures) {
            auto outcome = dkim::verify(candidate, input_.headers, input_.bodies, input_.now, known_,
                                        options_.dkim_policy);
            if (const auto* questions = std::get_if<dns::Questions>(&outcome)) {
                missing_.add(*questions);
                all_known = false;
            } else {
                verdict_.dkim.push_back(std::get<dkim::Verdict>(std::move(outcome)));
            }
        }
        return all_known;
    }

    void check_dmarc() {
        auto outcome =
            authenticate::check_dmarc(verdict_.author, verdict_.sender, verdict_.dkim, known_, options_);
        if (const auto* questions = std::get_if<dns::Questions>(&outcome)) {
            missing_.add(*questions);
        } else {
            verdict_.dmarc = std::get<DmarcVerdict>(std::move(outcome));
        }
    }

    // DMARC cannot be judged before SPF and DKIM are, but its record can be fetched in the same round.
    void expect_dmarc() {
        for (const auto& domain : evaluated_domains(verdict_.author, options_)) {
            for (const auto& question : dmarc::early_questions(domain, options_.dmarc_options)) {
                if (known_.find(question) == nullptr) {
                    missing_.add(question);
                }
            }
        }
    }

    static std::vector<base::DomainName> evaluated_domains(const message::Author& author,
                                                           const Options& options) {
        return author.domains.size() <= options.author_domains ? author.domains
                                                               : std::vector<base::DomainName>{};
    }

    const Input& input_;
    const dns::Answers& known_;
    const Options& options_;
    Verdict verdict_;
    dns::Questions missing_;
};

} // namespace

Outcome inbound(const Input& input, const dns::Answers& known, const Options& options) {
    return InboundCheck(input, known, options).run();
}

dns::Questions header_questions(const message::HeaderList& headers,
                                const std::vector<dkim::Candidate>& signatures, const Options& options) {
    dns::Questions questions;
    if (options.dkim) {
        for (const auto& candidate : signatures) {
            questions.add(dkim::key_questions(candidate));
        }
    }
    if (options.dmarc) {
        const auto author = message::find_author(headers);
        if (author.domains.size() <= options.author_domains) {
            for (const auto& domain : author.domains) {
                questions.add(dmarc::early_questions(domain, options.dmarc_options));
            }
        }
    }
    return questions;
}

} // namespace authenticate
