// RSA public keys in DER: bounded before any arithmetic.
#include "crypto/public_key.h"
#include "crypto/rsa_der.h"
#include "fuzz/property.h"

namespace {

constexpr std::size_t least_bits = 512;
constexpr std::size_t most_bits = 16384;

void run(std::string_view input) {
    const auto numbers = crypto::read_rsa_der(input);
    const auto key = crypto::PublicKey::rsa(input);
    fuzz::require(numbers || !key, "a key is read from its numbers only");
    (void)crypto::PublicKey::ed25519(input);
    if (!numbers) {
        return;
    }
    fuzz::require(numbers->bits >= least_bits && numbers->bits <= most_bits, "the modulus is bounded");
    fuzz::require(numbers->exponent >= 3 && numbers->exponent % 2 == 1, "the exponent is odd");
    fuzz::require(numbers->modulus.data() >= input.data() &&
                      numbers->modulus.data() + numbers->modulus.size() <= input.data() + input.size(),
                  "the modulus lies in the key");
    fuzz::require((numbers->bits + 7) / 8 == numbers->modulus.size(), "the modulus has no leading zero");
    fuzz::require(!key || key->bits() == numbers->bits, "both count the same bits");
    fuzz::require(!key || !key->verify({}, input.substr(0, numbers->modulus.size())), "nothing signed this");
}

const fuzz::Target target("public_key", run);

} // namespace
