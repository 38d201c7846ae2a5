// The resolver's cache, by one thread and by two at the same time.
#include "milter/resolver/cache.h"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace {

constexpr std::size_t names = 10'000;
const milter::resolver::Clock::time_point now = milter::resolver::Clock::now();

const std::vector<dns::Question>& questions() {
    static const auto list = [] {
        std::vector<dns::Question> made;
        for (std::size_t i = 0; i < names; ++i) {
            made.push_back({"d" + std::to_string(i) + ".sender.example", dns::Type::txt});
        }
        return made;
    }();
    return list;
}

dns::AnswerPtr answer() {
    dns::Answer made;
    made.status = dns::Status::found;
    made.ttl = 3600;
    made.texts.emplace_back("v=spf1 include:_spf1.sender.example -all");
    return std::make_shared<const dns::Answer>(std::move(made));
}

milter::resolver::Cache& filled_cache() {
    static auto& cache = []() -> milter::resolver::Cache& {
        static milter::resolver::Cache made(milter::resolver::CacheLimits{});
        for (const auto& question : questions()) {
            made.insert(question, answer(), now);
        }
        return made;
    }();
    return cache;
}

// Each thread on a way of its own through the names.
std::size_t first_index(const benchmark::State& state) {
    return static_cast<std::size_t>(state.thread_index()) * names / 2;
}

void CacheFind(benchmark::State& state) {
    milter::resolver::Cache& cache = filled_cache();
    std::size_t i = first_index(state);
    for (auto _ : state) {
        benchmark::DoNotOptimize(cache.find(questions()[i++ % names], now));
    }
}

void CacheInsert(benchmark::State& state) {
    milter::resolver::Cache& cache = filled_cache();
    const auto value = answer();
    std::size_t i = first_index(state);
    for (auto _ : state) {
        cache.insert(questions()[i++ % names], value, now);
    }
}

BENCHMARK(CacheFind)->Threads(1)->Threads(2);
BENCHMARK(CacheInsert)->Threads(1)->Threads(2);

} // namespace
