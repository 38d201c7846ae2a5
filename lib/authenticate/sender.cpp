#include "authenticate/sender.h"

#include "base/domain_name.h"

namespace authenticate {

namespace {

// RFC 7208 2.3: HELO is checked only when it is a domain of several labels; address literals are not.
bool is_helo_identity(const std::string& helo) {
    const auto domain = base::DomainName::parse(helo);
    return domain && domain->label_count() > 1 && !base::IpAddress::parse(helo);
}

// A part of the verdict that is either known or adds its questions to the round.
template <class Part>
void settle(std::variant<Part, dns::Questions> outcome, std::optional<Part>& part, dns::Questions& missing) {
    if (auto* questions = std::get_if<dns::Questions>(&outcome)) {
        missing.add(*questions);
    } else {
        part = std::get<Part>(std::move(outcome));
    }
}

class SenderCheck {
  public:
    SenderCheck(const Envelope& envelope, base::UnixTime now, const dns::Answers& known,
                const Options& options)
        : envelope_(envelope), now_(now), known_(known), options_(options) {}

    SenderOutcome run() {
        const auto path = message::parse_path(envelope_.mail_from);
        if (!path) {
            verdict_.path_problem = path.error().message;
        }
        verdict_.null_sender = path && !*path;
        if (envelope_.client && options_.iprev) {
            settle(iprev::evaluate(*envelope_.client, known_), verdict_.iprev, missing_);
        }
        if (envelope_.client && options_.spf) {
            check_spf(path ? *path : std::nullopt);
        }
        if (!missing_.empty()) {
            return std::move(missing_);
        }
        return std::move(verdict_);
    }

  private:
    void check_spf(const std::optional<message::Mailbox>& sender) {
        if (verdict_.null_sender) {
            settle(check_host(spf::Identity::mail_from, "", envelope_.helo), verdict_.mail_from, missing_);
            return; // postmaster@HELO is the HELO identity already
        }
        if (options_.spf_helo && is_helo_identity(envelope_.helo)) {
            settle(check_host(spf::Identity::helo, "", envelope_.helo), verdict_.helo, missing_);
        }
        if (sender) {
            settle(check_host(spf::Identity::mail_from, sender->local_part, sender->domain),
                   verdict_.mail_from, missing_);
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
        return spf::check_host(request, known_, options_.spf_limits, options_.look_ahead,
                               options_.spf_records);
    }

    const Envelope& envelope_;
    base::UnixTime now_;
    const dns::Answers& known_;
    const Options& options_;
    SenderVerdict verdict_;
    dns::Questions missing_;
};

} // namespace

SenderOutcome check_sender(const Envelope& envelope, base::UnixTime now, const dns::Answers& known,
                           const Options& options) {
    return SenderCheck(envelope, now, known, options).run();
}

} // namespace authenticate
