#include "config/load.h"
#include "milter/session/session.h"
#include "support/catch.h"
#include "support/keys.h"
#include "support/memory_logger.h"
#include "support/table_resolver.h"
#include "support/temporary_tree.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace {

using milter::session::Reply;

class Daemon {
  public:
    explicit Daemon(config::Fragile rule) {
        auto settings = config::default_settings();
        settings.signing.require_safe_keys = false;
        settings.signing.fragile = rule;
        settings.domains["example.org"].keys.push_back(
            {.selector = "s", .file = tree_.write("e.pem", support::ed25519_pem), .identity = ""});
        auto built = milter::runtime::build_runtime(std::move(settings), "host.example.net");
        REQUIRE(built.problems.empty());
        service_ = std::make_unique<milter::runtime::Service>(built.runtime, dns_, logger_,
                                                              [] { return base::UnixTime{1777777777}; });
    }

    milter::session::Actions submit(const std::string& author, const std::string& body,
                                    const std::string& mta_version = "Postfix 3.7.11") {
        logger_.lines.clear();
        milter::session::Session session(*service_);
        session.connect({{base::IpAddress::parse("192.0.2.1"), 4711, ""}, "mx.example.net", mta_version});
        session.mail_from({"<ann@example.org>", "smtpd", "PLAIN", "ann"});
        session.header("From", author);
        for (std::size_t at = 0; at < body.size(); at += 5) {
            session.body(body.substr(at, 5));
        }
        return session.end_of_message("4abc", [] {});
    }

    [[nodiscard]] std::size_t lines_with(const std::string& text) const {
        return static_cast<std::size_t>(
            std::count_if(logger_.lines.begin(), logger_.lines.end(),
                          [&](const std::string& line) { return line.find(text) != std::string::npos; }));
    }

  private:
    TemporaryTree tree_;
    test::TableResolver dns_;
    test::MemoryLogger logger_;
    std::unique_ptr<milter::runtime::Service> service_;
};

const std::string ours = " ann@example.org";
const std::string fragile = std::string(999, 'x') + "\r\n\xc3\xbc\r\n";

} // namespace

TEST_CASE("fragile mail is signed and brings one warning with all that is wrong") {
    Daemon daemon(config::Fragile::warn);
    const auto actions = daemon.submit(ours, fragile);
    CHECK(actions.reply == Reply::proceed);
    CHECK(actions.insertions.size() == 1);
    CHECK(
        daemon.lines_with(
            "warning 4abc: [FRAGILE] a line of the body is longer than 998 octets; 8-bit text in the body") ==
        1);
    CHECK(daemon.lines_with("warning") == 1);
    CHECK(daemon.lines_with(" signed=example.org/s fragile=long-body-line fragile=eight-bit-body ") == 1);
}

TEST_CASE("mail that is not fragile, or not signed, brings none") {
    Daemon daemon(config::Fragile::warn);
    CHECK(daemon.submit(ours, "hello\r\n").insertions.size() == 1);
    CHECK(daemon.lines_with("fragile") + daemon.lines_with("warning") == 0);
    CHECK(daemon.submit(" ann@example.com", fragile).insertions.empty());
    CHECK(daemon.lines_with("fragile") + daemon.lines_with("warning") == 0);
}

TEST_CASE("fragile mail is put off where the settings say so, and never refused for good") {
    Daemon daemon(config::Fragile::tempfail);
    const auto actions = daemon.submit(ours, fragile);
    CHECK(actions.reply == Reply::tempfail);
    CHECK(actions.code == "451");
    CHECK(actions.insertions.empty());
    CHECK(daemon.lines_with("warning 4abc: [FRAGILE] a line of the body") == 1);
    CHECK(daemon.lines_with(" unsigned=\"put off, ") == 1);
    CHECK(daemon.submit(ours, "hello\r\n").reply == Reply::proceed);
}

TEST_CASE("nothing is said where nobody asks") {
    Daemon daemon(config::Fragile::sign);
    CHECK(daemon.submit(ours, fragile).insertions.size() == 1);
    CHECK(daemon.lines_with("fragile") + daemon.lines_with("warning") == 0);
}

TEST_CASE("what Sendmail alone rewrites brings a warning behind Sendmail alone") {
    Daemon daemon(config::Fragile::warn);
    for (const auto* const postfix : {"Postfix 3.7.11", "Postfix", ""}) {
        CHECK(daemon.submit(" Dr. Ann <ann@example.org>", "hello\r\n", postfix).insertions.size() == 1);
        CHECK(daemon.lines_with("fragile") == 0);
    }
    CHECK(daemon.submit(" Dr. Ann <ann@example.org>", "hello\r\n", "8.17.1.9").insertions.size() == 1);
    CHECK(daemon.lines_with("[FRAGILE] addresses that Sendmail writes in another way") == 1);
    CHECK(daemon.lines_with(" fragile=address-layout ") == 1);
}
