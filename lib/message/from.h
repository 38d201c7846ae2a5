// Who a message says it is from, as far as there is only one way to read it (RFC 5322 3.6.2, RFC 9989 5.3.1).
//
// Every known trick that shows a reader one author and a filter another leads to one of these states: a
// second From, spelled so that only some readers see it; a list of addresses, of which each reader picks
// another; an address that two parsers take apart in two ways; or no From, so that some reader shows another
// field in its place. State::one means that none of these applies.
//
//     const message::Author author = message::find_author(headers);
//     if (author.state == message::Author::State::one) ... author.domains.front() ...
#pragma once

#include "base/domain_name.h"
#include "message/header_list.h"
#include "message/limits.h"
#include "message/mailbox.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace message {

struct Author {
    enum class State : std::uint8_t {
        one,             // one field, one author domain
        none,            // no From field, or one that names nobody (an empty group)
        several_fields,  // more than one From field, lookalikes counted
        several_domains, // one field, addresses in different domains
        unreadable, // one field in which readers could see different domains, or an address whose domain is
                    // no domain name
    };

    State state = State::none;
    // What else is true of it, where `state` hides it: of several fields one may be unreadable.
    std::vector<State> also;
    // Distinct, A-labels, in order of appearance. One for State::one, all of them (at most Limits::mailboxes)
    // for State::several_domains, else empty.
    std::vector<base::DomainName> domains;
    // Everybody whom the one field names, in order and at most Limits::mailboxes, wherever it could be read;
    // then those of the same domains whom only some readers see. Of these the local-part is empty where
    // readers could make several things of it.
    std::vector<Mailbox> mailboxes;
    std::string problem; // why not State::one, in plain words; our own words only
};

[[nodiscard]] std::string_view print(Author::State state); // "one", "several fields"

[[nodiscard]] Author find_author(const HeaderList& headers, const Limits& limits = {});

// True for a From field, and for anything that some reader could take for one: blanks or a fold before the
// colon, bytes around the name that no field name can hold, a From behind a bare CR or LF inside another
// field.
[[nodiscard]] bool resembles_from(const HeaderField& field);

} // namespace message
