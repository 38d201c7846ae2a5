// Senders and domains in a source that is asked for one name at a time.
#include "keys/keyed_domains.h"
#include "keys/keyed_senders.h"
#include "support/catch.h"
#include "support/temporary_tree.h"
#include "unit/keys/store.h"

#include <sqlite3.h>

using keys_test::Store;
using keys_test::Texts;

namespace {

// A database of one table: t(name, value).
std::string database(const TemporaryTree& tree, const std::string& rows) {
    std::string path = tree.path("lists.sqlite");
    sqlite3* opened = nullptr;
    REQUIRE(::sqlite3_open(path.c_str(), &opened) == SQLITE_OK);
    const std::string text = "CREATE TABLE t (name, value); INSERT INTO t VALUES " + rows;
    REQUIRE(::sqlite3_exec(opened, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    REQUIRE(::sqlite3_close(opened) == SQLITE_OK);
    return path;
}

keys::source::Options options_of(std::string path) {
    keys::source::Options options;
    options.connection = std::move(path);
    options.query = "SELECT value FROM t WHERE name = $1";
    options.label = "sqlite:lists";
    options.named_in = "p.yaml";
    options.line = 7;
    return options;
}

base::DomainName domain(std::string_view text) {
    return *base::DomainName::parse(text);
}

keys::Fit fit_of(const keys::SenderSource& table, const std::string& login, std::string_view local_part,
                 std::string_view host) {
    return keys::may_write(table, "", {login, std::nullopt}, {local_part}, domain(host)).fit;
}

} // namespace

TEST_CASE("the forms of a login: no login is a pattern, and none a network") {
    struct Case {
        std::string_view login;
        Texts forms;
    };
    const Case cases[]{
        {"ann", {"ann", "*"}},
        {"ann@example.org", {"ann@example.org", "*@example.org", "*"}},
        {"a@b@example.org", {"a@b@example.org", "*@example.org", "*"}},
        {"ann@", {"ann@", "*"}},
        {"*", {"*"}},
        {"*@example.org", {"*@example.org", "*"}},
        {"192.0.2.0/24", {}},
        {"192.0.2.1", {}},
        {"2001:db8::", {}},
    };
    for (const Case& c : cases) {
        INFO(c.login);
        CHECK(keys::login_forms(c.login) == c.forms);
    }
}

TEST_CASE("the forms of a client and of a domain") {
    CHECK(keys::client_forms(*base::IpAddress::parse("192.0.2.9")) ==
          Texts{"192.0.2.9", "192.0.2.9/32", "192.0.2.0/24", "192.0.0.0/16", "192.0.0.0/8"});
    CHECK(keys::client_forms(*base::IpAddress::parse("2001:db8::9")) ==
          Texts{"2001:db8::9", "2001:db8::9/128", "2001:db8::/64", "2001:db8::/56", "2001:db8::/48",
                "2001:db8::/32", "2001::/16"});
    CHECK(keys::domain_forms(domain("a.b.example")) ==
          Texts{"a.b.example", "*.b.example", ".b.example", "*.example", ".example"});
    std::string longest = "a";
    for (int labels = 1; labels < 127; ++labels) {
        longest += ".a";
    }
    const keys::Inquiry inquiry(std::chrono::steady_clock::now());
    CHECK(keys::domain_forms(domain(longest)).size() <= inquiry.questions_left);
}

TEST_CASE("rows of a database allow what those of a file do") {
    const TemporaryTree tree;
    const keys::KeyedSenderTable table(
        options_of(database(tree, "('ann', 'ann@example.org,sales@example.org'), ('ann', '.example.net'),"
                                  "('*@shop.example', '%s'), ('*', 'all@example.org'),"
                                  "('bob', 'bob@example.org not/a/domain')")),
        std::make_shared<keys::source::News>());
    CHECK(table.probe(keys::Reader::self()).empty());
    CHECK(fit_of(table, "ANN", "sales", "example.org") == keys::Fit::fits);
    CHECK(fit_of(table, "ann", "x", "a.example.net") == keys::Fit::fits);
    CHECK(fit_of(table, "ann", "all", "example.org") == keys::Fit::fits);
    CHECK(fit_of(table, "ann", "boss", "example.org") == keys::Fit::does_not_fit);
    CHECK(fit_of(table, "x@shop.example", "x", "shop.example") == keys::Fit::fits);
    CHECK(fit_of(table, "x@shop.example", "y", "shop.example") == keys::Fit::does_not_fit);
    CHECK(fit_of(table, "bob", "bob", "example.org") == keys::Fit::fits);
    CHECK(fit_of(table, "bob", "boss", "example.org") == keys::Fit::unknown); // he may be meant
    CHECK(fit_of(table, "eve", "all", "example.org") == keys::Fit::fits);
    CHECK(fit_of(table, "' OR '1'='1", "ann", "example.org") == keys::Fit::does_not_fit);
}

TEST_CASE("a database of senders that is not there allows nothing and refuses nobody") {
    const keys::KeyedSenderTable table(options_of("/nonexistent/lists.sqlite"),
                                       std::make_shared<keys::source::News>());
    const auto problems = table.probe(keys::Reader::self());
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].severity == keys::Severity::signer);
    CHECK(problems[0].line == 7);
    CHECK(fit_of(table, "ann", "ann", "example.org") == keys::Fit::unknown);
}

TEST_CASE("domains in a database have the default keys") {
    const TemporaryTree tree;
    Store store;
    store.options.default_source =
        options_of(database(tree, "('example.com', ''), ('.below.example', NULL), ('*.star.example', 1)"));
    store.options.default_keys = {{"", false, "d", store.path("ed.pem"), "", "", 0}};
    store.options.domain_keys = {{"own.example", false, "s", store.path("ed.pem"), "", "", 0}};
    CHECK(store.load().empty());
    const auto signs = [&](std::string_view host) { return store.signers_for("joe", host).size() == 1; };
    CHECK(signs("example.com"));
    CHECK_FALSE(signs("a.example.com"));
    CHECK(signs("a.below.example"));
    CHECK_FALSE(signs("below.example"));
    CHECK(signs("b.a.star.example"));
    CHECK_FALSE(signs("stranger.example"));
    CHECK(store.signers_for("joe", "own.example") == Texts{"own.example/s d=own.example s=s i= ed25519"});
}

TEST_CASE("a query with a row for every name is told, and lists no domain") {
    const TemporaryTree tree;
    Store store;
    store.options.default_source = options_of(database(tree, "('example.com', 1)"));
    store.options.default_keys = {{"", false, "d", store.path("ed.pem"), "", "", 0}};
    for (const char* query :
         {"SELECT count(*) FROM t WHERE name = $1", "SELECT max(value) FROM t WHERE name = $1",
          "SELECT EXISTS (SELECT 1 FROM t WHERE name = $1)"}) {
        INFO(query);
        store.options.default_source->query = query;
        const auto problems = store.load();
        REQUIRE(problems.size() == 1);
        CHECK(problems.front().find("a row for every name") != std::string::npos);
        const auto common = store.store().signers_for_all({"joe"}, domain("stranger.example"));
        CHECK(common.undecided);
        REQUIRE(common.signers.size() == 1);
        CHECK(common.signers.front().problem.find("a row for every name") != std::string::npos);
    }
}

TEST_CASE("a database of domains that is not there leaves open who signs") {
    Store store;
    store.options.default_source = options_of("/nonexistent/lists.sqlite");
    store.options.default_keys = {{"", false, "d", store.path("ed.pem"), "", "", 0}};
    store.options.domain_keys = {{"own.example", false, "s", store.path("ed.pem"), "", "", 0}};
    CHECK(store.load() ==
          Texts{"p.yaml:7: sqlite:lists: /nonexistent/lists.sqlite: unable to open database file"});
    const auto undecided = [&](std::string_view host) {
        return store.store().signers_for_all({"joe"}, domain(host)).undecided;
    };
    CHECK(undecided("example.com"));
    CHECK_FALSE(undecided("own.example"));
    store.options.default_keys.front().selector.clear(); // none signs yet
    (void)store.load();
    CHECK_FALSE(undecided("example.com"));
}
