// bare_crypto: what the arithmetic of one message costs, through OpenSSL and nothing else, with the keys
// kept: the floor under every filter that signs or verifies. Prints one JSON object; microseconds of CPU of
// one thread.
//
//     bare_crypto [--header OCTETS] [--body OCTETS]
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

using Bytes = std::vector<unsigned char>;

void require(bool holds, const char* what) {
    if (!holds) {
        throw std::runtime_error(what);
    }
}

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

Bytes digest_of(const Bytes& data, const EVP_MD* algorithm) {
    Bytes digest(static_cast<std::size_t>(EVP_MD_get_size(algorithm)));
    require(EVP_Digest(data.data(), data.size(), digest.data(), nullptr, algorithm, nullptr) == 1, "digest");
    return digest;
}

// `algorithm` is null for Ed25519, which takes the digest as its message (RFC 8463 3).
Bytes sign(EVP_PKEY* key, const EVP_MD* algorithm, const Bytes& data) {
    const Context context(EVP_MD_CTX_new());
    std::size_t size = 0;
    Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
    size = signature.size();
    require(EVP_DigestSignInit(context.get(), nullptr, algorithm, nullptr, key) == 1 &&
                EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) == 1,
            "sign");
    return signature;
}

void verify(EVP_PKEY* key, const EVP_MD* algorithm, const Bytes& data, const Bytes& signature) {
    const Context context(EVP_MD_CTX_new());
    require(EVP_DigestVerifyInit(context.get(), nullptr, algorithm, nullptr, key) == 1 &&
                EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(),
                                 data.size()) == 1,
            "verify");
}

nlohmann::json measure(std::size_t header_octets, std::size_t body_octets) {
    const Key rsa(EVP_RSA_gen(2048));
    const Key ed25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    require(rsa && ed25519, "keys");
    const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr),
                                                                 EVP_MD_free);
    const Bytes header(header_octets, 'h');
    const Bytes body(body_octets, 'b');
    constexpr std::size_t large_octets = std::size_t{25} << 20U;
    const Bytes large(large_octets, 'x');
    const EVP_MD* algorithm = sha256.get();
    const Bytes rsa_signature = sign(rsa.get(), algorithm, header);
    const Bytes header_digest = digest_of(header, algorithm);
    const Bytes ed25519_signature = sign(ed25519.get(), nullptr, header_digest);
    const auto hash_body = [&] { (void)digest_of(body, algorithm); };
    const auto verify_all = [&] {
        hash_body();
        verify(rsa.get(), algorithm, header, rsa_signature);
    };
    const auto sign_rsa = [&] {
        hash_body();
        (void)sign(rsa.get(), algorithm, header);
    };
    const auto sign_both = [&] {
        sign_rsa();
        (void)sign(ed25519.get(), nullptr, digest_of(header, algorithm));
    };
    return {{"verify_rsa", time_of(verify_all, 2000)},
            {"verify_ed25519",
             time_of([&] { verify(ed25519.get(), nullptr, header_digest, ed25519_signature); }, 500)},
            {"sign_rsa", time_of(sign_rsa, 200)},
            {"sign_rsa_ed25519", time_of(sign_both, 200)},
            {"sha256_body", time_of(hash_body, 5000)},
            {"sha256_25_mib", time_of([&] { (void)digest_of(large, algorithm); }, 2)}};
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
