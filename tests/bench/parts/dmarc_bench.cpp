#include "dmarc/evaluate.h"
#include "milter/threads/memo_cache.h"
#include "support/world/zone.h"

#include <benchmark/benchmark.h>

#include <stdexcept>

namespace {

base::DomainName name(const char* text) {
    return *base::DomainName::parse(text);
}

dns::Answers records() {
    return test::Zone{
        {"TXT _dmarc.sender.example", "v=DMARC1; p=reject; sp=quarantine"},
        {"TXT _dmarc.news.sender.example", "NXDOMAIN"},
        {"TXT _dmarc.example", "NXDOMAIN"},
    }
        .answers();
}

// A signature of the organization that aligns with a domain of it.
void Dmarc(benchmark::State& state, const char* author, bool keep_records) {
    const auto known = records();
    const auto suffixes = dmarc::PublicSuffixList::built_in();
    milter::threads::MemoCache<dmarc::Record> memo(
        1 << 20, [](std::string_view, const dmarc::Record&) { return std::size_t{500}; });
    dmarc::Options options;
    options.public_suffixes = &suffixes;
    options.records = keep_records ? &memo : nullptr;
    const dmarc::Request request{
        .author_domain = name(author), .spf = {}, .dkim = {{name("sender.example")}}};
    for (auto _ : state) {
        const auto outcome = dmarc::evaluate(request, known, options);
        const auto* verdict = std::get_if<dmarc::Verdict>(&outcome);
        if (verdict == nullptr || verdict->result != dmarc::Result::pass) {
            throw std::runtime_error("DMARC does not pass");
        }
    }
}

BENCHMARK_CAPTURE(Dmarc, own_record, "sender.example", false);
BENCHMARK_CAPTURE(Dmarc, own_record_kept, "sender.example", true);
BENCHMARK_CAPTURE(Dmarc, inherited_record, "news.sender.example", false);
BENCHMARK_CAPTURE(Dmarc, inherited_record_kept, "news.sender.example", true);

} // namespace
