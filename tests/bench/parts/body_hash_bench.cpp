// Canonical bodies and their hashes, as they arrive from a mail server, beside the hash alone.
#include "bench/bare.h"
#include "bench/message_text.h"
#include "dkim/body_hash.h"

#include <benchmark/benchmark.h>

#include <algorithm>

namespace {

constexpr std::int64_t small = 4096;
constexpr std::int64_t large = std::int64_t{25} << 20;

void set_bytes(benchmark::State& state) {
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

void BodyHash(benchmark::State& state, dkim::Canonicalization canonicalization, bool base64) {
    constexpr std::size_t chunk = 65535; // what a mail server sends at once
    const std::string body = bench::body_text(static_cast<std::size_t>(state.range(0)), base64);
    for (auto _ : state) {
        dkim::BodyHashes bodies;
        const std::size_t handle = bodies.request(canonicalization, std::nullopt);
        for (std::string_view rest = body; !rest.empty(); rest.remove_prefix(std::min(chunk, rest.size()))) {
            bodies.update(rest.substr(0, chunk));
        }
        bodies.finish();
        benchmark::DoNotOptimize(bodies.digest(handle));
    }
    set_bytes(state);
}

void BodyBareSha256(benchmark::State& state) {
    const std::string body = bench::body_text(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        benchmark::DoNotOptimize(bench::bare_sha256(body));
    }
    set_bytes(state);
}

BENCHMARK_CAPTURE(BodyHash, simple, dkim::Canonicalization::simple, false)->Arg(small)->Arg(large);
BENCHMARK_CAPTURE(BodyHash, relaxed, dkim::Canonicalization::relaxed, false)->Arg(small)->Arg(large);
BENCHMARK_CAPTURE(BodyHash, relaxed_base64, dkim::Canonicalization::relaxed, true)->Arg(small)->Arg(large);
BENCHMARK(BodyBareSha256)->Arg(small)->Arg(large);

} // namespace
