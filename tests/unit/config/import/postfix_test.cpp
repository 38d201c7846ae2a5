// What has to change in main.cf and master.cf, and what takes it back.
#include "config/import/report.h"
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

#include <algorithm>

using config::import::Effect;
using config::import::print_command;
using import_test::imported;
using import_test::tells;

namespace {

// The commands that change Postfix, and what takes them back.
std::string changes(const std::string& main, const std::string& master = "",
                    const std::string& opendmarc = "Socket inet:8893@localhost\n",
                    const std::string& opendkim = "Socket inet:8891@localhost\n") {
    const auto outcome = imported({{"/etc/opendkim.conf", opendkim},
                                   {"/etc/opendmarc.conf", opendmarc},
                                   {"/etc/postfix-policyd-spf-python/policyd-spf.conf", "TestOnly = 1\n"},
                                   {"/etc/postfix/main.cf", main},
                                   {"/etc/postfix/master.cf", master}});
    std::string text;
    for (const auto& step : outcome.steps) {
        if (!step.command.empty() && step.command.front() == "postconf") {
            text += print_command(step.command) + " / " + print_command(step.undo) + "\n";
        }
    }
    return text;
}

} // namespace

TEST_CASE("the milters of main.cf become one") {
    CHECK(changes("smtpd_milters = inet:localhost:8891, inet:localhost:8893\nnon_smtpd_milters = "
                  "$smtpd_milters\n") == "postconf -e smtpd_milters=inet:localhost:8891 / postconf -e "
                                         "'smtpd_milters=inet:localhost:8891, inet:localhost:8893'\n");
    CHECK(changes("smtpd_milters = inet:127.0.0.1:8891 unix:/run/clamav.sock inet:[::1]:8893\n") ==
          "postconf -e 'smtpd_milters=inet:127.0.0.1:8891, unix:/run/clamav.sock' / postconf -e "
          "'smtpd_milters=inet:127.0.0.1:8891 unix:/run/clamav.sock inet:[::1]:8893'\n");
    CHECK(changes("smtpd_milters = { inet:localhost:8893, default_action=tempfail }\n") ==
          "postconf -e 'smtpd_milters={ inet:localhost:8891, default_action=tempfail }' / postconf -e "
          "'smtpd_milters={ inet:localhost:8893, default_action=tempfail }'\n");
    CHECK(changes("opendkim = inet:localhost:8891\nsmtpd_milters = $opendkim\n").empty()); // nothing to do
}

TEST_CASE("milters that are called on a condition are called once") {
    for (const char* list :
         {"${on?$dkim}", "${on?{inet:localhost:8891}:{inet:localhost:9}}", "${off:$dkim}", "${none:$(dkim)}",
          "${none?{inet:localhost:9}:{$dkim}}", "${on?${on?{${dkim}}}}"}) {
        INFO(list);
        CHECK(changes(std::string("on = yes\noff =\ndkim = inet:localhost:8891\nsmtpd_milters = ") + list +
                          "\n",
                      "", "Socket inet:1@h\n")
                  .empty());
    }
    for (const char* list : {"${on:$dkim}", "${none?$dkim}", "${on?$dkim", "${on?{$dkim}", "$(on}", "$",
                             "${}", "${{$on} == {yes} ? {x}}", "${on|$dkim}"}) {
        INFO(list);
        CHECK(changes(std::string("on = yes\ndkim = inet:localhost:8891\nsmtpd_milters = ") + list + "\n", "",
                      "Socket inet:1@h\n")
                  .starts_with("postconf -e 'smtpd_milters=inet:localhost:8891, $"));
    }
}

TEST_CASE("a table of milters is not changed, and that is told") {
    const std::string opendkim = "Socket inet:8891@localhost\n",
                      own = "smtpd_milters = inet:localhost:8891\n";
    for (const auto& [main, master, told] :
         {std::tuple(own + "smtpd_milter_maps = cidr:/etc/postfix/milters\n", "", true),
          {own, "smtp inet n - y - - smtpd\n -o smtpd_milter_maps=cidr:/x\n", true},
          {own + "smtpd_milter_maps =\n", "", false}}) {
        INFO(main << master);
        const auto outcome = imported({{"/etc/opendkim.conf", opendkim},
                                       {"/etc/postfix/main.cf", main},
                                       {"/etc/postfix/master.cf", master}});
        CHECK(tells(outcome, Effect::decide, "what milters some clients get stands in a table") == told);
        CHECK(outcome.is_complete() == !told);
    }
}

TEST_CASE("where a content filter hands mail back, the second pass is told") {
    const std::string main = "smtpd_milters = inet:localhost:8891\n",
                      filter = "content_filter = a:[::1]:10024\n",
                      back = "127.0.0.1:10025 inet n - n - - smtpd\n -o content_filter=\n";
    for (const auto& [main_cf, master_cf, told] :
         {std::tuple(main + filter, back, true),
          {main, "submission inet n - n - - smtpd\n -o content_filter=a:b\n" + back, true},
          {main + filter, back + " -o receive_override_options=no_header_body_checks\n", true},
          {main + filter, back + " -o smtpd_milters=inet:127.0.0.1:8891\n", true},
          {main + filter, back + " -o receive_override_options=no_milters\n", false},
          {main + filter, back + " -o smtpd_milters=\n", false},
          {main + filter, back + " -o milter_macro_daemon_name=ORIGINATING\n", false},
          {main + "receive_override_options = no_milters\n" + filter, back, false},
          {filter, back, false},
          {main, back, false},
          {main + filter, "smtp inet n - n - - smtpd\n", false},
          {main + filter, "pickup unix n - n 60 1 pickup\n -o content_filter=\n", false},
          {main + filter, "127.0.0.1:smtp inet n - n - - smtpd\n -o content_filter=\n", false},
          {main + filter, "submission inet n - n - - smtpd\n -o content_filter=\n", false},
          {main + filter, "0.0.0.0:465 inet n - n - - smtpd\n -o content_filter=\n", false},
          {main + filter, "2587 inet n - n - - smtpd\n -o smtpd_sasl_auth_enable=yes\n -o content_filter=\n",
           false},
          {main + filter, "628 inet n - n - - qmqpd\n -o content_filter=\n", false}}) {
        INFO(main_cf << master_cf);
        const auto outcome = imported({{"/etc/opendkim.conf", "Socket inet:8891@localhost\n"},
                                       {"/etc/postfix/main.cf", main_cf},
                                       {"/etc/postfix/master.cf", master_cf}});
        CHECK(tells(outcome, Effect::decide, "a filter hands mail back there") == told);
    }
}

TEST_CASE("a socket in the queue directory is known by each of its paths") {
    const std::string old = "Socket local:/var/spool/postfix/opendkim/opendkim.sock\n";
    for (const char* path : {"unix:opendkim/opendkim.sock", "unix:/opendkim/opendkim.sock",
                             "local:/var/spool/postfix/opendkim/opendkim.sock"}) {
        INFO(path);
        const auto text =
            changes(std::string("smtpd_milters = ") + path + "\n", "", "Socket inet:1@h\n", old);
        CHECK(text.starts_with("postconf -e smtpd_milters=unix:paraph/paraph.sock / "));
    }
}

TEST_CASE("milters of services in master.cf, and their way back") {
    CHECK(changes(
              "smtpd_milters = inet:localhost:8891\n",
              "submission inet n - n - - smtpd\n  -o smtpd_milters=inet:localhost:8891,inet:localhost:8893\n"
              "127.0.0.1:10025 inet n - n - - smtpd\n  -o smtpd_milters=\n") ==
          "postconf -P submission/inet/smtpd_milters=inet:localhost:8891 / postconf -P "
          "submission/inet/smtpd_milters=inet:localhost:8891,inet:localhost:8893\n");
}

TEST_CASE("the policy service leaves all restriction lists") {
    const auto text =
        changes("smtpd_milters = inet:localhost:8891\n"
                "smtpd_recipient_restrictions = reject_unauth_destination, check_policy_service\n"
                "   { unix:private/policyd-spf, timeout=10s }, permit\n"
                "smtpd_relay_restrictions = check_policy_service inet:127.0.0.1:10023 permit\n",
                "policyd-spf unix - n n - 0 spawn argv=/usr/bin/policyd-spf\n");
    CHECK(text.find("postconf -e 'smtpd_recipient_restrictions=reject_unauth_destination permit' / ") !=
          std::string::npos);
    CHECK(text.find("smtpd_relay_restrictions") == std::string::npos);
}

TEST_CASE("where Postfix calls nothing yet, it will") {
    CHECK(changes("") == "");
    CHECK(changes("myhostname = a.test\n") ==
          "postconf -e smtpd_milters=inet:localhost:8891 / postconf -X smtpd_milters\n"
          "postconf -e 'non_smtpd_milters=$smtpd_milters' / postconf -X non_smtpd_milters\n");
    CHECK(changes("smtpd_milters = inet:localhost:11332\n")
              .starts_with("postconf -e 'smtpd_milters=inet:localhost:8891, inet:localhost:11332' / "));
}

TEST_CASE("a chroot of smtpd moves the socket into the queue directory") {
    const auto outcome = imported({{"/etc/opendkim.conf", "Socket local:/run/opendkim/o.sock\n"},
                                   {"/etc/postfix/main.cf", "myhostname = a.test\n"},
                                   {"/etc/postfix/master.cf", "smtp inet n - y - - smtpd\n"}});
    CHECK(import_test::has_line(outcome.settings, "socket: unix:/var/spool/postfix/paraph/paraph.sock"));
    CHECK(import_test::has_line(outcome.settings, "socket_group: postfix"));
    const auto drop_in = std::find_if(outcome.steps.begin(), outcome.steps.end(),
                                      [](const auto& step) { return !step.file.empty(); });
    REQUIRE(drop_in != outcome.steps.end());
    CHECK(drop_in->text ==
          "[Service]\nSupplementaryGroups=postfix\nReadWritePaths=/var/spool/postfix/paraph\n");
    CHECK(drop_in->undo.front() == "rm");
}

TEST_CASE("settings of Postfix that matter are told") {
    const auto told = [](const std::string& main, const std::string& master = "") {
        return imported({{"/etc/opendkim.conf", "Mode v\n"},
                         {"/etc/postfix/main.cf", main},
                         {"/etc/postfix/master.cf", master}});
    };
    CHECK(tells(told("milter_default_action = accept\n"), Effect::note, "comes in unchecked"));
    CHECK(tells(told("milter_protocol = 2\n"), Effect::decide, "2 is too old"));
    const std::string perl = "smtpd_recipient_restrictions = check_policy_service unix:private/policy\n";
    CHECK(tells(told(perl, "policy unix - n n - 0 spawn argv=/usr/sbin/postfix-policyd-spf-perl\n"),
                Effect::decide, "the policy service in Perl"));
    CHECK(tells(told(perl, "policy unix - n n - 0 spawn argv=/usr/libexec/postfix/policyd-spf\n"),
                Effect::decide, "its configuration was not found"));
}

TEST_CASE("the steps stop the old daemons after the new configuration is checked") {
    const auto outcome = imported({{"/etc/opendkim.conf", "Mode v\n"},
                                   {"/etc/opendmarc.conf", "Syslog yes\n"},
                                   {"/etc/postfix/main.cf", "smtpd_milters = inet:localhost:8891\n"}});
    std::vector<std::string> commands;
    for (const auto& step : outcome.steps) {
        commands.push_back(print_command(step.command));
    }
    const auto at = [&](const std::string& command) {
        return std::find(commands.begin(), commands.end(), command) - commands.begin();
    };
    const auto count = static_cast<std::ptrdiff_t>(commands.size());
    CHECK(at("paraph import --out /etc/paraph") == 0);
    CHECK(at("paraph check-config --user paraph /etc/paraph/paraph.yaml") <
          at("systemctl disable --now opendkim"));
    CHECK(at("systemctl enable --now paraphd") < at("postfix reload"));
    CHECK(at("postfix reload") < at("systemctl disable --now opendmarc"));
    CHECK(at("systemctl disable --now opendmarc") < count);
}

namespace {

const std::string policyd_service = "policyd-spf unix - n n - 0 spawn argv=/usr/bin/policyd-spf\n";

} // namespace

TEST_CASE("warn_if_reject goes with the policy service: what follows must not become a warning") {
    const std::string main = "smtpd_milters = inet:localhost:8891\nsmtpd_recipient_restrictions = "
                             "permit_mynetworks, warn_if_reject check_policy_service "
                             "unix:private/policyd-spf, reject_unauth_destination\n";
    CHECK(changes(main, policyd_service)
              .starts_with("postconf -e 'smtpd_recipient_restrictions=permit_mynetworks "
                           "reject_unauth_destination' / "));
    const auto outcome = imported({{"/etc/postfix-policyd-spf-python/policyd-spf.conf", "TestOnly = 1\n"},
                                   {"/etc/postfix/main.cf", main},
                                   {"/etc/postfix/master.cf", policyd_service}});
    CHECK(import_test::has_line(outcome.settings, "TestOnly: 0")); // nothing was refused
    CHECK(tells(outcome, Effect::senders, "nothing is refused for SPF"));
    const auto real =
        imported({{"/etc/postfix-policyd-spf-python/policyd-spf.conf", "TestOnly = 1\n"},
                  {"/etc/postfix/main.cf",
                   main + "smtpd_sender_restrictions = check_policy_service unix:private/policyd-spf\n"},
                  {"/etc/postfix/master.cf", policyd_service}});
    CHECK(import_test::has_line(real.settings, "TestOnly: 1"));
}

TEST_CASE("a restriction class never becomes empty: smtpd would not start") {
    const std::string main = "smtpd_milters = inet:localhost:8891\nsmtpd_restriction_classes = other, spf\n"
                             "other = permit\nspf = check_policy_service unix:private/policyd-spf\n"
                             "smtpd_recipient_restrictions = reject_unauth_destination spf\n";
    CHECK(changes(main, policyd_service) ==
          "postconf -e 'spf=check_client_access static:DUNNO' / postconf -e 'spf=check_policy_service "
          "unix:private/policyd-spf'\n");
}

TEST_CASE("the policy service is known by all its names") {
    for (const auto& [call, master] :
         {std::pair("$spf", "policyd-spf unix - n n - 0 spawn argv=/usr/bin/policyd-spf\n"),
          {"inet:localhost:10023", "127.0.0.1:10023 inet n n n - 0 spawn argv=/usr/bin/policyd-spf\n"},
          {"inet:127.0.0.1:10023", "10023 inet n n n - 0 spawn argv=/usr/bin/policyd-spf\n"},
          {"unix:private/policyd-spf", "old-spf unix - n n - 0 spawn argv=/usr/bin/policyd-spf /old.conf\n"
                                       "policyd-spf unix - n n - 0 spawn argv=/usr/bin/policyd-spf\n"}}) {
        INFO(call);
        CHECK(changes(std::string("smtpd_milters = inet:localhost:8891\nspf = unix:private/policyd-spf\n"
                                  "smtpd_recipient_restrictions = reject_unauth_destination, "
                                  "check_policy_service ") +
                          call + "\n",
                      master)
                  .starts_with("postconf -e smtpd_recipient_restrictions=reject_unauth_destination / "));
    }
    const auto two = imported(
        {{"/etc/postfix-policyd-spf-python/policyd-spf.conf", ""},
         {"/etc/postfix/main.cf", "smtpd_recipient_restrictions = check_policy_service unix:private/spf "
                                  "check_policy_service unix:private/policyd-spf\n"},
         {"/etc/postfix/master.cf",
          policyd_service + "spf unix - n n - 0 spawn argv=/usr/bin/policyd-spf\n"}});
    CHECK(tells(two, Effect::decide, "spf: Postfix calls this policy service for SPF beside policyd-spf"));
}

TEST_CASE("a chroot is there by default where compatibility_level is 0") {
    const auto socket = [](const std::string& main, const std::string& master) {
        return imported({{"/etc/opendkim.conf", "Socket local:/run/opendkim/o.sock\n"},
                         {"/etc/postfix/main.cf", "myhostname = a.test\n" + main},
                         {"/etc/postfix/master.cf", master}})
                   .settings.find("/var/spool/postfix/paraph/") != std::string::npos;
    };
    CHECK(socket("", "smtp inet n - - - - smtpd\n"));
    CHECK(socket("compatibility_level = 0\n", "smtp inet n - - - - smtpd\n"));
    CHECK_FALSE(socket("compatibility_level = 2\n", "smtp inet n - - - - smtpd\n"));
    CHECK_FALSE(socket("compatibility_level = 3.6\n", "smtp inet n - - - - smtpd\n"));
    CHECK(socket("compatibility_level = 3.6\n", "cleanup unix n - y - 0 cleanup\n")); // of local mail
    CHECK_FALSE(socket("", "smtp inet n - n - - smtpd\npickup unix n - y 60 1 pickup\n"));
}

TEST_CASE("what Postfix does not call, or calls elsewhere, is told") {
    const auto of_main = [](const std::string& main) {
        return imported(
            {{"/etc/opendkim.conf", "Socket inet:8891@localhost\n"}, {"/etc/postfix/main.cf", main}});
    };
    const std::string called = "smtpd_milters = inet:localhost:8891\n";
    CHECK(tells(of_main("smtpd_milters = inet:mx.a.test:8891\n"), Effect::decide,
                "Postfix does not call opendkim at its socket"));
    CHECK(of_main(called).is_complete());
    CHECK(tells(of_main(called + "multi_instance_directories = /etc/postfix-out\n"), Effect::decide,
                "Postfix has further instances"));
    CHECK(of_main(called + "multi_instance_directories =\n").is_complete());
}

TEST_CASE("other filters do not get local mail by an import") {
    CHECK(
        changes("smtpd_milters = inet:localhost:11332\n").find("-e non_smtpd_milters=inet:localhost:8891 ") !=
        std::string::npos);
}
