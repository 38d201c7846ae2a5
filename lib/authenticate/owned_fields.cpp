#include "authenticate/owned_fields.h"

#include "authenticate/received_spf.h"
#include "base/ascii.h"
#include "message/lookalike.h"

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

bool line_is_received_spf(std::string_view line, const Ownership& ours) {
    const auto colon = line.find(':');
    return colon != std::string_view::npos &&
           message::resembles_name(line.substr(0, colon), "Received-SPF") &&
           passes_for_ours(line.substr(colon + 1), ours.spf_receivers);
}

// Under its own name, a name that some readers take for it, or behind a line break that is no fold.
bool holds_received_spf(const message::HeaderField& field, const Ownership& ours) {
    const auto lines = message::hidden_lines(field.text());
    return line_is_received_spf(field.text(), ours) ||
           std::any_of(lines.begin(), lines.end(),
                       [&](std::string_view line) { return line_is_received_spf(line, ours); });
}

// What SpamAssassin and opendmarc would believe, as they believe ours.
Places received_spf_fields(const message::HeaderList& headers, const Ownership& ours) {
    Places places;
    for (std::size_t i = 0; i < headers.size() && !ours.spf_receivers.empty(); ++i) {
        if (holds_received_spf(headers[i], ours)) {
            const auto same_name =
                std::count_if(headers.begin(), headers.begin() + static_cast<std::ptrdiff_t>(i),
                              [&](const auto& other) { return other.is_named(headers[i].name()); });
            places.push_back({std::string(headers[i].name()), static_cast<std::size_t>(same_name) + 1});
        }
    }
    return places;
}

// Once, and before those of the same name further up.
void add(authres::FieldPlace place, Places& places) {
    const auto behind = std::find_if(places.begin(), places.end(), [&](const auto& other) {
        return base::iequals(other.name, place.name) && other.instance <= place.instance;
    });
    if (behind == places.end() || behind->instance != place.instance) {
        places.insert(behind, std::move(place));
    }
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
    for (auto& place : received_spf_fields(headers, ours)) { // in any field, one that goes already too
        add(std::move(place), found.places);
    }
    return found;
}

} // namespace authenticate
