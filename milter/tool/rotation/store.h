// The store in which several hosts share the keys of their domains: rows of a database, which nobody without
// the store's key can read, change, or put in another's place.
//
// Whoever can write the database can lose or hold back what is in it, and bring back an old row. He cannot
// make a key, a host or what a host serves: all of it is sealed, for its store, its domain and its revision.
#pragma once

#include "base/result.h"
#include "crypto/sealed.h"
#include "keys/shared_rotation.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace milter::tool::rotation {

template <class T>
using Stored = base::Result<T, std::string>; // or what the database said

// The tables, with text that means nothing to the database.
class StoreRows {
  public:
    struct Head {
        std::string id;
        std::string check; // something sealed, by which the key is known
    };
    struct Row {
        std::string domain;
        std::uint64_t revision = 0;
        std::string text;
    };

    virtual ~StoreRows() = default;
    [[nodiscard]] virtual Stored<Head> head() = 0;
    [[nodiscard]] virtual Stored<std::optional<Row>> read(const std::string& domain) = 0;
    // What was written after that change, and the number of the last one.
    [[nodiscard]] virtual Stored<std::pair<std::vector<std::string>, std::uint64_t>>
    changed_since(std::uint64_t change) = 0;
    // In the place of that revision, 0: of none, as the next one. False: it is not there any more.
    [[nodiscard]] virtual Stored<bool> write(const Row& before, const std::string& text) = 0;
    // Brings a row back, with its revision. False: there is one that is not older.
    [[nodiscard]] virtual Stored<bool> put_back(const Row& row) = 0;
    // What each host has told, by its id.
    [[nodiscard]] virtual Stored<std::vector<std::pair<std::string, std::string>>>
    told(const std::string& domain) = 0;
    [[nodiscard]] virtual Stored<void> tell(const std::string& domain, const std::string& host,
                                            const std::string& text) = 0;
    // Until it is unlocked or the connection ends. False: another one has it.
    [[nodiscard]] virtual Stored<bool> lock(const std::string& domain) = 0;
    virtual void unlock(const std::string& domain) = 0;
};

class Store {
  public:
    struct Entry {
        StoreRows::Row row;
        keys::SharedRotation shared;
    };

    Store(StoreRows& rows, crypto::SealingKey key) : rows_(rows), key_(std::move(key)) {}

    // Refused: there is no store, or the key is another one's.
    [[nodiscard]] Stored<void> open();
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] StoreRows& rows() const { return rows_; }

    [[nodiscard]] Stored<std::optional<Entry>> read(const std::string& domain) const;
    // In the place of that revision; the row as it is now.
    [[nodiscard]] Stored<StoreRows::Row> save(const keys::SharedRotation& shared,
                                              std::uint64_t revision) const;
    // Brings back a row of this store that a host kept. False: there is one that is not older. Refused: it
    // cannot be opened with the store's key, nor with `before`, which the store had before that.
    [[nodiscard]] Stored<bool> put_back(StoreRows::Row copy, const crypto::SealingKey* before) const;
    [[nodiscard]] Stored<keys::Servings> servings(const std::string& domain) const;
    [[nodiscard]] Stored<void> tell(const std::string& domain, const std::string& host,
                                    const keys::Serving& serving) const;

    // For a store that is made, or gets another key.
    [[nodiscard]] static std::string check_of(const std::string& id, const crypto::SealingKey& key);
    [[nodiscard]] static Stored<std::string> reseal(const std::string& place, const std::string& text,
                                                    const crypto::SealingKey& old,
                                                    const crypto::SealingKey& fresh);
    [[nodiscard]] static std::string place_of_keys(const std::string& id, const std::string& domain,
                                                   std::uint64_t revision);
    [[nodiscard]] static std::string place_of_serving(const std::string& id, const std::string& domain,
                                                      const std::string& host);

  private:
    StoreRows& rows_;
    crypto::SealingKey key_;
    std::string id_;
};

} // namespace milter::tool::rotation
