// What `paraph check-config` accepts, the daemon can do: settings at random, valid ones and odd ones, and a
// plain message in each direction for all that are accepted.
#include "base/ascii.h"
#include "config/load.h"
#include "config/policy_schema.h"
#include "milter/session/session.h"
#include "support/catch.h"
#include "support/hostile_text.h"
#include "support/keys.h"
#include "support/memory_logger.h"
#include "support/table_resolver.h"
#include "support/temporary_tree.h"
#include "support/written_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace {

using config::Kind;
using milter::session::Actions;
using milter::session::Reply;

// In YAML's double quotes, whatever it holds.
std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\' || base::is_control(c)) {
            result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else {
            result += c;
        }
    }
    return result + '"';
}

// Texts that some setting takes, and neighbours of theirs that none should.
const std::vector<std::string>& texts() {
    static const std::vector<std::string> all{"From",
                                              "from",
                                              "To",
                                              "Subject",
                                              "X-Own",
                                              "X;Y",
                                              "X-Y:",
                                              "X-*",
                                              "Reply-To, To",
                                              "X-\"q\"",
                                              "X-[a]",
                                              "X-" + std::string(880, 'x'),
                                              "X-" + std::string(899, 'y'),
                                              "X-" + std::string(950, 'z'),
                                              std::string(952, 'x'),
                                              std::string(5000, 'y'),
                                              "mx.example.org",
                                              ".example.org",
                                              "!192.0.2.0/24",
                                              "203.0.113.0/24",
                                              "{auth_type}",
                                              "{daemon_name}=smtpd",
                                              "bob@example.*",
                                              "HOSTNAME",
                                              "a b",
                                              ".",
                                              "-",
                                              "a;dmarc=pass",
                                              "a(b",
                                              "mail/queue",
                                              "m\xc3\xbcller.example",
                                              "192.0.2.53",
                                              "192.0.2.53:5353",
                                              "[2001:db8::53]:53",
                                              "[192.0.2.53]",
                                              "192.0.2.53:0",
                                              "localhost:53",
                                              "::1",
                                              "inet:127.0.0.1:8891",
                                              "inet:8891@localhost",
                                              "inet6:[::1]:8891",
                                              "inet6:127.0.0.1:1",
                                              "inet:8891",
                                              "unix:/run/x",
                                              "unix:x",
                                              "local:/run/x",
                                              "unix:/" + std::string(120, 'x'),
                                              "192.0.2.0/24",
                                              "0.0.0.0/0",
                                              "2001:db8::/129",
                                              "ORIGINATING",
                                              "postfix",
                                              "two words",
                                              "",
                                              "\r\nX-Injected: 1",
                                              std::string("a\0b", 3),
                                              "\xff\xfe"};
    return all;
}

const std::vector<std::string>& identities() {
    static const std::vector<std::string> all{"",
                                              "@example.org",
                                              "ann@example.org",
                                              "ann@sub.Example.org",
                                              "\"a b\"@example.org",
                                              "@m\xc3\xbcller.example.org",
                                              "x@sub@example.org",
                                              "a(b@example.org",
                                              "a;b@example.org",
                                              "ann@example.com",
                                              "ann",
                                              "\"a@example.org",
                                              std::string(64, 'x') + "@example.org",
                                              std::string(300, 'x') + "@example.org",
                                              "a\xc3\xa9@example.org"};
    return all;
}

const std::vector<std::string>& selectors() {
    static const std::vector<std::string> all{
        "s",   "S2026", "a.b", std::string(63, 's'), std::string(64, 's'),
        "a b", "a;b",   "",    "s._domainkey",       "m\xc3\xbcller",
        "a.",  "x_y-z"};
    return all;
}

class Settings {
  public:
    explicit Settings(std::string key_file) : key_file_(std::move(key_file)) {}

    std::string next() {
        std::string yaml;
        for (const config::Section& section : config::schema()) {
            if (section.is_inner()) {
                continue; // with the one that it stands below
            }
            std::string lines = some(section.settings, section.name.empty() ? "" : "  ");
            for (const config::Section& inner : config::schema()) {
                if (inner.is_inner() && inner.name.starts_with(fmt::format("{}.", section.name))) {
                    lines += with_head(fmt::format("  {}", inner.own_name()), some(inner.settings, "    "));
                }
            }
            lines += section.name == config::policy_name ? profiles() + exceptions() : "";
            yaml += section.name.empty() ? lines : with_head(std::string(section.name), lines);
        }
        return yaml +
               fmt::format("domains:\n  example.org:\n    keys:\n      - selector: {}\n        file: {}\n"
                           "        identity: {}\n",
                           quoted(odd(selectors(), "s2026")), key_file_, quoted(odd(identities(), "")));
    }

  private:
    template <class Target>
    std::string some(const std::vector<config::SettingOf<Target>>& settings, std::string_view indent) {
        // One or so of a long list: each may be odd, and few are to refuse the whole.
        const std::size_t rarity = std::max<std::size_t>(8, 2 * settings.size());
        std::string lines;
        for (const auto& setting : settings) {
            if (setting.type.kind != Kind::path && setting.name() != "exception_files" &&
                random_.one_in(rarity)) {
                lines += fmt::format("{}{}: {}\n", indent, setting.name(),
                                     value(setting.type, default_text(setting)));
            }
        }
        return lines;
    }

    static std::string with_head(const std::string& head, const std::string& lines) {
        return lines.empty() ? "" : fmt::format("{}:\n{}", head, lines);
    }

    std::string profiles() {
        return random_.one_in(2)
                   ? ""
                   : "  profiles:\n" + with_head("    p", some(config::profile_schema(), "      "));
    }

    std::string exceptions() {
        return random_.one_in(2) ? ""
                                 : "  exceptions:\n    - name: known\n      mail_from: [example.org]\n" +
                                       without_mail_from(some(config::exception_schema(), "      "));
    }

    // It stands there already, and so does the name.
    static std::string without_mail_from(const std::string& lines) {
        std::string rest;
        for (const std::string_view line : base::split(lines, '\n')) {
            const bool repeated = line.starts_with("      mail_from:") || line.starts_with("      name:");
            rest += line.empty() || repeated ? "" : fmt::format("{}\n", line);
        }
        return rest;
    }

    // One of the list, but more often what is surely good.
    std::string odd(const std::vector<std::string>& list, const std::string& good) {
        return random_.one_in(2) ? good : random_.pick(list);
    }

    std::string text() { return random_.one_in(6) ? random_.next() : random_.pick(texts()); }

    std::string list() {
        std::vector<std::string> items;
        if (random_.one_in(2)) {
            items.push_back("From");
        }
        const std::size_t count = random_.one_in(20) ? 1200 : random_.below(4);
        const bool alike = count > 10;
        for (std::size_t i = 0; i < count; ++i) {
            items.push_back(quoted(alike ? fmt::format("X-{}", i) : text()));
        }
        return fmt::format("[{}]", fmt::join(items, ", "));
    }

    std::string number(const config::Type& type) {
        const std::uint64_t numbers[]{type.minimum, type.maximum, (type.minimum + type.maximum) / 2,
                                      type.minimum + 1};
        const std::uint64_t number = random_.pick(numbers) / type.step * type.step;
        return type.kind == Kind::mode       ? fmt::format("{:04o}", number)
               : type.kind == Kind::duration ? fmt::format("{}ms", number)
                                             : fmt::format("{}", number);
    }

    std::string value(const config::Type& type, const std::string& default_text) {
        if (random_.one_in(10)) {
            return quoted(text());
        }
        switch (type.kind) {
        case Kind::boolean:
            return random_.one_in(2) ? "true" : "false";
        case Kind::word:
            return std::string(random_.pick(type.words));
        case Kind::integer:
        case Kind::mode:
        case Kind::size:
        case Kind::duration:
            return number(type);
        case Kind::words:
            return fmt::format("[{}]", random_.pick(type.words));
        case Kind::date:
            return "2027-01-31";
        case Kind::texts:
        case Kind::servers:
        case Kind::networks:
        case Kind::hosts:
        case Kind::macros:
            return list();
        case Kind::text:
        case Kind::socket:
            return quoted(text());
        case Kind::path:
            break;
        }
        return default_text;
    }

    std::string key_file_;
    test::HostileText random_;
};

class Daemon {
  public:
    explicit Daemon(config::Settings settings) {
        auto built = milter::runtime::build_runtime(std::move(settings), "host.example.net");
        CHECK(built.problems.empty());
        CHECK(built.faults.empty());
        REQUIRE(built.runtime);
        service_ = std::make_unique<milter::runtime::Service>(built.runtime, dns_, logger_,
                                                              [] { return base::UnixTime{1777777777}; });
    }

    Actions handle(const std::string& user, const std::string& from) {
        milter::session::Session session(*service_);
        session.connect({{base::IpAddress::parse("203.0.113.1"), 4711, ""}, "mx.example.net"});
        session.mail_from({"<ann@example.org>", "smtpd", user.empty() ? "" : "PLAIN", user});
        session.header("From", from);
        session.header("To", " bob@example.com");
        session.header("Subject", " hello");
        session.body("hello\r\n");
        return session.end_of_message("4abc", [] {});
    }

  private:
    test::TableResolver dns_;
    test::MemoryLogger logger_;
    std::unique_ptr<milter::runtime::Service> service_;
};

void check_written(const Actions& actions) {
    for (const auto& insertion : actions.insertions) {
        INFO(insertion.name << ":" << insertion.body);
        CHECK(test::problem_with_field(insertion.name, insertion.body) == "");
        CHECK(insertion.name.find_first_of(": \r\n") == std::string::npos);
    }
}

std::size_t signatures(const Actions& actions) {
    return static_cast<std::size_t>(
        std::count_if(actions.insertions.begin(), actions.insertions.end(),
                      [](const auto& insertion) { return insertion.name == "DKIM-Signature"; }));
}

} // namespace

TEST_CASE("whatever settings are accepted, a plain message is signed by them") {
    const TemporaryTree tree;
    const auto key = tree.write("k.pem", support::ed25519_pem);
    REQUIRE(::chmod(key.c_str(), 0600) == 0);
    Settings settings(key);
    const std::size_t rounds = test::rounds(1500);
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < rounds; ++i) {
        const std::string yaml = settings.next();
        auto loaded = config::load_text(yaml, "p.yaml");
        REQUIRE((loaded.settings || !loaded.diagnostics.empty()));
        if (!loaded.settings) {
            continue;
        }
        INFO(yaml);
        ++accepted;
        const auto& roles = loaded.settings->roles;
        const bool is_peer = find_host(roles.peers, "", base::IpAddress::parse("203.0.113.1")) != nullptr;
        const bool signs = roles.sign && !is_peer;
        Daemon daemon(std::move(*loaded.settings));
        const Actions ours = daemon.handle("ann", " ann@example.org");
        CHECK(ours.reply == Reply::proceed);
        CHECK(signatures(ours) == (signs ? 1U : 0U));
        check_written(ours);
        const Actions theirs = daemon.handle("", " nobody");
        // Refused for now where the settings say so of such mail, and for no other reason.
        CHECK((theirs.reply != Reply::tempfail || theirs.enhanced.starts_with("4.7.")));
        check_written(theirs);
    }
    CHECK(accepted > rounds / 20);
}
