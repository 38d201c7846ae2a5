#include "authres/forged_fields.h"

#include "authres/claims.h"
#include "message/line_breaks.h"
#include "message/lookalike.h"

#include <algorithm>
#include <string_view>

namespace authres {

namespace {

constexpr std::string_view field_name = "Authentication-Results";

bool is_forged(std::string_view body, OwnIds& ours) {
    return claims(body, ours) || has_unknown_version(body) || begins_with_result(body);
}

bool line_is_forged(std::string_view line, OwnIds& ours) {
    const auto colon = line.find(':');
    return colon != std::string_view::npos && message::resembles_name(line.substr(0, colon), field_name) &&
           is_forged(line.substr(colon + 1), ours);
}

bool hides_forgery(const message::HeaderField& field, OwnIds& ours) {
    if (!field.well_formed() && line_is_forged(field.text(), ours)) {
        return true;
    }
    const auto lines = message::hidden_lines(field.text());
    return std::any_of(lines.begin(), lines.end(),
                       [&ours](std::string_view line) { return line_is_forged(line, ours); });
}

// Which of the fields of that name, counted from 1 at the top.
template <class Predicate>
std::vector<std::size_t> instances_where(const message::HeaderList& headers, Predicate holds) {
    std::vector<std::size_t> instances;
    std::size_t instance = 0;
    for (const message::HeaderField& field : headers) {
        if (!field.is_named(field_name)) {
            continue;
        }
        ++instance;
        if (holds(field)) {
            instances.push_back(instance);
        }
    }
    return instances;
}

} // namespace

std::vector<std::size_t> forged_instances(const message::HeaderList& headers,
                                          const std::vector<std::string>& authserv_ids) {
    OwnIds ours(authserv_ids);
    auto instances = instances_where(headers, [&](const message::HeaderField& field) {
        return is_forged(field.body(), ours) || hides_forgery(field, ours);
    });
    std::reverse(instances.begin(), instances.end());
    return instances;
}

std::vector<std::size_t> claiming_instances(const message::HeaderList& headers,
                                            const std::vector<std::string>& authserv_ids) {
    OwnIds ours(authserv_ids);
    return instances_where(
        headers, [&](const message::HeaderField& field) { return claims_in_place(field.body(), ours); });
}

std::vector<FieldPlace> hidden_forgeries(const message::HeaderList& headers,
                                         const std::vector<std::string>& authserv_ids) {
    OwnIds ours(authserv_ids);
    std::vector<FieldPlace> places;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const message::HeaderField& field = headers[i];
        if (field.is_named(field_name) || !hides_forgery(field, ours)) {
            continue;
        }
        const auto same_name =
            std::count_if(headers.begin(), headers.begin() + static_cast<std::ptrdiff_t>(i),
                          [&](const auto& other) { return other.is_named(field.name()); });
        places.push_back({std::string(field.name()), static_cast<std::size_t>(same_name) + 1});
    }
    std::reverse(places.begin(), places.end());
    return places;
}

} // namespace authres
