// SigningTable files: the index finds exactly what the patterns say one by one.
//
// The first line is the author's address, the others are the table.
#include "base/ascii.h"
#include "fuzz/property.h"
#include "keys/limits.h"
#include "keys/pattern.h"
#include "keys/signing_table.h"

#include <algorithm>

namespace {

struct Author {
    std::string local_part;
    base::DomainName domain;
};

Author read_author(std::string_view line) {
    const auto at = line.rfind('@');
    const auto domain = base::DomainName::parse(at == std::string_view::npos ? line : line.substr(at + 1));
    return {std::string(at == std::string_view::npos ? "ann" : line.substr(0, at)),
            domain ? *domain : *base::DomainName::parse("news.example.org")};
}

// Wildcards by the obvious way: try everything.
bool matches_plainly(std::string_view pattern, std::string_view subject) {
    std::vector<bool> reached(subject.size() + 1,
                              false); // prefixes of the subject that the pattern so far matches
    reached[0] = true;
    for (const char c : pattern) {
        std::vector<bool> next(reached.size(), false);
        for (std::size_t i = 0; i < reached.size(); ++i) {
            const bool run_on = c == '*' && i > 0 && next[i - 1];
            const bool same = c != '*' && i > 0 && reached[i - 1] && subject[i - 1] == c;
            next[i] = c == '*' ? reached[i] || run_on : same;
        }
        reached = std::move(next);
    }
    return reached.back();
}

void check_patterns(const keys::SigningTable& table, const Author& author) {
    const auto address = base::to_lower(author.local_part) + '@' + author.domain.text();
    const auto found = table.match(author.local_part, author.domain);
    std::size_t expected = 0;
    for (const auto& row : table.rows()) {
        const bool matches = matches_plainly(base::to_lower(row.pattern), address);
        fuzz::require(keys::Pattern(row.pattern).matches(address) == matches,
                      "a pattern matches what it says", std::string(row.pattern) + " " + address);
        expected += matches ? 1 : 0;
        fuzz::require((std::find(found.begin(), found.end(), &row) != found.end()) == matches,
                      "the index finds what matches", std::string(row.pattern) + " " + address);
    }
    fuzz::require(found.size() == expected && std::is_sorted(found.begin(), found.end()),
                  "every row matches once, in the order of the file");
}

void run(std::string_view input) {
    const auto first = input.substr(0, input.find('\n'));
    const Author author = read_author(first);
    input.remove_prefix(std::min(input.size(), first.size() + 1));
    for (const auto kind : {keys::TableKind::exact, keys::TableKind::patterns}) {
        std::vector<keys::Problem> problems;
        const auto rows = keys::parse_table(input, "fuzz", problems);
        const auto table = keys::SigningTable::parse(rows, kind, "fuzz", problems);
        fuzz::require(table.rows().size() == rows.size() || !problems.empty(),
                      "a row that is left out is told");
        if (author.local_part.size() > keys::max_local_part) {
            fuzz::require(table.match(author.local_part, author.domain).empty(),
                          "a long address matches nothing");
        } else if (kind == keys::TableKind::patterns) {
            check_patterns(table, author);
        } else {
            auto found = table.match(author.local_part, author.domain);
            std::sort(found.begin(), found.end());
            fuzz::require(std::adjacent_find(found.begin(), found.end()) == found.end(),
                          "a row matches once");
        }
    }
}

const fuzz::Target target("signing_table", run);

} // namespace
