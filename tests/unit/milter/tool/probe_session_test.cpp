#include "milter/tool/probe_session.h"

#include "support/catch.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <map>
#include <thread>

using milter::tool::Edit;
using milter::tool::Frame;
using milter::tool::Reply;

namespace {

// The filter's end of a socket pair: notes what it is told, answers from a script.
class ScriptedFilter {
  public:
    // Replies by command; 'c' where there is none.
    std::map<char, std::vector<Frame>> replies;
    std::uint32_t steps = 0;
    std::string macro_lists; // after the three numbers of the negotiation

    std::vector<Frame> events; // as they came, without the negotiation

    milter::tool::MilterConnection start() {
        std::array<int, 2> sockets{};
        REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()) == 0);
        thread_ = std::thread([this, socket = sockets[1]] { serve(socket); });
        return milter::tool::MilterConnection::adopt(sockets[0], std::chrono::seconds(10));
    }

    void join() { thread_.join(); }

    // The commands, macros left out.
    std::string commands() const {
        std::string all;
        for (const Frame& event : events) {
            all += event.code == 'D' ? "" : std::string(1, event.code);
        }
        return all;
    }

    // The macros sent for a command, NUL as '|'.
    std::string macros(char command) const {
        for (const Frame& event : events) {
            if (event.code == 'D' && event.data.starts_with(command)) {
                std::string text = event.data.substr(1);
                std::replace(text.begin(), text.end(), '\0', '|');
                return text;
            }
        }
        return "none";
    }

  private:
    void serve(int socket) {
        milter::tool::FrameReader reader;
        std::array<char, 4096> chunk{};
        for (ssize_t got = 0; (got = read(socket, chunk.data(), chunk.size())) > 0;) {
            reader.append({chunk.data(), static_cast<std::size_t>(got)});
            while (auto frame = reader.next()) {
                answer(socket, *frame);
            }
        }
        close(socket);
    }

    void answer(int socket, const Frame& frame) {
        if (frame.code == 'O') {
            Frame accepted{'O', {}};
            milter::tool::put_number(accepted.data, 6);
            milter::tool::put_number(accepted.data, 0x1ff);
            milter::tool::put_number(accepted.data, steps);
            accepted.data += macro_lists;
            write_frame(socket, accepted);
            return;
        }
        events.push_back(frame);
        if (frame.code == 'D' || frame.code == 'Q' || is_silent(frame.code)) {
            return;
        }
        const auto scripted = replies.find(frame.code);
        for (const Frame& reply :
             scripted == replies.end() ? std::vector<Frame>{{'c', ""}} : scripted->second) {
            write_frame(socket, reply);
        }
    }

    bool is_silent(char code) const {
        const std::map<char, std::uint32_t> bits{{'C', 0x1000},  {'H', 0x2000},  {'M', 0x4000},
                                                 {'R', 0x8000},  {'T', 0x10000}, {'L', 0x80},
                                                 {'N', 0x40000}, {'B', 0x80000}};
        const auto bit = bits.find(code);
        return bit != bits.end() && (steps & bit->second) != 0;
    }

    static void write_frame(int socket, const Frame& frame) {
        const std::string bytes = milter::tool::encode(frame);
        (void)!write(socket, bytes.data(), bytes.size());
    }

    std::thread thread_;
};

milter::tool::ProbeEnvelope envelope() {
    milter::tool::ProbeEnvelope one;
    one.client = base::IpAddress::parse("192.0.2.1");
    one.client_name = "mx.example.org";
    one.helo = "mx.example.org";
    one.mail_from = "ann@example.org";
    one.recipients = {"bob@example.net"};
    one.daemon_name = "smtpd";
    return one;
}

message::Message mail(const std::string& body = "Hello.\r\n") {
    return message::parse_message("From: ann@example.org\r\nSubject:  a\r\n\tfold\r\n\r\n" + body).value();
}

milter::tool::Result<milter::tool::ProbeResult> play(ScriptedFilter& filter,
                                                     const milter::tool::ProbeEnvelope& session = envelope(),
                                                     const message::Message& message = mail()) {
    auto result = milter::tool::probe(filter.start(), session, message);
    filter.join();
    return result;
}

std::string header_frame(std::uint32_t index, std::string_view name, std::string_view value) {
    std::string data;
    milter::tool::put_number(data, index);
    milter::tool::put_text(data, name);
    milter::tool::put_text(data, value);
    return data;
}

} // namespace

TEST_CASE("events come in Postfix's order with their macros") {
    ScriptedFilter filter;
    const auto result = play(filter);
    REQUIRE(result);
    CHECK(result->reply == Reply{});
    CHECK(result->stage == "end of message");
    CHECK(filter.commands() == "CHMRTLLNBEQ");
    CHECK(filter.macros('C') == "j|probe.localhost|{daemon_name}|smtpd|v|Postfix, played by paraph "
                                "probe|_|mx.example.org [192.0.2.1]|");
    CHECK(filter.macros('H') == "none");
    CHECK(filter.macros('M') == "{mail_addr}|ann@example.org|{mail_mailer}|smtp|"); // no queue id yet
    CHECK(filter.macros('E') == "i|PROBE000001|");
}

TEST_CASE("a login name is told at MAIL FROM") {
    ScriptedFilter filter;
    auto session = envelope();
    session.auth = "ann";
    REQUIRE(play(filter, session));
    CHECK(filter.macros('M').starts_with("{auth_type}|PLAIN|{auth_authen}|ann|"));
}

TEST_CASE("mail that never was in SMTP has a bare path and a queue id from the start") {
    ScriptedFilter filter;
    auto session = envelope();
    session.non_smtp = true;
    REQUIRE(play(filter, session));
    CHECK(filter.macros('M').starts_with("i|PROBE000001|"));
    for (const Frame& event : filter.events) {
        if (event.code == 'M') {
            CHECK(event.data == std::string("ann@example.org\0", 16));
        }
    }
}

TEST_CASE("what the filter declines is not sent, and where it is silent nobody waits") {
    struct Case {
        const char* name;
        std::uint32_t steps;
        const char* commands;
    };
    const auto test = GENERATE(values<Case>({
        {"no connect, no HELO", 0x003, "MRTLLNBEQ"},
        {"no RCPT, no DATA", 0x208, "CHMLLNBEQ"},
        {"no body", 0x010, "CHMRTLLNEQ"},
        {"no header", 0x060, "CHMRTBEQ"},
        {"silent everywhere", 0x0df080, "CHMRTLLNBEQ"},
    }));
    INFO(test.name);
    ScriptedFilter filter;
    filter.steps = test.steps;
    REQUIRE(play(filter));
    CHECK(filter.commands() == test.commands);
}

TEST_CASE("macros that the filter chose replace Postfix's") {
    ScriptedFilter filter;
    milter::tool::put_number(filter.macro_lists, 1); // HELO
    milter::tool::put_text(filter.macro_lists, "{client_addr} j");
    milter::tool::put_number(filter.macro_lists, 0); // connect
    milter::tool::put_text(filter.macro_lists, "");
    REQUIRE(play(filter));
    CHECK(filter.macros('C') == "none");
    CHECK(filter.macros('H') == "{client_addr}|192.0.2.1|j|probe.localhost|");
}

TEST_CASE("header values keep their blanks only where the filter asked for them") {
    const message::HeaderField field("Subject", "  a\r\n\tfold");
    CHECK(milter::tool::header_data(field, true) == std::string("Subject\0  a\n\tfold\0", 18));
    CHECK(milter::tool::header_data(field, false) == std::string("Subject\0 a\n\tfold\0", 17));
}

TEST_CASE("the client's address as the protocol has it") {
    auto session = envelope();
    CHECK(milter::tool::connect_data(session) == std::string("mx.example.org\0"
                                                             "4\xd4\x31"
                                                             "192.0.2.1\0",
                                                             28));
    session.client = base::IpAddress::parse("2001:db8::1");
    CHECK(milter::tool::connect_data(session) == std::string("mx.example.org\0"
                                                             "6\xd4\x31"
                                                             "IPv6:2001:db8::1\0",
                                                             35));
    session.client.reset();
    CHECK(milter::tool::connect_data(session) == std::string("mx.example.org\0U", 16));
}

TEST_CASE("edits and the final reply are gathered") {
    ScriptedFilter filter;
    filter.replies['E'] = {{'p', ""},
                           {'m', header_frame(2, "Authentication-Results", "")},
                           {'i', header_frame(0, "X-New", " value\n\tfold")},
                           {'q', std::string("held\0", 5)},
                           {'y', std::string("550 5.7.1 no\0", 13)}};
    const auto result = play(filter);
    REQUIRE(result);
    CHECK(result->reply == Reply{Reply::Kind::code, "550 5.7.1 no"});
    CHECK(result->edits == std::vector<Edit>{{Edit::Kind::remove, 2, "Authentication-Results", ""},
                                             {Edit::Kind::insert, 0, "X-New", " value\n\tfold"},
                                             {Edit::Kind::quarantine, 0, "", "held"}});
}

TEST_CASE("a reply that ends the message ends the session") {
    struct Case {
        const char* name;
        char command;
        Frame reply;
        const char* commands;
        const char* stage;
    };
    const auto test = GENERATE(values<Case>({
        {"tempfail at connect", 'C', {'t', ""}, "CQ", "connect"},
        {"reject at RCPT", 'R', {'r', ""}, "CHMRQ", "RCPT TO"},
        {"accept at a header field", 'L', {'a', ""}, "CHMRTLQ", "header field"},
        {"skip in the body is no end", 'B', {'s', ""}, "CHMRTLLNBEQ", "end of message"},
    }));
    INFO(test.name);
    ScriptedFilter filter;
    filter.replies[test.command] = {test.reply};
    const auto result = play(filter, envelope(), mail(std::string(100000, 'x')));
    REQUIRE(result);
    CHECK(result->stage == test.stage);
    CHECK(filter.commands() == test.commands);
}

TEST_CASE("a body is cut into pieces of 65535 bytes") {
    ScriptedFilter filter;
    REQUIRE(play(filter, envelope(), mail(std::string(65536, 'x'))));
    CHECK(filter.commands() == "CHMRTLLNBBEQ");
}

TEST_CASE("a peer that breaks the protocol is an error, not a verdict") {
    struct Case {
        const char* name;
        char command;
        Frame reply;
    };
    const auto test = GENERATE(values<Case>({
        {"an edit before the end of the message", 'M', {'i', header_frame(0, "X", "y")}},
        {"an unknown reply", 'E', {'?', ""}},
        {"an edit cut short", 'E', {'i', "abc"}},
        {"a reply code without its end", 'E', {'y', "550"}},
    }));
    INFO(test.name);
    ScriptedFilter filter;
    filter.replies[test.command] = {test.reply};
    const auto result = play(filter);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == milter::tool::ExitCode::protocol);
}

TEST_CASE("a filter may not take what it was not offered") {
    ScriptedFilter filter;
    filter.steps = 0x80000000U;
    const auto result = play(filter);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == milter::tool::ExitCode::protocol);
}
