// bench_dns: serves a zone file (see bench_zone.h) over UDP, each answer as late as it is told. One thread
// that never waits for an answer's time: any number of them may be due.
//
// Prints "listening ADDRESS:PORT" when ready; ends on SIGTERM. With --log it appends a line for each
// question: when it came and when it was answered, in microseconds of the monotonic clock, its type and its
// name.
#include "base/ascii.h"
#include "bench/programs/bench_zone.h"
#include "support/dns/standing.h"
#include "support/program.h"

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t header_size = 12; // RFC 1035 4.1.1
constexpr std::uint32_t ttl = 3600;

struct Arguments {
    std::string zone;
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    int delay_ms = 0;
    std::string log;
};

struct Query {
    std::string name;
    std::uint16_t type = 0;
    std::size_t question_end = 0;
    bool edns = false;
};

std::uint16_t read_short(std::string_view packet, std::size_t at) {
    return static_cast<std::uint16_t>((static_cast<unsigned char>(packet[at]) << 8U) |
                                      static_cast<unsigned char>(packet[at + 1]));
}

void put_short(std::string& packet, std::uint32_t number) {
    packet.push_back(static_cast<char>(static_cast<unsigned char>((number >> 8U) & 0xffU)));
    packet.push_back(static_cast<char>(static_cast<unsigned char>(number & 0xffU)));
}

std::optional<Query> read_query(std::string_view packet) {
    Query query;
    std::size_t at = header_size;
    while (at < packet.size() && packet[at] != 0) {
        const std::size_t length = static_cast<unsigned char>(packet[at]);
        query.name += query.name.empty() ? "" : ".";
        query.name += packet.substr(at + 1, length);
        at += length + 1;
    }
    constexpr std::size_t type_and_class = 4;
    if (at + 1 + type_and_class > packet.size()) {
        return std::nullopt;
    }
    query.name = base::to_lower(query.name);
    query.type = read_short(packet, at + 1);
    query.question_end = at + 1 + type_and_class;
    constexpr std::size_t additional_count = 10;
    query.edns = read_short(packet, additional_count) > 0;
    return query;
}

void put_record(std::string& packet, std::uint16_t type, std::string_view data) {
    constexpr std::uint32_t pointer_to_question = 0xc00c;
    put_short(packet, pointer_to_question);
    put_short(packet, type);
    put_short(packet, 1);
    put_short(packet, ttl >> 16U);
    put_short(packet, ttl);
    put_short(packet, static_cast<std::uint32_t>(data.size()));
    packet += data;
}

// RFC 2308 3: says how long the absence may be remembered.
void put_authority(std::string& packet) {
    packet += '\0';
    put_short(packet, 6); // SOA
    put_short(packet, 1);
    put_short(packet, 0);
    put_short(packet, ttl);
    constexpr std::uint32_t soa_size = 22;
    put_short(packet, soa_size);
    packet += std::string(2, '\0');
    for (int i = 0; i < 5; ++i) {
        put_short(packet, 0);
        put_short(packet, ttl);
    }
}

std::string make_reply(std::string_view packet, const Query& query, const bench::BenchZone::Found& found) {
    constexpr std::uint32_t answer_flags = 0x8180; // QR, RD, RA
    constexpr std::uint32_t no_such_name = 3;
    const bool negative = found.data.empty();
    std::string reply(packet.substr(0, 2));
    put_short(reply, answer_flags | (found.exists ? 0U : no_such_name));
    put_short(reply, 1);
    put_short(reply, static_cast<std::uint32_t>(found.data.size()));
    put_short(reply, negative ? 1 : 0);
    put_short(reply, query.edns ? 1 : 0);
    reply += packet.substr(header_size, query.question_end - header_size);
    for (const std::string& data : found.data) {
        put_record(reply, query.type, data);
    }
    if (negative) {
        put_authority(reply);
    }
    if (query.edns) {
        constexpr std::string_view opt("\0\0\x29\x10\0\0\0\0\0\0\0", 11); // RFC 6891 6.1.2: 4096 octets
        reply += opt;
    }
    return reply;
}

int checked(int result, const char* what) {
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return result;
}

class Server {
  public:
    explicit Server(const Arguments& arguments)
        : zone_(bench::BenchZone::read(arguments.zone)), delay_(arguments.delay_ms) {
        if (!arguments.log.empty()) {
            log_.open(arguments.log, std::ios::app);
        }
        bind_to(arguments.address, arguments.port);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() { close(socket_); }

    [[nodiscard]] std::uint16_t port() const { return port_; }

    void serve(int signals) {
        for (;;) {
            std::array<pollfd, 2> watched{{{socket_, POLLIN, 0}, {signals, POLLIN, 0}}};
            poll(watched.data(), watched.size(), patience());
            if (watched[1].revents != 0) {
                return;
            }
            read_all();
            send_due();
        }
    }

  private:
    struct Answer {
        sockaddr_in to{};
        std::string packet;
    };

    void bind_to(const std::string& address, std::uint16_t port) {
        socket_ = checked(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
        const int room = 8 << 20; // bursts must not get lost; without the privilege the kernel grants less
        if (setsockopt(socket_, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0) {
            setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        }
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_port = htons(port);
        if (!address.starts_with("127.") || inet_pton(AF_INET, address.c_str(), &own.sin_addr) != 1) {
            throw std::runtime_error(address + " is no loopback address");
        }
        const void* untyped = &own;
        checked(bind(socket_, static_cast<const sockaddr*>(untyped), sizeof own), "bind");
        socklen_t size = sizeof own;
        void* out = &own;
        getsockname(socket_, static_cast<sockaddr*>(out), &size);
        port_ = ntohs(own.sin_port);
    }

    [[nodiscard]] int patience() const {
        if (due_.empty()) {
            return -1;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_.begin()->first - Clock::now());
        return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    }

    void read_all() {
        std::array<char, 1500> bytes; // NOLINT(*-member-init): filled by recvfrom()
        for (;;) {
            Answer answer;
            void* out = &answer.to;
            socklen_t size = sizeof answer.to;
            const ssize_t count =
                recvfrom(socket_, bytes.data(), bytes.size(), 0, static_cast<sockaddr*>(out), &size);
            if (count < 0) {
                return;
            }
            if (static_cast<std::size_t>(count) > header_size) {
                reply(std::move(answer), {bytes.data(), static_cast<std::size_t>(count)});
            }
        }
    }

    void reply(Answer answer, std::string_view packet) {
        const auto query = read_query(packet);
        if (!query) {
            return;
        }
        const auto found = zone_.find(query->name, query->type);
        const auto now = Clock::now();
        const auto due = now + std::chrono::milliseconds(found.delay_ms.value_or(delay_));
        answer.packet = make_reply(packet, *query, found);
        if (log_.is_open()) {
            log_ << microseconds(now) << ' ' << microseconds(due) << ' ' << query->type << ' ' << query->name
                 << std::endl; // flushed: it is read while we run
        }
        if (due == now) {
            send(answer);
        } else {
            due_.emplace(due, std::move(answer));
        }
    }

    static std::int64_t microseconds(Clock::time_point time) {
        return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
    }

    void send_due() {
        while (!due_.empty() && due_.begin()->first <= Clock::now()) {
            send(due_.begin()->second);
            due_.erase(due_.begin());
        }
    }

    void send(const Answer& answer) const {
        const void* untyped = &answer.to;
        sendto(socket_, answer.packet.data(), answer.packet.size(), 0, static_cast<const sockaddr*>(untyped),
               sizeof answer.to);
    }

    bench::BenchZone zone_;
    int delay_;
    std::ofstream log_;
    int socket_ = -1;
    std::uint16_t port_ = 0;
    std::multimap<Clock::time_point, Answer> due_;
};

int run(int argc, char** argv) {
    Arguments arguments;
    CLI::App app("A fast name server for measurements");
    app.add_option("zone", arguments.zone, "Zone file")->required();
    app.add_option("--address", arguments.address, "Loopback address");
    app.add_option("--port", arguments.port, "0: any free one");
    app.add_option("--delay", arguments.delay_ms, "Milliseconds before each answer");
    app.add_option("--log", arguments.log, "Append a line for each question");
    CLI11_PARSE(app, argc, argv);
    const int signals = support::watch_signals({SIGTERM, SIGINT});
    Server server(arguments);
    support::tell_listening(arguments.address, server.port());
    server.serve(signals);
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
    return test::run_program([&] { return run(argc, argv); });
}
