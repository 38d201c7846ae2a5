#include "config/check_domain_signing.h"

#include "base/ascii.h"
#include "config/domain_signing.h"
#include "config/schema.h"
#include "dkim/sign.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace config {

namespace {

using Fields = std::vector<std::string>;

bool holds(const Fields& fields, std::string_view name) {
    return std::any_of(fields.begin(), fields.end(),
                       [&](const auto& field) { return base::iequals(field, name); });
}

// The checks that hold for `signing` as well, of one entry.
class EntryCheck {
  public:
    EntryCheck(const Settings& settings, std::string prefix,
               const std::unordered_map<std::string, Place>& places, Report& report)
        : settings_(settings), prefix_(std::move(prefix)), places_(places), report_(report) {}

    void check(const DomainSigning& own) {
        // RFC 6376 5.4: the From field MUST be signed.
        if (!own.signed_fields.empty() && !holds(own.signed_fields, "From")) {
            refuse("signed_fields", "must hold From", "");
        }
        if (!dkim::leave_room(own.oversigned_fields)) {
            refuse("oversigned_fields", "holds more names than fit into a signature", "");
        }
        for (const auto* list : {&own.oversigned_fields, &own.oversigned_if_present}) {
            const auto* name = list == &own.oversigned_fields ? "oversigned_fields" : "oversigned_if_present";
            if (holds(*list, "DKIM-Signature")) {
                refuse(name, "cannot hold DKIM-Signature",
                       "every signature adds such a field, and would break the others");
            }
            own_result(name, *list);
        }
        own_result("signed_fields", own.signed_fields);
    }

  private:
    void refuse(std::string_view name, std::string_view what, std::string hint) {
        const std::string path = prefix_ + std::string(name);
        const auto place = places_.find(path);
        if (place != places_.end()) {
            report_.error(place->second, fmt::format("'{}' {}", path, what), std::move(hint));
        }
    }

    void own_result(std::string_view name, const Fields& fields) {
        if (settings_.roles.report_authentication && holds(fields, "Authentication-Results")) {
            refuse(name, "cannot hold Authentication-Results with 'roles.report_authentication'",
                   "the result that is added would break the signature");
        }
    }

    const Settings& settings_;
    std::string prefix_;
    const std::unordered_map<std::string, Place>& places_;
    Report& report_;
};

} // namespace

void check_domain_signing(const Settings& settings, const std::unordered_map<std::string, Place>& places,
                          Report& report) {
    for (const auto& [name, entry] : settings.domains) {
        if (entry.signing) {
            EntryCheck(settings, fmt::format("{}.{}.", domains_name, name), places, report)
                .check(*entry.signing);
        }
    }
    if (settings.default_keys.entry.signing) {
        EntryCheck(settings, fmt::format("{}.", default_name), places, report)
            .check(*settings.default_keys.entry.signing);
    }
}

} // namespace config
