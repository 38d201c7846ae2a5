// A message, its keys, and the way from one to the other's verdicts.
#pragma once

#include "base/base64.h"
#include "dkim/evaluate.h"
#include "dkim/sign.h"
#include "message/parse_message.h"

#include "support/catch.h"
#include "support/keys.h"
#include "support/world/resolve.h"

#include <string>
#include <string_view>
#include <vector>

namespace {

using test::Zone;

constexpr base::UnixTime sample_time = 1700000000;

[[maybe_unused]] constexpr std::string_view sample_message =
    "From: Joe <joe@example.org>\r\n"
    "To: Suzie <suzie@example.net>,\r\n\tand others <others@example.net>\r\n"
    "Subject: Is  dinner ready?\r\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700\r\n"
    "Message-ID: <1@example.org>\r\n"
    "\r\n"
    "Hi.\r\n\r\nWe lost  the game.\t\r\n\r\nJoe.\r\n\r\n";

inline crypto::SigningKey signing_key(std::string_view pem) {
    auto key = crypto::SigningKey::from_pem(pem);
    REQUIRE(key);
    return std::move(*key);
}

inline message::Message parsed(std::string_view text) {
    auto message = message::parse_message(text);
    REQUIRE(message);
    return std::move(*message);
}

inline std::string key_record(const crypto::SigningKey& key, const std::string& tags = "") {
    return "v=DKIM1; k=" + std::string(crypto::print(key.type())) + "; " + tags +
           "p=" + base::base64_encode(key.public_record_bytes());
}

// Signed for example.org with selector s, unless the options say otherwise.
inline dkim::SignOptions sample_options() {
    dkim::SignOptions options;
    options.domain = "example.org";
    options.selector = "s";
    return options;
}

inline std::string sign_body(const dkim::SignOptions& options, const crypto::SigningKey& key,
                             const message::Message& message) {
    dkim::BodyHashes bodies;
    const std::size_t hash = bodies.request(options.body_canonicalization, {});
    bodies.update(message.body);
    bodies.finish();
    const auto body = dkim::sign(options, key, message.headers, bodies.digest(hash), sample_time);
    REQUIRE(body);
    return *body;
}

inline std::string signed_text(const dkim::SignOptions& options, const crypto::SigningKey& key,
                               std::string_view text) {
    return "DKIM-Signature:" + sign_body(options, key, parsed(text)) + "\r\n" + std::string(text);
}

inline dkim::Verdict verdict_of(const dkim::Candidate& candidate, const message::HeaderList& headers,
                                const dkim::BodyHashes& bodies, base::UnixTime now, const Zone& zone,
                                const dkim::Options& options) {
    const auto evaluate = [&](const dns::Answers& known) {
        return dkim::evaluate({candidate, headers, bodies, now}, known, options);
    };
    return test::resolve(evaluate, zone, {.most_rounds = 1}).verdict;
}

inline std::vector<dkim::Verdict> verdicts_of(std::string_view text, const Zone& zone,
                                              const dkim::Options& options = {},
                                              base::UnixTime now = sample_time) {
    const message::Message message = parsed(text);
    dkim::BodyHashes bodies;
    const auto candidates = dkim::find_signatures(message.headers, options.limits, bodies);
    bodies.update(message.body);
    bodies.finish();
    std::vector<dkim::Verdict> verdicts;
    for (const dkim::Candidate& candidate : candidates) {
        verdicts.push_back(verdict_of(candidate, message.headers, bodies, now, zone, options));
    }
    return verdicts;
}

// "pass", "fail: body hash did not verify"; several signatures' results are joined by "; ".
inline std::string results_of(std::string_view text, const Zone& zone, const dkim::Options& options = {},
                              base::UnixTime now = sample_time) {
    std::string results;
    for (const dkim::Verdict& verdict : verdicts_of(text, zone, options, now)) {
        results += (results.empty() ? "" : "; ") + std::string(dkim::print(verdict.result));
        results += verdict.reason.empty() ? "" : ": " + verdict.reason;
    }
    return results.empty() ? "none" : results;
}

} // namespace
