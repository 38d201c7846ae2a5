#include "milter/tool/probe/milter_client.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <utility>

namespace milter::tool {

namespace {

constexpr std::size_t max_frames_per_reply = 10000; // edits and signs of life before a reply

// Postfix's defaults (postconf(5), milter_connect_macros and so on), for the stages the filter does not
// choose.
std::array<std::vector<std::string>, protocol::macro_stages> default_macro_lists() {
    return {{{"j", "daemon_name", "daemon_addr", "v", "_"},
             {"tls_version", "cipher", "cipher_bits", "cert_subject", "cert_issuer"},
             {"i", "auth_type", "auth_authen", "auth_author", "mail_addr", "mail_host", "mail_mailer"},
             {"i", "rcpt_addr", "rcpt_host", "rcpt_mailer"},
             {"i"},
             {"i"},
             {"i"}}};
}

std::string without_braces(std::string_view name) {
    const bool braced = name.size() > 2 && name.front() == '{' && name.back() == '}';
    return std::string(braced ? name.substr(1, name.size() - 2) : name);
}

// Names of more than one letter travel in braces.
std::string wire_name(const std::string& name) {
    return name.size() == 1 ? name : '{' + name + '}';
}

std::optional<Edit> read_header_edit(Edit::Kind kind, bool numbered, std::string_view data) {
    Edit edit{kind, 0, {}, {}};
    if (numbered) {
        const auto index = take_number(data);
        if (!index) {
            return std::nullopt;
        }
        edit.index = *index;
    }
    auto name = take_text(data);
    auto value = take_text(data);
    if (!name || !value) {
        return std::nullopt;
    }
    edit.name = std::move(*name);
    edit.value = std::move(*value);
    if (edit.kind == Edit::Kind::change && edit.value.empty()) {
        edit.kind = Edit::Kind::remove;
    }
    return edit;
}

std::optional<Edit> read_text_edit(Edit::Kind kind, std::string_view data) {
    auto text = take_text(data);
    if (!text) {
        return std::nullopt;
    }
    return Edit{kind, 0, {}, std::move(*text)};
}

} // namespace

std::optional<Edit> read_edit(const Frame& frame) {
    switch (frame.code) {
    case 'h':
        return read_header_edit(Edit::Kind::add, false, frame.data);
    case 'i':
        return read_header_edit(Edit::Kind::insert, true, frame.data);
    case 'm':
        return read_header_edit(Edit::Kind::change, true, frame.data);
    case 'q':
        return read_text_edit(Edit::Kind::quarantine, frame.data);
    case 'b':
        return Edit{Edit::Kind::replace_body, 0, {}, frame.data};
    case '+':
    case '2':
        return read_text_edit(Edit::Kind::add_recipient, frame.data);
    case '-':
        return read_text_edit(Edit::Kind::delete_recipient, frame.data);
    case 'e':
        return read_text_edit(Edit::Kind::change_sender, frame.data);
    default:
        return std::nullopt;
    }
}

std::optional<Reply> read_reply(const Frame& frame) {
    switch (frame.code) {
    case 'c':
        return Reply{Reply::Kind::proceed, {}};
    case 'a':
        return Reply{Reply::Kind::accept, {}};
    case 'r':
        return Reply{Reply::Kind::reject, {}};
    case 't':
        return Reply{Reply::Kind::tempfail, {}};
    case 'd':
        return Reply{Reply::Kind::discard, {}};
    case 's':
        return Reply{Reply::Kind::skip, {}};
    case 'f':
    case '4':
        return Reply{Reply::Kind::close, {}};
    case 'y': {
        std::string_view data = frame.data;
        auto text = take_text(data);
        return text ? std::optional(Reply{Reply::Kind::code, std::move(*text)}) : std::nullopt;
    }
    default:
        return std::nullopt;
    }
}

MilterClient::MilterClient(MilterConnection connection, Macros macros)
    : connection_(std::move(connection)), macros_(std::move(macros)), macro_lists_(default_macro_lists()) {}

MilterResult<void> MilterClient::negotiate() {
    Frame offer{protocol::negotiate, {}};
    put_number(offer.data, protocol::version);
    put_number(offer.data, protocol::all_actions);
    put_number(offer.data, protocol::all_steps);
    if (auto sent = connection_.send(offer); !sent) {
        return sent;
    }
    const auto answer = connection_.receive();
    if (!answer) {
        return tl::make_unexpected(answer.error());
    }
    std::string_view data = answer->data;
    const auto version = take_number(data);
    const auto actions = take_number(data);
    const auto steps = take_number(data);
    if (answer->code != protocol::negotiate || !version || !actions || !steps) {
        return milter_fails(MilterFailure::Kind::protocol, "the peer does not negotiate like a milter");
    }
    if (*version > protocol::version || (*actions & ~protocol::all_actions) != 0 ||
        (*steps & ~protocol::all_steps) != 0) {
        return milter_fails(MilterFailure::Kind::protocol, "the milter wants more than it was offered");
    }
    actions_ = *actions;
    steps_ = *steps;
    return read_macro_lists(data);
}

// After the three numbers: for some stages, the macros the filter wants instead of the MTA's own choice.
MilterResult<void> MilterClient::read_macro_lists(std::string_view data) {
    while (!data.empty()) {
        const auto stage = take_number(data);
        const auto names = take_text(data);
        if (!stage || !names || *stage >= protocol::macro_stages) {
            return milter_fails(MilterFailure::Kind::protocol, "the milter's list of macros is damaged");
        }
        auto& list = macro_lists_.at(*stage);
        list.clear();
        for (const std::string_view name : base::split(*names, ' ')) {
            if (!name.empty()) {
                list.push_back(without_braces(name));
            }
        }
    }
    return {};
}

MilterResult<void> MilterClient::send_macros(const protocol::Event& event) {
    Frame frame{protocol::macro, std::string(1, event.command)};
    bool any = false;
    for (const std::string& name : macro_lists_.at(static_cast<std::size_t>(event.macros))) {
        if (const std::string value = macros_(name); !value.empty()) {
            put_text(frame.data, wire_name(name));
            put_text(frame.data, value);
            any = true;
        }
    }
    return any ? connection_.send(frame) : MilterResult<void>();
}

MilterResult<Reply> MilterClient::event(const protocol::Event& event, std::string data) {
    if ((steps_ & event.unwanted) != 0) {
        return Reply{};
    }
    if (auto sent = send_macros(event); !sent) {
        return tl::make_unexpected(sent.error());
    }
    if (auto sent = connection_.send({event.command, std::move(data)}); !sent) {
        return tl::make_unexpected(sent.error());
    }
    return (steps_ & event.silent) != 0 ? MilterResult<Reply>(Reply{}) : await_reply(event);
}

MilterResult<Reply> MilterClient::await_reply(const protocol::Event& event) {
    constexpr char progress = 'p';
    for (std::size_t frames = 0; frames < max_frames_per_reply; ++frames) {
        const auto frame = connection_.receive();
        if (!frame) {
            return tl::make_unexpected(frame.error());
        }
        if (auto reply = read_reply(*frame)) {
            return std::move(*reply);
        }
        if (frame->code == progress) {
            continue;
        }
        auto edit = event.command == protocol::end_of_message.command ? read_edit(*frame) : std::nullopt;
        if (!edit) {
            return milter_fails(MilterFailure::Kind::protocol,
                                fmt::format("a reply that {} does not allow: '{}'", event.name,
                                            base::printable({&frame->code, 1})));
        }
        edits_.push_back(std::move(*edit));
    }
    return milter_fails(MilterFailure::Kind::protocol, "the milter does not stop sending edits");
}

void MilterClient::quit() {
    (void)connection_.send({protocol::quit, {}});
}

} // namespace milter::tool
