#include "authenticate/policyd_reply.h"

#include "base/ascii.h"
#include "message/reverse_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace authenticate {

namespace {

constexpr std::size_t longest_text = 480; // RFC 5321 4.5.3.1.5: a reply line has 512 octets, code included
constexpr std::size_t longest_in_url = 254;

using Values = std::vector<std::pair<std::string_view, std::string>>;

std::string filled_in(std::string_view text, const Values& values) {
    std::string result;
    while (!text.empty()) {
        const auto match = std::find_if(values.begin(), values.end(), [&](const auto& value) {
            return text.starts_with(fmt::format("{{{}}}", value.first));
        });
        if (match == values.end()) {
            result += text.front();
            text.remove_prefix(1);
        } else {
            result += match->second;
            text.remove_prefix(match->first.size() + 2);
        }
    }
    return result;
}

// RFC 3986 2.1
std::string in_url(std::string_view text) {
    std::string result;
    for (const char c : text.substr(0, longest_in_url)) {
        const bool plain = base::is_alnum(c) || std::string_view("-._~@:").find(c) != std::string_view::npos;
        result += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return result;
}

std::string address(const message::ReversePath& path) {
    return path.domain.empty() ? path.local_part : path.local_part + "@" + path.domain;
}

// Of all recipients: that of the only one.
std::string recipient_domain(const Refusal& refusal, const PolicydRules& rules) {
    return rules.hide_receiver || refusal.recipients.size() != 1
               ? std::string()
               : message::read_reverse_path(refusal.recipients.front()).domain;
}

std::string url(const Refusal& refusal, const PolicydRules& rules) {
    const auto client = refusal.envelope.client;
    return filled_in(
        rules.reason_url,
        {{"0", refusal.helo ? "helo" : "mfrom"},
         {"1", in_url(refusal.helo ? refusal.envelope.helo
                                   : address(message::read_reverse_path(refusal.envelope.mail_from)))},
         {"2", client ? in_url(client->print()) : std::string()},
         {"3", in_url(recipient_domain(refusal, rules))}});
}

std::string reason(const Refusal& refusal) {
    if (!refusal.list_problem.empty()) {
        return "SPF Temporary Error: " + refusal.list_problem;
    }
    return refusal.by_list_of_domains ? "Receiver policy for SPF " + policyd_name(refusal.verdict.result)
                                      : policyd_words(refusal.verdict);
}

// RFC 7372 3.2; where that is not wanted RFC 7208 8.4, 8.6 and 8.7.
std::string_view enhanced_code(const Refusal& refusal, const PolicydRules& rules) {
    const bool new_codes = rules.enhanced_status_codes;
    if (refusal.action == Action::tempfail) {
        return new_codes ? "4.7.24" : "4.4.3";
    }
    if (refusal.verdict.result == spf::Result::permerror) {
        return new_codes ? "5.7.24" : "5.5.2";
    }
    return new_codes ? "5.7.23" : "5.7.1";
}

} // namespace

SmtpReply policyd_reply(const Refusal& refusal, const PolicydRules& rules) {
    const bool rejected = refusal.action == Action::reject;
    const auto text = filled_in(rules.reason_message, {{"rejectdefer", rejected ? "rejected" : "deferred"},
                                                       {"spf", reason(refusal)},
                                                       {"url", url(refusal, rules)}});
    return {rejected ? "550" : "451", std::string(enhanced_code(refusal, rules)),
            std::string(base::trim_wsp(base::one_line(text, longest_text)))};
}

std::string policyd_words(const spf::Verdict& verdict) {
    switch (verdict.result) {
    case spf::Result::none:
        return "no SPF record";
    case spf::Result::neutral:
        return "access neither permitted nor denied";
    case spf::Result::pass:
        return "sender SPF authorized";
    case spf::Result::fail: // RFC 7208 8.4: whose words these are must be plain
        return verdict.explanation.empty()
                   ? "SPF fail - not authorized"
                   : fmt::format("{} explains: {}", verdict.domain, verdict.explanation);
    case spf::Result::softfail:
        return "domain owner discourages use of this host";
    case spf::Result::temperror:
        return "SPF Temporary Error: " + verdict.problem;
    case spf::Result::permerror:
        return "SPF Permanent Error: " + verdict.problem;
    }
    return {};
}

std::string policyd_name(spf::Result result) {
    std::string name(spf::print(result));
    name.front() = static_cast<char>(name.front() - 'a' + 'A');
    return name;
}

bool has_only_placeholders(std::string_view text, const std::vector<std::string_view>& names) {
    Values nothing;
    for (const std::string_view name : names) {
        nothing.emplace_back(name, "");
    }
    return filled_in(text, nothing).find_first_of("{}") == std::string::npos;
}

} // namespace authenticate
