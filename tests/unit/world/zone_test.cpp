#include "support/world/zone.h"

#include "support/catch.h"

#include <optional>
#include <stdexcept>

using dns::Status;
using dns::Type;
using test::Zone;

namespace {

const Zone zone{{"TXT example.org", "v=spf1 -all"},
                {"TXT example.org", "NXDOMAIN is a word here"},
                {"MX example.org", "10 MX.example.org."},
                {"MX example.org", "0 "},
                {"PTR 192.0.2.1", "a b.example.org"},
                {"CNAME alias.example.org", "host.example.org"},
                {"CNAME lost.example.org", "nowhere.test"},
                {"A host.example.org", "192.0.2.1"},
                {"A x.below.example.org", "192.0.2.2"},
                {"TXT gone.example.org", "NXDOMAIN"},
                {"* broken.example.org", "FAILED servfail"},
                {"CNAME one.test", "two.test"},
                {"CNAME two.test", "one.test"}};

} // namespace

TEST_CASE("a zone answers with its records") {
    CHECK(zone.answer({"example.org", Type::txt}).texts ==
          std::vector<std::string>{"v=spf1 -all", "NXDOMAIN is a word here"});
    CHECK(zone.answer({"example.org", Type::mx}).exchanges ==
          std::vector<dns::MailExchange>{{10, "mx.example.org"}, {0, ""}});
    CHECK(zone.answer({"1.2.0.192.in-addr.arpa", Type::ptr}).names ==
          std::vector<std::string>{"a b.example.org"});
}

TEST_CASE("a record may have the flags of an answers file") {
    const Zone signed_zone{{"TXT a.test", "[secure] v=spf1 -all"},
                           {"A b.test", "[secure] [aliased] 192.0.2.1"}};
    CHECK(signed_zone.answer({"a.test", Type::txt}).secure);
    CHECK(signed_zone.answer({"a.test", Type::txt}).texts == std::vector<std::string>{"v=spf1 -all"});
    CHECK(signed_zone.answer({"b.test", Type::a}).aliased);
    CHECK(signed_zone.answer({"b.test", Type::a}).secure);
}

TEST_CASE("a zone answers as a server does where it has no record") {
    struct Case {
        const char* name;
        dns::Question question;
        Status status;
        bool aliased;
    };
    const Case cases[] = {
        {"another type", {"example.org", Type::a}, Status::no_data, false},
        {"nothing but names below", {"below.example.org", Type::txt}, Status::no_data, false},
        {"no such name", {"none.example.org", Type::txt}, Status::no_name, false},
        {"said not to exist", {"gone.example.org", Type::txt}, Status::no_name, false},
        {"nor does it for other types", {"gone.example.org", Type::a}, Status::no_name, false},
        {"an alias", {"alias.example.org", Type::a}, Status::found, true},
        {"an alias without the type", {"alias.example.org", Type::txt}, Status::no_data, true},
        {"an alias to nowhere", {"lost.example.org", Type::txt}, Status::no_name, true},
        {"the alias itself", {"alias.example.org", Type::cname}, Status::found, false},
        {"aliases in a circle", {"one.test", Type::a}, Status::failed, false},
        {"whatever is asked", {"broken.example.org", Type::mx}, Status::failed, false},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(zone.answer(c.question).status == c.status);
        CHECK(zone.answer(c.question).aliased == c.aliased);
    }
}

TEST_CASE("another source is asked for what no line says") {
    Zone other{{"TXT a.test", "x"}};
    other.otherwise([](const dns::Question& question) {
        return question.name == "b.test" ? std::optional(dns::failed(dns::Failure::timeout)) : std::nullopt;
    });
    CHECK(other.answer({"a.test", Type::txt}).status == Status::found);
    CHECK(other.answer({"a.test", Type::a}).status == Status::no_data);
    CHECK(other.answer({"b.test", Type::a}).failure == dns::Failure::timeout);
    CHECK(other.answer({"c.test", Type::a}).status == Status::no_name);
}

TEST_CASE("answers to begin with: what the lines say, or all there is to say of their names") {
    const Zone small{{"TXT a.test", "x"}, {"A b.test", "192.0.2.1"}};
    CHECK(small.answers().size() == 2);
    const auto all = small.everything();
    CHECK(all.size() == 12);
    REQUIRE(all.find({"a.test", Type::mx}) != nullptr);
    CHECK(all.find({"a.test", Type::mx})->status == Status::no_data);
}

TEST_CASE("a line that says nothing is a fault of the test") {
    CHECK_THROWS_AS((Zone{{"TEXT example.org", "x"}}), std::invalid_argument);
    CHECK_THROWS_AS((Zone{{"example.org", "x"}}), std::invalid_argument);
    CHECK_THROWS_AS((Zone{{"A example.org", "192.0.2"}}), std::invalid_argument);
    CHECK_THROWS_AS((Zone{{"A example.org", "FAILED somehow"}}), std::invalid_argument);
    CHECK_FALSE(Zone::parse("example.org A nonsense"));
    CHECK(Zone::parse("example.org A 192.0.2.1")->answer({"example.org", Type::a}).status == Status::found);
}
