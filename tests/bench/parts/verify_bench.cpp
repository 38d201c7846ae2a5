// A message of 4 KiB with one signature: all of its verification but the DNS, beside the arithmetic alone.
#include "bench/bare.h"
#include "bench/parts/signed_mail.h"
#include "dkim/evaluate.h"
#include "milter/threads/memo_cache.h"

#include <benchmark/benchmark.h>

#include <stdexcept>

namespace {

enum class Keys { read_again, kept };

void Verify(benchmark::State& state, crypto::KeyType type, Keys keys) {
    const auto message = bench::signed_message(type);
    const auto known = bench::key_answer(type);
    milter::threads::MemoCache<dkim::PublishedKey> memo(
        1 << 20, [](std::string_view, const dkim::PublishedKey&) { return std::size_t{1000}; });
    dkim::Options options;
    options.keys = keys == Keys::kept ? &memo : nullptr;
    for (auto _ : state) {
        dkim::BodyHashes bodies;
        const auto candidates = dkim::find_signatures(message.headers, options.limits, bodies);
        bodies.update(message.body);
        bodies.finish();
        const auto outcome = dkim::evaluate(
            {candidates.front(), message.headers, bodies, bench::signing_time + 1}, known, options);
        const auto* verdict = std::get_if<dkim::Verdict>(&outcome);
        if (verdict == nullptr || verdict->result != dkim::Result::pass) {
            throw std::runtime_error("the signature does not verify");
        }
    }
}

void VerifyBare(benchmark::State& state, const bench::BareKey& key) {
    const std::string signed_header(1200, 'h');
    const std::string body(3200, 'b');
    const std::string signature = key.sign(signed_header);
    for (auto _ : state) {
        benchmark::DoNotOptimize(bench::bare_sha256(body));
        key.verify(signed_header, signature);
    }
}

BENCHMARK_CAPTURE(Verify, rsa2048, crypto::KeyType::rsa, Keys::read_again);
BENCHMARK_CAPTURE(Verify, rsa2048_key_kept, crypto::KeyType::rsa, Keys::kept);
BENCHMARK_CAPTURE(VerifyBare, rsa2048, bench::BareKey::rsa());
BENCHMARK_CAPTURE(Verify, ed25519, crypto::KeyType::ed25519, Keys::read_again);
BENCHMARK_CAPTURE(Verify, ed25519_key_kept, crypto::KeyType::ed25519, Keys::kept);
BENCHMARK_CAPTURE(VerifyBare, ed25519, bench::BareKey::ed25519());

} // namespace
