#include "config/load.h"
#include "milter/session/session.h"
#include "support/catch.h"
#include "support/keys.h"
#include "support/memory_logger.h"
#include "support/table_resolver.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

// A daemon that signs by tables; DIR in the KeyTable is where the keys are.
class Daemon {
  public:
    Daemon(const std::string& key_table, const std::string& signing_table) {
        tree_.write("r.pem", support::rsa_pem);
        tree_.write("e.pem", support::ed25519_pem);
        tree_.write("keys/example.org.pem", support::ed25519_pem);
        std::string keys = key_table;
        for (auto at = keys.find("DIR"); at != std::string::npos; at = keys.find("DIR")) {
            keys.replace(at, 3, tree_.root());
        }
        auto settings = config::default_settings();
        settings.authserv_id = "mx.example.net";
        settings.signing.require_safe_keys = false;
        settings.signing.all_matches = true;
        settings.signing.key_table = tree_.write("KeyTable", keys);
        settings.signing.signing_table = "refile:" + tree_.write("SigningTable", signing_table);
        auto built = milter::runtime::build_runtime(std::move(settings), "host.example.net");
        REQUIRE(built.problems.empty());
        service_ = std::make_unique<milter::runtime::Service>(built.runtime, dns_, logger_,
                                                              [] { return base::UnixTime{1777777777}; });
    }

    milter::session::Actions submit(const Fields& fields) {
        logger_.lines.clear();
        milter::session::Session session(*service_);
        session.connect({{base::IpAddress::parse("192.0.2.1"), 4711, ""}, "mx.example.net"});
        session.mail_from({"<ann@example.org>", "smtpd", "PLAIN", "ann"});
        for (const auto& [name, body] : fields) {
            session.header(name, body);
        }
        session.body("hello\r\n");
        return session.end_of_message("4abc", [] {});
    }

    // Of the warnings and errors, the text behind the queue id.
    [[nodiscard]] std::string warnings() const {
        std::string found;
        for (const std::string& line : logger_.lines) {
            if (!line.starts_with("info ")) {
                found += line.substr(line.find(": ") + 2);
            }
        }
        const auto root = found.find(tree_.root());
        return root == std::string::npos ? found : found.replace(root, tree_.root().size(), "DIR");
    }

  private:
    TemporaryTree tree_;
    test::TableResolver dns_;
    test::MemoryLogger logger_;
    std::unique_ptr<milter::runtime::Service> service_;
};

} // namespace

TEST_CASE("every author must be allowed, or the message goes out unsigned with a warning") {
    Daemon daemon("r example.org:s:DIR/r.pem\n", "alice@example.org r\nbob@example.org r\n");
    struct Case {
        std::string from;
        std::size_t signatures;
        std::string warning;
    };
    const std::vector<Case> cases = {
        {" alice@example.org", 1, ""},
        {" alice@example.org, Bob <BOB@Example.org>", 1, ""},
        {" Us: alice@example.org, bob@example.org;", 1, ""},
        {" alice@example.org, ceo@example.org", 0,
         "[NOT_SIGNED] no key signs for all authors of From: not for ceo@example.org"},
        {" ceo@example.org,\r\n alice@example.org", 0,
         "[NOT_SIGNED] no key signs for all authors of From: not for ceo@example.org"},
        {" \"\"@example.org, alice@example.org", 0,
         "[NOT_SIGNED] no key signs for all authors of From: not for \"\"@example.org"},
        {" alice@example.org, \"\"@example.org, ceo@example.org", 0,
         "[NOT_SIGNED] no key signs for all authors of From: not for \"\"@example.org"},
        {" \"the ceo\"@example.org, alice@example.org", 0,
         "[NOT_SIGNED] no key signs for all authors of From: not for \"the ceo\"@example.org"},
        {" \"\"@example.org", 0, ""},
        {" ceo@example.org", 0, ""},
        {" <alice@example.org", 1, ""},
        {" :alice@example.org", 1, ""},
        {" :ceo . alice@example.org", 0, ""},
        {" ceo . alice@example.org", 0, ""},
        {" ceo. alice@example.org>", 0, ""},
        {" ceo alice@example.org", 0, ""},
        {" ann@example.net, bob@example.net", 0, ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.from);
        const auto actions = daemon.submit({{"From", c.from}});
        CHECK(actions.reply == milter::session::Reply::proceed);
        CHECK(actions.insertions.size() == c.signatures);
        CHECK(daemon.warnings() == c.warning);
    }
}

TEST_CASE("what can never be signed is not held back") {
    Daemon daemon("k %:s:DIR/keys/%.pem\n", "* k\n");
    SECTION("a domain for which a table of any domain has no key") {
        const auto actions = daemon.submit({{"From", " ann@example.net"}});
        CHECK(actions.reply == milter::session::Reply::proceed);
        CHECK(actions.insertions.empty());
        CHECK(daemon.warnings() ==
              "[NOT_SIGNED] no key of the author's domain: k: DIR/keys/example.net.pem: No "
              "such file or directory");
    }
    SECTION("a domain that cannot sign") {
        const auto actions = daemon.submit({{"From", " root@localhost"}});
        CHECK(actions.reply == milter::session::Reply::proceed);
        CHECK(actions.insertions.empty());
        CHECK(daemon.warnings() ==
              "[NOT_SIGNED] no key of the author's domain: k: the signing domain needs two labels at least");
    }
    SECTION("more fields than one signature can name") {
        Fields fields = {{"From", " ann@example.org"}};
        fields.resize(993, {"Subject", " x"});
        CHECK(daemon.submit(fields).insertions.empty());
        CHECK(daemon.submit(fields).reply == milter::session::Reply::proceed);
        CHECK(daemon.warnings() == "[NOT_SIGNED] too many header fields to sign");
        fields.resize(900);
        CHECK(daemon.submit(fields).insertions.size() == 1);
    }
    SECTION("as many of other names are no matter") {
        Fields fields = {{"From", " ann@example.org"}};
        fields.resize(993, {"X-Other", " x"});
        CHECK(daemon.submit(fields).insertions.size() == 1);
    }
}

TEST_CASE("where one of two keys is absent the other signs") {
    Daemon daemon("k %:s:DIR/keys/%.pem\ne %:t:DIR/e.pem\n", "* k\n* e\n");
    CHECK(daemon.submit({{"From", " ann@example.net"}}).insertions.size() == 1);
    CHECK(daemon.warnings().empty());
    CHECK(daemon.submit({{"From", " ann@example.org"}}).insertions.size() == 2);
}
