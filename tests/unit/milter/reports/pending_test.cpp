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

TEST_CASE("pieces of a batch are the batch, configurations of a domain in the order in which they came") {
    Pending batch;
    std::int64_t due = 0;
    for (int i = 0; i < 100; ++i) {
        auto one = mail("10.0.0." + std::to_string(i));
        one.policy.p = i % 2 == 0 ? dmarc::Policy::none : dmarc::Policy::reject;
        one.due = i < 30 ? report::Due::yes : report::Due::null_sender;
        due += i < 30 ? 3 : 0;
        add(batch, one, 3);
    }
    for (const std::size_t most : {1U, 7U, 50U, 1000U}) {
        const auto pieces = Pending::split(batch, most);
        CHECK(pieces.size() == (100 + most - 1) / most);
        std::int64_t messages = 0, found_due = 0;
        std::size_t rows = 0;
        for (const Pending& piece : pieces) {
            CHECK_FALSE(piece.empty());
            messages += piece.messages();
            std::size_t here = 0;
            for (const auto& [key, policy] : piece.policies()) {
                CHECK(policy.content == batch.policies().at(key).content);
                CHECK(policy.first_seen == batch.policies().at(key).first_seen);
                found_due += policy.due;
                here += policy.rows.size();
            }
            CHECK(here <= most);
            rows += here;
        }
        CHECK(messages == 300);
        CHECK(rows == 100);
        CHECK(found_due == due);
    }
    CHECK(Pending::split(Pending(), 10).size() == 1);
}
