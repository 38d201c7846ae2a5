#include "config/check_policy.h"

#include "config/check_exceptions.h"
#include "config/policy_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>

namespace config {

namespace {

using authenticate::Action;
using authenticate::Exception;
using authenticate::Ground;

constexpr std::chrono::days queue_lifetime{4}; // of the less patient senders

constexpr std::string_view of_softfail = "RFC 7208 8.5: no message is to be refused for it alone";
constexpr std::string_view of_signatures =
    "RFC 6376 6.3: no message is to be refused for want of a signature";

// Results that mail in order has every day.
struct Everyday {
    std::string_view setting;
    std::string_view why;
    std::string_view hint;
};

constexpr std::array<Everyday, 14> everyday{
    {{"spf_none", "many domains have no SPF record", "RFC 7208 8.1: such a result says nothing"},
     {"spf_neutral", "domains say so that do not know all their servers", "RFC 7208 8.2: it counts as none"},
     {"spf_softfail", "domains say so of mail that may well be theirs", of_softfail},
     {"helo_none", "few names of hosts have an SPF record", "RFC 7208 8.1: such a result says nothing"},
     {"helo_neutral", "domains say so that do not know all their servers", "RFC 7208 8.2: it counts as none"},
     {"helo_softfail", "domains say so of hosts that may well be theirs", of_softfail},
     {"dkim_none", "much mail is not signed", of_signatures},
     {"dkim_fail", "lists and gateways break good signatures", of_signatures},
     {"dkim_no_key", "keys are withdrawn while mail is under way", of_signatures},
     {"dkim_policy", "such a signature counts as none", of_signatures},
     {"dkim_permerror", "such a signature counts as none", of_signatures},
     {"iprev_fail", "many hosts have a name that does not point back", "mark it, and see how much there is"},
     {"iprev_permerror", "many hosts have no name", "mark it, and see how much there is"},
     {"author_several_domains", "such mail is rare but in order",
      "RFC 5322 3.6.2: From may have several addresses"}}};

// One of the policies, as far as the file gives it.
class RulesCheck {
  public:
    RulesCheck(const Settings& settings, std::string prefix, const PolicyPlaces& places, Report& report)
        : settings_(settings), prefix_(std::move(prefix)), places_(places), report_(report) {}

    template <class Target>
    void check(const std::vector<SettingOf<Target>>& schema, const Target& target) const {
        for (const auto& setting : schema) {
            const Value value = setting.read(target);
            const auto* word = std::get_if<Word>(&value);
            const Place* place = given(setting.name());
            if (word != nullptr && place != nullptr) {
                check_word(std::string(setting.name()), setting.type.words.at(word->index), *place);
            }
        }
    }

    // What makes mail in order fail DMARC.
    void check_grounds() const {
        const Place* place = given("dmarc");
        const bool neither = !settings_.spf.enabled && !settings_.dkim.enabled; // an error by itself
        if (place == nullptr || !settings_.dmarc.enabled || !settings_.roles.verify || neither) {
            return;
        }
        const auto warn = [&](bool holds, std::string_view why) {
            if (holds) {
                report_.warning(*place, fmt::format("'{}dmarc' takes mail that is in order for forged: {}",
                                                    prefix_, why));
            }
        };
        const Settings::Dkim usual;
        warn(!settings_.spf.enabled, "'spf.enabled' is false, and some has nothing but SPF");
        warn(!settings_.dkim.enabled, "'dkim.enabled' is false, and what was forwarded has nothing but DKIM");
        warn(settings_.dkim.enabled && settings_.dkim.minimum_key_bits > usual.minimum_key_bits,
             fmt::format("'dkim.minimum_key_bits' is {}, and many domains sign with keys of {}",
                         settings_.dkim.minimum_key_bits, usual.minimum_key_bits));
        warn(settings_.dkim.enabled && settings_.dkim.uncovered_fields == dkim::UncoveredFields::policy &&
                 !settings_.dkim.required_fields.empty(),
             "'dkim.uncovered_fields' is policy, and few cover all of 'dkim.required_fields'");
    }

    // Signs of a list make a refusal what p=quarantine leads to, and anybody can write them.
    void check_signs(const authenticate::DmarcActions& actions) const {
        const Place* place = given("dmarc_quarantine");
        if (place != nullptr && actions.enforcement == authenticate::Enforcement::enforce &&
            actions.quarantine == Action::accept && actions.reject > Action::accept) {
            report_.warning(*place,
                            fmt::format("'{}dmarc_quarantine: accept' lets forged mail of domains with "
                                        "p=reject in, if it looks like that of a list",
                                        prefix_),
                            "take mark, or 'dmarc: strict' beside it");
        }
    }

    // Which signatures count, while nothing is done whatever they are.
    void check_author_domain() const {
        const Place* place = given("dkim_require_author_domain");
        if (place != nullptr) {
            report_.warning(*place,
                            fmt::format("'{}dkim_require_author_domain' has no effect: nothing is done for "
                                        "any result of DKIM",
                                        prefix_),
                            "set 'dkim_none' beside it");
        }
    }

    // Of what domains publish, while it is not followed: who sets what follows from it probably means it to
    // be. All defaults written out, with dmarc among them, are no such case.
    void check_unused(const authenticate::DmarcActions& actions) const {
        const authenticate::DmarcActions defaults;
        check_unused("dmarc_reject", actions.reject == defaults.reject);
        check_unused("dmarc_quarantine", actions.quarantine == defaults.quarantine);
    }

    // A signature that passes for nothing is no better than none, and anybody can write one.
    void check_junk_signatures(const authenticate::DkimActions& actions) const {
        const Place* place = given("dkim_none");
        const bool junk_fares_better =
            std::min({actions.fail, actions.no_key, actions.policy, actions.permerror}) < actions.none;
        if (place != nullptr && junk_fares_better && actions.none > Action::mark &&
            never_found("dkim_none").empty()) {
            report_.warning(
                *place, fmt::format("'{}dkim_none' is escaped by a signature that does not verify", prefix_),
                "set dkim_fail, dkim_no_key, dkim_policy and dkim_permerror alike");
        }
    }

    // RFC 5321 4.5.4.1: a sender gives up after four to five days.
    void check_patience(std::chrono::seconds tempfail_for) const {
        const Place* place = given("tempfail_for");
        const bool for_ever = tempfail_for.count() == 0;
        if (place != nullptr && (for_ever || tempfail_for > queue_lifetime)) {
            report_.warning(*place,
                            fmt::format("'{}tempfail_for' is {}: senders give up after 4 to 5 days, and mail "
                                        "that was only put off bounces",
                                        prefix_, for_ever ? "without end" : "longer than 4 days"),
                            "a few hours outlast most faults of the DNS");
        }
    }

  private:
    void check_unused(std::string_view name, bool is_default) const {
        const Place* place = given(name);
        if (place != nullptr && !(is_default && given("dmarc") != nullptr)) {
            report_.warning(
                *place,
                fmt::format("'{}{}' has no effect while '{}dmarc' is annotate", prefix_, name, prefix_),
                "set 'dmarc: enforce' beside it");
        }
    }

    [[nodiscard]] const Place* given(std::string_view name) const {
        const auto found = places_.settings.find(fmt::format("{}{}", prefix_, name));
        return found == places_.settings.end() ? nullptr : &found->second;
    }

    void check_word(const std::string& name, std::string_view word, const Place& place) const {
        const bool is_default = word == "accept" || word == "annotate";
        if (const auto why = never_found(name); !is_default && !why.empty()) {
            report_.warning(place, fmt::format("'{}{}' has no effect: {}", prefix_, name, why));
            return;
        }
        const bool refuses = word == "tempfail" || word == "reject" || word == "discard";
        const auto found = std::find_if(everyday.begin(), everyday.end(),
                                        [&](const Everyday& one) { return one.setting == name; });
        if ((refuses || word == "quarantine") && found != everyday.end()) {
            report_.warning(place,
                            fmt::format("'{}{}: {}' {} much mail that is in order: {}", prefix_, name, word,
                                        refuses ? "refuses" : "holds", found->why),
                            std::string(found->hint));
        }
        if (refuses && name.ends_with("_permerror") &&
            (name.starts_with("spf") || name.starts_with("helo")) &&
            settings_.spf.void_lookups < Settings::Spf().void_lookups) {
            report_.warning(
                place,
                fmt::format("'{}{}: {}' refuses mail that is in order: with 'spf.void_lookups' at "
                            "{}, records with names that do not exist are in error",
                            prefix_, name, word, settings_.spf.void_lookups),
                "RFC 7208 4.6.4: two of them are allowed");
        }
        if (word == "discard") {
            report_.warning(place, loses_mail(prefix_ + name), std::string(instead_of_discard));
        }
    }

    // Why what the setting is for does not happen; empty: it does.
    [[nodiscard]] std::string_view never_found(std::string_view name) const {
        if (!settings_.roles.verify) {
            return settings_.mode == Mode::sign ? "'mode' is sign, and no mail is checked"
                                                : "'roles.verify' is false, and no mail is checked";
        }
        if (name.starts_with("spf_") && !settings_.spf.enabled) {
            return "'spf.enabled' is false";
        }
        if (name.starts_with("helo_") && !(settings_.spf.enabled && settings_.spf.check_helo)) {
            return settings_.spf.enabled
                       ? "'spf.check_helo' is false, so that HELO counts only where MAIL FROM "
                         "is empty"
                       : "'spf.enabled' is false";
        }
        if (name.starts_with("dkim_") && !settings_.dkim.enabled) {
            return "'dkim.enabled' is false";
        }
        if (name.starts_with("iprev_") && !settings_.iprev.enabled) {
            return "'iprev.enabled' is false";
        }
        return name.starts_with("dmarc") && !settings_.dmarc.enabled ? "'dmarc.enabled' is false" : "";
    }

    const Settings& settings_;
    std::string prefix_;
    const PolicyPlaces& places_;
    Report& report_;
};

bool follows_dmarc(const PolicyRules& rules) {
    return rules.policy.dmarc.enforcement != authenticate::Enforcement::annotate;
}

bool acts_on_dkim(const PolicyRules& rules) {
    const authenticate::DkimActions& dkim = rules.policy.dkim;
    const std::array<Action, 6> actions{dkim.none,   dkim.fail,      dkim.no_key,
                                        dkim.policy, dkim.permerror, dkim.temperror};
    return std::any_of(actions.begin(), actions.end(),
                       [](Action action) { return action != Action::accept; });
}

// What depends on more than one of the rules.
void check_sense(const RulesCheck& check, const PolicyRules& rules, bool followed, bool acting) {
    if (followed) {
        if (follows_dmarc(rules)) {
            check.check_grounds();
            check.check_signs(rules.policy.dmarc);
        }
    } else {
        check.check_unused(rules.policy.dmarc);
    }
    if (rules.policy.dkim.require_author_domain && !acting) {
        check.check_author_domain();
    }
}

// The default is what the profiles begin with, so that what it says may be meant for one of them.
void check_rules(const Settings& settings, const PolicyPlaces& places, Report& report) {
    const auto& profiles = settings.policy.profiles;
    const PolicyRules& rules = settings.policy.rules;
    const auto one_of_all = [&](bool (*holds)(const PolicyRules&)) {
        return holds(rules) || std::any_of(profiles.begin(), profiles.end(),
                                           [&](const auto& profile) { return holds(profile.rules); });
    };
    const RulesCheck of_default(settings, "policy.", places, report);
    of_default.check(policy_sections().front().settings, settings);
    of_default.check_junk_signatures(rules.policy.dkim);
    of_default.check_patience(rules.tempfail_for);
    check_sense(of_default, rules, one_of_all(follows_dmarc), one_of_all(acts_on_dkim));
    for (const ProfileEntry& profile : profiles) {
        const RulesCheck of_profile(
            settings, fmt::format("policy.profiles.{}.", profile.rules.policy.profile), places, report);
        of_profile.check(profile_schema(), profile);
        of_profile.check_junk_signatures(profile.rules.policy.dkim);
        of_profile.check_patience(profile.rules.tempfail_for);
        check_sense(of_profile, profile.rules, follows_dmarc(profile.rules), acts_on_dkim(profile.rules));
    }
}

void check_conditions(const std::vector<ProfileEntry>& profiles, const PolicyPlaces& places, Report& report) {
    for (auto profile = profiles.begin(); profile != profiles.end(); ++profile) {
        const std::string& name = profile->rules.policy.profile;
        const Place& place = places.settings.at(fmt::format("policy.profiles.{}", name));
        if (places.refused_profiles.contains(name)) {
            continue; // which mail it is for is not known
        }
        const auto earlier = std::find_if(profiles.begin(), profile, [&](const ProfileEntry& before) {
            return !places.refused_profiles.contains(before.rules.policy.profile) &&
                   covers(before.conditions, profile->conditions);
        });
        if (earlier != profile) {
            report.warning(place,
                           fmt::format("profile '{}' holds for no mail: '{}' above it comes first", name,
                                       earlier->rules.policy.profile),
                           "put the narrower one first");
        } else if (profile->conditions.is_empty()) {
            report.warning(place, fmt::format("profile '{}' has no condition and holds for all mail", name),
                           "write its settings below 'policy', or say which mail it is for");
        }
    }
}

// ---- exceptions

bool asks_for(const Exception& exception, authenticate::Evidence evidence) {
    return std::find(exception.only_if.begin(), exception.only_if.end(), evidence) != exception.only_if.end();
}

// The setting that has to be on, and what asks for it.
struct Need {
    std::string_view setting;
    std::string_view by;
};

std::optional<Need> unmet_need(const Exception& exception, const Settings& settings) {
    using authenticate::Evidence;
    if (!settings.iprev.enabled && !exception.client_names.empty()) {
        return Need{"iprev.enabled", "client_names"};
    }
    if (!settings.iprev.enabled && asks_for(exception, Evidence::iprev_pass)) {
        return Need{"iprev.enabled", "iprev_pass"};
    }
    if (!settings.spf.enabled && asks_for(exception, Evidence::spf_pass)) {
        return Need{"spf.enabled", "spf_pass"};
    }
    if (!settings.dkim.enabled && !exception.dkim_domains.empty()) {
        return Need{"dkim.enabled", "dkim_domains"};
    }
    if (!settings.dkim.enabled && asks_for(exception, Evidence::dkim_pass)) {
        return Need{"dkim.enabled", "dkim_pass"};
    }
    if (!settings.dkim.enabled && asks_for(exception, Evidence::dkim_body_hash)) {
        return Need{"dkim.enabled", "dkim_body_hash"};
    }
    return std::nullopt;
}

// Whether the rules hold or refuse some mail for what the exception is for.
bool lifts(const Exception& exception, const PolicyRules& rules) {
    authenticate::Policy policy = rules.policy;
    policy.dry_run.fill(!exception.grounds.empty());
    for (const std::size_t ground : exception.grounds) {
        policy.dry_run.at(ground) = false;
    }
    constexpr std::array<Action, 4> hard{Action::quarantine, Action::tempfail, Action::reject,
                                         Action::discard};
    return std::any_of(hard.begin(), hard.end(),
                       [&](Action action) { return authenticate::may_ask_for(action, policy); });
}

bool lifts_anything(const Exception& exception, const PolicySettings& policy) {
    return lifts(exception, policy.rules) ||
           std::any_of(policy.profiles.begin(), policy.profiles.end(),
                       [&](const auto& profile) { return lifts(exception, profile.rules); });
}

void check_exception(const Exception& exception, const Place& place, const Settings& settings,
                     base::UnixTime now, Report& report) {
    if (const auto need = unmet_need(exception, settings)) {
        report.error(
            place, fmt::format("exception '{}' needs '{}' for {}", exception.name, need->setting, need->by));
    }
    if (exception.until && *exception.until <= now) {
        report.warning(place, fmt::format("exception '{}' has ended", exception.name),
                       "remove it, or give it another date");
    }
    if (authenticate::is_forgeable(exception) && lifts_anything(exception, settings.policy)) {
        report.warning(
            place,
            fmt::format("exception '{}' is open to anybody: all that it asks for can be typed by the "
                        "sender",
                        exception.name),
            "add clients, client_names, dkim_domains, or mail_from with only_if: [spf_pass]");
    }
    check_reach(exception, place, settings, report);
}

} // namespace

std::string loses_mail(std::string_view path) {
    return fmt::format("'{}: discard' loses mail: neither its sender nor its recipient learns of it", path);
}

void check_policy(const Settings& settings, const PolicyPlaces& places, base::UnixTime now, Report& report) {
    check_rules(settings, places, report);
    check_conditions(settings.policy.profiles, places, report);
    for (std::size_t i = 0; i < settings.policy.exceptions.size(); ++i) {
        check_exception(settings.policy.exceptions[i], places.exceptions.at(i), settings, now, report);
    }
}

} // namespace config
