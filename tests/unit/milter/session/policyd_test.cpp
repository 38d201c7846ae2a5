// Recipients that policyd-spf's switches are asked about.
#include "milter/session/session.h"

#include "config/load.h"
#include "support/catch.h"
#include "support/memory_logger.h"
#include "support/table_resolver.h"

#include <thread>

using milter::session::Actions;
using milter::session::Reply;

namespace {

config::Settings settings(const std::string& policyd) {
    auto loaded = config::load_text("authserv_id: mx.test\nspf: {policyd: {" + policyd + "}}\n", "p.yaml");
    REQUIRE(loaded.settings);
    return std::move(*loaded.settings);
}

struct Daemon {
    explicit Daemon(config::Settings settings) {
        auto built = milter::runtime::build_runtime(std::move(settings), "host.test");
        REQUIRE(built.runtime);
        service = std::make_unique<milter::runtime::Service>(built.runtime, dns, logger,
                                                             [] { return base::UnixTime{1777777777}; });
    }

    test::TableResolver dns;
    test::MemoryLogger logger;
    std::unique_ptr<milter::runtime::Service> service;
};

void begin(milter::session::Session& session, const std::string& helo = "mail.example.net") {
    session.connect({{base::IpAddress::parse("192.0.2.1"), 4711, "unknown"}, "mx.test"});
    session.helo(helo);
    session.mail_from({"<ann@example.org>", "smtpd", "", ""});
}

void fail_spf(Daemon& daemon) {
    daemon.dns.zone.add("TXT example.org", "v=spf1 include:a.example.org -all");
    daemon.dns.zone.add("TXT a.example.org", "v=spf1 include:b.example.org -all");
    daemon.dns.zone.add("TXT b.example.org", "v=spf1 -all");
}

} // namespace

TEST_CASE("recipients are heard of where a switch may spare them, and answered where stage says so") {
    const auto needs = [](const std::string& text) {
        const auto built =
            milter::runtime::build_runtime(*config::load_text(text, "p.yaml").settings, "host.test");
        return std::pair(built.runtime->needs_recipients, built.runtime->answers_recipients);
    };
    CHECK(needs("spf: {received_spf: true}\n") == std::pair(false, false));
    CHECK(needs("spf: {policyd: {}}\n") == std::pair(true, false));
    CHECK(needs("spf: {policyd: {stage: rcpt}}\n") == std::pair(true, true));
}

TEST_CASE("the first recipient asks, and the others are answered from what it learnt") {
    Daemon daemon(settings("stage: rcpt"));
    fail_spf(daemon);
    milter::session::Session session(*daemon.service);
    begin(session);
    const auto first = session.recipient("<bob@ours.test>");
    const auto asked = daemon.dns.asked.size();
    CHECK(first.reply == Reply::reject);
    CHECK(first.code == "550");
    CHECK(session.recipient("<carol@ours.test>").reply == Reply::reject);
    CHECK(session.recipient("<abuse@ours.test>").reply == Reply::proceed);
    CHECK(daemon.dns.asked.size() == asked);
    REQUIRE(daemon.logger.lines.size() == 3);
    CHECK(daemon.logger.lines[0] == "info [RECIPIENT] recipient=<bob@ours.test> client=192.0.2.1 "
                                    "helo=mail.example.net sender=<ann@example.org> "
                                    "disposition=reject reason=spf-fail setting=spf.policyd.Mail_From_reject "
                                    "text=\"Message rejected due to: SPF fail - not authorized\"");
    CHECK(
        daemon.logger.lines[2].find("disposition=accept reason=spf-fail setting=spf.policyd.Mail_From_reject "
                                    "milder=\"to postmaster or abuse alone\"") != std::string::npos);
    // The message has gone on to abuse alone, and hears nothing more.
    session.header("From", " ann@example.org");
    CHECK(session.end_of_message("4abc", [] {}).reply == Reply::proceed);
}

TEST_CASE("a dry run and exceptions that need no message hold for a recipient") {
    const auto answer = [](const std::string& policy) {
        auto loaded =
            config::load_text("spf: {policyd: {stage: rcpt}}\npolicy: {" + policy + "}\n", "p.yaml");
        REQUIRE(loaded.settings);
        Daemon daemon(std::move(*loaded.settings));
        fail_spf(daemon);
        milter::session::Session session(*daemon.service);
        begin(session);
        return session.recipient("<bob@ours.test>").reply;
    };
    CHECK(answer("dry_run_for: [spf]") == Reply::proceed);
    CHECK(answer("dry_run: yes") == Reply::proceed);
    CHECK(answer("dry_run_for: [dmarc]") == Reply::reject);
    CHECK(answer("exceptions: [{name: a, clients: [192.0.2.0/24]}]") == Reply::proceed);
    CHECK(answer("exceptions: [{name: a, for: [spf], recipients: [bob@ours.test]}]") == Reply::proceed);
    CHECK(answer("exceptions: [{name: a, for: [dmarc], clients: [192.0.2.0/24]}]") == Reply::reject);
    // Who the author is, is not known yet.
    CHECK(answer("exceptions: [{name: a, clients: [192.0.2.0/24], authors: [example.org]}]") ==
          Reply::reject);
}

TEST_CASE("what the client typed stays one line of the log") {
    Daemon daemon(settings("stage: rcpt"));
    fail_spf(daemon);
    milter::session::Session session(*daemon.service);
    begin(session, "x\" action=accept\r\nevil");
    (void)session.recipient("<bob@ours.test>\r\n[RECIPIENT] recipient=<x>");
    REQUIRE(daemon.logger.lines.size() == 1);
    CHECK(daemon.logger.lines[0].find_first_of("\r\n") == std::string::npos);
    CHECK(daemon.logger.lines[0].find("helo=\"x' action=accept\\x0d\\x0aevil\"") != std::string::npos);
}

// The client chooses the names of HELO and of his reverse zone, and may own a server that never answers.
TEST_CASE("servers of the client's choice do not make a fail a temperror") {
    auto slow = settings("stage: rcpt, Domain_Whitelist_PTR: [friend.test]");
    slow.iprev.enabled = true;
    slow.dns.message_budget = std::chrono::milliseconds(1);
    Daemon daemon(slow);
    fail_spf(daemon);
    daemon.dns.hold();
    milter::session::Session session(*daemon.service);
    begin(session);
    for (const char* name : {"example.org", "a.example.org", "b.example.org"}) {
        CHECK(daemon.dns.release(name) == 1);
    }
    const auto answer = session.recipient("<bob@ours.test>");
    // Put off for the list, which may have named the client; refused without it.
    CHECK(answer.code == "451");
    CHECK(answer.text.find("the name of the client could not be looked up") != std::string::npos);

    auto without_list = settings("stage: rcpt");
    without_list.dns.message_budget = std::chrono::milliseconds(1);
    Daemon second(without_list);
    fail_spf(second);
    second.dns.hold();
    milter::session::Session again(*second.service);
    begin(again);
    for (const char* name : {"example.org", "a.example.org", "b.example.org"}) {
        CHECK(second.dns.release(name) == 1);
    }
    CHECK(again.recipient("<bob@ours.test>").code == "550");
}

TEST_CASE("a recipient's wait leaves the message its own") {
    auto waiting = settings("stage: rcpt");
    // Spent by the recipient; within it the thread below has to run, on a busy machine too.
    waiting.dns.message_budget = std::chrono::milliseconds(400);
    Daemon daemon(waiting);
    daemon.dns.zone.add("TXT example.org", "v=spf1 ip4:192.0.2.1 -all");
    daemon.dns.zone.add("TXT _dmarc.example.org", "v=DMARC1; p=reject");
    daemon.dns.hold();
    milter::session::Session session(*daemon.service);
    begin(session);
    daemon.dns.release("example.org");
    CHECK(session.recipient("<bob@ours.test>").reply == Reply::proceed); // the budget is spent, for HELO
    session.header("From", " ann@example.org");
    session.body("x\r\n");
    const std::jthread server([&] {
        // Not before the end of the message waits for it.
        while (daemon.service->load.waiting == 0) {
            std::this_thread::yield();
        }
        daemon.dns.release();
    });
    const auto actions = session.end_of_message("4abc", [] {});
    REQUIRE(actions.insertions.size() == 1);
    CHECK(actions.insertions[0].body.find("dmarc=pass") != std::string::npos);
}

TEST_CASE("where too many wait already a recipient is put off") {
    auto crowded = settings("stage: rcpt");
    crowded.limits.waiting_messages = 0;
    Daemon daemon(crowded);
    daemon.dns.hold();
    milter::session::Session session(*daemon.service);
    begin(session);
    CHECK(session.recipient("<bob@ours.test>").code == "451");
    CHECK(session.recipient("<postmaster@ours.test>").code == "451");
    session.header("From", " ann@example.org");
    CHECK(session.end_of_message("4abc", [] {}).code == "451");
}

TEST_CASE("no recipient's answer is carried to the next message") {
    Daemon daemon(settings("stage: rcpt"));
    fail_spf(daemon);
    milter::session::Session session(*daemon.service);
    begin(session);
    CHECK(session.recipient("<bob@ours.test>").reply == Reply::reject);
    session.mail_from({"<eve@example.com>", "smtpd", "", ""});
    CHECK(session.recipient("<bob@ours.test>").reply == Reply::proceed);
    session.mail_from({"<ann@example.org>", "smtpd", "", ""});
    CHECK(session.recipient("<bob@ours.test>").reply == Reply::reject);
}
