#include "keys/key_check.h"

#include "base/secret_text.h"
#include "dkim/limits.h"
#include "keys/domain_keys.h"
#include "keys/file_bytes.h"
#include "keys/key_file.h"
#include "keys/key_material.h"
#include "keys/table_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace keys {

namespace {

std::string without_prefix(const std::string& text, const std::string& prefix) {
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

// RFC 8301 3.2: verifiers must take up to 4096 bits, and we take no more ourselves.
std::string size_doubt(const crypto::SigningKey& key) {
    const std::size_t largest = dkim::Limits().maximum_rsa_bits;
    if (key.type() != crypto::KeyType::rsa || key.bits() <= largest) {
        return {};
    }
    return fmt::format(
        "an RSA key of {} bits; verifiers need not accept more than {}, and many, paraphd among them, "
        "do not",
        key.bits(), largest);
}

class Check {
  public:
    Check(const KeyOptions& options, const Reader& reader, const CheckedTables& tables, const ReadKey& read)
        : options_(options), reader_(reader), tables_(tables), read_(read),
          reads_keys_(options.read_keys ||
                      tables.keys.rows().size() + options.domain_keys.size() + options.default_keys.size() <=
                          options.read_few) {}

    // Why keys in the KeyTable itself are not used, if so.
    [[nodiscard]] std::optional<std::string> check(std::vector<Problem>& problems) {
        KeyFileCheck check(reader_);
        check_inline_keys(check, problems);
        std::unordered_set<std::string_view> seen;
        for (const KeyRow& row : tables_.keys.rows()) {
            if (row.file_has_domain || row.broken) {
                continue; // known when there is an author; or reported already
            }
            if (!row.file.empty() && seen.insert(row.file).second) {
                add_problem(file_problem(check, std::string(row.file)),
                            {tables_.key_file, row.line, "", Severity::signer}, problems);
            }
            if (reads_keys_) {
                check_key(row, problems);
            }
        }
        check_domain_keys(check, problems);
        return inline_danger_;
    }

  private:
    // Each domain is reported, even if another domain uses the same key: the mail of both stops.
    void check_domain_keys(KeyFileCheck& check, std::vector<Problem>& problems) {
        std::unordered_set<std::string_view> seen;
        seen.reserve(options_.domain_keys.size());
        std::unordered_map<std::string_view, Problem> wrong; // by file; only the message differs
        for (const auto* keys : {&options_.domain_keys, &options_.default_keys}) {
            for (const KeyOptions::DomainKey& key : *keys) {
                if (key.is_silent()) {
                    continue;
                }
                if (seen.insert(key.file).second) {
                    if (Problem found = file_problem(check, key.file); !found.message.empty()) {
                        wrong.emplace(key.file, std::move(found));
                    }
                }
                if (const auto found = wrong.find(key.file); found != wrong.end()) {
                    add_problem(found->second, place_of(key), problems);
                }
            }
        }
        check_catch_all(problems);
    }

    // What is wrong with the key was reported with its row; that it affects all mail was not.
    void check_catch_all(std::vector<Problem>& problems) const {
        std::unordered_set<std::size_t> told;
        for (const Problem& problem : problems) {
            if (problem.file == tables_.key_file && problem.severity == Severity::signer) {
                told.insert(problem.line);
            }
        }
        std::unordered_set<std::string_view> files; // reported at the first row that names them
        for (const KeyRow& row : tables_.keys.rows()) {
            if (!row.file.empty() && told.count(row.line) > 0) {
                files.insert(row.file);
            }
        }
        for (const SigningRow& row : tables_.signing.rows()) {
            const KeyRow* key = is_catch_all(row) ? tables_.keys.find_even_broken(row.key_name) : nullptr;
            if (key != nullptr && (told.count(key->line) > 0 || files.count(key->file) > 0 ||
                                   (inline_danger_ && !key->inline_key.empty()))) {
                problems.push_back(
                    {tables_.signing_file, row.line,
                     fmt::format("{} concerns ALL mail {}, and its key {} cannot be used: such "
                                 "mail is answered 451 or goes out unsigned (signing.missing_key)",
                                 base::quoted(row.pattern),
                                 options_.all_matches ? "that is signed" : "that no other row signs",
                                 base::quoted(row.key_name)),
                     Severity::signer});
            }
        }
    }

    // Where a key of a domain is named, and as the beginning of a message which one it is.
    static Problem place_of(const KeyOptions::DomainKey& key) {
        if (key.named_in.empty()) {
            return {shown_path(key.file), 0, "", Severity::signer};
        }
        return {key.named_in, key.line, fmt::format("key {}/{}: ", entry_of(key), base::shown(key.selector)),
                Severity::signer};
    }

    // The file of a table with keys in it is a key file itself.
    void check_inline_keys(KeyFileCheck& check, std::vector<Problem>& problems) {
        const auto& rows = tables_.keys.rows();
        if (std::all_of(rows.begin(), rows.end(), [](const KeyRow& row) { return row.inline_key.empty(); })) {
            return;
        }
        const auto severity = options_.require_safe_keys ? Severity::signer : Severity::warning;
        if (std::string danger = check.examine(tables_.holder).danger; !danger.empty()) {
            problems.push_back({tables_.key_file, 0, fmt::format("it holds keys, and {}", danger), severity});
            inline_danger_ = options_.require_safe_keys ? std::optional(std::move(danger)) : std::nullopt;
        }
    }

    void check_key(const KeyRow& row, std::vector<Problem>& problems) const {
        const std::string problem = row.file.empty() ? inline_key_problem(row) : file_key_problem(row);
        if (!problem.empty()) {
            problems.push_back({tables_.key_file, row.line, problem, Severity::signer});
        } else if (!row.inline_key.empty()) {
            const auto key = parse_key(row.inline_key);
            if (std::string doubt = key ? size_doubt(*key) : ""; !doubt.empty()) {
                problems.push_back({tables_.key_file, row.line, std::move(doubt), Severity::warning});
            }
        }
    }

    static std::string inline_key_problem(const KeyRow& row) {
        const auto key = parse_key(row.inline_key);
        return key ? algorithm_problem(row, *key) : key.error();
    }

    // A file that cannot be read has been reported as a file.
    [[nodiscard]] std::string file_key_problem(const KeyRow& row) const {
        const auto key = read_(std::string(row.file));
        return key ? algorithm_problem(row, **key) : std::string();
    }

    // Without a message there is none.
    [[nodiscard]] Problem file_problem(KeyFileCheck& check, const std::string& path) const {
        KeyFileCheck::Finding finding = check.examine(path);
        if (!finding.problem.empty()) {
            return {path, 0, std::move(finding.problem), Severity::signer};
        }
        if (!finding.danger.empty()) {
            return {path, 0, std::move(finding.danger),
                    options_.require_safe_keys ? Severity::signer : Severity::warning};
        }
        const auto key = reads_keys_ ? read_(path) : FoundKey();
        if (!key) {
            return {path, 0, key.error(), Severity::signer};
        }
        const std::string doubt = *key ? size_doubt(**key) : std::string();
        return {path, 0, doubt.empty() ? "" : fmt::format("{}: {}", path, doubt), Severity::warning};
    }

    // `where` is the row that names the file, with the beginning of the message, or the file itself.
    static void add_problem(const Problem& found, Problem where, std::vector<Problem>& problems) {
        if (!found.message.empty()) {
            where.severity = found.severity;
            where.message += without_prefix(found.message, where.file + ": ");
            problems.push_back(std::move(where));
        }
    }

    const KeyOptions& options_;
    const Reader& reader_;
    const CheckedTables& tables_;
    const ReadKey& read_;
    bool reads_keys_;
    std::optional<std::string> inline_danger_;
};

} // namespace

std::optional<std::string> check_keys(const KeyOptions& options, const Reader& reader,
                                      const CheckedTables& tables, const ReadKey& read,
                                      std::vector<Problem>& problems) {
    return Check(options, reader, tables, read).check(problems);
}

std::string algorithm_problem(const KeyRow& row, const crypto::SigningKey& key) {
    if (!row.algorithm || crypto::key_type(*row.algorithm) == key.type()) {
        return {};
    }
    return fmt::format("{} is for {}, but its key is of the type {}", base::quoted(row.name),
                       print(*row.algorithm), print(key.type()));
}

} // namespace keys
