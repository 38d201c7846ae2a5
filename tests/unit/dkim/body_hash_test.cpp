#include "dkim/body_hash.h"

#include "base/base64.h"

#include "support/catch.h"

#include <string>
#include <vector>

using dkim::BodyHashes;
using dkim::Canonicalization;

namespace {

std::string base64(const crypto::Sha256& digest) {
    return base::base64_encode(std::string(digest.begin(), digest.end()));
}

std::string hash(Canonicalization canonicalization, std::optional<std::uint64_t> length,
                 std::string_view body) {
    BodyHashes bodies;
    const std::size_t handle = bodies.request(canonicalization, length);
    bodies.update(body);
    bodies.finish();
    return base64(bodies.digest(handle));
}

} // namespace

TEST_CASE("the hashes of an empty body are the published ones", "[rfc6376-3.4.3][rfc6376-3.4.4]") {
    for (const std::string body : {"", "\r\n", "\r\n\r\n"}) {
        CHECK(hash(Canonicalization::simple, {}, body) == "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
        CHECK(hash(Canonicalization::relaxed, {}, body) == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}

TEST_CASE("the body of RFC 6376 A and RFC 8463 A hashes to its bh=", "[rfc6376-A][rfc8463-A]") {
    // RFC 6376 prints the body with one space between its sentences, RFC 8463 with two: relaxed makes them
    // equal.
    const std::string one = "Hi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n";
    const std::string two = "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";
    const std::string expected = "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=";
    CHECK(hash(Canonicalization::simple, {}, one) == expected);
    CHECK(hash(Canonicalization::relaxed, {}, one) == expected);
    CHECK(hash(Canonicalization::relaxed, {}, two) == expected);
    CHECK(hash(Canonicalization::simple, {}, two) != expected);
}

TEST_CASE("a length limits what is hashed and counts canonical octets", "[rfc6376-3.4.5]") {
    const std::string body = "a  b \r\nc\r\n\r\n"; // relaxed: "a b\r\nc\r\n"
    for (std::uint64_t length = 0; length <= 12; ++length) {
        const std::string relaxed = "a b\r\nc\r\n";
        const auto expected = crypto::sha256(relaxed.substr(0, static_cast<std::size_t>(length)));
        for (std::size_t cut = 0; cut <= body.size(); ++cut) {
            BodyHashes bodies;
            const std::size_t handle = bodies.request(Canonicalization::relaxed, length);
            bodies.update(std::string_view(body).substr(0, cut));
            bodies.update(std::string_view(body).substr(cut));
            bodies.finish();
            CHECK(bodies.digest(handle) == expected);
            // Counting may stop as soon as there is more than the limit.
            CHECK((length < 8 ? bodies.canonical_length(handle) > length
                              : bodies.canonical_length(handle) == 8));
        }
    }
}

TEST_CASE("many lengths of one body are what each alone would be", "[rfc6376-3.4.5]") {
    const std::string body = "a  b \r\nc\r\n\r\nd\r\n"; // relaxed: "a b\r\nc\r\n\r\nd\r\n"
    for (const auto canonicalization : {Canonicalization::simple, Canonicalization::relaxed}) {
        for (std::size_t chunk = 1; chunk <= body.size(); ++chunk) {
            BodyHashes bodies;
            std::vector<std::size_t> handles;
            for (std::uint64_t length = 20; length > 0; --length) { // from the top, so that order is no help
                handles.push_back(bodies.request(canonicalization, length - 1));
            }
            handles.push_back(bodies.request(canonicalization, std::nullopt));
            for (std::string_view rest = body; !rest.empty();
                 rest.remove_prefix(std::min(chunk, rest.size()))) {
                bodies.update(rest.substr(0, chunk));
            }
            bodies.finish();
            for (std::uint64_t length = 20; length > 0; --length) {
                CAPTURE(length, chunk);
                CHECK(base64(bodies.digest(handles[20 - length])) ==
                      hash(canonicalization, length - 1, body));
            }
            CHECK(base64(bodies.digest(handles.back())) == hash(canonicalization, std::nullopt, body));
        }
    }
}

TEST_CASE("the same request is hashed once, different ones apart") {
    BodyHashes bodies;
    const std::size_t relaxed = bodies.request(Canonicalization::relaxed, {});
    const std::size_t simple = bodies.request(Canonicalization::simple, {});
    const std::size_t cut = bodies.request(Canonicalization::simple, 2);
    CHECK(bodies.request(Canonicalization::relaxed, {}) == relaxed);
    CHECK(bodies.request(Canonicalization::simple, 2) == cut);
    CHECK(relaxed != simple);
    CHECK(simple != cut);
    bodies.update("a  b");
    bodies.finish();
    CHECK(bodies.digest(relaxed) == crypto::sha256("a b\r\n"));
    CHECK(bodies.digest(simple) == crypto::sha256("a  b\r\n"));
    CHECK(bodies.digest(cut) == crypto::sha256("a "));
    CHECK(bodies.canonical_length(relaxed) == 5);
    CHECK(bodies.canonical_length(simple) == 6);
}

TEST_CASE("hashes are satisfied once every limit is passed") {
    BodyHashes bodies;
    CHECK(bodies.satisfied());
    bodies.request(Canonicalization::simple, 2);
    CHECK_FALSE(bodies.satisfied());
    bodies.update("ab");
    CHECK_FALSE(bodies.satisfied()); // whether the body goes on is not known yet
    bodies.update("c");
    CHECK(bodies.satisfied());

    BodyHashes whole;
    whole.request(Canonicalization::simple, {});
    whole.update("abc");
    CHECK_FALSE(whole.satisfied());
}

TEST_CASE("pieces of every size give one hash") {
    std::string body;
    for (int i = 0; i < 300; ++i) {
        body += "line " + std::to_string(i) + (i % 7 == 0 ? "  \r\n" : "\r\n") + (i % 50 == 0 ? "\r\n" : "");
    }
    for (const auto kind : {Canonicalization::simple, Canonicalization::relaxed}) {
        const std::string expected = hash(kind, {}, body);
        for (const std::size_t size : {1U, 2U, 3U, 63U, 64U, 65U, 511U, 512U, 513U, 1000U}) {
            BodyHashes bodies;
            const std::size_t handle = bodies.request(kind, {});
            for (std::size_t at = 0; at < body.size(); at += size) {
                bodies.update(std::string_view(body).substr(at, size));
            }
            bodies.finish();
            CHECK(base64(bodies.digest(handle)) == expected);
        }
    }
}
