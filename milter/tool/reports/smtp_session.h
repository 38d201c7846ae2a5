// The mail server that takes our reports: one session for many mails, through libcurl (RFC 5321).
//
// No certificate of a server is taken on trust, no password leaves without TLS but to this host itself, and
// no proxy or password of the environment is used.
#pragma once

#include "base/result.h"
#include "milter/tool/reports/delivery.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace milter::tool::reports {

// All of one mail takes no longer.
constexpr std::chrono::seconds longest_mail{1200};

struct SmtpServer {
    std::string host = "127.0.0.1"; // a name or an address, without brackets
    unsigned port = 25;
    enum class Tls : std::uint8_t { none, starttls, implicit } tls = Tls::none;
    std::string ca_file = {}; // empty: the system's
    std::string user = {};    // empty: no AUTH
    std::string password = {};
    std::string own_name = {}; // of EHLO
    std::chrono::seconds connect_time{30};
    std::chrono::seconds reply_time{120};
    std::chrono::seconds end_time{600}; // behind the end of a mail, where filters work (RFC 5321 4.5.3.2.6)
    std::chrono::seconds mail_time = longest_mail;
};

struct Envelope {
    std::string sender; // addr-specs, checked
    std::string recipient;
};

// Whom a run hands its mail to.
class Postman {
  public:
    virtual ~Postman() = default;
    // `before_end` is called once all of the mail is with the server but its end. False: it is broken off,
    // and nothing was sent.
    [[nodiscard]] virtual Attempt send(const Envelope& envelope, std::string_view mail,
                                       const std::function<bool()>& before_end) = 0;
};

class SmtpSession final : public Postman {
  public:
    explicit SmtpSession(SmtpServer server);
    ~SmtpSession() override;

    [[nodiscard]] Attempt send(const Envelope& envelope, std::string_view mail,
                               const std::function<bool()>& before_end) override;

  private:
    struct Transfer;
    struct Free {
        void operator()(void* handle) const;
    };

    [[nodiscard]] bool prepare();
    [[nodiscard]] Attempt try_once(const Envelope& envelope, std::string_view mail,
                                   const std::function<bool()>& before_end, bool afresh, bool& was_stale);

    SmtpServer server_;
    std::unique_ptr<void, Free> handle_;
};

} // namespace milter::tool::reports
