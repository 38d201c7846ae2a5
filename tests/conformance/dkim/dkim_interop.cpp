// Our side of the cross-checks: reads one JSON object a line, signs or verifies, answers with one JSON object
// a line.
//
//     {"op": "sign", "message": BASE64, "key_file": PATH, "domain": D, "selector": S, "header": "relaxed",
//      "body": ...}
//         -> {"field": BASE64 of the whole DKIM-Signature field with its CRLF} or {"error": TEXT}
//     {"op": "verify", "message": BASE64, "zone": {NAME: [RECORD, ...]}}
//         -> {"results": [{"result": "pass", "reason": ""}, ...]}
#include "base/base64.h"
#include "dkim/evaluate.h"
#include "dkim/sign.h"
#include "message/parse_message.h"
#include "support/program.h"
#include "support/world/resolve.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>

namespace {

using Json = nlohmann::json;

base::UnixTime now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Json error(const std::string& text) {
    return {{"error", text}};
}

base::Result<message::Message> read_message(const Json& job) {
    const auto text = base::base64_decode(job.at("message").get<std::string>());
    return text ? message::parse_message(*text) : base::refuse("the message is no base64", 0);
}

// Keys are kept, as the daemon keeps them.
base::Result<const crypto::SigningKey*> find_key(const std::string& path) {
    static std::map<std::string, crypto::SigningKey> keys;
    auto found = keys.find(path);
    if (found == keys.end()) {
        auto key = crypto::SigningKey::from_pem(read_file(path));
        if (!key) {
            return base::refuse(key.error());
        }
        found = keys.emplace(path, std::move(*key)).first;
    }
    return &found->second;
}

dkim::Canonicalization canonicalization(const Json& job, const char* part) {
    return job.at(part) == "relaxed" ? dkim::Canonicalization::relaxed : dkim::Canonicalization::simple;
}

Json sign(const Json& job) {
    const auto message = read_message(job);
    const auto key = find_key(job.at("key_file"));
    if (!message || !key) {
        return error((message ? key.error() : message.error()).message);
    }
    dkim::SignOptions options;
    options.domain = job.at("domain");
    options.selector = job.at("selector");
    options.header_canonicalization = canonicalization(job, "header");
    options.body_canonicalization = canonicalization(job, "body");
    dkim::BodyHashes bodies;
    const std::size_t hash = bodies.request(options.body_canonicalization, std::nullopt);
    bodies.update(message->body);
    bodies.finish();
    const auto body = dkim::sign(options, **key, message->headers, bodies.digest(hash), now());
    return body ? Json{{"field", base::base64_encode("DKIM-Signature:" + *body + "\r\n")}}
                : error(body.error().message);
}

test::Zone read_zone(const Json& names) {
    test::Zone zone;
    for (const auto& [name, records] : names.items()) {
        for (const std::string& record : records.get<std::vector<std::string>>()) {
            zone.add("TXT " + name, record);
        }
    }
    return zone;
}

Json verify(const Json& job) {
    const auto message = read_message(job);
    if (!message) {
        return error(message.error().message);
    }
    const dkim::Options options;
    dkim::BodyHashes bodies;
    const auto candidates = dkim::find_signatures(message->headers, options.limits, bodies);
    bodies.update(message->body);
    bodies.finish();
    const test::Zone zone = read_zone(job.at("zone"));
    Json results = Json::array();
    for (const dkim::Candidate& candidate : candidates) {
        const auto evaluate = [&](const dns::Answers& known) {
            return dkim::evaluate({candidate, message->headers, bodies, now()}, known, options);
        };
        const auto verdict = test::resolve(evaluate, zone).verdict;
        results.push_back({{"result", dkim::print(verdict.result)}, {"reason", verdict.reason}});
    }
    return {{"results", results}};
}

int answer_jobs() {
    for (std::string line; std::getline(std::cin, line);) {
        const Json job = Json::parse(line);
        std::cout << (job.at("op") == "sign" ? sign(job) : verify(job)) << std::endl;
    }
    return EXIT_SUCCESS;
}

} // namespace

int main() {
    return test::run_program(answer_jobs);
}
