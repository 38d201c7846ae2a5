#include "bench/arithmetic.h"

#include <algorithm>

namespace bench {

const std::vector<Arithmetic::Operation>& Arithmetic::operations() {
    static const std::vector<Operation> all{
        {"verify_rsa", &Arithmetic::verify_rsa, 2000}, {"verify_ed25519", &Arithmetic::verify_ed25519, 500},
        {"sign_rsa", &Arithmetic::sign_rsa, 100},      {"sign_rsa_ed25519", &Arithmetic::sign_both, 100},
        {"sha256_body", &Arithmetic::hash_body, 5000}, {"sha256_25_mib", &Arithmetic::hash_large, 1}};
    return all;
}

std::vector<std::string> Arithmetic::names() {
    std::vector<std::string> names;
    for (const auto& operation : operations()) {
        names.push_back(operation.name);
    }
    return names;
}

const Arithmetic::Operation* Arithmetic::find(const std::string& name) {
    const auto found = std::ranges::find(operations(), name, &Operation::name);
    return found == operations().end() ? nullptr : &*found;
}

void Arithmetic::hash_body() const {
    (void)bare_sha256(body_);
}

void Arithmetic::hash_large() const {
    static const std::string large(std::size_t{25} << 20U, 'x');
    (void)bare_sha256(large);
}

void Arithmetic::verify_rsa() const {
    hash_body();
    rsa_.verify(header_, rsa_signature_);
}

void Arithmetic::verify_ed25519() const {
    ed25519_.verify(digest_, ed25519_signature_);
}

void Arithmetic::sign_rsa() const {
    hash_body();
    (void)rsa_.sign(header_);
}

void Arithmetic::sign_both() const {
    sign_rsa();
    (void)bare_sha256(header_);
    (void)ed25519_.sign(digest_);
}

} // namespace bench
