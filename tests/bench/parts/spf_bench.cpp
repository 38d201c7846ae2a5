#include "milter/threads/memo_cache.h"
#include "spf/evaluate.h"
#include "support/world/zone.h"

#include <benchmark/benchmark.h>

#include <stdexcept>

namespace {

// Three records inside each other; the last network of the last one matches.
dns::Answers include_chain() {
    return test::Zone{
        {"TXT sender.example", "v=spf1 include:_spf1.sender.example -all"},
        {"TXT _spf1.sender.example", "v=spf1 ip4:198.51.100.0/24 include:_spf2.sender.example -all"},
        {"TXT _spf2.sender.example", "v=spf1 ip4:203.0.113.0/24 ip4:192.0.2.0/24 -all"},
    }
        .answers();
}

void Spf(benchmark::State& state, bool keep_records) {
    const auto known = include_chain();
    const spf::Request request{.client = *base::IpAddress::parse("192.0.2.10"),
                               .helo = "mx.sender.example",
                               .local_part = "ann",
                               .domain = "sender.example",
                               .receiver = "mx.rcpt.example"};
    milter::threads::MemoCache<spf::Record> memo(
        1 << 20, [](std::string_view, const spf::Record&) { return std::size_t{1000}; });
    const spf::Options options{.records = keep_records ? &memo : nullptr};
    for (auto _ : state) {
        const auto outcome = spf::evaluate(request, known, options);
        const auto* verdict = std::get_if<spf::Verdict>(&outcome);
        if (verdict == nullptr || verdict->result != spf::Result::pass) {
            throw std::runtime_error("SPF does not pass");
        }
    }
}

BENCHMARK_CAPTURE(Spf, include_chain, false);
BENCHMARK_CAPTURE(Spf, include_chain_records_kept, true);

} // namespace
