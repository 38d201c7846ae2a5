// How two answers to one message differ.
#pragma once

#include "message/header_list.h"
#include "milter/tool/compare/answer.h"
#include "milter/tool/compare/samples.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace milter::tool::compare {

enum class Subject : std::uint8_t {
    fate,
    authserv_id,
    signature, // is there, or is not
    algorithm,
    canonicalization,
    identity,
    field_signed,     // that stands in the message
    field_oversigned, // beyond those that stand in it
    field_order,
    time,
    lifetime,
    length,
    spf,
    dkim,
    dmarc,
};

struct Difference {
    Subject subject = Subject::fate;
    std::string was; // "relaxed/simple"; empty: nothing
    std::string is;
    std::set<std::string> about{};   // signatures, fields, domains
    std::string why_was{}, why_is{}; // in the words of each side

    bool operator==(const Difference&) const = default;
};

[[nodiscard]] std::string_view print(Subject subject);

// What the old programs do not check is not compared.
struct Scope {
    bool signs = true;
    bool spf = true;
    bool dkim = true;
    bool dmarc = true;
};

[[nodiscard]] std::vector<Difference> compare(const Answer& was, const Answer& is,
                                              const message::HeaderList& headers, const Scope& scope);

} // namespace milter::tool::compare
