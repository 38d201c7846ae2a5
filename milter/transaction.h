// One message, from MAIL FROM to the end of its data.
#pragma once

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
    void end_of_header();
    void body(std::string_view chunk);
    // Decides, and logs the message's line. `progress` is called now and then while waiting for the DNS.
    [[nodiscard]] Actions finish(std::string_view queue_id, const std::function<void()>& progress);

  private:
    [[nodiscard]] Actions finish_inbound(std::string_view queue_id, const std::function<void()>& progress);
    [[nodiscard]] Actions finish_outbound(std::string_view queue_id);
    [[nodiscard]] Actions finish_kept(std::string_view queue_id);
    [[nodiscard]] Actions refuse_header(std::string_view queue_id);
    [[nodiscard]] Summary summary() const;
    void remove_forged_results(Actions& actions, Summary& summary) const;
    void log_dns_limits(std::string_view queue_id) const;

    Service& service_;
    TransactionContext context_;
    base::UnixTime now_;
    message::HeaderList headers_;
    std::string over_limit_; // which limit the header exceeds
    std::optional<Inbound> inbound_;
    std::optional<Outbound> outbound_;
};

} // namespace milter
