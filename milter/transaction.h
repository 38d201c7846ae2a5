// One message, from MAIL FROM to the end of its data.
#pragma once

#include "message/from.h"
#include "message/header_list.h"
#include "milter/actions.h"
#include "milter/direction.h"
#include "milter/inbound.h"
#include "milter/outbound.h"
#include "milter/service.h"
#include "milter/summary.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace milter {

struct TransactionContext {
    std::shared_ptr<const Runtime> runtime;
    std::string authserv_id;
    Direction direction;
    authenticate::Envelope envelope;
};

class Transaction {
  public:
    Transaction(Service& service, TransactionContext context);

    // `body` is all that stood after the colon, folds as CRLF.
    void header(std::string_view name, std::string_view body);
    // The header ends where the body begins, or the message.
    void body(std::string_view chunk);
    // Whether any hash needs more of the body.
    [[nodiscard]] bool wants_body() const;
    // Decides, and logs the message's line. `progress` is called now and then while waiting for the DNS.
    [[nodiscard]] Actions finish(std::string_view queue_id, const std::function<void()>& progress);

  private:
    void end_of_header();
    void end_of_own_header();
    // Over the header as it will be delivered, with `changes_` and `deletions` carried out.
    [[nodiscard]] Signed sign_what_leaves(const std::vector<HeaderDeletion>& deletions);
    [[nodiscard]] Actions finish_inbound(std::string_view queue_id, const std::function<void()>& progress);
    [[nodiscard]] Actions finish_outbound(std::string_view queue_id);
    [[nodiscard]] Actions finish_kept(std::string_view queue_id);
    [[nodiscard]] Actions refuse_header(std::string_view queue_id);
    [[nodiscard]] Actions turn_away(std::string_view queue_id, std::string_view why);
    // What is to be done where the author cannot be told, in incoming mail and in our own.
    [[nodiscard]] Actions treat_author(const authenticate::Verdict& verdict, Summary& summary) const;
    [[nodiscard]] Actions treat_own_author(message::Author::State state, Summary& summary) const;
    [[nodiscard]] bool is_refused() const { return !over_limit_.empty() || !no_room_.empty(); }
    [[nodiscard]] Summary summary() const;
    // The ids whose results are ours to remove.
    [[nodiscard]] std::vector<std::string> own_ids() const;
    // The ids under which a result may be ours, whatever the settings were when it was written.
    [[nodiscard]] std::vector<std::string> ids_to_heed() const;
    void add_host_names(std::vector<std::string>& ids) const;
    // All fields that claim to be ours but the instances of Authentication-Results in `kept`.
    void remove_forged_results(const std::vector<std::size_t>& kept, Actions& actions,
                               Summary& summary) const;
    void log_message(std::string_view queue_id, const Summary& facts) const;
    void log_outbound(std::string_view queue_id, const Signed& result) const;
    void log_dns_limits(std::string_view queue_id) const;

    Service& service_;
    TransactionContext context_;
    base::UnixTime now_;
    message::HeaderList headers_;
    std::vector<HeaderChange> changes_; // that were made to headers_
    bool header_ended_ = false;
    std::string over_limit_; // which limit the header exceeds
    std::string no_room_;    // which total of all messages is used up
    Share message_count_;
    Share header_bytes_;
    std::optional<Inbound> inbound_;
    std::optional<Outbound> outbound_;
};

} // namespace milter
