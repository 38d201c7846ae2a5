// `policy:` of the configuration: what arrives, and what is said about what is wrong or probably not meant.
#include "config/load.h"

#include "config/limits.h"
#include "config/policy_schema.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace {

using authenticate::Action;
using Texts = std::vector<std::string>;

Texts diagnose(const std::string& yaml) {
    Texts texts;
    for (const config::Diagnostic& diagnostic : config::load_text(yaml, "p.yaml").diagnostics) {
        texts.push_back(config::print(diagnostic));
    }
    return texts;
}

struct Case {
    std::string name;
    std::string yaml;
    Texts diagnostics;
};

void check(std::span<const Case> cases) {
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(diagnose(c.yaml) == c.diagnostics);
    }
}

std::string policy(const std::string& lines) {
    return "policy:\n" + lines;
}

} // namespace

TEST_CASE("policies, profiles and exceptions arrive") {
    const auto loaded = config::load_text(R"(
policy:
  dmarc: enforce
  spf_temperror: tempfail
  tempfail_for: 90m
  replies: {spf: "5.7.1 no mail of {domain}"}
  profiles:
    second-port: {daemon_ports: [2525], author_domains: [.müller.example, Example.ORG]}
    partners:
      clients: [192.0.2.0/24]
  exceptions:
    - name: choir
      type: mailing_list
      for: [dmarc, spf]
      list_ids: [Choir.Lists.example]
      dkim_domains: [lists.example]
      only_if: [dkim_pass]
      until: 2999-02-28
)",
                                          "p.yaml");
    CHECK(loaded.diagnostics.empty());
    REQUIRE(loaded.settings);
    const config::PolicySettings& settings = loaded.settings->policy;
    CHECK(settings.rules.policy.dmarc.enforcement == authenticate::Enforcement::enforce);
    CHECK(settings.rules.policy.spf.temperror == Action::tempfail);
    CHECK(settings.rules.tempfail_for == std::chrono::minutes(90));
    CHECK(settings.rules.policy.replies.texts[1] == "5.7.1 no mail of {domain}");
    REQUIRE(settings.profiles.size() == 2);
    CHECK(settings.profiles[0].rules.policy.profile == "second-port");
    CHECK(settings.profiles[0].conditions.author_domains == Texts{".xn--mller-kva.example", "example.org"});
    CHECK(settings.profiles[1].rules.policy.profile == "partners");
    CHECK(settings.profiles[1].line == 9);
    REQUIRE(settings.exceptions.size() == 1);
    const auto& exception = settings.exceptions[0];
    CHECK(exception.type == authenticate::OverrideType::mailing_list);
    CHECK(exception.grounds == std::vector<std::size_t>{5, 1});
    CHECK(exception.list_ids == Texts{"choir.lists.example"});
    CHECK(exception.only_if == std::vector{authenticate::Evidence::dkim_pass});
    CHECK(exception.until == base::UnixTime{32'477'241'600}); // the first second of March
    CHECK(exception.file == "p.yaml");
    CHECK(exception.line == 12);
    CHECK(loaded.origins.at("policy.profiles.partners.clients").line == 10);
}

TEST_CASE("what can be wrong with a profile") {
    const Case cases[]{
        {"an unknown name",
         policy("  profiles:\n    a: {daemon_ports: [26], spf_fial: mark}\n"),
         {"p.yaml:3:29: error: unknown setting 'policy.profiles.a.spf_fial' (did you mean 'spf_fail'?)"}},
        {"a name twice",
         policy("  profiles:\n    a: {daemon_ports: [26]}\n    a: {daemon_ports: [27]}\n"),
         {"p.yaml:4:5: error: 'policy.profiles.a' is given twice (first at p.yaml:3:5)"}},
        {"a setting twice",
         policy("  profiles:\n    a: {daemon_ports: [26], spf_fail: mark, spf_fail: accept}\n"),
         {"p.yaml:3:45: error: 'policy.profiles.a.spf_fail' is given twice (first at p.yaml:3:29)"}},
        {"a wrong type",
         policy("  profiles:\n    a: [daemon_ports]\n"),
         {"p.yaml:3:8: error: 'policy.profiles.a': expected settings below it, not a list"}},
        {"a list of profiles",
         policy("  profiles: [a]\n"),
         {"p.yaml:2:13: error: 'policy.profiles': expected settings below it, not a list"}},
        {"the name of the default",
         policy("  profiles:\n    default: {daemon_ports: [26]}\n"),
         {"p.yaml:3:5: error: 'policy.profiles': 'default' is the policy of all other mail (write its "
          "settings "
          "below 'policy', or take another name)"}},
        {"lost indentation",
         policy("  profiles:\n    a:\n    spf_fail: mark\n"),
         {"p.yaml:3:5: warning: profile 'a' has no condition and holds for all mail (write its settings "
          "below "
          "'policy', or say which mail it is for)",
          "p.yaml:4:15: error: 'policy.profiles.spf_fail': expected settings below it, not a text"}},
        {"a name that cannot be printed",
         policy("  profiles:\n    'a b': {daemon_ports: [26]}\n"),
         {"p.yaml:3:5: error: 'policy.profiles': 'a b' is not the name of a profile (letters, digits, "
          "hyphens and "
          "underscores)"}},
        {"conditions of the wrong form",
         policy("  profiles:\n    a: {daemon_ports: [smtp], author_domains: ['*.example.org'], clients: "
                "[mx]}\n"),
         {"p.yaml:3:24: error: 'policy.profiles.a.daemon_ports': 'smtp' is not a port (a number from 1 to "
          "65535)",
          "p.yaml:3:48: error: 'policy.profiles.a.author_domains': '*.example.org' is not a domain (write "
          "'.example.org')",
          "p.yaml:3:76: error: 'policy.profiles.a.clients': expected an address or a block such as "
          "192.0.2.0/24, "
          "not 'mx' (expected an IPv4 or IPv6 address, for example 192.0.2.0/24 or 2001:db8::/32)"}},
        {"a reply",
         policy("  profiles:\n    a: {daemon_ports: [26], replies: {spf: 'no {domian}', spff: x}}\n"),
         {"p.yaml:3:44: error: 'policy.profiles.a.replies.spf': there is no placeholder {domian} (did you "
          "mean "
          "{domain}?)",
          "p.yaml:3:59: error: unknown setting 'policy.profiles.a.replies.spff' (did you mean 'spf'?)"}}};
    check(cases);
}

TEST_CASE("discard loses mail in the section author as well") {
    for (const char* name :
         {"missing", "several_fields", "several_domains", "unreadable", "stray_line_break"}) {
        const auto told = diagnose(fmt::format("author: {{{}: discard}}\n", name));
        REQUIRE(told.size() == 1);
        CHECK(told.front().find(fmt::format("'author.{}: discard' loses mail", name)) != std::string::npos);
    }
}

TEST_CASE("the actions for an author have other names outside of profiles") {
    CHECK(diagnose(policy("  author_missing: reject\n")) ==
          Texts{"p.yaml:2:3: error: unknown setting 'policy.author_missing' (outside of profiles: "
                "author.missing)"});
}

TEST_CASE("a reply does not begin with the code that the action gives") {
    CHECK(diagnose(policy("  replies: {spf: '550 5.7.1 no'}\n")) ==
          Texts{"p.yaml:2:18: error: 'policy.replies.spf': leave out 550: the action gives the code"});
}

TEST_CASE("what can be wrong with an exception") {
    const Case cases[]{
        {"no name",
         policy("  exceptions:\n    - clients: [192.0.2.1]\n"),
         {"p.yaml:3:7: error: 'policy.exceptions.name' is missing"}},
        {"a name that spells a result",
         policy("  exceptions:\n    - {name: dmarc=pass, clients: [192.0.2.1]}\n"),
         {"p.yaml:3:14: error: 'policy.exceptions.name': 'dmarc=pass' is not a reason that can be shown (at "
          "most 64 "
          "characters of ASCII, none of =()\\\";)"}},
        {"no condition",
         policy("  exceptions:\n    - {name: all, only_if: [spf_pass], clients: []}\n"),
         {"p.yaml:3:7: error: exception 'all' would hold for all mail (say whose mail it is for: clients, "
          "client_names, list_ids, list_posts, mail_from, authors, recipients or dkim_domains)"}},
        {"a condition that is refused",
         policy("  exceptions:\n    - {name: a, mail_from: ['<ann@example.org>']}\n"),
         {"p.yaml:3:29: error: 'policy.exceptions.mail_from': '<ann@example.org>' is not an address, a "
          "domain or a "
          "pattern (write 'ann@example.org')"}},
        {"the same name twice",
         policy(
             "  exceptions:\n    - {name: a, clients: [192.0.2.1]}\n    - {name: a, clients: [192.0.2.2]}\n"),
         {"p.yaml:4:7: error: exception 'a' is given twice (first at p.yaml:3:7)"}},
        {"the same names in a file and its copy",
         [] {
             std::string list;
             for (int i = 0; i < 16; ++i) {
                 list += fmt::format("    - {{name: n{}, clients: [192.0.2.1]}}\n", i % 8);
             }
             return policy("  exceptions:\n" + list);
         }(),
         {"p.yaml:11:7: error: exception 'n0' is given twice (first at p.yaml:3:7)",
          "p.yaml:12:7: error: exception 'n1' is given twice (first at p.yaml:4:7)",
          "p.yaml:13:7: error: exception 'n2' is given twice (first at p.yaml:5:7)",
          "p.yaml:14:7: error: exception 'n3' is given twice (first at p.yaml:6:7)",
          "p.yaml:15:7: error: exception 'n4' is given twice (first at p.yaml:7:7)",
          "p.yaml:18:7: error: 3 more exceptions are given twice, up to this one (is a file of exceptions "
          "named twice, or a copy of another?)"}},
        {"no such day",
         policy("  exceptions:\n    - {name: a, clients: [192.0.2.1], until: 2027-02-29}\n"),
         {"p.yaml:3:46: error: 'policy.exceptions.until': expected a date such as 2027-01-31, not "
          "'2027-02-29' "
          "(write the year, the month and the day: 2027-01-31)"}},
        {"no such evidence",
         policy("  exceptions:\n    - {name: a, clients: [192.0.2.1], only_if: [dkim_pas]}\n"),
         {"p.yaml:3:49: error: 'policy.exceptions.only_if': expected one of spf_pass, dkim_pass, "
          "dkim_body_hash, "
          "iprev_pass, not 'dkim_pas' (did you mean 'dkim_pass'?)"}},
        {"another type",
         policy("  exceptions: [choir]\n"),
         {"p.yaml:2:16: error: 'policy.exceptions': expected a mapping with a name and conditions, not a "
          "text"}},
        {"what needs another setting",
         policy("  exceptions:\n    - {name: a, client_names: [.example.org]}\n") + "dkim: {enabled: no}\n",
         {"p.yaml:3:7: error: exception 'a' needs 'iprev.enabled' for client_names"}},
        {"one that has ended",
         policy("  exceptions:\n    - {name: a, clients: [192.0.2.1], until: 2001-01-01}\n"),
         {"p.yaml:3:7: warning: exception 'a' has ended (remove it, or give it another date)"}},
        {"one that anybody can claim",
         policy("  dmarc: enforce\n  exceptions:\n    - {name: a, list_ids: [choir.example]}\n"),
         {"p.yaml:4:7: warning: exception 'a' is open to anybody: all that it asks for can be typed by the "
          "sender "
          "(add clients, client_names, dkim_domains, or mail_from with only_if: [spf_pass])"}},
        {"the same for what nothing is done about",
         policy("  dmarc: enforce\n  exceptions:\n    - {name: a, for: [spf], list_ids: [choir.example]}\n"),
         {}}};
    check(cases);
}

TEST_CASE("files of exceptions") {
    const TemporaryTree tree;
    tree.write("lists.yaml", "- name: choir\n  list_ids: [choir.example]\n  dkim_domains: [choir.example]\n");
    tree.write("empty.yaml", "# none yet\n");
    const auto load = [&](const std::string& files) {
        return config::load_file(
            tree.write("p.yaml", fmt::format("policy:\n  exception_files: [{}]\n", files)));
    };
    const auto loaded = load("lists.yaml, empty.yaml");
    CHECK(loaded.diagnostics.empty());
    REQUIRE(loaded.settings);
    REQUIRE(loaded.settings->policy.exceptions.size() == 1);
    CHECK(loaded.settings->policy.exceptions[0].file == tree.path("lists.yaml"));
    CHECK(loaded.settings->policy.exceptions[0].line == 1);
    const auto told = [&](const std::string& files) {
        const auto refused = load(files);
        CHECK_FALSE(refused.settings);
        return refused.diagnostics.empty() ? "" : config::print(refused.diagnostics.front());
    };
    CHECK(told("absent.yaml") == fmt::format("{}:2:21: error: 'policy.exception_files': {}: No such file or "
                                             "directory",
                                             tree.path("p.yaml"), tree.path("absent.yaml")));
    tree.write("wrong.yaml", "exceptions: []\n");
    CHECK(told("wrong.yaml") ==
          fmt::format("{}:1:1: error: expected a list of exceptions, not a mapping (each "
                      "begins with a hyphen: - name: ...)",
                      tree.path("wrong.yaml")));
    CHECK(told("lists.yaml, lists.yaml") ==
          fmt::format("{0}:1:3: error: exception 'choir' is given twice (first at {0}:1:3)",
                      tree.path("lists.yaml")));
}

TEST_CASE("there are bounds to profiles and exceptions") {
    std::string profiles = "policy:\n  profiles:\n";
    for (std::size_t i = 0; i <= config::max_profiles; ++i) {
        profiles += fmt::format("    p{}: {{daemon_ports: [{}]}}\n", i, i + 1);
    }
    CHECK(diagnose(profiles) == Texts{"p.yaml:103:5: error: more than 100 profiles"});
    std::string exceptions = "policy:\n  exceptions:\n";
    for (std::size_t i = 0; i <= config::max_exceptions; ++i) {
        exceptions += fmt::format("    - {{name: e{}, clients: [192.0.2.1]}}\n", i);
    }
    CHECK(diagnose(exceptions) == Texts{"p.yaml:10003:7: error: more than 10000 exceptions"});
}

// An operator's mistake must not cost mail without a word.
TEST_CASE("whatever refuses or holds the mail of every day is warned of") {
    const auto sections = config::policy_sections();
    for (const auto& setting : sections.front().settings) {
        const std::string name(setting.name());
        const bool rare = name == "spf_fail" || name == "spf_permerror" || name == "helo_fail" ||
                          name == "helo_permerror" || name.starts_with("dmarc") ||
                          name.ends_with("temperror");
        if (setting.type.kind != config::Kind::word || rare) {
            continue;
        }
        for (const char* action : {"quarantine", "tempfail", "reject", "discard"}) {
            const auto yaml = fmt::format("iprev: {{enabled: yes}}\npolicy:\n  {}: {}\n", name, action);
            INFO(yaml);
            const Texts told = diagnose(yaml);
            REQUIRE_FALSE(told.empty());
            CHECK(told.front().find("mail that is in order") != std::string::npos);
            const auto profile = fmt::format(
                "iprev: {{enabled: yes}}\npolicy:\n  profiles: {{p: {{daemon_ports: [26], {}: {}}}}}\n", name,
                action);
            CHECK_FALSE(diagnose(profile).empty());
        }
        CHECK(diagnose(fmt::format("iprev: {{enabled: yes}}\npolicy: {{{}: mark}}\n", name)).empty());
    }
}

TEST_CASE("a junk signature that fares better than none is warned of") {
    const std::string escaped = "'policy.dkim_none' is escaped by a signature that does not verify";
    const auto warns = [&](const std::string& settings) {
        const Texts told = diagnose(policy(settings));
        return std::any_of(told.begin(), told.end(),
                           [&](const auto& text) { return text.find(escaped) != std::string::npos; });
    };
    CHECK(warns("  dkim_none: reject\n"));
    CHECK(warns("  dkim_none: reject\n  dkim_fail: reject\n  dkim_no_key: reject\n  dkim_policy: reject\n"));
    CHECK_FALSE(warns("  dkim_none: reject\n  dkim_fail: reject\n  dkim_no_key: reject\n"
                      "  dkim_policy: reject\n  dkim_permerror: reject\n"));
}

TEST_CASE("mail that is put off for longer than a queue holds it is warned of") {
    const auto told = [](const std::string& settings) {
        const Texts texts = diagnose(policy(settings));
        return std::any_of(texts.begin(), texts.end(), [](const auto& text) {
            return text.find("tempfail_for' is") != std::string::npos &&
                   text.find("senders give up after 4 to 5 days") != std::string::npos;
        });
    };
    CHECK(told("  tempfail_for: 30d\n"));
    CHECK(told("  tempfail_for: 97h\n"));
    CHECK(told("  tempfail_for: 0\n"));
    CHECK(told("  profiles: {a: {daemon_ports: [26], tempfail_for: 5d}}\n"));
    CHECK_FALSE(told("  tempfail_for: 4d\n"));
    CHECK_FALSE(told("  tempfail_for: 4h\n"));
    CHECK_FALSE(told(""));
}

TEST_CASE("what has no effect or loses mail is warned of") {
    const Case cases[]{
        {"an action on a domain's policy that is not followed",
         policy("  dmarc_reject: reject\n"),
         {"p.yaml:2:17: warning: 'policy.dmarc_reject' has no effect while 'policy.dmarc' is annotate (set "
          "'dmarc: "
          "enforce' beside it)"}},
        {"the same where a profile follows it",
         policy("  dmarc_reject: tempfail\n  profiles: {a: {daemon_ports: [26], dmarc: enforce}}\n"),
         {}},
        {"SPF is off",
         policy("  spf_fail: reject\n") + "spf: {enabled: no}\n",
         {"p.yaml:2:13: warning: 'policy.spf_fail' has no effect: 'spf.enabled' is false"}},
        {"HELO is not checked",
         policy("  helo_fail: reject\n") + "spf: {check_helo: no}\n",
         {"p.yaml:2:14: warning: 'policy.helo_fail' has no effect: 'spf.check_helo' is false, so that HELO "
          "counts "
          "only where MAIL FROM is empty"}},
        {"iprev is off",
         policy("  iprev_temperror: mark\n"),
         {"p.yaml:2:20: warning: 'policy.iprev_temperror' has no effect: 'iprev.enabled' is false"}},
        {"DMARC is off",
         policy("  dmarc: enforce\n") + "dmarc: {enabled: no}\n",
         {"p.yaml:2:10: warning: 'policy.dmarc' has no effect: 'dmarc.enabled' is false"}},
        {"discard",
         policy("  spf_fail: discard\n"),
         {"p.yaml:2:13: warning: 'policy.spf_fail: discard' loses mail: neither its sender nor its recipient "
          "learns "
          "of it (take reject, so that the sender does)"}},
        {"a profile behind a wider one",
         policy(
             "  profiles:\n    a: {daemon_ports: [26]}\n    b: {daemon_ports: [26], clients: [192.0.2.1]}\n"),
         {"p.yaml:4:5: warning: profile 'b' holds for no mail: 'a' above it comes first (put the narrower "
          "one "
          "first)"}},
        {"nothing wrong", policy("  dmarc: enforce\n  spf_fail: reject\n"), {}}};
    check(cases);
    const auto refused = diagnose(policy("  spf_temperror: reject\n"));
    REQUIRE(refused.size() == 1);
    CHECK(refused.front() ==
          "p.yaml:2:18: error: 'policy.spf_temperror': expected one of accept, mark, quarantine, "
          "tempfail, not 'reject'");
}

TEST_CASE(
    "a check that is off or severe makes mail in order fail DMARC, which is warned of where it counts") {
    const std::string lead = "warning: 'policy.dmarc' takes mail that is in order for forged: ";
    const auto warns = [&](const std::string& other, const std::string& why) {
        for (const char* word : {"enforce", "strict"}) {
            const auto yaml = fmt::format("policy: {{dmarc: {}}}\n{}", word, other);
            INFO(yaml);
            CHECK(diagnose(yaml) == Texts{fmt::format("p.yaml:1:17: {}{}", lead, why)});
        }
        CHECK(diagnose("policy: {dmarc: annotate}\n" + other).empty());
        const auto told = diagnose("policy: {profiles: {p: {daemon_ports: [26], dmarc: enforce}}}\n" + other);
        REQUIRE(told.size() == 1);
        CHECK(told.front().find("'policy.profiles.p.dmarc' takes mail") != std::string::npos);
    };
    warns("spf: {enabled: no}\n", "'spf.enabled' is false, and some has nothing but SPF");
    warns("dkim: {enabled: no}\n", "'dkim.enabled' is false, and what was forwarded has nothing but DKIM");
    warns("dkim: {minimum_key_bits: 4096}\n",
          "'dkim.minimum_key_bits' is 4096, and many domains sign with keys of 1024");
    warns("dkim: {required_fields: [Subject], uncovered_fields: policy}\n",
          "'dkim.uncovered_fields' is policy, and few cover all of 'dkim.required_fields'");
}

TEST_CASE("permanent errors of SPF are refused, and the limit for them is below the standard's") {
    for (const char* name : {"spf_permerror", "helo_permerror"}) {
        const auto told = [&](int lookups) {
            return diagnose(
                fmt::format("spf: {{void_lookups: {}}}\npolicy: {{{}: reject}}\n", lookups, name));
        };
        CHECK(told(2).empty());
        REQUIRE(told(0).size() == 1);
        CHECK(told(0).front().find("with 'spf.void_lookups' at 0, records") != std::string::npos);
    }
}

TEST_CASE("signs of a list must not let in what is to be refused") {
    const auto told = diagnose(policy("  dmarc: enforce\n  dmarc_quarantine: accept\n"));
    REQUIRE(told.size() == 1);
    CHECK(
        told.front().find("'policy.dmarc_quarantine: accept' lets forged mail of domains with p=reject in") !=
        std::string::npos);
    CHECK(diagnose(policy("  dmarc: strict\n  dmarc_quarantine: accept\n")).empty());
    CHECK(diagnose(policy("  dmarc: enforce\n  dmarc_quarantine: mark\n")).empty());
    CHECK(
        diagnose(policy("  profiles: {p: {daemon_ports: [26], dmarc: enforce, dmarc_quarantine: accept}}\n"))
            .size() == 1);
}

TEST_CASE("exceptions that hold for nobody or for anybody are told") {
    const auto told = [](const std::string& exception, const std::string& more = "") {
        const auto lines =
            diagnose(more + policy("  spf_fail: reject\n  exceptions: [{name: x, " + exception + "}]\n"));
        const auto found = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
            return line.find("exception 'x'") != std::string::npos;
        });
        return found == lines.end() ? std::string() : *found;
    };
    const auto has = [](const std::string& line, std::string_view part) {
        return line.find(part) != std::string::npos;
    };
    const std::string at_rcpt = "spf: {policyd: {stage: rcpt}}\n";
    CHECK(has(told("for: [spf, helo], dkim_domains: [a.example]", at_rcpt), "never holds for 'spf.policyd'"));
    CHECK(told("for: [spf, dmarc], dkim_domains: [a.example]", at_rcpt).empty());
    CHECK(told("for: [spf], clients: [192.0.2.1]", at_rcpt).empty());
    CHECK(told("for: [spf], dkim_domains: [a.example]", "spf: {policyd: {stage: end_of_message}}\n").empty());
    for (const char* open : {"'*.com'", ".com", "'mail.*.co.uk'", "'a*.com'", "'example.*'", "'*'"}) {
        INFO(open);
        CHECK(has(told(fmt::format("dkim_domains: [a.example, {}]", open)), "is open to anybody: "));
    }
    for (const char* closed : {"'*.example.com'", ".example.com", "example.com", "'*-x.lists.example.com'"}) {
        INFO(closed);
        CHECK(told(fmt::format("dkim_domains: [{}]", closed)).empty());
    }
    CHECK(
        has(told("client_names: ['*.com']", "iprev: {enabled: yes}\n"), "in client_names stands for names"));
    const std::string relay = "relays: {hosts: [{addresses: [192.0.2.0/28], names: [mx2.example.net]}]}\n";
    CHECK(has(told("clients: [192.0.2.7]", relay), "does not hold for mail through 192.0.2.7"));
    CHECK(told("clients: [192.0.2.0/24]", relay).empty());
    CHECK(told("clients: [192.0.2.17]", relay).empty());
}

TEST_CASE("which signatures count does not matter where nothing is done about any") {
    const std::string require = "  dkim_require_author_domain: yes\n";
    const auto told = diagnose(policy(require));
    REQUIRE(told.size() == 1);
    CHECK(told.front().find("'policy.dkim_require_author_domain' has no effect") != std::string::npos);
    CHECK(diagnose(policy(require + "  dkim_none: mark\n")).empty());
    CHECK(diagnose(policy(require + "  profiles: {p: {daemon_ports: [26], dkim_fail: mark}}\n")).empty());
    CHECK(
        diagnose(policy("  profiles: {p: {daemon_ports: [26], dkim_require_author_domain: yes}}\n")).size() ==
        1);
}

TEST_CASE("what is said once is not said again in another way") {
    const Case cases[]{
        {"profiles whose conditions were refused are not compared",
         policy("  profiles:\n    partners: {clients: [mx]}\n    q: {clients: [mx, 192.0.2.1]}\n"
                "    r: {clients: [192.0.2.1]}\n"),
         {"p.yaml:3:26: error: 'policy.profiles.partners.clients': expected an address or a block such as "
          "192.0.2.0/24, not 'mx' (expected an IPv4 or IPv6 address, for example 192.0.2.0/24 or "
          "2001:db8::/32)",
          "p.yaml:4:19: error: 'policy.profiles.q.clients': expected an address or a block such as "
          "192.0.2.0/24, not 'mx' (expected an IPv4 or IPv6 address, for example 192.0.2.0/24 or "
          "2001:db8::/32)"}},
        {"what has no effect refuses nothing",
         policy("  dkim_none: reject\n") + "dkim: {enabled: no}\n",
         {"p.yaml:2:14: warning: 'policy.dkim_none' has no effect: 'dkim.enabled' is false"}},
        {"without any ground for DMARC there is an error, and no warning of each",
         policy("  dmarc: enforce\n") + "spf: {enabled: no}\ndkim: {enabled: no}\n",
         {"p.yaml: error: 'dmarc.enabled' needs 'spf.enabled' or 'dkim.enabled' (without either, all "
          "mail "
          "would fail)"}},
        {"and loses nothing",
         policy("  spf_fail: discard\n") + "spf: {enabled: no}\n",
         {"p.yaml:2:13: warning: 'policy.spf_fail' has no effect: 'spf.enabled' is false"}},
        {"a condition without a value is none",
         policy("  profiles:\n    a: {clients: []}\n"),
         {"p.yaml:3:5: warning: profile 'a' has no condition and holds for all mail (write its settings "
          "below 'policy', or say which mail it is for)"}}};
    check(cases);
}

TEST_CASE("where no mail is checked every action is without effect") {
    const auto sections = config::policy_sections();
    for (const auto& setting : sections.front().settings) {
        if (setting.type.kind != config::Kind::word) {
            continue;
        }
        const std::string_view word = setting.name() == "dmarc" ? "enforce" : "quarantine";
        const auto yaml = fmt::format("iprev: {{enabled: yes}}\npolicy: {{{}: {}}}\n", setting.name(), word);
        const auto told = [&](const char* role) {
            const Texts texts = diagnose(yaml + role);
            return texts.empty() ? "" : texts.front();
        };
        INFO(yaml);
        CHECK(told("mode: sign\n").find("no effect: 'mode' is sign, and no mail") != std::string::npos);
        CHECK(told("roles: {verify: no}\n").find("no effect: 'roles.verify' is false") != std::string::npos);
    }
    CHECK(diagnose("mode: sign\nspf: {policyd: }\n") ==
          Texts{"p.yaml:2:16: warning: 'spf.policyd' has no effect: no mail is checked (set 'mode: both' or "
                "'roles.verify')"});
}
