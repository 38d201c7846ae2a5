#include "milter/link/callbacks.h"

#include "milter/link/border.h"
#include "milter/link/frame_tap.h"
#include "milter/link/socket_address.h"
#include "milter/listener/knock.h"
#include "milter/listener/socket_trial.h"
#include "milter/session/session.h"

#include <fmt/format.h>
#include <libmilter/mfapi.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

namespace milter::link {

namespace {

using log::Event;

// libmilter's callbacks carry no pointer of ours but the session's, and that does not exist before the first
// event.
runtime::Service* service = nullptr;

std::size_t most_open_connections = threads::Share::unlimited;

// serve() has nothing left to stop.
std::atomic<bool> served{false};

// What was agreed with the MTA for a connection, and holds for all clients that it is used for.
struct Terms {
    bool leading_space : 1 = false;     // header values come, and are taken, with the blank behind the colon
    bool silent : 1 = false;            // the MTA waits for no reply to an event of a message before its end
    bool silent_connect : 1 = false;    // nor to its connection
    bool body : 1 = true;               // the MTA hands bodies over
    bool may_hold : 1 = false;          // the MTA holds messages when told to (quarantine)
    bool recipients : 1 = false;        // the MTA tells of each recipient
    bool silent_recipients : 1 = false; // and waits for no reply
    bool skip_bodies : 1 = false; // it waits for a reply to each piece, and leaves the rest out when told to
};

// A connection of the MTA. An MTA may end its client's session and use the connection for another's.
struct Link {
    // The present client's; of the one before it nothing is left.
    session::Session& session() { return client ? *client : client.emplace(*service); }

    // The answer to an event that decides nothing.
    [[nodiscard]] sfsistat go_on() const { return terms.silent ? SMFIS_NOREPLY : SMFIS_CONTINUE; }

    // The answer to a piece of a body. With one that came within the end of the message libmilter goes on to
    // that end only when told to; the MTA hears nothing of it.
    [[nodiscard]] sfsistat go_on_with_body() const {
        if (tap.frames->last() == IncomingFrames::end_of_message) {
            return SMFIS_CONTINUE;
        }
        if (!terms.skip_bodies) {
            return go_on();
        }
        return !client || client->wants_body() ? SMFIS_CONTINUE : SMFIS_SKIP;
    }

    [[nodiscard]] std::string macro(std::string_view name) const { return tap.frames->macros().value(name); }

    Tap tap;
    Terms terms;
    std::optional<session::Session> client;
};

Link& open_link(SMFICTX* context) {
    auto link = std::make_unique<Link>();
    link->tap = tap_of_this_thread();
    link->client.emplace(*service);
    if (smfi_setpriv(context, link.get()) != MI_SUCCESS) {
        throw std::runtime_error("libmilter did not take the session");
    }
    return *link.release(); // on_close deletes it
}

Link& link_of(SMFICTX* context) {
    auto* link = static_cast<Link*>(smfi_getpriv(context));
    if (link == nullptr) {
        throw std::runtime_error("an event of a connection that was not negotiated");
    }
    return *link;
}

std::string_view text_of(const char* text) {
    return text == nullptr ? std::string_view() : std::string_view(text);
}

template <class Handler>
sfsistat answer(SMFICTX* context, const Handler& handle) noexcept {
    return guarded(SMFIS_TEMPFAIL, [&] { return handle(link_of(context)); });
}

// An event that decides nothing. Where the MTA waits for no reply the session remembers what went wrong, and
// the end of the message answers for it.
template <class Handler>
sfsistat note(SMFICTX* context, const Handler& handle,
              sfsistat (Link::*next)() const = &Link::go_on) noexcept {
    return answer(context, [&](Link& link) {
        noted([&] { handle(link); }, [&](const char* why) { link.session().fail(why); });
        return (link.*next)();
    });
}

// Some MTAs hand the line break over that ends the field. It is no part of the value; another before it is.
std::string_view without_line_end(std::string_view value) {
    if (value.ends_with('\n')) {
        value.remove_suffix(value.ends_with("\r\n") ? 2 : 1);
    }
    return value;
}

// What a header value looks like on the wire: libmilter hands folds over as bare LF, and eats the blank after
// the colon unless leading_space was negotiated.
std::string wire_body(std::string_view value, const Terms& terms) {
    value = without_line_end(value);
    std::string body;
    body.reserve(value.size() + 8);
    if (!terms.leading_space) {
        body += ' ';
    }
    std::size_t begin = 0;
    for (auto end = value.find('\n'); end != std::string_view::npos; end = value.find('\n', begin)) {
        body += value.substr(begin, end - begin);
        body += body.ends_with('\r') ? "\n" : "\r\n";
        begin = end + 1;
    }
    return body += value.substr(begin);
}

// The way back: folds as bare LF, and no blank in front when the MTA adds its own.
std::string milter_value(std::string_view body, const Terms& terms) {
    if (!terms.leading_space && body.starts_with(' ')) {
        body.remove_prefix(1);
    }
    std::string value(body);
    std::erase(value, '\r');
    return value;
}

bool apply_edits(SMFICTX* context, const session::Actions& actions, const Terms& terms) {
    if (auto reason = actions.hold_reason; !reason.empty()) { // libmilter takes non-const text
        if (smfi_quarantine(context, reason.data()) != MI_SUCCESS) {
            return false;
        }
    }
    for (const auto& change : actions.changes) {
        auto name = change.name; // libmilter takes non-const text
        auto value = milter_value(change.body, terms);
        if (smfi_chgheader(context, name.data(), static_cast<int>(change.instance), value.data()) !=
            MI_SUCCESS) {
            return false;
        }
    }
    for (const auto& deletion : actions.deletions) {
        auto name = deletion.name;
        if (smfi_chgheader(context, name.data(), static_cast<int>(deletion.instance), nullptr) !=
            MI_SUCCESS) {
            return false;
        }
    }
    for (const auto& insertion : actions.insertions) {
        auto name = std::string(insertion.name);
        auto value = milter_value(insertion.body, terms);
        if (smfi_insheader(context, 0, name.data(), value.data()) != MI_SUCCESS) {
            return false;
        }
    }
    return true;
}

// Sendmail takes the text for a format, Postfix drops a single percent sign: to both two of them are one.
std::string with_percents_doubled(std::string_view text) {
    std::string doubled;
    for (const char c : text) {
        doubled.append(c == '%' ? 2 : 1, c);
    }
    return doubled;
}

sfsistat reply(SMFICTX* context, const session::Actions& actions) {
    if (actions.reply == session::Reply::proceed) {
        return SMFIS_CONTINUE;
    }
    if (actions.reply == session::Reply::discard) {
        return SMFIS_DISCARD;
    }
    auto code = std::string(actions.code);
    auto enhanced = std::string(actions.enhanced);
    auto text = with_percents_doubled(actions.text);
    smfi_setreply(context, code.data(), enhanced.data(), text.data());
    return actions.reply == session::Reply::reject ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

sfsistat apply(SMFICTX* context, const session::Actions& actions, const Link& link) {
    if (!actions.hold_reason.empty() && !link.terms.may_hold) {
        service->logger().write(Event::edit_failed, link.macro("i"),
                                "holding messages was not agreed on when this connection began, and a reload "
                                "asks for it since");
        return reply(context, session::tempfail("message could not be processed, try again later"));
    }
    // A message that is not accepted needs no edits.
    if (actions.reply == session::Reply::proceed && !apply_edits(context, actions, link.terms)) {
        service->logger().write(Event::edit_failed, link.macro("i"), "the MTA did not take an edit");
        return reply(context, session::tempfail("message could not be processed, try again later"));
    }
    return reply(context, actions);
}

// The end of the header is where the body begins.
constexpr unsigned long unneeded_events = SMFIP_NODATA | SMFIP_NOEOH | SMFIP_NOUNKNOWN;
constexpr unsigned long unneeded_replies = SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_HDR | SMFIP_NR_BODY;

// {auth_...} say who logged in, which is said with each message, if at all.
std::vector<std::pair<std::string, std::string>> macros_of(const Link& link,
                                                           const session::Session& session) {
    std::vector<std::pair<std::string, std::string>> given;
    const auto& macros = link.tap.frames->macros();
    for (const auto& condition : session.originating_macros()) {
        const auto& name = condition.name;
        given.emplace_back(name, name.starts_with("{auth_") ? macros.value_at(IncomingFrames::mail, name)
                                                            : macros.value(name));
    }
    return given;
}

void request_macros(SMFICTX* context) {
    std::string more;
    for (const auto& condition : service->runtime()->settings.roles.originating_macros) {
        more += ' ' + condition.name;
    }
    const auto ask = [context](int stage, std::string names) {
        smfi_setsymlist(context, stage, names.data());
    };
    ask(SMFIM_CONNECT, "j v {daemon_name} {daemon_port} {client_resolve}" + more);
    ask(SMFIM_ENVFROM, "i {daemon_name} {daemon_port} {auth_type} {auth_authen}" + more);
    // The same list at both stages: Sendmail sends one for the end of a message where one for the end of the
    // header was asked for.
    ask(SMFIM_EOH, "i");
    ask(SMFIM_EOM, "i");
}

// Too many to answer each with a 451 of our own: descriptors would run out.
bool leaves_no_room() {
    if (service->load.connections < most_open_connections) {
        return false;
    }
    service->logger().write(
        Event::too_many_connections,
        fmt::format("{} connections are open, one more is closed", most_open_connections));
    return true;
}

// Holding messages only where a setting asks for it.
unsigned long needed_actions() {
    return SMFIF_ADDHDRS | SMFIF_CHGHDRS | (service->runtime()->may_hold ? SMFIF_QUARANTINE : 0UL);
}

bool can_be_used(unsigned long offered, unsigned long needed) {
    if ((offered & needed) == needed) {
        return true;
    }
    service->logger().write(Event::milter_refused,
                            (needed & SMFIF_QUARANTINE) == 0
                                ? "the MTA does not let filters add and change header fields"
                                : "the MTA does not let filters change header fields and hold messages");
    return false;
}

bool frames_come_by() {
    if (const Tap& tap = tap_of_this_thread(); tap.frames && tap.frames->hear_of(IncomingFrames::negotiate)) {
        return true;
    }
    service->logger().write(
        Event::internal_error,
        "this libmilter does not let its frames be looked at; nothing is checked or signed");
    return false;
}

// A connection that is not wanted hears so at once; of any other the MTA need not wait for a reply.
Terms agree(unsigned long steps, const session::Session& session) {
    return {.leading_space = (steps & SMFIP_HDR_LEADSPC) != 0,
            .silent = (steps & unneeded_replies) == unneeded_replies,
            .silent_connect = (steps & SMFIP_NR_CONN) != 0 && session.is_wanted(),
            .body = session.needs_body() || (steps & SMFIP_NOBODY) == 0,
            .recipients = session.needs_recipients() || (steps & SMFIP_NORCPT) == 0,
            .silent_recipients = (steps & SMFIP_NR_RCPT) != 0 && !session.answers_recipients(),
            .skip_bodies = session.may_skip_bodies() && (steps & SMFIP_SKIP) != 0};
}

unsigned long steps_of(const Terms& terms) {
    unsigned long steps = unneeded_events;
    steps |= terms.leading_space ? SMFIP_HDR_LEADSPC : 0;
    steps |= terms.silent ? unneeded_replies : 0;
    steps |= terms.silent_connect ? SMFIP_NR_CONN : 0;
    steps |= terms.body ? 0 : SMFIP_NOBODY;
    steps |= terms.recipients ? 0 : SMFIP_NORCPT;
    steps |= terms.silent_recipients ? SMFIP_NR_RCPT : 0;
    constexpr unsigned long no_reply_to_bodies = SMFIP_NR_BODY;
    return terms.skip_bodies ? (steps & ~no_reply_to_bodies) | SMFIP_SKIP : steps;
}

// With SMFIS_REJECT the MTA goes on without us, as its default action says.
sfsistat on_negotiate(SMFICTX* context, unsigned long actions, unsigned long steps, unsigned long,
                      unsigned long, unsigned long* wanted_actions, unsigned long* wanted_steps,
                      unsigned long* reserved2, unsigned long* reserved3) {
    return guarded(SMFIS_REJECT, [&] {
        const unsigned long needed = needed_actions();
        if (!frames_come_by() || leaves_no_room() || !can_be_used(actions, needed)) {
            return SMFIS_REJECT;
        }
        Link& link = open_link(context);
        link.terms = agree(steps, *link.client);
        link.terms.may_hold = (needed & SMFIF_QUARANTINE) != 0;
        *wanted_actions = needed | (actions & SMFIF_SETSYMLIST);
        *wanted_steps = steps & steps_of(link.terms);
        *reserved2 = 0;
        *reserved3 = 0;
        if ((actions & SMFIF_SETSYMLIST) != 0) {
            request_macros(context);
        }
        return SMFIS_CONTINUE;
    });
}

sfsistat on_connect(SMFICTX* context, char* name, _SOCK_ADDR* address) {
    note(context, [&](Link& link) {
        link.tap.frames->hear_of(IncomingFrames::connect);
        auto client = client_at(address, text_of(name));
        client.name_confirmed = link.macro("{client_resolve}") == "OK";
        link.session().connect({std::move(client), link.macro("j"), link.macro("v")});
    });
    return answer(context, [&](Link& link) {
        return link.terms.silent_connect ? SMFIS_NOREPLY : reply(context, link.session().admit());
    });
}

sfsistat on_helo(SMFICTX* context, char* name) {
    return note(context, [&](Link& link) { link.session().helo(text_of(name)); });
}

sfsistat on_mail_from(SMFICTX* context, char** arguments) {
    return note(context, [&](Link& link) {
        const auto& macros = link.tap.frames->macros();
        // Who logged in is said with each message, if at all.
        link.session().mail_from({.path = std::string(text_of(arguments[0])),
                                  .daemon_name = macros.value("{daemon_name}"),
                                  .auth_type = macros.value_at(IncomingFrames::mail, "{auth_type}"),
                                  .auth_authen = macros.value_at(IncomingFrames::mail, "{auth_authen}"),
                                  .daemon_port = macros.value("{daemon_port}"),
                                  .macros = macros_of(link, link.session())});
    });
}

sfsistat on_recipient(SMFICTX* context, char** arguments) {
    return answer(context, [&](Link& link) {
        sfsistat result = link.terms.silent_recipients ? SMFIS_NOREPLY : SMFIS_CONTINUE;
        noted(
            [&] {
                const auto actions = link.session().recipient(text_of(arguments[0]));
                result = link.terms.silent_recipients ? SMFIS_NOREPLY : reply(context, actions);
            },
            [&](const char* why) { link.session().fail(why); });
        return result;
    });
}

sfsistat on_header(SMFICTX* context, char* name, char* value) {
    return answer(context, [&](Link& link) {
        noted([&] { link.session().header(text_of(name), wire_body(text_of(value), link.terms)); },
              [&](const char* why) { link.session().fail_unheard(why); });
        return link.go_on();
    });
}

sfsistat on_body(SMFICTX* context, unsigned char* chunk, std::size_t size) {
    return note(
        context, [&](Link& link) { link.session().body({reinterpret_cast<const char*>(chunk), size}); },
        &Link::go_on_with_body);
}

sfsistat end_message(SMFICTX* context, Link& link) {
    const auto queue_id = link.macro("i");
    if (!link.terms.body && link.session().needs_body()) {
        link.session().fail_unheard("the body was left out, but a reload brought a use for it meanwhile");
    }
    if (!link.terms.recipients && link.session().needs_recipients()) {
        link.session().fail_unheard(
            "the recipients were left out, but a reload brought a use for them meanwhile");
    }
    if (link.terms.silent_recipients && link.session().answers_recipients()) {
        link.session().fail_unheard("recipients were not answered, but a reload brought an answer meanwhile");
    }
    std::optional<session::Actions> actions;
    noted(
        [&] {
            const auto progress = [context] { smfi_progress(context); };
            actions = link.session().end_of_message(queue_id, progress);
        },
        [&](const char* why) { actions = link.session().give_up(queue_id, why); });
    link.session().abort();
    sfsistat result = SMFIS_TEMPFAIL;
    noted(
        [&] {
            if (actions) {
                result = apply(context, *actions, link);
            }
        },
        [&](const char* why) {
            service->logger().write(Event::internal_error, queue_id, why);
            result = reply(context, session::tempfail("internal error, try again later"));
        });
    return result;
}

sfsistat on_end_of_message(SMFICTX* context) {
    return answer(context, [&](Link& link) { return end_message(context, link); });
}

sfsistat on_abort(SMFICTX* context) {
    return answer(context, [](Link& link) {
        link.session().abort();
        return SMFIS_CONTINUE;
    });
}

void close(SMFICTX* context) {
    const std::unique_ptr<Link> link(static_cast<Link*>(smfi_getpriv(context)));
    smfi_setpriv(context, nullptr);
    close_tap(link ? link->tap : tap_of_this_thread());
    if (link && !link->tap.frames->fault().empty()) {
        service->logger().write(Event::milter_refused, link->tap.frames->fault());
    }
}

// libmilter calls it at the end of each client's session, and at that of the connection.
sfsistat on_close(SMFICTX* context) {
    auto* link = static_cast<Link*>(smfi_getpriv(context));
    const bool is_open = link != nullptr && tap_of_this_thread().frames == link->tap.frames;
    return guarded(SMFIS_TEMPFAIL, [&] {
        if (is_open && link->tap.frames->hear_of(IncomingFrames::quit_new_connection)) {
            link->client.reset();
        } else {
            close(context);
        }
        return SMFIS_CONTINUE;
    });
}

smfiDesc description() {
    static std::string name = "paraphd";
    smfiDesc filter{};
    filter.xxfi_name = name.data();
    filter.xxfi_version = SMFI_VERSION;
    filter.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE | SMFIF_SETSYMLIST;
    filter.xxfi_connect = on_connect;
    filter.xxfi_helo = on_helo;
    filter.xxfi_envfrom = on_mail_from;
    filter.xxfi_envrcpt = on_recipient;
    filter.xxfi_header = on_header;
    filter.xxfi_body = on_body;
    filter.xxfi_eom = on_end_of_message;
    filter.xxfi_abort = on_abort;
    filter.xxfi_close = on_close;
    filter.xxfi_negotiate = on_negotiate;
    return filter;
}

std::string open_socket(const ServeOptions& options) {
    auto socket = options.socket.print_for_libmilter();
    if (smfi_setconn(socket.data()) != MI_SUCCESS) {
        return fmt::format("socket {} is not understood", options.socket.print());
    }
    // libmilter would take the name away from whoever listens there, and does not say why it cannot open one.
    if (const auto trouble = listener::try_socket(options.socket, options.socket_group)) {
        return fmt::format("cannot open socket {}: {}", options.socket.print(), trouble->reason);
    }
    const UmaskGuard guard(options.socket_mode);
    if (smfi_opensocket(true) != MI_SUCCESS) {
        return fmt::format("cannot open socket {}", options.socket.print());
    }
    send_without_delay();
    return grant_group(options.socket, options.socket_group, options.socket_mode);
}

std::string open_and_serve(const ServeOptions& options, const std::function<void()>& ready) {
    if (smfi_register(description()) != MI_SUCCESS) {
        return "libmilter refused to register the filter";
    }
    constexpr int session_timeout =
        7210; // seconds without any word from the MTA; SMTP's own patience is shorter
    smfi_settimeout(session_timeout);
    if (auto problem = open_socket(options); !problem.empty()) {
        return problem;
    }
    ready();
    return smfi_main() == MI_SUCCESS ? std::string() : "libmilter ended with an error";
}

} // namespace

std::string serve(runtime::Service& shared, const ServeOptions& options, const std::function<void()>& ready) {
    service = &shared;
    most_open_connections = options.most_open;
    auto problem = open_and_serve(options, ready);
    served = true;
    return problem;
}

void stop_serving(const ServeOptions& options) {
    // smfi_stop() waits for the listener, which looks up every five seconds, or when somebody connects.
    const std::jthread stopper([] { smfi_stop(); });
    constexpr std::chrono::milliseconds pause{10};
    while (!served) {
        static_cast<void>(listener::accepts_connections(options.socket));
        std::this_thread::sleep_for(pause);
    }
}

} // namespace milter::link
