#include "authenticate/inbound.h"
#include "authenticate/results.h"
#include "authres/format.h"
#include "base/base64.h"
#include "conformance/differential/driver.h"
#include "conformance/differential/zone.h"
#include "message/parse_message.h"

namespace differential {

namespace {

using nlohmann::json;

message::Message read_message(const json& text) {
    return message::parse_message(base::base64_decode(text.get<std::string>()).value()).value();
}

std::string encoded(const std::string& value) {
    return base::base64_encode(value);
}

json author_of(const json& text) {
    const message::Author author = message::find_author(read_message(text).headers);
    json domains = json::array();
    for (const base::DomainName& domain : author.domains) {
        domains.push_back(domain.text());
    }
    json local_parts = json::array();
    for (const message::Mailbox& mailbox : author.mailboxes) {
        local_parts.push_back(encoded(mailbox.local_part));
    }
    return {{"state", message::print(author.state)},
            {"domains", domains},
            {"local_parts", local_parts},
            {"problem", author.problem}};
}

authenticate::Verdict authenticate_case(const json& test, const test::Zone& zone) {
    const message::Message message = read_message(test.at("message"));
    authenticate::Options options;
    options.iprev = true;
    authenticate::Envelope envelope{base::IpAddress::parse(test.at("ip").get<std::string>()).value(),
                                    base::base64_decode(test.at("helo").get<std::string>()).value(),
                                    base::base64_decode(test.at("mailfrom").get<std::string>()).value()};
    dkim::BodyHashes bodies;
    const auto signatures = dkim::find_signatures(message.headers, options.dkim_options.limits, bodies);
    bodies.update(message.body);
    bodies.finish();
    const authenticate::Input input{envelope, message.headers, signatures, bodies, 1700000000};
    const auto evaluate = [&](const dns::Answers& known) {
        return authenticate::inbound(input, known, options);
    };
    return test::resolve(evaluate, zone).verdict;
}

// Our values are bytes; JSON's are not.
json print(const authres::MethodResult& result) {
    json properties = json::array();
    for (const authres::Property& property : result.properties) {
        properties.push_back({property.ptype, property.name, encoded(property.value)});
    }
    return {{"method", result.method},
            {"result", result.result},
            {"reason", encoded(result.reason)},
            {"properties", properties}};
}

json write_case(const std::string& authserv_id, const json& test, const test::Zone& zone) {
    const auto results = authenticate::results(authenticate_case(test, zone));
    json list = json::array();
    for (const authres::MethodResult& result : results) {
        list.push_back(print(result));
    }
    return {{"field", encoded(authres::format(authserv_id, results))}, {"results", list}};
}

} // namespace

json find_authors(const json& job) {
    json results = json::array();
    for (const json& text : job.at("messages")) {
        results.push_back(author_of(text));
    }
    return {{"results", results}};
}

json write_results(const json& job) {
    const test::Zone zone = read_zone(job.at("zone"));
    json results = json::array();
    for (const json& test : job.at("cases")) {
        results.push_back(write_case(job.at("authserv_id"), test, zone));
    }
    return {{"results", results}};
}

} // namespace differential
