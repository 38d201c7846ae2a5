#include "milter/session/session.h"

#include "config/load.h"
#include "support/catch.h"
#include "support/hostile_text.h"
#include "support/memory_logger.h"
#include "support/table_resolver.h"

using milter::session::Actions;
using milter::session::Reply;

namespace {

void no_progress() {}

// A daemon without libmilter and without a network.
struct Daemon {
    explicit Daemon(config::Settings settings = config::default_settings(),
                    std::size_t room = milter::threads::Share::unlimited) {
        settings.authserv_id = "mx.example.net";
        auto built = milter::runtime::build_runtime(std::move(settings), "host.example.net");
        REQUIRE(built.problems.empty());
        service = std::make_unique<milter::runtime::Service>(
            built.runtime, dns, logger, [] { return base::UnixTime{1777777777}; }, room);
    }

    test::TableResolver dns;
    test::MemoryLogger logger;
    std::unique_ptr<milter::runtime::Service> service;
};

milter::session::Connection stranger() {
    return {{base::IpAddress::parse("192.0.2.1"), 4711, "mail.example.org"}, "mx.example.net"};
}

void begin(milter::session::Session& session, const std::string& path = "<ann@example.org>") {
    session.connect(stranger());
    session.helo("mail.example.org");
    session.mail_from({path, "smtpd", "", ""});
}

Actions deliver(milter::session::Session& session,
                const std::vector<std::pair<std::string, std::string>>& fields) {
    for (const auto& [name, body] : fields) {
        session.header(name, body);
    }
    session.body("hello\r\n");
    return session.end_of_message("4abc", no_progress);
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("mail from outside gets one Authentication-Results at the top") {
    Daemon daemon;
    daemon.dns.zone.add("TXT example.org", "v=spf1 ip4:192.0.2.1 -all");
    daemon.dns.zone.add("TXT _dmarc.example.org", "v=DMARC1; p=reject");
    milter::session::Session session(*daemon.service);
    begin(session);
    const auto actions = deliver(session, {{"From", " Ann <ann@example.org>"}});
    CHECK(actions.reply == Reply::proceed);
    CHECK(actions.deletions.empty());
    REQUIRE(actions.insertions.size() == 1);
    const auto& body = actions.insertions.front().body;
    CHECK(actions.insertions.front().name == "Authentication-Results");
    CHECK(body.starts_with(" mx.example.net;"));
    CHECK(contains(body, "spf=pass"));
    CHECK(contains(body, "dkim=none"));
    CHECK(contains(body, "dmarc=pass"));
    CHECK(contains(body, "header.from=example.org"));
    REQUIRE(daemon.logger.lines.size() == 1);
    CHECK(contains(daemon.logger.lines.front(), "info 4abc: mode=verify why=\"external host 192.0.2.1\""));
}

TEST_CASE("forged results go, highest instance first, and those of others stay") {
    Daemon daemon;
    milter::session::Session session(*daemon.service);
    begin(session);
    const auto actions = deliver(session, {{"Authentication-Results", " mx.example.net; spf=pass"},
                                           {"Authentication-Results", " other.example; spf=pass"},
                                           {"Authentication-Results", " MX.example.NET 1; dkim=pass"},
                                           {"From", " ann@example.org"}});
    REQUIRE(actions.deletions.size() == 2);
    CHECK(actions.deletions[0].instance == 3);
    CHECK(actions.deletions[1].instance == 1);
}

TEST_CASE("mail that is to be signed but has no key says why") {
    Daemon daemon;
    milter::session::Session session(*daemon.service);
    session.connect(stranger());
    session.mail_from({"<ann@example.org>", "smtpd", "PLAIN", "ann"});
    const auto actions = deliver(session, {{"From", " ann@example.org"}});
    CHECK(actions.insertions.empty());
    REQUIRE(daemon.logger.lines.size() == 1);
    CHECK(contains(daemon.logger.lines.front(), "unsigned=\"no key for example.org\""));
    CHECK(daemon.dns.asked.empty());
}

TEST_CASE("no state is carried from one message to the next") {
    Daemon daemon;
    daemon.dns.zone.add("TXT example.org", "v=spf1 ip4:192.0.2.1 -all");
    milter::session::Session session(*daemon.service);
    begin(session);
    session.header("From", " <mallory@example.com>");
    session.abort();
    session.mail_from({"<>", "smtpd", "", ""});
    const auto second = deliver(session, {{"From", " ann@example.org"}});
    REQUIRE(second.insertions.size() == 1);

    milter::session::Session fresh(*daemon.service);
    begin(fresh, "<>");
    const auto alone = deliver(fresh, {{"From", " ann@example.org"}});
    CHECK(second.insertions.front().body == alone.insertions.front().body);
}

TEST_CASE("mail of a client that nobody told of is refused for now") {
    Daemon daemon;
    milter::session::Session session(*daemon.service);
    session.helo("mail.example.org");
    for (int i = 0; i < 2; ++i) {
        session.mail_from({"<ann@example.org>", "ORIGINATING", "PLAIN", "ann"});
        const auto actions = deliver(session, {{"From", " ann@example.org"}});
        CHECK(actions.reply == Reply::tempfail);
        CHECK(actions.insertions.empty());
        CHECK(contains(daemon.logger.lines.back(), "did not tell of"));
    }
    begin(session);
    CHECK(deliver(session, {{"From", " ann@example.org"}}).reply == Reply::proceed);
}

TEST_CASE("a header over a limit is refused, never cut") {
    auto settings = config::default_settings();
    settings.limits.header_fields = 3;
    Daemon daemon(settings);
    milter::session::Session session(*daemon.service);
    begin(session);
    const auto actions =
        deliver(session, {{"A", " 1"}, {"B", " 2"}, {"C", " 3"}, {"From", " ann@example.org"}});
    CHECK(actions.reply == Reply::reject);
    CHECK(actions.code == "552");
    REQUIRE(daemon.logger.lines.size() == 1);
    CHECK(contains(daemon.logger.lines.front(), "limits.header_fields"));
}

TEST_CASE("the authserv-id is the configured one, else the MTA's name, else the host's") {
    struct Case {
        const char* name;
        const char* configured;
        const char* mta;
        const char* expected;
    };
    const Case cases[] = {
        {"configured", "id.example", "mx.example", " id.example;"},
        {"the MTA's name", "", "mx.example", " mx.example;"},
        {"the host's name when the MTA gives none", "", "", " host.example.net;"},
        {"the host's name when asked for", "HOSTNAME", "mx.example", " host.example.net;"},
        {"the host's name when the MTA's cannot stand there", "", "bad name;", " host.example.net;"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Daemon daemon;
        auto settings = config::default_settings();
        settings.authserv_id = c.configured;
        daemon.service->replace_runtime(milter::runtime::build_runtime(settings, "host.example.net").runtime);
        milter::session::Session session(*daemon.service);
        session.connect({{base::IpAddress::parse("192.0.2.1"), 4711, ""}, c.mta});
        session.mail_from({"<>", "smtpd", "", ""});
        const auto actions = deliver(session, {{"From", " ann@example.org"}});
        REQUIRE(actions.insertions.size() == 1);
        CHECK(actions.insertions.front().body.starts_with(c.expected));
    }
}

TEST_CASE("an internal error is a tempfail, never an accept without a result") {
    Daemon daemon;
    milter::session::Session session(*daemon.service);
    begin(session);
    session.fail("out of memory");
    const auto actions = deliver(session, {{"From", " ann@example.org"}});
    CHECK(actions.reply == Reply::tempfail);
    CHECK(actions.code == "451");
    CHECK(actions.insertions.empty());

    const auto never_began = session.end_of_message("4abd", no_progress);
    CHECK(never_began.reply == Reply::tempfail);
}

TEST_CASE(
    "where the settings say so, an internal error lets a message through, without what only we may write") {
    auto settings = config::default_settings();
    settings.on_internal_error = authenticate::Action::accept;
    Daemon daemon(settings);
    milter::session::Session session(*daemon.service);
    const std::pair<std::string, std::string> forged{"Authentication-Results", " mx.example.net; dmarc=pass"};
    begin(session);
    session.fail("out of memory");
    const auto actions = deliver(session, {forged, {"From", " ann@example.org"}});
    CHECK(actions.reply == Reply::proceed);
    CHECK(actions.insertions.empty());
    REQUIRE(actions.deletions.size() == 1);
    CHECK(actions.deletions.front().name == "Authentication-Results");
    REQUIRE(daemon.logger.lines.size() == 2);
    CHECK(contains(daemon.logger.lines[0], "error 4abc: [INTERNAL] out of memory"));
    CHECK(contains(daemon.logger.lines[1], "mode=keep why=\"external host 192.0.2.1, internal error\""));

    SECTION("but not one of whose header a field is lost") {
        begin(session);
        session.fail_unheard("out of memory");
        CHECK(deliver(session, {{"From", " ann@example.org"}}).reply == Reply::tempfail);
    }
    SECTION("nor one that never began") {
        CHECK(session.end_of_message("4abd", no_progress).reply == Reply::tempfail);
    }
    SECTION("nor one of a connection of which something is lost") {
        session.abort();
        session.fail("out of memory");
        begin(session);
        CHECK(deliver(session, {{"From", " ann@example.org"}}).reply == Reply::tempfail);
    }
    SECTION("nor one whose header is over a limit") {
        begin(session);
        session.header("X-Large", std::string(settings.limits.header_field_bytes, 'x'));
        session.fail("out of memory");
        CHECK(deliver(session, {forged}).reply == Reply::reject);
    }
}

TEST_CASE("an internal error before the first message is not forgotten with it") {
    Daemon daemon;
    milter::session::Session session(*daemon.service);
    session.fail("out of memory");
    for (int message = 0; message < 2; ++message) {
        begin(session);
        CHECK(deliver(session, {{"From", " ann@example.org"}}).reply == Reply::tempfail);
    }
}

TEST_CASE("an internal error in one message does not touch the next") {
    Daemon daemon;
    milter::session::Session session(*daemon.service);
    begin(session);
    session.fail("out of memory");
    CHECK(deliver(session, {{"From", " ann@example.org"}}).reply == Reply::tempfail);
    begin(session);
    CHECK(deliver(session, {{"From", " ann@example.org"}}).reply == Reply::proceed);
}

TEST_CASE("a body is wanted as long as a signature needs it") {
    Daemon daemon;
    milter::session::Session session(*daemon.service);
    CHECK_FALSE(session.wants_body());
    begin(session);
    session.header("From", " ann@example.org");
    session.body("hello\r\n");
    CHECK_FALSE(session.wants_body());

    const std::string signature = " v=1; a=rsa-sha256; d=example.org; s=s; h=from; bh=AAAA; b=AAAA";
    begin(session);
    session.header("From", " ann@example.org");
    session.header("DKIM-Signature", signature);
    session.body("hello\r\n");
    CHECK(session.wants_body());

    begin(session);
    session.header("From", " ann@example.org");
    session.header("DKIM-Signature", signature + "; l=3");
    session.body("hel");
    CHECK(session.wants_body()); // one octet more tells whether anything was left out
    session.body("lo\r\n");
    CHECK_FALSE(session.wants_body());
}

TEST_CASE("too many connections are answered with a tempfail") {
    auto settings = config::default_settings();
    settings.listen.max_connections = 1;
    Daemon daemon(settings);
    milter::session::Session first(*daemon.service);
    CHECK(first.admit().reply == Reply::proceed);
    {
        milter::session::Session second(*daemon.service);
        CHECK(second.admit().reply == Reply::tempfail);
    }
    milter::session::Session third(*daemon.service);
    CHECK(daemon.service->load.connections == 2);
}

TEST_CASE("the system's limits count where they are lower") {
    Daemon daemon(config::default_settings(), 1);
    milter::session::Session first(*daemon.service);
    CHECK(first.admit().reply == Reply::proceed);
    milter::session::Session second(*daemon.service);
    CHECK(second.admit().reply == Reply::tempfail);
    REQUIRE(daemon.logger.lines.size() == 1);
    CHECK(contains(daemon.logger.lines.front(),
                   "[CONNECTIONS] 1 connections are open (what the system allows)"));
}

TEST_CASE("a daemon that is to stop takes no new connection and finishes what it has") {
    Daemon daemon;
    milter::session::Session open(*daemon.service);
    begin(open);
    CHECK(daemon.service->load.messages == 1);
    daemon.service->load.draining = true;
    milter::session::Session late(*daemon.service);
    CHECK(late.admit().reply == Reply::tempfail);
    CHECK(deliver(open, {{"From", " ann@example.org"}}).reply == Reply::proceed);
    CHECK(daemon.service->load.messages == 0);
}

TEST_CASE("headers of all messages together have a limit, and give back what they held") {
    auto settings = config::default_settings();
    settings.limits.headers_in_memory = 1000;
    Daemon daemon(settings);
    const std::pair<std::string, std::string> large{"X-Large", std::string(600, 'x')};
    milter::session::Session first(*daemon.service);
    begin(first);
    first.header(large.first, large.second);
    {
        milter::session::Session second(*daemon.service);
        begin(second);
        const auto actions = deliver(second, {{"From", " ann@example.org"}, large});
        CHECK(actions.reply == Reply::tempfail);
        CHECK(actions.code == "451");
        CHECK(actions.insertions.empty());
    }
    REQUIRE(daemon.logger.lines.size() == 1);
    CHECK(contains(daemon.logger.lines.front(), "[OVERLOAD]"));
    CHECK(contains(daemon.logger.lines.front(), "limits.headers_in_memory"));
    first.abort();
    CHECK(daemon.service->load.header_bytes == 0);
    begin(first);
    CHECK(deliver(first, {{"From", " ann@example.org"}, large}).reply == Reply::proceed);
}

TEST_CASE("recipients need room like headers") {
    auto settings = config::default_settings();
    settings.limits.headers_in_memory = 1000;
    Daemon daemon(settings);
    milter::session::Session session(*daemon.service);
    begin(session);
    CHECK(session.recipient('<' + std::string(600, 'x') + "@ours.test>").reply == Reply::proceed);
    CHECK(session.recipient('<' + std::string(600, 'y') + "@ours.test>").reply == Reply::proceed);
    const auto actions = deliver(session, {{"From", " ann@example.org"}});
    CHECK(actions.reply == Reply::tempfail);
    REQUIRE(daemon.logger.lines.size() == 1);
    CHECK(contains(daemon.logger.lines.front(), "limits.headers_in_memory"));
    CHECK(daemon.service->load.header_bytes == 0);
}

TEST_CASE("a message that would be one too many to wait for the DNS is told to come again") {
    auto settings = config::default_settings();
    settings.limits.waiting_messages = 1;
    Daemon daemon(settings);
    daemon.service->load.waiting = 1; // another one
    daemon.dns.hold();
    milter::session::Session session(*daemon.service);
    begin(session);
    const auto actions = deliver(session, {{"From", " ann@example.org"}});
    CHECK(actions.reply == Reply::tempfail);
    CHECK(actions.insertions.empty());
    REQUIRE(daemon.logger.lines.size() == 1);
    CHECK(contains(daemon.logger.lines.front(), "limits.waiting_messages"));
    CHECK(daemon.service->load.waiting == 1);
}

TEST_CASE("mail without a usable author is marked, and forged marks go") {
    Daemon daemon;
    milter::session::Session session(*daemon.service);
    begin(session);
    const auto actions = deliver(session, {{"From", " ann@example.org"},
                                           {"X-Paraph-Quarantine", " forged"},
                                           {"From", " bob@example.net"},
                                           {"x-paraph-quarantine", " forged again"}});
    CHECK(actions.reply == Reply::proceed);
    REQUIRE(actions.deletions.size() == 2);
    CHECK(actions.deletions[0].instance == 2);
    CHECK(actions.deletions[1].instance == 1);
    REQUIRE(actions.insertions.size() == 2);
    CHECK(actions.insertions[0].name == "X-Paraph-Quarantine");
    CHECK(actions.insertions[0].body == " several-from");
    CHECK(contains(actions.insertions[1].body, "dmarc=permerror"));
    CHECK(contains(daemon.logger.lines.front(), "disposition=mark reason=several-from"));
}

TEST_CASE("a session keeps the configuration it began with") {
    Daemon daemon;
    milter::session::Session session(*daemon.service);
    auto settings = config::default_settings();
    settings.authserv_id = "new.example";
    daemon.service->replace_runtime(milter::runtime::build_runtime(settings, "host.example.net").runtime);
    begin(session);
    const auto actions = deliver(session, {{"From", " ann@example.org"}});
    CHECK(actions.insertions.front().body.starts_with(" mx.example.net;"));
}

namespace {

void set_authserv_id(Daemon& daemon, const std::string& id) {
    auto settings = config::default_settings();
    settings.authserv_id = id;
    daemon.service->replace_runtime(milter::runtime::build_runtime(settings, "host.example.net").runtime);
}

Actions deliver_from(Daemon& daemon, milter::session::Client client, const std::string& mta,
                     const std::string& results) {
    milter::session::Session session(*daemon.service);
    session.connect({std::move(client), mta});
    session.mail_from({"<ann@example.org>", "", "", ""});
    return deliver(session, {{"Authentication-Results", results}, {"From", " ann@example.org"}});
}

} // namespace

TEST_CASE("every name of the mail server is ours in each of its services") {
    const milter::session::Client outside{base::IpAddress::parse("192.0.2.1"), 4711, ""};
    const milter::session::Client local{base::IpAddress::parse("127.0.0.1"), 0, "localhost"};
    Daemon daemon;
    set_authserv_id(daemon, "");
    const auto came_back = [&](const std::string& id) {
        const auto actions =
            deliver_from(daemon, local, "mx.example.net", " " + id + "; dmarc=fail header.from=example.org");
        CHECK(actions.deletions.empty()); // a result that counts stays, and one of others too
        return contains(daemon.logger.lines.back(), "came_back=");
    };
    const auto is_removed = [&](const std::string& id) {
        return deliver_from(daemon, outside, "mx.example.net", " " + id + "; dmarc=pass").deletions.size() ==
               1;
    };
    CHECK_FALSE(came_back("mx1.example.net"));
    CHECK_FALSE(is_removed("mx1.example.net"));
    CHECK(came_back("host.example.net"));
    CHECK(is_removed("host.example.net"));
    (void)deliver_from(daemon, outside, "mx1.example.net", " mx.elsewhere.example; none");
    CHECK(came_back("mx1.example.net"));
    CHECK(is_removed("MX1.example.net"));

    set_authserv_id(daemon, ""); // a reload
    CHECK(came_back("mx1.example.net"));
    CHECK(is_removed("mx1.example.net"));

    // Somebody who sets the id may have another filter that writes under the host's name. Results of before
    // still come back.
    set_authserv_id(daemon, "id.example");
    CHECK(came_back("mx1.example.net"));
    CHECK_FALSE(is_removed("mx1.example.net"));
    CHECK(came_back("id.example"));
    CHECK(is_removed("id.example"));
}

TEST_CASE("what a content filter hands back keeps its results when so configured") {
    auto settings = config::default_settings();
    settings.roles.reinjection_daemons = {"AFTERFILTER"};
    settings.roles.keep_reinjected_results = true;
    Daemon daemon(settings);
    milter::session::Session session(*daemon.service);
    session.connect({{base::IpAddress::parse("127.0.0.1"), 4711, "localhost"}, ""});
    session.mail_from({"<ann@example.org>", "AFTERFILTER", "", ""});
    const auto actions = deliver(
        session, {{"Authentication-Results", " mx.example.net; spf=pass"}, {"From", " ann@example.org"}});
    CHECK(actions.deletions.empty());
    CHECK(actions.insertions.empty());
    CHECK(actions.reply == Reply::proceed);
}

TEST_CASE("nothing that an SMTP client says decides whose mail it is") {
    const std::optional<std::uint16_t> real_port = 40000;
    const auto loopback = base::IpAddress::parse("127.0.0.1");
    struct Facts {
        milter::session::Client client;
        const char* daemon;
        const char* login;
        const char* direction;
    };
    const Facts all[] = {
        {{base::IpAddress::parse("192.0.2.1"), real_port, "localhost"},
         "smtpd",
         "",
         "mode=verify why=\"external host 192.0.2.1\""},
        {{loopback, real_port, "localhost"},
         "FILTERED",
         "",
         "mode=verify why=\"reinjection daemon FILTERED\""},
        {{loopback, 0, "localhost"}, "FILTERED", "", "mode=verify why=\"reinjection daemon FILTERED\""},
        {{std::nullopt, std::nullopt, "localhost"}, "smtpd", "", "mode=verify why=\"unknown client\""},
        {{loopback, 0, "localhost"}, "smtpd", "", "mode=sign why=\"local submission\""},
        {{loopback, real_port, "localhost"}, "smtpd", "", "mode=sign why=\"internal host 127.0.0.1\""},
        {{base::IpAddress::parse("192.0.2.1"), real_port, ""},
         "smtpd",
         "ann",
         "mode=sign why=\"authenticated as ann\""},
    };
    constexpr std::string_view paths[] = {"boss@example.org",
                                          "",
                                          " <boss@example.org>",
                                          "boss@example.org,",
                                          "<>",
                                          "(c)<boss@example.org>",
                                          "\"boss\"@example.org",
                                          "@a:b@example.org",
                                          "<boss@example.org"};
    constexpr std::string_view names[] = {"From", "Authentication-Results", "Received", "Sender",
                                          "X-Originating-IP"};
    auto settings = config::default_settings();
    settings.roles.reinjection_daemons = {"FILTERED"};
    Daemon daemon(settings);
    test::HostileText hostile;
    INFO("seed " << hostile.seed());
    for (const Facts& facts : all) {
        for (std::size_t left = test::rounds(100); left > 0; --left) {
            milter::session::Session session(*daemon.service);
            session.connect({facts.client, "mx.example.net"});
            session.helo(hostile.one_in(3) ? "localhost" : hostile.next());
            const auto path = hostile.one_in(2) ? std::string(hostile.pick(paths)) : hostile.next();
            session.mail_from({path, facts.daemon, facts.login, facts.login});
            daemon.logger.lines.clear();
            deliver(session, {{std::string(hostile.pick(names)), ' ' + hostile.next()},
                              {"From", " boss@example.org"}});
            INFO("MAIL FROM:" << path);
            const auto& lines = daemon.logger.lines; // hostile text may cause a warning as well
            CHECK(std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
                      return contains(line, facts.direction);
                  }) == 1);
        }
    }
}

TEST_CASE("the daemon has no explanation put into words", "[session]") {
    const auto built = milter::runtime::build_runtime(config::default_settings(), "host.example.net");
    REQUIRE(built.runtime);
    CHECK_FALSE(built.runtime->checks.spf_options.steps);
    CHECK_FALSE(built.runtime->checks.dkim_options.steps);
    CHECK_FALSE(built.runtime->checks.dmarc_options.steps);
    const auto options =
        milter::runtime::check_options(config::default_settings()); // of the tool, which shows it
    CHECK((options.spf_options.steps && options.dkim_options.steps && options.dmarc_options.steps));
}

namespace {

config::Settings with_relay() {
    auto loaded = config::load_text(
        "spf: {check_helo: false}\nrelays: {hosts: [{addresses: [192.0.2.1], names: [mx2.example.net]}]}\n",
        "test");
    REQUIRE(loaded.settings);
    return *loaded.settings;
}

const std::string by_relay =
    " from h.test (r [198.51.100.25]) by mx2.example.net (Postfix) with ESMTP id 1; date";

} // namespace

TEST_CASE("behind a relay nothing is asked about the sender before it is known who he is") {
    Daemon daemon(with_relay());
    daemon.dns.zone.add("TXT example.org", "v=spf1 exists:%{i}._spf.example.org -all");
    daemon.dns.zone.add("A 198.51.100.25._spf.example.org", "127.0.0.2");
    milter::session::Session session(*daemon.service);
    begin(session);
    CHECK(daemon.dns.asked.empty());
    session.header("Received", by_relay);
    CHECK(daemon.dns.asked.empty());
    session.header("From", " ann@example.org");
    session.body("hello\r\n");
    CHECK_FALSE(daemon.dns.asked.empty()); // while the body still arrives
    const auto actions = session.end_of_message("4abc", no_progress);
    CHECK(contains(actions.insertions.front().body, "spf=pass"));
    for (const auto& question : daemon.dns.asked) {
        CHECK_FALSE(contains(question.name, "192.0.2.1")); // the relay's address is nobody's
    }
}

TEST_CASE("each message of a relay's connection has a client of its own") {
    Daemon daemon(with_relay());
    daemon.dns.zone.add("TXT example.org", "v=spf1 ip4:198.51.100.25 -all");
    milter::session::Session session(*daemon.service);
    begin(session);
    CHECK(contains(
        deliver(session, {{"Received", by_relay}, {"From", " ann@example.org"}}).insertions.front().body,
        "spf=pass"));
    for (const bool header : {false, true}) {
        session.mail_from({"<ann@example.org>", "smtpd", "", ""});
        auto other = by_relay;
        other.replace(other.find("198.51.100.25"), 13, "198.51.100.66");
        const auto actions =
            deliver(session, {{header ? "Received" : "X-Received", other}, {"From", " ann@example.org"}});
        CHECK(contains(actions.insertions.front().body, header ? "spf=fail" : "spf=none"));
    }
}
