#include "config/check_domain_signing.h"

#include "config/check_signed_fields.h"
#include "config/domain_signing.h"
#include "config/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace config {

namespace {

// One line for each kind, however many domains it is said of.
class Warnings {
  public:
    void add(FieldWarning kind, const std::string& domain, const Place& place, std::string message,
             std::string hint) {
        auto& known = by_kind_[kind];
        if (known.domains == 0) {
            known = {place, std::move(message), std::move(hint), domain, 1};
        } else if (known.last != domain) {
            known.last = domain;
            ++known.domains;
        }
    }

    void report(Report& report) const {
        for (const auto& [kind, one] : by_kind_) {
            const auto others = one.domains - 1;
            report.warning(one.place,
                           others == 0 ? one.message
                                       : fmt::format("{}; the lists of {} more {} are like that", one.message,
                                                     others, others == 1 ? "domain" : "domains"),
                           one.hint);
        }
    }

  private:
    struct One {
        Place place = {};
        std::string message = {};
        std::string hint = {};
        std::string last = {}; // domain that it was said of
        std::size_t domains = 0;
    };
    std::map<FieldWarning, One> by_kind_;
};

class DomainsCheck {
  public:
    DomainsCheck(const Settings& settings, const std::unordered_map<std::string, Place>& places,
                 Report& report)
        : settings_(settings), places_(places), report_(report) {
        dkim::SignOptions general;
        dkim::choose_fields(field_lists(settings.signing), general);
        general_gaps_ = dkim::find_gaps(general);
    }

    void check(const std::string& name, const DomainEntry& entry) {
        const auto* own = entry.signing.get();
        const bool has_lists =
            own != nullptr && std::any_of(own->given.begin(), own->given.end(), is_field_list);
        if (has_lists) {
            check_lists(name, *own);
        }
    }

    void finish() { warnings_.report(report_); }

  private:
    void check_lists(const std::string& name, const DomainSigning& own) {
        const auto signing = signing_of(settings_.signing, own);
        const std::string prefix = name + ".";
        check_field_lists(
            settings_,
            {.signing = signing,
             .prefix = prefix,
             .known = general_gaps_,
             .is_given = [&](std::string_view list) { return is_given(own, list); },
             .place = [&](std::string_view list,
                          std::optional<std::size_t>) { return places_.at(prefix + std::string(list)); },
             .warn =
                 [&](FieldWarning kind, const Place& place, std::string message, std::string hint) {
                     warnings_.add(kind, name, place, std::move(message), std::move(hint));
                 }},
            report_);
    }

    const Settings& settings_;
    const std::unordered_map<std::string, Place>& places_;
    Report& report_;
    dkim::Gaps general_gaps_; // of which `signing` is told
    Warnings warnings_;
};

} // namespace

void check_domain_signing(const Settings& settings, const std::unordered_map<std::string, Place>& places,
                          Report& report) {
    DomainsCheck check(settings, places, report);
    for (const auto& [name, entry] : settings.domains) {
        check.check(fmt::format("{}.{}", domains_name, name), entry);
    }
    check.check(std::string(default_name), settings.default_keys.entry);
    check.finish();
}

} // namespace config
