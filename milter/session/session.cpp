#include "milter/session/session.h"

#include "base/domain_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace milter::session {

using log::Event;

namespace {

// Postfix puts its name first. From others nothing is heard, or they tell a version of their own.
bool is_sendmail(std::string_view version) {
    return version.starts_with("8.");
}

} // namespace

Session::Session(runtime::Service& service)
    : service_(service), connection_count_(service.load.connections), runtime_(service.runtime()) {
    connection_count_.add(1);
}

Session::~Session() = default;

bool Session::is_wanted() const {
    return !service_.load.draining && service_.load.connections <= most_connections();
}

Actions Session::admit() const {
    if (service_.load.draining) {
        return tempfail("service is being restarted, try again later");
    }
    if (!is_wanted()) {
        const auto most = most_connections();
        service_.logger().write(Event::too_many_connections,
                                fmt::format("{} connections are open ({})", most,
                                            most < runtime_->settings.listen.max_connections
                                                ? "what the system allows"
                                                : "listen.max_connections"));
        return tempfail("too many connections, try again later");
    }
    return {};
}

std::size_t Session::most_connections() const {
    return std::min(runtime_->settings.listen.max_connections, service_.most_connections);
}

void Session::connect(Connection connection) {
    connection_ = std::move(connection);
    service_.mta_names.add(connection_.mta_name);
    connected_ = true;
}

void Session::helo(std::string_view name) {
    helo_ = name;
}

void Session::mail_from(const MailFrom& sender) {
    abort();
    in_message_ = true;
    if (!connected_) {
        return fail("MAIL of a client that the MTA did not tell of");
    }
    const Origin origin{.client = connection_.client,
                        .daemon_name = sender.daemon_name,
                        .auth_type = sender.auth_type,
                        .auth_authen = sender.auth_authen,
                        .macros = sender.macros,
                        .client_is_relay = is_relay()};
    auto direction = decide(origin, runtime_->settings.roles, runtime_->settings.mode);
    const auto client = direction.client_is_filter ? std::nullopt : connection_.client.address;
    transaction_.emplace(service_, TransactionContext{.runtime = runtime_,
                                                      .authserv_id = authserv_id(),
                                                      .mta_name = connection_.mta_name,
                                                      .direction = std::move(direction),
                                                      .login = {sender.auth_authen, sender.auth_type},
                                                      .envelope = {client, helo_, sender.path},
                                                      .daemon_name = sender.daemon_name,
                                                      .daemon_port = sender.daemon_port,
                                                      .by_sendmail = is_sendmail(connection_.mta_version)});
}

Actions Session::recipient(std::string_view path) {
    return transaction_ ? transaction_->recipient(path) : Actions();
}

void Session::header(std::string_view name, std::string_view body) {
    if (transaction_) {
        transaction_->header(name, body);
    }
}

void Session::body(std::string_view chunk) {
    if (transaction_) {
        transaction_->body(chunk);
    }
}

Actions Session::end_of_message(std::string_view queue_id, const std::function<void()>& progress) {
    if (!transaction_ || !failure_.empty() || !connection_failure_.empty()) {
        const auto& why = failure_.empty() ? connection_failure_ : failure_;
        return give_up(queue_id, why.empty() ? "end of a message that never began" : why);
    }
    Actions actions = transaction_->finish(queue_id, progress);
    abort();
    return actions;
}

Actions Session::give_up(std::string_view queue_id, std::string_view why) {
    service_.logger().write(Event::internal_error, queue_id, why);
    const bool may_pass = runtime_->settings.on_internal_error == authenticate::Action::accept &&
                          transaction_ && connection_failure_.empty() && !unheard_;
    Actions actions =
        may_pass ? transaction_->let_through(queue_id) : tempfail("internal error, try again later");
    abort();
    return actions;
}

void Session::abort() {
    in_message_ = false;
    unheard_ = false;
    transaction_.reset();
    failure_.clear();
}

void Session::fail(std::string_view why) noexcept {
    std::string& failure = in_message_ ? failure_ : connection_failure_;
    try {
        failure = why.empty() ? "internal error" : why; // empty is none
    } catch (...) {
        failure = "out of memory"; // short enough to need none
    }
}

bool Session::is_relay() const {
    const auto& address = connection_.client.address;
    return address && authenticate::find_relay(runtime_->relay_rules, *address) != nullptr;
}

void Session::fail_unheard(std::string_view why) noexcept {
    unheard_ = true;
    fail(why);
}

std::string Session::authserv_id() const {
    const auto& configured = runtime_->settings.authserv_id;
    if (configured == "HOSTNAME") {
        return runtime_->host_name;
    }
    if (!configured.empty()) {
        return configured;
    }
    return base::DomainName::parse(connection_.mta_name) ? connection_.mta_name : runtime_->host_name;
}

} // namespace milter::session
