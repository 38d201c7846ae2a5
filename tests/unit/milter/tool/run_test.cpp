// The subcommands, from the command line to their output, over files in a directory of their own.
#include "milter/tool/run.h"

#include "support/catch.h"
#include "support/keys.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using milter::tool::ExitCode;

namespace {

namespace fs = std::filesystem;

constexpr const char* mail =
    "From: Ann <ann@news.example.org>\nTo: bob@example.net\nSubject: hello\n\nHello.\n";
constexpr const char* zone = R"(example.org TXT "v=spf1 include:_spf.example.org -all"
_spf.example.org TXT "v=spf1 ip4:192.0.2.0/24 -all"
_dmarc.example.org TXT "v=DMARC1; p=none; sp=quarantine; np=reject; rua=mailto:d@example.org"
news.example.org A 192.0.2.80
)";

class Workspace {
  public:
    Workspace() {
        std::string name = (fs::temp_directory_path() / "paraph-tool-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        root_ = name;
        fs::permissions(root_, fs::perms(0755)); // a user paraph, if there is one, has to get at the keys
    }
    ~Workspace() {
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    std::string write(const std::string& name, std::string_view text) const {
        const fs::path file = root_ / name;
        std::ofstream(file, std::ios::binary) << text;
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
        return file.string();
    }
    std::string path(const std::string& name) const { return (root_ / name).string(); }

  private:
    fs::path root_;
};

struct Ran {
    ExitCode code;
    std::string out;
    std::string err;
};

Ran run(const std::vector<std::string>& arguments, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    milter::tool::Console console{in, out, err};
    const ExitCode code = milter::tool::run(arguments, console);
    return {code, out.str(), err.str()};
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

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
        {"version", {"--version"}, ExitCode::ok, "paraph "},
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
        {"", ExitCode::usage, "\"\" is no result"},
        {"fail,", ExitCode::usage, "\"\" is no result"},
        {"failed", ExitCode::usage, "\"failed\" is no result"},
        {"dmarc=softfail", ExitCode::usage, "dmarc has no result \"softfail\""},
        {"arc=fail", ExitCode::usage, "\"arc\" is no method"},
        {"=fail", ExitCode::usage, "a method is missing"},
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

TEST_CASE("check-config reports all errors at once") {
    const Workspace files;
    const auto config = files.write("paraph.yaml", "spf:\n  enable: yes\ndns:\n  attempts: many\n");
    const auto ran = run({"check-config", "-c", config, "--json"});
    CHECK(ran.code == ExitCode::config);
    const auto json = nlohmann::json::parse(ran.out);
    CHECK(json["errors"] == 2);
    REQUIRE(json["diagnostics"].size() == 2);
    CHECK(json["diagnostics"][0]["line"] == 2);
    CHECK(json["diagnostics"][1]["line"] == 4);
}

TEST_CASE("check-config looks at the keys of a configuration with errors") {
    const Workspace files;
    struct Case {
        const char* name;
        const char* yaml;
        std::vector<std::string> said;
        bool complete;
    };
    const Case cases[] = {
        {"an error elsewhere",
         "spf: {enabled: maybe}\ndomains: {a.test: {keys: [{selector: s, file: none.pem}]}}\n",
         {"expected true or false", "none.pem: No such file"},
         true},
        {"an error in another key",
         "domains:\n  a.test: {keys: [{selector: s}, {selector: t, file: none.pem}]}\n  b.test: {keyz: []}\n",
         {"'domains.a.test.keys.file' is missing", "key a.test/t: ", "none.pem: No such file"},
         true},
        {"no YAML", "domains: [\n", {"not valid YAML", "are not checked until it is put right"}, false},
        {"an included file that is no YAML",
         "include: bad.yaml\ndomains: {a.test: {keys: [{selector: s, file: none.pem}]}}\n",
         {"bad.yaml:1", "none.pem: No such file", "are not checked until it is put right"},
         false},
        {"one table of two", "signing: {key_table: KeyTable}\n", {"signing_table"}, true},
    };
    files.write("bad.yaml", "domains: [\n");
    files.write("KeyTable", "rubbish\n");
    for (const Case& test : cases) {
        INFO(test.name);
        const auto config = files.write("p.yaml", test.yaml);
        const auto ran = run({"check-config", config});
        CAPTURE(ran.out);
        CHECK(ran.code == ExitCode::config);
        for (const auto& said : test.said) {
            CHECK(contains(ran.out, said));
        }
        CHECK(contains(ran.out, "are not checked") != test.complete);
        CHECK(nlohmann::json::parse(run({"check-config", "--json", config}).out)["complete"] ==
              test.complete);
    }
}

TEST_CASE("check-config takes a file by its place, and standard input") {
    const Workspace files;
    const std::string yaml = "dns: {timeout: 2}\n";
    const auto config = files.write("p.yaml", yaml);
    const std::string expected =
        ":1:16: error: 'dns.timeout': expected a duration from 100ms to 1m, not '2' (write '2s')\n";
    CHECK(run({"check-config", config}).out.starts_with(config + expected));
    CHECK(run({"check-config", "-c", config}).out.starts_with(config + expected));
    for (const char* const option : {"-c", "--config"}) {
        const auto ran = run({"check-config", option, "-"}, yaml);
        CHECK(ran.code == ExitCode::config);
        CHECK(ran.out.starts_with("standard input" + expected));
    }
    CHECK(run({"check-config", "-"}, yaml).out.starts_with("standard input" + expected));
    CHECK(run({"check-config", "-"}, "").code == ExitCode::ok);
    CHECK(run({"check-config", config, config}).code == ExitCode::usage);
}

TEST_CASE("check-config counts what it has looked at") {
    const Workspace files;
    files.write("a.pem", support::rsa_pem);
    files.write("KeyTable",
                "a a.example:s:" + files.path("a.pem") + "\nb b.example:s:" + files.path("a.pem") + "\n");
    files.write("SigningTable", "*@a.example a\n*@b.example b\n*@c.example b\n");
    const auto config = files.write("p.yaml", "signing:\n  key_table: KeyTable\n"
                                              "  signing_table: refile:SigningTable\n"
                                              "  require_safe_keys: no\n");
    const auto ran = run({"check-config", config});
    CAPTURE(ran.out);
    CHECK(contains(ran.out, "checked 3 files, 0 domains, 0 keys, 2 rows of the key table, 3 rows of the "
                            "signing table: 0 errors"));
    const auto json = nlohmann::json::parse(run({"check-config", config, "--json"}).out);
    CHECK(json["key_table_rows"] == 2);
    CHECK(json["signing_table_rows"] == 3);
    files.write("SigningTable", "# nothing yet\n");
    const auto empty = run({"check-config", config});
    CHECK(empty.code == ExitCode::ok);
    CHECK(contains(empty.out, files.path("SigningTable") + ": warning: the table has no rows"));
}

TEST_CASE("check-config tells what would keep the daemon from starting") {
    const Workspace files;
    struct Case {
        std::string name;
        std::string listen;
        ExitCode code;
        std::string said;
    };
    files.write("plain", "");
    const Case cases[] = {
        {"a directory that is missing", "{socket: 'unix:" + files.path("none/s") + "'}", ExitCode::config,
         "error: 'listen.socket': unix:" + files.path("none/s") + ": directory " + files.path("none") +
             ": No such file or directory"},
        {"a file for a directory", "{socket: 'unix:" + files.path("plain/s") + "'}", ExitCode::config,
         "plain is no directory"},
        {"a file in its place", "{socket: 'unix:" + files.path("plain") + "'}", ExitCode::config,
         "is there and is no socket"},
        {"no such group", "{socket: 'unix:" + files.path("s") + "', socket_group: nonesuch}",
         ExitCode::config, "there is no group 'nonesuch'"},
        {"an address of another host", "{socket: 'inet:192.0.2.1:8891'}", ExitCode::config,
         "Cannot assign requested address"},
        {"all is well", "{socket: 'unix:" + files.path("s") + "'}", ExitCode::ok, "0 errors, 0 warnings"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        const auto config = files.write("p.yaml", "listen: " + test.listen + "\n");
        const auto ran = run({"check-config", config});
        CAPTURE(ran.out, ran.err);
        CHECK(ran.code == test.code);
        CHECK(contains(ran.out, test.said));
        CHECK(contains(ran.out, "The daemon would not start.\n") == (test.code != ExitCode::ok));
        CHECK_FALSE(fs::exists(files.path("s")));
        CHECK(run({"check-config", "--reload", config}).code == ExitCode::ok); // it has its socket
    }
}

TEST_CASE("check-config --quiet prints errors only, --reload asks for a daemon that runs") {
    const Workspace files;
    struct Case {
        std::string name;
        std::string yaml;
        bool good;
        bool taken;
        std::string said; // with --quiet; empty: nothing
    };
    const Case cases[] = {
        {"sound", "spf: {enabled: yes}\n", true, true, ""},
        {"a warning", "dkim: {minimum_key_bits: 512}\n", true, true, ""},
        {"one key is missing", "domains: {a.example: {keys: [{selector: s, file: none.pem}]}}\n", false, true,
         "none.pem: No such file or directory"},
        {"a mistake", "spf: {enabled: maybe}\n", false, false, "expected true or false"},
        {"a list of suffixes that is none", "dmarc: {public_suffix_list: p.yaml}\n", false, false, "p.yaml"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        const auto config = files.write("p.yaml", test.yaml);
        const auto quiet = run({"check-config", "--quiet", config});
        CHECK((quiet.code == ExitCode::ok) == test.good);
        CHECK(quiet.out.empty() == test.said.empty());
        CHECK(contains(quiet.out, test.said));
        CHECK_FALSE(contains(quiet.out, "warning"));
        const auto reload = run({"check-config", "--reload", "--quiet", config});
        CHECK((reload.code == ExitCode::ok) == test.taken);
        CHECK(reload.out.empty() == test.said.empty());
    }
}

TEST_CASE("check-config says what stands in place of a key, and for which domain") {
    const Workspace files;
    struct Case {
        std::string name;
        std::string text;
        std::string said;
    };
    const std::string der("\x30\x82\x04\xbd\x02\x01\x00", 7);
    const Case cases[] = {
        {"a public key", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n", "a public key"},
        {"a certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "a certificate"},
        {"DER", der, "in DER, not PEM"},
        {"something else", "hello\n", "no PEM private key found"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        files.write("k.pem", test.text);
        const auto config = files.write("p.yaml", "signing: {require_safe_keys: no}\n"
                                                  "domains:\n"
                                                  "  a.example: {keys: [{selector: s, file: k.pem}]}\n"
                                                  "  b.example: {keys: [{selector: t, file: k.pem}]}\n");
        const auto ran = run({"check-config", config});
        CAPTURE(ran.out);
        CHECK(ran.code == ExitCode::config);
        const auto where = ": " + files.path("k.pem") + ": " + test.said;
        CHECK(contains(ran.out, config + ":3: error: key a.example/s" + where));
        CHECK(contains(ran.out, config + ":4: error: key b.example/t" + where));
    }
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

TEST_CASE("check-config finds keys that cannot be used") {
    const Workspace files;
    const auto config =
        files.write("paraph.yaml", "domains:\n  example.org:\n    keys:\n      - selector: s1\n"
                                   "        file: none.pem\n");
    const auto ran = run({"check-config", "-c", config});
    CHECK(ran.code == ExitCode::config);
    CHECK(contains(ran.out, "none.pem"));
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
    const auto file =
        workspace.write("p.yaml", "dns:\n  timeout: 2s\nlisten: {socket: 'inet:8891@127.0.0.1'}\n");
    struct Case {
        std::vector<std::string> arguments;
        std::string out;
    };
    const Case cases[] = {
        {{"dns.timeout", "-c", file}, "dns.timeout: 2s  # " + file + ":2\n"},
        {{"iprev", "-c", file}, "iprev.enabled: false  # default\n"},
        {{"dns.timeout", "--defaults", "-c", file}, "dns.timeout: 3s  # default\n"},
        {{"listen.socket", "--value", "-c", file}, "inet:8891@127.0.0.1\n"},
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
