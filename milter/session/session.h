// One connection of the MTA: its events in order, in our own types. Knows nothing of libmilter, so that it
// runs in a test.
//
// Events of one session come one at a time, but not always on the same thread.
#pragma once

#include "milter/session/transaction.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace milter::session {

struct Connection {
    Client client;
    std::string mta_name;      // macro j; empty when not given
    std::string mta_version{}; // macro v: "Postfix 3.7.11", "8.17.1.9"
};

struct MailFrom {
    std::string path;          // as the client gave it, mostly "<a@b>"; "a@b" or "" from sendmail(1)
    std::string daemon_name;   // {daemon_name}
    std::string auth_type;     // {auth_type}
    std::string auth_authen;   // {auth_authen}
    std::string daemon_port{}; // {daemon_port}
    std::vector<std::pair<std::string, std::string>>
        macros{}; // of Session::originating_macros(), where given
};

class Session {
  public:
    explicit Session(runtime::Service& service);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // False when there are too many connections, and when the daemon is about to end.
    [[nodiscard]] bool is_wanted() const;
    // The answer to the connection: a tempfail, and a line in the log, where it is not wanted.
    [[nodiscard]] Actions admit() const;
    void connect(Connection connection);
    void helo(std::string_view name);
    // Begins a message; one that was under way is forgotten. Without a connect() before it the message is
    // nobody's, and ends with a tempfail.
    void mail_from(const MailFrom& sender);
    // `path` as the client gave it. The answer counts where answers_recipients().
    [[nodiscard]] Actions recipient(std::string_view path);
    void header(std::string_view name, std::string_view body);
    void body(std::string_view chunk);
    [[nodiscard]] Actions end_of_message(std::string_view queue_id, const std::function<void()>& progress);
    void abort();

    // The message could not be finished for an internal error. What becomes of it: a tempfail, or it goes on
    // unchecked where the configuration says so and its header is known.
    [[nodiscard]] Actions give_up(std::string_view queue_id, std::string_view why);

    // The macros that MAIL is to come with.
    [[nodiscard]] const std::vector<base::MacroCondition>& originating_macros() const {
        return runtime_->settings.roles.originating_macros;
    }
    // Whether the configuration of this session has a use for bodies.
    [[nodiscard]] bool needs_body() const { return runtime_->needs_body; }
    // Whether it has a use for recipients, and an answer to each.
    [[nodiscard]] bool needs_recipients() const { return runtime_->needs_recipients; }
    [[nodiscard]] bool answers_recipients() const { return runtime_->answers_recipients; }
    // Whether it allows to have the rest of a body left out.
    [[nodiscard]] bool may_skip_bodies() const { return runtime_->settings.listen.skip_bodies; }
    // Whether more of this message's body is of use.
    [[nodiscard]] bool wants_body() const { return transaction_ && transaction_->wants_body(); }

    // An internal error happened that could not be answered then: the end of the message will be a tempfail,
    // or, where it happened outside of one, the end of each that follows.
    void fail(std::string_view why) noexcept;
    // The same, and a part of the message that was never heard of (a field, its recipients, its body) may be
    // what it would be refused for: always a tempfail.
    void fail_unheard(std::string_view why) noexcept;

  private:
    [[nodiscard]] std::string authserv_id() const;
    [[nodiscard]] bool is_relay() const;
    [[nodiscard]] std::size_t most_connections() const;

    runtime::Service& service_;
    threads::Share connection_count_;
    std::shared_ptr<const runtime::Runtime> runtime_;
    Connection connection_;
    bool connected_ = false;
    std::string helo_;
    bool in_message_ = false;
    std::optional<Transaction> transaction_;
    bool unheard_ = false;           // a part of it
    std::string failure_;            // in this message
    std::string connection_failure_; // outside of any
};

} // namespace milter::session
