#include "milter/tool/probe_session.h"

#include "base/ascii.h"
#include "milter/tool/header_edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace milter::tool {

namespace {

constexpr const char* queue_id = "PROBE000001";

std::string_view without_brackets(std::string_view path) {
    const bool bracketed = path.size() >= 2 && path.front() == '<' && path.back() == '>';
    return bracketed ? path.substr(1, path.size() - 2) : path;
}

// smtpd passes on the path as SMTP has it, cleanup the bare address.
std::string path_data(const ProbeEnvelope& envelope, const std::string& path) {
    const std::string bare(without_brackets(path));
    std::string data;
    put_text(data, envelope.non_smtp ? bare : '<' + bare + '>');
    return data;
}

std::string client_text(const ProbeEnvelope& envelope) {
    return envelope.client ? envelope.client->print() : "unknown";
}

bool ends_message(const Reply& reply) {
    return reply.kind != Reply::Kind::proceed;
}

class ProbeSession {
  public:
    ProbeSession(MilterConnection connection, const ProbeEnvelope& envelope, const message::Message& message)
        : client_(std::move(connection), [this](const std::string& name) { return macro(name); }),
          envelope_(envelope), message_(message) {}

    Result<ProbeResult> run() {
        if (auto negotiated = client_.negotiate(); !negotiated) {
            return tl::make_unexpected(failure_of(negotiated.error()));
        }
        auto done = envelope();
        if (done && !*done) {
            done = content();
        }
        if (!done) {
            return tl::make_unexpected(done.error());
        }
        client_.quit();
        result_.edits = client_.edits();
        result_.leading_space = client_.leading_space();
        return std::move(result_);
    }

  private:
    // True when the filter's reply ended the session or the message.
    using Done = Result<bool>;

    std::string macro(const std::string& name) const {
        // smtpd has no queue file, and so no id, before the first recipient.
        const bool queued = envelope_.non_smtp || has_queue_id_;
        return name == "i" && !queued ? std::string() : macro_value(envelope_, name);
    }

    Done send(const protocol::Event& event, std::string data) {
        auto reply = client_.event(event, std::move(data));
        if (!reply) {
            return tl::make_unexpected(failure_of(reply.error()));
        }
        result_.stage = event.name;
        result_.reply = std::move(*reply);
        return ends_message(result_.reply);
    }

    Done envelope() {
        std::string helo;
        put_text(helo, envelope_.helo);
        Done done = send(protocol::connect, connect_data(envelope_));
        if (done && !*done) {
            done = send(protocol::helo, helo);
        }
        if (done && !*done) {
            done = send(protocol::mail, path_data(envelope_, envelope_.mail_from));
        }
        has_queue_id_ = true;
        for (auto rcpt = envelope_.recipients.begin(); done && !*done && rcpt != envelope_.recipients.end();
             ++rcpt) {
            done = send(protocol::rcpt, path_data(envelope_, *rcpt));
        }
        return done && !*done ? send(protocol::data, {}) : done;
    }

    Done content() {
        for (const message::HeaderField& field : message_.headers) {
            if (Done done = send(protocol::header, header_data(field, client_.leading_space()));
                !done || *done) {
                return done;
            }
        }
        Done done = send(protocol::end_of_header, {});
        if (done && !*done) {
            done = body();
        }
        return done && !*done ? send(protocol::end_of_message, {}) : done;
    }

    Done body() {
        for (std::string_view rest = message_.body; !rest.empty();) {
            const std::string_view chunk = rest.substr(0, protocol::body_chunk);
            rest.remove_prefix(chunk.size());
            Done done = send(protocol::body, std::string(chunk));
            if (done && result_.reply.kind == Reply::Kind::skip) {
                return false; // no more body is wanted; the message goes on
            }
            if (!done || *done) {
                return done;
            }
        }
        return false;
    }

    MilterClient client_;
    const ProbeEnvelope& envelope_;
    const message::Message& message_;
    bool has_queue_id_ = false;
    ProbeResult result_;
};

} // namespace

std::string macro_value(const ProbeEnvelope& envelope, const std::string& name) {
    const bool authenticated = !envelope.auth.empty();
    const std::string name_and_address = fmt::format("{} [{}]", envelope.client_name, client_text(envelope));
    const std::array<std::pair<std::string_view, std::string>, 12> values{{
        {"j", envelope.local_name},
        {"_", name_and_address},
        {"v", "Postfix, played by paraph probe"},
        {"i", queue_id},
        {"daemon_name", envelope.daemon_name.empty() ? envelope.local_name : envelope.daemon_name},
        {"client_addr", client_text(envelope)},
        {"client_name", envelope.client_name},
        {"auth_type", authenticated ? "PLAIN" : ""},
        {"auth_authen", envelope.auth},
        {"mail_addr", std::string(without_brackets(envelope.mail_from))},
        {"rcpt_addr",
         envelope.recipients.empty() ? "" : std::string(without_brackets(envelope.recipients.back()))},
        {"mail_mailer", "smtp"},
    }};
    const auto* const found =
        std::find_if(values.begin(), values.end(), [&](const auto& one) { return one.first == name; });
    return found == values.end() ? std::string() : found->second;
}

std::string header_data(const message::HeaderField& field, bool leading_space) {
    std::string_view value = field.body();
    if (!leading_space && value.starts_with(' ')) {
        value.remove_prefix(1);
    }
    std::string data;
    put_text(data, field.name());
    put_text(data, with_line_ends(value, false));
    return data;
}

std::string connect_data(const ProbeEnvelope& envelope) {
    std::string data;
    put_text(data, envelope.client_name);
    if (!envelope.client) {
        data.push_back('U');
        return data;
    }
    data.push_back(envelope.client->is_v4() ? '4' : '6');
    put_short(data, envelope.non_smtp ? 0 : 54321);
    put_text(data, (envelope.client->is_v4() ? "" : "IPv6:") + envelope.client->print());
    return data;
}

Failure failure_of(const MilterFailure& failure) {
    const bool spoke = failure.kind == MilterFailure::Kind::protocol;
    return {spoke ? ExitCode::protocol : ExitCode::unavailable, failure.message};
}

Result<ProbeResult> probe(MilterConnection connection, const ProbeEnvelope& envelope,
                          const message::Message& message) {
    return ProbeSession(std::move(connection), envelope, message).run();
}

} // namespace milter::tool
