#include "keys/sender_table.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "keys/limits.h"
#include "keys/table_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_set>

namespace keys {

namespace {

constexpr std::string_view separators = ", \t\r";

// A login, taken apart as an address.
struct LoginParts {
    std::string_view whole;
    std::string_view user;
    std::string_view domain; // empty: it has none
};

LoginParts take_apart(std::string_view login) {
    const auto at = login.rfind('@');
    return at == std::string_view::npos ? LoginParts{login, login, {}}
                                        : LoginParts{login, login.substr(0, at), login.substr(at + 1)};
}

// What is left of a text when the login has been put in; nothing where the login has no such part.
std::optional<std::string> filled(std::string_view text, const LoginParts& login) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        const char c = i + 1 < text.size() ? text[++i] : '\0';
        const std::string_view part = c == 'u' ? login.user : c == 'd' ? login.domain : login.whole;
        // A login that is no address may be its local part, and nothing else.
        const bool is_local_part = text.find('@', i) != std::string_view::npos;
        if (part.empty() || (c == 's' && login.domain.empty() && !is_local_part)) {
            return std::nullopt;
        }
        result += part;
    }
    return result;
}

// A row may have thousands of domains, so that most are told apart without a conversion.
bool is_domain(std::string_view text, const base::DomainName& domain) {
    const bool ascii = std::all_of(text.begin(), text.end(), base::is_visible);
    if (ascii && !text.ends_with('.')) {
        return base::iequals(text, domain.text());
    }
    const auto name = base::DomainName::parse_international(text);
    return name && *name == domain;
}

bool is_below(std::string_view text, const base::DomainName& domain) {
    const auto name = base::DomainName::parse_international(text);
    return name && domain != *name && domain.is_at_or_below(*name);
}

// What somebody may write at one domain. A row may have thousands of entries and From a hundred addresses, so
// that each entry is looked at once, and not for each address.
struct Allowed {
    bool every_address = false;
    std::unordered_set<std::string> local_parts; // in lower case

    [[nodiscard]] bool include(std::string_view local_part, std::string_view delimiters) const {
        if (every_address || local_part.empty()) {
            return every_address;
        }
        const std::string folded = base::to_lower(local_part);
        const auto end = local_part.find_first_of(delimiters);
        return local_parts.count(folded) > 0 ||
               (end != std::string_view::npos && end > 0 && local_parts.count(folded.substr(0, end)) > 0);
    }
};

// The form is decided by the row alone, before the login is put in, so that no login can be a wildcard.
void allow(std::string_view entry, const LoginParts& login, const base::DomainName& domain,
           Allowed& allowed) {
    if (entry == "*") {
        allowed.every_address = true;
        return;
    }
    const bool below = entry.starts_with('.') || entry.starts_with("*.");
    const auto text = filled(below ? entry.substr(entry.find('.') + 1) : entry, login);
    if (!text) {
        return;
    }
    const bool address = entry.find('@', 1) != std::string_view::npos || entry == "%s";
    if (below || !address) {
        const std::string_view name =
            std::string_view(*text).substr(!below && entry.starts_with('@') ? 1 : 0);
        allowed.every_address =
            allowed.every_address || (below ? is_below(name, domain) : is_domain(name, domain));
        return;
    }
    const auto at = text->rfind('@');
    if (at != std::string::npos && at > 0 && is_domain(std::string_view(*text).substr(at + 1), domain)) {
        allowed.local_parts.insert(base::to_lower(std::string_view(*text).substr(0, at)));
    }
}

SenderSource::Answer ask(const SenderSource& source, const Submitter& submitter) {
    if (submitter.login) {
        const bool usable = !submitter.login->empty() && submitter.login->size() <= max_local_part;
        return usable ? source.of_login(folded_login(*submitter.login)) : SenderSource::Answer();
    }
    return submitter.client ? source.of_client(*submitter.client) : SenderSource::Answer();
}

void append(std::vector<std::string> words, std::vector<std::string>& list) {
    std::move(words.begin(), words.end(), std::back_inserter(list));
}

} // namespace

std::vector<std::string> sender_words(std::string_view value) {
    std::vector<std::string> words;
    for (auto start = value.find_first_not_of(separators); start != std::string_view::npos;
         start = value.find_first_not_of(separators, start)) {
        const auto end = std::min(value.find_first_of(separators, start), value.size());
        words.emplace_back(value.substr(start, end - start));
        start = end;
    }
    return words;
}

std::string sender_refusal(std::string_view text) {
    // Any login will do to see whether the rest is in order.
    const auto text_of = [](std::string_view part) { return filled(part, take_apart("u@example.org")); };
    for (std::size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 2)) {
        if (i + 1 == text.size() || std::string_view("sud").find(text[i + 1]) == std::string_view::npos) {
            return "behind % stands s, u or d";
        }
    }
    if (text == "*" || text == "%s") {
        return {};
    }
    const bool below = text.starts_with('.') || text.starts_with("*.");
    const auto at = text.rfind('@');
    const auto domain = below                          ? text.substr(text.find('.') + 1)
                        : at == std::string_view::npos ? text
                                                       : text.substr(at + 1);
    const auto local_part = at == std::string_view::npos ? std::string_view() : text.substr(0, at);
    if (local_part.find_first_of("*\"\\@") != std::string_view::npos || (below && !local_part.empty())) {
        return "an address has no wildcards and no quotes: allow the domain instead";
    }
    const auto filled_domain = text_of(domain);
    if (!filled_domain || !base::DomainName::parse_international(*filled_domain)) {
        return "neither an address nor a domain";
    }
    return {};
}

SenderFit may_write(const SenderSource& source, std::string_view delimiters, const Submitter& submitter,
                    const std::vector<std::string_view>& local_parts, const base::DomainName& domain) {
    const auto answer = ask(source, submitter);
    const LoginParts login = take_apart(submitter.login ? std::string_view(*submitter.login) : "");
    Allowed allowed;
    for (const auto& entry : answer.allowed) {
        allow(entry, login, domain, allowed);
    }
    const auto wrong = std::find_if_not(local_parts.begin(), local_parts.end(), [&](std::string_view part) {
        return allowed.include(part, delimiters);
    });
    if (wrong == local_parts.end()) {
        return {};
    }
    if (!answer.failure.empty()) {
        return {Fit::unknown,
                fmt::format("nobody knows what {} may write: {}", print(submitter), answer.failure)};
    }
    return {Fit::does_not_fit,
            fmt::format("{} may not write {}@{}", print(submitter),
                        wrong->empty() ? "(an unknown address)" : base::shown(*wrong), domain.text())};
}

std::shared_ptr<const SenderTable> SenderTable::load(const std::string& table,
                                                     std::vector<Problem>& problems) {
    const auto name = parse_table_name(table);
    const auto text =
        name ? read_table(name->path) : base::Result<std::string, std::string>(base::refuse(name.error()));
    if (!text) {
        problems.push_back({name ? name->path : table, 0, text.error()});
        return std::make_shared<const SenderTable>();
    }
    return parse(*text, name->path, problems);
}

std::shared_ptr<const SenderTable> SenderTable::parse(std::string_view text, const std::string& file,
                                                      std::vector<Problem>& problems) {
    auto table = std::make_shared<SenderTable>();
    for (const TableRow& row : parse_table(text, file, problems)) {
        for (const std::string& word : sender_words(row.value)) {
            if (const auto refusal = sender_refusal(word); !refusal.empty()) {
                problems.push_back({file, row.line, fmt::format("{}: {}", base::quoted(word), refusal)});
            }
        }
        table->add(row.name, row.value);
    }
    return table;
}

void SenderTable::add(std::string_view name, std::string_view value) {
    const std::size_t number = values_.size();
    values_.push_back(texts_.keep(value));
    if (const auto network = base::IpNetwork::parse(name)) {
        networks_.emplace_back(*network, number);
    } else {
        by_login_.add(texts_.keep(name), number);
    }
}

SenderSource::Answer SenderTable::of_login(std::string_view login) const {
    Answer answer;
    for (const auto number : by_login_.matches(login)) {
        append(sender_words(values_[number]), answer.allowed);
    }
    return answer;
}

SenderSource::Answer SenderTable::of_client(const base::IpAddress& client) const {
    Answer answer;
    for (const auto& [network, number] : networks_) {
        if (network.contains(client)) {
            append(sender_words(values_[number]), answer.allowed);
        }
    }
    return answer;
}

} // namespace keys
