// What opendkim 2.11.0, opendmarc 1.4.2 and policyd-spf 3.0.4 do with odd lists, as they were seen to do it,
// and what an import makes of these lists.
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

using config::import::Effect;
using import_test::has_line;
using import_test::imported;
using import_test::of_opendkim;
using import_test::tells;

namespace {

std::string internal_hosts(const std::string& list, const std::string& kind = "refile:") {
    const auto outcome = of_opendkim("InternalHosts " + kind + "/h\n", {{"/h", list}});
    const auto begin = outcome.settings.find("internal_hosts: ");
    const auto end = outcome.settings.find('\n', begin);
    return begin == std::string::npos ? "" : outcome.settings.substr(begin + 16, end - begin - 16);
}

std::string excepted(const std::string& list) {
    const auto outcome =
        imported({{"/etc/opendmarc.conf", "RejectFailures yes\nIgnoreHosts /h\n"}, {"/h", list}});
    const auto begin = outcome.settings.find("clients: ");
    const auto end = outcome.settings.find('\n', begin);
    return begin == std::string::npos ? "" : outcome.settings.substr(begin + 9, end - begin - 9);
}

config::import::Outcome of_policyd(const std::string& text) {
    return imported({{"/etc/postfix-policyd-spf-python/policyd-spf.conf", text}});
}

} // namespace

TEST_CASE("a refile: of hosts holds who it held with OpenDKIM") {
    struct Case {
        const char* list;
        const char* expected;
    };
    const Case cases[] = {
        {"*.example.org\n", "[]"}, // not mail.example.org
        {"*\n", "[]"},
        {"127.0.0.1\n*.example.org\n", "[127.0.0.1/32]"},
        {"127.0.0.1\nmail.example.org\n*.example.org\n", "[127.0.0.1/32]"},
        {"127.0.0.1\nlocalhost\n*\n", "[]"}, // "!127.0.0.1" is found in the last row
        {"10.1.2.0/24\n!10.*\n", "[\"!10.0.0.0/8\"]"},
        {"10.*\n!10.1.2.*\n", "[10.0.0.0/8, \"!10.1.2.0/24\"]"},
        {"127.0.0.1\n[10.1.2.3]\n", "[127.0.0.1/32]"},
        {"  \t10.1.2.3  # x\n", "[10.1.2.3/32]"},
    };
    for (const Case& test : cases) {
        INFO(test.list);
        CHECK(internal_hosts(test.list) == test.expected);
    }
    CHECK(internal_hosts("[10.1.2.3]\n", "file:") == "[10.1.2.3/32]");
}

TEST_CASE("what did match and cannot be carried over is told first") {
    for (const char* row : {"mail*.example.org", "!mail*.example.org", "(mx|mail).example.org"}) {
        INFO(row);
        const auto outcome =
            of_opendkim("InternalHosts refile:/h\n", {{"/h", std::string("127.0.0.1\n") + row + "\n"}});
        CHECK(tells(outcome, Effect::decide, "/h:2 InternalHosts: '" + std::string(row) + "' is left out"));
    }
    const auto recipients = of_opendkim("DontSignMailTo refile:/h\n", {{"/h", "*example.com\n"}});
    CHECK(tells(recipients, Effect::decide, "mail to '*example.com' is signed now"));
    const auto rows = of_opendkim("KeyTable /k\nSigningTable refile:/s\n",
                                  {{"/k", "k a.test:s:/key\n"}, {"/s", "*@a.test k\n*@(b|c).test k\n"}});
    CHECK(tells(rows, Effect::decide, "/s:2 SigningTable: mail of '*@(b|c).test' is not signed any more"));
    CHECK_FALSE(tells(rows, Effect::decide, "'*@a.test'"));
}

TEST_CASE("IgnoreHosts of opendmarc holds whom it held, and never more") {
    struct Case {
        const char* list;
        const char* expected;
    };
    const Case cases[] = {
        {"10.1.0.0/255.255.0.0\n", "[10.1.0.0/16]"},
        {"10.1.0.9/255.255.0.0\n", ""},  // bits behind the mask
        {"10.0.0.0/8\n!10.1.2.3\n", ""}, // its mail is judged
        {"!10.1.2.3\n10.0.0.0/8\n192.0.2.0/24\n", "[192.0.2.0/24]"},
        {"10.1.2.3\n!10.1.0.0/16\n", "[10.1.2.3/32]"}, // the narrower one counts
        {"[10.1.2.3]\n", ""},
        {"  10.1.2.3\n", ""},
        {"10.1.2.3  # x\n", "[10.1.2.3/32]"},
        {"10.1.2.3,\n", ""},
    };
    for (const Case& test : cases) {
        INFO(test.list);
        CHECK(excepted(test.list) == test.expected);
    }
    const auto hole = imported(
        {{"/etc/opendmarc.conf", "RejectFailures yes\nIgnoreHosts /h\n"}, {"/h", "10.0.0.0/8\n!10.1.2.3\n"}});
    CHECK(tells(hole, Effect::decide, "/h:2 IgnoreHosts: 10.0.0.0/8 is left out, because '!10.1.2.3'"));
    const auto all = imported(
        {{"/etc/opendmarc.conf", "RejectFailures yes\nIgnoreHosts /h\n"}, {"/h", "0.0.0.0/0.0.0.0\n"}});
    CHECK(tells(all, Effect::decide, "opendmarc judges no mail at all"));
}

TEST_CASE("a list of policyd-spf ends where Python cannot read it") {
    struct Case {
        const char* value;
        const char* expected;
    };
    const Case cases[] = {
        {"192.0.2.0/24,198.51.100.1", "[192.0.2.0/24, 198.51.100.1/32]"},
        {"192.0.2.0/24, 198.51.100.1", "[192.0.2.0/24]"}, // the blank
        {"192.0.2.0/24,,198.51.100.1", "[192.0.2.0/24]"},
        {"192.0.2.1/24,198.51.100.1", "[]"}, // bits behind the prefix
        {"[192.0.2.1]", "[]"},
        {"192.0.2.0/255.255.255.0", "[192.0.2.0/24]"},
        {"::ffff:192.0.2.0/120,198.51.100.1", "[198.51.100.1/32]"},
    };
    for (const Case& test : cases) {
        INFO(test.value);
        const auto outcome = of_policyd(std::string("Whitelist = ") + test.value + "\n");
        CHECK(has_line(outcome.settings, std::string("Whitelist: ") + test.expected));
    }
    const auto names = of_policyd("HELO_Whitelist = a.test, b.test\n");
    CHECK(has_line(names.settings, "HELO_Whitelist: [a.test]"));
    CHECK(tells(names, Effect::note, "takes the blank for a part of the name"));
}

TEST_CASE("an action that is none leaves On-Default in force") {
    const auto wrong = of_opendkim("On-Default reject\nOn-BadSignature rejct\n");
    CHECK(has_line(wrong.settings, "dkim_fail: reject"));
    CHECK(tells(wrong, Effect::decide, "'rejct' is no action"));
    CHECK(of_opendkim("On-Default rejct\n").settings.find("dkim_fail") == std::string::npos);
}

TEST_CASE("beside AlwaysAddARHeader mail without a signature is accepted, as before") {
    for (const char* text : {"On-NoSignature reject\n", "On-Default reject\n"}) {
        INFO(text);
        const auto outcome = of_opendkim(std::string(text) + "AlwaysAddARHeader yes\n");
        CHECK(outcome.settings.find("dkim_none") == std::string::npos);
        CHECK(tells(outcome, Effect::decide, "mail without a signature is accepted, as before"));
        CHECK(has_line(of_opendkim(text).settings, "dkim_none: reject"));
    }
}

TEST_CASE("places of files that are put together") {
    const auto outcome = of_opendkim("Include etc/more.conf\nMode s\n", {{"/etc/more.conf", "Mode v\n"}});
    CHECK(has_line(outcome.settings, "mode: sign")); // the path begins where systemd starts daemons
    CHECK(tells(outcome, Effect::note, "this one counts, not that in /etc/more.conf:1"));
}

TEST_CASE("what may be a password is not printed") {
    const auto outcome = of_opendkim("InternalHosts mysql://u:swordfish@h/db/table=t?keycol=h\n");
    CHECK(tells(outcome, Effect::decide, "A database begins with dsn:"));
    for (const auto effect : {Effect::decide, Effect::note, Effect::dropped, Effect::senders}) {
        CHECK_FALSE(tells(outcome, effect, "swordfish"));
    }
}

TEST_CASE("daemons that systemd starts in other ways are told") {
    const auto instance =
        imported({{"/etc/opendkim.conf", "Mode v\n"},
                  {"/etc/systemd/system/multi-user.target.wants/opendkim@mx2.service", ""}});
    CHECK(tells(instance, Effect::decide, "this is another opendkim, whose configuration is not read"));
    const auto masked =
        imported({{"/etc/opendkim.conf", "Mode v\n"}, {"/etc/systemd/system/opendkim.service", ""}});
    CHECK(tells(masked, Effect::note, "systemd has masked this unit"));
    CHECK(masked.problems.empty());
    const auto started = [](const std::string& command) {
        return imported({{"/etc/opendkim.conf", "Mode v\n"},
                         {"/etc/o.conf", "Mode s\n"},
                         {"/lib/systemd/system/opendkim.service", "[Service]\nExecStart=" + command + "\n"}});
    };
    CHECK(has_line(started("/usr/bin/nice -n 5 /usr/sbin/opendkim -x /etc/o.conf").settings, "mode: sign"));
    const auto shell = started("/bin/sh -c 'exec /usr/sbin/opendkim -x /etc/o.conf'");
    CHECK(tells(shell, Effect::decide, "starts opendkim by another program"));
    CHECK_FALSE(tells(shell, Effect::decide, "Canonicalization"));
}

TEST_CASE("a file of domains holds whole names, as with OpenDKIM") {
    const auto of_file = [](const std::string& list) {
        return of_opendkim("Domain /d\nSelector s\nKeyFile /k\n", {{"/d", list}});
    };
    CHECK(has_line(of_file("a.test\nb.test\n").settings, "domain_table: /d"));
    const auto odd = of_file("a.test\n*.b.test\n.c.test\n");
    CHECK(odd.settings.find("domain_table") == std::string::npos); // where they would match
    CHECK(has_line(odd.settings, "a.test:"));
    CHECK(odd.settings.find("b.test") == std::string::npos);
    CHECK(tells(odd, Effect::note, "'.c.test' is left out: OpenDKIM compares whole names"));
    const auto all = of_file("a.test\n*\n");
    CHECK(all.settings.find("domain_table") == std::string::npos); // with which paraphd would not start
    CHECK(has_line(all.settings, "signing_table: \"csl:*=all\""));
}
