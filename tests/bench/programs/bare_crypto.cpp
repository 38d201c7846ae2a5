// bare_crypto: what the arithmetic of one message costs, through OpenSSL and nothing else, with the keys
// kept: the floor under every filter that signs or verifies. Prints one JSON object; microseconds of CPU of
// one thread.
//
//     bare_crypto [--header OCTETS] [--body OCTETS]
#include "bench/bare.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <functional>
#include <string>

namespace {

double cpu_microseconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// Of five rounds the fastest: whatever else the machine does makes it slower, never faster.
double time_of(const std::function<void()>& work, int times) {
    work();
    double best = 1e18;
    for (int round = 0; round < 5; ++round) {
        const double begin = cpu_microseconds();
        for (int i = 0; i < times; ++i) {
            work();
        }
        best = std::min(best, (cpu_microseconds() - begin) / times);
    }
    return best;
}

nlohmann::json measure(std::size_t header_octets, std::size_t body_octets) {
    constexpr std::size_t large_octets = std::size_t{25} << 20U;
    const auto rsa = bench::BareKey::rsa();
    const auto ed25519 = bench::BareKey::ed25519();
    const std::string header(header_octets, 'h');
    const std::string digest(32, 'd'); // RFC 8463 3: what Ed25519 signs is the digest
    const std::string body(body_octets, 'b');
    const std::string large(large_octets, 'x');
    const std::string rsa_signature = rsa.sign(header);
    const std::string ed25519_signature = ed25519.sign(digest);
    const auto hash_body = [&] { (void)bench::bare_sha256(body); };
    const auto verify_rsa = [&] {
        hash_body();
        rsa.verify(header, rsa_signature);
    };
    const auto sign_rsa = [&] {
        hash_body();
        (void)rsa.sign(header);
    };
    const auto sign_both = [&] {
        sign_rsa();
        (void)bench::bare_sha256(header);
        (void)ed25519.sign(digest);
    };
    return {{"verify_rsa", time_of(verify_rsa, 2000)},
            {"verify_ed25519", time_of([&] { ed25519.verify(digest, ed25519_signature); }, 500)},
            {"sign_rsa", time_of(sign_rsa, 200)},
            {"sign_rsa_ed25519", time_of(sign_both, 200)},
            {"sha256_body", time_of(hash_body, 5000)},
            {"sha256_25_mib", time_of([&] { (void)bench::bare_sha256(large); }, 2)}};
}

int run(int argc, char** argv) {
    std::size_t header_octets = 1200;
    std::size_t body_octets = 3200;
    CLI::App app("What the arithmetic of one message costs");
    app.add_option("--header", header_octets, "Octets of the signed header");
    app.add_option("--body", body_octets, "Octets of the body");
    CLI11_PARSE(app, argc, argv);
    fmt::print("{}\n", measure(header_octets, body_octets).dump());
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        (void)std::fputs(error.what(), stderr);
        (void)std::fputc('\n', stderr);
        return EXIT_FAILURE;
    }
}
