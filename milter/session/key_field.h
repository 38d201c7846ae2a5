// Which field of a message names the domain whose keys sign.
#pragma once

#include "base/domain_name.h"
#include "config/settings.h"
#include "keys/submitter.h"
#include "message/from.h"
#include "message/header_list.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace milter::session {

// How a message of our own came in.
struct Submission {
    keys::Submitter submitter;
    std::string daemon_name; // {daemon_name}
    std::string mail_from;   // as the client gave it
};

// Whom a field names: all of them at one domain.
struct Named {
    config::KeyField field = config::KeyField::from;
    std::optional<base::DomainName> domain; // none: the field cannot be read, or names several
    std::vector<std::string> local_parts;   // empty ones: nobody can tell
};

[[nodiscard]] std::string_view print(config::KeyField field);

// The fields that choose the key of this mail, in their order.
[[nodiscard]] std::vector<config::KeyField> key_fields(const std::vector<config::KeyFieldRule>& rules,
                                                       const Submission& submission);

// Whom the first of the fields that the message has names. Nothing: it has none of them. `author` must be
// one.
[[nodiscard]] std::optional<Named> find_named(const std::vector<config::KeyField>& fields,
                                              const message::HeaderList& headers,
                                              const message::Author& author, const Submission& submission);

} // namespace milter::session
