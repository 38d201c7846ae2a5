#include "milter/session/inbound.h"

namespace milter::session {

namespace {

// The questions of `wanted` that have no answer yet.
dns::Questions unanswered(const dns::Questions& wanted, const dns::Answers& known) {
    dns::Questions missing;
    for (const auto& question : wanted) {
        if (known.find(question) == nullptr) {
            missing.add(question);
        }
    }
    return missing;
}

} // namespace

Inbound::Inbound(std::shared_ptr<const runtime::Runtime> runtime, resolver::Resolver& resolver,
                 threads::Share::Total& waiting, authenticate::Envelope envelope, bool client_is_relay,
                 base::UnixTime now)
    : runtime_(std::move(runtime)), envelope_(std::move(envelope)), client_is_relay_(client_is_relay),
      now_(now), driver_(resolver, runtime_->driver_limits, waiting) {
    if (!client_is_relay_) {
        ask_about_sender();
    }
}

void Inbound::ask_about_sender() {
    // Where mail is refused for it, what is asked for MAIL FROM must not wait for names that the client chose
    // for the slowness of their servers: those of HELO and of his reverse zone.
    if (runtime_->checks.policyd) {
        driver_.prefetch([runtime = runtime_, envelope = envelope_, now = now_,
                          settled = settled_](const dns::Answers& known) {
            return authenticate::check_sender(envelope, now, known, runtime->mail_from_check,
                                              settled->sender);
        });
    }
    driver_.prefetch([runtime = runtime_, envelope = envelope_, now = now_,
                      settled = settled_](const dns::Answers& known) {
        return authenticate::settle_sender(envelope, now, known, runtime->checks, *settled);
    });
}

void Inbound::end_of_header(const message::HeaderList& headers, std::optional<message::Author> author) {
    if (client_is_relay_) {
        envelope_ = authenticate::at_border(envelope_, headers, runtime_->relay_rules);
        ask_about_sender();
    }
    settled_->author = author ? std::move(author) : message::find_author(headers);
    if (runtime_->checks.dkim) {
        signatures_ = dkim::find_signatures(headers, runtime_->checks.dkim_options.limits, bodies_,
                                            settled_->author->domains);
    }
    driver_.open_reserve(authenticate::more_questions(*settled_->author, signatures_, runtime_->checks));
    driver_.prefetch(
        [wanted = authenticate::header_questions(*settled_->author, signatures_, runtime_->checks)](
            const dns::Answers& known) { return unanswered(wanted, known); });
}

authenticate::SenderVerdict Inbound::finish_sender() {
    auto verdict = driver_.finish(
        [&](const dns::Answers& known) -> authenticate::SenderOutcome {
            auto missing = authenticate::settle_sender(envelope_, now_, known, runtime_->checks, *settled_);
            if (!missing.empty()) {
                return missing;
            }
            return settled_->sender;
        },
        [] {});
    driver_.renew_budget();
    return verdict;
}

void Inbound::body(std::string_view chunk) {
    bodies_.update(chunk);
}

authenticate::Verdict Inbound::finish(const message::HeaderList& headers,
                                      const std::function<void()>& progress) {
    bodies_.finish();
    const authenticate::Input input{envelope_, headers, signatures_, bodies_, now_};
    return driver_.finish(
        [&](const dns::Answers& known) {
            return authenticate::inbound(input, known, runtime_->checks, *settled_);
        },
        progress);
}

std::vector<report::SpfRecord> Inbound::known_spf_records(const base::DomainName& domain) {
    return driver_.finish(
        [&](const dns::Answers& known) -> dns::Outcome<std::vector<report::SpfRecord>> {
            return report::known_spf_records(domain, known);
        },
        [] {});
}

} // namespace milter::session
