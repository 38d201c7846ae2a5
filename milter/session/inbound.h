// One inbound message: its checks run while it arrives.
#pragma once

#include "authenticate/inbound.h"
#include "milter/runtime/runtime.h"
#include "milter/session/driver.h"
#include "report/spf_dns.h"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace milter::session {

class Inbound {
  public:
    // From MAIL FROM on: asks at once what iprev and SPF need. Where the client is a relay of ours, it is
    // known at the end of the header only who is to be checked.
    Inbound(std::shared_ptr<const runtime::Runtime> runtime, resolver::Resolver& resolver,
            threads::Share::Total& waiting, authenticate::Envelope envelope, bool client_is_relay,
            base::UnixTime now);

    // Asks for keys and DMARC records, and orders the body hashes. `author` if he has been looked up already.
    void end_of_header(const message::HeaderList& headers, std::optional<message::Author> author = {});
    // Waits for what is missing of the sender's checks, within a budget of their own: the checks of the
    // message have theirs.
    [[nodiscard]] authenticate::SenderVerdict finish_sender();
    void body(std::string_view chunk);
    // Whether any signature needs more of it.
    [[nodiscard]] bool wants_body() const { return !bodies_.satisfied(); }
    // Waits for what is still missing, within the budget.
    [[nodiscard]] authenticate::Verdict finish(const message::HeaderList& headers,
                                               const std::function<void()>& progress);

    // Of what was asked by then; at the end of the message.
    [[nodiscard]] std::vector<report::SpfRecord> known_spf_records(const base::DomainName& domain);

    // Whom the checks are about: behind a relay, its client and the sender before the relay rewrote him.
    [[nodiscard]] const authenticate::Envelope& checked_envelope() const { return envelope_; }
    [[nodiscard]] const Driver& driver() const { return driver_; }

  private:
    void ask_about_sender();

    std::shared_ptr<const runtime::Runtime> runtime_;
    authenticate::Envelope envelope_;
    bool client_is_relay_;
    base::UnixTime now_;
    dkim::BodyHashes bodies_;
    std::vector<dkim::Candidate> signatures_;
    // What background rounds have found out serves the end of the message. The driver runs one evaluation at
    // a time, so they take turns.
    std::shared_ptr<authenticate::Settled> settled_ = std::make_shared<authenticate::Settled>();
    Driver driver_;
};

} // namespace milter::session
