#include "milter/resolver/inflight.h"
#include "support/catch.h"

#include <vector>

using milter::resolver::Inflight;
using Joined = milter::resolver::Inflight::Joined;

namespace {

const dns::Question one{"one.test", dns::Type::a};
const dns::Question other{"one.test", dns::Type::mx};
const dns::Question third{"three.test", dns::Type::a};

} // namespace

TEST_CASE("who asks what is already being asked joins the flight") {
    Inflight inflight(10);
    std::vector<int> called;
    const auto join = [&](const dns::Question& question, int mark) {
        milter::resolver::Resolver::Callback callback = [&called, mark](const dns::AnswerPtr&) {
            called.push_back(mark);
        };
        return inflight.join(question, callback);
    };
    CHECK(join(one, 1) == Joined::first);
    CHECK(join(one, 2) == Joined::waiting);
    CHECK(join(other, 3) == Joined::first);
    CHECK(join(one, 4) == Joined::waiting);
    CHECK(inflight.size() == 2);

    for (const auto& callback : inflight.land(one)) {
        callback(nullptr);
    }
    CHECK(called == std::vector<int>{1, 2, 4});
    CHECK(inflight.size() == 1);
    CHECK(inflight.land(one).empty());
    CHECK(join(one, 5) == Joined::first);
}

TEST_CASE("the number of open questions is bounded, not that of those who wait for them") {
    Inflight inflight(2);
    int called = 0;
    const auto join = [&](const dns::Question& question) {
        milter::resolver::Resolver::Callback callback = [&called](const dns::AnswerPtr&) { ++called; };
        const Joined joined = inflight.join(question, callback);
        if (joined == Joined::full) {
            callback(nullptr); // still ours
        }
        return joined;
    };
    CHECK(join(one) == Joined::first);
    CHECK(join(other) == Joined::first);
    CHECK(join(third) == Joined::full);
    CHECK(called == 1);
    CHECK(join(one) == Joined::waiting);
    CHECK(inflight.land(other).size() == 1);
    CHECK(join(third) == Joined::first);
}
