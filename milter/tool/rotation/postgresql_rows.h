// The tables of a store in PostgreSQL. Nothing waits longer for the server than a few seconds, and the server
// not for us: where a connection breaks, its locks go with it.
#pragma once

#include "keys/source/postgresql_link.h"
#include "milter/tool/rotation/store.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace milter::tool::rotation {

class PostgresqlRows final : public StoreRows {
  public:
    explicit PostgresqlRows(const keys::source::Options& options);

    Stored<Head> head() override;
    Stored<std::optional<Row>> read(const std::string& domain) override;
    Stored<std::pair<std::vector<std::string>, std::uint64_t>> changed_since(std::uint64_t change) override;
    Stored<bool> write(const Row& before, const std::string& text) override;
    Stored<bool> put_back(const Row& row) override;
    Stored<std::vector<std::pair<std::string, std::string>>> told(const std::string& domain) override;
    Stored<void> tell(const std::string& domain, const std::string& host, const std::string& text) override;
    Stored<bool> lock(const std::string& domain) override;
    void unlock(const std::string& domain) override;

    // Makes the tables, or those that an older version lacks. False: they were there.
    Stored<bool> make(const Head& head);
    // Of all domains.
    Stored<std::vector<Row>> all();
    // Puts other texts in the places of all, or changes nothing.
    using Reseal = std::function<Stored<std::string>(const std::string& domain, std::uint64_t revision,
                                                     const std::string& host, const std::string& text)>;
    Stored<void> reseal(const std::string& check, const Reseal& other);

  private:
    using Table = keys::source::PostgresqlLink::Table;
    Stored<Table> run(const std::string& statement, const std::vector<std::string>& parameters = {});
    // Of one transaction: undone where it fails.
    Stored<void> within_transaction(const std::function<Stored<void>()>& work);
    Stored<int> version();
    Stored<std::string> connect();

    keys::source::PostgresqlLink link_;
};

} // namespace milter::tool::rotation
