// One message, from MAIL FROM to the end of its data.
#pragma once

#include "authres/result.h"
#include "message/from.h"
#include "message/header_list.h"
#include "milter/record/message_facts.h"
#include "milter/runtime/service.h"
#include "milter/session/actions.h"
#include "milter/session/direction.h"
#include "milter/session/inbound.h"
#include "milter/session/judgement.h"
#include "milter/session/outbound.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace milter::session {

// Who logged in, as the MTA says.
struct Login {
    std::string name;
    std::string mechanism;
};

struct TransactionContext {
    std::shared_ptr<const runtime::Runtime> runtime;
    std::string authserv_id;
    std::string mta_name{}; // macro j; empty when not given
    Direction direction;
    Login login;
    authenticate::Envelope envelope;
    std::string daemon_name{}; // {daemon_name}
    std::string daemon_port{}; // {daemon_port}
    bool by_sendmail = false;
};

class Transaction {
  public:
    Transaction(runtime::Service& service, TransactionContext context);

    // `path` as the client gave it. The answer counts where the runtime answers recipients.
    [[nodiscard]] Actions recipient(std::string_view path);
    // `body` is all that stood after the colon, folds as CRLF.
    void header(std::string_view name, std::string_view body);
    // The header ends where the body begins, or the message.
    void body(std::string_view chunk);
    // Whether any hash needs more of the body.
    [[nodiscard]] bool wants_body() const;
    // Decides, and logs the message's line. `progress` is called now and then while waiting for the DNS.
    [[nodiscard]] Actions finish(std::string_view queue_id, const std::function<void()>& progress);
    // Unchecked and unsigned, for want of anything better; but without what only we may write.
    [[nodiscard]] Actions let_through(std::string_view queue_id);

  private:
    // What policyd-spf's switches say to a recipient of incoming mail.
    [[nodiscard]] Actions answer_recipient(std::string_view path);
    void add_received_spf(const authenticate::Verdict& verdict, const Arrival& arrival,
                          Actions& actions) const;
    void end_of_header();
    void end_of_own_header();
    // Leaves the message alone where its author is exempt. The author, if somebody had to know him.
    std::optional<message::Author> heed_exemption();
    // Unless a recipient wants none.
    [[nodiscard]] Signed sign_unless_unwanted(const std::vector<HeaderDeletion>& deletions);
    // Over the header as it will be delivered, with `changes_` and `deletions` carried out.
    [[nodiscard]] Signed sign_what_leaves(const std::vector<HeaderDeletion>& deletions);
    [[nodiscard]] Actions finish_inbound(std::string_view queue_id, const std::function<void()>& progress);
    [[nodiscard]] Actions finish_outbound(std::string_view queue_id);
    // Mail of our own whose From its submitter may not write.
    void heed_sender_table(authenticate::Disposition& disposition) const;
    [[nodiscard]] Actions finish_kept(std::string_view queue_id);
    // Who logged in, where that is to be said.
    [[nodiscard]] std::vector<authres::MethodResult> login_result() const;
    void insert_results(const std::vector<authres::MethodResult>& results, Actions& actions) const;
    [[nodiscard]] Actions refuse_header(std::string_view queue_id);
    [[nodiscard]] std::string busy() const; // why a message is turned away
    [[nodiscard]] Actions turn_away(std::string_view queue_id, std::string_view why);
    [[nodiscard]] bool takes_room(std::size_t bytes);
    [[nodiscard]] bool is_refused() const { return !over_limit_.empty() || !no_room_.empty(); }
    [[nodiscard]] Arrival arrival(std::string_view queue_id, const authenticate::Verdict& verdict) const;
    [[nodiscard]] record::MessageFacts known_at_mail_from() const;
    // The ids whose results are ours to remove.
    [[nodiscard]] std::vector<std::string> own_ids() const;
    // The ids under which a result may be ours, whatever the settings were when it was written.
    [[nodiscard]] std::vector<std::string> ids_to_heed() const;
    void add_host_names(std::vector<std::string>& ids) const;
    // What only we may write and somebody else did, in either direction; but not the instances of
    // Authentication-Results in `kept`.
    void remove_foreign_fields(const std::vector<std::size_t>& kept, Actions& actions,
                               record::MessageFacts& facts) const;
    [[nodiscard]] bool has_readers() const;
    void note_for_reports(std::string_view queue_id, record::MessageFacts& facts) const;
    // To whoever reports failures, if the author's domain asks for it.
    void note_failure(const record::MessageFacts& facts);
    // Its facts are complete: they are counted, and make its line in the log.
    void conclude(std::string_view queue_id, const record::MessageFacts& facts) const;
    void log_outbound(std::string_view queue_id, const Signed& result, bool goes_on) const;
    void log_dns_limits(std::string_view queue_id) const;

    runtime::Service& service_;
    TransactionContext context_;
    base::UnixTime now_;
    std::vector<std::string> recipients_; // as the client gave them
    std::size_t recipient_bytes_ = 0;
    bool more_recipients_ = false; // than are kept
    message::HeaderList headers_;
    std::vector<HeaderChange> changes_; // that were made to headers_
    bool header_ended_ = false;
    std::string over_limit_; // which limit the header exceeds
    std::string no_room_;    // which total of all messages is used up
    threads::Share message_count_;
    threads::Share header_bytes_;
    std::optional<Inbound> inbound_;
    std::optional<authenticate::SenderVerdict> sender_; // once a recipient was answered
    std::optional<Outbound> outbound_;
};

} // namespace milter::session
