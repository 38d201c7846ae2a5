#include "keys/keyed_tables.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "keys/key_file.h"
#include "keys/key_material.h"
#include "keys/limits.h"
#include "keys/source/open.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace keys {

namespace {

constexpr std::size_t max_columns = 4;

// As a table file has it. Empty: a field holds a colon, and would be two.
std::string joined(const source::Row& fields) {
    std::string value;
    for (std::size_t i = 0; i < fields.size() && i < max_columns; ++i) {
        const bool is_key = i == 2; // a path may have one
        if (fields.size() > 1 && !is_key && fields[i].find(':') != std::string::npos) {
            return {};
        }
        if (i + 1 < max_columns || !fields[i].empty()) { // the algorithm, which may be left out
            value += (i == 0 ? "" : ":") + fields[i];
        }
    }
    return value;
}

source::Value make_key_row(const source::Options& options, std::string_view name, const source::Rows& rows) {
    auto kept = std::make_shared<KeptKeyRow>();
    std::vector<Problem> problems;
    const TableRow row{0, std::string(name), joined(rows.rows.front())};
    kept->table = KeyTable::parse({row}, TableKind::exact, options.connection, problems);
    const auto refused = std::find_if(problems.begin(), problems.end(), [](const Problem& problem) {
        return problem.severity != Severity::warning;
    });
    if (refused != problems.end()) {
        kept->problem = fmt::format("{}: {}", options.label, refused->message);
    } else if (const KeyRow& read = kept->table.rows().front(); !read.inline_key.empty()) {
        auto key = parse_key(read.inline_key);
        if (key) {
            kept->inline_key = std::make_shared<const crypto::SigningKey>(std::move(*key));
        } else {
            kept->problem = fmt::format("{}: {}: {}", options.label, base::quoted(name), key.error());
        }
    }
    constexpr std::size_t of_key = 4096; // of a parsed one, about
    const std::size_t bytes = sizeof(KeptKeyRow) + 2 * row.value.size() + (kept->inline_key ? of_key : 0);
    return {std::move(kept), bytes};
}

// The rows of one form, and the texts that they refer to.
struct SigningRows {
    std::string form;
    source::Rows texts;
    std::vector<SigningRow> rows;
};

source::Value make_signing_rows(std::string_view form, const source::Rows& found) {
    auto kept = std::make_shared<SigningRows>();
    kept->form = form;
    kept->texts = found;
    std::size_t bytes = sizeof(SigningRows) + form.size();
    for (const source::Row& fields : kept->texts.rows) {
        const std::string_view first = fields.empty() ? std::string_view() : fields.front();
        const auto colon = fields.size() == 1 ? first.find(':') : std::string_view::npos;
        const std::string_view signer = fields.size() > 1                 ? std::string_view(fields[1])
                                        : colon == std::string_view::npos ? std::string_view()
                                                                          : first.substr(colon + 1);
        kept->rows.push_back({0, kept->form, first.substr(0, colon), signer});
        bytes += sizeof(SigningRow) + sizeof(source::Row) + first.size() + signer.size();
    }
    return {std::move(kept), bytes};
}

source::CacheOptions cache_options(const source::Options& options) {
    return {options.label, options.cache_time, options.timeout, options.cache_bytes};
}

} // namespace

KeyedSource::KeyedSource(const source::Options& options, source::Make make,
                         std::shared_ptr<source::News> news)
    : options_(options), cache_(std::make_unique<source::Cached>(source::open(options), std::move(make),
                                                                 cache_options(options), std::move(news))) {}

source::Cached::Found KeyedSource::look_up(std::string_view name, Inquiry& inquiry) const {
    if (inquiry.questions_left == 0) {
        return {nullptr, "the message needs too many lookups"};
    }
    --inquiry.questions_left;
    return cache_->look_up(name, inquiry.deadline);
}

std::uint64_t KeyedSource::edition() const {
    return cache_->edition();
}

std::string KeyedSource::probe(std::size_t fewest, std::size_t most, Nobody nobody) const {
    if (std::string refusal = source::refusal(options_); !refusal.empty()) {
        return refusal;
    }
    const auto answer = cache_->probe();
    if (!answer) {
        return answer.error();
    }
    if (!answer->problem.empty()) {
        return answer->problem;
    }
    if (nobody == Nobody::has_none && !answer->rows.empty()) {
        return "the query gives a row for every name, so that all domains there are would be in the list; it "
               "must give none where the name is not in the table";
    }
    const std::size_t columns = answer->columns;
    return columns <= 1 || (columns >= fewest && columns <= most)
               ? std::string()
               : fmt::format("the query gives {} columns; expected {} to {}, or one with colons", columns,
                             fewest, most);
}

// One that cannot be asked stops the mail that it is about, until it can be.
std::vector<Problem> KeyedSource::problems(const Reader& reader, std::size_t fewest, std::size_t most,
                                           Nobody nobody) const {
    const std::string file = source::file_of(options_);
    const auto barred = file.empty() ? std::nullopt : KeyFileCheck(reader).barred(file);
    const std::string found = barred ? fmt::format("{}: {}", file, *barred) : probe(fewest, most, nobody);
    if (found.empty()) {
        return {};
    }
    return {
        {options_.named_in, options_.line, fmt::format("{}: {}", options_.label, found), Severity::signer}};
}

bool is_same_source(source::Options before, const source::Options& now) {
    before.named_in = now.named_in;
    before.line = now.line;
    return before == now;
}

KeyedKeyTable::KeyedKeyTable(const source::Options& options, std::shared_ptr<source::News> news)
    : source_(
          options,
          [options](std::string_view name, const source::Rows& rows) {
              return make_key_row(options, name, rows);
          },
          std::move(news)) {}

KeyedKeyTable::Found KeyedKeyTable::find(std::string_view name, Inquiry& inquiry) const {
    auto found = source_.look_up(name, inquiry);
    return {std::static_pointer_cast<const KeptKeyRow>(std::move(found.value)), std::move(found.failure)};
}

KeyedSigningTable::KeyedSigningTable(const source::Options& options, std::shared_ptr<source::News> news)
    : source_(options, make_signing_rows, std::move(news)) {}

KeyedSigningTable::Found KeyedSigningTable::match(std::string_view local_part, const base::DomainName& domain,
                                                  bool all, Inquiry& inquiry) const {
    Found result;
    if (local_part.size() > max_local_part) {
        return result;
    }
    const std::string lower = base::to_lower(local_part);
    LookupForms forms(lower, domain.text());
    while (const auto form = forms.next()) {
        auto found = source_.look_up(*form, inquiry);
        if (!found.failure.empty()) {
            result.failure = std::move(found.failure);
            return result;
        }
        if (const auto* kept = static_cast<const SigningRows*>(found.value.get())) {
            for (const SigningRow& row : kept->rows) {
                result.rows.push_back(&row);
            }
            result.owners.push_back(std::move(found.value));
            if (!all) {
                return result;
            }
        }
    }
    return result;
}

std::optional<std::string> LookupForms::next() {
    if (rest_.empty()) {
        return std::nullopt;
    }
    std::string form;
    if (!told_address_) {
        form.append(local_part_) += '@';
    }
    form.append(rest_);
    if (told_address_) {
        const auto dot = rest_.find('.', rest_.starts_with('.') ? 1 : 0);
        rest_ = rest_ == "*" ? "" : dot == std::string_view::npos ? "*" : rest_.substr(dot);
    }
    told_address_ = !told_address_;
    return form;
}

} // namespace keys
