#include "keys/domain_keys.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>

namespace {

using Texts = std::vector<std::string>;
using Options = keys::KeyOptions;

std::shared_ptr<const Options::Manner> below() {
    return std::make_shared<Options::Manner>(Options::Manner{false, "", nullptr, nullptr});
}

// One key for each entry; its selector is the entry's.
Options options() {
    Options options;
    options.domain_keys = {
        {"example.org", false, "exact", "", "", "", 0, nullptr},
        {"example.org", false, "wild", "", "", "", 0, below()},
        {"deep.example.org", true, "deep", "", "", "", 0, nullptr},
        {"silent.example.org", false, "", "", "", "", 0, nullptr},
        {"example.com", true, "com", "", "", "", 0, nullptr},
        {"wild.example.net", false, "net", "", "", "", 0, below()},
    };
    options.default_domains = {"listed.example", "*.below.example", "silent.example.org", "müller.example"};
    options.default_keys = {{"", false, "default", "", "", "", 0, nullptr}};
    return options;
}

} // namespace

TEST_CASE("the nearest entry is for a domain") {
    const auto all = options();
    std::vector<keys::Problem> problems;
    const keys::DomainKeys domains(all, problems);
    CHECK(problems.empty());
    struct Case {
        std::string_view domain;
        Texts entries;
        bool listed = false;
    };
    const std::vector<Case> cases{
        {"example.org", {"example.org"}},
        {"a.example.org", {"*.example.org"}},
        {"a.b.example.org", {"*.example.org"}},
        {"deep.example.org", {"deep.example.org"}},
        {"a.deep.example.org", {"deep.example.org"}},
        {"silent.example.org", {"silent.example.org"}, true}, // and its default key does not sign, see below
        {"a.silent.example.org", {"*.example.org"}},
        {"example.com", {"example.com"}},
        {"a.example.com", {"example.com"}},
        {"wild.example.net", {}}, // a wildcard is not for the name itself
        {"a.wild.example.net", {"*.wild.example.net"}},
        {"example.net", {}},
        {"notexample.org", {}},
        {"org", {}},
        {"listed.example", {}, true},
        {"a.listed.example", {}},
        {"below.example", {}},
        {"a.below.example", {}, true},
        {"xn--mller-kva.example", {}, true},
        {"example", {}},
    };
    for (const Case& c : cases) {
        INFO(c.domain);
        Texts entries;
        for (const auto* key : domains.find(*base::DomainName::parse(c.domain))) {
            entries.push_back(keys::entry_of(*key));
        }
        CHECK(entries == c.entries);
        CHECK(domains.find_default(*base::DomainName::parse(c.domain)).empty() == !c.listed);
    }
}

TEST_CASE("a table of domains names those of the default keys") {
    const TemporaryTree tree;
    Options all;
    all.default_keys = {{"", false, "default", "", "", "", 0, nullptr}};
    all.default_table =
        "file:" + tree.write("domains", "# ours\nA.example  OK\n.b.example\tx\n\n*.c.example # all\n"
                                        "bob@d.example x\n*\n");
    std::vector<keys::Problem> problems;
    const keys::DomainKeys domains(all, problems);
    CHECK(domains.listed() == 3);
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].line == 6);
    CHECK(problems[0].message == "'bob@d.example' is not a domain name");
    CHECK(problems[1].message == "'*' is not a domain name");
    const auto has = [&](std::string_view name) {
        return !domains.find_default(*base::DomainName::parse(name)).empty();
    };
    CHECK(has("a.example"));
    CHECK_FALSE(has("x.a.example"));
    CHECK_FALSE(has("b.example"));
    CHECK(has("x.b.example"));
    CHECK(has("y.x.c.example"));
    CHECK_FALSE(has("d.example"));
}

TEST_CASE("a table that is not there names nobody, and that is said") {
    Options all;
    all.default_table = "/nonexistent/domains";
    std::vector<keys::Problem> problems;
    const keys::DomainKeys domains(all, problems);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].severity == keys::Severity::error);
}
