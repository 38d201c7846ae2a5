// Body hashes do not depend on where the body was cut, nor does what is fragile in it.
#include "dkim/body_hash.h"
#include "fuzz/property.h"
#include "message/body_scan.h"

#include <array>

namespace {

message::BodyTraits scanned(std::string_view body, std::size_t step) {
    message::BodyScan scan;
    for (std::size_t at = 0; at < body.size(); at += step) {
        scan.update(body.substr(at, step));
    }
    return scan.finish();
}

void run(std::string_view input) {
    if (input.empty()) {
        return;
    }
    const std::size_t step = static_cast<unsigned char>(input.front()) + 1U;
    const std::string_view body = input.substr(1);
    std::array<dkim::BodyHashes, 2> hashes;
    for (auto& one : hashes) {
        one.request(dkim::Canonicalization::simple, std::nullopt);
        one.request(dkim::Canonicalization::relaxed, std::nullopt);
        one.request(dkim::Canonicalization::relaxed, step);
    }
    hashes[0].update(body);
    for (std::size_t at = 0; at < body.size(); at += step) {
        hashes[1].update(body.substr(at, step));
    }
    for (auto& one : hashes) {
        one.finish();
    }
    for (std::size_t handle = 0; handle < 3; ++handle) {
        fuzz::require(hashes[0].digest(handle) == hashes[1].digest(handle), "a cut changes no hash");
    }
    const auto whole = scanned(body, input.size());
    fuzz::require(scanned(body, step) == whole && scanned(body, 1) == whole, "a cut changes no trait");
}

const fuzz::Target target("body", run);

} // namespace
