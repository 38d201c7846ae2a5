// Header fields that only this system may write. They are removed from mail that comes from outside.
#pragma once

#include "authres/forged_fields.h"
#include "message/header_list.h"

#include <cstddef>
#include <string>
#include <vector>

namespace authenticate {

struct Ownership {
    std::vector<std::string> authserv_ids;    // whose results are ours (RFC 8601 5)
    std::string quarantine_field;             // empty: fields of that name may stay
    std::vector<std::string> spf_receivers{}; // whose Received-SPF fields are ours; empty: all may stay
};

struct ForeignFields {
    // In an order in which removing one does not renumber those that follow.
    std::vector<authres::FieldPlace> places;
    std::size_t results = 0; // how many of them claim to be results of ours
};

// `kept` are the instances of Authentication-Results (1-based) that really are ours.
[[nodiscard]] ForeignFields find_foreign_fields(const message::HeaderList& headers, const Ownership& ours,
                                                const std::vector<std::size_t>& kept);

} // namespace authenticate
