#include "authenticate/inbound.h"

#include "authenticate/dmarc.h"
#include "dmarc/tree_walk.h"
#include "message/line_breaks.h"

namespace authenticate {

namespace {

class InboundCheck {
  public:
    InboundCheck(const Input& input, const dns::Answers& known, const Options& options, Settled& settled)
        : input_(input), known_(known), options_(options), settled_(settled) {
        settled_.dkim.resize(input.signatures.size());
    }

    Outcome run() {
        if (!settled_.author) {
            settled_.author = message::find_author(input_.headers);
        }
        verdict_.relay = input_.envelope.relay;
        verdict_.author = *settled_.author;
        verdict_.stray_line_breaks = message::has_stray_line_break(input_.headers);
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
        missing_.add(settle_sender(input_.envelope, input_.now, known_, options_, settled_));
        if (settled_.sender_known) {
            verdict_.sender = settled_.sender;
        }
        return settled_.sender_known;
    }

    bool check_signatures() {
        if (!options_.dkim) {
            return true;
        }
        verdict_.dkim_checked = true;
        bool all_known = true;
        for (std::size_t i = 0; i < input_.signatures.size(); ++i) {
            if (verify(input_.signatures[i], settled_.dkim[i])) {
                verdict_.dkim.push_back(*settled_.dkim[i]);
            } else {
                all_known = false;
            }
        }
        return all_known;
    }

    bool verify(const dkim::Candidate& candidate, std::optional<dkim::Verdict>& verdict) {
        if (!verdict) {
            auto outcome = dkim::evaluate({candidate, input_.headers, input_.bodies, input_.now}, known_,
                                          options_.dkim_options);
            if (const auto* questions = std::get_if<dns::Questions>(&outcome)) {
                missing_.add(*questions);
                return false;
            }
            verdict = std::get<dkim::Verdict>(std::move(outcome));
        }
        return true;
    }

    void check_dmarc() {
        auto outcome =
            authenticate::check_dmarc(verdict_.author, verdict_.sender, verdict_.dkim, known_, options_);
        if (const auto* questions = std::get_if<dns::Questions>(&outcome)) {
            missing_.add(*questions);
        } else {
            verdict_.dmarc = std::get<DmarcVerdict>(std::move(outcome));
            withhold_pass();
        }
    }

    // What stands behind such a line break is a field to some readers and text to others, so that no
    // signature says that it is the author's: it may have been put there by whoever had the message, past
    // everything that the signer named as absent. As with two From fields, what is read in two ways is not
    // authenticated.
    void withhold_pass() {
        if (verdict_.stray_line_breaks && verdict_.dmarc->result == dmarc::Result::pass) {
            verdict_.dmarc->result = dmarc::Result::permerror;
            verdict_.dmarc->problem = "a line break in a header field that is no fold";
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
    Settled& settled_;
    Verdict verdict_;
    dns::Questions missing_;
};

} // namespace

dns::Questions settle_sender(const Envelope& envelope, base::UnixTime now, const dns::Answers& known,
                             const Options& options, Settled& settled) {
    dns::Questions missing;
    if (!settled.sender_known) {
        missing = check_sender(envelope, now, known, options, settled.sender);
        settled.sender_known = missing.empty();
    }
    return missing;
}

Outcome inbound(const Input& input, const dns::Answers& known, const Options& options, Settled& settled) {
    return InboundCheck(input, known, options, settled).run();
}

Outcome inbound(const Input& input, const dns::Answers& known, const Options& options) {
    Settled nothing;
    return inbound(input, known, options, nothing);
}

dns::Questions header_questions(const message::Author& author, const std::vector<dkim::Candidate>& signatures,
                                const Options& options) {
    dns::Questions questions; // those for the author first: there may be keys without end
    if (options.dmarc) {
        if (author.domains.size() <= options.author_domains) {
            for (const auto& domain : author.domains) {
                questions.add(dmarc::early_questions(domain, options.dmarc_options));
            }
        }
    }
    if (options.dkim) {
        for (const auto& candidate : signatures) {
            questions.add(dkim::key_questions(candidate));
        }
    }
    return questions;
}

std::size_t more_questions(const message::Author& author, const std::vector<dkim::Candidate>& signatures,
                           const Options& options) {
    const std::size_t authors = author.domains.size();
    if (!options.dmarc || authors < 2 || authors > options.author_domains) {
        return 0;
    }
    constexpr std::size_t of_author =
        dmarc::max_walk_questions + 1;                     // the walk, and whether the domain exists
    const std::size_t identifiers = signatures.size() + 1; // each may take a walk of its own
    return (authors - 1) * of_author + identifiers * dmarc::max_walk_questions;
}

} // namespace authenticate
