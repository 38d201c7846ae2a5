#include "milter/tool/rotation/shared_keys.h"

#include "crypto/signing_key.h"
#include "milter/tool/named_key.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::tool::rotation {

namespace {

bool are_same(const crypto::SigningKey& one, const crypto::SigningKey& other) {
    return one.type() == other.type() && one.public_record_bytes() == other.public_record_bytes();
}

// Of a retired key the file may be made public, on whichever host, and a record of such a key may have to be
// withdrawn again.
bool is_needed(const keys::RotatedKey& key) {
    return keys::has_record(key.state) || key.state == keys::KeyState::retired ||
           key.state == keys::KeyState::revealed;
}

bool has_key(const keys::RotationJournal& journal, const std::string& selector) {
    return std::any_of(journal.keys.begin(), journal.keys.end(),
                       [&](const keys::RotatedKey& key) { return key.selector == selector; });
}

} // namespace

SharedKeys::Done SharedKeys::fetch() {
    auto entry = sharing_.store.read(domain_);
    if (!entry) {
        return base::refuse(entry.error());
    }
    if (auto checked = check_age(*entry); !checked || !*entry) {
        return checked;
    }
    if (auto checked = check_own_keys(**entry); !checked) {
        return checked;
    }
    auto servings = sharing_.store.servings(domain_);
    if (!servings) {
        return base::refuse(servings.error());
    }
    servings_ = std::move(*servings);
    shared_ = std::move((*entry)->shared);
    row_ = std::move((*entry)->row);
    // First of all others have to know that a key may sign here.
    if (shared_.hosts.emplace(sharing_.host, sharing_.name).second) {
        if (auto named = put(); !named) {
            return named;
        }
    }
    if (auto seen = sharing_.host_files.see(sharing_.store.id(), domain_, row_.revision, row_.text); !seen) {
        return seen;
    }
    for (const auto& [selector, pem] : shared_.privates) {
        if (auto written = write_key(selector, pem); !written) {
            return written;
        }
    }
    return files_.save(journal());
}

base::Result<bool, std::string> SharedKeys::restore(const crypto::SealingKey* before) const {
    const auto& store = sharing_.store.id();
    const auto seen = sharing_.host_files.seen(store, domain_);
    const auto copy = sharing_.host_files.copy(store, domain_);
    if (!seen || !copy) {
        return base::refuse(seen ? copy.error() : seen.error());
    }
    return copy->empty() ? base::Result<bool, std::string>(false)
                         : sharing_.store.put_back({domain_, *seen, *copy}, before);
}

// Whoever can write the database, and whoever puts back a copy of it, could have a host sign with a key whose
// record is gone.
SharedKeys::Done SharedKeys::check_age(const std::optional<Store::Entry>& entry) const {
    const auto seen = sharing_.host_files.seen(sharing_.store.id(), domain_);
    if (!seen) {
        return base::refuse(seen.error());
    }
    const auto revision = entry ? entry->row.revision : 0;
    if (revision >= *seen) {
        return {};
    }
    return base::refuse(
        fmt::format("the store has revision {} of its keys, and had {} before: was an old copy put "
                    "back? This host goes on with what it has. paraph key store restore on the host "
                    "that saw the last revision puts that into the store",
                    revision, *seen));
}

// A host with a rotation of its own would stop signing with keys whose records nobody would withdraw.
SharedKeys::Done SharedKeys::check_own_keys(const Store::Entry& entry) const {
    const auto seen = sharing_.host_files.seen(sharing_.store.id(), domain_);
    if (!files_.has_journal(domain_) || (seen && *seen > 0)) {
        return {};
    }
    const auto own = files_.read_journal(domain_);
    if (!own) {
        return base::refuse(own.error());
    }
    for (const keys::RotatedKey& key : own->keys) {
        if (keys::has_record(key.state) && !has_key(entry.shared.journal, key.selector)) {
            return base::refuse(
                fmt::format("{} is a key of this host that the store does not know: take its record "
                            "out of the DNS, and remove {}, when another host's keys are to take "
                            "over here",
                            key.selector, files_.journal_file(domain_)));
        }
    }
    return {};
}

// A key that the configuration names stays where it is.
std::string SharedKeys::file_of(const std::string& selector) const {
    for (const config::SigningKeyEntry& entry : entry_.keys) {
        if (entry.selector == selector && !entry.file.empty() && !files_.is_own(entry.file)) {
            return entry.file;
        }
    }
    return files_.key_file(domain_, selector);
}

SharedKeys::Done SharedKeys::write_key(const std::string& selector, const std::string& pem) const {
    const auto key = crypto::SigningKey::from_pem(pem);
    if (!key) {
        return base::refuse(fmt::format("what is in the store is no private key: {}", selector));
    }
    const auto file = file_of(selector);
    const auto there = read_key(named_key(domain_, selector, file));
    if (there && are_same(*there, *key)) {
        return {};
    }
    if (!files_.is_own(file)) {
        return base::refuse(there ? fmt::format("{}: it is not the key {} of the store", file, selector)
                                  : there.error().message);
    }
    return replace_file(file, pem, files_.group(), false);
}

keys::RotationJournal SharedKeys::journal() const {
    auto journal = shared_.journal;
    for (const keys::RotatedKey& key : journal.keys) {
        journal.files[key.selector] = file_of(key.selector);
    }
    return journal;
}

SharedKeys::Done SharedKeys::save(const keys::RotationJournal& journal) {
    if (is_cut_off_) {
        return base::refuse(std::string("nothing more is done before the store is read again"));
    }
    shared_.journal = {domain_, journal.keys, {}, journal.edition};
    shared_.hosts[sharing_.host] = sharing_.name;
    std::erase_if(shared_.privates, [&](const auto& one) { return !has_key(journal, one.first); });
    for (const keys::RotatedKey& key : journal.keys) {
        if (!is_needed(key)) {
            shared_.privates.erase(key.selector);
            continue;
        }
        if (shared_.privates.contains(key.selector)) {
            continue;
        }
        const auto& file = journal.files.at(key.selector);
        const auto read = read_key(named_key(domain_, key.selector, file));
        if (read) {
            shared_.privates[key.selector] = read->to_pem();
        } else if (keys::has_record(key.state)) {
            return base::refuse(read.error().message);
        }
    }
    return put();
}

SharedKeys::Done SharedKeys::put() {
    const auto saved = sharing_.store.save(shared_, row_.revision);
    if (!saved) {
        is_cut_off_ = true;
        return base::refuse(saved.error());
    }
    row_ = *saved;
    return sharing_.host_files.see(sharing_.store.id(), domain_, row_.revision, row_.text);
}

SharedKeys::Done SharedKeys::tell(std::uint64_t edition, const std::set<std::string>& selectors) {
    const keys::Serving serving{edition, selectors};
    const auto last = servings_.find(sharing_.host);
    if (last != servings_.end() && last->second == serving) {
        return {};
    }
    auto told = sharing_.store.tell(domain_, sharing_.host, serving);
    if (told) {
        servings_[sharing_.host] = serving;
    }
    return told;
}

} // namespace milter::tool::rotation
