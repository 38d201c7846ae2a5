#include "unit/milter/tool/workspace.h"

#include "support/keys.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

namespace {

using milter::tool::ExitCode;
using namespace tool_test;

// A configuration with a wildcard, a pending key, users, senders and default keys; DIR stands for its place.
class Site {
  public:
    Site() {
        files_.write("k.pem", support::ed25519_pem);
        files_.write("senders", "ann example.org .example.org\n192.0.2.0/24 *\n");
        yaml_ = files_.write("p.yaml", R"(signing: {require_safe_keys: false, lifetime: 7d}
senders: {table: senders}
domains:
  example.org:
    header_canonicalization: simple
    keys:
      - {selector: s1, file: k.pem}
      - {selector: s2, file: k.pem, state: pending}
  "*.example.org":
    signing_domain: "%"
    used_by: {logins: [ann]}
    keys: [{selector: w, file: k.pem}]
  lost.example:
    keys: [{selector: x, file: gone.pem}]
default:
  domains: [example.net]
  keys: [{selector: d, file: k.pem}]
)");
    }

    [[nodiscard]] Ran run(std::vector<std::string> words) const {
        words.insert(words.end(), {"-c", yaml_});
        auto ran = tool_test::run(words);
        for (auto* text : {&ran.out, &ran.err}) {
            for (auto at = text->find(files_.path("")); at != std::string::npos;
                 at = text->find(files_.path(""))) {
                text->replace(at, files_.path("").size(), "DIR/");
            }
        }
        return ran;
    }

  private:
    Workspace files_;
    std::string yaml_;
};

struct Why {
    std::vector<std::string> words;
    ExitCode code;
    std::string_view out;
};

} // namespace

TEST_CASE("sign --why tells which key signs, or why none does") {
    const Site site;
    const std::vector<Why> cases{
        {{"x@example.org", "--login", "ann"},
         ExitCode::ok,
         "From: x@example.org, login 'ann'\n"
         "key example.org/s1 signs (ed25519)  # DIR/p.yaml:7\n"
         "key example.org/s2 is pending and does not sign  # DIR/p.yaml:8\n"},
        {{"x@a.example.org", "--login", "ann"},
         ExitCode::ok,
         "From: x@a.example.org, login 'ann'\n"
         "key a.example.org/w signs (ed25519)  # DIR/p.yaml:12\n"},
        {{"x@a.example.org", "--client", "192.0.2.1"},
         ExitCode::data,
         "From: x@a.example.org, client 192.0.2.1\n"
         "no key signs: client 192.0.2.1 may not use key a.example.org/w (used_by)\n"},
        {{"x@example.net", "--login", "ann"},
         ExitCode::data,
         "From: x@example.net, login 'ann'\n"
         "no key signs: login 'ann' may not write x@example.net (senders.table)\n"},
        {{"x@example.net", "--client", "192.0.2.1"},
         ExitCode::ok,
         "From: x@example.net, client 192.0.2.1\n"
         "key example.net/d signs (ed25519)  # DIR/p.yaml:17\n"},
        {{"x@nobody.example"},
         ExitCode::data,
         "From: x@nobody.example, a client without an address\n"
         "no key signs: no key for nobody.example\n"},
        {{"x@lost.example", "--client", "192.0.2.1"},
         ExitCode::config,
         "From: x@lost.example, client 192.0.2.1\n"
         "key lost.example/x should sign and cannot: DIR/gone.pem: No such file or directory  # "
         "DIR/p.yaml:14\n"},
        {{"nobody"}, ExitCode::usage, ""},
        {{"x@example.org", "--client", "nowhere"}, ExitCode::usage, ""},
    };
    for (const Why& c : cases) {
        std::vector<std::string> words{"sign", "--why"};
        words.insert(words.end(), c.words.begin(), c.words.end());
        const auto ran = site.run(words);
        INFO(c.words.front() << ran.err);
        CHECK(ran.code == c.code);
        CHECK(ran.out == c.out);
    }
    const auto json = site.run({"sign", "--why", "x@example.org", "--login", "ann", "--json"});
    CHECK(json.out.find("\"signs\": true") != std::string::npos);
    CHECK(json.out.find("\"state\": \"pending\"") != std::string::npos);
    CHECK(site.run({"sign", "--why", "x@example.org", "mail.eml"}).code == ExitCode::usage);
}

TEST_CASE("show-config of a domain prints what holds for it and where that stands") {
    const Site site;
    const auto shows = [&](const std::string& domain, const std::vector<std::string>& lines) {
        const auto ran = site.run({"show-config", domain});
        INFO(ran.out << ran.err);
        CHECK(ran.code == ExitCode::ok);
        for (const auto& line : lines) {
            INFO(line);
            CHECK(ran.out.find(line + "\n") != std::string::npos);
        }
    };
    shows("example.org",
          {"entry: domains.example.org  # DIR/p.yaml:4", "signing_domain: example.org  # DIR/p.yaml:4",
           "header_canonicalization: simple  # DIR/p.yaml:5", "body_canonicalization: relaxed  # default",
           "lifetime: 7d  # DIR/p.yaml:1",
           "keys.s2: {file: DIR/k.pem, identity: \"\", state: pending}  # DIR/p.yaml:8"});
    shows("a.Example.ORG",
          {"entry: domains.*.example.org  # DIR/p.yaml:9", "signing_domain: a.example.org  # DIR/p.yaml:10",
           "used_by.logins: [ann]  # DIR/p.yaml:11"});
    shows("example.net", {"entry: default  # DIR/p.yaml:15", "signing_domain: example.net  # DIR/p.yaml:15"});
    shows("nobody.example", {"entry: none  # neither 'domains' nor 'default' is for it"});
    CHECK(site.run({"show-config", "example.net", "--json"}).out.find("\"origin\": \"DIR/p.yaml:15\"") !=
          std::string::npos);
    CHECK(site.run({"show-config", "signin.lifetime"}).err.find("did you mean 'signing.lifetime'?") !=
          std::string::npos);
}

TEST_CASE("key show knows the keys of a wildcard by the domain that signs with them") {
    const Site site;
    const auto ran = site.run({"key", "show", "lost.example", "x"});
    CHECK(ran.err.find("DIR/gone.pem") != std::string::npos);
    CHECK(site.run({"key", "show", "a.example.org", "w"}).out.find("w._domainkey.a.example.org") !=
          std::string::npos);
}

TEST_CASE("many domains with keys for everybody bring a warning") {
    const Workspace files;
    files.write("k.pem", support::ed25519_pem);
    const auto warns = [&](std::size_t domains, std::string_view users, std::string_view head) {
        std::string yaml = fmt::format("signing: {{require_safe_keys: false}}\n{}domains:\n", head);
        for (std::size_t i = 0; i < domains; ++i) {
            yaml += fmt::format("  d{}.example: {{{}keys: [{{selector: s, file: k.pem}}]}}\n", i, users);
        }
        const auto ran = run({"check-config", files.write("p.yaml", yaml)});
        return ran.out.find("'senders.table' is not set") != std::string::npos;
    };
    files.write("senders", "ann d1.example\n");
    CHECK(warns(10, "", ""));
    CHECK_FALSE(warns(9, "", ""));
    CHECK_FALSE(warns(10, "used_by: {logins: [ann]}, ", ""));
    CHECK_FALSE(warns(10, "", "senders: {table: senders}\n"));
    CHECK_FALSE(warns(10, "", "mode: verify\n"));
}

TEST_CASE("check-config looks at password files as at key files") {
    const Workspace files;
    const auto password = files.write("password", "secret\n");
    const auto config = files.write(
        "p.yaml", "sources:\n  mail: {connection: 'host=localhost', password_file: " + password + "}\n");
    const auto check = [&] { return tool_test::run({"check-config", config}); };
    CHECK_FALSE(contains(check().out + check().err, "can be read by others"));
    std::filesystem::permissions(password, std::filesystem::perms(0644));
    const auto ran = check();
    CAPTURE(ran.out, ran.err);
    CHECK(contains(ran.out + ran.err, "'sources.mail.password_file': " + password));
    CHECK(contains(ran.out + ran.err, "can be read by others"));
}

TEST_CASE("check-config tries as the user whether the lists of senders and domains can be read") {
    if (geteuid() != 0) {
        return; // only root can try as another user
    }
    const Workspace files;
    files.write("k.pem", support::ed25519_pem);
    const auto config =
        files.write("p.yaml", "signing: {require_safe_keys: false}\n"
                              "senders: {table: senders}\n"
                              "default: {domain_table: domains, keys: [{selector: s, file: k.pem}]}\n");
    std::vector<std::string> lists{files.write("senders", "* %d\n127.0.0.0/8 *\n"),
                                   files.write("domains", "example.org\n")};
    for (const bool readable : {false, true}) {
        for (const auto& list : lists) {
            std::filesystem::permissions(list, std::filesystem::perms(readable ? 0644 : 0600));
        }
        const auto ran = tool_test::run({"check-config", config, "--user", "nobody"});
        CAPTURE(ran.out, ran.err);
        for (const auto& list : lists) {
            CHECK(contains(ran.out + ran.err, list + ": error: cannot be read by user nobody") == !readable);
        }
    }
}
