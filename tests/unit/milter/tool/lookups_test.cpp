#include "milter/tool/lookups.h"

#include "dns/answers_file.h"
#include "dns/awaited.h"
#include "support/catch.h"

namespace {

using Outcome = dns::Outcome<int>;

std::unique_ptr<milter::tool::AnswerSource> file(const char* text, milter::tool::Missing missing) {
    return std::make_unique<milter::tool::FileSource>(dns::parse_answers(text).value(), missing,
                                                      "answers.txt");
}

// Follows a chain of CNAMEs and counts its links: one dependent question a round.
Outcome follow(const dns::Answers& known, std::string name) {
    dns::Inquiry inquiry(known);
    for (int links = 0;; ++links) {
        const dns::Answer* answer = inquiry.ask(name, dns::Type::cname);
        if (answer == nullptr) {
            return inquiry.take_questions();
        }
        if (answer->status != dns::Status::found) {
            return links;
        }
        name = answer->names.front();
    }
}

} // namespace

TEST_CASE("an evaluator is asked again until it has all its answers") {
    milter::tool::Lookups lookups(
        file("a.test CNAME b.test\nb.test CNAME c.test\nc.test CNAME NODATA", milter::tool::Missing::refuse),
        10);
    const auto links = lookups.finish([](const dns::Answers& known) { return follow(known, "a.test"); });
    REQUIRE(links);
    CHECK(*links == 2);
    CHECK(lookups.rounds() == 3);
    CHECK(lookups.asked().size() == 3);
}

TEST_CASE("what the file does not say is decided by --missing") {
    struct Case {
        const char* name;
        milter::tool::Missing missing;
        const char* asked;
        dns::Status status;
    };
    const auto test = GENERATE(values<Case>({
        {"no-name", milter::tool::Missing::no_name, "x.test", dns::Status::no_name},
        {"no-data", milter::tool::Missing::no_data, "x.test", dns::Status::no_data},
        {"fail", milter::tool::Missing::fail, "x.test", dns::Status::failed},
        {"zone, a name that is not there", milter::tool::Missing::zone, "x.test", dns::Status::no_name},
        {"zone, a name that is there with another type", milter::tool::Missing::zone, "b.a.test",
         dns::Status::no_data},
        {"zone, a name above one that is there", milter::tool::Missing::zone, "a.test", dns::Status::no_data},
        {"zone, a name that only looks like one above", milter::tool::Missing::zone, "est",
         dns::Status::no_name},
        {"zone, a name that is said not to exist", milter::tool::Missing::zone, "gone.test",
         dns::Status::no_name},
    }));
    INFO(test.name);
    milter::tool::Lookups lookups(file("b.a.test A 192.0.2.1\ngone.test A NXDOMAIN", test.missing), 10);
    dns::Questions questions;
    questions.add({test.asked, dns::Type::txt});
    REQUIRE(lookups.answer(questions));
    CHECK(lookups.known().find({test.asked, dns::Type::txt})->status == test.status);
}

TEST_CASE("a question without an answer is an error that names it") {
    milter::tool::Lookups lookups(file("", milter::tool::Missing::refuse), 10);
    const auto links = lookups.finish([](const dns::Answers& known) { return follow(known, "a.test"); });
    REQUIRE_FALSE(links);
    CHECK(links.error().code == milter::tool::ExitCode::data);
    CHECK(links.error().message == "answers.txt: no answer to the question CNAME a.test");
}

TEST_CASE("aliases in the file are followed as a DNS server follows them") {
    const char* text = "a.test CNAME b.test\nb.test CNAME c.test\nc.test TXT \"found\"\nc.test MX NODATA\n"
                       "gone.test CNAME nowhere.test\nloop.test CNAME pool.test\npool.test CNAME loop.test\n"
                       "own.test CNAME c.test\nown.test TXT \"own\"";
    milter::tool::Lookups lookups(file(text, milter::tool::Missing::zone), 20);
    const auto ask = [&](const std::string& name, dns::Type type) {
        dns::Questions questions;
        questions.add({name, type});
        REQUIRE(lookups.answer(questions));
        return *lookups.known().find({name, type});
    };
    const auto found = ask("a.test", dns::Type::txt);
    CHECK(found.texts == std::vector<std::string>{"found"});
    CHECK(found.aliased);
    CHECK(ask("a.test", dns::Type::mx).status == dns::Status::no_data);
    CHECK(ask("a.test", dns::Type::a).status == dns::Status::no_data);
    CHECK(ask("a.test", dns::Type::cname).names == std::vector<std::string>{"b.test"});
    const auto gone = ask("gone.test", dns::Type::txt);
    CHECK(gone.status == dns::Status::no_name);
    CHECK(gone.aliased); // RFC 6604: it exists, its target does not
    CHECK(ask("loop.test", dns::Type::txt).status == dns::Status::failed);
    const auto own = ask("own.test", dns::Type::txt);
    CHECK(own.texts == std::vector<std::string>{"own"});
    CHECK_FALSE(own.aliased);
}

TEST_CASE("questions over the budget are answered with a timeout") {
    milter::tool::Lookups lookups(
        file("a.test CNAME b.test\nb.test CNAME c.test\nc.test CNAME NODATA", milter::tool::Missing::refuse),
        2);
    const auto links = lookups.finish([](const dns::Answers& known) { return follow(known, "a.test"); });
    REQUIRE(links);
    CHECK(*links == 2);
    CHECK(lookups.asked().size() == 2);
    CHECK(lookups.known().find({"c.test", dns::Type::cname})->status == dns::Status::failed);
}

TEST_CASE("an evaluator that asks without end is stopped") {
    milter::tool::Lookups lookups(file("", milter::tool::Missing::no_data), 10);
    int asked = 0;
    const auto never = lookups.finish([&asked](const dns::Answers& /*known*/) {
        dns::Questions questions;
        questions.add({"q" + std::to_string(++asked) + ".test", dns::Type::a});
        return Outcome(questions);
    });
    REQUIRE_FALSE(never);
    CHECK(never.error().code == milter::tool::ExitCode::internal);
}
