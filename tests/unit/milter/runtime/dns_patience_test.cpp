#include "milter/runtime/dns_patience.h"

#include "support/catch.h"

#include <fmt/format.h>

using milter::runtime::DnsPatience;
using namespace std::chrono_literals;

namespace {

constexpr base::UnixTime start = 1'777'777'777;
constexpr std::chrono::seconds limit = 4h;

} // namespace

TEST_CASE("patience with a zone lasts from its first fault on") {
    DnsPatience patience;
    CHECK_FALSE(patience.is_over("broken.test", limit, start));
    CHECK_FALSE(patience.is_over("broken.test", limit, start + limit.count() - 1));
    CHECK(patience.is_over("broken.test", limit, start + limit.count()));
    CHECK(patience.is_over("broken.test", limit, start + 24 * 3600));
    CHECK_FALSE(patience.is_over("other.test", limit, start + limit.count()));
}

TEST_CASE("a fault of long ago is another one") {
    DnsPatience patience;
    const base::UnixTime later = start + (limit + DnsPatience::forgotten_after).count() + 1;
    CHECK_FALSE(patience.is_over("broken.test", limit, start));
    CHECK_FALSE(patience.is_over("broken.test", limit, later));
    CHECK_FALSE(patience.is_over("broken.test", limit, later + limit.count() - 1));
    CHECK(patience.is_over("broken.test", limit, later + limit.count()));
}

TEST_CASE("a clock that is set back begins the wait anew") {
    DnsPatience patience;
    CHECK_FALSE(patience.is_over("broken.test", limit, start));
    CHECK_FALSE(patience.is_over("broken.test", limit, start - 1000));
    CHECK(patience.is_over("broken.test", limit, start - 1000 + limit.count()));
}

TEST_CASE("a flood of broken zones is forgotten, the oldest first") {
    DnsPatience patience;
    CHECK_FALSE(patience.is_over("early.test", limit, start));
    for (std::size_t i = 0; i < DnsPatience::most_domains; ++i) {
        CHECK_FALSE(patience.is_over(fmt::format("z{}.test", i), limit, start));
    }
    CHECK(patience.size() == DnsPatience::most_domains);
    CHECK_FALSE(patience.is_over("early.test", limit, start + limit.count()));
    CHECK(patience.is_over(fmt::format("z{}.test", DnsPatience::most_domains - 1), limit,
                           start + limit.count()));
}
