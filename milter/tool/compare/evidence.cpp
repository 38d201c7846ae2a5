#include "milter/tool/compare/evidence.h"

#include "base/ascii.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace milter::tool::compare {

namespace {

bool is_lowered(std::string_view word) {
    return word == print(Fate::reject) || word == print(Fate::quarantine);
}

// The text that an operator has for it (policy.replies.dmarc), as far as it is the same for all.
std::string_view own_words(const config::Settings& settings) {
    constexpr auto place = static_cast<std::size_t>(authenticate::Ground::dmarc);
    const std::string_view text = settings.policy.rules.policy.replies.texts.at(place);
    return base::trim_fws(text.substr(0, text.find('{')));
}

bool is_below(std::string_view name, std::string_view other) {
    return name.size() > other.size() && name.ends_with(other) && name[name.size() - other.size() - 1] == '.';
}

// Of one organization, and not the same.
bool is_related(const std::string& name, const Case& one) {
    const std::string author =
        one.author.domains.empty() ? std::string() : base::to_lower(one.author.domains.front().text());
    const std::string& organization = one.dmarc.organization;
    return !name.empty() && !organization.empty() && name != author &&
           (name == organization || is_below(name, organization));
}

bool has_related_pass(const Case& one, std::string_view method) {
    const auto& results = one.is.results.empty() ? one.was.results : one.is.results;
    return std::ranges::any_of(results, [&](const Written& result) {
        const auto name = method == "dkim" ? result.about.substr(0, result.about.find('/'))
                                           : base::to_lower(one.sender_domain);
        return result.method == method && result.result == "pass" && is_related(name, one);
    });
}

// An answer of the DNS is behind it.
bool is_certain(const Written& result, const Configured& configured) {
    if (result.result.empty() || result.result.starts_with("temp")) {
        return false;
    }
    if (result.method == "dkim") {
        const bool no_answer = result.why.find("key not found") != std::string::npos || // also of SERVFAIL
                               result.why.find("query failed") != std::string::npos ||
                               result.why.find("query timed out") != std::string::npos;
        return result.result == "pass" || !no_answer;
    }
    // opendmarc's own check says fail for a failed lookup as well.
    return result.method != "spf" || configured.has_policyd || result.result != "fail";
}

} // namespace

bool is_refused_for_dmarc(const Case& one) {
    const auto words = own_words(one.configured.settings);
    const std::string& text = one.is.text;
    return one.difference.was == print(Fate::accept) && is_lowered(one.difference.is) &&
           (base::to_lower(text).find("dmarc") != std::string::npos ||
            (!words.empty() && text.find(words) != std::string::npos));
}

bool was_refused_by_opendmarc(const Case& one) {
    const bool is_taken = one.difference.is == print(Fate::accept);
    return is_lowered(one.difference.was) && one.was.refused_by == "opendmarc" &&
           (is_taken || (one.difference.is == print(Fate::quarantine)));
}

bool aligns_unless_strict(const Case& one) {
    const auto says = [&](std::string_view words) {
        return one.dmarc.applied.find(words) != std::string::npos;
    };
    return (says("adkim=s") && has_related_pass(one, "dkim")) ||
           (says("aspf=s") && has_related_pass(one, "spf"));
}

bool was_lookup_failed(const Case& one) {
    const auto had_none = [&](const Written& result) {
        return (result.method == "dkim" || result.method == "spf") && result.result == "temperror" &&
               std::ranges::none_of(one.was.results, [&](const Written& old) {
                   return old.method == result.method && old.about == result.about &&
                          is_certain(old, one.configured);
               });
    };
    return std::ranges::any_of(one.is.results, had_none) || !one.dmarc.trouble.empty();
}

bool has_sampling(std::string_view record) {
    constexpr std::string_view tag = "pct=";
    const auto at = record.find(tag);
    int percent = 100;
    if (at != std::string_view::npos) {
        const auto digits = base::trim_fws(record.substr(at + tag.size()));
        (void)std::from_chars(digits.data(), digits.data() + digits.size(), percent);
    }
    return percent >= 0 && percent < 100;
}

} // namespace milter::tool::compare
