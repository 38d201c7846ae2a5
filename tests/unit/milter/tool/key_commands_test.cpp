// paraph key, from the command line to its output, over files in a directory of their own.
#include "milter/tool/run.h"

#include "crypto/signing_key.h"
#include "keys/published_record.h"
#include "support/catch.h"
#include "support/file_contents.h"
#include "support/keys.h"
#include "support/temporary_tree.h"

#include <sys/stat.h>

#include <filesystem>
#include <sstream>

using milter::tool::ExitCode;
using test::contents;

namespace {

struct Ran {
    ExitCode code;
    std::string out;
    std::string err;
};

Ran run(const std::vector<std::string>& arguments) {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    milter::tool::Console console{in, out, err};
    const ExitCode code = milter::tool::run(arguments, console);
    return {code, out.str(), err.str()};
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

unsigned mode_of(const std::string& path) {
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

std::string record_of(std::string_view pem) {
    return keys::record_value(*crypto::SigningKey::from_pem(pem));
}

std::string p_of(std::string_view pem) {
    const auto record = record_of(pem);
    return record.substr(record.find("p="));
}

// TXT rows have strings of at most 255 octets.
std::string row(std::string_view name, std::string_view value) {
    std::string line = std::string(name) + " TXT";
    for (; !value.empty(); value.remove_prefix(std::min<std::size_t>(value.size(), 250))) {
        line += " \"" + std::string(value.substr(0, 250)) + '"';
    }
    return line + '\n';
}

} // namespace

TEST_CASE("key generate makes its directory and writes the record beside the key") {
    const TemporaryTree tree;
    const auto directory = tree.path("etc/paraph/keys");
    const auto made = run({"key", "generate", "--domain", "example.org", "--selector", "s1", "--bits", "1024",
                           "--out-dir", directory});
    CAPTURE(made.err);
    REQUIRE(made.code == ExitCode::ok);
    CHECK((mode_of(directory) == 0700 || mode_of(directory) == 0750)); // with a user paraph, and by root
    CHECK((mode_of(directory + "/s1.example.org.pem") & 0137U) == 0);
    CHECK(mode_of(directory + "/s1.example.org.txt") == 0644);
    const auto record = contents(directory + "/s1.example.org.txt");
    CHECK(record.starts_with("s1._domainkey.example.org. IN TXT ( \"v=DKIM1; k=rsa; p="));
    CHECK(contains(made.out, record.substr(0, record.find('\n'))));

    const auto shown = run({"key", "show", directory + "/s1.example.org.pem"});
    CHECK(shown.code == ExitCode::ok);
    CHECK(shown.out.starts_with(record.substr(0, record.find('\n') + 1)));
    CHECK(contains(shown.out, "\nName:  s1._domainkey.example.org\nValue: v=DKIM1; k=rsa; p="));
}

TEST_CASE("key generate leaves no key whose record cannot be written") {
    const TemporaryTree tree;
    (void)tree.write("s1.example.org.txt", "precious");
    const auto made = run({"key", "generate", "--domain", "example.org", "--selector", "s1", "--bits", "1024",
                           "--out-dir", tree.root()});
    CHECK(made.code == ExitCode::cannot_write);
    CHECK(contains(made.err, "s1.example.org.txt: File exists"));
    CHECK_FALSE(std::filesystem::exists(tree.path("s1.example.org.pem")));
    CHECK(contents(tree.path("s1.example.org.txt")) == "precious");
    const auto under_a_file = run({"key", "generate", "--domain", "example.org", "--selector", "s1",
                                   "--out-dir", tree.path("s1.example.org.txt/keys")});
    CHECK(under_a_file.code == ExitCode::cannot_write);
    CHECK(contains(under_a_file.err, "Not a directory"));
}

TEST_CASE("key generate makes all keys or none") {
    const TemporaryTree tree;
    const auto generate = [&](const std::string& type, const std::string& selector) {
        return run({"key", "generate", "--domain", "example.org", "--selector", selector, "--type", type,
                    "--bits", "1024", "--out-dir", tree.root()});
    };
    const auto files = [&] {
        return std::distance(std::filesystem::directory_iterator(tree.root()),
                             std::filesystem::directory_iterator());
    };
    for (const char* const stale :
         {"s1-ed25519.example.org.pem", "s1-ed25519.example.org.txt", "s1-rsa.example.org.txt"}) {
        CAPTURE(stale);
        const auto path = tree.write(stale, "precious");
        const auto made = generate("both", "s1");
        CHECK(made.code == ExitCode::cannot_write);
        CHECK(contains(made.err, path + ": File exists"));
        CHECK(files() == 1);
        CHECK(contents(path) == "precious");
        std::filesystem::remove(path);
    }
    // The name of the second one's record is too long.
    const std::string label(60, 'a');
    const auto long_name =
        run({"key", "generate", "--domain", label + '.' + label + '.' + label + ".example.org", "--selector",
             std::string(41, 's'), "--type", "both", "--bits", "1024", "--out-dir", tree.root()});
    CHECK(long_name.code == ExitCode::usage);
    CHECK(files() == 0);
    CHECK(generate("both", "s1").code == ExitCode::ok);
    CHECK(files() == 4);
}

TEST_CASE("key generate names the record of a key that is there") {
    const TemporaryTree tree;
    const std::vector<std::string> command{"key", "generate", "--domain", "example.org", "--selector",
                                           "s1",  "--bits",   "1024",     "--out-dir",   tree.root()};
    REQUIRE(run(command).code == ExitCode::ok);
    const auto key = tree.path("s1.example.org.pem");
    const auto before = contents(key);
    const auto again = run(command);
    CHECK(again.code == ExitCode::cannot_write);
    CHECK(contains(again.err, key + ": File exists; its record is in " + tree.path("s1.example.org.txt") +
                                  ", and `paraph key show " + key + "` prints"));
    CHECK(contents(key) == before);
    std::filesystem::remove(tree.path("s1.example.org.txt"));
    CHECK(contains(run(command).err, key + ": File exists; `paraph key show"));
}

TEST_CASE("key generate refuses names that no signature can bear") {
    const TemporaryTree tree;
    struct Case {
        std::string domain;
        std::string selector;
        std::string said;
    };
    const Case cases[] = {
        {"example", "s1",
         "no mail can be signed for 'example': the signing domain needs two labels at least"},
        {"localhost.", "s1", "the signing domain needs two labels at least"},
        {"192.0.2.1", "s1", "'192.0.2.1' is an address, not a domain"},
        {"exa mple.org", "s1", "is not a domain name"},
        {"example.org", "s/1", "is not a selector"},
        {"example.org", "s1._domainkey", "is the name of a record, not a selector: write --selector s1"},
        {"example.org", "s1._DomainKey.example.org", "not a selector: write --selector s1"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.domain, c.selector);
        const auto made = run({"key", "generate", "--domain", c.domain, "--selector", c.selector, "--bits",
                               "1024", "--out-dir", tree.path("keys")});
        CHECK(made.code == ExitCode::usage);
        CAPTURE(made.err);
        CHECK(contains(made.err, c.said));
        CHECK_FALSE(std::filesystem::exists(tree.path("keys")));
    }
}

TEST_CASE("key show takes names from options, the configuration or the file's name") {
    const TemporaryTree tree;
    const auto plain = tree.write("k.pem", support::rsa_pem);
    const auto named = tree.write("ed.example.net.pem", support::ed25519_pem);
    const auto config =
        tree.write("p.yaml", "domains:\n  example.org:\n    keys: [{selector: s1, file: k.pem}]\n");
    const auto no_config = tree.write("none.yaml", "");
    struct Case {
        std::vector<std::string> arguments;
        ExitCode code;
        std::string said;
    };
    const Case cases[] = {
        {{plain, "-c", config}, ExitCode::ok, "Name:  s1._domainkey.example.org\n"},
        {{plain, "-c", no_config}, ExitCode::ok, "Name:  SELECTOR._domainkey.DOMAIN\n"},
        {{plain, "s9", "--domain", "example.com"},
         ExitCode::ok,
         "s9._domainkey.example.com. IN TXT ( \"v=DKIM1; "},
        {{named, "-c", no_config},
         ExitCode::ok,
         "Name:  ed._domainkey.example.net\nValue: v=DKIM1; k=ed25519; p="},
        {{"example.org", "-c", config}, ExitCode::ok, "Value: " + record_of(support::rsa_pem) + "\n"},
        {{"example.org", "s1", "-c", config}, ExitCode::ok, "Name:  s1._domainkey.example.org\n"},
        {{"example.org", "s2", "-c", config}, ExitCode::data, "no key 's2' for example.org"},
        {{"example.com", "-c", config}, ExitCode::data, "no key for example.com"},
        {{tree.path("absent.pem")}, ExitCode::config, "No such file or directory"},
        {{"exa mple"}, ExitCode::usage, "neither a file nor a domain name"},
    };
    for (const Case& test : cases) {
        std::vector<std::string> arguments{"key", "show"};
        arguments.insert(arguments.end(), test.arguments.begin(), test.arguments.end());
        const auto ran = run(arguments);
        CAPTURE(test.said, ran.out, ran.err);
        CHECK(ran.code == test.code);
        CHECK(contains(ran.out + ran.err, test.said));
    }
}

TEST_CASE("key check explains every difference between key and record") {
    const TemporaryTree tree;
    const auto rsa = tree.write("k.pem", support::rsa_pem);
    const auto ed = tree.write("e.pem", support::ed25519_pem);
    const std::string name = "s1._domainkey.example.org";
    const auto good = record_of(support::rsa_pem);
    const auto p = p_of(support::rsa_pem);
    const auto other = record_of(crypto::SigningKey::generate(crypto::KeyType::rsa, 1024)->to_pem());
    struct Case {
        const char* what;
        std::string key; // of the yaml file
        std::string zone;
        ExitCode code;
        std::string said;
    };
    const std::string s1 = "{selector: s1, file: k.pem}";
    const Case cases[] = {
        {"the same", s1, row(name, good), ExitCode::ok, "good: the record publishes this key"},
        {"without k=", s1, row(name, "v=DKIM1; " + p), ExitCode::ok, "good: "},
        {"few bits", s1, row(name, good), ExitCode::ok, "note: an RSA key of 1024 bits is short"},
        {"nothing there", s1, "", ExitCode::data, "wrong: there is no record (NXDOMAIN)"},
        {"another type there", s1, name + " A 192.0.2.1\n", ExitCode::data,
         "wrong: there is no record (no data)"},
        {"no answer", s1, name + " TXT FAILED timeout\n", ExitCode::temporary,
         "open: the DNS gave no answer: timeout"},
        {"other key", s1, row(name, other), ExitCode::data, "wrong: another key is published"},
        {"revoked", s1, row(name, "v=DKIM1; k=rsa; p="), ExitCode::data, "wrong: the key is revoked"},
        {"other type", s1, row(name, record_of(support::ed25519_pem)), ExitCode::data,
         "wrong: k= says ed25519, the private key is rsa"},
        {"type nobody knows", s1, row(name, "v=DKIM1; k=dsa; " + p), ExitCode::data,
         "wrong: k= says an unknown type"},
        {"k= left out for ed25519", "{selector: s1, file: e.pem}",
         row(name, "v=DKIM1; " + p_of(support::ed25519_pem)), ExitCode::data,
         "wrong: k= says rsa, the private key is ed25519"},
        {"ed25519", "{selector: s1, file: e.pem}", row(name, record_of(support::ed25519_pem)), ExitCode::ok,
         "good: "},
        {"strict, with an identity below", "{selector: s1, file: k.pem, identity: '@news.example.org'}",
         row(name, "v=DKIM1; t=s; " + p), ExitCode::data, "wrong: t=s allows no i= below example.org"},
        {"strict, with an identity of its own", "{selector: s1, file: k.pem, identity: 'a@example.org'}",
         row(name, "v=DKIM1; t=s; " + p), ExitCode::ok, "good: "},
        {"strict, with subdomains", s1 + "]\n    subdomains: true #", row(name, "v=DKIM1; t=s; " + p),
         ExitCode::ok, "note: t=s, and the key also signs for subdomains"},
        {"testing", s1, row(name, "v=DKIM1; t=y; " + p), ExitCode::ok, "note: t=y: the domain is testing"},
        {"sha1 only", s1, row(name, "v=DKIM1; h=sha1; " + p), ExitCode::data,
         "wrong: h= does not list sha256"},
        {"both hashes", s1, row(name, "v=DKIM1; h=sha1:sha256; " + p), ExitCode::ok, "good: "},
        {"not for mail", s1, row(name, "v=DKIM1; s=tlsrpt; " + p), ExitCode::data,
         "wrong: s= lists neither email nor *"},
        {"two records", s1, row(name, other) + row(name, good), ExitCode::data,
         "wrong: there are 2 TXT records at this name"},
        {"an alias", s1, name + " CNAME keys.example.net.\n" + row("keys.example.net", good), ExitCode::ok,
         "note: the name is an alias (CNAME) of keys.example.net"},
        {"one domain too deep", s1, row(name + ".example.org", good), ExitCode::data,
         "note: there is a record at s1._domainkey.example.org.example.org: "},
        {"an alias to nothing", s1, name + " CNAME keys.example.net.\n", ExitCode::data,
         "wrong: there is no record: the name is an alias (CNAME) of keys.example.net"},
        {"cut off", s1, row(name, good.substr(0, 150)), ExitCode::data, "wrong: p= is cut off after "},
        {"escaped twice", s1, name + " TXT \"v=DKIM1\\\\; k=rsa\\\\; " + p + "\"\n", ExitCode::data,
         "quotation marks and backslashes belong in zone files"},
        {"unquoted in a zone file", s1, name + " TXT \"v=DKIM1\"\n", ExitCode::data,
         "only what stands before the first semicolon is there"},
        {"in pieces", s1, row(name, good.substr(0, 100)) + row(name, good.substr(100)), ExitCode::data,
         "wrong: the pieces of one record stand in several"},
        {"a piece lost", s1, row(name, good.substr(0, 100) + good.substr(104)), ExitCode::data,
         "wrong: p= lacks 4 characters after the first "},
        {"granularity", s1, row(name, "v=DKIM1; g=ann; " + p), ExitCode::ok, "note: g= is obsolete"},
        {"no record of a key", s1, row(name, "v=spf1 -all"), ExitCode::data,
         "wrong: the record is no key record"},
        {"not active", "{selector: s1, file: k.pem, active: false}", row(name, good), ExitCode::ok,
         "note: pending: the daemon does not sign with it yet"},
        {"retiring", "{selector: s1, file: k.pem, state: retiring}", row(name, good), ExitCode::ok,
         "note: retiring: the daemon does not sign with it any more, and mail on its way still needs"},
        {"retiring too early", "{selector: s1, file: k.pem, state: retiring}", "", ExitCode::data,
         "wrong: there is no record"},
        {"no such file", "{selector: s1, file: absent.pem}", row(name, good), ExitCode::config,
         "wrong: the private key cannot be used"},
    };
    for (const Case& test : cases) {
        INFO(test.what);
        const auto config = tree.write("p.yaml", "domains:\n  example.org:\n    keys: [" + test.key + "]\n");
        const auto ran = run({"key", "check", "example.org", "-c", config, "--answers",
                              tree.write("zone", test.zone), "--missing", "zone"});
        CAPTURE(ran.out, ran.err);
        CHECK(ran.code == test.code);
        CHECK(contains(ran.out, test.said));
        CHECK(contains(ran.out, "wrong: ") == (ran.code == ExitCode::data || ran.code == ExitCode::config));
    }
}

TEST_CASE("key check finds the keys of a domain wherever they are named") {
    const TemporaryTree tree;
    (void)tree.write("k.pem", support::rsa_pem);
    (void)tree.write("example.com/t.pem", support::rsa_pem);
    (void)tree.write("KeyTable", "a example.net:n1:./k.pem\nb %:t1:" + tree.path("%/t.pem") +
                                     "\nc example.net:n2:" + "./absent.pem\n");
    (void)tree.write("SigningTable", "*@example.net a\n*@example.com b\n");
    const auto config = tree.write(
        "p.yaml", "signing: {key_table: KeyTable, signing_table: 'refile:SigningTable'}\n"
                  "domains:\n  example.org:\n    subdomains: true\n"
                  "    keys: [{selector: s1, file: k.pem}]\n"
                  "  '*.wild.example': {signing_domain: wild.example, keys: [{selector: w1, file: "
                  "k.pem}]}\n"
                  "  '*.each.example': {signing_domain: '%', keys: [{selector: e1, file: k.pem}]}\n"
                  "  old.example: {keys: [{selector: o1, file: gone.pem, state: retired}]}\n"
                  "default: {domains: ['*.list.example'], keys: [{selector: d1, file: k.pem}]}\n");
    const auto good = record_of(support::rsa_pem);
    const auto zone = tree.write(
        "zone", row("s1._domainkey.example.org", good) + row("n1._domainkey.example.net", good) +
                    row("t1._domainkey.example.com", good) + row("x9._domainkey.example.com", good) +
                    row("w1._domainkey.wild.example", good) + row("e1._domainkey.a.each.example", good) +
                    row("d1._domainkey.a.list.example", good));
    struct Case {
        std::vector<std::string> arguments;
        ExitCode code;
        std::string said;
    };
    const Case cases[] = {
        {{"example.org"}, ExitCode::ok, "s1._domainkey.example.org, private key " + tree.path("k.pem")},
        {{"news.example.org"}, ExitCode::ok, "s1._domainkey.example.org, private key "},
        {{"a.wild.example"}, ExitCode::ok, "w1._domainkey.wild.example, private key "},
        {{"a.each.example"}, ExitCode::ok, "e1._domainkey.a.each.example, private key "},
        {{"a.list.example"}, ExitCode::ok, "d1._domainkey.a.list.example, private key "},
        {{"list.example"}, ExitCode::data, "no key for list.example"},
        {{"old.example"}, ExitCode::ok, "o1._domainkey.old.example is retired"},
        {{"EXAMPLE.net", "N1"}, ExitCode::ok, "n1._domainkey.example.net, private key " + tree.path("k.pem")},
        {{"example.net"}, ExitCode::config, "absent.pem: No such file or directory"},
        {{"example.com"},
         ExitCode::ok,
         "t1._domainkey.example.com, private key " + tree.path("example.com/t.pem")},
        {{"other.example"}, ExitCode::data, "no key for other.example"},
        {{"example.com", "x9", "--key", tree.path("k.pem")}, ExitCode::ok, "x9._domainkey.example.com"},
        {{"example.com", "--key", tree.path("k.pem")}, ExitCode::usage, "--key needs the selector"},
        {{"exa mple"}, ExitCode::usage, "is not a domain name"},
        {{"example.org", "a b"}, ExitCode::usage, "is not a selector"},
    };
    for (const Case& test : cases) {
        std::vector<std::string> arguments{"key",       "check", "-c",        config,
                                           "--answers", zone,    "--missing", "zone"};
        arguments.insert(arguments.end(), test.arguments.begin(), test.arguments.end());
        const auto ran = run(arguments);
        CAPTURE(test.said, ran.out, ran.err);
        CHECK(ran.code == test.code);
        CHECK(contains(ran.out + ran.err, test.said));
    }
}

TEST_CASE("key check shows its questions when the answers file knows no more than that there is an alias") {
    const TemporaryTree tree;
    const auto key = tree.write("k.pem", support::rsa_pem);
    const auto good = record_of(support::rsa_pem);
    const auto zone = tree.write("zone", "s1._domainkey.example.org TXT [aliased] \"" + good.substr(0, 200) +
                                             "\" \"" + good.substr(200) + "\"\n");
    const auto ran = run({"key", "check", "example.org", "s1", "--key", key, "-c", tree.write("p.yaml", ""),
                          "--answers", zone, "--show-questions"});
    CAPTURE(ran.out, ran.err);
    CHECK(ran.code == ExitCode::ok);
    CHECK(contains(ran.out, "note: the name is an alias (CNAME): "));
    CHECK(contains(ran.out, "questions in"));
}
