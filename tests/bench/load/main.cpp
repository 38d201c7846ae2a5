// milter_load: plays a mail server with many sessions towards one filter or a chain of them, and tells how
// long they waited. Prints one JSON object. See smtp_session.h and corpus.h.
#include "bench/load/corpus.h"
#include "bench/load/event_loop.h"
#include "bench/load/smtp_session.h"
#include "support/program.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>
#include <vector>

namespace {

using bench::Clock;

struct Arguments {
    bench::Load load;
    std::vector<std::string> filters;
    std::string corpus;
    std::size_t sessions = 1;
    std::size_t messages = 0; // 0: until the time is up
    double seconds = 300;     // no message begins later
    double patience = 60;     // of the sessions that are still open then
    double rate = 0;          // messages a second in all; 0: as many as go
    std::size_t first_number = 0;
    std::size_t first_message = 0; // of the corpus
    int round_trip_ms = 0;
};

class Run {
  public:
    explicit Run(const Arguments& arguments)
        : arguments_(arguments), corpus_(bench::read_corpus(arguments.corpus)) {}

    nlohmann::json play() {
        begin_ = Clock::now();
        left_ = arguments_.sessions;
        for (std::size_t i = 0; i < arguments_.sessions; ++i) {
            keep_sending();
        }
        loop_.run(left_, begin_ + seconds(arguments_.seconds + arguments_.patience));
        return report(Clock::now() - begin_);
    }

  private:
    static Clock::duration seconds(double count) {
        return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(count));
    }

    bench::Detached keep_sending() {
        while (may_begin()) {
            const std::size_t number = begun_++;
            if (arguments_.rate > 0) {
                co_await loop_.sleep_until(begin_ + seconds(static_cast<double>(number) / arguments_.rate));
            }
            const auto& message = corpus_[(arguments_.first_message + number) % corpus_.size()];
            const auto own = message.numbered ? message.with_number(arguments_.first_number + number)
                                              : bench::CorpusMessage{};
            bench::SmtpSession session(loop_, arguments_.load, message.numbered ? own : message);
            try {
                const bench::Timing timing = co_await session.play();
                note(timing);
            } catch (const std::exception& problem) {
                ++problems_[problem.what()];
            }
        }
        --left_;
    }

    bool may_begin() const {
        return (arguments_.messages == 0 || begun_ < arguments_.messages) &&
               Clock::now() - begin_ < seconds(arguments_.seconds);
    }

    void note(const bench::Timing& timing) {
        whole_.push_back(milliseconds(timing.whole));
        dot_.push_back(milliseconds(timing.dot));
        if (!timing.as_expected && unexpected_++ == 0) {
            first_unexpected_ = timing.added;
        }
    }

    static double milliseconds(Clock::duration time) {
        return std::chrono::duration<double, std::milli>(time).count();
    }

    static nlohmann::json percentiles(std::vector<double> times) {
        if (times.empty()) {
            return nullptr;
        }
        std::sort(times.begin(), times.end());
        const auto at = [&](double share) {
            const auto index = static_cast<std::size_t>(static_cast<double>(times.size()) * share);
            return times[std::min(index, times.size() - 1)];
        };
        return {{"p50", at(0.5)}, {"p95", at(0.95)}, {"p99", at(0.99)}, {"max", times.back()}};
    }

    nlohmann::json report(Clock::duration time) {
        return {{"messages", whole_.size()},
                {"seconds", std::chrono::duration<double>(time).count()},
                {"unfinished", left_},
                {"unexpected", unexpected_},
                {"first_unexpected", first_unexpected_},
                {"problems", problems_},
                {"whole_ms", percentiles(whole_)},
                {"dot_ms", percentiles(dot_)}};
    }

    const Arguments& arguments_;
    std::vector<bench::CorpusMessage> corpus_;
    bench::EventLoop loop_;
    Clock::time_point begin_;
    std::size_t left_ = 0;
    std::size_t begun_ = 0;
    std::size_t unexpected_ = 0;
    std::string first_unexpected_;
    std::map<std::string, std::size_t> problems_;
    std::vector<double> whole_;
    std::vector<double> dot_;
};

// A thousand sessions with two filters are more descriptors than a shell allows.
void allow_many_descriptors() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int run(Arguments& arguments) {
    for (const std::string& text : arguments.filters) {
        auto address = base::SocketName::parse(text);
        if (!address) {
            throw std::runtime_error(fmt::format("{}: no address of a filter", text));
        }
        arguments.load.filters.push_back(std::move(*address));
    }
    arguments.load.round_trip = std::chrono::milliseconds(arguments.round_trip_ms);
    allow_many_descriptors();
    const nlohmann::json report = Run(arguments).play();
    fmt::print("{}\n", report.dump());
    (void)std::fflush(stdout);
    std::_Exit(EXIT_SUCCESS); // sessions that are unfinished hang on the loop, and nobody needs them any more
}

int parse_and_run(int argc, char** argv) {
    Arguments arguments;
    CLI::App app("Plays a mail server with many sessions towards filters");
    app.add_option("corpus", arguments.corpus, "Corpus file")->required();
    app.add_option("--filter", arguments.filters, "Socket of a filter; several are a chain")->required();
    app.add_option("--sessions", arguments.sessions, "At the same time");
    app.add_option("--messages", arguments.messages, "In all; 0: until the time is up");
    app.add_option("--seconds", arguments.seconds, "No message begins later");
    app.add_option("--patience", arguments.patience, "Seconds to wait then for those under way");
    app.add_option("--rate", arguments.rate, "Messages a second; 0: as many as go");
    app.add_option("--first-number", arguments.first_number, "What {n} stands for in the first message");
    app.add_option("--first-message", arguments.first_message, "Where in the corpus to begin");
    app.add_option("--round-trip", arguments.round_trip_ms, "Milliseconds between the client's commands");
    app.add_option("--client", arguments.load.client, "The client's address");
    app.add_flag("--submission", arguments.load.submission, "The client is an authenticated user");
    app.add_option("--expect", arguments.load.expected, "A text that the added fields must hold");
    CLI11_PARSE(app, argc, argv);
    return run(arguments);
}

} // namespace

int main(int argc, char** argv) {
    return test::run_program([&] { return parse_and_run(argc, argv); });
}
