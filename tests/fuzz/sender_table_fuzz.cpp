// Tables of senders: somebody may write an address exactly if one row alone says so.
//
// The first line is who writes and what: a login or an address of a client, and an address, with a blank
// between them. The others are the table.
#include "base/ascii.h"
#include "fuzz/property.h"
#include "keys/keyed_senders.h"
#include "keys/sender_table.h"

#include <algorithm>

namespace {

using keys::Fit;

struct Mail {
    keys::Submitter submitter;
    std::string_view local_part;
    base::DomainName domain;
};

Mail read_mail(std::string_view line) {
    const auto blank = std::min(line.find(' '), line.size());
    const auto who = line.substr(0, blank);
    const auto address = line.substr(std::min(blank + 1, line.size()));
    const auto at = address.rfind('@');
    const auto domain =
        base::DomainName::parse(at == std::string_view::npos ? address : address.substr(at + 1));
    Mail mail{{}, address.substr(0, at), domain ? *domain : *base::DomainName::parse("example.org")};
    mail.submitter.client = base::IpAddress::parse(who);
    if (!mail.submitter.client) {
        mail.submitter.login = std::string(who);
    }
    return mail;
}

Fit fit_of(const keys::SenderSource& table, const Mail& mail, std::string_view local_part) {
    return keys::may_write(table, "+", mail.submitter, {local_part}, mail.domain).fit;
}

bool one_row_fits(std::string_view text, const Mail& mail) {
    for (const std::string_view line : base::split(text, '\n')) {
        std::vector<keys::Problem> problems;
        if (fit_of(*keys::SenderTable::parse(line, "fuzz", problems), mail, mail.local_part) == Fit::fits) {
            return true;
        }
    }
    return false;
}

void check_words(std::string_view text) {
    for (const std::string& word : keys::sender_words(text)) {
        fuzz::require(word.find_first_of(", \t\r") == std::string::npos && !word.empty(), "a word is one");
        fuzz::require(keys::sender_words(word) == std::vector<std::string>{word},
                      "a word is read as it is written");
        (void)keys::sender_refusal(word);
    }
}

// What a database is asked.
void check_forms(std::string_view login) {
    const auto forms = keys::login_forms(login);
    for (const std::string& form : forms) {
        fuzz::require(form == login || form.starts_with('*'), "a form is the login or one with a wildcard");
    }
    const bool is_pattern = login.find('*') != std::string_view::npos;
    fuzz::require(!is_pattern || forms.empty() || forms.front() != login || login.starts_with('*'),
                  "no login is a pattern");
}

void run(std::string_view input) {
    const auto first = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(input.size(), first.size() + 1));
    const Mail mail = read_mail(first);
    std::vector<keys::Problem> problems;
    const auto table = keys::SenderTable::parse(input, "fuzz", problems);
    const Fit fit = fit_of(*table, mail, mail.local_part);
    fuzz::require(fit != Fit::unknown, "a file knows everything");
    const bool one_fits = one_row_fits(input, mail);
    fuzz::require(fit != Fit::fits || one_fits, "one row says so");
    // Rows behind the first line of a key are taken for its other lines, and refused with it.
    fuzz::require(fit == Fit::fits || !one_fits || input.find("-----BEGIN ") != std::string_view::npos,
                  "each row counts");
    fuzz::require(fit_of(*table, mail, "") != Fit::fits || fit == Fit::fits,
                  "who may write what nobody can tell may write all of the domain");
    check_words(input);
    check_forms(first.substr(0, first.find(' ')));
}

const fuzz::Target target("sender_table", run);

} // namespace
