#include "keys/key_table.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/secret_text.h"
#include "dkim/names.h"
#include "keys/key_material.h"

#include <fmt/format.h>

#include <filesystem>

namespace keys {

namespace {

constexpr std::string_view author_domain = "%";

bool is_file_name(std::string_view key) {
    return key.starts_with('/') || key.starts_with("./") || key.starts_with("../");
}

std::string beside(const std::string& table, std::string_view path) {
    if (path.starts_with('/')) {
        return std::string(path);
    }
    return (std::filesystem::path(table).parent_path() / path).string();
}

// A fourth field names an algorithm; any other text after a colon is part of the path.
struct KeyAndAlgorithm {
    std::string_view key;
    std::string_view algorithm;
};

KeyAndAlgorithm split_algorithm(std::string_view text) {
    const auto colon = text.rfind(':');
    const std::string_view last =
        colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    if (base::istarts_with(last, "rsa-") || base::istarts_with(last, "ed25519-")) {
        return {text.substr(0, colon), last};
    }
    return {text, {}};
}

// Whether anything can be signed with the row, whatever its key. With `%` that depends on the author, too.
std::string_view refusal_of(const KeyRow& row) {
    constexpr std::string_view some_domain = "example.com";
    return dkim::signer_refusal(row.domain.empty() ? some_domain : row.domain, row.selector, {});
}

// Fills in the row, or says what is wrong with it.
class RowParser {
  public:
    // `before`: the row before it, with which it often has texts in common.
    RowParser(const TableRow& source, const std::string& file, const KeyRow& before, TextPool& texts)
        : file_(file), before_(before), texts_(texts) {
        row_.line = source.line;
        row_.name = texts.keep(source.name);
        row_.broken = true;
    }

    base::Result<KeyRow, std::string> parse(std::string_view value) {
        const auto first = value.find(':');
        const auto second = first == std::string_view::npos ? first : value.find(':', first + 1);
        if (second == std::string_view::npos) {
            return base::refuse(std::string("expected DOMAIN:SELECTOR:KEY"));
        }
        const auto [key, algorithm] = split_algorithm(value.substr(second + 1));
        for (std::string problem :
             {domain(value.substr(0, first)), selector(value.substr(first + 1, second - first - 1)),
              this->key(key), this->algorithm(algorithm)}) {
            if (!problem.empty()) {
                return base::refuse(std::move(problem));
            }
        }
        if (const auto refusal = refusal_of(row_); !refusal.empty()) {
            return base::refuse(std::string(refusal));
        }
        row_.broken = false;
        return row_;
    }

    // The row as far as it could be read.
    [[nodiscard]] const KeyRow& broken_row() const { return row_; }

  private:
    std::string domain(std::string_view text) {
        if (text == author_domain) {
            return {};
        }
        const auto name =
            base::is_surely_key(text) ? std::nullopt : base::DomainName::parse_international(text);
        if (!name) {
            return fmt::format("{} is not a domain name", base::quoted(text));
        }
        // Names of rows often are domains.
        row_.domain = texts_.keep(name->text(), name->text() == row_.name ? row_.name : before_.domain);
        return {};
    }

    std::string selector(std::string_view text) {
        // RFC 6376 3.1: a selector has the form of a domain name.
        const auto name = base::is_surely_key(text) ? std::nullopt : dkim::read_selector_name(text);
        if (!name) {
            return fmt::format("{} is not a selector", base::quoted(text));
        }
        if (const auto label = dkim::key_record_label(name->text()); label != std::string::npos) {
            return fmt::format("{} is the name of a key record; write only the selector, {}",
                               base::quoted(text), base::quoted(text.substr(0, label)));
        }
        row_.selector = texts_.keep(name->text(), before_.selector);
        return {};
    }

    std::string key(std::string_view text) {
        if (is_file_name(text)) {
            row_.file = texts_.keep(beside(file_, text), before_.file);
            row_.file_has_domain = text.starts_with('/') && text.find('%') != std::string_view::npos;
            return {};
        }
        row_.inline_key = texts_.keep(text, before_.inline_key);
        return looks_like_key(text)
                   ? std::string()
                   : "the key is neither a file, which starts with '/', './' or '../', nor PEM, nor "
                     "DER in base64";
    }

    std::string algorithm(std::string_view text) {
        if (text.empty()) {
            return {};
        }
        row_.algorithm = crypto::parse_signature_algorithm(text);
        if (!row_.algorithm) {
            return fmt::format("unknown algorithm {}", base::quoted(text));
        }
        // RFC 8301 3.1: rsa-sha1 MUST NOT be used for signing.
        return *row_.algorithm == crypto::SignatureAlgorithm::rsa_sha1 ? "rsa-sha1 must not be used" : "";
    }

    const std::string& file_;
    const KeyRow before_;
    TextPool& texts_;
    KeyRow row_;
};

// The row's own warning, if there is one; empty: there is none.
std::string doubt_about(const KeyRow& row) {
    const auto domain = dkim::domain_doubt(row.domain);
    if (!domain.empty()) {
        return fmt::format("the domain '{}' {}", row.domain, domain);
    }
    const auto selector = dkim::domain_doubt(row.selector);
    return selector.empty() ? std::string() : fmt::format("the selector '{}' {}", row.selector, selector);
}

} // namespace

std::string KeyRow::file_for(std::string_view signing_domain) const {
    if (!file_has_domain) {
        return std::string(file);
    }
    std::string path;
    for (const char c : file) {
        if (c == '%') {
            path += signing_domain;
        } else {
            path += c;
        }
    }
    return path;
}

KeyTable KeyTable::parse(const std::vector<TableRow>& rows, TableKind kind, const std::string& file,
                         std::vector<Problem>& problems) {
    KeyTable table;
    table.kind_ = kind;
    table.rows_.reserve(rows.size());
    for (const TableRow& source : rows) {
        const KeyRow before = table.rows_.empty() ? KeyRow() : table.rows_.back();
        RowParser parser(source, file, before, table.texts_);
        const auto row = parser.parse(source.value);
        if (!row) {
            problems.push_back({file, source.line,
                                fmt::format("{}: {}", base::quoted(source.name), row.error()),
                                Severity::signer});
        }
        const bool used = table.add(row ? *row : parser.broken_row(), file, problems);
        const std::string doubt = row && used ? doubt_about(*row) : std::string();
        if (!doubt.empty()) {
            problems.push_back({file, source.line, fmt::format("{}: {}", base::quoted(source.name), doubt),
                                Severity::warning});
        }
    }
    return table;
}

bool KeyTable::add(const KeyRow& row, const std::string& file, std::vector<Problem>& problems) {
    if (kind_ == TableKind::patterns) {
        by_pattern_.add(row.name, rows_.size());
    } else if (const auto [known, is_new] =
                   by_name_.add(row.name, static_cast<TextIndex::Number>(rows_.size()));
               !is_new) {
        problems.push_back({file, row.line,
                            fmt::format("{} is already named in line {}; this row is not used",
                                        base::quoted(row.name), rows_[known].line),
                            Severity::warning});
        return false;
    }
    rows_.push_back(row);
    return true;
}

const KeyRow* KeyTable::find(std::string_view name) const {
    const KeyRow* row = find_even_broken(name);
    return row == nullptr || row->broken ? nullptr : row;
}

const KeyRow* KeyTable::find_even_broken(std::string_view name) const {
    if (kind_ == TableKind::patterns) {
        const auto found = by_pattern_.matches(base::to_lower(name));
        return found.empty() ? nullptr : &rows_[found.front()];
    }
    const auto* found = by_name_.find(name);
    return found == nullptr ? nullptr : &rows_[*found];
}

} // namespace keys
