#include "authenticate/results.h"

#include "base/ascii.h"
#include "base/domain_name.h"

#include <fmt/format.h>

#include <algorithm>

namespace authenticate {

namespace {

using authres::MethodResult;

constexpr std::size_t shown_signature = 8; // RFC 6008 4: at least the first eight characters of b=

// There are readers who search the whole field for "dmarc=pass". Words that repeat what the DNS or the sender
// said must not spell a result.
std::string without_results(std::string text) {
    std::replace(text.begin(), text.end(), '=', '?');
    return text;
}

MethodResult iprev_result(const iprev::Verdict& verdict) {
    MethodResult result{.method = "iprev",
                        .result = std::string(iprev::print(verdict.result)),
                        .reason = verdict.reason,
                        .comments = {},
                        .properties = {}};
    if (!verdict.name.empty()) {
        result.comments.push_back(verdict.name);
    }
    if (!verdict.address.empty()) { // RFC 8601 2.7.3
        result.properties.push_back({"policy", "iprev", verdict.address});
    }
    return result;
}

// RFC 8601 2.7.2: the identity that yielded the result; its domain only, the local-part was not
// authenticated.
MethodResult spf_result(const spf::Verdict& verdict, bool by_helo) {
    MethodResult result{.method = "spf",
                        .result = std::string(spf::print(verdict.result)),
                        .reason = without_results(verdict.problem),
                        .comments = {},
                        .properties = {}};
    if (!verdict.domain.empty()) {
        result.properties.push_back({"smtp", by_helo ? "helo" : "mailfrom", verdict.domain});
    }
    return result;
}

// Whose address was checked, where that is not the one of the connection.
void add_passage(const std::optional<Passage>& relay, MethodResult& result) {
    if (relay) {
        result.comments.push_back(fmt::format("through relay {}", relay->relay.print()));
        if (!relay->rewritten_sender.empty()) {
            result.comments.emplace_back("sender as it was before the relay rewrote it");
        }
        if (relay->client) {
            result.properties.push_back({"smtp", "remote-ip", relay->client->print()});
        }
    }
}

void add_sender_results(const Verdict& verdict, Shown shown, std::vector<MethodResult>& list) {
    const SenderVerdict& sender = verdict.sender;
    if (sender.iprev) {
        list.push_back(iprev_result(*sender.iprev));
    }
    if (sender.mail_from) {
        list.push_back(spf_result(*sender.mail_from, sender.null_sender));
        add_passage(verdict.relay, list.back());
    }
    // A HELO pass says nothing about the message and a hasty reader could take it for the sender's; only a
    // fail is news, unless somebody asks for more.
    if (sender.helo && (shown.every_helo || sender.helo->result == spf::Result::fail)) {
        list.push_back(spf_result(*sender.helo, true));
    }
}

// RFC 6008 4: enough of b= to tell this signature from the others.
std::string signature_prefix(const dkim::Verdict& verdict, const std::vector<dkim::Verdict>& all) {
    std::size_t length = shown_signature;
    for (const auto& other : all) {
        if (&other == &verdict) {
            continue;
        }
        const auto [mine, theirs] =
            std::mismatch(verdict.signature_text.begin(), verdict.signature_text.end(),
                          other.signature_text.begin(), other.signature_text.end());
        length = std::max(length, static_cast<std::size_t>(mine - verdict.signature_text.begin()) + 1);
    }
    constexpr std::size_t longest = 64; // two copies of one signature differ nowhere
    return verdict.signature_text.substr(0, std::min(length, longest));
}

bool is_plain(std::string_view local_part) {
    constexpr std::string_view others = ".-_+";
    return std::all_of(local_part.begin(), local_part.end(), [others](char c) {
        return base::is_alnum(c) || others.find(c) != std::string_view::npos;
    });
}

// The domain as A-labels, like that of d=. A local-part in which a reader could see something else than a
// local-part ("dmarc=pass") takes the identity with it; the domain is known from d=.
std::string shown_identity(std::string_view identity) {
    const auto at = identity.rfind('@');
    if (at == std::string_view::npos || !is_plain(identity.substr(0, at))) {
        return {};
    }
    const auto domain = base::DomainName::parse_international(identity.substr(at + 1));
    return domain ? std::string(identity.substr(0, at + 1)) + domain->text() : std::string();
}

MethodResult dkim_result(const dkim::Verdict& verdict, const std::vector<dkim::Verdict>& all) {
    MethodResult result{.method = "dkim",
                        .result = std::string(dkim::print(verdict.result)),
                        .reason = verdict.reason,
                        .comments = {},
                        .properties = {}};
    if (!verdict.comment.empty()) {
        result.comments.push_back(verdict.comment);
    }
    const auto add = [&result](std::string name, std::string value) {
        if (!value.empty()) {
            result.properties.push_back({"header", std::move(name), std::move(value)});
        }
    };
    add("d", verdict.domain);
    add("i", shown_identity(verdict.identity));
    add("s", verdict.selector);
    add("a", verdict.algorithm);
    add("b", signature_prefix(verdict, all));
    return result;
}

std::string policy_comment(const dmarc::Verdict& evaluation) {
    if (!evaluation.record || !evaluation.published_policy) {
        return {};
    }
    std::string comment =
        fmt::format("{}={}", evaluation.policy_tag == "forced" ? "p" : evaluation.policy_tag,
                    dmarc::print(*evaluation.published_policy));
    if (evaluation.record->test) {
        comment += " t=y";
    }
    if (evaluation.policy_domain) {
        comment += fmt::format(" policy-domain={}", evaluation.policy_domain->text());
    }
    return comment;
}

MethodResult dmarc_result(const DmarcVerdict& verdict) {
    MethodResult result{.method = "dmarc",
                        .result = std::string(dmarc::print(verdict.result)),
                        .reason = {},
                        .comments = {},
                        .properties = {}};
    if (verdict.result == dmarc::Result::permerror || verdict.result == dmarc::Result::temperror) {
        result.reason = verdict.problem;
    } else if (!verdict.problem.empty()) {
        result.comments.push_back(verdict.problem);
    }
    if (verdict.evaluation) {
        if (auto comment = policy_comment(*verdict.evaluation); !comment.empty()) {
            result.comments.insert(result.comments.begin(), std::move(comment));
        }
    }
    if (verdict.author_domain) {
        result.properties.push_back({"header", "from", verdict.author_domain->text()});
    }
    // RFC 9989 9.2: the policy after all policy options, also on a pass.
    if (verdict.evaluation && verdict.evaluation->policy) {
        result.properties.push_back(
            {"policy", "dmarc", std::string(dmarc::print(*verdict.evaluation->policy))});
    }
    return result;
}

} // namespace

std::vector<MethodResult> results(const Verdict& verdict, Shown shown) {
    std::vector<MethodResult> list;
    add_sender_results(verdict, shown, list);
    for (const auto& signature : verdict.dkim) {
        list.push_back(dkim_result(signature, verdict.dkim));
    }
    if (verdict.dkim.empty() && verdict.dkim_checked) {
        list.push_back({.method = "dkim", .result = "none", .reason = {}, .comments = {}, .properties = {}});
    }
    if (verdict.dmarc) {
        list.push_back(dmarc_result(*verdict.dmarc));
    }
    return list;
}

} // namespace authenticate
