// The subcommands, from the command line to their output, over files in a directory of their own.
#include "milter/tool/run.h"

#include "support/catch.h"
#include "support/keys.h"
#include "unit/milter/tool/workspace.h"

#include <nlohmann/json.hpp>

using milter::tool::ExitCode;
using tool_test::contains;
using tool_test::mail;
using tool_test::Ran;
using tool_test::run;
using tool_test::Workspace;
using tool_test::zone;

namespace {

std::vector<std::string> verify(const std::string& answers, std::vector<std::string> more) {
    std::vector<std::string> all{
        "verify",    "--ip",  "192.0.2.25",    "--helo",  "[192.0.2.25]", "--mail-from", "ann@example.org",
        "--answers", answers, "--authserv-id", "mx.test", "--now",        "1767225600"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

} // namespace

TEST_CASE("verify explains and prints the field") {
    const Workspace files;
    const auto ran =
        run(verify(files.write("zone", zone), {"--missing", "zone", files.write("m.eml", mail)}));
    CHECK(ran.err.empty());
    CHECK(ran.code == ExitCode::ok);
    CHECK(contains(ran.out, "author domain news.example.org"));
    CHECK(contains(ran.out, "SPF of MAIL FROM example.org: pass by include:_spf.example.org"));
    CHECK(contains(ran.out, "DMARC: pass for news.example.org, policy quarantine"));
    CHECK(contains(ran.out, "Authentication-Results: mx.test;\n\tspf=pass smtp.mailfrom=example.org;"));
}

TEST_CASE("verify as JSON holds the verdict, the results and the questions") {
    const Workspace files;
    const auto ran = run(verify(files.write("zone", zone), {"--missing", "zone", "--json", "-"}), mail);
    REQUIRE(ran.code == ExitCode::ok);
    const auto json = nlohmann::json::parse(ran.out);
    CHECK(json["from"]["domains"][0] == "news.example.org");
    CHECK(json["spf"]["mail_from"]["result"] == "pass");
    CHECK(json["spf"]["helo"].is_null());
    CHECK(json["dmarc"]["evaluation"]["policy"] == "quarantine");
    CHECK(json["results"][0]["properties"]["smtp.mailfrom"] == "example.org");
    CHECK(contains(json["authentication_results"].get<std::string>(), "dmarc=pass"));
    CHECK(json["questions"].size() >= 4);
}

// Cases of the public suites that are about more than check_host: what becomes of MAIL FROM before it.
TEST_CASE("spf takes senders outside of the grammar as the public suite has them",
          "[rfc7208-4.3][rfc7208-7.1]") {
    const Workspace files;
    const auto answers = files.write("zone", R"(example.net TXT "v=spf1 -all exp=exp.example.net"
exp.example.net TXT "%{l}"
e8.example.com TXT "v=spf1 -all exp=msg.e8.example.com"
msg.e8.example.com TXT "%{L} in implementation"
)");
    const auto spf = [&](const std::string& mail_from) {
        return run({"spf", "--ip", "1.2.3.4", "--helo", "mail.example.com", "--mail-from", mail_from,
                    "--answers", answers, "--missing", "zone"});
    };
    // nolocalpart
    auto ran = spf("@example.net");
    CHECK(ran.code == ExitCode::ok);
    CHECK(contains(ran.out, "SPF of MAIL FROM example.net: fail by -all"));
    CHECK(contains(ran.out, "the domain's own words: postmaster\n"));
    // dorky-sentinel
    ran = spf("Macro Error@e8.example.com");
    CHECK(contains(ran.out, "SPF of MAIL FROM e8.example.com: fail by -all"));
    CHECK(contains(ran.out, "the domain's own words: Macro%20Error in implementation\n"));

    ran = spf("<postmaster>");
    CHECK(contains(ran.out, "MAIL FROM is no address of RFC 5321: an address without a domain\n"));
    CHECK(contains(ran.out, "SPF of MAIL FROM : none\n"));
}

TEST_CASE("spf prints the field that a mail server would add") {
    const Workspace files;
    const auto answers = files.write("zone", "example.org TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n");
    const auto spf = [&](const std::string& ip, const std::string& mail_from) {
        return run({"spf", "--ip", ip, "--helo", "example.org", "--mail-from", mail_from, "--answers",
                    answers, "--missing", "zone", "--received-spf"});
    };
    auto ran = spf("192.0.2.1", "ann\"@example.org");
    CHECK(ran.code == ExitCode::ok);
    CHECK(ran.out.starts_with("Received-SPF: pass ("));
    CHECK(contains(ran.out, "\n\tclient-ip=\"192.0.2.1\";\n"));
    CHECK(contains(ran.out, "\n\tenvelope-from=\"ann\\\"@example.org\";\n"));
    CHECK(contains(ran.out, "\n\tmechanism=\"ip4:192.0.2.0/24\"\n"));
    ran = spf("198.51.100.1", "<>");
    CHECK(ran.out.starts_with("Received-SPF: fail ("));
    CHECK(contains(ran.out, "envelope-from=\"postmaster@example.org\""));
}

TEST_CASE("dumped answers replay the case offline") {
    const Workspace files;
    const auto message = files.write("m.eml", mail);
    const auto first = run(verify(files.write("zone", zone),
                                  {"--missing", "zone", "--dump-answers", files.path("dump"), message}));
    REQUIRE(first.code == ExitCode::ok);
    const auto again = run(verify(files.path("dump"), {message}));
    CHECK(again.code == ExitCode::ok);
    CHECK(again.out == first.out);
}

TEST_CASE("every question is shown with its answer") {
    const Workspace files;
    const auto ran = run(verify(files.write("zone", zone),
                                {"--missing", "zone", "--show-questions", files.write("m.eml", mail)}));
    CHECK(contains(ran.out, "\"v=spf1 ip4:192.0.2.0/24 -all\""));
    CHECK(contains(ran.out, "NXDOMAIN"));
}

TEST_CASE("a message cannot forge lines of the explanation") {
    const Workspace files;
    const std::string hostile =
        "From: \"a\x1b[31m\" <\"x\\\x07y\"@example.org>\r\nSubject: x\x0b\x1b\r\n\r\n";
    const auto ran = run(verify(files.write("zone", zone), {"--missing", "zone", "-"}), hostile);
    for (const char c : ran.out + ran.err) {
        const bool harmless = c == '\n' || c == '\t' || (c >= 0x20 && c <= 0x7e);
        REQUIRE(harmless);
    }
}

TEST_CASE("exit codes tell what went wrong") {
    const Workspace files;
    const std::string answers = files.write("zone", zone);
    const std::string message = files.write("m.eml", mail);
    struct Case {
        const char* name;
        std::vector<std::string> arguments;
        ExitCode code;
        const char* said; // in the error or the output
    };
    const std::vector<Case> cases{
        {"no subcommand", {}, ExitCode::usage, "subcommand"},
        {"an unknown option", {"spf", "--ip", "192.0.2.1", "--ipp"}, ExitCode::usage, "--ipp"},
        {"not an address", {"spf", "--ip", "192.0.2", "--answers", answers}, ExitCode::usage, "192.0.2"},
        {"no such message", verify(answers, {files.path("absent")}), ExitCode::no_input, "No such file"},
        {"a directory", verify(answers, {files.path("")}), ExitCode::no_input, "directory"},
        {"an answer that is missing", verify(files.write("empty", ""), {message}), ExitCode::data,
         "no answer"},
        {"a damaged answers file", verify(files.write("bad", "\nx"), {message}), ExitCode::data,
         "bad:2: expected"},
        {"a name server that fails", verify(files.write("none", ""), {"--missing", "fail", message}),
         ExitCode::temporary, "temperror"},
        {"a bad name server", {"dmarc", "example.org", "--nameserver", "x y"}, ExitCode::usage, "x y"},
        {"no domain", {"dmarc", "exa mple", "--answers", answers}, ExitCode::usage, "exa mple"},
        {"an impossible authserv-id",
         {"verify", "--answers", answers, "--missing", "zone", "--authserv-id", "a\nb", message},
         ExitCode::usage,
         "authserv-id"},
        {"sign with nothing", {"sign", message}, ExitCode::usage, "--config"},
        {"no daemon there",
         {"probe", "--socket", "unix:" + files.path("absent"), message},
         ExitCode::unavailable,
         "No such file"},
        {"no configuration", {"check-config", "-c", files.path("none.yaml")}, ExitCode::config, "none.yaml"},
        {"no configuration, by its place",
         {"check-config", files.path("none.yaml")},
         ExitCode::config,
         "none.yaml"},
        {"none to show", {"show-config", "-c", files.path("none.yaml")}, ExitCode::config, "none.yaml"},
        {"none to verify by",
         {"verify", "-c", files.path("none.yaml"), message},
         ExitCode::config,
         "none.yaml"},
        {"none for spf",
         {"spf", "--ip", "192.0.2.1", "--helo", "a.test", "-c", files.path("none.yaml")},
         ExitCode::config,
         "none.yaml"},
        {"none for dmarc", {"dmarc", "a.test", "-c", files.path("none.yaml")}, ExitCode::config, "none.yaml"},
        {"none to sign by", {"sign", "-c", files.path("none.yaml"), message}, ExitCode::config, "none.yaml"},
        {"none for a key",
         {"key", "check", "a.test", "-c", files.path("none.yaml")},
         ExitCode::config,
         "none.yaml"},
        {"a directory for one", {"show-config", "-c", files.path("")}, ExitCode::config, "regular file"},
        {"no such key to sign with",
         {"sign", "--key", files.path("none.pem"), "--domain", "a.test", "--selector", "s", message},
         ExitCode::config,
         "none.pem"},
        {"no such key to show", {"key", "show", files.path("none.pem")}, ExitCode::config, "none.pem"},
        {"no name for spf",
         {"spf", "--ip", "192.0.2.1"},
         ExitCode::usage,
         "give --helo NAME, --mail-from ADDRESS"},
        {"a bounce without a name for spf",
         {"spf", "--ip", "192.0.2.1", "--mail-from", "<>"},
         ExitCode::usage,
         "give --helo NAME"},
        {"no subcommand of key", {"key"}, ExitCode::usage, "Subcommands of paraph key:\n  generate "},
        {"the list of subcommands", {}, ExitCode::usage, "Subcommands of paraph:\n  verify "},
        {"help as a word", {"help"}, ExitCode::ok, "check-config"},
        {"help of key", {"key", "help"}, ExitCode::ok, "generate"},
        {"help of a subcommand", {"help", "key", "generate"}, ExitCode::ok, "--out-dir"},
        {"help of nothing", {"help", "kez"}, ExitCode::usage, "did you mean 'key'?"},
        {"version", {"--version"}, ExitCode::ok, "paraph 0."},
        {"versions of libraries", {"--version"}, ExitCode::ok, "built with OpenSSL 3."},
        {"help", {"verify", "--help"}, ExitCode::ok, "Example:"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        const auto ran = run(test.arguments);
        CAPTURE(ran.out, ran.err);
        CHECK(ran.code == test.code);
        CHECK(contains(ran.out + ran.err, test.said));
    }
}

TEST_CASE("what is no message is refused, not judged") {
    const Workspace files;
    const std::string answers = files.write("zone", zone);
    const std::string key = files.write("s1.pem", support::rsa_pem);
    struct Case {
        const char* name;
        std::string text;
        const char* said; // empty: it is a message
    };
    const std::string nul(1, '\0');
    const std::vector<Case> cases{
        {"empty", "", "is empty"},
        {"blanks alone", " \r\n\r\n", "is empty"},
        {"an mbox line alone", "From ann@example.org Thu Jan 1\n", "no header field"},
        {"a program",
         "\x7f"
         "ELF\x02\x01\x01" +
             nul + nul + "\nusage: x\n\n",
         "binary data"},
        {"an archive", "\x1f\x8b\x08" + nul + "\x9c\xce", "binary data"},
        {"longer than a field may be", nul + std::string(100000, 'x'), "binary data"},
        {"UTF-16",
         "\xff\xfe"
         "F" +
             nul + "r" + nul + "o" + nul + "m" + nul + ":" + nul,
         "binary data"},
        {"a text", "Dear Bob,\nhello.\n", "no header field"},
        {"a body without a header", "\nFrom: ann@example.org\n", "no header field"},
        {"a message", mail, ""},
        {"a message in mbox form", std::string("From ann Thu Jan 1\n") + mail, ""},
        {"a message with a first line that is no field", std::string("oops\n") + mail, ""},
        {"a message with octets that no header may have", "Subject: \x01" + nul + "\n" + mail, ""},
        {"a header alone", "From: ann@news.example.org", ""},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        const bool is_message = std::string_view(test.said).empty();
        const auto checked = run(verify(answers, {"--missing", "zone", "-"}), test.text);
        CAPTURE(checked.out, checked.err);
        CHECK(checked.code == (is_message ? ExitCode::ok : ExitCode::data));
        CHECK(contains(checked.err, test.said));
        CHECK(checked.out.empty() != is_message);
        const auto done =
            run({"sign", "--key", key, "--domain", "example.org", "--selector", "s1", "-"}, test.text);
        CHECK((is_message || (done.code == ExitCode::data && contains(done.err, test.said))));
    }
    const auto named = run(verify(answers, {files.write("nothing.eml", "")}));
    CHECK(contains(named.err, "nothing.eml is empty"));
}

TEST_CASE("scripts are told of results by the exit code") {
    const Workspace files;
    const std::string answers = files.write("zone", zone);
    const std::string message = files.write("m.eml", mail); // spf=pass dkim=none dmarc=pass
    struct Case {
        std::string wanted;
        ExitCode code;
        const char* said;
    };
    const std::vector<Case> cases{
        {"fail", ExitCode::ok, ""},
        {"pass", ExitCode::found, ""},
        {"none", ExitCode::found, ""},
        {"dmarc=pass", ExitCode::found, ""},
        {"dmarc=fail", ExitCode::ok, ""},
        {"dkim=pass", ExitCode::ok, ""},
        {"dmarc=fail,spf=softfail", ExitCode::ok, ""},
        {"dmarc=fail,spf=pass", ExitCode::found, ""},
        {"dmarc=fail, DKIM=None", ExitCode::found, ""},
        {"iprev=fail", ExitCode::usage, "iprev is not checked with these settings"},
        {"", ExitCode::usage, "\"\" is not a result"},
        {"fail,", ExitCode::usage, "\"\" is not a result"},
        {"failed", ExitCode::usage, "\"failed\" is not a result"},
        {"dmarc=softfail", ExitCode::usage, "dmarc has no result \"softfail\""},
        {"arc=fail", ExitCode::usage, "\"arc\" is not a check"},
        {"=fail", ExitCode::usage, "the name of a check is missing"},
        {"dmarc=", ExitCode::usage, "dmarc has no result \"\""},
    };
    for (const Case& test : cases) {
        INFO(test.wanted);
        const auto ran = run(verify(answers, {"--missing", "zone", "--fail-on", test.wanted, message}));
        CAPTURE(ran.out, ran.err);
        CHECK(ran.code == test.code);
        CHECK(contains(ran.err, test.said));
        CHECK(contains(ran.out, "Authentication-Results:") == (test.code != ExitCode::usage));
    }
    const std::vector<std::string> no_client{"verify", "--answers", answers,    "--missing",
                                             "zone",   "--fail-on", "spf=fail", message};
    CHECK(run(no_client).code == ExitCode::usage);
    CHECK(contains(run(no_client).err, "spf is not checked without --ip"));
    const std::string silent = files.write("none", "");
    CHECK(run(verify(silent, {"--missing", "fail", "--fail-on", "fail", message})).code ==
          ExitCode::temporary);
    CHECK(run(verify(silent, {"--missing", "fail", "--fail-on", "temperror", message})).code ==
          ExitCode::found);
}

TEST_CASE("spf is explained term by term") {
    const Workspace files;
    const auto ran = run({"spf", "--ip", "198.51.100.1", "--helo", "mx.example.org", "--mail-from",
                          "ann@example.org", "--answers", files.write("zone", zone), "--missing", "zone"});
    CHECK(ran.code == ExitCode::ok);
    CHECK(contains(ran.out, "SPF of MAIL FROM example.org: fail by -all"));
    CHECK(contains(ran.out, "in _spf.example.org"));
}

TEST_CASE("dmarc shows the walk and the policies") {
    const Workspace files;
    struct Case {
        const char* domain;
        const char* policy;
        const char* organizational_domain;
    };
    const auto test = GENERATE(values<Case>({
        {"example.org", "none", "example.org"},
        {"news.example.org", "quarantine", "example.org"},
        {"gone.example.org", "reject", "example.org"},
    }));
    INFO(test.domain);
    const auto ran =
        run({"dmarc", test.domain, "--answers", files.write("zone", zone), "--missing", "zone", "--json"});
    REQUIRE(ran.code == ExitCode::ok);
    const auto json = nlohmann::json::parse(ran.out);
    CHECK(json["policy"] == test.policy);
    CHECK(json["exists"] == (std::string(test.domain) != "gone.example.org"));
    CHECK(json["organizational_domain"] == test.organizational_domain);
    CHECK(json["policy_domain"] == "example.org");
    CHECK(json["subdomain_policy"] == "quarantine");
    CHECK(json["non_existent_policy"] == "reject");
}

TEST_CASE("a signed message keeps its line ends and verifies") {
    const Workspace files;
    const std::string ends = GENERATE(as<std::string>{}, "\n", "\r\n");
    std::string text;
    for (const char c : std::string(mail)) {
        text += c == '\n' ? ends : std::string(1, c);
    }
    const auto key = files.write("s1.pem", support::rsa_pem);
    const auto ran = run({"sign", "--key", key, "--domain", "example.org", "--selector", "s1", "-"}, text);
    REQUIRE(ran.code == ExitCode::ok);
    CHECK(ran.out.ends_with(text));
    CHECK(ran.out.starts_with("DKIM-Signature: "));
    CHECK(contains(ran.out, "\r") == (ends == "\r\n"));
    const auto field = run({"sign", "--key", key, "--domain", "example.org", "--selector", "s1",
                            "--field-only", "--now", "1", "-"},
                           text);
    CHECK(contains(field.out, "t=1;"));
    CHECK_FALSE(contains(field.out, "Hello."));
}

TEST_CASE("generated keys sign, and their records verify") {
    const Workspace files;
    const auto made = run({"key", "generate", "--domain", "example.org", "--selector", "k1", "--type", "both",
                           "--bits", "1024", "--out-dir", files.path("")});
    REQUIRE(made.code == ExitCode::ok);
    CHECK(contains(made.out, "k1-rsa._domainkey.example.org. IN TXT"));
    CHECK(contains(made.out, "k1-ed25519._domainkey.example.org. IN TXT"));
    const auto yaml = made.out.find("domains:");
    REQUIRE(yaml != std::string::npos);
    const auto config = files.write("paraph.yaml", made.out.substr(yaml));
    const auto message = files.write("m.eml", "From: ann@example.org\nSubject: hello\n\nHello.\n");

    const auto checked = run({"check-config", "-c", config});
    CAPTURE(checked.out, checked.err);
    CHECK(checked.code == ExitCode::ok);
    CHECK(contains(checked.out, "checked 1 file, 1 domain, 2 keys: 0 errors, 0 warnings"));

    const auto signed_mail = run({"sign", "--config", config, message});
    CAPTURE(signed_mail.err);
    REQUIRE(signed_mail.code == ExitCode::ok);
    std::string records;
    for (const auto* const selector : {"k1-rsa", "k1-ed25519"}) {
        const auto begin = made.out.find('"', made.out.find(std::string(selector) + "._domainkey"));
        const auto end = made.out.find('\n', begin);
        auto data = made.out.substr(begin, end - begin);
        data.erase(data.find_last_of('"') + 1); // the zone file's parenthesis
        records += std::string(selector) + "._domainkey.example.org TXT " + data + '\n';
    }
    const auto verdict =
        run({"verify", "--answers", files.write("zone", records), "--missing", "zone", "--json", "-"},
            signed_mail.out);
    REQUIRE(verdict.code == ExitCode::ok);
    const auto json = nlohmann::json::parse(verdict.out);
    REQUIRE(json["dkim"].size() == 2);
    CHECK(json["dkim"][0]["result"] == "pass");
    CHECK(json["dkim"][1]["result"] == "pass");
    CHECK(run({"key", "generate", "--domain", "example.org", "--selector", "k1-rsa", "--out-dir",
               files.path("")})
              .code == ExitCode::cannot_write); // never over an existing key
}

TEST_CASE("nothing is escaped twice") {
    const auto ran = run({"check-config", "-"}, "\"a\\eb\": 1\nspf: {enabled: \"x\\\\y\"}\n");
    CHECK(contains(ran.out, "unknown setting 'a\\x1bb'"));
    CHECK(contains(ran.out, "not 'x\\x5cy'"));
    CHECK(contains(run({"show-config", "a\x1b"}).err, "no setting 'a\\x1b'"));
}

TEST_CASE("an unknown word of the command line is named, with the one that was meant") {
    struct Case {
        std::vector<std::string> arguments;
        std::string said;
    };
    const Case cases[] = {
        {{"chek-config"}, "paraph: there is no subcommand 'chek-config'; did you mean 'check-config'?\n"},
        {{"check"}, "paraph: there is no subcommand 'check'; did you mean 'check-config'?\n"},
        {{"weather"}, "paraph: there is no subcommand 'weather'\n"},
        {{"key", "generat"}, "paraph: there is no subcommand 'generat'; did you mean 'generate'?\n"},
        {{"check-config", "--quite"},
         "paraph: there is no option '--quite' of paraph check-config; did you mean '--quiet'?\n"},
        {{"check-config", "--user", "--x", "--json", "-q"},
         "paraph: there is no option '-q' of paraph check-config\n"},
        {{"verify", "--heloo=mx", "-"},
         "paraph: there is no option '--heloo' of paraph verify; did you mean '--helo'?\n"},
        {{"--versio"}, "paraph: there is no option '--versio'; did you mean '--version'?\n"},
    };
    for (const Case& test : cases) {
        const auto ran = run(test.arguments);
        CAPTURE(ran.err);
        CHECK(ran.code == ExitCode::usage);
        CHECK(ran.err.starts_with(test.said));
    }
}

TEST_CASE("probe refuses a message no MTA would pass on") {
    const Workspace files;
    const auto ran =
        run({"probe", "--socket", "unix:" + files.path("absent"), "-"}, "From: a@example.org\nno colon\n\n");
    CHECK(ran.code == ExitCode::data);
    CHECK(contains(ran.err, "no colon"));
}

TEST_CASE("show-config prints settings with what gives them") {
    const Workspace workspace;
    const auto file = workspace.write(
        "p.yaml", "dns:\n  timeout: 2s\nlisten: {socket: 'inet:8891@127.0.0.1'}\n"
                  "roles: {peers: [192.0.2.0/24, '!192.0.2.1'], exempt_domains: []}\n"
                  "domains:\n  Müller.example: {subdomains: true, keys: [{selector: s, file: k.pem}]}\n"
                  "  \"*.A.example\": {identity: x@a.example, keys: [{selector: s, file: k.pem}]}\n");
    struct Case {
        std::vector<std::string> arguments;
        std::string out;
    };
    const Case cases[] = {
        {{"dns.timeout", "-c", file}, "dns.timeout: 2s  # " + file + ":2\n"},
        {{"iprev", "-c", file}, "iprev.enabled: false  # default\n"},
        {{"dns.timeout", "--defaults", "-c", file}, "dns.timeout: 3s  # default\n"},
        {{"listen.socket", "--value", "-c", file}, "inet:8891@127.0.0.1\n"},
        {{"roles.peers", "--value", "-c", file}, "192.0.2.0/24\n!192.0.2.1/32\n"},
        {{"roles.exempt_domains", "--value", "-c", file}, ""},
        {{"domains.müller.Example.subdomains", "--value", "-c", file}, "true\n"},
        {{"domains.*.a.EXAMPLE.identity", "--value", "-c", file}, "x@a.example\n"},
    };
    for (const Case& c : cases) {
        std::vector<std::string> arguments{"show-config"};
        arguments.insert(arguments.end(), c.arguments.begin(), c.arguments.end());
        const Ran ran = run(arguments);
        CHECK(ran.code == ExitCode::ok);
        CHECK(ran.out == c.out);
    }
}

TEST_CASE("show-config gives the line of each setting of a domain") {
    const Ran ran = run({"show-config", "domains", "-c", "-"},
                        "domains:\n  a.test:\n\n    subdomains: true\n    keys:\n      - selector: s\n"
                        "        file: k.pem\n  b.test: {keys: [{selector: s, file: k.pem}]}\n");
    CHECK(contains(ran.out, "domains.a.test.subdomains: true  # standard input:4\n"));
    CHECK(contains(ran.out, "}]  # standard input:5\n"));
    CHECK(contains(ran.out, "domains.b.test.subdomains: false  # default\n"));
    CHECK(contains(ran.out, "}]  # standard input:8\n"));
}

TEST_CASE("show-config reads standard input") {
    const Ran ran = run({"show-config", "log.level", "-c", "-"}, "log: {level: debug}\n");
    CHECK(ran.code == ExitCode::ok);
    CHECK(ran.out == "log.level: debug  # standard input:1\n");
}

TEST_CASE("show-config refuses what it cannot show") {
    CHECK(run({"show-config", "dns.timeot", "--defaults"}).err ==
          "paraph: there is no setting 'dns.timeot'; did you mean 'dns.timeout'?\n");
    CHECK(run({"show-config", "dns", "--value", "--defaults"}).code == ExitCode::usage);
    CHECK(run({"show-config", "-c", "-"}, "dns: 1\n").code == ExitCode::config);
}
