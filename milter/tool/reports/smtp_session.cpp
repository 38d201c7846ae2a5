#include "milter/tool/reports/smtp_session.h"

#include "base/ascii.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

namespace milter::tool::reports {

namespace {

constexpr std::size_t longest_reply = 300;
constexpr int no_mailbox = 550;

// How far a mail has come, by what was said to the server last.
enum class Stage : std::uint8_t { before, mail_from, rcpt_to, data, end };

std::string verb_of(std::string_view command) {
    return base::to_lower(command.substr(0, 4));
}

Stage stage_of(const std::string& verb) {
    return verb == "mail"   ? Stage::mail_from
           : verb == "rcpt" ? Stage::rcpt_to
           : verb == "data" ? Stage::data
                            : Stage::before;
}

struct Reply {
    int code = 0; // 0: none came
    std::string text;
};

// Of the mailbox, or of nothing in particular. What is said of our rights, of routes or of the network is no
// news of the address (RFC 3463 3).
bool is_dead_address(const Reply& reply) {
    const auto& text = reply.text;
    const bool has_class = text.size() > 2 && text[0] == '5' && text[1] == '.' && base::is_digit(text[2]);
    return has_class ? text.starts_with("5.1.") || text.starts_with("5.2.1") : reply.code == no_mailbox;
}

// Such as "554 5.7.1 Relay access denied", or "550 relay not permitted" of a server without such codes.
bool is_about_us(const Reply& reply) {
    constexpr int needs_login = 530;
    return reply.text.starts_with("5.7.") || reply.code == needs_login ||
           base::to_lower(reply.text).find("relay") != std::string::npos;
}

bool is_too_large(const Reply& reply) { // RFC 3463 3.4
    return reply.code == 552 || reply.text.starts_with("5.3.4") || reply.text.starts_with("5.2.3");
}

std::string in_words(const Reply& reply) {
    return fmt::format("{} {}", reply.code, reply.text);
}

// What a mail came to that did not get 250 in the end. Only what is said to the recipient or to the mail is
// of the address; else it is our own server that does not want us.
Attempt failed_at(Stage stage, const Reply& reply, const std::string& why) {
    const bool said = reply.code >= 400;
    const bool is_final = reply.code >= 500;
    const bool closes = reply.code == 421; // RFC 5321 3.8: to whatever was said last
    switch (stage) {
    case Stage::end:
        if (!said) {
            return {Attempt::End::lost, "the connection broke before the reply: " + why};
        }
        return {is_final ? Attempt::End::refused : Attempt::End::later, in_words(reply)};
    case Stage::rcpt_to:
        if (is_final && !is_about_us(reply)) {
            return {Attempt::End::refused, in_words(reply), is_dead_address(reply)};
        }
        return {.end = Attempt::End::later,
                .reply = said ? in_words(reply) : why,
                .is_doubtful = !said || closes || is_final};
    case Stage::data:
        if (is_final) {
            return {Attempt::End::refused, in_words(reply)};
        }
        return {.end = Attempt::End::later,
                .reply = said ? in_words(reply) : why,
                .is_doubtful = !said || closes};
    case Stage::mail_from:
        if (is_too_large(reply)) {
            return {Attempt::End::refused, in_words(reply)};
        }
        break;
    case Stage::before:
        break;
    }
    return {Attempt::End::server_fault, said ? in_words(reply) : why};
}

bool is_plain(std::string_view address) {
    return !address.empty() && std::all_of(address.begin(), address.end(), [](char c) {
        return base::is_visible(c) && c != '<' && c != '>';
    });
}

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

} // namespace

// One mail while it goes out, as libcurl's functions see it.
struct SmtpSession::Transfer {
    std::string_view rest;
    const std::function<bool()>& before_end;
    const std::function<void()>& wait_longer; // than for the replies before
    Stage stage = Stage::before;
    Reply reply{};
    bool is_over = false; // QUIT was said: what comes behind it is no reply to the mail

    static std::size_t read(char* into, std::size_t size, std::size_t count, void* self) {
        auto& transfer = *static_cast<Transfer*>(self);
        if (transfer.rest.empty()) {
            if (transfer.stage != Stage::end && !transfer.before_end()) {
                return CURL_READFUNC_ABORT;
            }
            transfer.wait_longer();
            transfer.stage = Stage::end;
            transfer.reply = {};
            return 0;
        }
        const auto part = transfer.rest.substr(0, size * count);
        std::memcpy(into, part.data(), part.size());
        transfer.rest.remove_prefix(part.size());
        return part.size();
    }

    // Lines of the dialogue. What we say may hold a password: its first four letters are looked at.
    static int hear(CURL*, curl_infotype kind, char* text, std::size_t size, void* self) {
        auto& transfer = *static_cast<Transfer*>(self);
        const std::string_view line(text, size);
        if (kind == CURLINFO_HEADER_OUT) {
            transfer.hear_command(verb_of(line));
        } else if (kind == CURLINFO_HEADER_IN && !transfer.is_over) {
            transfer.hear_reply(line);
        }
        return 0;
    }

    void hear_command(const std::string& verb) {
        is_over = is_over || verb == "quit";
        if (!is_over && stage != Stage::end) {
            stage = stage_of(verb);
            reply = {};
        }
    }

    void hear_reply(std::string_view line) {
        constexpr std::size_t digits = 3;
        int code = 0;
        const auto number = line.substr(0, digits);
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), code);
        if (error != std::errc() || end != number.data() + digits) {
            return;
        }
        if (code != reply.code) {
            reply = {code, {}};
        }
        auto text = base::trim_fws(line.substr(std::min(line.size(), digits + 1)));
        if (reply.text.size() < longest_reply) {
            reply.text += (reply.text.empty() ? "" : " ") + base::printable(text, longest_reply);
        }
    }
};

void SmtpSession::Free::operator()(void* handle) const {
    curl_easy_cleanup(handle);
}

SmtpSession::SmtpSession(SmtpServer server) : server_(std::move(server)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    handle_.reset(curl_easy_init());
    if (handle_ && !prepare()) {
        handle_.reset();
    }
}

SmtpSession::~SmtpSession() {
    std::fill(server_.password.begin(), server_.password.end(), '\0');
}

bool SmtpSession::prepare() {
    CURL* curl = handle_.get();
    bool good = true;
    const auto set = [&](CURLoption option, auto value) {
        good = good && curl_easy_setopt(curl, option, value) == CURLE_OK;
    };
    const bool is_v6 = server_.host.find(':') != std::string::npos;
    set(CURLOPT_URL,
        fmt::format("{}://{}{}{}:{}/{}", server_.tls == SmtpServer::Tls::implicit ? "smtps" : "smtp",
                    is_v6 ? "[" : "", server_.host, is_v6 ? "]" : "", server_.port, server_.own_name)
            .c_str());
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOPROXY, "*");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_USE_SSL,
        static_cast<long>(server_.tls == SmtpServer::Tls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!server_.ca_file.empty()) {
        set(CURLOPT_CAINFO, server_.ca_file.c_str());
    }
    if (!server_.user.empty()) {
        set(CURLOPT_USERNAME, server_.user.c_str());
        set(CURLOPT_PASSWORD, server_.password.c_str());
    }
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(server_.connect_time.count()));
    set(CURLOPT_TIMEOUT, static_cast<long>(server_.mail_time.count()));
    set(CURLOPT_VERBOSE, 1L);
    set(CURLOPT_DEBUGFUNCTION, &Transfer::hear);
    set(CURLOPT_READFUNCTION, &Transfer::read);
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    return good;
}

Attempt SmtpSession::send(const Envelope& envelope, std::string_view mail,
                          const std::function<bool()>& before_end) {
    if (!handle_) {
        return {Attempt::End::server_fault, "libcurl cannot be used"};
    }
    if (!is_plain(envelope.sender) || !is_plain(envelope.recipient)) {
        return {Attempt::End::refused, "the address has characters that no command can carry"};
    }
    bool was_stale = false;
    auto attempt = try_once(envelope, mail, before_end, false, was_stale);
    if (was_stale) { // a session that the server ended meanwhile
        attempt = try_once(envelope, mail, before_end, true, was_stale);
    }
    return attempt;
}

Attempt SmtpSession::try_once(const Envelope& envelope, std::string_view mail,
                              const std::function<bool()>& before_end, bool afresh, bool& was_stale) {
    CURL* curl = handle_.get();
    const std::unique_ptr<curl_slist, FreeList> recipients(
        curl_slist_append(nullptr, fmt::format("<{}>", envelope.recipient).c_str()));
    const std::function<void()> wait_longer = [&] {
        curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(server_.end_time.count()));
    };
    Transfer transfer{mail, before_end, wait_longer};
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(server_.reply_time.count()));
    std::array<char, CURL_ERROR_SIZE> why{};
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, fmt::format("<{}>", envelope.sender).c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    // Without its size, for then read() would not be asked once more, at the end.
    curl_easy_setopt(curl, CURLOPT_READDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why.data());
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, afresh ? 1L : 0L);
    const CURLcode done = curl_easy_perform(curl);
    long connects = 0;
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
    for (const auto option : {CURLOPT_MAIL_RCPT, CURLOPT_READDATA, CURLOPT_DEBUGDATA, CURLOPT_ERRORBUFFER}) {
        curl_easy_setopt(curl, option, nullptr);
    }
    if (done == CURLE_OK || (transfer.stage == Stage::end && transfer.reply.code / 100 == 2)) {
        return {Attempt::End::accepted, in_words(transfer.reply)};
    }
    const std::string text = why[0] != '\0' ? why.data() : curl_easy_strerror(done);
    auto attempt = failed_at(transfer.stage, transfer.reply, base::printable(text, longest_reply));
    was_stale = attempt.end == Attempt::End::server_fault && connects == 0 && !afresh;
    return attempt;
}

} // namespace milter::tool::reports
