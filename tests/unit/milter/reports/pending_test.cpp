#include "milter/reports/pending.h"

#include "counted.h"

#include <malloc.h>

using namespace milter::reports;
using namespace reports_test;

TEST_CASE(
    "ten seconds at a thousand messages a second, each of another domain, are within the default memory") {
    constexpr std::size_t default_memory = std::size_t{16} * 1024 * 1024; // reports.memory
    const auto in_use = [] { return ::mallinfo2().uordblks + ::mallinfo2().hblkhd; };
    const auto before = in_use();
    Pending batch;
    for (int i = 0; i < 10000; ++i) {
        auto one = mail();
        const std::string domain = "d" + std::to_string(i) + ".example";
        one.policy.domain = name(domain);
        one.row.header_from = name(domain);
        one.row.envelope_from = name("bounces." + domain);
        one.row.spf = report::SpfResult{name("bounces." + domain), spf::Result::pass};
        one.row.dkim = {{name(domain), "s2026", dkim::Result::pass, ""}};
        add(batch, one);
    }
    const auto used = in_use() - before; // 0 with a sanitizer's allocator
    CHECK(batch.bytes() < default_memory);
    CHECK(used < batch.bytes() * 5 / 4);
    CHECK(batch.messages() == 10000);
}
