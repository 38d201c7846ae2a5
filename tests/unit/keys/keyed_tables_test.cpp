#include "keys/keyed_tables.h"

#include "support/catch.h"
#include "unit/keys/store.h"

#include <fmt/format.h>

#include <filesystem>

using keys_test::Store;
using keys_test::Texts;

namespace {

Texts lookup_forms(std::string_view local_part, std::string_view host) {
    Texts texts;
    keys::LookupForms forms(local_part, host);
    while (auto form = forms.next()) {
        texts.push_back(std::move(*form));
    }
    return texts;
}

} // namespace

TEST_CASE("the forms of an address, in the order of OpenDKIM") {
    CHECK(lookup_forms("joe", "a.b.example") == Texts{"joe@a.b.example", "a.b.example", "joe@.b.example",
                                                      ".b.example", "joe@.example", ".example", "joe@*",
                                                      "*"});
    CHECK(lookup_forms("", "example") == Texts{"@example", "example", "@*", "*"});
}

TEST_CASE("what a message may ask is enough for any domain, and no more") {
    std::string longest = "a";
    for (int labels = 1; labels < 127; ++labels) {
        longest += ".a";
    }
    const auto domain = base::DomainName::parse(longest);
    REQUIRE(domain);
    keys::source::Options options;
    options.connection = "/nonexistent";
    options.label = "sqlite:/nonexistent";
    const keys::KeyedSigningTable table(options, std::make_shared<keys::source::News>());
    keys::Inquiry inquiry = table.source().inquiry();
    CHECK(lookup_forms("joe", domain->text()).size() <= inquiry.questions_left);
    inquiry.questions_left = 0;
    CHECK(table.match("joe", *domain, false, inquiry).failure == "the message needs too many lookups");
    CHECK(table.match(std::string(65536, 'a'), *domain, false, inquiry).failure.empty());
}

TEST_CASE("a source that fails stops the mail that it should sign, and no other") {
    Store store;
    keys::source::Options options;
    options.connection = store.path("none.sqlite");
    options.query = "SELECT k FROM s WHERE a = $1";
    options.label = "sqlite:none";
    options.named_in = "p.yaml";
    options.line = 7;
    store.options.key_source = options;
    store.options.signing_source = options;
    store.options.domain_keys = {{"own.example", false, "s", store.path("ed.pem"), "", "", 0}};
    const auto problems = store.load();
    REQUIRE(problems.size() == 1); // of both tables once
    CHECK(problems[0] == "p.yaml:7: sqlite:none: /DIR/none.sqlite: unable to open database file");
    CHECK(store.severities() == std::vector{keys::Severity::signer});
    CHECK(store.signers_for("joe", "own.example") == Texts{"own.example/s d=own.example s=s i= ed25519"});
    const Texts unknown{"for example.com d=example.com s= i= sqlite:none: /DIR/none.sqlite: unable to open "
                        "database file"};
    CHECK(store.signers_for("joe", "example.com") == unknown);
    const auto common =
        store.store().signers_for_all({"joe", "ann"}, *base::DomainName::parse("example.com"));
    REQUIRE(common.signers.size() == 1);
    CHECK_FALSE(common.signers[0].absent);
    CHECK_FALSE(common.author_in_the_way);
    CHECK(common.undecided);
}

TEST_CASE("a row that names a key file takes little of what is kept") {
    const Store store;
    store.write("rows.sqlite", "");
    keys::source::Options options;
    options.connection = store.path("rows.sqlite");
    options.query = "SELECT 'example.org:s:/k.pem' WHERE $1 <> ''";
    options.cache_bytes = 256UL * 1024;
    const keys::KeyedKeyTable table(options, std::make_shared<keys::source::News>());
    const auto known = [&] {
        int count = 0;
        for (int i = 0; i < 100; ++i) {
            keys::Inquiry inquiry = table.source().inquiry();
            count += table.find(fmt::format("k{}", i), inquiry).row != nullptr ? 1 : 0;
        }
        return count;
    };
    CHECK(known() == 100);
    // What was kept goes on without the file.
    REQUIRE(std::filesystem::remove(options.connection));
    CHECK(known() == 100);
}

TEST_CASE("a source of keys alone does not stop a domain with keys of its own") {
    Store store;
    keys::source::Options options;
    options.connection = store.path("none.sqlite");
    options.query = "SELECT d, s, p FROM k WHERE n = $1";
    options.label = "sqlite:none";
    store.options.key_source = options;
    store.options.signing_table = "csl:own.example=k, example.com=k";
    store.options.domain_keys = {{"own.example", false, "s", store.path("ed.pem"), "", "", 0}};
    store.load();
    const auto common = [&](std::string_view domain) {
        return store.store().signers_for_all({"joe"}, *base::DomainName::parse(domain));
    };
    CHECK_FALSE(common("own.example").undecided);
    CHECK(store.signers_for("joe", "own.example") == Texts{"own.example/s d=own.example s=s i= ed25519"});
    CHECK(common("example.com").undecided);
}

TEST_CASE("rows in the settings, csl:") {
    struct Case {
        std::string name;
        std::string key_table;
        std::string signing_table;
        Texts signers;
    };
    const std::string rsa = "main=example.com:s:./rsa.pem";
    const Case cases[]{
        {"a domain", rsa, "example.com=main", {"main d=example.com s=s i= rsa"}},
        {"an address before its domain",
         rsa + ", e=%:t:./ed.pem",
         "example.com=main,joe@example.com=e",
         {"e d=example.com s=t i= ed25519"}},
        {"a percent sign in both tables",
         "example.com=%:s:/DIR/keys/%.pem",
         "*=%:@%",
         {"example.com d=example.com s=s i=@example.com ed25519"}},
        {"another domain", rsa, "example.org=main", {}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Store store;
        auto key_table = c.key_table;
        if (const auto at = key_table.find("/DIR"); at != std::string::npos) {
            key_table.replace(at, 4, store.path("."));
        }
        store.options.tables_named_in = store.path("paraph.yaml");
        store.options.key_table = "csl:" + key_table;
        store.options.signing_table = "csl:" + c.signing_table;
        (void)store.load();
        CHECK(store.signers_for("joe", "example.com") == c.signers);
    }
}

TEST_CASE("keys in the settings are as safe as the file that has them") {
    Store store;
    store.write("paraph.yaml", "");
    store.options.tables_named_in = store.path("paraph.yaml");
    store.options.key_table = fmt::format("csl:a=example.com:a:{}", support::ed25519_pem);
    std::replace(store.options.key_table.begin(), store.options.key_table.end(), '\n', ' ');
    store.options.signing_table = "csl:example.com=a";
    CHECK(store.load().empty());
    CHECK(store.signers_for("joe", "example.com") == Texts{"a d=example.com s=a i= ed25519"});
    REQUIRE(::chmod(store.path("paraph.yaml").c_str(), 0644) == 0);
    REQUIRE(store.load().size() == 1);
    CHECK(store.signers_for("joe", "example.com").at(0).find("can be read by others") != std::string::npos);
}
