// OpenDKIM's tables with many domains: what one author costs does not grow with them.
#include "keys/key_table.h"
#include "keys/signing_table.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::vector<keys::TableRow> rows(std::int64_t count, const char* name, const char* value) {
    std::vector<keys::TableRow> list;
    for (std::int64_t i = 0; i < count; ++i) {
        list.push_back({static_cast<std::size_t>(i + 1), fmt::format(fmt::runtime(name), i),
                        fmt::format(fmt::runtime(value), i)});
    }
    return list;
}

// So many that the rows do not stay in the processor's caches, spread over the whole table.
constexpr std::int64_t authors = 1000;

std::vector<std::int64_t> spread_numbers(std::int64_t count) {
    std::vector<std::int64_t> numbers;
    constexpr std::int64_t scatter = 7919;
    for (std::int64_t i = 0; i < authors; ++i) {
        numbers.push_back(i * scatter * (count / authors) % count);
    }
    return numbers;
}

void SigningTable(benchmark::State& state, keys::TableKind kind, const char* pattern) {
    std::vector<keys::Problem> problems;
    const auto table =
        keys::SigningTable::parse(rows(state.range(0), pattern, "k{}"), kind, "[table]", problems);
    std::vector<base::DomainName> domains;
    for (const std::int64_t number : spread_numbers(state.range(0))) {
        domains.push_back(base::DomainName::parse(fmt::format("d{}.example", number)).value());
    }
    std::size_t i = 0;
    for (auto _ : state) {
        if (table.match("ann", domains[i++ % domains.size()]).size() != 1) {
            throw std::runtime_error("the author's row is not found");
        }
    }
}

void KeyTable(benchmark::State& state) {
    std::vector<keys::Problem> problems;
    const auto table = keys::KeyTable::parse(rows(state.range(0), "k{}", "d{0}.example:s1:/keys/{0}.pem"),
                                             keys::TableKind::exact, "[table]", problems);
    std::vector<std::string> names;
    for (const std::int64_t number : spread_numbers(state.range(0))) {
        names.push_back(fmt::format("k{}", number));
    }
    std::size_t i = 0;
    for (auto _ : state) {
        if (table.find(names[i++ % names.size()]) == nullptr) {
            throw std::runtime_error("the key's row is not found");
        }
    }
}

void sizes(benchmark::internal::Benchmark* benchmark) {
    benchmark->Arg(1000)->Arg(10'000)->Arg(100'000);
}

BENCHMARK_CAPTURE(SigningTable, exact, keys::TableKind::exact, "d{}.example")->Apply(sizes);
BENCHMARK_CAPTURE(SigningTable, patterns, keys::TableKind::patterns, "*@d{}.example")->Apply(sizes);
BENCHMARK(KeyTable)->Apply(sizes);

} // namespace
