#include "bench/message_text.h"
#include "message/from.h"
#include "message/parse_message.h"

#include <benchmark/benchmark.h>

namespace {

void Author(benchmark::State& state, const char* from) {
    message::HeaderList headers;
    const auto message = message::parse_message(bench::message_text("sender.example", 4096)).value();
    for (const message::HeaderField& field : message.headers) {
        headers.add(field.is_named("From") ? message::HeaderField("From", from) : field);
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(message::find_author(headers));
    }
}

BENCHMARK_CAPTURE(Author, plain, " Ann Sender <ann@sender.example>");
BENCHMARK_CAPTURE(Author, quoted,
                  " \"Sender, \\\"Ann\\\" (sales)\" (at work) <ann.sender@news.sender.example>");
BENCHMARK_CAPTURE(Author, two_authors, " Ann <ann@sender.example>,\r\n\tBob <bob@sender.example>");

} // namespace
