#include "message/from.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace message {

namespace {

constexpr std::string_view line_breaks = "\r\n";

// True when nothing but bytes that no field name can hold (blanks, controls, 8-bit) separates `text` from
// "From".
bool is_from_with_junk(std::string_view text) {
    constexpr std::string_view from = "from";
    std::size_t matched = 0;
    for (const char c : text) {
        if (!base::is_visible(c)) {
            continue;
        }
        if (matched == from.size() || base::to_lower(c) != from[matched]) {
            return false;
        }
        ++matched;
    }
    return matched == from.size();
}

bool line_resembles_from(std::string_view line) {
    const auto colon = line.find(':');
    return colon != std::string_view::npos && is_from_with_junk(line.substr(0, colon));
}

// True when a reader that ends lines at a lone CR or LF, or that does not unfold, meets a From inside the
// field. A proper fold hides nothing: its line begins with a blank.
bool hides_from_line(std::string_view text) {
    for (auto end = text.find_first_of(line_breaks); end != std::string_view::npos;
         end = text.find_first_of(line_breaks, end)) {
        end = std::min(text.find_first_not_of(line_breaks, end), text.size());
        const std::string_view line = text.substr(end, text.find_first_of(line_breaks, end) - end);
        if (!line.empty() && !base::is_wsp(line.front()) && line_resembles_from(line)) {
            return true;
        }
    }
    return false;
}

Author refused(Author::State state, std::string problem) {
    Author author;
    author.state = state;
    author.problem = std::move(problem);
    return author;
}

Author unreadable(std::string problem, const Mailbox& first) {
    Author author = refused(Author::State::unreadable, std::move(problem));
    author.mailbox = first;
    return author;
}

// RFC 9989 5.3.1: the Author Domain is that of the address in From; U-labels become A-labels. Several
// addresses within one domain have one Author Domain.
Author author_of(const std::vector<Mailbox>& mailboxes) {
    Author author;
    author.mailbox = mailboxes.front();
    for (const Mailbox& mailbox : mailboxes) {
        auto domain = base::DomainName::parse_international(mailbox.domain);
        if (!domain) {
            return unreadable("an address in From has a domain that is no domain name", mailboxes.front());
        }
        if (std::find(author.domains.begin(), author.domains.end(), *domain) == author.domains.end()) {
            author.domains.push_back(std::move(*domain));
        }
    }
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
    const auto mailboxes = parse_mailboxes(field->body(), limits);
    if (!mailboxes) {
        return refused(Author::State::unreadable,
                       fmt::format("From cannot be read: {} at position {}", mailboxes.error().message,
                                   mailboxes.error().position));
    }
    if (mailboxes->empty()) {
        return refused(Author::State::none, "From names nobody");
    }
    return author_of(*mailboxes);
}

} // namespace message
