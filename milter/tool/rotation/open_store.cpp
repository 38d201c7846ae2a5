#include "milter/tool/rotation/open_store.h"

#include "keys/source/postgresql.h"
#include "milter/tool/secret_file.h"

#include <fmt/format.h>

#include <string.h> // explicit_bzero
#include <unistd.h>

#include <array>

namespace milter::tool::rotation {

namespace {

// What the system is called; "localhost": it has no name that can be printed.
std::string host_name(const config::Settings& settings) {
    if (!settings.rotation.store_name.empty()) {
        return settings.rotation.store_name;
    }
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) == 0 && keys::is_host_name(name.data())) {
        return name.data();
    }
    return "localhost";
}

} // namespace

Result<crypto::SealingKey> read_store_key(const std::string& path) {
    auto text = read_secret_file(path);
    if (!text) {
        return tl::make_unexpected(text.error());
    }
    auto key = crypto::SealingKey::read(*text);
    ::explicit_bzero(text->data(), text->size());
    if (!key) {
        return fail(ExitCode::config, fmt::format("{}: this is no key of a store: 32 octets in base64 or "
                                                  "hexadecimal digits, as paraph key store new-key writes it",
                                                  path));
    }
    return *key;
}

Result<std::unique_ptr<PostgresqlRows>> connect_store(const config::Settings& settings) {
    keys::source::Options options;
    options.kind = keys::source::Kind::postgresql;
    options.connection = settings.rotation.store;
    options.user = settings.rotation.store_user;
    options.password_file = settings.rotation.store_password_file;
    options.query = "SELECT $1"; // there is none
    if (auto refusal = keys::source::postgresql_refusal(options); !refusal.empty()) {
        return fail(ExitCode::config, "rotation.store: " + refusal);
    }
    return std::make_unique<PostgresqlRows>(options);
}

Result<std::unique_ptr<OpenStore>> OpenStore::open(const config::Settings& settings) {
    if (settings.rotation.store.empty()) {
        return std::unique_ptr<OpenStore>();
    }
    auto key = read_store_key(settings.rotation.store_key);
    auto rows = connect_store(settings);
    if (!key || !rows) {
        return tl::make_unexpected(key ? rows.error() : key.error());
    }
    auto store = std::make_unique<Store>(**rows, *key);
    if (auto opened = store->open(); !opened) {
        return fail(ExitCode::temporary, fmt::format("the store of keys: {}", opened.error()));
    }
    HostFiles host_files(settings.rotation.directory);
    auto host = host_files.id();
    if (!host) {
        return fail(ExitCode::cannot_write, host.error());
    }
    auto& opened = *store;
    return std::unique_ptr<OpenStore>(
        new OpenStore(std::move(*rows), std::move(store),
                      Sharing{opened, std::move(host_files), std::move(*host), host_name(settings)}));
}

} // namespace milter::tool::rotation
