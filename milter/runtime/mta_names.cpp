#include "milter/runtime/mta_names.h"

#include "base/domain_name.h"

#include <algorithm>

namespace milter::runtime {

void MtaNames::add(std::string_view name) {
    const auto domain = base::DomainName::parse(name);
    if (!domain) {
        return;
    }
    list_.with([&](auto& list) {
        const bool known = std::find(list->begin(), list->end(), domain->text()) != list->end();
        if (known || list->size() >= most) {
            return;
        }
        auto longer = std::make_shared<List>(*list);
        longer->push_back(domain->text());
        list = std::move(longer);
    });
}

} // namespace milter::runtime
