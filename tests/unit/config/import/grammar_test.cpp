// The grammars of the old programs' files.
#include "config/import/assignment_file.h"
#include "config/import/command_line.h"
#include "config/import/data_set.h"
#include "config/import/keyword_file.h"
#include "config/import/postfix_file.h"
#include "config/import/text_lines.h"
#include "config/import/unit_file.h"
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

#include <fmt/format.h>

namespace import = config::import;

namespace {

std::string shown(const import::Options& options) {
    std::string text;
    for (const auto& option : options.list) {
        text += fmt::format("{}:{}:{} {}=[{}]; ", option.place.line, option.place.column, option.value_column,
                            option.name, option.value);
    }
    for (const auto& problem : options.problems) {
        text += fmt::format("{}:{} {}; ", problem.place.line, problem.place.column, problem.text);
    }
    return text;
}

struct Case {
    const char* name;
    const char* text;
    const char* expected;
};

} // namespace

TEST_CASE("opendkim.conf: a name, blanks and a value on each line") {
    const Case cases[] = {
        {"nothing", "", ""},
        {"one option", "Mode sv\n", "1:1:6 Mode=[sv]; "},
        {"no newline at the end", "Mode sv", "1:1:6 Mode=[sv]; "},
        {"CRLF", "Mode sv\r\nSyslog yes\r\n", "1:1:6 Mode=[sv]; 2:1:8 Syslog=[yes]; "},
        {"tabs, and blanks at both ends", " \tMode\t \tsv \t\n", "1:3:10 Mode=[sv]; "},
        {"comments and empty lines", "# a\n\n   \n#Mode s\nMode v\n", "5:1:6 Mode=[v]; "},
        {"a comment behind a value cuts it", "Domain a.test # it's ours\n", "1:1:8 Domain=[a.test]; "},
        {"a number sign within a value cuts it as well", "ReportAddress a#b@c.test\n",
         "1:1:15 ReportAddress=[a]; "},
        {"quotation marks stay", "AuthservID \"mx\"\n", "1:1:12 AuthservID=[\"mx\"]; "},
        {"blanks within a value", "InternalHosts 127.0.0.1, ::1,\n",
         "1:1:15 InternalHosts=[127.0.0.1, ::1,]; "},
        {"a backslash joins no lines", "Domain a.test \\\nb.test\n",
         "1:1:8 Domain=[a.test \\]; 2:1 expected a value behind 'b.test'; "},
        {"no value", "Mode\n", "1:1 expected a value behind 'Mode'; "},
        {"a value that is a comment", "Mode # sv\n", "1:1 expected a value behind 'Mode'; "},
        {"an equals sign", "Mode = sv\n", "1:1 expected a name, blanks and a value, without '=': 'Mode'; "},
        {"an equals sign at the name", "Mode= sv\n",
         "1:1 expected a name, blanks and a value, without '=': 'Mode='; "},
        {"UTF-8 in a comment", "# caf\xc3\xa9\nMode s\n", "2:1:6 Mode=[s]; "},
        {"a lone CR ends the line", "Mode sv\rrest\n", "1:1:6 Mode=[sv]; "},
        {"braces of a template", "Domain {{ domain }}\n",
         "1:1 '{{ domain }}' stands there: this is a template that was never filled in; "},
        {"a variable", "Domain $DOMAIN\n",
         "1:1 '$DOMAIN' stands there: this is a template that was never filled in; "},
        {"a placeholder", "Domain __DOMAIN__\n",
         "1:1 '__DOMAIN__' stands there: this is a template that was never filled in; "},
        {"LDAP's $d is none", "KeyTable ldap://h/b?a?sub?(x=$d)\n",
         "1:1:10 KeyTable=[ldap://h/b?a?sub?(x=$d)]; "},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        CHECK(shown(import::parse_keyword_file(test.text, "f")) == test.expected);
    }
}

TEST_CASE("Include reads a file in its place, five deep") {
    std::map<std::string, std::string> texts{{"/a", "Mode s\nInclude /b\nSyslog no\n"}, {"/b", "Mode v\n"}};
    const import_test::MemoryFiles two(texts);
    CHECK(shown(import::read_keyword_file(texts["/a"], "/a", two)) ==
          "1:1:6 Mode=[s]; 1:1:6 Mode=[v]; 3:1:8 Syslog=[no]; ");
    const import_test::MemoryFiles endless(
        std::map<std::string, std::string>{{"/a", "Include /a\nMode s\n"}});
    const auto options = import::read_keyword_file("Include /a\n", "/a", endless);
    CHECK(options.problems.size() == 1);
    CHECK(options.problems.front().text == "files are included more than 5 deep");
    CHECK(options.list.size() == 5);
    const import_test::MemoryFiles directory(std::map<std::string, std::string>{{"/d/x.conf", ""}});
    CHECK(shown(import::read_keyword_file("Include /d\n", "/a", directory)) ==
          "1:1 Include: /d: Is a directory; ");
}

TEST_CASE("truth values go by their first letter") {
    for (const char* yes : {"yes", "Yes", "true", "T", "y", "1", "1x"}) {
        CHECK(import::read_truth(yes) == import::Truth::yes);
    }
    for (const char* no : {"no", "No", "false", "F", "n", "0"}) {
        CHECK(import::read_truth(no) == import::Truth::no);
    }
    for (const char* neither : {"", "on", "off", "-", "2"}) {
        CHECK(import::read_truth(neither) == import::Truth::neither);
    }
}

TEST_CASE("policyd-spf.conf: a name, an equals sign and a value on each line") {
    const Case cases[] = {
        {"two options", "debugLevel = 1 \nTestOnly=0\n", "1:1:14 debugLevel=[1]; 2:1:10 TestOnly=[0]; "},
        {"a comment behind a value", "HELO_reject = Fail # x = y\n", "1:1:15 HELO_reject=[Fail]; "},
        {"CRLF", "HELO_reject = Fail\r\n", "1:1:15 HELO_reject=[Fail]; "},
        {"a colon", "HELO_reject: Fail\n",
         "1:1 expected NAME = VALUE, with one '=': 'HELO_reject: Fail'; policyd-spf passes over the line; "},
        {"two equals signs", "A = b = c\n",
         "1:1 expected NAME = VALUE, with one '=': 'A = b = c'; policyd-spf passes over the line; "},
        {"a URL has more of them", "Reason_URL = http://h/?s={0};id={1}\n",
         "1:1:14 Reason_URL=[http://h/?s={0};id={1}]; "},
        {"no value", "Whitelist =\n", "1:1:1 Whitelist=[]; "},
        {"a template", "Whitelist = {{ nets }}\n",
         "1:1 '{{ nets }}' stands there: this is a template that was never filled in; "},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        CHECK(shown(import::parse_assignment_file(test.text, "f")) == test.expected);
    }
}

TEST_CASE("/etc/default: assignments of a shell") {
    const Case cases[] = {
        {"variables", "RUNDIR=/run/x\nSOCKET=local:$RUNDIR/${NAME}.sock\n",
         "1:1:8 RUNDIR=[/run/x]; 2:1:8 SOCKET=[local:/run/x/opendkim.sock]; "},
        {"quotation marks", "SOCKET=\"inet:8891@localhost\" # all\n", "1:1:8 SOCKET=[inet:8891@localhost]; "},
        {"single ones keep a dollar sign", "A='$NAME'\n", "1:1:3 A=[$NAME]; "},
        {"export", "export A=b\n", "1:8:10 A=[b]; "},
        {"what is not set is empty", "A=x${NONE}y\n", "1:1:3 A=[xy]; "},
        {"commands", "if true; then\n", "1:1 expected NAME=VALUE; other commands of a shell are not read; "},
        {"a quotation mark that never ends", "A=\"b\n", "1:1:3 A=[b]; "},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        CHECK(shown(import::parse_shell_file(test.text, "f", {{"NAME", "opendkim"}})) == test.expected);
    }
}

TEST_CASE("command lines of opendkim and opendmarc") {
    const auto parsed = [](import::Program program, const char* words) {
        const auto line = import::parse_command_line(program, import::split_words(words), {"unit", 7, 0});
        std::string text = line.file.empty() ? "" : "file " + line.file + "; ";
        for (const auto& option : line.options.list) {
            text += option.name + "=" + option.value + "; ";
        }
        return text + (line.options.problems.empty() ? "" : line.options.problems.front().print());
    };
    using import::Program;
    CHECK(parsed(Program::opendkim, "-x /etc/o.conf -f") == "file /etc/o.conf; Background=no; ");
    CHECK(parsed(Program::opendkim, "-P /run/p -p inet:8891@localhost -lW") ==
          "PidFile=/run/p; Socket=inet:8891@localhost; Syslog=yes; LogWhy=yes; ");
    CHECK(parsed(Program::opendkim, "-d a.test -s mail -k /k -b s -c relaxed -D -S rsa-sha256 -u o:m") ==
          "Domain=a.test; Selector=mail; KeyFile=/k; Mode=s; Canonicalization=relaxed; SubDomains=yes; "
          "SignatureAlgorithm=rsa-sha256; UserID=o:m; ");
    CHECK(parsed(Program::opendkim, "-pinet:1@h") == "Socket=inet:1@h; ");
    CHECK(parsed(Program::opendkim, "-lp inet:1@h") == "Syslog=yes; Socket=inet:1@h; ");
    CHECK(parsed(Program::opendkim, "-p") == "Socket=; ");
    CHECK(parsed(Program::opendkim, "-Z") == "unit:7: unknown option '-Z' of the command line");
    CHECK(parsed(Program::opendmarc, "-c /etc/d.conf -p inet:8893") ==
          "file /etc/d.conf; Socket=inet:8893; ");
}

TEST_CASE("units of systemd: the last ExecStart counts, drop-ins and all") {
    import::UnitFacts facts;
    import::read_unit("[Unit]\nExecStart=/not/this\n[Service]\nType=forking\nExecStart=/usr/sbin/opendkim\n"
                      "User=opendkim\nEnvironmentFile=-/etc/sysconfig/opendkim\n",
                      "unit", facts);
    REQUIRE(facts.commands.size() == 1);
    CHECK(facts.environment_files == std::vector<std::string>{"/etc/sysconfig/opendkim"});
    import::read_unit(
        "[Service]\nExecStart=\nExecStart=-/usr/sbin/opendkim -p \\\n  # why\n  'inet:1@h' $OPTIONS\n",
        "drop-in", facts);
    REQUIRE(facts.commands.size() == 1);
    CHECK(facts.commands[0].words ==
          std::vector<std::string>{"/usr/sbin/opendkim", "-p", "inet:1@h", "$OPTIONS"});
    CHECK(facts.commands[0].place.print() == "drop-in:3");
}

TEST_CASE("main.cf and master.cf") {
    import::PostfixFiles postfix;
    postfix.read_main(
        "# c\nsmtpd_milters = inet:1,\n# between\n\n   inet:2\nname = $smtpd_milters ${none} $self\n"
        "self = $self x\nsmtpd_milters=last\n",
        "main.cf");
    CHECK(postfix.value_of("smtpd_milters") == "last");
    CHECK(postfix.find("smtpd_milters")->place.line == 8);
    CHECK(postfix.value_of("name").starts_with("last ${none} "));
    postfix.read_master("smtp inet n - y - - smtpd\n"
                        "submission inet n - n - - smtpd\n  -o smtpd_milters=inet:3\n"
                        "  -o { smtpd_recipient_restrictions = permit_sasl_authenticated, reject }\n"
                        "policyd-spf unix - n n - 0 spawn\n"
                        "    user=policyd-spf argv=/usr/bin/policyd-spf /etc/p.conf\n",
                        "master.cf");
    REQUIRE(postfix.services().size() == 3);
    CHECK(postfix.services()[0].chroot == "y");
    CHECK(postfix.is_in_chroot());
    const auto& submission = postfix.services()[1];
    CHECK(submission.id() == "submission/inet");
    CHECK(submission.overrides.at("smtpd_milters").text == "inet:3");
    CHECK(submission.overrides.at("smtpd_recipient_restrictions").text ==
          "permit_sasl_authenticated, reject");
    CHECK(postfix.services()[2].argv == std::vector<std::string>{"/usr/bin/policyd-spf", "/etc/p.conf"});
}

TEST_CASE("data sets by their prefix and their look") {
    struct Set {
        const char* text;
        import::SetKind kind;
        const char* rest;
        const char* unknown;
    };
    using import::SetKind;
    const Set cases[] = {
        {"a.test", SetKind::list, "a.test", ""},
        {"/etc/list", SetKind::file, "/etc/list", ""},
        {"file:/etc/list", SetKind::file, "/etc/list", ""},
        {"refile:/etc/list", SetKind::patterns, "/etc/list", ""},
        {"REFILE:/etc/list", SetKind::patterns, "/etc/list", ""},
        {"csl:a, b", SetKind::list, "a, b", ""},
        {"/etc/keys.db", SetKind::berkeley, "/etc/keys.db", ""},
        {"db:/etc/keys", SetKind::berkeley, "/etc/keys", ""},
        {"bdb:/etc/keys", SetKind::berkeley, "/etc/keys", ""},
        {"lmdb:/etc/keys", SetKind::lmdb, "/etc/keys", ""},
        {"mdb:/etc/keys", SetKind::lmdb, "/etc/keys", ""},
        {"dsn:mysql://h/d/t", SetKind::sql, "mysql://h/d/t", ""},
        {"ldap://h/b", SetKind::ldap, "ldap://h/b", ""},
        {"ldapi://%2Frun%2Fx/b", SetKind::ldap, "ldapi://%2Frun%2Fx/b", ""},
        {"lua:/etc/x.lua", SetKind::other, "/etc/x.lua", ""},
        {"memcache:h:1/p", SetKind::other, "h:1/p", ""},
        {"mlock:x", SetKind::other, "x", ""},
        {"10.0.0.1,::1", SetKind::list, "10.0.0.1,::1", ""},
        {"::1,10.0.0.1", SetKind::list, "::1,10.0.0.1", ":"},
        {"hash:/etc/x", SetKind::other, "/etc/x", ""},
        {"pcre:/etc/x", SetKind::list, "pcre:/etc/x", "pcre:"},
    };
    for (const Set& test : cases) {
        INFO(test.text);
        const auto read = import::parse_data_set(test.text);
        CHECK(read.set.kind == test.kind);
        CHECK(read.set.rest == test.rest);
        CHECK(read.unknown == test.unknown);
    }
}
