#include "authenticate/owned_fields.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace authenticate {

namespace {

using Places = std::vector<authres::FieldPlace>;

// The mark that a filter behind us acts on.
Places quarantine_marks(const message::HeaderList& headers, const Ownership& ours) {
    Places places;
    const auto count = ours.quarantine_field.empty() ? 0 : headers.count(ours.quarantine_field);
    for (auto instance = count; instance > 0; --instance) {
        places.push_back({ours.quarantine_field, instance});
    }
    return places;
}

Places results(const message::HeaderList& headers, const Ownership& ours) {
    Places places;
    for (const auto instance : authres::forged_instances(headers, ours.authserv_ids)) {
        places.push_back({"Authentication-Results", instance});
    }
    return places;
}

// Of any name: what some readers take for a result of ours.
Places hidden_results(const message::HeaderList& headers, const Ownership& ours) {
    Places places = authres::hidden_forgeries(headers, ours.authserv_ids);
    std::erase_if(places, [&](const auto& place) { // the marks are removed already
        return base::iequals(place.name, ours.quarantine_field);
    });
    return places;
}

struct OwnedField {
    Places (*find)(const message::HeaderList& headers, const Ownership& ours);
    bool is_result; // told of in the log; and where it is ours indeed it may stay
};

// All that is ours.
constexpr std::array<OwnedField, 3> owned_fields{{
    {quarantine_marks, false},
    {results, true},
    {hidden_results, true},
}};

bool is_kept(const authres::FieldPlace& place, const std::vector<std::size_t>& kept) {
    return place.name == "Authentication-Results" &&
           std::find(kept.begin(), kept.end(), place.instance) != kept.end();
}

} // namespace

ForeignFields find_foreign_fields(const message::HeaderList& headers, const Ownership& ours,
                                  const std::vector<std::size_t>& kept) {
    ForeignFields found;
    for (const OwnedField& field : owned_fields) {
        Places places = field.find(headers, ours);
        if (field.is_result) {
            std::erase_if(places, [&](const auto& place) { return is_kept(place, kept); });
            found.results += places.size();
        }
        std::move(places.begin(), places.end(), std::back_inserter(found.places));
    }
    return found;
}

} // namespace authenticate
