// paraph_test_dns: serves a zone file on a loopback port, for the end-to-end tests and the scenario runner.
//
// Zone file: see zone.h. Prints "listening ADDRESS:PORT" when ready. Ends on SIGTERM or SIGINT, when its
// lifetime is over and, with --stop-on-eof, when its standard input closes. SIGHUP reads the zone file again.
#include "support/dns/server.h"
#include "support/dns/standing.h"
#include "support/program.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

namespace {

using Clock = std::chrono::steady_clock;

struct Arguments {
    std::string zone_file;
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    int lifetime_seconds = 3600;
    bool stop_on_eof = false;
    std::string query_log;
    std::string fault;
};

support::DnsZone read_zone(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw std::runtime_error(fmt::format("{}: cannot be read", path));
    }
    std::ostringstream text;
    text << file.rdbuf();
    support::DnsZone zone;
    if (const auto problem = zone.load(text.str())) {
        throw std::runtime_error(fmt::format("{}: {}", path, *problem));
    }
    return zone;
}

support::DnsServer::OnQuery log_to(const std::string& path) {
    if (path.empty()) {
        return {};
    }
    auto file = std::make_shared<std::ofstream>(path, std::ios::app);
    return [file](const support::SeenQuery& query) {
        *file << query.type << ' ' << query.name << (query.tcp ? " tcp" : " udp")
              << (query.edns ? " edns" : "") << std::endl; // flushed: whoever waits for a query reads along
    };
}

support::Behaviour behaviour_of(const std::string& word) {
    support::Behaviour behaviour;
    if (!word.empty() && !support::apply_fault(word, behaviour)) {
        throw std::runtime_error(fmt::format("{}: unknown fault", word));
    }
    return behaviour;
}

bool stdin_closed() {
    std::array<char, 256> ignored{};
    return read(STDIN_FILENO, ignored.data(), ignored.size()) == 0;
}

void reload(support::DnsServer& server, const std::string& path) {
    try {
        server.set_zone(read_zone(path));
        fmt::print("reloaded\n");
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
    }
    (void)std::fflush(stdout);
}

// Returns when there is a reason to end.
void wait(support::DnsServer& server, const support::Socket& signals, const Arguments& arguments) {
    const auto end = Clock::now() + std::chrono::seconds(arguments.lifetime_seconds);
    for (auto now = Clock::now(); now < end; now = Clock::now()) {
        std::array<pollfd, 2> sources{
            {{signals.fd(), POLLIN, 0}, {arguments.stop_on_eof ? STDIN_FILENO : -1, POLLIN, 0}}};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - now);
        poll(sources.data(), sources.size(), static_cast<int>(left.count()));
        signalfd_siginfo signal{};
        if (sources[0].revents != 0 && read(signals.fd(), &signal, sizeof signal) == sizeof signal) {
            if (signal.ssi_signo != SIGHUP) {
                return;
            }
            reload(server, arguments.zone_file);
        }
        if (sources[1].revents != 0 && stdin_closed()) {
            return;
        }
    }
}

int run(const Arguments& arguments) {
    const support::Socket signals(support::watch_signals({SIGTERM, SIGINT, SIGHUP}));
    support::DnsZone zone = read_zone(arguments.zone_file);
    support::DnsServer server(arguments.address, arguments.port, log_to(arguments.query_log));
    server.set_zone(std::move(zone));
    server.behave(behaviour_of(arguments.fault));
    support::tell_listening(arguments.address, server.port());
    wait(server, signals, arguments);
    return EXIT_SUCCESS;
}

int parse_and_run(int argc, char** argv) {
    Arguments arguments;
    CLI::App app("A name server for tests");
    app.add_option("zone", arguments.zone_file, "Zone file")->required();
    app.add_option("--address", arguments.address, "Loopback address, 127.x.y.z or ::1");
    app.add_option("--port", arguments.port, "0: any free one");
    app.add_option("--lifetime", arguments.lifetime_seconds, "Seconds after which it ends by itself")
        ->check(CLI::Range(1, 1'000'000));
    app.add_flag("--stop-on-eof", arguments.stop_on_eof, "End when standard input closes");
    app.add_option("--fault", arguments.fault, "For all names without a FAULT line of their own");
    app.add_option("--query-log", arguments.query_log, "Append one line for each query");
    CLI11_PARSE(app, argc, argv);
    return run(arguments);
}

} // namespace

int main(int argc, char** argv) {
    return test::run_program([&] { return parse_and_run(argc, argv); });
}
