// What has to change in sendmail.mc, where Sendmail called the old daemons.
#include "config/import/report.h"
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

#include <fstream>
#include <iterator>
#include <string>

using import_test::imported;

namespace {

// The steps, without those before and after.
std::string steps(const std::string& sendmail, const std::string& opendkim = "Socket inet:8891@localhost\n") {
    const auto outcome =
        imported({{"/etc/opendkim.conf", opendkim},
                  {"/etc/opendmarc.conf", "Socket local:/var/run/opendmarc/opendmarc.sock\n"},
                  {"/etc/mail/sendmail.mc", sendmail}});
    const auto report = config::import::print_report(outcome, {});
    const auto begin = report.find("  # /etc/mail/sendmail.mc");
    const auto end = report.find("  # sendmail.cf is made of it\n  make -C /etc/mail\n  # Sendmail reads it\n"
                                 "  systemctl restart sendmail\n");
    REQUIRE(end != std::string::npos);
    return report.substr(begin, end - begin);
}

const std::string own =
    "INPUT_MAIL_FILTER(`paraph', `S=inet:8891@127.0.0.1, F=T, T=C:30s;S:30s;R:60s;E:5m')dnl";

} // namespace

TEST_CASE("paraphd takes the place of the old milters in sendmail.mc") {
    const std::string dkim = "INPUT_MAIL_FILTER(`opendkim', `S=inet:8891@127.0.0.1')dnl\n",
                      dmarc =
                          "INPUT_MAIL_FILTER(`opendmarc', `S=local:/run/opendmarc/opendmarc.sock, F=T')dnl\n",
                      other = "INPUT_MAIL_FILTER(`clamav', `S=local:/run/clamav.sock')dnl\n";
    CHECK(steps("divert(0)dnl\n" + other + dkim + dmarc + "MAILER(`smtp')dnl\n") ==
          "  # /etc/mail/sendmail.mc:3: write this in place of the line of the filter 'opendkim'\n"
          "  #     INPUT_MAIL_FILTER(`paraph', `S=inet:8891@localhost, F=T, T=C:30s;S:30s;R:60s;E:5m')dnl\n"
          "  # /etc/mail/sendmail.mc:4: take out the line of the filter 'opendmarc'\n");
    CHECK(steps("MAIL_FILTER(`x', `F=, S=inet:8891@localhost')\n").find("mc:1: write this in place of") !=
          std::string::npos);
}

TEST_CASE("where sendmail.mc calls none of them, a line is added") {
    for (const char* text :
         {"", "MAILER(`smtp')dnl\n", "dnl INPUT_MAIL_FILTER(`opendkim', `S=inet:8891@localhost')dnl\n",
          "INPUT_MAIL_FILTER(`clamav', `S=local:/run/clamav.sock')\n", "INPUT_MAIL_FILTER(`opendkim'\n",
          "INPUT_MAIL_FILTER(`opendkim', `')\n", "INPUT_MAIL_FILTER(`opendkim', `S=inet:8892@localhost')\n",
          "INPUT_MAIL_FILTER(`opendkim', `S=inet:8891@192.0.2.1')\n", "INPUT_MAIL_FILTER(\n"}) {
        INFO(text);
        CHECK(steps(text, "Socket inet:8891\n") ==
              "  # /etc/mail/sendmail.mc: write this in front of the lines that begin with MAILER\n  #     " +
                  own + "\n");
    }
}

TEST_CASE("the line is that of the guide") {
    std::ifstream file(PARAPH_SOURCE_DIR "/docs/guide/sendmail.md");
    const std::string guide{std::istreambuf_iterator<char>(file), {}};
    CHECK(guide.find("    " + own + "\n") != std::string::npos);
}

TEST_CASE("a host with Postfix has no steps of Sendmail") {
    const auto outcome = imported({{"/etc/opendkim.conf", "Socket inet:8891@localhost\n"},
                                   {"/etc/postfix/main.cf", "smtpd_milters = inet:localhost:8891\n"},
                                   {"/etc/mail/sendmail.mc", "MAILER(`smtp')dnl\n"}});
    CHECK(config::import::print_report(outcome, {}).find("sendmail.mc") == std::string::npos);
}
