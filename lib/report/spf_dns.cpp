#include "report/spf_dns.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>

namespace report {

namespace {

constexpr std::size_t max_line = 78;         // RFC 5322 2.1.1
constexpr std::size_t max_term_octets = 400; // of a line that may have 998, each of them escaped
constexpr std::size_t max_text_octets = 4096;
constexpr std::size_t max_records = 10;

// RFC 5322 3.2.4: quoted-pair
std::string escaped(std::string_view term) {
    std::string text;
    for (const char c : term) {
        text += c == '"' || c == '\\' ? "\\" : "";
        text += c;
    }
    return text;
}

std::optional<std::string> record_at(const base::DomainName& domain, const dns::Answers& known) {
    constexpr std::string_view version = "v=spf1";
    const auto* answer = known.find({domain.text(), dns::Type::txt});
    if (answer == nullptr) {
        return std::nullopt;
    }
    const auto found = std::find_if(answer->texts.begin(), answer->texts.end(), [&](std::string_view text) {
        return base::iequals(text.substr(0, version.size()), version) &&
               (text.size() == version.size() || text[version.size()] == ' ');
    });
    return found == answer->texts.end() ? std::nullopt : std::optional(*found);
}

// Of include:NAME, with whatever qualifier, and redirect=NAME.
std::optional<base::DomainName> target_of(std::string_view term) {
    constexpr std::string_view qualifiers = "+-~?";
    if (!term.empty() && qualifiers.find(term.front()) != std::string_view::npos) {
        term.remove_prefix(1);
    }
    for (const std::string_view word : {"include:", "redirect="}) {
        if (base::iequals(term.substr(0, word.size()), word)) {
            return base::DomainName::parse(term.substr(word.size())); // refuses a macro
        }
    }
    return std::nullopt;
}

bool is_among(const std::vector<SpfRecord>& records, const base::DomainName& domain) {
    return std::any_of(records.begin(), records.end(),
                       [&](const SpfRecord& record) { return record.domain == domain; });
}

} // namespace

std::vector<SpfRecord> known_spf_records(const base::DomainName& domain, const dns::Answers& known) {
    std::vector<SpfRecord> records;
    const auto add = [&](const base::DomainName& name) {
        if (records.size() < max_records && !is_among(records, name)) {
            if (auto text = record_at(name, known)) {
                records.push_back({name, *std::move(text)});
            }
        }
    };
    add(domain);
    for (std::size_t i = 0; i < records.size(); ++i) {
        const std::string text = records[i].text; // the list grows
        for (const std::string_view term : base::split(text, ' ')) {
            if (const auto target = target_of(term)) {
                add(*target);
            }
        }
    }
    return records;
}

// A fold is taken away without its line break, so that each blank stays one.
std::optional<std::string> spf_dns(const SpfRecord& record) {
    if (record.text.size() > max_text_octets || !base::all_printable(record.text)) {
        return std::nullopt;
    }
    std::string body = fmt::format("txt : {} : \"", record.domain.text());
    std::size_t used = std::string_view("SPF-DNS: ").size() + body.size();
    bool is_first = true;
    for (const std::string_view term : base::split(record.text, ' ')) {
        if (term.size() > max_term_octets) {
            return std::nullopt;
        }
        const std::string shown = escaped(term);
        const bool fits = is_first || term.empty() || used + 1 + shown.size() + 1 <= max_line;
        body += is_first ? "" : fits ? " " : "\r\n ";
        body += shown;
        used = (fits ? used + 1 : 1) + shown.size();
        is_first = false;
    }
    return body + "\"";
}

} // namespace report
