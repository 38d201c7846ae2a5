// A message of 4 KiB: its body hash and its signature, beside the arithmetic alone.
#include "bench/bare.h"
#include "bench/parts/signed_mail.h"

#include <benchmark/benchmark.h>

namespace {

void Sign(benchmark::State& state, crypto::KeyType type) {
    const auto message = message::parse_message(bench::message_text("sender.example", 4096)).value();
    const auto options = bench::sign_options();
    const crypto::SigningKey& key = bench::signing_key(type);
    for (auto _ : state) {
        const auto hash = bench::body_hash(message.body);
        benchmark::DoNotOptimize(
            dkim::sign(options, key, message.headers, hash, bench::signing_time).value());
    }
}

void SignBare(benchmark::State& state, const bench::BareKey& key) {
    const std::string signed_header(1200, 'h');
    const std::string body(3200, 'b');
    for (auto _ : state) {
        benchmark::DoNotOptimize(bench::bare_sha256(body));
        benchmark::DoNotOptimize(key.sign(signed_header));
    }
}

BENCHMARK_CAPTURE(Sign, rsa2048, crypto::KeyType::rsa);
BENCHMARK_CAPTURE(SignBare, rsa2048, bench::BareKey::rsa());
BENCHMARK_CAPTURE(Sign, ed25519, crypto::KeyType::ed25519);
BENCHMARK_CAPTURE(SignBare, ed25519, bench::BareKey::ed25519());

} // namespace
