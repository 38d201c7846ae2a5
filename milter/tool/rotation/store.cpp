#include "milter/tool/rotation/store.h"

#include "base/base64.h"
#include "base/secret_text.h"

#include <fmt/format.h>

namespace milter::tool::rotation {

namespace {

constexpr std::string_view check_text = "paraph store";

std::string place_of_check(const std::string& id) {
    return fmt::format("check\n{}", id);
}

std::string seal(const crypto::SealingKey& key, const std::string& place, std::string_view text) {
    return base::base64_encode(key.seal(place, text));
}

std::optional<std::string> open_text(const crypto::SealingKey& key, const std::string& place,
                                     std::string_view text) {
    const auto sealed = base::base64_decode(text);
    return sealed ? key.open(place, *sealed) : std::nullopt;
}

} // namespace

std::string Store::check_of(const std::string& id, const crypto::SealingKey& key) {
    return seal(key, place_of_check(id), check_text);
}

std::string Store::place_of_keys(const std::string& id, const std::string& domain, std::uint64_t revision) {
    return fmt::format("keys\n{}\n{}\n{}", id, domain, revision);
}

std::string Store::place_of_serving(const std::string& id, const std::string& domain,
                                    const std::string& host) {
    return fmt::format("serving\n{}\n{}\n{}", id, domain, host);
}

Stored<std::string> Store::reseal(const std::string& place, const std::string& text,
                                  const crypto::SealingKey& old, const crypto::SealingKey& fresh) {
    const auto opened = open_text(old, place, text);
    return opened
               ? Stored<std::string>(seal(fresh, place, *opened))
               : base::refuse(std::string("a row of the store cannot be opened with the old key: nothing was "
                                          "changed"));
}

Stored<void> Store::open() {
    const auto head = rows_.head();
    if (!head) {
        return base::refuse(head.error());
    }
    if (!keys::is_host_id(head->id) ||
        open_text(key_, place_of_check(head->id), head->check) != std::string(check_text)) {
        return base::refuse(std::string("the key is not the one that the store was made with"));
    }
    id_ = head->id;
    return {};
}

Stored<std::optional<Store::Entry>> Store::read(const std::string& domain) const {
    auto row = rows_.read(domain);
    if (!row) {
        return base::refuse(row.error());
    }
    if (!*row) {
        return std::optional<Entry>();
    }
    const auto text = open_text(key_, place_of_keys(id_, domain, (*row)->revision), (*row)->text);
    if (!text || (*row)->revision == 0) {
        return base::refuse(std::string("its row in the store was changed by somebody without the store's "
                                        "key, or is that of another domain"));
    }
    auto shared = keys::read_shared(*text, domain);
    if (!shared) {
        return base::refuse(fmt::format("what is in the store: {}", shared.error()));
    }
    return std::optional<Entry>(Entry{std::move(**row), std::move(*shared)});
}

Stored<StoreRows::Row> Store::save(const keys::SharedRotation& shared, std::uint64_t revision) const {
    const auto& domain = shared.journal.domain;
    const auto next = revision + 1;
    StoreRows::Row row{domain, next, seal(key_, place_of_keys(id_, domain, next), print(shared))};
    const auto written = rows_.write({domain, revision, {}}, row.text);
    if (!written) {
        return base::refuse(written.error());
    }
    if (!*written) {
        return base::refuse(std::string("another host has changed the keys meanwhile"));
    }
    return row;
}

// What nobody can open must not take the place of what everybody can.
Stored<bool> Store::put_back(StoreRows::Row copy, const crypto::SealingKey* before) const {
    const auto place = place_of_keys(id_, copy.domain, copy.revision);
    if (!open_text(key_, place, copy.text)) {
        const auto opened = before != nullptr ? open_text(*before, place, copy.text) : std::nullopt;
        if (!opened) {
            return base::refuse(fmt::format(
                "what this host saw last is sealed with another key than the store has now{}",
                before != nullptr ? ", and that is not the one of --sealed-with"
                                  : ": name the one that it had before the last `paraph key store rekey`, "
                                    "with --sealed-with"));
        }
        copy.text = seal(key_, place, *opened);
    }
    return rows_.put_back(copy);
}

Stored<keys::Servings> Store::servings(const std::string& domain) const {
    const auto told = rows_.told(domain);
    if (!told) {
        return base::refuse(told.error());
    }
    keys::Servings servings;
    for (const auto& [host, sealed] : *told) {
        // What cannot be opened was not said.
        if (const auto text = open_text(key_, place_of_serving(id_, domain, host), sealed)) {
            if (auto serving = keys::read_serving(*text)) {
                servings[host] = std::move(*serving);
            }
        }
    }
    return servings;
}

Stored<void> Store::tell(const std::string& domain, const std::string& host,
                         const keys::Serving& serving) const {
    return rows_.tell(domain, host, seal(key_, place_of_serving(id_, domain, host), print(serving)));
}

} // namespace milter::tool::rotation
