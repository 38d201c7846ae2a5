// A request to check, and its evaluation over a zone.
#pragma once

#include "spf/evaluate.h"
#include "support/world/resolve.h"

namespace test {

// ann@example.org from 192.0.2.10, HELO mx.example.org.
[[nodiscard]] inline spf::Request ann() {
    spf::Request request;
    request.client = base::IpAddress::parse("192.0.2.10").value();
    request.helo = "mx.example.org";
    request.local_part = "ann";
    request.domain = "example.org";
    request.receiver = "in.example.com";
    request.now = 1'700'000'000;
    return request;
}

[[nodiscard]] inline Resolved<spf::Verdict> evaluate(const spf::Request& request, const Zone& zone,
                                                     const spf::Options& options = {}, Manner manner = {}) {
    return resolve([&](const dns::Answers& known) { return spf::evaluate(request, known, options); }, zone,
                   std::move(manner));
}

} // namespace test
