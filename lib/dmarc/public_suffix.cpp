#include "dmarc/public_suffix.h"

#include <libpsl.h>

namespace dmarc {

void PublicSuffixList::Free::operator()(psl_ctx_st* list) const {
    psl_free(list);
}

PublicSuffixList PublicSuffixList::built_in() {
    // libpsl's psl_free() knows its own static list and leaves it alone; nothing else here writes through the
    // pointer.
    return PublicSuffixList(const_cast<psl_ctx_t*>(psl_builtin()));
}

base::Result<PublicSuffixList> PublicSuffixList::load(const std::string& path) {
    PublicSuffixList list(psl_load_file(path.c_str()));
    if (!list.list_) {
        return base::refuse("cannot be read as a public suffix list", 0);
    }
    if (psl_is_public_suffix2(list.list_.get(), "com", PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) != 1) {
        return base::refuse("is not a public suffix list (\"com\" is not in it)", 0);
    }
    return list;
}

bool PublicSuffixList::is_public_suffix(const base::DomainName& name) const {
    return list_ && psl_is_public_suffix2(list_.get(), name.text().c_str(), PSL_TYPE_ANY) == 1;
}

std::optional<base::DomainName> PublicSuffixList::registrable_domain(const base::DomainName& name) const {
    const char* domain = list_ ? psl_registrable_domain(list_.get(), name.text().c_str()) : nullptr;
    if (domain == nullptr) {
        return std::nullopt;
    }
    return base::DomainName::parse(domain);
}

std::optional<base::DomainName> PublicSuffixList::registered_domain(const base::DomainName& name) const {
    const auto is_registry = [&](const base::DomainName& suffix) {
        return list_ && psl_is_public_suffix2(list_.get(), suffix.text().c_str(), PSL_TYPE_ICANN) == 1;
    };
    auto found = std::optional(name);
    for (auto parent = name.parent(); parent && !is_registry(*found); parent = parent->parent()) {
        if (is_registry(*parent)) {
            return found;
        }
        found = parent;
    }
    return std::nullopt;
}

} // namespace dmarc
