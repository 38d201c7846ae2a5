// Whatever the settings are: nothing that a client types makes its mail ours, and no result that it brings
// along passes for ours.
#include "config/load.h"
#include "milter/session/session.h"
#include "support/catch.h"
#include "support/hostile_text.h"
#include "support/keys.h"
#include "support/memory_logger.h"
#include "support/table_resolver.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

namespace {

using milter::session::Actions;

// Each line alone is accepted; at random some of them.
constexpr const char* roles_lines[] = {
    "internal_hosts: [127.0.0.1, .ours.test, 10.0.0.0/8, '!10.9.0.0/16']",
    "peers: [peer.ours.test, 10.7.0.0/16]",
    "keep_peer_results: true",
    "originating_macros: ['{site_own}', '{daemon_port}=587', auth_type]",
    "reinjection_daemons: [REINJECT]",
    "keep_reinjected_results: true",
    "exempt_domains: [exempt.test]",
    "report_authentication: true",
    "heed_own_results: false",
};
constexpr const char* other_lines[] = {
    "on_internal_error: accept",
    "limits: {over_limit: tempfail}",
    "signing: {unsigned_recipients: ['*@lists.test'], on_error: unsigned}",
    "dkim: {required_fields: [Subject], uncovered_fields: policy}",
};
constexpr const char* modes[] = {"", "mode: verify\n", "mode: sign\n", "mode: both\n"};

std::string settings(test::HostileText& random, const std::string& key) {
    std::string yaml = random.pick(modes);
    for (const char* line : other_lines) {
        yaml += random.one_in(2) ? fmt::format("{}\n", line) : "";
    }
    std::string roles;
    for (const char* line : roles_lines) {
        roles += random.one_in(2) ? fmt::format("  {}\n", line) : "";
    }
    yaml += roles.empty() ? "" : "roles:\n" + roles;
    return yaml + fmt::format("domains:\n  ours.test: {{keys: [{{selector: s, file: {0}}}]}}\n"
                              "  exempt.test: {{keys: [{{selector: s, file: {0}}}]}}\n",
                              key);
}

// A client at an address that nobody lists, which says what it likes.
Actions deliver(milter::session::Session& session, test::HostileText& random) {
    constexpr const char* names[] = {"mail.ours.test", "peer.ours.test", "localhost", "[127.0.0.1]",
                                     "unknown"};
    constexpr const char* paths[] = {"<ann@ours.test>", "ann@ours.test", "<>", "<x@exempt.test> AUTH=<ann>"};
    constexpr const char* authors[] = {" ann@ours.test", " x@exempt.test",
                                       " \"ann@ours.test\" <x@exempt.test>"};
    session.connect({{base::IpAddress::parse("203.0.113.9"), 4711, random.pick(names)}, "mx.ours.test"});
    session.helo(random.pick(names));
    session.mail_from({random.pick(paths), "smtpd", random.one_in(2) ? "" : " ", ""});
    static_cast<void>(session.recipient("<list@lists.test>"));
    session.header("Authentication-Results", " mx.ours.test; dmarc=pass header.from=ours.test");
    session.header("From", random.pick(authors));
    session.header("Subject", " {site_own}=1");
    session.body("hello\r\n");
    if (random.one_in(4)) {
        session.fail("out of memory");
    }
    return session.end_of_message("4abc", [] {});
}

std::size_t count(const Actions& actions, std::string_view name) {
    return static_cast<std::size_t>(
        std::count_if(actions.insertions.begin(), actions.insertions.end(),
                      [&](const auto& insertion) { return insertion.name == name; }));
}

} // namespace

TEST_CASE("no settings sign mail of a stranger by what it types, or let its results pass for ours") {
    const TemporaryTree tree;
    const auto key = tree.write("k.pem", support::ed25519_pem);
    REQUIRE(::chmod(key.c_str(), 0600) == 0);
    test::HostileText random;
    test::TableResolver dns;
    test::MemoryLogger logger;
    for (std::size_t i = 0; i < test::rounds(500); ++i) {
        const auto yaml = settings(random, key);
        INFO(yaml);
        auto loaded = config::load_text(yaml, "p.yaml");
        REQUIRE(loaded.settings);
        loaded.settings->authserv_id = "mx.ours.test";
        const bool verifies = loaded.settings->roles.verify;
        const auto built = milter::runtime::build_runtime(std::move(*loaded.settings), "mx.ours.test");
        REQUIRE(built.runtime);
        milter::runtime::Service service(built.runtime, dns, logger,
                                         [] { return base::UnixTime{1777777777}; });
        milter::session::Session session(service);
        const auto actions = deliver(session, random);
        CHECK(count(actions, "DKIM-Signature") == 0);
        CHECK(count(actions, "Authentication-Results") <= 1);
        for (const auto& insertion : actions.insertions) {
            CHECK(insertion.body.find("pass") == std::string::npos);
        }
        if (verifies && actions.reply == milter::session::Reply::proceed) {
            CHECK(actions.deletions.size() == 1);
        }
    }
}
