// Policies as a session carries them out: what depends on time, on recipients and on how mail came in.
#include "config/load.h"
#include "milter/session/session.h"
#include "support/catch.h"
#include "support/memory_logger.h"
#include "support/table_resolver.h"

#include <algorithm>
#include <memory>
#include <string>

namespace {

using milter::session::Actions;
using milter::session::Reply;

// Of "hello\r\n", by SHA-256.
const std::string hash_of_hello = "zS7KNTV0HyeorkDDGwxB1AV6enuRKzO5rthkhdHIRnY=";

// A daemon with a clock that stands until it is set.
struct Daemon {
    explicit Daemon(const std::string& yaml, const std::string& unknown_relay = "") {
        auto loaded = config::load_text("authserv_id: mx.test\n" + yaml, "p.yaml");
        REQUIRE(loaded.settings);
        auto built = milter::runtime::build_runtime(std::move(*loaded.settings), "mx.test");
        REQUIRE(built.runtime);
        // As if its name had been looked up in vain: no test asks the network.
        std::const_pointer_cast<milter::runtime::Runtime>(built.runtime)->unknown_relay = unknown_relay;
        service =
            std::make_unique<milter::runtime::Service>(built.runtime, dns, logger, [this] { return now; });
        dns.zone.add("TXT victim.test", "v=spf1 -all");
        dns.zone.add("TXT _dmarc.victim.test", "v=DMARC1; p=reject");
        dns.zone.add("TXT broken.test", "FAILED servfail");
        dns.zone.add("TXT stuck.test", "FAILED servfail");
    }

    // With a From field and a signature of the caller's.
    Actions receive_as(const std::string& from, const std::string& signer) {
        milter::session::Session session(*service);
        session.connect({{base::IpAddress::parse("192.0.2.1"), 4711, ""}, "mx.test"});
        session.mail_from({"<ann@evil.test>", "smtpd", "", "", "25"});
        if (!signer.empty()) {
            session.header("DKIM-Signature", " v=1; a=rsa-sha256; d=" + signer +
                                                 "; s=s; h=from; bh=" + hash_of_hello + "; b=AAAA");
        }
        session.header("From", ' ' + from);
        session.body("hello\r\n");
        return session.end_of_message("4abc", [] {});
    }

    Actions receive(const std::string& domain, std::size_t recipients = 1) {
        milter::session::Session session(*service);
        session.connect({{base::IpAddress::parse("192.0.2.1"), 4711, ""}, "mx.test"});
        session.mail_from({"<ann@" + domain + ">", "smtpd", "", "", "25"});
        for (std::size_t i = 0; i < recipients; ++i) {
            CHECK(session.recipient("<postmaster@ours.test>").reply == Reply::proceed);
        }
        session.header("From", " ann@" + domain);
        session.body("hello\r\n");
        return session.end_of_message("4abc", [] {});
    }

    std::string last_line() const { return logger.lines.empty() ? "" : logger.lines.back(); }

    base::UnixTime now = 1'777'777'777;
    test::TableResolver dns;
    test::MemoryLogger logger;
    std::unique_ptr<milter::runtime::Service> service;
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("mail is put off for a fault of the DNS, and accepted when that goes on") {
    Daemon daemon("policy: {spf_temperror: tempfail, dmarc_temperror: tempfail, tempfail_for: 2h, "
                  "spare_role_mailboxes: no}\n");
    CHECK(daemon.receive("broken.test").reply == Reply::tempfail);
    CHECK(contains(daemon.last_line(),
                   "disposition=tempfail reason=spf-temperror setting=policy.spf_temperror"));
    daemon.now += 7199;
    CHECK(daemon.receive("broken.test").reply == Reply::tempfail);
    daemon.now += 1;
    const Actions accepted = daemon.receive("broken.test");
    CHECK(accepted.reply == Reply::proceed);
    REQUIRE(accepted.insertions.size() == 1);
    CHECK(contains(accepted.insertions[0].body, "spf=temperror"));
    CHECK(contains(daemon.last_line(), "dns_patience=over"));
    CHECK(daemon.receive("stuck.test").reply == Reply::tempfail); // another zone, another wait
}

TEST_CASE("nobody uses up the patience with another's zone") {
    Daemon daemon("policy: {dkim_temperror: tempfail, dmarc_temperror: tempfail, tempfail_for: 2h, "
                  "spare_role_mailboxes: no}\n");
    daemon.dns.zone.add("TXT s._domainkey.stuck.test", "FAILED servfail");
    daemon.dns.zone.add("TXT _dmarc.stuck.test", "FAILED servfail");
    CHECK(daemon.receive_as("ann@good.test", "stuck.test").reply == Reply::tempfail);
    CHECK(daemon.receive_as("ann@good.test, ann@stuck.test", "").reply == Reply::tempfail);
    daemon.now += 7200;
    daemon.dns.zone.add("TXT _dmarc.good.test", "FAILED servfail"); // now it is broken itself
    CHECK(daemon.receive_as("ann@good.test", "").reply == Reply::tempfail);
}

TEST_CASE("mail is put off for as long as the fault lasts where the setting is 0") {
    Daemon daemon("policy: {spf_temperror: tempfail, tempfail_for: 0, spare_role_mailboxes: no}\n");
    CHECK(daemon.receive("broken.test").reply == Reply::tempfail);
    daemon.now += 30L * 86'400;
    CHECK(daemon.receive("broken.test").reply == Reply::tempfail);
}

TEST_CASE("patience with the DNS accepts nothing that is refused for another reason") {
    Daemon daemon("policy: {spf_temperror: tempfail, dkim_none: reject, tempfail_for: 1s, "
                  "spare_role_mailboxes: no}\n");
    CHECK(daemon.receive("broken.test").reply == Reply::reject);
    daemon.now += 3600;
    CHECK(daemon.receive("broken.test").reply == Reply::reject);
}

TEST_CASE("role mailboxes are spared only where all recipients are known") {
    Daemon daemon("policy: {dmarc: strict}\n");
    CHECK(daemon.service->runtime()->needs_recipients);
    const Actions spared = daemon.receive("victim.test", 1000);
    CHECK(spared.reply == Reply::proceed);
    CHECK(spared.insertions.front().name == "X-Paraph-Quarantine");
    CHECK(contains(daemon.last_line(), "milder=\"to postmaster or abuse alone\""));
    CHECK(daemon.receive("victim.test", 1001).reply == Reply::reject);
    CHECK(daemon.receive("victim.test", 0).reply == Reply::reject);
}

TEST_CASE("recipients that are too many to keep are no way out of their profile, and none into one") {
    const std::string profile = "  profiles: {other: {recipient_domains: [ours.test], dmarc: ";
    const std::string lenient = "policy:\n  dmarc: strict\n  spare_role_mailboxes: no\n";
    Daemon strict("policy:\n" + profile + "strict, spare_role_mailboxes: no}}\n");
    CHECK(strict.receive("victim.test", 1000).reply == Reply::reject);
    CHECK_FALSE(contains(strict.last_line(), "recipients="));
    CHECK(strict.receive("victim.test", 1001).reply == Reply::reject);
    CHECK(contains(strict.last_line(), "recipients=too_many"));
    CHECK(contains(strict.last_line(), "profile=other"));
    Daemon milder(lenient + profile + "annotate}}\n");
    CHECK(milder.receive("victim.test", 1000).reply == Reply::proceed);
    CHECK(milder.receive("victim.test", 1001).reply == Reply::reject);
}

TEST_CASE("the log says who handed over what is only marked") {
    const std::string refusing = "policy: {dmarc: strict, spare_role_mailboxes: no, refuse_relayed: yes}\n";
    Daemon filtered(refusing + "roles: {internal_hosts: [192.0.2.0/24], reinjection_daemons: [smtpd]}\n");
    CHECK(filtered.receive("victim.test").reply == Reply::proceed);
    CHECK(contains(filtered.last_line(), "disposition=mark reason=dmarc-reject"));
    CHECK(contains(filtered.last_line(), "milder=\"handed back by a filter\""));
    Daemon verifying(refusing + "mode: verify\nroles: {internal_hosts: [192.0.2.0/24]}\n");
    CHECK(verifying.receive("victim.test").reply == Reply::proceed);
    CHECK(contains(verifying.last_line(), "milder=\"mail of your own\""));
}

TEST_CASE("nobody is refused while any client may be a relay whose name cannot be looked up") {
    const std::string refusing = "policy: {spf_fail: reject, dmarc: strict, spare_role_mailboxes: no}\n";
    Daemon daemon(refusing, "mx3.example.net");
    CHECK(daemon.receive("victim.test").reply == Reply::proceed);
    CHECK(contains(daemon.last_line(), "disposition=mark reason=spf-fail"));
    CHECK(contains(daemon.last_line(), "milder=\"the address of the relay mx3.example.net is not known\""));
    const std::string at_rcpt = "spf: {policyd: {stage: rcpt}}\n";
    const auto answer = [](Daemon& asked) {
        milter::session::Session session(*asked.service);
        session.connect({{base::IpAddress::parse("192.0.2.1"), 4711, ""}, "mx.test"});
        session.mail_from({"<ann@victim.test>", "smtpd", "", "", "25"});
        return session.recipient("<bob@ours.test>").reply;
    };
    Daemon known(at_rcpt);
    CHECK(answer(known) == Reply::reject);
    Daemon unknown(at_rcpt, "mx3.example.net");
    CHECK(answer(unknown) == Reply::proceed);
}

TEST_CASE("what is refused was not mended") {
    for (const bool refused : {false, true}) {
        Daemon daemon(std::string("roles: {internal_hosts: [192.0.2.0/24]}\n") +
                      (refused ? "author: {own_mail: tempfail}\n" : ""));
        const auto answer = daemon.receive_as("ann@a.test,\r ann@b.test", "");
        CHECK((answer.reply == Reply::tempfail) == refused);
        const auto& lines = daemon.logger.lines;
        CHECK(std::any_of(lines.begin(), lines.end(),
                          [](const auto& line) { return contains(line, "[MENDED]"); }) != refused);
    }
}

TEST_CASE("the log names a setting as a profile gives it") {
    Daemon daemon("policy:\n  spf_fail: reject\n  spare_role_mailboxes: no\n"
                  "  profiles: {own: {daemon_ports: [25], dmarc: strict, spf_fail: tempfail}}\n");
    CHECK(daemon.receive("victim.test").reply == Reply::reject);
    CHECK(contains(daemon.last_line(), "reason=dmarc-reject setting=policy.dmarc_reject profile=own"));
    Daemon by_profile("policy:\n  spf_fail: reject\n  spare_role_mailboxes: no\n"
                      "  profiles: {own: {daemon_ports: [25], spf_fail: tempfail}}\n");
    CHECK(by_profile.receive("victim.test").reply == Reply::tempfail);
    CHECK(
        contains(by_profile.last_line(), "reason=spf-fail setting=policy.profiles.own.spf_fail profile=own"));
}

TEST_CASE("the log names the profile and the exception that decided") {
    Daemon daemon("policy:\n  dmarc: strict\n  profiles: {lenient: {daemon_ports: [25], dry_run: yes}}\n"
                  "  exceptions: [{name: known sender, for: [spf], clients: [192.0.2.0/24]}]\n"
                  "  spf_fail: reject\n  spare_role_mailboxes: no\n");
    CHECK(daemon.receive("victim.test").reply == Reply::proceed);
    CHECK(contains(daemon.last_line(), "disposition=accept reason=dmarc-reject setting=policy.dmarc_reject "
                                       "would=reject profile=lenient"));
    Daemon excepting("policy:\n  spf_fail: reject\n  spare_role_mailboxes: no\n"
                     "  exceptions: [{name: known sender, clients: [192.0.2.0/24]}]\n");
    CHECK(excepting.receive("victim.test").reply == Reply::proceed);
    CHECK(contains(excepting.last_line(), "disposition=accept reason=spf-fail setting=policy.spf_fail "
                                          "exception=\"known sender\""));
}
