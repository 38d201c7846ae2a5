#include "milter/session/key_field.h"

#include "base/ascii.h"
#include "config/choices.h"
#include "message/mailbox.h"

#include <algorithm>

namespace milter::session {

namespace {

using config::KeyField;

bool fits(const config::KeyFieldRule& rule, const Submission& submission) {
    const auto& client = submission.submitter.client;
    const bool daemon = rule.daemons.empty() || std::find(rule.daemons.begin(), rule.daemons.end(),
                                                          submission.daemon_name) != rule.daemons.end();
    return daemon &&
           (rule.clients.empty() ||
            (client && std::any_of(rule.clients.begin(), rule.clients.end(),
                                   [&](const auto& network) { return network.contains(*client); })));
}

// All at the same domain, or none.
Named all_of(KeyField field, const std::vector<message::Mailbox>& mailboxes) {
    Named named{field, std::nullopt, {}};
    for (const auto& mailbox : mailboxes) {
        auto domain = base::DomainName::parse_international(mailbox.domain);
        if (!domain || (named.domain && *named.domain != *domain)) {
            return {field, std::nullopt, {}};
        }
        named.domain = std::move(domain);
        named.local_parts.push_back(mailbox.local_part);
    }
    return named;
}

Named of_addresses(KeyField field, std::string_view body) {
    const auto list = message::parse_address_list(body);
    return list ? all_of(field, list->mailboxes) : Named{field, std::nullopt, {}};
}

// What stands in the only angle brackets.
std::string_view bracketed(std::string_view body) {
    const auto open = body.find('<');
    const auto close = body.find('>');
    const bool one = open != std::string_view::npos && close != std::string_view::npos && open < close &&
                     body.find_first_of("<>", open + 1) == close &&
                     body.find_first_of("<>", close + 1) == std::string_view::npos;
    return one ? base::trim_fws(body.substr(open + 1, close - open - 1)) : std::string_view();
}

// RFC 2369 3.4
Named of_list_post(std::string_view body) {
    constexpr std::string_view scheme = "mailto:";
    const auto uri = bracketed(body);
    if (!base::iequals(uri.substr(0, scheme.size()), scheme)) {
        return {KeyField::list_post, std::nullopt, {}};
    }
    return of_addresses(KeyField::list_post, uri.substr(scheme.size(), uri.find('?') - scheme.size()));
}

// RFC 2919 3: the first label is the list's, the rest the domain under which it is managed.
Named of_list_id(std::string_view body) {
    const auto id = base::DomainName::parse_international(bracketed(body));
    return {KeyField::list_id, id ? id->parent() : std::nullopt, {""}};
}

std::optional<Named> of_envelope(const std::string& mail_from) {
    const auto path = message::parse_path(mail_from);
    if (path && !*path) {
        return std::nullopt; // a bounce
    }
    return path ? all_of(KeyField::envelope, {**path}) : Named{KeyField::envelope, std::nullopt, {}};
}

Named of_author(const message::Author& author) {
    Named named{KeyField::from, author.domains.front(), {}};
    for (const auto& mailbox : author.mailboxes) {
        named.local_parts.push_back(mailbox.local_part);
    }
    return named;
}

// RFC 5322 3.6.6: the topmost Resent-From is that of the last who sent it on. Of the others there is one.
std::optional<Named> of_field(KeyField field, const message::HeaderList& headers) {
    const auto* first = headers.first(print(field));
    if (first == nullptr) {
        return std::nullopt;
    }
    if (field != KeyField::resent_from && headers.count(print(field)) > 1) {
        return Named{field, std::nullopt, {}};
    }
    const auto body = first->body();
    if (field == KeyField::list_post) {
        return base::iequals(base::trim_fws(body), "NO") ? std::nullopt : std::optional(of_list_post(body));
    }
    return field == KeyField::list_id ? of_list_id(body) : of_addresses(field, body);
}

} // namespace

std::string_view print(KeyField field) {
    return config::word_of(config::key_field_choices, field);
}

std::vector<KeyField> key_fields(const std::vector<config::KeyFieldRule>& rules,
                                 const Submission& submission) {
    const auto rule =
        std::find_if(rules.begin(), rules.end(), [&](const auto& one) { return fits(one, submission); });
    return rule == rules.end() ? std::vector{KeyField::from} : rule->fields;
}

std::optional<Named> find_named(const std::vector<KeyField>& fields, const message::HeaderList& headers,
                                const message::Author& author, const Submission& submission) {
    for (const KeyField field : fields) {
        auto named = field == KeyField::from       ? std::optional(of_author(author))
                     : field == KeyField::envelope ? of_envelope(submission.mail_from)
                                                   : of_field(field, headers);
        if (named) {
            return named;
        }
    }
    return std::nullopt;
}

} // namespace milter::session
