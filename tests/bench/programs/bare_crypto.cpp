// bare_crypto: what the arithmetic of one message costs, through OpenSSL and nothing else, with the keys
// kept: the floor under every filter that signs or verifies. Prints one JSON object; microseconds of CPU of
// one thread.
//
//     bare_crypto [--header OCTETS] [--body OCTETS] [--only OPERATION...]
#include "bench/bare.h"
#include "support/program.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace {

double cpu_microseconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// The median of five rounds, because it is compared with medians of what other programs take.
double time_of(const std::function<void()>& work, int times) {
    work();
    std::array<double, 5> rounds{};
    for (double& each : rounds) {
        const double begin = cpu_microseconds();
        for (int i = 0; i < times; ++i) {
            work();
        }
        each = (cpu_microseconds() - begin) / times;
    }
    std::sort(rounds.begin(), rounds.end());
    return rounds[rounds.size() / 2];
}

struct Sizes {
    std::size_t header = 1200;
    std::size_t body = 3200;
};

// Keys, texts and signatures, made once.
class Message {
  public:
    explicit Message(const Sizes& sizes) : header_(sizes.header, 'h'), body_(sizes.body, 'b') {}

    void hash_body() const { (void)bench::bare_sha256(body_); }
    void hash_large() const { (void)bench::bare_sha256(large_); }
    void verify_rsa() const {
        hash_body();
        rsa_.verify(header_, rsa_signature_);
    }
    void verify_ed25519() const { ed25519_.verify(digest_, ed25519_signature_); }
    void sign_rsa() const {
        hash_body();
        (void)rsa_.sign(header_);
    }
    void sign_both() const {
        sign_rsa();
        (void)bench::bare_sha256(header_);
        (void)ed25519_.sign(digest_);
    }

  private:
    std::string header_;
    std::string body_;
    std::string digest_ = std::string(32, 'd'); // RFC 8463 3: what Ed25519 signs is the digest
    std::string large_ = std::string(std::size_t{25} << 20U, 'x');
    bench::BareKey rsa_ = bench::BareKey::rsa();
    bench::BareKey ed25519_ = bench::BareKey::ed25519();
    std::string rsa_signature_ = rsa_.sign(header_);
    std::string ed25519_signature_ = ed25519_.sign(digest_);
};

struct Operation {
    void (Message::*work)() const;
    int times; // in a round
};

const std::map<std::string, Operation> operations{
    {"verify_rsa", {&Message::verify_rsa, 2000}}, {"verify_ed25519", {&Message::verify_ed25519, 500}},
    {"sign_rsa", {&Message::sign_rsa, 100}},      {"sign_rsa_ed25519", {&Message::sign_both, 100}},
    {"sha256_body", {&Message::hash_body, 5000}}, {"sha256_25_mib", {&Message::hash_large, 1}}};

// What `only` names; everything when it is empty.
nlohmann::json measure(const Sizes& sizes, const std::vector<std::string>& only) {
    const Message message(sizes);
    nlohmann::json times;
    for (const auto& [name, operation] : operations) {
        if (only.empty() || std::find(only.begin(), only.end(), name) != only.end()) {
            times[name] = time_of(std::bind_front(operation.work, &message), operation.times);
        }
    }
    return times;
}

int run(int argc, char** argv) {
    Sizes sizes;
    std::vector<std::string> only;
    CLI::App app("What the arithmetic of one message costs");
    app.add_option("--header", sizes.header, "Octets of the signed header");
    app.add_option("--body", sizes.body, "Octets of the body");
    app.add_option("--only", only, "What to measure")->check(CLI::IsMember(operations));
    CLI11_PARSE(app, argc, argv);
    fmt::print("{}\n", measure(sizes, only).dump());
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
    return test::run_program([&] { return run(argc, argv); });
}
