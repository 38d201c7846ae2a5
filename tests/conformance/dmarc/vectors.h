// Test vectors for DMARC as data: a zone, a message, what is expected.
#pragma once

#include "dmarc/evaluate.h"
#include "unit/dmarc/run.h"

#include <optional>
#include <string>
#include <vector>

namespace dmarc_test {

struct Expectation {
    std::optional<std::vector<std::string>> walk;  // TXT owner names of the author's complete walk
    std::optional<std::vector<std::string>> asked; // questions of a lazy evaluation, in order
    bool has_org = false;                          // whether `org` is to be compared
    std::optional<std::string> org;
    std::optional<std::string> policy_domain;
    std::optional<std::string> tag;
    std::optional<std::string> policy;
    std::optional<std::string> applied;
    std::optional<std::string> spf; // "pass", "fail", nothing for undecided
    std::optional<std::string> dkim;
    std::string result;
    bool vetoed = false;
};

struct Vector {
    std::string id;
    std::string about;
    Zone zone;
    dmarc::Request request;
    dmarc::Discovery discovery = dmarc::Discovery::tree_walk;
    bool veto = false;
    Expectation expect;
};

// Throws std::exception for a file that is not what it should be.
[[nodiscard]] std::vector<Vector> load_vectors(const std::string& path);

} // namespace dmarc_test
