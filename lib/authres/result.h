// The contents of an Authentication-Results field as values (RFC 8601 2.2).
#pragma once

#include <string>
#include <vector>

namespace authres {

struct Property {
    std::string ptype; // "smtp", "header", "policy"
    std::string name;  // "mailfrom"
    std::string value; // raw; the formatter quotes it
};

struct MethodResult {
    std::string method;                // "dkim"
    std::string result;                // "pass"
    std::string reason;                // raw; left out when empty
    std::vector<std::string> comments; // raw; the formatter makes them harmless
    std::vector<Property> properties;
};

} // namespace authres
