#include "config/load.h"
#include "milter/session/key_choice.h"
#include "milter/session/session.h"
#include "support/catch.h"
#include "support/keys.h"
#include "support/memory_logger.h"
#include "support/table_resolver.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;
using milter::session::Submission;

// A runtime of a yaml file; k.pem is a key.
class Daemon {
  public:
    explicit Daemon(const std::string& yaml, const std::string& senders = "") {
        tree_.write("k.pem", support::ed25519_pem);
        tree_.write("senders", senders);
        const bool own_signing = yaml.starts_with("signing:");
        auto loaded = config::load_file(tree_.write(
            "p.yaml", "authserv_id: mx.example.net\n" +
                          std::string(own_signing ? "" : "signing: {require_safe_keys: false}\n") + yaml));
        for (const auto& diagnostic : loaded.diagnostics) {
            UNSCOPED_INFO(config::print(diagnostic));
        }
        REQUIRE(loaded.settings);
        auto built = milter::runtime::build_runtime(std::move(*loaded.settings), "host.example.net");
        REQUIRE(built.problems.empty());
        runtime = built.runtime;
    }

    // "DOMAIN/SELECTOR ..." or why there is none.
    [[nodiscard]] std::string choose(const Fields& fields, const Submission& submission) const {
        message::HeaderList headers;
        for (const auto& [name, body] : fields) {
            headers.add(message::HeaderField(name, " " + body));
        }
        const auto choice =
            milter::session::choose_keys(*runtime, headers, message::find_author(headers), submission);
        std::string text;
        for (const auto& signer : choice.signers) {
            text += (text.empty() ? "" : " ") + signer.domain + "/" + signer.selector;
        }
        CHECK(text.empty() != choice.unsigned_because.empty());
        return (choice.forbidden ? "forbidden: " : "") + (text.empty() ? choice.unsigned_because : text);
    }

    std::shared_ptr<const milter::runtime::Runtime> runtime;

  private:
    TemporaryTree tree_;
};

Submission login(std::string name, std::string mail_from = "<x@example.org>") {
    return {{std::move(name), base::IpAddress::parse("192.0.2.9")}, "smtpd", std::move(mail_from)};
}

Submission client(std::string_view address, std::string daemon = "smtpd") {
    return {{std::nullopt, base::IpAddress::parse(address)}, std::move(daemon), "<x@example.org>"};
}

Fields from(std::string address) {
    return {{"From", std::move(address)}};
}

struct Case {
    std::string_view what;
    Fields fields;
    Submission submission;
    std::string_view chosen;
};

void check(const Daemon& daemon, const std::vector<Case>& cases) {
    for (const Case& c : cases) {
        INFO(c.what);
        CHECK(daemon.choose(c.fields, c.submission) == c.chosen);
    }
}

constexpr std::string_view domains = R"(
domains:
  example.org:
    keys: [{selector: s, file: k.pem}]
  "*.example.org":
    keys: [{selector: w, file: k.pem}]
  waits.example.org:
    keys: [{selector: p, file: k.pem, state: pending}, {selector: r, file: k.pem, state: retiring}]
  lists.example.net:
    keys: [{selector: l, file: k.pem}]
  third.example:
    signing_domain: provider.example
    keys: [{selector: t, file: k.pem}]
  closed.example:
    used_by: {logins: [ann, "*@closed.example"], clients: [203.0.113.0/24]}
    keys: [{selector: c, file: k.pem}]
default:
  domains: [customer.example, "*.customer.example"]
  keys: [{selector: d, file: k.pem}]
)";

} // namespace

TEST_CASE("the domain of From chooses the keys") {
    const Daemon daemon{std::string(domains)};
    check(daemon,
          {
              {"its own", from("x@example.org"), login("ann"), "example.org/s"},
              {"a wildcard", from("x@a.b.example.org"), login("ann"), "example.org/w"},
              {"no active key, and nothing above signs", from("x@waits.example.org"), login("ann"),
               "no key for waits.example.org"},
              {"a third party", from("x@third.example"), login("ann"), "provider.example/t"},
              {"the default", from("x@customer.example"), login("ann"), "customer.example/d"},
              {"the default, below", from("x@a.customer.example"), login("ann"), "a.customer.example/d"},
              {"not in the list", from("x@stranger.example"), login("ann"), "no key for stranger.example"},
              {"alike", from("x@notcustomer.example"), login("ann"), "no key for notcustomer.example"},
              {"not our third party itself", from("x@provider.example"), login("ann"),
               "no key for provider.example"},
          });
}

TEST_CASE("keys with users sign for nobody else") {
    const Daemon daemon{std::string(domains)};
    const auto mail = from("x@closed.example");
    check(daemon,
          {
              {"a login", mail, login("ann"), "closed.example/c"},
              {"in capitals", mail, login("Ann"), "closed.example/c"},
              {"of a pattern", mail, login("bob@CLOSED.example"), "closed.example/c"},
              {"another", mail, login("eve"), "login 'eve' may not use key closed.example/c (used_by)"},
              {"one that is a pattern", mail, login("*"),
               "login '*' may not use key closed.example/c (used_by)"},
              {"a login without a name", mail, login(""),
               "a login without a name may not use key closed.example/c (used_by)"},
              {"a client", mail, client("203.0.113.5"), "closed.example/c"},
              {"another client", mail, client("192.0.2.5"),
               "client 192.0.2.5 may not use key closed.example/c (used_by)"},
              {"a login at that client", mail,
               Submission{{"eve", base::IpAddress::parse("203.0.113.5")}, "", ""},
               "login 'eve' may not use key closed.example/c (used_by)"},
              {"nobody known", mail, Submission{},
               "a client without an address may not use key closed.example/c (used_by)"},
          });
}

TEST_CASE("the table of senders says who may write which From") {
    const Daemon daemon("senders: {table: senders, delimiters: '+'}" + std::string(domains),
                        "ann ann@example.org\nboss example.org customer.example\n127.0.0.0/8 *\n");
    check(daemon,
          {
              {"hers", from("ann@example.org"), login("ann"), "example.org/s"},
              {"quoted, the same address", from("\"ann\"@example.org"), login("ann"), "example.org/s"},
              {"an extension", from("ann+x@Example.org"), login("ann"), "example.org/s"},
              {"another's", from("boss@example.org"), login("ann"),
               "forbidden: login 'ann' may not write boss@example.org (senders.table)"},
              {"hers and another's", from("ann@example.org, boss@example.org"), login("ann"),
               "forbidden: login 'ann' may not write boss@example.org (senders.table)"},
              {"another's name only", from("\"boss@example.org\" <ann@example.org>"), login("boss"),
               "example.org/s"},
              {"a default domain", from("x@customer.example"), login("boss"), "customer.example/d"},
              {"not that one's", from("x@customer.example"), login("ann"),
               "forbidden: login 'ann' may not write x@customer.example (senders.table)"},
              {"no key, nothing to forbid", from("x@stranger.example"), login("ann"),
               "no key for stranger.example"},
              {"two From fields",
               {{"From", "ann@example.org"}, {"From", "boss@example.org"}},
               login("ann"),
               "forbidden: 2 From fields"},
              {"the same from outside of logins",
               {{"From", "ann@example.org"}, {"From", "boss@example.org"}},
               client("127.0.0.1"),
               "2 From fields"},
              {"a program on this host", from("cron@example.org"), client("127.0.0.1"), "example.org/s"},
              {"another client", from("cron@example.org"), client("192.0.2.1"),
               "forbidden: client 192.0.2.1 may not write cron@example.org (senders.table)"},
          });
}

namespace {

constexpr std::string_view list_rules = R"(
key_fields:
  - {daemons: [LISTS], fields: [List-Post, List-Id, From]}
  - {clients: [203.0.113.0/24], fields: [Sender, Resent-From, envelope]}
)";

} // namespace

TEST_CASE("another field chooses the key where a rule says so") {
    const Daemon daemon(std::string(list_rules) + std::string(domains));
    const auto list = client("127.0.0.1", "LISTS");
    const auto sender = client("203.0.113.1");
    const std::pair<std::string, std::string> stranger{"From", "x@stranger.example"};
    const std::string post = "<mailto:dev@lists.example.net>";
    check(
        daemon,
        {
            {"List-Post", {stranger, {"List-Post", post}}, list, "lists.example.net/l"},
            {"with a subject",
             {stranger, {"List-Post", "<mailto:dev@lists.example.net?subject=x>"}},
             list,
             "lists.example.net/l"},
            {"no posting, and List-Id",
             {stranger, {"List-Post", "NO"}, {"List-Id", "Dev <dev.lists.example.net>"}},
             list,
             "lists.example.net/l"},
            {"neither", from("x@example.org"), list, "example.org/s"},
            {"two",
             {stranger, {"List-Post", post}, {"List-Post", post}},
             list,
             "List-Post does not name one domain (key_fields)"},
            {"two addresses",
             {stranger, {"List-Post", "<mailto:a@example.org>, " + post}},
             list,
             "List-Post does not name one domain (key_fields)"},
            {"not at another daemon",
             {stranger, {"List-Post", post}},
             login("ann"),
             "no key for stranger.example"},
            {"Sender", {stranger, {"Sender", "Dev <dev@lists.example.net>"}}, sender, "lists.example.net/l"},
            {"the topmost Resent-From",
             {{"Resent-From", "x@lists.example.net"}, {"Resent-From", "x@stranger.example"}, stranger},
             sender,
             "lists.example.net/l"},
            {"the envelope", {stranger}, sender, "example.org/s"},
            {"a bounce",
             {stranger},
             Submission{sender.submitter, "", "<>"},
             "none of the fields that choose a key (key_fields)"},
        });
}

TEST_CASE("a field beside From brings no signature that speaks for From") {
    const Daemon daemon("senders: {table: senders}" + std::string(list_rules) + std::string(domains),
                        "203.0.113.0/24 dev@lists.example.net dev@example.org a@x.example.org\n");
    const auto sender = client("203.0.113.1");
    const auto mail = [](std::string author, std::string chosen_by) {
        return Fields{{"From", std::move(author)}, {"Sender", std::move(chosen_by)}};
    };
    check(daemon,
          {
              {"of another domain", mail("x@stranger.example", "dev@lists.example.net"), sender,
               "lists.example.net/l"},
              {"of the same domain, From not allowed", mail("boss@example.org", "dev@example.org"), sender,
               "forbidden: client 203.0.113.1 may not write boss@example.org (senders.table)"},
              {"of the same domain, From allowed", mail("dev@example.org", "dev@example.org"), sender,
               "example.org/s"},
              {"the domain above, whose key is not that of From", mail("a@x.example.org", "dev@example.org"),
               sender, "key example.org/s was chosen by Sender, would speak for From and is not its key"},
              {"a domain below the same registered one, which has no key",
               mail("x@mail.example.net", "dev@lists.example.net"), sender,
               "key lists.example.net/l was chosen by Sender, would speak for From and is not its key"},
              {"Sender not allowed", mail("x@stranger.example", "boss@lists.example.net"), sender,
               "forbidden: client 203.0.113.1 may not write boss@lists.example.net (senders.table)"},
              {"From in two ways",
               {{"From", "a@example.org"}, {"From", "b@example.org"}, {"Sender", "dev@lists.example.net"}},
               sender,
               "2 From fields"},
          });
}

TEST_CASE("the users of From's key count where another field chose it") {
    const Daemon daemon(R"(
key_fields: [{clients: [192.0.2.0/24], fields: [Sender]}]
domains:
  example.org:
    keys: [{selector: s, file: k.pem}]
  shop.example.org:
    signing_domain: example.org
    used_by: {logins: [boss]}
    keys: [{selector: s, file: k.pem}]
)");
    const Fields mail{{"From", "x@shop.example.org"}, {"Sender", "x@example.org"}};
    check(daemon, {{"a user", mail, login("boss"), "example.org/s"},
                   {"somebody else", mail, login("ann"),
                    "key example.org/s was chosen by Sender, would speak for From and is not its key"}});
}

TEST_CASE("what DMARC could take for the author's") {
    const auto list = dmarc::PublicSuffixList::built_in();
    struct Alignment {
        std::string_view signer;
        std::string_view author;
        bool with_list;
        bool without_list;
    };
    const std::vector<Alignment> cases{
        {"example.org", "example.org", true, true},      {"example.org", "a.example.org", true, true},
        {"a.example.org", "example.org", true, true},    {"a.example.org", "b.example.org", true, true},
        {"example.org", "example.net", false, false},    {"example.org", "example2.org", false, false},
        {"one.co.uk", "two.co.uk", false, true},         {"co.uk", "two.co.uk", true, true},
        {"a.one.co.uk", "b.one.co.uk", true, true},      {"one.github.io", "two.github.io", true, true},
        {"a.one.github.io", "github.io", true, true},    {"one.github.io", "one.gitlab.io", false, false},
        {"one.tk.invalid", "two.invalid", false, false},
    };
    for (const auto& c : cases) {
        INFO(c.signer << " " << c.author);
        const auto signer = *base::DomainName::parse(c.signer);
        const auto author = *base::DomainName::parse(c.author);
        CHECK(milter::session::may_align(signer, author, &list) == c.with_list);
        CHECK(milter::session::may_align(signer, author, nullptr) == c.without_list);
    }
}

namespace {

// What the mail server is told about a message of a login.
milter::session::Actions submit(const Daemon& daemon, const Fields& fields, std::string_view name,
                                std::vector<std::string>& log) {
    test::TableResolver dns;
    test::MemoryLogger logger;
    milter::runtime::Service service(daemon.runtime, dns, logger, [] { return base::UnixTime{1777777777}; });
    milter::session::Session session(service);
    session.connect({{base::IpAddress::parse("127.0.0.1"), 4711, ""}, "mx.example.net"});
    session.mail_from({"<ann@example.org>", "smtpd", name.empty() ? "" : "PLAIN", std::string(name)});
    for (const auto& [field, body] : fields) {
        session.header(field, " " + body);
    }
    session.body("hello\r\n");
    auto actions = session.end_of_message("4abc", [] {});
    log = logger.lines;
    return actions;
}

struct Refusal {
    std::string_view mismatch;
    std::string_view login;
    std::string_view author;
    milter::session::Reply reply;
    std::string_view code;
    std::size_t signatures;
};

} // namespace

TEST_CASE("mail whose From does not fit goes out unsigned, waits, or is refused") {
    using milter::session::Reply;
    const std::vector<Refusal> cases{
        {"unsigned", "ann", "ann@example.org", Reply::proceed, "", 1},
        {"unsigned", "ann", "boss@example.org", Reply::proceed, "", 0},
        {"tempfail", "ann", "ann@example.org", Reply::proceed, "", 1},
        {"tempfail", "ann", "boss@example.org", Reply::tempfail, "451", 0},
        {"reject", "ann", "ann@example.org", Reply::proceed, "", 1},
        {"reject", "ann", "boss@example.org", Reply::reject, "550", 0},
        {"reject", "ann", "ann@example.org, boss@example.org", Reply::reject, "550", 0},
        {"reject", "ann", "x@stranger.example", Reply::proceed, "", 0}, // nothing would be signed
        {"reject", "", "x@stranger.example", Reply::proceed, "", 0},
        {"reject", "", "ann@example.org", Reply::reject, "550", 0}, // no row for this host
    };
    for (const Refusal& c : cases) {
        INFO(c.mismatch << " " << c.login << " " << c.author);
        const Daemon daemon(fmt::format("senders: {{table: senders, mismatch: {}}}{}", c.mismatch, domains),
                            "ann ann@example.org\n");
        std::vector<std::string> log;
        const auto actions = submit(daemon, from(std::string(c.author)), c.login, log);
        CHECK(actions.reply == c.reply);
        CHECK(actions.code == c.code);
        const auto signatures =
            std::count_if(actions.insertions.begin(), actions.insertions.end(),
                          [](const auto& field) { return field.name == "DKIM-Signature"; });
        CHECK(static_cast<std::size_t>(signatures) == c.signatures);
        const bool told = std::any_of(log.begin(), log.end(), [](const std::string& line) {
            return line.find("disposition=") != std::string::npos &&
                   line.find("reason=sender-mismatch") != std::string::npos;
        });
        CHECK(told == (c.reply != Reply::proceed));
    }
}

TEST_CASE("a source that fails refuses nobody, and lets nothing go out unsigned") {
    using milter::session::Reply;
    const auto mail = [](std::string author, std::string chosen_by) {
        return Fields{{"From", std::move(author)}, {"Sender", std::move(chosen_by)}};
    };
    const std::string fields = "key_fields: [{clients: [127.0.0.1], fields: [Sender, From]}]\n";
    const std::string senders = "senders: {table: senders, mismatch: reject}\n";
    const std::string authors = "signing: {require_safe_keys: false, signing_table: 'sqlite:/none.sqlite', "
                                "key_table: 'csl:k=x:s:/k.pem'}\n";
    const std::string keys = "signing: {require_safe_keys: false, signing_table: 'csl:stranger.example=k', "
                             "key_table: 'sqlite:/none.sqlite'}\n";
    const struct {
        std::string_view what;
        std::string yaml;
        Fields fields;
        std::string_view code;
    } cases[]{
        {"perhaps nobody signs for that", authors + senders, from("x@stranger.example"), "451"},
        {"the key is known", authors + senders, from("boss@example.org"), "550"},
        {"the source of From's key", authors + fields, mail("x@mail.example.net", "dev@lists.example.net"),
         "451"},
        {"the source of Sender's key", authors + fields, mail("x@example.org", "dev@stranger.example"),
         "451"},
        {"the source of Sender's key, by name", keys + fields, mail("x@example.org", "x@stranger.example"),
         "451"},
        {"From's key does not matter", authors + fields, mail("x@stranger.example", "dev@lists.example.net"),
         ""},
    };
    for (const auto& c : cases) {
        INFO(c.what);
        const Daemon daemon(c.yaml + std::string(domains), "ann ann@example.org\n");
        std::vector<std::string> log;
        const auto actions = submit(daemon, c.fields, "ann", log);
        CHECK(actions.code == c.code);
        CHECK(actions.insertions.empty() == !c.code.empty());
    }
}

TEST_CASE("signatures of a domain have the form that it asks for") {
    const Daemon daemon(R"(
domains:
  example.org:
    header_canonicalization: simple
    body_canonicalization: simple
    signed_fields: [From, X-Own]
    oversigned_fields: [X-Own, X-Gone]
    omitted_fields: [X-Gone]
    lifetime: 1h
    keys: [{selector: s, file: k.pem}]
  example.net:
    keys: [{selector: s, file: k.pem}]
)");
    std::vector<std::string> log;
    const auto own = submit(daemon, from("x@example.org"), "ann", log);
    REQUIRE(own.insertions.size() == 1);
    const auto& field = own.insertions.front().body;
    CHECK(field.find("c=simple/simple") != std::string::npos);
    CHECK(field.find("x=1777781377") != std::string::npos);
    CHECK(field.find("x-own") != std::string::npos);
    CHECK(field.find("x-gone") == std::string::npos);
    CHECK(field.find("subject") == std::string::npos);
    const auto general = submit(daemon, from("x@example.net"), "ann", log);
    REQUIRE(general.insertions.size() == 1);
    CHECK(general.insertions.front().body.find("c=relaxed/relaxed") != std::string::npos);
    CHECK(general.insertions.front().body.find("x=") == std::string::npos);
}
