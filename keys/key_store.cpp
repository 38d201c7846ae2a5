#include "keys/key_store.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "dkim/names.h"
#include "keys/domain_keys.h"
#include "keys/file_bytes.h"
#include "keys/key_cache.h"
#include "keys/key_check.h"
#include "keys/key_file.h"
#include "keys/key_material.h"
#include "keys/key_table.h"
#include "keys/keyed_domains.h"
#include "keys/keyed_tables.h"
#include "keys/signing_table.h"
#include "keys/source/open.h"
#include "keys/table_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <system_error>

namespace keys {

namespace {

std::string replace_percent(std::string_view text, std::string_view replacement) {
    std::string result;
    for (const char c : text) {
        result += c == '%' ? replacement : std::string_view(&c, 1);
    }
    return result;
}

Reader make_reader(const std::string& user, std::vector<Problem>& problems) {
    if (user.empty()) {
        return Reader::self();
    }
    auto reader = Reader::of_user(user);
    if (!reader) {
        problems.push_back({user, 0, reader.error()});
        return Reader::self();
    }
    return std::move(*reader);
}

// There is no such file. Anything else is a mistake that somebody has to correct.
bool is_missing(const std::string& path) {
    std::error_code error;
    return std::filesystem::status(path, error).type() == std::filesystem::file_type::not_found;
}

// Two rows for the same key make one signature, not two equal ones.
void add(Signer signer, std::vector<Signer>& signers) {
    if (std::none_of(signers.begin(), signers.end(),
                     [&](const Signer& other) { return same_signature(other, signer); })) {
        signers.push_back(std::move(signer));
    }
}

// A key that cannot be used may be of any type.
bool same_type(const Signer& a, const Signer& b) {
    return a.key && b.key && a.key->type() == b.key->type();
}

using Rows = std::vector<const SigningRow*>;

// The first row and those of the same pattern: the pattern is written twice to sign with two types of keys.
Rows first_pattern(Rows rows) {
    if (!rows.empty()) {
        const auto others = std::remove_if(rows.begin() + 1, rows.end(), [&](const SigningRow* row) {
            return !base::iequals(row->pattern, rows.front()->pattern);
        });
        rows.erase(others, rows.end());
    }
    return rows;
}

} // namespace

class KeyStore::Impl {
  public:
    Impl(KeyOptions options, std::vector<Problem>& problems)
        : options_(std::move(options)), reader_(make_reader(options_.user, problems)),
          domain_keys_(options_, problems) {
        const auto kept = std::exchange(options_.before, nullptr);
        const Impl* before = kept ? kept->impl_.get() : nullptr;
        key_source_ =
            open_keyed(options_.key_source, options_.news, before == nullptr ? nullptr : before->key_source_);
        signing_source_ = open_keyed(options_.signing_source, options_.news,
                                     before == nullptr ? nullptr : before->signing_source_);
        default_source_ = open_keyed(options_.default_source, options_.news,
                                     before == nullptr ? nullptr : before->default_source_);
        load_key_table(problems);
        load_signing_table(problems);
        probe_sources(problems);
        if (std::none_of(problems.begin(), problems.end(),
                         [](const Problem& problem) { return problem.severity == Severity::error; })) {
            warn_if_empty(options_.key_table, key_rows(), problems);
            warn_if_empty(options_.signing_table, signing_rows(), problems);
        }
        inline_danger_ = check_keys(
            options_, reader_,
            {.keys = key_table_,
             .key_file = key_file_,
             .holder = key_table_holder_,
             .signing = signing_table_,
             .signing_file = signing_file_},
            [this](const std::string& path) { return key_from_file(path); }, problems);
    }

    // What one message may ask of each source.
    struct Inquiries {
        std::optional<Inquiry> keys;
        std::optional<Inquiry> signing;
        std::optional<Inquiry> defaults;
    };

    [[nodiscard]] Inquiries begin_inquiries() const {
        return {key_source_ ? std::optional(key_source_->source().inquiry()) : std::nullopt,
                signing_source_ ? std::optional(signing_source_->source().inquiry()) : std::nullopt,
                default_source_ ? std::optional(default_source_->source().inquiry()) : std::nullopt};
    }

    [[nodiscard]] std::vector<Signer> signers_for(std::string_view local_part,
                                                  const base::DomainName& author_domain,
                                                  Inquiries& inquiries) const {
        std::vector<Signer> signers;
        const auto keys = domain_keys_.find(author_domain);
        add_signers(keys, author_domain, signers);
        // Its keys sign, whatever becomes of a source.
        if ((signing_source_ || key_source_) && !signers.empty()) {
            return signers;
        }
        for (Signer& signer : table_signers(local_part, author_domain, inquiries)) {
            add(std::move(signer), signers);
        }
        if (keys.empty() && signers.empty()) {
            add_default(author_domain, inquiries, signers);
        }
        return signers;
    }

    [[nodiscard]] CommonSigners signers_for_all(const std::vector<std::string_view>& local_parts,
                                                const base::DomainName& author_domain) const {
        CommonSigners common;
        bool any_may = false;
        Inquiries inquiries = begin_inquiries();
        for (std::size_t i = 0; i < local_parts.size(); ++i) {
            auto signers = signers_for(local_parts[i], author_domain, inquiries);
            if (const Signer* unknown = failed_lookup(signers)) {
                return {{*unknown}, false, {}, true}; // what the others have does not matter then
            }
            any_may = any_may || !signers.empty();
            if (i == 0) {
                common.signers = std::move(signers);
            } else {
                keep_common(common.signers, signers);
            }
            if (common.signers.empty() && !common.author_in_the_way) {
                common.author_in_the_way = true;
                common.not_allowed = local_parts[i];
            }
        }
        if (!any_may) {
            return {};
        }
        return common;
    }

    void for_each_file(const std::function<void(const std::string& path)>& step) const {
        for (const std::string& table : {key_file_, signing_file_}) {
            if (!table.empty()) {
                step(table);
            }
        }
        for (const KeyRow& row : key_table_.rows()) {
            if (!row.file_has_domain && !row.file.empty()) {
                step(std::string(row.file));
            }
        }
        for (const auto* keys : {&options_.domain_keys, &options_.default_keys}) {
            for (const KeyOptions::DomainKey& key : *keys) {
                if (!key.is_silent()) {
                    step(key.file);
                }
            }
        }
        if (!options_.default_table.empty()) {
            step(parse_table_name(options_.default_table)->path);
        }
    }

    [[nodiscard]] std::size_t key_rows() const { return key_table_.rows().size(); }
    [[nodiscard]] std::size_t signing_rows() const { return signing_table_.rows().size(); }
    [[nodiscard]] std::size_t listed_domains() const { return domain_keys_.listed(); }

  private:
    // A source did not say which key it is: nothing can be signed before it does.
    [[nodiscard]] const Signer* failed_lookup(const std::vector<Signer>& signers) const {
        const auto found = std::find_if(signers.begin(), signers.end(), [](const Signer& signer) {
            return signer.selector.empty() && !signer.problem.empty();
        });
        const bool in_source = key_source_ || signing_source_ || default_source_;
        return in_source && found != signers.end() && !found->absent ? &*found : nullptr;
    }

    void add_signers(const DomainKeys::Keys& keys, const base::DomainName& author_domain,
                     std::vector<Signer>& signers) const {
        for (const KeyOptions::DomainKey* key : keys) {
            if (!key->is_silent()) {
                add(signer_for(*key, author_domain.text()), signers);
            }
        }
    }

    void add_default(const base::DomainName& author_domain, Inquiries& inquiries,
                     std::vector<Signer>& signers) const {
        auto keys = domain_keys_.find_default(author_domain);
        if (keys.empty() && default_source_ && default_keys_sign()) {
            const auto found = default_source_->find(author_domain, *inquiries.defaults);
            if (!found.failure.empty()) {
                signers.push_back(unknown_signer(author_domain, default_source_->source(), found.failure,
                                                 *inquiries.defaults));
            } else if (found.listed) {
                keys = domain_keys_.default_keys();
            }
        }
        add_signers(keys, author_domain, signers);
    }

    // Otherwise nobody has to be asked, and no mail waits for who does not answer.
    [[nodiscard]] bool default_keys_sign() const {
        const auto& keys = options_.default_keys;
        return std::any_of(keys.begin(), keys.end(), [](const auto& key) { return !key.is_silent(); });
    }

    // A source did not say who signs for the domain.
    static Signer unknown_signer(const base::DomainName& author_domain, const KeyedSource& source,
                                 const std::string& failure, const Inquiry& inquiry) {
        Signer unknown;
        unknown.name = fmt::format("for {}", author_domain.text());
        unknown.domain = author_domain.text();
        unknown.problem = fmt::format("{}: {}", source.options().label, failure);
        unknown.absent = inquiry.questions_left == 0; // so it would be at every further try
        return unknown;
    }

    static void keep_common(std::vector<Signer>& signers, const std::vector<Signer>& others) {
        const auto is_common = [&](const Signer& signer) {
            return std::any_of(others.begin(), others.end(),
                               [&](const Signer& other) { return same_signature(signer, other); });
        };
        signers.erase(std::remove_if(signers.begin(), signers.end(), std::not_fn(is_common)), signers.end());
    }

    static void warn_if_empty(const std::string& table, std::size_t rows, std::vector<Problem>& problems) {
        if (!table.empty() && rows == 0) {
            const auto path = parse_table_name(table)->path;
            problems.push_back({path.empty() ? "csl:" : path, 0,
                                "the table has no rows, so nothing is signed", Severity::warning});
        }
    }

    void load_key_table(std::vector<Problem>& problems) {
        const LoadedTable keys = load_table(
            options_.key_table, fmt::format("{}, signing.key_table", options_.tables_named_in), problems);
        key_file_ = keys.place;
        key_table_holder_ = keys.name.path.empty() ? options_.tables_named_in : keys.name.path;
        key_table_ = KeyTable::parse(keys.rows, keys.name.kind, key_file_, problems);
    }

    void load_signing_table(std::vector<Problem>& problems) {
        const LoadedTable signing =
            load_table(options_.signing_table,
                       fmt::format("{}, signing.signing_table", options_.tables_named_in), problems);
        signing_table_ = SigningTable::parse(signing.rows, signing.name.kind, signing.place, problems);
        signing_file_ = signing.place;
        if (!key_source_) {
            check_tables(signing_table_, signing.place, key_table_, problems);
        }
    }

    // What is wrong with two tables of one source is told once.
    void probe_sources(std::vector<Problem>& problems) const {
        const auto probe = [&](const KeyedSource& asked, std::size_t fewest, std::size_t most,
                               Nobody nobody) {
            for (Problem& found : asked.problems(reader_, fewest, most, nobody)) {
                if (std::find(problems.begin(), problems.end(), found) == problems.end()) {
                    problems.push_back(std::move(found));
                }
            }
        };
        if (key_source_) {
            probe(key_source_->source(), 3, 4, Nobody::may_have_a_row);
        }
        if (signing_source_) {
            probe(signing_source_->source(), 1, 2, Nobody::may_have_a_row);
        }
        if (default_source_) {
            probe(default_source_->source(), 1, any_number, Nobody::has_none);
        }
    }

    [[nodiscard]] std::vector<Signer> table_signers(std::string_view local_part,
                                                    const base::DomainName& author_domain,
                                                    Inquiries& inquiries) const {
        if (!signing_source_) {
            return row_signers(signing_table_.match(local_part, author_domain), author_domain, inquiries);
        }
        const auto found =
            signing_source_->match(local_part, author_domain, options_.all_matches, *inquiries.signing);
        auto signers = row_signers(found.rows, author_domain, inquiries);
        if (!found.failure.empty()) {
            signers.push_back(
                unknown_signer(author_domain, signing_source_->source(), found.failure, *inquiries.signing));
        }
        return signers;
    }

    [[nodiscard]] std::vector<Signer> row_signers(Rows rows, const base::DomainName& author_domain,
                                                  Inquiries& inquiries) const {
        std::vector<Signer> signers;
        for (const SigningRow* row :
             options_.all_matches ? std::move(rows) : first_pattern(std::move(rows))) {
            auto signer = signer_for(*row, author_domain.text(), inquiries);
            const bool has_type = std::any_of(signers.begin(), signers.end(),
                                              [&](const Signer& other) { return same_type(other, signer); });
            if (options_.all_matches || !has_type) {
                signers.push_back(std::move(signer));
            }
        }
        return signers;
    }

    // d= of a key: of its entry, or of the author where that says so.
    static const std::string& signing_domain(const KeyOptions::DomainKey& key,
                                             const std::string& author_domain) {
        if (key.manner && !key.manner->signing_domain.empty()) {
            return key.manner->signing_domain == "%" ? author_domain : key.manner->signing_domain;
        }
        return key.domain.empty() ? author_domain : key.domain;
    }

    [[nodiscard]] Signer signer_for(const KeyOptions::DomainKey& key,
                                    const std::string& author_domain) const {
        Signer signer;
        signer.domain = signing_domain(key, author_domain);
        signer.selector = key.selector;
        signer.name = fmt::format("{}/{}", signer.domain, key.selector);
        signer.named_in = key.named_in;
        signer.line = key.line;
        if (key.manner) {
            signer.shape = key.manner->shape;
            signer.users = key.manner->users;
        }
        signer.problem = dkim::signer_refusal(signer.domain, signer.selector, {});
        if (!signer.problem.empty()) { // of the author's domain: those that are named were checked
            signer.absent = true;
            return signer;
        }
        signer.identity = key.identity;
        set_key(signer, key_from_file(key.file));
        return signer;
    }

    [[nodiscard]] Signer signer_for(const SigningRow& row, const std::string& author_domain,
                                    Inquiries& inquiries) const {
        const std::string name(row.key_name == "%" ? author_domain : row.key_name);
        const auto kept = key_source_ ? key_source_->find(name, *inquiries.keys) : KeyedKeyTable::Found{};
        const KeyRow* key = !key_source_ ? key_table_.find_even_broken(name)
                            : kept.row   ? kept.row->row()
                                         : nullptr;
        Signer signer;
        signer.name = base::shown(name);
        if (!kept.failure.empty() || (kept.row && !kept.row->problem.empty())) {
            signer.problem = kept.failure.empty()
                                 ? kept.row->problem
                                 : fmt::format("{}: {}", key_source_->source().options().label, kept.failure);
            return signer;
        }
        if (key == nullptr || key->broken) {
            signer.problem = key == nullptr
                                 ? fmt::format("the KeyTable has no row {}", base::quoted(name))
                                 : fmt::format("{}:{}: the row cannot be used", key_file_, key->line);
            signer.absent = key == nullptr && row.key_name == "%";
            return signer;
        }
        signer.named_in = key_file_;
        signer.line = key->line;
        signer.domain = key->domain.empty() ? author_domain : key->domain;
        signer.selector = key->selector;
        const auto refusal = dkim::signer_refusal(signer.domain, signer.selector, {});
        if (!refusal.empty()) { // of the author's domain: rows that name their own were checked
            signer.problem = refusal;
            signer.absent = true;
            return signer;
        }
        // An identity that d= does not cover would make the signature worthless; it is left out as OpenDKIM
        // does.
        signer.identity =
            dkim::read_identity(replace_percent(row.signer, author_domain), signer.domain).value_or("");
        set_key(signer, kept.row && kept.row->inline_key ? kept_key(*kept.row) : key_of(*key, signer.domain));
        signer.absent = !signer.key && key->file_has_domain && is_missing(key->file_for(signer.domain));
        if (signer.key) {
            signer.problem = algorithm_problem(*key, *signer.key);
            signer.key = signer.problem.empty() ? signer.key : nullptr;
        }
        return signer;
    }

    static void set_key(Signer& signer, FoundKey found) {
        if (found) {
            signer.key = std::move(*found);
        } else {
            signer.problem = std::move(found.error());
        }
    }

    [[nodiscard]] FoundKey key_from_file(const std::string& path) const {
        return file_keys_.get(path, [&] { return read_key_file(path, reader_, options_.require_safe_keys); });
    }

    // Looked at once for every change of the file.
    [[nodiscard]] std::string source_danger() const {
        const std::string file = source::file_of(key_source_->source().options());
        if (!options_.require_safe_keys || file.empty()) {
            return {};
        }
        const std::uint64_t edition = key_source_->source().edition();
        const std::lock_guard lock(danger_mutex_);
        if (!known_danger_ || danger_edition_ != edition) {
            const std::string danger = KeyFileCheck(reader_).examine(file).danger;
            known_danger_ = danger.empty() ? danger : fmt::format("it holds keys, and {}", danger);
            danger_edition_ = edition;
        }
        return *known_danger_;
    }

    // A file with keys in it is a key file itself.
    [[nodiscard]] FoundKey kept_key(const KeptKeyRow& row) const {
        if (std::string danger = source_danger(); !danger.empty()) {
            return base::refuse(std::move(danger));
        }
        return row.inline_key;
    }

    [[nodiscard]] FoundKey key_of(const KeyRow& row, std::string_view domain) const {
        if (!row.file.empty()) {
            return key_from_file(row.file_for(domain));
        }
        return inline_keys_.get(
            std::to_string(row.line), [&]() -> base::Result<crypto::SigningKey, std::string> {
                if (inline_danger_) {
                    return base::refuse(*inline_danger_);
                }
                auto key = parse_key(row.inline_key);
                if (!key) {
                    return base::refuse(fmt::format("{}:{}: {}", key_file_, row.line, key.error()));
                }
                return key;
            });
    }

    KeyOptions options_;
    Reader reader_;
    DomainKeys domain_keys_;
    std::shared_ptr<const KeyedKeyTable> key_source_; // null: the table is in memory
    std::shared_ptr<const KeyedSigningTable> signing_source_;
    std::shared_ptr<const KeyedDomainList> default_source_; // null: the list is in memory
    mutable std::mutex danger_mutex_;
    mutable std::optional<std::string> known_danger_; // by the mutex, as the next
    mutable std::uint64_t danger_edition_ = 0;
    std::string key_file_;         // of the KeyTable
    std::string key_table_holder_; // the file that has its rows
    std::string signing_file_;     // of the SigningTable
    KeyTable key_table_;
    SigningTable signing_table_;
    std::optional<std::string> inline_danger_; // why keys in the KeyTable itself are not used
    mutable KeyCache file_keys_;               // by path
    mutable KeyCache inline_keys_;             // by line of the KeyTable
};

bool same_signature(const Signer& a, const Signer& b) {
    return a.domain == b.domain && a.selector == b.selector && a.identity == b.identity;
}

KeyStore::KeyStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

KeyStore::~KeyStore() = default;

KeyStore::Loaded KeyStore::load(KeyOptions options) {
    Loaded loaded;
    auto impl = std::make_unique<Impl>(std::move(options), loaded.problems);
    loaded.key_rows = impl->key_rows();
    loaded.signing_rows = impl->signing_rows();
    loaded.listed_domains = impl->listed_domains();
    loaded.store = std::shared_ptr<const KeyStore>(new KeyStore(std::move(impl)));
    return loaded;
}

std::vector<Signer> KeyStore::signers_for(std::string_view local_part,
                                          const base::DomainName& author_domain) const {
    auto inquiries = impl_->begin_inquiries();
    return impl_->signers_for(local_part, author_domain, inquiries);
}

CommonSigners KeyStore::signers_for_all(const std::vector<std::string_view>& local_parts,
                                        const base::DomainName& author_domain) const {
    return impl_->signers_for_all(local_parts, author_domain);
}

void KeyStore::for_each_file(const std::function<void(const std::string& path)>& step) const {
    impl_->for_each_file(step);
}

} // namespace keys
