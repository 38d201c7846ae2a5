// What sessions count.
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

struct Mail {
    std::string client = "192.0.2.1";
    std::string login{};
    std::vector<std::string> recipients{"<bob@else.test>"};
    Fields fields{{"From", " ann@victim.test"}};
};

class Daemon {
  public:
    explicit Daemon(const std::string& yaml) {
        tree_.write("key.pem", support::ed25519_pem);
        tree_.write("KeyTable", "k table.test:s:" + tree_.root() + "/key.pem\n");
        tree_.write("SigningTable", "ann@table.test k\n");
        service_ = std::make_unique<milter::runtime::Service>(runtime(yaml), dns, logger_,
                                                              [] { return base::UnixTime{1777777777}; });
    }

    void reload(const std::string& yaml) { service_->replace_runtime(runtime(yaml)); }

    void send(const Mail& mail) {
        milter::session::Session session(*service_);
        session.connect({{base::IpAddress::parse(mail.client), 4711, ""}, "mx.test"});
        session.mail_from({"<ann@victim.test>", "smtpd", mail.login.empty() ? "" : "PLAIN", mail.login});
        for (const auto& recipient : mail.recipients) {
            static_cast<void>(session.recipient(recipient));
        }
        for (const auto& [name, body] : mail.fields) {
            session.header(name, body);
        }
        session.body("hello\r\n");
        static_cast<void>(session.end_of_message("4abc", [] {}));
    }

    [[nodiscard]] std::string counted() const {
        std::string text;
        for (const auto& count : service_->counters.read()) {
            if (count.value > 0) {
                text += fmt::format("{}{}={}", text.empty() ? "" : " ", count.name, count.value);
            }
        }
        return text;
    }

    test::TableResolver dns;

  private:
    std::shared_ptr<const milter::runtime::Runtime> runtime(const std::string& yaml) {
        auto text = "authserv_id: mx.test\nsigning: {require_safe_keys: no, missing_key: unsigned, "
                    "unsigned_recipients: ['*@quiet.test'], key_table: DIR/KeyTable, "
                    "signing_table: 'refile:DIR/SigningTable'}\n" +
                    yaml;
        for (auto at = text.find("DIR"); at != std::string::npos; at = text.find("DIR")) {
            text.replace(at, 3, tree_.root());
        }
        auto loaded = config::load_text(text, "p.yaml");
        REQUIRE(loaded.settings);
        auto built = milter::runtime::build_runtime(std::move(*loaded.settings), "mx.test");
        REQUIRE(built.runtime);
        return built.runtime;
    }

    TemporaryTree tree_;
    test::MemoryLogger logger_;
    std::unique_ptr<milter::runtime::Service> service_;
};

void publish_reject(Daemon& daemon) {
    daemon.dns.zone.add("TXT victim.test", "v=spf1 -all");
    daemon.dns.zone.add("TXT _dmarc.victim.test", "v=DMARC1; p=reject");
}

} // namespace

TEST_CASE("a dry run counts what would have been done, and a new configuration goes on counting") {
    Daemon daemon("policy: {dmarc: strict, dry_run: yes}\n");
    publish_reject(daemon);
    daemon.send({});
    daemon.send({});
    CHECK(daemon.counted() == "messages.verify=2 spf.fail=2 dkim.none=2 dmarc.fail=2 disposition.accept=2 "
                              "would.reject=2");
    daemon.reload("policy: {dmarc: strict}\n");
    daemon.send({});
    CHECK(daemon.counted() == "messages.verify=3 spf.fail=3 dkim.none=3 dmarc.fail=3 disposition.accept=2 "
                              "disposition.reject=1 would.reject=2");
}

TEST_CASE("recipients that are answered are counted") {
    Daemon daemon("spf: {policyd: {stage: rcpt}}\ndmarc: {enabled: no}\ndkim: {enabled: no}\n");
    publish_reject(daemon);
    daemon.send({.recipients = {"<bob@ours.test>", "<carol@ours.test>", "<abuse@ours.test>"}});
    CHECK(daemon.counted() == "messages.verify=1 spf.fail=1 disposition.accept=1 recipient.accept=1 "
                              "recipient.reject=2");
}

TEST_CASE("mail of our own is counted with the reason why it is not signed") {
    const std::string keys = "domains: {ours.test: {keys: [{selector: s, file: DIR/key.pem}]}, "
                             "lost.test: {keys: [{selector: s, file: DIR/none.pem}]}}\n";
    Fields many{{"From", " ann@ours.test"}};
    many.resize(993, {"Subject", " x"});
    struct Case {
        const char* expected;
        Mail mail;
        std::string yaml{};
    };
    const std::vector<Case> cases = {
        {"signatures=1", {.login = "ann", .fields = {{"From", " ann@ours.test"}}}},
        {"unsigned.off=1", {.login = "ann", .fields = {{"From", " ann@ours.test"}}}, "roles: {sign: no}\n"},
        {"unsigned.author=1", {.login = "ann", .fields = {{"From", " ann"}}}},
        {"unsigned.no_key=1", {.login = "ann", .fields = {{"From", " ann@other.test"}}}},
        {"unsigned.not_allowed=1", {.login = "ann", .fields = {{"From", " ann@table.test, bob@table.test"}}}},
        {"unsigned.key=1", {.login = "ann", .fields = {{"From", " ann@lost.test"}}}},
        {"unsigned.own_result=1",
         {.client = "127.0.0.1",
          .fields = {{"Authentication-Results", " mx.test; dmarc=fail header.from=ours.test"},
                     {"From", " ann@ours.test"}}}},
        {"unsigned.header=1", {.login = "ann", .fields = many}},
        {"unsigned.recipient=1",
         {.login = "ann", .recipients = {"<bob@quiet.test>"}, .fields = {{"From", " ann@ours.test"}}}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.expected);
        Daemon daemon(keys + c.yaml);
        daemon.send(c.mail);
        CHECK(daemon.counted() == fmt::format("messages.sign=1 own_disposition.accept=1 {}", c.expected));
    }
}
