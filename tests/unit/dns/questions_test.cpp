#include "dns/questions.h"

#include "support/catch.h"

#include <string>
#include <vector>

using dns::Inquiry;
using dns::Questions;
using dns::Type;

namespace {

std::vector<std::string> show(const Questions& questions) {
    std::vector<std::string> shown;
    for (const dns::Question& question : questions) {
        shown.push_back(print(question));
    }
    return shown;
}

} // namespace

TEST_CASE("questions are a set in the order of asking", "[dns]") {
    Questions first;
    CHECK(first.empty());
    first.add({"b.example", Type::a});
    first.add({"a.example", Type::a});
    first.add({"b.example", Type::a});
    Questions second;
    second.add({"a.example", Type::txt});
    second.add({"a.example", Type::a});
    first.add(second);
    CHECK(show(first) == std::vector<std::string>{"A b.example", "A a.example", "TXT a.example"});
}

TEST_CASE("an inquiry answers what is known and notes what is not", "[dns]") {
    dns::Answers known;
    known.insert({"known.example", Type::txt}, dns::no_data());
    Inquiry inquiry(known);
    REQUIRE(inquiry.ask("Known.Example.", Type::txt) != nullptr);
    CHECK(inquiry.ask("known.example", Type::txt)->status == dns::Status::no_data);
    CHECK(inquiry.questions().empty());
    CHECK(inquiry.ask("known.example", Type::a) == nullptr);
    CHECK(inquiry.ask("KNOWN.example", Type::a) == nullptr);
    inquiry.expect("known.example", Type::txt);
    inquiry.expect("later.example", Type::mx);
    CHECK(show(inquiry.take_questions()) == std::vector<std::string>{"A known.example", "MX later.example"});
}

TEST_CASE("a name that cannot be asked for does not exist", "[dns]") {
    const dns::Answers known;
    Inquiry inquiry(known);
    for (const std::string& name :
         {std::string("a..b"), std::string(64, 'a'), std::string("a\0b", 3), std::string()}) {
        REQUIRE(inquiry.ask(name, Type::a) != nullptr);
        CHECK(inquiry.ask(name, Type::a)->status == dns::Status::no_name);
    }
    CHECK(inquiry.questions().empty());
}
