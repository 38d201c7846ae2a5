#include "keys/sender_table.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <optional>

namespace {

struct Loaded {
    std::shared_ptr<const keys::SenderTable> table;
    std::vector<std::string> problems;
};

Loaded load(const TemporaryTree& tree, std::string_view text) {
    std::vector<keys::Problem> problems;
    Loaded loaded{keys::SenderTable::load(tree.write("senders", text), problems), {}};
    for (const auto& problem : problems) {
        loaded.problems.push_back(std::to_string(problem.line) + ": " + problem.message);
    }
    return loaded;
}

keys::Submitter login(std::string name) {
    return {std::move(name), base::IpAddress::parse("192.0.2.9")};
}

keys::Submitter client(std::string_view address) {
    return {std::nullopt, base::IpAddress::parse(address)};
}

struct Case {
    std::string_view what;
    keys::Submitter submitter;
    std::string_view local_part;
    std::string_view domain;
    bool fits;
};

void check(const keys::SenderSource& table, std::string_view delimiters, const std::vector<Case>& cases) {
    for (const Case& c : cases) {
        INFO(c.what);
        const auto fit = keys::may_write(table, delimiters, c.submitter, {c.local_part},
                                         *base::DomainName::parse(c.domain));
        CHECK(fit.fit == (c.fits ? keys::Fit::fits : keys::Fit::does_not_fit));
        CHECK(fit.why.empty() == c.fits);
    }
}

constexpr std::string_view sample = R"(
# who          what
ann            ann@example.org, Sales@Example.ORG
bob            example.net .example.com
*@shop.example %s
*@mail.example %d @other.example
web            @müller.example
root           *
eve            %u@example.org
192.0.2.0/24   example.org
2001:db8::/32  news@example.org
)";

} // namespace

TEST_CASE("a login may write what its rows say, and nothing else") {
    const TemporaryTree tree;
    const auto loaded = load(tree, sample);
    CHECK(loaded.problems.empty());
    CHECK(loaded.table->rows() == 9);
    CHECK(loaded.table->has_networks());
    check(*loaded.table, "",
          {
              {"its address", login("ann"), "ann", "example.org", true},
              {"case does not count", login("ANN"), "SALES", "example.org", true},
              {"another address", login("ann"), "boss", "example.org", false},
              {"an extension", login("ann"), "ann+x", "example.org", false},
              {"a name below", login("ann"), "ann", "a.example.org", false},
              {"nobody can tell the local-part", login("ann"), "", "example.org", false},
              {"a whole domain", login("bob"), "anybody", "example.net", true},
              {"even where nobody can tell", login("bob"), "", "example.net", true},
              {"a domain is not those below it", login("bob"), "x", "a.example.net", false},
              {"names below", login("bob"), "x", "a.b.example.com", true},
              {"names below are not the name", login("bob"), "x", "example.com", false},
              {"U-labels", login("web"), "x", "xn--mller-kva.example", true},
              {"everybody", login("root"), "x", "anywhere.example", true},
              {"no row", login("mallory"), "ann", "example.org", false},
          });
}

TEST_CASE("what stands for the login is that login and never a pattern") {
    const TemporaryTree tree;
    const auto loaded = load(tree, sample);
    check(*loaded.table, "",
          {
              {"itself", login("joe@shop.example"), "joe", "shop.example", true},
              {"another of its domain", login("joe@shop.example"), "jim", "shop.example", false},
              {"its domain", login("joe@mail.example"), "jim", "mail.example", true},
              {"and another", login("joe@mail.example"), "jim", "other.example", true},
              {"not another", login("joe@mail.example"), "jim", "shop.example", false},
              {"its name elsewhere", login("eve"), "eve", "example.org", true},
              {"another name", login("eve"), "ann", "example.org", false},
              {"a wildcard as login", login("*@shop.example"), "jim", "shop.example", false},
              {"a login that ends in another's domain", login("x@shop.example@mail.example"), "x",
               "shop.example", false},
              {"a login of blanks", login(""), "ann", "example.org", false},
          });
}

TEST_CASE("a login without a domain as a local part, and never as a domain") {
    const TemporaryTree tree;
    const auto loaded = load(tree, "* %s@example.org .%s @%s\n");
    CHECK(loaded.problems.size() == 2); // of the domains
    check(*loaded.table, "",
          {
              {"its address", login("ann"), "ann", "example.org", true},
              {"another's", login("ann"), "bob", "example.org", false},
              {"an address is not its first half", login("ann@other.example"), "ann", "example.org", false},
              {"a login like a domain", login("shop.example"), "x", "shop.example", false},
              {"and below it", login("shop.example"), "x", "a.shop.example", false},
              {"as a local part", login("shop.example"), "shop.example", "example.org", true},
          });
}

TEST_CASE("a network is for those who do not log in") {
    const TemporaryTree tree;
    const auto loaded = load(tree, sample);
    check(*loaded.table, "",
          {
              {"in the network", client("192.0.2.7"), "x", "example.org", true},
              {"the same, in the form of IPv6", client("::ffff:192.0.2.7"), "x", "example.org", true},
              {"outside", client("198.51.100.7"), "x", "example.org", false},
              {"IPv6", client("2001:db8::1"), "news", "example.org", true},
              {"IPv6, another address", client("2001:db8::1"), "x", "example.org", false},
              {"who logs in is not his address", login("mallory"), "x", "example.org", false},
              {"a login without a name neither", login(""), "x", "example.org", false},
              {"no address", {std::nullopt, std::nullopt}, "x", "example.org", false},
          });
}

TEST_CASE("extensions belong to their address where the delimiter is known") {
    const TemporaryTree tree;
    const auto loaded = load(tree, "ann ann@example.org\nbob bob+x@example.org\n");
    check(*loaded.table, "+-",
          {
              {"one", login("ann"), "ann+x", "example.org", true},
              {"the other", login("ann"), "ann-x+y", "example.org", true},
              {"nothing before it", login("ann"), "+ann", "example.org", false},
              {"another", login("ann"), "anna+x", "example.org", false},
              {"an allowed one", login("bob"), "bob+x", "example.org", true},
              {"its address is not allowed by it", login("bob"), "bob", "example.org", false},
          });
}

TEST_CASE("what can be wrong with a table of senders") {
    const TemporaryTree tree;
    CHECK(load(tree, "ann *@example.org\nbob exa_mple@\ncid %x\ndan \"a\"@example.org\neve a@b@example.org\n"
                     "fay .x@example.org\nguy *.\nhal %\n")
              .problems ==
          std::vector<std::string>{
              "1: '*@example.org': an address has no wildcards and no quotes: allow the domain instead",
              "2: 'exa_mple@': neither an address nor a domain",
              "3: '%x': behind % stands s, u or d",
              "4: '\"a\"@example.org': an address has no wildcards and no quotes: allow the domain instead",
              "5: 'a@b@example.org': an address has no wildcards and no quotes: allow the domain instead",
              "6: '.x@example.org': an address has no wildcards and no quotes: allow the domain instead",
              "7: '*.': neither an address nor a domain",
              "8: '%': behind % stands s, u or d",
          });
    std::vector<keys::Problem> problems;
    (void)keys::SenderTable::load("/nonexistent/senders", problems);
    CHECK(problems.size() == 1);
}

TEST_CASE("a source that cannot be asked leaves open what is not known, and allows nothing") {
    class Down : public keys::SenderSource {
        [[nodiscard]] Answer of_login(std::string_view) const override {
            return {{"ann@example.org"}, "no route to host"};
        }
        [[nodiscard]] Answer of_client(const base::IpAddress&) const override { return {{}, "down"}; }
    };
    const Down down;
    const auto fit_of = [&](const keys::Submitter& submitter, const std::vector<std::string_view>& parts) {
        return keys::may_write(down, "", submitter, parts, *base::DomainName::parse("example.org"));
    };
    CHECK(fit_of(login("ann"), {"ann"}).fit == keys::Fit::fits);
    CHECK(fit_of(login("ann"), {"ann", "boss"}).fit == keys::Fit::unknown);
    CHECK(fit_of(login("ann"), {"boss"}).why == "nobody knows what login 'ann' may write: no route to host");
    CHECK(fit_of(client("192.0.2.1"), {"ann"}).fit == keys::Fit::unknown);
}
