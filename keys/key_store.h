// Which keys sign for an author address, and the keys themselves, ready to use.
#pragma once

#include "base/domain_name.h"
#include "base/result.h"
#include "crypto/signing_key.h"
#include "keys/problem.h"
#include "keys/shape.h"
#include "keys/source/news.h"
#include "keys/source/options.h"
#include "keys/submitter.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

class KeyStore;

// One signature to make.
struct Signer {
    std::string name;                              // of the KeyTable row or "DOMAIN/SELECTOR", for logs
    std::string domain;                            // d=
    std::string selector;                          // s=
    std::string identity;                          // i=; empty: left out
    std::shared_ptr<const crypto::SigningKey> key; // null when `problem` says why it cannot be used
    std::string problem; // "/etc/paraph/keys/x.pem: can be read by others (mode 0644); chmod 0600 it"
    bool absent =
        false; // there is no key of the author's domain where a `%` of a table looks for one, or none can be
    std::shared_ptr<const Shape> shape{}; // null: as the general settings say
    std::shared_ptr<const Users> users{}; // who may use it; null: everybody whose mail is signed
    std::string_view named_in{};          // the file that names the key; lives as long as the store
    std::size_t line = 0;                 // of that file
};

// Whether they make one and the same signature.
[[nodiscard]] bool same_signature(const Signer& a, const Signer& b);

// Of several authors at one domain.
struct CommonSigners {
    std::vector<Signer> signers; // those that may sign for every one of them
    // True if there are none although another author has some. `not_allowed` is then the local part of the
    // author who has none; it may be empty: ""@example.org is an address.
    bool author_in_the_way = false;
    std::string not_allowed;
    // A source did not say who signs: `signers` is one that tells why, and may stand for none at all.
    bool undecided = false;
};

// Where the keys are named: OpenDKIM's tables, and the keys of single domains. Pure data, so that this folder
// does not depend on config.
struct KeyOptions {
    std::string key_table;     // PATH, file:PATH, refile:PATH or csl:ROWS; empty: none
    std::string signing_table; // the same
    // The file that has them, for the rows of csl:.
    std::string tables_named_in{};
    // In their place, where one is asked for each name.
    std::optional<source::Options> key_source{};
    std::optional<source::Options> signing_source{};
    std::shared_ptr<source::News> news{}; // hears when one fails and when it answers again
    // The store of before: a source that stays the same goes on with what it knows, but asks anew.
    std::shared_ptr<const KeyStore> before{};
    // Every matching row signs; false: the first one, as OpenDKIM does, with those of the same pattern that
    // bring a key of another type.
    bool all_matches = false;
    bool require_safe_keys = true;
    // The user whose access to the key files is checked; empty: the user of this process. For checks by
    // another user than the daemon's.
    std::string user;
    // Also read and parse every key that is named without `%`, as a check of the configuration should.
    bool read_keys = false;
    // The same if there are no more keys than this.
    std::size_t read_few = 0;

    // What all keys of an entry have in common, where it is more than a domain.
    struct Manner {
        bool itself = true;         // false: for the names below the domain alone
        std::string signing_domain; // d=; empty: the domain of the entry; "%": the author's
        std::shared_ptr<const Shape> shape;
        std::shared_ptr<const Users> users;
    };
    struct DomainKey {
        std::string
            domain; // d= unless `manner` says otherwise, A-labels, lower case; empty: of `default_keys`
        bool subdomains = false;
        std::string selector;
        std::string file;
        std::string identity;
        std::string named_in =
            {}; // the file that names it, for diagnostics; empty: the key file stands for it
        std::size_t line = 0;
        std::shared_ptr<const Manner> manner{}; // null: nothing of the kind

        // The entry has no key that signs, and no other entry signs in its place.
        [[nodiscard]] bool is_silent() const { return selector.empty(); }
    };
    std::vector<DomainKey> domain_keys;

    // For each of these domains that has nothing else: names, "*.NAME", and a file with more of them.
    std::vector<std::string> default_domains;
    std::string default_table;
    std::optional<source::Options> default_source{}; // asked for each domain, in place of the table
    std::vector<DomainKey> default_keys;
};

// Immutable once loaded, except for the keys, which are read at first use and kept. Safe to use from several
// threads.
class KeyStore {
  public:
    // Reads tables and checks every key file that a table names without `%`. All problems are reported; with
    // any of them the store still works for everything else. With those of Severity::signer it should be
    // used: its signers say which keys cannot be.
    struct Loaded;
    [[nodiscard]] static Loaded load(KeyOptions options);

    ~KeyStore();

    // The signers for an author address in the order in which they sign: the yaml domains' keys first, then
    // SigningTable matches; none twice. Empty: nothing matches. `author_domain` is in A-labels.
    //
    // The keys of a yaml domain all sign, whatever `all_matches` says of rows. A domain without an entry of
    // its own uses the nearest one above it that is for the names below. The default keys sign where neither
    // a yaml domain nor a row has anything to say.
    [[nodiscard]] std::vector<Signer> signers_for(std::string_view local_part,
                                                  const base::DomainName& author_domain) const;

    // The same for several authors: a signature says that every one of them is known to the domain, so that
    // only what would sign for each of them alone signs for all. Empty `local_parts`: nothing signs.
    [[nodiscard]] CommonSigners signers_for_all(const std::vector<std::string_view>& local_parts,
                                                const base::DomainName& author_domain) const;

    // Each file that was read, and each key file that is named without `%`; some perhaps more than once.
    void for_each_file(const std::function<void(const std::string& path)>& step) const;

  private:
    class Impl;
    explicit KeyStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

struct KeyStore::Loaded {
    std::shared_ptr<const KeyStore> store;
    std::vector<Problem> problems;
    std::size_t key_rows = 0; // of the KeyTable
    std::size_t signing_rows = 0;
    std::size_t listed_domains = 0; // of the default keys
};

} // namespace keys
