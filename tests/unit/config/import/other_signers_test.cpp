// Who else signs mail on a host, and what an import says of it.
#include "config/import/report.h"
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

#include <fmt/format.h>

using config::import::Effect;
using config::import::SignerState;
using import_test::imported;
using import_test::tells;

namespace {

using Texts = std::map<std::string, std::string>;

const std::string main_cf = "/etc/postfix/main.cf";
const std::string user = "/etc/amavis/conf.d/50-user";
const std::string filter = "content_filter = smtp-amavis:[127.0.0.1]:10024\n";
const std::string keys = "use strict;\n# dkim_key('old.test', 'x', '/x');\n$enable_dkim_signing = 1;\n"
                         "dkim_key('a.test', 'dkim', '/var/lib/dkim/a.test.pem');\n";
const std::string signing = "/etc/rspamd/local.d/dkim_signing.conf";
const std::string maps = "# maps of the panel\ntry_fallback = false;\n"
                         "selector_map = \"/etc/rspamd/local.d/dkim_selectors.map\";\n";
const std::string milter = "smtpd_milters = inet:localhost:11332\n";
const std::string proxy = "/etc/rspamd/override.d/worker-proxy.inc";
const std::string dkimpy = "/etc/dkimpy-milter/dkimpy-milter.conf";

// PLACE STATE of all that are found.
std::string found(Texts texts) {
    for (const char* program : {"/usr/sbin/amavisd-new", "/usr/bin/rspamd", "/usr/bin/dkimpy-milter"}) {
        texts.try_emplace(program, "");
    }
    std::string all;
    const import_test::MemoryFiles files(std::move(texts));
    for (const auto& signer : config::import::find_inputs({}, files).inputs.other_signers) {
        const char* state = signer.state == SignerState::signs        ? "signs"
                            : signer.state == SignerState::may_sign   ? "may sign"
                            : signer.state == SignerState::not_called ? "is not called"
                                                                      : "cannot be read";
        all += (all.empty() ? "" : ", ") + signer.place.print() + " " + state;
    }
    return all;
}

struct Case {
    const char* name;
    Texts texts;
    const char* expected;
};

} // namespace

TEST_CASE("amavis that signs") {
    const std::string off = "$enable_dkim_signing = 0;\n";
    const Case cases[] = {
        {"behind the queue", {{user, keys}, {main_cf, filter}}, "/etc/amavis/conf.d/50-user:4 signs"},
        {"in a service alone",
         {{user, keys},
          {main_cf, "x = y\n"},
          {"/etc/postfix/master.cf", "submission inet n - y - - smtpd\n -o content_filter=a:[::1]:10026\n"}},
         "/etc/amavis/conf.d/50-user:4 signs"},
        {"before the queue",
         {{user, keys}, {main_cf, "smtpd_proxy_filter = [::1]:10024\n"}},
         "/etc/amavis/conf.d/50-user:4 signs"},
        {"a parameter of one's own",
         {{user, keys}, {main_cf, "f = a:b\ncontent_filter = $f\n"}},
         "/etc/amavis/conf.d/50-user:4 signs"},
        {"no Postfix", {{user, keys}}, "/etc/amavis/conf.d/50-user:4 signs"},
        {"nobody calls it",
         {{user, keys}, {main_cf, "content_filter =\n"}},
         "/etc/amavis/conf.d/50-user:4 is not called"},
        {"one file", {{"/etc/amavisd/amavisd.conf", keys}}, "/etc/amavisd/amavisd.conf:4 signs"},
        {"a call over several lines",
         {{user, "$enable_dkim_signing = 1;\ndkim_key(\n 'a.test',\n 's', '/k');\n"}},
         "/etc/amavis/conf.d/50-user:2 signs"},
        {"keys of a panel in a later file",
         {{user, "$enable_dkim_signing = 1; # sign\n"},
          {"/etc/amavis/conf.d/60-dkim", "dkim_key('a','b','/c');\n"}},
         "/etc/amavis/conf.d/60-dkim:1 signs"},
        {"for a policy bank",
         {{user, "dkim_key('a','b','/c');\n$policy_bank{'X'} = { enable_dkim_signing => 1, };\n"}},
         "/etc/amavis/conf.d/50-user:1 signs"},
        {"a copy that amavis does not read",
         {{user, "$enable_dkim_signing = 1;\n"}, {"/etc/amavis/conf.d/50-user.dpkg-old", keys}},
         ""},
        {"asked for, and not set",
         {{user, "dkim_key('a','b','/c');\nif ($enable_dkim_signing == 1) { log_it(); }\n"}},
         ""},
        {"turned off later", {{user, keys}, {"/etc/amavis/conf.d/70-off", off}}, ""},
        {"never turned on", {{user, "dkim_key('a','b','/c');\n"}}, ""},
        {"no keys",
         {{user, "$enable_dkim_signing = 1;\n#dkim_key('a','b','/c');\n1; # dkim_key('a','b','/c');\n"}},
         ""},
        {"another word", {{user, "$enable_dkim_signing = 1;\nmy_dkim_key('a');\n@dkim_keys = ();\n"}}, ""},
        {"behind the end", {{user, "$enable_dkim_signing = 1;\n__END__\ndkim_key('a','b','/c');\n"}}, ""},
        {"verification alone", {{user, "$enable_dkim_verification = 1;\ndkim_key('a','b','/c');\n"}}, ""},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        CHECK(found(test.texts) == test.expected);
    }
    const import_test::MemoryFiles gone({{user, keys}, {main_cf, filter}});
    CHECK(config::import::find_inputs({}, gone).inputs.other_signers.empty()); // it is not installed
}

TEST_CASE("amavis: what Perl makes of it") {
    const std::string on = "$enable_dkim_signing = 1;\n", key = "dkim_key('a','b','/c');\n",
                      bank = "$policy_bank{'X'} = { enable_dkim_signing => 1 };\n";
    const std::string conf_d = "/etc/amavis/conf.d/", first = user + ":2 signs";
    const Case cases[] = {
        {"a comment right behind code",
         {{user, on + "1;#dkim_key('a','b','/c');\n1;\t# dkim_key('a');\n"}},
         ""},
        {"a comment that turns it off",
         {{user, on + key + "1;\t# $enable_dkim_signing = 0;\n"}},
         first.c_str()},
        {"no comment", {{user, on + "@x = ('a #', $#y, qr#z#); dkim_key('a','b','/c');\n"}}, first.c_str()},
        {"documentation", {{user, "=pod\n\n" + on + key + "\n=cut\n\n1;\n"}}, ""},
        {"behind documentation",
         {{user, "=head1 x\n=cut\n" + on + key}},
         "/etc/amavis/conf.d/50-user:4 signs"},
        {"behind the data", {{user, on + "__DATA__ \n" + key}}, ""},
        {"without parentheses", {{user, on + "dkim_key 'a', 'b', '/c';\n"}}, first.c_str()},
        {"a pattern", {{user, on + "dkim_key qr/a/, 'b', '/c';\n"}}, first.c_str()},
        {"a line end before the parentheses", {{user, on + "dkim_key\n  ('a','b','/c');\n"}}, first.c_str()},
        {"the second one of a line",
         {{user, on + "$my_dkim_key = 1; dkim_key('a','b','/c');\n"}},
         first.c_str()},
        {"a comparison sets nothing", {{user, "if ($enable_dkim_signing == 1) {}\n" + key}}, ""},
        {"nor does a match", {{user, "$enable_dkim_signing =~ /1/;\n" + key}}, ""},
        {"several at once, off",
         {{user, "$enable_dkim_signing = $enable_dkim_verification = 0;\n" + key}},
         ""},
        {"several at once, on",
         {{user, "$enable_dkim_verification = $enable_dkim_signing = 1;\n" + key}},
         first.c_str()},
        {"over two lines",
         {{user, "$enable_dkim_signing =\n  1;\n" + key}},
         "/etc/amavis/conf.d/50-user:3 signs"},
        {"one of a bank by itself",
         {{user, "$policy_bank{'X'}{enable_dkim_signing} = 1;\n" + key}},
         first.c_str()},
        {"in quotation marks",
         {{user, "$policy_bank{'X'}{'enable_dkim_signing'} = 1;\n" + key}},
         first.c_str()},
        {"in quotation marks, off", {{user, "$policy_bank{'X'}{\"enable_dkim_signing\"} = 0;\n" + key}}, ""},
        {"off for all and on for a bank",
         {{user, bank + key}, {conf_d + "90-paraph", "$enable_dkim_signing = 0;\n"}},
         first.c_str()},
        {"what run-parts does not take",
         {{user, "1;\n"}, {conf_d + "50-user.dpkg-old", keys}, {conf_d + "60~", keys}},
         ""},
        {"a directory", {{user, on + key}, {conf_d + "old/50-user", "1;\n"}}, first.c_str()},
        {"a file of its own",
         {{user, on + "include_optional_config_files('/etc/amavis/dkim');\n"}, {"/etc/amavis/dkim", key}},
         "/etc/amavis/dkim:1 signs"},
        {"one that reads itself",
         {{user, "do '" + user + "'; do \"/gone\";\n" + on + key}},
         "/etc/amavis/conf.d/50-user:3 signs"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        CHECK(found(test.texts) == test.expected);
    }
}

TEST_CASE("rspamd that signs") {
    const Case cases[] = {
        {"with maps", {{signing, maps}, {main_cf, milter}}, "/etc/rspamd/local.d/dkim_signing.conf:3 signs"},
        {"on another port",
         {{signing, "path = \"/k\";\n"},
          {"/etc/rspamd/local.d/worker-proxy.inc", "bind_socket = \"127.0.0.1:9900\";\n"},
          {main_cf, "smtpd_milters = inet:127.0.0.1:9900\n"}},
         "/etc/rspamd/local.d/dkim_signing.conf:1 signs"},
        {"on a socket",
         {{signing, "domain {\n"}, {main_cf, "non_smtpd_milters = unix:/run/rspamd/milter.sock\n"}},
         "/etc/rspamd/local.d/dkim_signing.conf:1 signs"},
        {"with keys where it looks by itself",
         {{"/var/lib/rspamd/dkim/a.test.dkim.key", ""}, {main_cf, milter}},
         "/var/lib/rspamd/dkim/a.test.dkim.key signs"},
        {"nothing is known of it", {{main_cf, milter}}, "/etc/postfix/main.cf:1 may sign"},
        {"the package's file says nothing",
         {{"/etc/rspamd/modules.d/dkim_signing.conf", "dkim_signing {\n  selector = \"dkim\";\n"},
          {main_cf, milter}},
         "/etc/postfix/main.cf:1 may sign"},
        {"nobody calls it",
         {{signing, maps}, {main_cf, "x = y\n"}},
         "/etc/rspamd/local.d/dkim_signing.conf:3 is not called"},
        {"what is off says nothing", {{signing, "use_redis = false;\n"}, {main_cf, "x = y\n"}}, ""},
        {"turned off", {{signing, "enabled = false;\n" + maps}, {main_cf, milter}}, ""},
        {"turned off above all",
         {{signing, maps}, {"/etc/rspamd/override.d/dkim_signing.conf", "enabled: no\n"}, {main_cf, milter}},
         ""},
        {"turned off and on again",
         {{"/etc/rspamd/modules.d/dkim_signing.conf", "enabled = false;\n"},
          {signing, "enabled = true;\n" + maps},
          {main_cf, milter}},
         "/etc/rspamd/local.d/dkim_signing.conf:4 signs"},
        {"installed and that is all", {{main_cf, "x = y\n"}}, ""},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        CHECK(found(test.texts) == test.expected);
    }
}

// What `rspamadm configdump` makes of each was looked at.
TEST_CASE("rspamd: what UCL makes of it") {
    const std::string second = signing + ":2 signs", one = signing + ":1 signs", path = "path = \"/k\";\n",
                      override_d = "/etc/rspamd/override.d/dkim_signing.conf",
                      override_conf = "/etc/rspamd/rspamd.conf.override", more = "/etc/rspamd/more.conf";
    const Case cases[] = {
        {"a comment over lines",
         {{signing, "/*\nenabled = false;\n/* */ */ " + path}},
         "/etc/rspamd/local.d/dkim_signing.conf:3 signs"},
        {"all on one line", {{signing, "selector = x; enabled = false; path = \"/k\""}}, ""},
        {"all on one line, on", {{signing, "try_fallback = false, enabled: true, path: /k"}}, one.c_str()},
        {"names in quotation marks", {{signing, path + "\"enabled\": \"no\"\n"}}, ""},
        {"capitals", {{signing, path + "enabled = FALSE\n"}}, ""},
        {"a comment behind it", {{signing, path + "enabled = false # they said\n"}}, ""},
        {"in a block of something else", {{signing, "x { enabled = false }\n" + path}}, second.c_str()},
        {"in the block of a domain",
         {{signing, "try_fallback = no;\ndomain {\n a.test { enabled = false; path = \"/k\" }\n}\n"}},
         second.c_str()},
        {"in a block of its own that rspamd does not read",
         {{signing, "dkim_signing {\n enabled = false;\n}\n" + path}},
         "/etc/rspamd/local.d/dkim_signing.conf:4 signs"},
        {"within a program",
         {{signing, "sign_condition = <<EOD\nenabled = false;\npath = 1\nEOD\n" + path}},
         "/etc/rspamd/local.d/dkim_signing.conf:5 signs"},
        {"disabled", {{signing, path + "disabled = true;\n"}}, ""},
        {"not disabled", {{signing, path + "disabled = false;\n"}}, one.c_str()},
        {"a number is no answer", {{signing, path + "enabled = 0;\n"}}, one.c_str()},
        {"two answers", {{signing, path + "enabled = false;\nenabled = true;\n"}}, ""},
        {"the last file",
         {{signing, path + "enabled = false;\n"}, {override_d, "enabled = true;\n"}},
         one.c_str()},
        {"above all files", {{signing, path}, {override_conf, "dkim_signing { enabled = false; }\n"}}, ""},
        {"above all files, of another",
         {{signing, path}, {override_conf, "dkim { enabled = false; }\n"}},
         one.c_str()},
        {"no Redis",
         {{signing, "use_redis = false;\nuse_vault = off;\n"}},
         "/etc/postfix/main.cf:1 may sign"},
        {"Redis", {{signing, "try_fallback = true;\nuse_redis = true;\n"}}, second.c_str()},
        {"another file",
         {{signing, "\n.include(try=true; priority=1) \"$LOCAL_CONFDIR/more.conf\"\n"}, {more, path}},
         "/etc/rspamd/more.conf:1 signs"},
        {"another file that turns it off",
         {{signing, path + ".include \"${CONFDIR}/more.conf\"\n"}, {more, "enabled = false"}},
         ""},
        {"one that includes itself",
         {{signing, ".include \"" + signing + "\"\n.include \"" + signing + "\"\n" + path}},
         "/etc/rspamd/local.d/dkim_signing.conf:3 signs"},
        {"a variable without quotation marks", {{signing, "path = ${DBDIR}/k; enabled = false\n"}}, ""},
        {"without an end", {{signing, path + "/* enabled = false;"}}, one.c_str()},
        {"a text without an end", {{signing, path + "x = \"y; enabled = false;"}}, one.c_str()},
        {"brackets too many", {{signing, "}}]]" + path + "}"}}, one.c_str()},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        Texts texts = test.texts;
        texts.try_emplace("/etc/rspamd/modules.d/dkim_signing.conf",
                          "dkim_signing {\n selector = \"dkim\";\n  .include(try=true) \"/x\"\n}\n");
        texts[main_cf] = milter;
        CHECK(found(texts) == test.expected);
    }
}

TEST_CASE("rspamd listens where its files say, several times as well") {
    const std::string proxy = "/etc/rspamd/local.d/worker-proxy.inc", signs = signing + ":3 signs",
                      idle = signing + ":3 is not called";
    const Case cases[] = {
        {"two",
         {{proxy, "bind_socket = \"127.0.0.1:9900\";\nbind_socket = \"/run/r.sock mode=0660\";\n"}},
         "inet:localhost:9900 unix:/run/r.sock"},
        {"a list",
         {{proxy, "bind_socket = [\"*:9900\", \"/run/r.sock mode=0660\"];\n"}},
         "inet:localhost:9900 unix:/run/r.sock"},
        {"behind other settings",
         {{proxy, "milter = yes; timeout = 120s; bind_socket = \"[::1]:9900\";"}},
         "inet:[::1]:9900"},
        {"not where it says it no more",
         {{proxy, "bind_socket = \"*:9900\"; # was \"*:11332\"\n"}},
         "!inet:[::1]:11332"},
        {"a port of something else",
         {{proxy, "upstream \"x\" { bind_socket = \"*:9900\" }\n"}},
         "!inet:[::1]:9900"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        const std::string_view all = test.expected;
        for (const auto item : base::split(all.substr(all.starts_with('!') ? 1 : 0), ' ')) {
            Texts texts = test.texts;
            texts[signing] = maps;
            texts[main_cf] = fmt::format("smtpd_milters = {}\n", item);
            CHECK(found(texts) == (all.starts_with('!') ? idle : signs));
        }
    }
}

TEST_CASE("a large file of another program takes no longer than its size") {
    const std::size_t many = 50'000;
    std::string perl, ucl, statement;
    for (std::size_t i = 0; i < many; ++i) {
        perl += "x dkim_key '; \n";
        ucl += "{ [ a \" /* ";
        statement += "do '/x', enable_dkim_signing = ";
    }
    CHECK(found({{user, "$enable_dkim_signing = 1;\n" + perl}, {main_cf, filter}}) == user + ":2 signs");
    CHECK(found({{user, "$enable_dkim_signing = 1;\n" + statement}, {main_cf, filter}}).empty());
    CHECK(found({{signing, ucl}, {main_cf, milter}}) == main_cf + ":1 may sign");
    CHECK(found({{signing, std::string(many, '{')}, {main_cf, milter}}) == main_cf + ":1 may sign");
}

TEST_CASE("dkimpy-milter that signs") {
    const std::string one = "Domain a.test\nKeyFile /k\nSelector s\nSocket inet:8892@localhost\n";
    const Case cases[] = {
        {"called",
         {{dkimpy, one}, {main_cf, "smtpd_milters = inet:127.0.0.1:8892\n"}},
         "/etc/dkimpy-milter/dkimpy-milter.conf:2 signs"},
        {"not called",
         {{dkimpy, one}, {main_cf, "x = y\n"}},
         "/etc/dkimpy-milter/dkimpy-milter.conf:2 is not called"},
        {"it checks", {{dkimpy, "Mode v\n" + one}}, ""},
        {"no key", {{dkimpy, "UserID dkimpy-milter\n"}}, ""},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        CHECK(found(test.texts) == test.expected);
    }
}

TEST_CASE("a file that cannot be read may hold keys") {
    class Closed : public import_test::MemoryFiles {
      public:
        using MemoryFiles::MemoryFiles;
        [[nodiscard]] base::Result<std::string, std::string> read(const std::string& path) const override {
            return path == user || path == signing || path == dkimpy || path == proxy
                       ? base::refuse(std::string("Permission denied"))
                       : MemoryFiles::read(path);
        }
    };
    const Closed files({{"/usr/sbin/amavisd", ""},
                        {user, ""},
                        {"/usr/bin/rspamd", ""},
                        {signing, ""},
                        {"/usr/bin/dkimpy-milter", ""},
                        {dkimpy, ""}});
    auto signers = config::import::find_inputs({}, files).inputs.other_signers;
    REQUIRE(signers.size() == 3);
    const Closed port({{proxy, ""}, {"/usr/bin/rspamd", ""}, {signing, maps}, {main_cf, milter}});
    for (const auto& signer : config::import::find_inputs({}, port).inputs.other_signers) {
        signers.push_back(signer);
    }
    REQUIRE(signers.size() == 4);
    for (const auto& signer : signers) {
        const auto finding = config::import::tell(signer, "");
        INFO(finding.place.print());
        CHECK(finding.effect == Effect::decide);
        CHECK(finding.text.starts_with("Permission denied; whether "));
    }
}

TEST_CASE("a host without any of the three says who signs there, and where to read on") {
    const auto outcome = imported({{"/usr/sbin/amavisd", ""}, {user, keys}, {main_cf, filter}});
    CHECK(outcome.daemons.empty());
    CHECK_FALSE(outcome.is_complete());
    CHECK(config::import::print_nothing(outcome) ==
          "/etc/amavis/conf.d/50-user:4: amavis signs mail here (dkim_key), and its keys are not imported. "
          "What to do: migration-others.md, \"From amavis that signs\"\n"
          "none of opendkim, opendmarc and policyd-spf is in use here");
}

TEST_CASE("beside one of the three, what becomes of signatures is told") {
    const std::string key = "Domain a.test\nSelector s\nKeyFile /k\nSocket inet:8891@localhost\n";
    const Texts rspamd{{signing, maps}};
    const auto of = [&](const std::string& opendkim, const std::string& main) {
        Texts texts = rspamd;
        texts["/etc/opendkim.conf"] = opendkim;
        texts[main_cf] = main;
        return imported(texts);
    };
    const auto both = of(key, "smtpd_milters = inet:localhost:8891 inet:localhost:11332\n");
    CHECK(tells(both, Effect::decide, "as it did beside opendkim"));
    CHECK_FALSE(both.signs_instead);
    CHECK_FALSE(both.is_complete());
    const auto idle = of(key, milter);
    CHECK(tells(idle, Effect::decide, "would add a second signature"));
    REQUIRE(idle.signs_instead);
    CHECK(idle.signs_instead->place.print() == signing + ":3");
    const auto checks = of("Mode v\nSocket inet:8891@localhost\n", milter);
    CHECK(tells(checks, Effect::decide, "paraphd signs nothing without them"));
    CHECK_FALSE(checks.signs_instead);
    const auto alone = of(key, "smtpd_milters = inet:localhost:8891\n");
    CHECK_FALSE(tells(alone, Effect::decide, "rspamd"));
    config::import::Wanted named;
    named.opendkim = "/etc/opendkim.conf";
    CHECK(imported({{"/etc/opendkim.conf", key}, {signing, maps}}, named).other_signers.empty());
}
