#include "authres/format.h"

#include <benchmark/benchmark.h>

namespace {

std::vector<authres::MethodResult> results() {
    return {
        {"spf", "pass", "", {}, {{"smtp", "mailfrom", "alice@sender.example"}}},
        {"dkim",
         "pass",
         "",
         {"2048-bit key"},
         {{"header", "d", "sender.example"},
          {"header", "s", "s1"},
          {"header", "a", "rsa-sha256"},
          {"header", "b", "Zk3pW9xY"}}},
        {"dkim", "fail", "body hash did not verify", {}, {{"header", "d", "list.example"}}},
        {"dmarc", "pass", "", {"p=reject"}, {{"header", "from", "sender.example"}}},
    };
}

void FormatResults(benchmark::State& state) {
    const auto list = results();
    for (auto _ : state) {
        benchmark::DoNotOptimize(authres::format("mx.rcpt.example", list));
    }
}

BENCHMARK(FormatResults);

} // namespace
