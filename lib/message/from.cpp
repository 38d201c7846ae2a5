#include "message/from.h"

#include "message/lookalike.h"

#include <fmt/format.h>

#include <algorithm>
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

Author unreadable(std::string problem, std::vector<Mailbox> mailboxes) {
    Author author = refused(Author::State::unreadable, std::move(problem));
    author.mailbox = mailboxes.front();
    author.mailboxes = std::move(mailboxes);
    return author;
}

// RFC 9989 5.3.1: the Author Domain is that of the address in From; U-labels become A-labels. Several
// addresses within one domain have one Author Domain.
Author author_of(std::vector<Mailbox> mailboxes) {
    Author author;
    for (const Mailbox& mailbox : mailboxes) {
        auto domain = base::DomainName::parse_international(mailbox.domain);
        if (!domain) {
            return unreadable("an address in From has a domain that is no domain name", std::move(mailboxes));
        }
        if (std::find(author.domains.begin(), author.domains.end(), *domain) == author.domains.end()) {
            author.domains.push_back(std::move(*domain));
        }
    }
    author.mailbox = mailboxes.front();
    author.mailboxes = std::move(mailboxes);
    if (author.domains.size() == 1) {
        author.state = Author::State::one;
        return author;
    }
    author.state = Author::State::several_domains;
    author.problem = fmt::format("From holds addresses in {} different domains", author.domains.size());
    return author;
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
        return refused(Author::State::several_fields, fmt::format("{} From fields", found));
    }
    const HeaderField* field = headers.first("From");
    if (field == nullptr) {
        return refused(Author::State::unreadable, "the only From is not a well-formed field");
    }
    auto mailboxes = parse_mailboxes(field->body(), limits);
    if (!mailboxes) {
        return refused(Author::State::unreadable,
                       fmt::format("From cannot be read: {} at position {}", mailboxes.error().message,
                                   mailboxes.error().position));
    }
    if (mailboxes->empty()) {
        return refused(Author::State::none, "From names nobody");
    }
    return author_of(std::move(*mailboxes));
}

} // namespace message
