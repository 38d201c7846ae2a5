#include "message/from.h"

#include "base/ascii.h"
#include "message/lookalike.h"
#include "message/readings.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace message {

namespace {

bool line_resembles_from(std::string_view line) {
    const auto colon = line.find(':');
    return colon != std::string_view::npos && resembles_name(line.substr(0, colon), "from");
}

bool hides_from_line(std::string_view text) {
    const auto lines = hidden_lines(text);
    return std::any_of(lines.begin(), lines.end(), line_resembles_from);
}

Author refused(Author::State state, std::string problem) {
    Author author;
    author.state = state;
    author.problem = std::move(problem);
    return author;
}

bool names_several_domains(const std::vector<Mailbox>& mailboxes) {
    return std::any_of(mailboxes.begin(), mailboxes.end(), [&](const Mailbox& mailbox) {
        return !base::iequals(mailbox.domain, mailboxes.front().domain);
    });
}

Author unreadable(std::string problem, std::vector<Mailbox> mailboxes) {
    Author author = refused(Author::State::unreadable, std::move(problem));
    author.mailboxes = std::move(mailboxes);
    if (names_several_domains(author.mailboxes)) {
        author.also.push_back(Author::State::several_domains);
    }
    return author;
}

std::string at_position(std::string_view what, const base::ParseError& error) {
    return fmt::format("From {}: {} at position {}", what, error.message, error.position);
}

void add_missing(std::vector<Mailbox>& mailboxes, std::vector<Mailbox> others) {
    for (Mailbox& other : others) {
        if (std::find(mailboxes.begin(), mailboxes.end(), other) == mailboxes.end()) {
            mailboxes.push_back(std::move(other));
        }
    }
}

// RFC 9989 5.3.1: the Author Domain is that of the address in From; U-labels become A-labels. Several
// addresses within one domain have one Author Domain. False when one is no domain name.
bool add_domains(Author& author) {
    for (const Mailbox& mailbox : author.mailboxes) {
        auto domain = base::DomainName::parse_international(mailbox.domain);
        if (!domain) {
            return false;
        }
        if (std::find(author.domains.begin(), author.domains.end(), *domain) == author.domains.end()) {
            author.domains.push_back(std::move(*domain));
        }
    }
    return true;
}

// A field that keeps to the grammar.
Author author_of(AddressList list, std::string_view body, const Limits& limits) {
    Author author;
    author.mailboxes = list.mailboxes;
    if (!add_domains(author)) {
        return unreadable("an address in From has a domain that is no domain name",
                          std::move(list.mailboxes));
    }
    if (!is_beyond_doubt(body, list)) {
        auto others = other_readings(body, list, author.domains, limits);
        if (!others) {
            return unreadable(at_position("can be read in two ways", others.error()),
                              std::move(list.mailboxes));
        }
        add_missing(author.mailboxes, std::move(*others));
    }
    if (author.domains.size() == 1) {
        author.state = Author::State::one;
        return author;
    }
    author.state = Author::State::several_domains;
    author.problem = fmt::format("From holds addresses in {} different domains", author.domains.size());
    return author;
}

// A field that does not: what the grammar refused can still have one author domain, if all who read it in
// some way of their own find the same.
Author agreed_author(std::string_view body, const base::ParseError& refusal, const Limits& limits) {
    auto mailboxes = agreed_readings(body, limits);
    Author author;
    author.state = Author::State::one;
    if (mailboxes) {
        author.mailboxes = std::move(*mailboxes);
    }
    if (mailboxes && add_domains(author)) {
        return author;
    }
    author = refused(Author::State::unreadable, at_position("cannot be read", refusal));
    if (std::count(body.begin(), body.end(), '@') > 1) { // somebody may see two addresses
        author.also.push_back(Author::State::several_domains);
    }
    return author;
}

// Of a field that is named From.
Author author_of_field(const HeaderField& field, const Limits& limits) {
    auto list = parse_address_list(field.body(), limits);
    if (!list) {
        return agreed_author(field.body(), list.error(), limits);
    }
    if (list->mailboxes.empty()) {
        return refused(Author::State::none, "From names nobody");
    }
    return author_of(std::move(*list), field.body(), limits);
}

// What is true of each of several fields, or of all together; of so many as anybody looks at.
std::vector<Author::State> states_of_fields(const HeaderList& headers, const Limits& limits) {
    constexpr std::size_t most_looked_at = 10;
    std::vector<Mailbox> named;
    std::set<Author::State> states;
    std::size_t seen = 0;
    for (const HeaderField& field : headers) {
        if (!resembles_from(field)) {
            continue;
        }
        if (++seen > most_looked_at) {
            states.insert(Author::State::unreadable);
            break;
        }
        Author one = field.is_named("From") && field.well_formed()
                         ? author_of_field(field, limits)
                         : refused(Author::State::unreadable, "not a well-formed field");
        states.insert(one.state);
        states.insert(one.also.begin(), one.also.end());
        std::move(one.mailboxes.begin(), one.mailboxes.end(), std::back_inserter(named));
    }
    if (names_several_domains(named)) {
        states.insert(Author::State::several_domains);
    }
    states.erase(Author::State::one);
    return {states.begin(), states.end()};
}

} // namespace

std::string_view print(Author::State state) {
    switch (state) {
    case Author::State::one:
        return "one";
    case Author::State::none:
        return "none";
    case Author::State::several_fields:
        return "several fields";
    case Author::State::several_domains:
        return "several domains";
    case Author::State::unreadable:
        return "unreadable";
    }
    return "?";
}

bool resembles_from(const HeaderField& field) {
    const std::string_view text = field.text();
    return field.is_named("From") || (!field.well_formed() && line_resembles_from(text)) ||
           hides_from_line(text);
}

Author find_author(const HeaderList& headers, const Limits& limits) {
    const auto found = std::count_if(headers.begin(), headers.end(), resembles_from);
    if (found == 0) {
        return refused(Author::State::none, "no From field");
    }
    if (found > 1) {
        Author author = refused(Author::State::several_fields, fmt::format("{} From fields", found));
        author.also = states_of_fields(headers, limits);
        return author;
    }
    const HeaderField* field = headers.first("From");
    if (field == nullptr) {
        return refused(Author::State::unreadable, "the only From is not a well-formed field");
    }
    return author_of_field(*field, limits);
}

} // namespace message
