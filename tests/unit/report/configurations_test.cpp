#include "report/configurations.h"

#include "support/catch.h"
#include "unit/report/values.h"

#include <string>

using namespace report_test;
using Groups = std::vector<std::vector<std::size_t>>;

namespace {

// A letter is a configuration, a figure behind it the address that reports go to.
Groups groups_of(const std::vector<std::string>& seen) {
    std::vector<report::Policy> policies;
    for (const std::string& one : seen) {
        auto& policy = policies.emplace_back(report::Policy{.domain = name("orchard.example")});
        policy.fo = one.substr(0, 1);
        policy.rua = {"mailto:" + one.substr(1) + "@orchard.example"};
        policy.error = one;
    }
    return report::group_configurations(policies);
}

} // namespace

TEST_CASE("each configuration of a day has its report, up to four") {
    CHECK(groups_of({}).empty());
    CHECK(groups_of({"a"}) == Groups{{0}});
    CHECK(groups_of({"a", "b", "c", "d"}) == Groups{{0}, {1}, {2}, {3}});
    CHECK(groups_of({"a", "b", "c", "d", "e", "f"}) == Groups{{0}, {1}, {2}, {3, 4, 5}});
    CHECK(groups_of({"a", "b", "c", "d", "e", "a1", "e1"}) == Groups{{0, 5}, {1}, {2}, {3, 4, 6}});
}

TEST_CASE("a record that names other addresses each time is one configuration") {
    CHECK(groups_of({"a1", "a2", "b1", "a3"}) == Groups{{0, 1, 3}, {2}});
    std::vector<std::string> many;
    for (int i = 0; i < 1000; ++i) {
        many.push_back("a" + std::to_string(i));
    }
    CHECK(groups_of(many).size() == 1);
}
