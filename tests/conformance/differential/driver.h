// Our side of the differential tests: what each kind of job does. A job is one JSON object, and so is its
// answer; text that need not be UTF-8 is in base64.
#pragma once

#include <nlohmann/json.hpp>

namespace differential {

// {"zone", "cases": [{"ip", "helo", "mailfrom", "void_lookups"?, "terms"?}]}
//     -> {"results": [{"result", "explanation", "mechanism", "problem", "terms", "void_lookups", "asked"}]}
[[nodiscard]] nlohmann::json check_spf(const nlohmann::json& job);

// {"zone", "suffixes"?, "cases": [{"author", "spf"?, "dkim": [], "discovery"?}]}
//     -> {"results": [{"result", "policy_domain", "policy", "published", "tag", "spf", "dkim", "problem",
//     "asked"}]}
[[nodiscard]] nlohmann::json check_dmarc(const nlohmann::json& job);

// {"messages": [BASE64]} -> {"results": [{"state", "domains"}]}
[[nodiscard]] nlohmann::json find_authors(const nlohmann::json& job);

// {"zone", "authserv_id", "cases": [{"ip", "helo", "mailfrom", "message"}]}
//     -> {"results": [{"field", "results": [{"method", "result", "reason", "properties": [[p, n, v]]}]}]}
[[nodiscard]] nlohmann::json write_results(const nlohmann::json& job);

} // namespace differential
