// Which authors other readers could find in a From field.
//
// Not every program follows the grammar: some take what the first '<' opens or the last, some look for the
// first '@' or the last, some do not know that comments nest, that a backslash takes the meaning from a
// quote, or that a quoted string goes on behind a fold. What they can find are the addresses that stand
// anywhere in the text, so these are gathered: around every '@', in comments, quoted strings and names of
// groups as well, and in encoded words (RFC 2047). If all are in the domains that we name, no reader sees
// another one. A label alone ("Ann @ Work") is nobody's domain; the beginning of one that goes on outside of
// ASCII is one to some.
//
// Two things are passed over in a field that keeps to the grammar, because readers agree on them
// (docs/conformance.md has the reasons): routes, and display names of quoted strings and encoded words,
// unless there is a fold, a backslash or a control character in some quoted string or comment of the field,
// or a quote in a comment, which lead some readers out of step.
#pragma once

#include "base/domain_name.h"
#include "base/result.h"
#include "message/limits.h"
#include "message/mailbox.h"

#include <string_view>
#include <vector>

namespace message {

// True when the text of a field that keeps to the grammar holds nothing but what `list` says, so that there
// is no need to look for other readings. Cheap.
[[nodiscard]] bool is_beyond_doubt(std::string_view body, const AddressList& list);

// The addresses that other readers could find, all of them in `domains`; refused with the position of one
// that is not. The local-part is empty where readers could make several things of it. `list` is what the
// grammar says.
[[nodiscard]] base::Result<std::vector<Mailbox>> other_readings(std::string_view body,
                                                                const AddressList& list,
                                                                const std::vector<base::DomainName>& domains,
                                                                const Limits& limits = {});

// The same for a field that does not keep to the grammar, where all of them have to be in one domain, and at
// least one has to stand outside of comments and quoted strings. Refused are control characters, and bytes
// that are no UTF-8 within an address, whatever the domain.
[[nodiscard]] base::Result<std::vector<Mailbox>> agreed_readings(std::string_view body,
                                                                 const Limits& limits = {});

} // namespace message
