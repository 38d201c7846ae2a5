// A private key that was pasted into any place of the configuration, the tables or the command line: nothing
// that is told about it may hold a part of it.
#include "base/ascii.h"
#include "base/base64.h"
#include "config/policy_schema.h"
#include "milter/daemon/configuration.h"
#include "milter/tool/run.h"

#include "support/catch.h"
#include "support/key_spellings.h"
#include "support/keys.h"
#include "support/section_text.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <sstream>
#include <string>
#include <vector>

namespace {

using test::broken;
using test::hex;
using test::url_safe;

using Texts = std::vector<std::string>;

struct Pasted {
    std::string text;
    std::string secret; // without line ends
};

std::string body_of(std::string_view pem) {
    std::string body;
    std::istringstream lines{std::string(pem)};
    for (std::string line; std::getline(lines, line);) {
        body += line.starts_with("-----") ? "" : line;
    }
    return body;
}

std::vector<Pasted> pasted_keys() {
    std::vector<Pasted> keys;
    for (const std::string_view pem : {support::rsa_pem, support::rsa_512_pem, support::ed25519_pem}) {
        const std::string body = body_of(pem);
        keys.push_back({std::string(pem), body});
        keys.push_back({broken(body, 76, "\n"), body});
    }
    const std::string body = body_of(support::ed25519_pem);
    keys.push_back({body, body});
    keys.push_back({body_of(support::rsa_pem), body_of(support::rsa_pem)});
    keys.push_back({url_safe(body), url_safe(body)});
    keys.push_back({*base::base64_decode(body), *base::base64_decode(body)});
    for (const std::string_view seed :
         {"6c2EP9X62xJZ6U0OKkH6ajlk1IDgOc8Gj2N06mlTSSU=", "/+9k/3a+Zb/Q1xW7c/yR2v+N8m/T4pL6sK0hJ5gUeIo="}) {
        const std::string text(seed);
        keys.push_back({text, text});
        keys.push_back({url_safe(text), url_safe(text)});
    }
    const std::string rsa = body_of(support::rsa_pem);
    keys.push_back({broken(body, 16, " "), body});
    keys.push_back({broken(rsa, 20, " "), rsa});
    keys.push_back({broken(body, 20, "\n"), body});
    keys.push_back({broken(rsa, 64, " "), rsa}); // PEM in one line
    keys.push_back(
        {fmt::format("-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----", broken(rsa, 64, "\\n")),
         rsa});
    const std::string octets = base::base64_decode(body)->substr(16);
    keys.push_back({hex(octets), hex(octets)});
    for (const std::string gap : {":", " "}) {
        keys.push_back({broken(hex(octets), 2, gap), broken(hex(octets), 2, gap)});
    }
    keys.push_back({broken(broken(hex(octets), 2, ":") + ":", 45, "\n    "), broken(hex(octets), 2, ":")});
    return keys;
}

// 16 characters of the secret in a row, in whatever case. Whatever holds them holds, at one place in nine,
// eight of the secret's own: so few are looked for.
bool leaks(const std::string& told, const std::string& secret) {
    constexpr std::size_t part = 16, probe = 8;
    const std::string text = base::to_lower(told);
    const std::string key = base::to_lower(secret);
    for (std::size_t at = 0; at + probe <= key.size(); at += part - probe + 1) {
        const std::string sought = key.substr(at, probe);
        for (auto found = text.find(sought); found != std::string::npos;
             found = text.find(sought, found + 1)) {
            std::size_t before = 0, behind = probe;
            while (before < at && before < found && key[at - before - 1] == text[found - before - 1]) {
                ++before;
            }
            while (at + behind < key.size() && found + behind < text.size() &&
                   key[at + behind] == text[found + behind]) {
                ++behind;
            }
            if (before + behind >= part) {
                return true;
            }
        }
    }
    return false;
}

std::string run(const Texts& arguments) {
    std::istringstream in("From: a@example.org\n\nx\n");
    std::ostringstream out, err;
    milter::tool::Console console{in, out, err};
    (void)milter::tool::run(arguments, console);
    return out.str() + err.str();
}

// What the tool and the daemon say about a configuration.
std::string told_about(const std::string& file) {
    std::string told = run({"check-config", "-c", file}) + run({"show-config", "-c", file});
    const auto configuration = milter::daemon::read_configuration({file, {}, {}});
    for (const auto* list : {&configuration.problems, &configuration.faults, &configuration.warnings}) {
        for (const std::string& line : *list) {
            told += line + '\n';
        }
    }
    return told;
}

// As a YAML scalar: as it is, between quotes, as a block.
Texts scalars(const std::string& text) {
    std::string quoted = "\"", block = "|\n      ", plain;
    for (const char c : text) {
        quoted += c == '\n'               ? std::string("\\n")
                  : c == '"' || c == '\\' ? std::string("\\") + c
                                          : std::string(1, c);
        block += c == '\n' ? std::string("\n      ") : std::string(1, c);
        plain += c == '\n' ? std::string("\n      ") : std::string(1, c);
    }
    return text.find('\n') == std::string::npos ? Texts{plain} : Texts{plain, quoted + '"', block};
}

Texts places_of_the_schema() {
    Texts places{"VALUE: x\n",
                 "VALUE\n",
                 "[VALUE]\n",
                 "include: VALUE\n",
                 "include: [VALUE]\n",
                 "domains: VALUE\n",
                 "domains:\n  VALUE: {keys: []}\n",
                 "domains:\n  VALUE:\n",
                 "domains:\n  a.example: VALUE\n",
                 "domains:\n  a.example:\n    VALUE: x\n",
                 "domains:\n  a.example:\n    keys: VALUE\n",
                 "domains:\n  a.example:\n    keys: [VALUE]\n",
                 "domains:\n  a.example:\n    keys:\n      - VALUE: x\n",
                 "unknown: VALUE\n",
                 "signing:\n  VALUE: x\n",
                 "x: *VALUE\n",
                 "x: &VALUE y\n",
                 "x: !VALUE y\n"};
    for (const config::Section& section : config::schema()) {
        for (const config::Setting& setting : section.settings) {
            const std::string name(setting.name());
            const std::string head = test::in_section(section, name);
            places.push_back(head + ": VALUE\n");
            if (config::is_list(setting.type.kind)) {
                places.push_back(head + ": [VALUE]\n");
            }
        }
    }
    for (const std::string_view place :
         {"profiles: VALUE", "profiles: {VALUE: {}}", "profiles: {VALUE: x}", "profiles: {p: VALUE}",
          "profiles: {p: {VALUE: x}}", "profiles: {p: {replies: {dmarc: VALUE}}}", "exceptions: VALUE",
          "exceptions: [VALUE]", "exceptions: [{VALUE: x}]", "exception_files: [./VALUE]",
          "exception_files: [/VALUE]"}) {
        places.push_back(fmt::format("policy:\n  {}\n", place));
    }
    for (const auto& setting : config::profile_schema()) {
        places.push_back(fmt::format("policy:\n  profiles:\n    p:\n      {}: VALUE\n", setting.name()));
        places.push_back(fmt::format("policy:\n  profiles:\n    p:\n      {}: [VALUE]\n", setting.name()));
    }
    for (const auto& setting : config::exception_schema()) {
        places.push_back(fmt::format("policy:\n  exceptions:\n    - {}: VALUE\n", setting.name()));
        places.push_back(fmt::format("policy:\n  exceptions:\n    - {}: [VALUE]\n", setting.name()));
    }
    for (const auto& setting : config::domain_schema()) {
        places.push_back(
            fmt::format("domains:\n  a.example:\n    keys: []\n    {}: VALUE\n", setting.name()));
    }
    for (const auto& setting : config::key_schema()) {
        const std::string others = setting.name() == "selector" ? "file: ./k.pem" : "selector: s";
        places.push_back(fmt::format("domains:\n  a.example:\n    keys:\n      - {}\n        {}: VALUE\n",
                                     others, setting.name()));
        places.push_back(fmt::format("domains:\n  a.example:\n    keys:\n      - {}\n        {}: /VALUE\n",
                                     others, setting.name()));
    }
    return places;
}

std::string filled(std::string place, const std::string& value) {
    return place.replace(place.find("VALUE"), 5, value);
}

void write_private(const TemporaryTree& tree, const std::string& name, std::string_view text) {
    REQUIRE(::chmod(tree.write(name, text).c_str(), 0600) == 0);
}

} // namespace

TEST_CASE("a part of a key is found where it is told") {
    const Pasted key = pasted_keys().front();
    CHECK(leaks("x" + key.secret.substr(100, 16), key.secret));
    CHECK(leaks(base::to_lower(key.secret.substr(100, 16)), key.secret));
    CHECK_FALSE(leaks(key.secret.substr(100, 15), key.secret));
    for (std::size_t at = 0; at + 16 <= key.secret.size(); ++at) {
        CHECK(leaks(key.secret.substr(at, 16), key.secret));
        CHECK_FALSE(leaks("?" + key.secret.substr(at, 15) + "?", key.secret));
    }
}

TEST_CASE("a key pasted into the configuration is not told") {
    const TemporaryTree tree;
    write_private(tree, "k.pem", support::ed25519_pem);
    // One in so many: each place sees several forms, and each form very many places.
    constexpr std::size_t sparse = 6;
    const auto places = places_of_the_schema();
    std::size_t forms = 0;
    for (const Pasted& key : pasted_keys()) {
        for (const std::string& scalar : scalars(key.text)) {
            for (std::size_t i = ++forms % sparse; i < places.size(); i += sparse) {
                const std::string file = tree.write("paraph.yaml", filled(places[i], scalar));
                INFO(places[i]);
                CHECK_FALSE(leaks(told_about(file), key.secret));
            }
        }
    }
    CHECK(forms > 2 * sparse);
}

TEST_CASE("a key pasted in place of its file is not shown, whatever part is asked for") {
    const TemporaryTree tree;
    for (const Pasted& key : pasted_keys()) {
        for (const std::string& scalar : scalars(key.text)) {
            const std::string file = tree.write(
                "paraph.yaml",
                filled("domains:\n  a.example:\n    keys:\n      - selector: s\n        file: VALUE\n",
                       scalar));
            for (const char* part : {"", "domains", "domains.a.example", "domains.a.example.keys"}) {
                CHECK_FALSE(leaks(run({"show-config", "-c", file, part}), key.secret));
            }
            CHECK_FALSE(
                leaks(run({"show-config", "-c", file, "domains.a.example.keys", "--value"}), key.secret));
        }
    }
}

TEST_CASE("a key pasted into a table is not told") {
    const TemporaryTree tree;
    write_private(tree, "k.pem", support::ed25519_pem);
    tree.write("paraph.yaml", "signing: {key_table: KeyTable, signing_table: 'refile:SigningTable'}\n");
    tree.write("plain.yaml", "signing: {key_table: 'refile:KeyTable', signing_table: SigningTable}\n");
    const Texts key_rows{"VALUE example.org:s:./k.pem",
                         "VALUE",
                         "k VALUE:s:./k.pem",
                         "k example.org:VALUE:./k.pem",
                         "k example.org:s:VALUE",
                         "k example.org:s:./VALUE",
                         "k example.org:s:/VALUE",
                         "k VALUE",
                         "k example.org:s:./k.pem:VALUE",
                         "k example.org:s:./k.pem:rsa-VALUE",
                         "k example.org:VALUE",
                         "k example.org:s:-----BEGIN PRIVATE KEY-----\nVALUE\n-----END PRIVATE KEY-----",
                         "k x.VALUE.example:s:./k.pem",
                         "k example.org:s1._domainkey.VALUE:./k.pem"};
    const Texts signing_rows{"VALUE k",
                             "VALUE",
                             "VALUE@example.org k",
                             "*@VALUE k",
                             "@VALUE",
                             "*@example.org VALUE",
                             "*@example.org k:VALUE",
                             "*@example.org k:VALUE@example.org",
                             "*@example.org k:@VALUE",
                             "*@example.org VALUE:x",
                             "/VALUE/ k",
                             "^VALUE$ k",
                             "*@[VALUE] k",
                             "*VALUE k",
                             "-VALUE.- k"};
    const std::string good_keys = "k example.org:s:./k.pem\n";
    const std::string good_rows = "*@example.org k\n";
    const auto check = [&](const std::string& keys, const std::string& rows, const Pasted& key) {
        write_private(tree, "KeyTable", keys);
        write_private(tree, "SigningTable", rows);
        for (const std::string_view name : {"paraph.yaml", "plain.yaml"}) {
            const std::string told =
                told_about(tree.path(name)) + run({"sign", "--config", tree.path(name), "-"});
            CHECK_FALSE(leaks(told, key.secret));
        }
    };
    for (const Pasted& key : pasted_keys()) {
        for (const std::string& row : key_rows) {
            INFO(row);
            const std::string text = filled(row, key.text) + '\n';
            check(text + text, good_rows, key); // twice: the second row of a name is told, too
            check(text + good_keys, good_rows, key);
        }
        for (const std::string& row : signing_rows) {
            INFO(row);
            const std::string text = filled(row, key.text) + '\n';
            check(good_keys, text + text + good_rows, key);
        }
        check(key.text, good_rows, key); // the key file named as a table
        check(good_keys, key.text, key);
    }
}

TEST_CASE("a key pasted into the command line is not told") {
    const std::vector<Texts> command_lines{
        {"VALUE"},
        {"--VALUE"},
        {"--VALUE=x"},
        {"-VALUE"},
        {"sign", "--VALUE", "x"},
        {"sign", "--domain", "example.org", "--VALUE"},
        {"sign", "--now=VALUE", "-"},
        {"show-config", "VALUE"},
        {"show-config", "--VALUE"},
        {"sign", "VALUE"},
        {"sign", "--config", "VALUE", "-"},
        {"sign", "--config=VALUE", "-"},
        {"sign", "--key", "VALUE", "--domain", "example.org", "--selector", "s", "-"},
        {"sign", "--key", "/nonexistent", "--domain", "VALUE", "--selector", "s", "-"},
        {"sign", "--key", "/nonexistent", "--domain", "example.org", "--selector", "VALUE", "-"},
        {"sign", "--key", "/nonexistent", "--domain", "example.org", "--selector", "s", "--identity", "VALUE",
         "-"},
        {"sign", "--config", "/nonexistent", "--now", "VALUE", "-"},
        {"check-config", "VALUE"},
        {"check-config", "-c", "VALUE"},
        {"check-config", "--user", "VALUE"},
        {"key", "generate", "--domain", "VALUE", "--selector", "s", "--out-dir", "/nonexistent"},
        {"key", "generate", "--domain", "example.org", "--selector", "VALUE", "--out-dir", "/nonexistent"},
        {"key", "generate", "--domain", "example.org", "--selector", "s", "--out-dir", "VALUE"},
        {"key", "VALUE"},
        {"key", "show", "VALUE"},
        {"key", "show", "/nonexistent", "VALUE"},
        {"key", "show", "/nonexistent", "--domain", "VALUE"},
        {"key", "check", "VALUE", "--answers", "/nonexistent"},
        {"key", "check", "example.org", "VALUE", "--answers", "/nonexistent"},
        {"key", "check", "example.org", "s", "--key", "VALUE", "--answers", "/dev/null"},
        {"spf", "--ip", "VALUE", "--helo", "x"},
        {"spf", "--ip", "192.0.2.1", "--helo", "VALUE", "--nameserver", "127.0.0.1:1"},
        {"dmarc", "VALUE", "--answers", "/nonexistent"},
        {"verify", "--answers", "VALUE", "-"},
        {"verify", "--authserv-id", "VALUE", "-"},
        {"probe", "--socket", "VALUE", "-"}};
    for (const Pasted& key : pasted_keys()) {
        if (key.text.find('\0') != std::string::npos) {
            continue; // no argument
        }
        for (const Texts& line : command_lines) {
            Texts arguments = line;
            for (std::string& argument : arguments) {
                if (argument.find("VALUE") != std::string::npos) {
                    argument = filled(argument, key.text);
                }
            }
            INFO(fmt::format("{}", fmt::join(line, " ")));
            const std::string told = run(arguments);
            CHECK_FALSE(leaks(told, key.secret));
            CHECK_FALSE(told.empty());
        }
        Texts words{"sign", "--config"}; // a shell without quotes
        for (const auto word : base::split(broken(key.secret, 16, " "), ' ')) {
            words.emplace_back(word);
        }
        CHECK_FALSE(leaks(run(words), key.secret));
    }
}

TEST_CASE("what is no key is named when it is not expected") {
    CHECK(run({"sign", "--configuration", "/etc/paraph/none.yaml"}).find("--configuration") !=
          std::string::npos);
    CHECK(run({"show-config", "dns.timeouts"}).find("'dns.timeouts'") != std::string::npos);
}
