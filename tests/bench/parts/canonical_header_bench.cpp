#include "bench/message_text.h"
#include "dkim/canonical_header.h"
#include "message/parse_message.h"

#include <benchmark/benchmark.h>

namespace {

// Makes nothing of what is written.
class NullSink final : public dkim::ByteSink {
  public:
    void write(std::string_view bytes) override { benchmark::DoNotOptimize(octets_ += bytes.size()); }

  private:
    std::size_t octets_ = 0;
};

void CanonicalHeader(benchmark::State& state, dkim::Canonicalization canonicalization) {
    const auto message = message::parse_message(bench::message_text("sender.example", 4096)).value();
    NullSink sink;
    for (auto _ : state) {
        for (const message::HeaderField& field : message.headers) {
            dkim::canonicalize(canonicalization, field, sink);
        }
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(message.headers.byte_count()));
}

BENCHMARK_CAPTURE(CanonicalHeader, simple, dkim::Canonicalization::simple);
BENCHMARK_CAPTURE(CanonicalHeader, relaxed, dkim::Canonicalization::relaxed);

} // namespace
