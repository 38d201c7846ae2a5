// What must hold for every message, tried on many random ones.
#include "sample.h"

#include <algorithm>
#include <random>

namespace {

using dkim::Canonicalization;

std::string pick(std::mt19937& random, const std::vector<std::string>& choices) {
    return choices[std::uniform_int_distribution<std::size_t>(0, choices.size() - 1)(random)];
}

std::string random_text(std::mt19937& random, int most) {
    static const std::vector<std::string> parts = {"a",        "Word",        " ",  "  ",  "\t",
                                                   "\r\n ",    "\r\n\t",      "=;", "=3D", "\"",
                                                   "\xc3\xa9", "b=abc; bh=x", ":",  "\xff"};
    std::string text;
    for (int i = std::uniform_int_distribution<int>(0, most)(random); i > 0; --i) {
        text += pick(random, parts);
    }
    return text + "x"; // a last line of blanks alone would end a header block
}

std::string random_message(std::mt19937& random) {
    static const std::vector<std::string> names = {"To",           "Subject",       "subject",    "Cc",
                                                   "X-Other",      "List-Id",       "References", "Date",
                                                   "Content-Type", "DKIM-Signature"};
    std::string text;
    for (int i = std::uniform_int_distribution<int>(0, 8)(random); i > 0; --i) {
        text += pick(random, names) + pick(random, {":", ": ", ":  ", ":\t", ":\r\n "}) +
                random_text(random, 8) + "\r\n";
    }
    text += "From: <joe@example.org>" + random_text(random, 3) + "\r\n\r\n";
    for (int i = std::uniform_int_distribution<int>(0, 10)(random); i > 0; --i) {
        text += pick(random,
                     {"line", "two  words", " ", "\t", "\r\n", "\r\n\r\n", " \r\n", "\xc3\xa9", ".", "-- "});
    }
    return text;
}

struct Scheme {
    Canonicalization header;
    Canonicalization body;
    std::string_view pem;
};

std::vector<Scheme> schemes() {
    std::vector<Scheme> all;
    for (const auto header : {Canonicalization::simple, Canonicalization::relaxed}) {
        for (const auto body : {Canonicalization::simple, Canonicalization::relaxed}) {
            for (const auto pem : {support::rsa_pem, support::ed25519_pem}) {
                all.push_back({header, body, pem});
            }
        }
    }
    return all;
}

dkim::SignOptions options_of(const Scheme& scheme) {
    auto options = sample_options();
    options.header_canonicalization = scheme.header;
    options.body_canonicalization = scheme.body;
    return options;
}

} // namespace

TEST_CASE("what is signed verifies, whatever the message looks like") {
    std::mt19937 random(3);
    for (const Scheme& scheme : schemes()) {
        const auto key = signing_key(scheme.pem);
        const Zone zone{{"TXT s._domainkey.example.org", key_record(key)}};
        for (int round = 0; round < 60; ++round) {
            const std::string text = signed_text(options_of(scheme), key, random_message(random));
            CAPTURE(text);
            REQUIRE(verdicts_of(text, zone).front().result == dkim::Result::pass);
        }
    }
}

TEST_CASE("any one octet of the signed message changed is no pass") {
    // Nothing here may change without changing the relaxed form: single blanks inside lines, no folds.
    const std::string text =
        "From: Joe <joe@example.org>\r\nTo: a@example.net\r\nSubject: Is dinner ready?\r\n\r\n"
        "We lost the game.\r\nJoe.\r\n";
    for (const Scheme& scheme : schemes()) {
        const auto key = signing_key(scheme.pem);
        const Zone zone{{"TXT s._domainkey.example.org", key_record(key)}};
        const std::string good = signed_text(options_of(scheme), key, text);
        REQUIRE(results_of(good, zone) == "pass");
        for (std::size_t i = good.size() - text.size(); i < good.size(); ++i) {
            // Line ends are the frame of the message, and relaxed names have no case: neither is content.
            if (good[i] == '\r' || good[i] == '\n') {
                continue;
            }
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 1);
            CAPTURE(i, bad);
            CHECK(results_of(bad, zone) != "pass");
        }
    }
}

TEST_CASE("any one octet of a simple signature's field changed is no pass") {
    const auto key = signing_key(support::ed25519_pem);
    const Zone zone{{"TXT s._domainkey.example.org", key_record(key)}};
    const Scheme scheme{Canonicalization::simple, Canonicalization::simple, support::ed25519_pem};
    const std::string good = signed_text(options_of(scheme), key, sample_message);
    REQUIRE(results_of(good, zone) == "pass");
    const std::size_t end = good.find("\r\nFrom:");
    for (std::size_t i = 0; i < end; ++i) {
        if (good[i] == '\r' || good[i] == '\n') {
            continue;
        }
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 1);
        CAPTURE(i, bad);
        CHECK(results_of(bad, zone).find("pass") == std::string::npos);
    }
}

TEST_CASE("random octets in a signature field pass only where they change blanks") {
    const auto without_blanks = [](std::string text) {
        text.erase(std::remove_if(text.begin(), text.end(),
                                  [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }),
                   text.end());
        return text;
    };
    std::mt19937 random(4);
    const auto key = signing_key(support::ed25519_pem);
    const Zone zone{{"TXT s._domainkey.example.org", key_record(key)}};
    const std::string good = signed_text(sample_options(), key, sample_message);
    std::uniform_int_distribution<std::size_t> place(16, good.find("\r\nFrom:") - 1);
    std::uniform_int_distribution<int> octet(0, 255);
    for (int round = 0; round < 3000; ++round) {
        std::string bad = good;
        for (int changes = round % 3; changes >= 0; --changes) {
            bad[place(random)] = static_cast<char>(octet(random));
        }
        if (without_blanks(bad) != without_blanks(good)) {
            CAPTURE(bad);
            CHECK(results_of(bad, zone).find("pass") == std::string::npos);
        }
    }
}
