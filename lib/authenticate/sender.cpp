#include "authenticate/sender.h"

#include "base/domain_name.h"
#include "message/reverse_path.h"

namespace authenticate {

namespace {

// RFC 7208 2.3: HELO is checked only when it is a domain of several labels; address literals are not.
bool is_helo_identity(const std::string& helo) {
    const auto domain = base::DomainName::parse(helo);
    return domain && domain->label_count() > 1 && !base::IpAddress::parse(helo);
}

// Finds out a part of the verdict that is not known yet, or adds its questions to the round.
template <class Part, class Evaluate>
void settle(std::optional<Part>& part, dns::Questions& missing, const Evaluate& evaluate) {
    if (part) {
        return;
    }
    dns::Outcome<Part> outcome = evaluate();
    if (auto* questions = std::get_if<dns::Questions>(&outcome)) {
        missing.add(*questions);
    } else {
        part = std::get<Part>(std::move(outcome));
    }
}

// RFC 7208 4.3: without a domain the result is none. It is never HELO's: a path that one reads as nobody may
// be somebody to another.
spf::Verdict without_domain(const std::string& problem) {
    spf::Verdict verdict;
    verdict.problem = "no domain in MAIL FROM: " + problem;
    return verdict;
}

// Of mail whose client is not known, or whose sender is not, behind relays of ours.
spf::Verdict not_judged(const std::string& problem, const std::string& domain) {
    spf::Verdict verdict;
    verdict.problem = problem;
    verdict.domain = domain;
    return verdict;
}

// Whoever else reads the path may take it for somebody else's, who did not allow this client.
void withhold_pass(spf::Verdict& verdict) {
    if (verdict.result == spf::Result::pass) {
        verdict.result = spf::Result::none;
        verdict.mechanism.clear();
        verdict.problem = "MAIL FROM can be read in more than one way";
    }
}

class SenderCheck {
  public:
    SenderCheck(const Envelope& envelope, base::UnixTime now, const dns::Answers& known,
                const Options& options, SenderVerdict& verdict)
        : envelope_(envelope), now_(now), known_(known), options_(options), verdict_(verdict) {}

    dns::Questions run() {
        const auto path = message::read_reverse_path(envelope_.mail_from);
        verdict_.path_problem = path.problem;
        verdict_.null_sender = path.null;
        if (envelope_.client && options_.iprev) {
            settle(verdict_.iprev, missing_, [&] { return check_iprev(); });
        }
        if (envelope_.client && options_.spf) {
            check_spf(path);
        } else if (envelope_.relay && options_.spf) {
            verdict_.mail_from = not_judged(envelope_.relay->reason, path.domain);
        }
        if (envelope_.client && options_.policyd) {
            settle(verdict_.lists, missing_, [&] { return check_lists(); });
        }
        return std::move(missing_);
    }

  private:
    iprev::Outcome check_iprev() const {
        return iprev::evaluate({*envelope_.client}, known_, options_.iprev_options);
    }

    ListOutcome check_lists() const {
        return find_on_lists({*envelope_.client, envelope_.helo, now_}, known_, *options_.policyd,
                             options_.spf_options, options_.iprev_options);
    }

    void check_spf(const message::ReversePath& path) {
        if (verdict_.null_sender) {
            settle(verdict_.mail_from, missing_,
                   [&] { return check_host(spf::Identity::mail_from, "", envelope_.helo); });
            return; // postmaster@HELO is the HELO identity already
        }
        if (options_.spf_helo && is_helo_identity(envelope_.helo)) {
            settle(verdict_.helo, missing_,
                   [&] { return check_host(spf::Identity::helo, "", envelope_.helo); });
        }
        settle(verdict_.mail_from, missing_, [&]() -> spf::Outcome {
            if (envelope_.relay && !envelope_.relay->hidden_sender.empty()) {
                return not_judged(envelope_.relay->hidden_sender, "");
            }
            if (path.domain.empty()) {
                return without_domain(path.problem);
            }
            return check_host(spf::Identity::mail_from, path.local_part, path.domain);
        });
        if (verdict_.mail_from && path.disputed) {
            withhold_pass(*verdict_.mail_from);
        }
    }

    spf::Outcome check_host(spf::Identity identity, const std::string& local_part,
                            const std::string& domain) const {
        const spf::Request request{.client = *envelope_.client,
                                   .helo = envelope_.helo,
                                   .identity = identity,
                                   .local_part = local_part,
                                   .domain = domain,
                                   .receiver = options_.receiver,
                                   .now = now_};
        return spf::evaluate(request, known_, options_.spf_options);
    }

    const Envelope& envelope_;
    base::UnixTime now_;
    const dns::Answers& known_;
    const Options& options_;
    SenderVerdict& verdict_;
    dns::Questions missing_;
};

} // namespace

dns::Questions check_sender(const Envelope& envelope, base::UnixTime now, const dns::Answers& known,
                            const Options& options, SenderVerdict& verdict) {
    return SenderCheck(envelope, now, known, options, verdict).run();
}

SenderOutcome check_sender(const Envelope& envelope, base::UnixTime now, const dns::Answers& known,
                           const Options& options) {
    SenderVerdict verdict;
    auto missing = check_sender(envelope, now, known, options, verdict);
    if (!missing.empty()) {
        return missing;
    }
    return verdict;
}

} // namespace authenticate
