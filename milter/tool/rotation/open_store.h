// The store of a configuration, opened.
#pragma once

#include "config/settings.h"
#include "milter/tool/command.h"
#include "milter/tool/rotation/postgresql_rows.h"
#include "milter/tool/rotation/shared_keys.h"

#include <memory>
#include <string>

namespace milter::tool::rotation {

// From a file that nobody else can read or replace.
[[nodiscard]] Result<crypto::SealingKey> read_store_key(const std::string& path);

// The connection that the configuration names; refused: one that libpq does not understand.
[[nodiscard]] Result<std::unique_ptr<PostgresqlRows>> connect_store(const config::Settings& settings);

class OpenStore {
  public:
    // Null: the keys are this host's own.
    [[nodiscard]] static Result<std::unique_ptr<OpenStore>> open(const config::Settings& settings);

    [[nodiscard]] const Sharing& sharing() const { return sharing_; }
    [[nodiscard]] PostgresqlRows& rows() const { return *rows_; }
    [[nodiscard]] Store& store() const { return *store_; }

  private:
    OpenStore(std::unique_ptr<PostgresqlRows> rows, std::unique_ptr<Store> store, Sharing sharing)
        : rows_(std::move(rows)), store_(std::move(store)), sharing_(std::move(sharing)) {}

    std::unique_ptr<PostgresqlRows> rows_;
    std::unique_ptr<Store> store_;
    Sharing sharing_;
};

} // namespace milter::tool::rotation
