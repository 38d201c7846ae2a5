#include "dns/answers.h"

#include "support/catch.h"

#include <string>

using dns::Answers;
using dns::Question;
using dns::Type;

TEST_CASE("a question has one answer, the first", "[dns]") {
    Answers known;
    const Question question{"example.org", Type::txt};
    CHECK(known.find(question) == nullptr);
    known.insert(question, dns::no_name());
    known.insert(question, dns::no_data());
    REQUIRE(known.find(question) != nullptr);
    CHECK(known.find(question)->status == dns::Status::no_name);
    CHECK(known.size() == 1);
    CHECK(known.find({"example.org", Type::a}) == nullptr);
    CHECK(known.find({"example.net", Type::txt}) == nullptr);
}

TEST_CASE("answers stay where they are while others come", "[dns]") {
    Answers known;
    const Question first{"0.example", Type::a};
    known.insert(first, dns::no_data());
    const dns::Answer* const answer = known.find(first);
    for (int i = 1; i < 1000; ++i) {
        known.insert({std::to_string(i) + ".example", Type::a}, dns::no_name());
    }
    CHECK(known.find(first) == answer);
    CHECK(answer->status == dns::Status::no_data);
}

TEST_CASE("the three ways of having nothing are three", "[dns]") {
    CHECK(dns::no_data().status == dns::Status::no_data);
    CHECK(dns::no_name().status == dns::Status::no_name);
    const dns::Answer failed = dns::failed(dns::Failure::refused);
    CHECK(failed.status == dns::Status::failed);
    CHECK(failed.failure == dns::Failure::refused);
    CHECK(print(failed.status) == std::string("failed"));
    CHECK(print(dns::Failure::timeout) == std::string("timeout"));
    CHECK(print(dns::Status::no_name) == std::string("NXDOMAIN"));
}
