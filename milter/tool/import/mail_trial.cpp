#include "milter/tool/import/mail_trial.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/import/postfix_file.h"
#include "keys/file_bytes.h"
#include "milter/tool/import/postfix_edit.h"
#include "milter/tool/import/programs.h"
#include "milter/tool/rotation/files.h"

#include <fmt/format.h>

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>

namespace milter::tool::import {

namespace {

struct Service {
    std::string host;
    std::string port;
};

// "[::1]:25", "smtp", "127.0.0.1:2525": how master.cf names what smtpd listens to.
Service service_named(const std::string& name) {
    const auto colon = name.rfind(':');
    if (colon != std::string::npos) {
        std::string host = name.substr(0, colon);
        std::erase_if(host, [](char c) { return c == '[' || c == ']'; });
        return {host, name.substr(colon + 1)};
    }
    const auto interfaces = config::import::split_list(postfix_setting("inet_interfaces"));
    const bool any =
        interfaces.empty() || interfaces.front() == "all" || interfaces.front() == "loopback-only";
    return {any ? "127.0.0.1" : interfaces.front(), name};
}

std::optional<Service> smtp_service() {
    constexpr std::size_t type = 1, command = 7;
    const auto text = output_of({"postconf", "-M"}).value_or(std::string());
    for (const auto line : base::split(text, '\n')) {
        const auto words = config::import::split_list(line);
        if (words.size() > command && words[type] == "inet" &&
            (words[command] == "smtpd" || words[command] == "postscreen")) {
            return service_named(words.front());
        }
    }
    return std::nullopt;
}

// A session of SMTP, one line after the other.
class SmtpSession {
  public:
    explicit SmtpSession(const Service& service) { open(service); }

    [[nodiscard]] bool is_open() const { return socket_ && socket_->get() >= 0; }

    // The last line of the reply, "" where there is none.
    std::string reply() {
        for (;;) {
            const auto end = read_.find('\n');
            if (end == std::string::npos) {
                if (!read_more()) {
                    return {};
                }
                continue;
            }
            const std::string line = read_.substr(0, end);
            read_.erase(0, end + 1);
            if (line.size() < 4 || line[3] != '-') {
                return line;
            }
        }
    }

    std::string ask(const std::string& line) {
        const auto text = line + "\r\n";
        return ::send(socket_->get(), text.data(), text.size(), MSG_NOSIGNAL) ==
                       static_cast<ssize_t>(text.size())
                   ? reply()
                   : std::string();
    }

  private:
    void open(const Service& service) {
        addrinfo wanted{};
        wanted.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        if (::getaddrinfo(service.host.c_str(), service.port.c_str(), &wanted, &found) != 0) {
            return;
        }
        const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
        socket_ =
            std::make_unique<keys::Descriptor>(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const timeval patience{60, 0};
        ::setsockopt(socket_->get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (::connect(socket_->get(), found->ai_addr, found->ai_addrlen) != 0) {
            socket_.reset();
        }
    }

    bool read_more() {
        constexpr std::size_t longest = 65536;
        std::array<char, 4096> chunk{};
        const auto count = ::recv(socket_->get(), chunk.data(), chunk.size(), 0);
        if (count <= 0 || read_.size() > longest) {
            return false;
        }
        read_.append(chunk.data(), static_cast<std::size_t>(count));
        return true;
    }

    std::unique_ptr<keys::Descriptor> socket_;
    std::string read_;
};

std::string message(const std::string& name, const char* end) {
    return fmt::format("From: <postmaster@{0}>{1}To: <postmaster@{0}>{1}Subject: paraphd is in place{1}{1}"
                       "paraph import sent this message through Postfix and paraphd.{1}",
                       name, end);
}

// 4xx and silence are what a milter that does not work leads to; 5xx are rules of this host.
Sent refused(const std::string& reply) {
    constexpr std::size_t shown = 200;
    const bool is_final = reply.starts_with('5');
    return {is_final ? Taken::not_tried : Taken::later,
            reply.empty() ? "smtpd ends without a word" : base::one_line(base::trim_fws(reply), shown)};
}

} // namespace

Sent send_by_smtp() {
    const auto service = smtp_service();
    if (!service) {
        return {Taken::not_tried, "master.cf has no SMTP service"};
    }
    SmtpSession session(*service);
    if (!session.is_open()) {
        return {Taken::not_tried, fmt::format("nobody listens at {} port {}", service->host, service->port)};
    }
    const auto name = postfix_setting("myhostname");
    std::string reply = session.reply();
    const std::array<std::pair<std::string, char>, 5> lines{{{"EHLO " + name, '2'},
                                                             {"MAIL FROM:<>", '2'},
                                                             {"RCPT TO:<postmaster>", '2'},
                                                             {"DATA", '3'},
                                                             {message(name, "\r\n") + ".", '2'}}};
    char wanted = '2';
    for (const auto& [line, next] : lines) {
        if (!reply.starts_with(wanted)) {
            return refused(reply);
        }
        reply = session.ask(line);
        wanted = next;
    }
    constexpr std::string_view sign = "queued as ";
    const auto place = reply.find(sign);
    if (!reply.starts_with(wanted) || place == std::string::npos) {
        return refused(reply);
    }
    std::string id = reply.substr(place + sign.size());
    id.resize(std::min(id.size(), id.find_first_of(" \r")));
    (void)session.ask("QUIT");
    return {Taken::yes, id};
}

Sent send_by_command(const std::string& file) {
    const auto name = postfix_setting("myhostname");
    const auto sender = fmt::format("paraph-import-{}@{}", ::getpid(), name);
    if (auto written = rotation::replace_file(file, message(name, "\n"), std::nullopt, false); !written) {
        return {Taken::not_tried, written.error()};
    }
    const auto ended = run_named({"sendmail", "-i", "-f", sender, "postmaster"}, file);
    ::unlink(file.c_str());
    if (!ended || ended->code != 0) {
        return {Taken::not_tried, ended ? base::one_line(ended->output, 200) : ended.error()};
    }
    return {Taken::yes, sender};
}

} // namespace milter::tool::import
