// senders.table of the settings, from a file or a source.

#include "keys/keyed_senders.h"
#include "milter/runtime/runtime.h"
#include "milter/runtime/source_options.h"

namespace milter::runtime {

namespace {

keys::Reader reader_of(const std::string& user) {
    auto reader = user.empty() ? base::Result<keys::Reader, std::string>(keys::Reader::self())
                               : keys::Reader::of_user(user);
    return reader ? std::move(*reader) : keys::Reader::self(); // the key store tells why
}

} // namespace

LoadedSenders load_senders(const config::Settings& settings, const std::string& user,
                           const std::shared_ptr<keys::source::News>& news,
                           const std::shared_ptr<const keys::SenderSource>& before) {
    LoadedSenders loaded;
    const std::string& table = settings.senders.table;
    if (table.empty()) {
        return loaded;
    }
    const auto options = source_options(settings, table, Table::senders);
    if (!options) {
        loaded.table = keys::SenderTable::load(table, loaded.problems);
        return loaded;
    }
    const auto keyed =
        keys::open_keyed(options, news, std::dynamic_pointer_cast<const keys::KeyedSenderTable>(before));
    loaded.problems = keyed->probe(reader_of(user));
    loaded.table = keyed;
    return loaded;
}

} // namespace milter::runtime
