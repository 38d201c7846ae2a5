#include "bench/load/smtp_session.h"

#include "milter/tool/header_edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace bench {

namespace {

namespace protocol = milter::tool::protocol;

std::string text_data(std::string_view text) {
    std::string data;
    milter::tool::put_text(data, text);
    return data;
}

// Folds as LF, and the blank after the colon only where the filter asked for it.
std::string header_data(std::string_view field, bool leading_space) {
    const auto colon = field.find(':');
    std::string data = text_data(field.substr(0, colon));
    std::string_view body = field.substr(std::min(field.size(), colon + 1));
    if (!leading_space && body.starts_with(' ')) {
        body.remove_prefix(1);
    }
    std::remove_copy(body.begin(), body.end(), std::back_inserter(data), '\r');
    data.push_back('\0');
    return data;
}

void require_progress(const milter::tool::Reply& reply, std::string_view stage) {
    if (reply.kind != milter::tool::Reply::Kind::proceed && reply.kind != milter::tool::Reply::Kind::accept) {
        throw std::runtime_error(
            fmt::format("refused at {}: {} {}", stage, static_cast<int>(reply.kind), reply.text));
    }
}

} // namespace

SmtpSession::SmtpSession(EventLoop& loop, const Load& load, const CorpusMessage& message)
    : loop_(loop), load_(load), message_(message),
      macros_{{"j", "mx.rcpt.example"},
              {"v", "Postfix 3.7"},
              {"_", fmt::format("{} [{}]", load.client_name, load.client)},
              {"client_addr", load.client},
              {"client_name", load.client_name},
              {"mail_addr", message.sender},
              {"mail_mailer", "smtp"},
              {"rcpt_addr", "bob@rcpt.example"},
              {"rcpt_mailer", "smtp"},
              {"daemon_name", load.submission ? "ORIGINATING" : "smtpd"}},
      fields_(message.fields) {
    if (load.submission) {
        macros_.insert({{"auth_type", "PLAIN"}, {"auth_authen", "alice"}});
    }
    for (std::size_t i = 0; i < load.filters.size(); ++i) {
        filters_.push_back(std::make_unique<FilterLink>(loop));
    }
}

Task<Timing> SmtpSession::play() {
    for (std::size_t i = 0; i < filters_.size(); ++i) {
        co_await filters_[i]->open(load_.filters[i]);
    }
    co_await offer(protocol::connect, connect_data());
    co_await offer(protocol::helo, text_data(load_.client_name));
    const auto begin = Clock::now();
    co_await offer_envelope();
    const auto dot = Clock::now();
    for (const auto& filter : filters_) {
        co_await offer_content(*filter);
        note_edits(*filter);
    }
    const auto end = Clock::now();
    for (const auto& filter : filters_) {
        co_await filter->leave();
    }
    const bool as_expected = std::all_of(load_.expected.begin(), load_.expected.end(), [&](const auto& text) {
        return added_.find(text) != std::string::npos;
    });
    co_return Timing{end - begin, end - dot, as_expected, std::move(added_)};
}

Task<bool> SmtpSession::offer_envelope() {
    co_await offer(protocol::mail, text_data(fmt::format("<{}>", message_.sender)));
    macros_.insert({"i", "4ZbenchZ1"}); // Postfix has no queue id before the first recipient
    co_await offer(protocol::rcpt, text_data("<bob@rcpt.example>"));
    co_return co_await offer(protocol::data, {});
}

// To all filters, and then the client's round trip, during which what is buffered is on its way.
Task<bool> SmtpSession::offer(const protocol::Event& event, std::string data) {
    for (const auto& filter : filters_) {
        const milter::tool::Reply reply = co_await filter->event(event, data, macros_);
        require_progress(reply, event.name);
    }
    if (load_.round_trip.count() > 0) {
        for (const auto& filter : filters_) {
            co_await filter->flush();
        }
        co_await loop_.sleep_until(Clock::now() + load_.round_trip);
    }
    co_return true;
}

Task<bool> SmtpSession::offer_content(FilterLink& filter) {
    for (const std::string& field : fields_) {
        const std::string data = header_data(field, filter.leading_space());
        const milter::tool::Reply reply = co_await filter.event(protocol::header, data, macros_);
        require_progress(reply, protocol::header.name);
    }
    const milter::tool::Reply header_end = co_await filter.event(protocol::end_of_header, {}, macros_);
    require_progress(header_end, protocol::end_of_header.name);
    co_await offer_body(filter);
    const milter::tool::Reply verdict = co_await filter.event(protocol::end_of_message, {}, macros_);
    require_progress(verdict, protocol::end_of_message.name);
    co_return true;
}

Task<bool> SmtpSession::offer_body(FilterLink& filter) {
    for (std::string_view rest = message_.body; !rest.empty();) {
        const std::string_view chunk = rest.substr(0, protocol::body_chunk);
        rest.remove_prefix(chunk.size());
        const milter::tool::Reply reply = co_await filter.event(protocol::body, chunk, macros_);
        if (reply.kind == milter::tool::Reply::Kind::skip) {
            break;
        }
        require_progress(reply, protocol::body.name);
    }
    co_return true;
}

void SmtpSession::note_edits(const FilterLink& filter) {
    for (const milter::tool::Edit& edit : filter.edits()) {
        added_ += fmt::format("{}: {}\n", edit.name, edit.value);
    }
    if (filters_.size() > 1) {
        milter::tool::apply_header_edits(fields_, filter.edits(), filter.leading_space());
    }
}

std::string SmtpSession::connect_data() const {
    constexpr std::uint16_t port = 54321;
    std::string data = text_data(load_.client_name);
    data.push_back('4');
    milter::tool::put_short(data, port);
    return data + text_data(load_.client);
}

} // namespace bench
