#include "authenticate/exceptions.h"

#include "authenticate/author_domain.h"
#include "authenticate/circumstances.h"
#include "authenticate/pattern.h"
#include "authenticate/verdict.h"
#include "message/mailbox.h"
#include "message/reverse_path.h"

#include <algorithm>

namespace authenticate {

namespace {

using Patterns = std::vector<std::string>;

Match to_match(bool holds) {
    return holds ? Match::yes : Match::no;
}

bool any_domain(const Patterns& patterns, std::string_view domain) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches_domain(pattern, domain); });
}

bool any_address(const Patterns& patterns, std::string_view local_part, std::string_view domain) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return matches_address(pattern, local_part, domain);
    });
}

Match match_client(const std::vector<base::IpNetwork>& networks, const Circumstances& circumstances) {
    return to_match(circumstances.client &&
                    std::any_of(networks.begin(), networks.end(), [&](const base::IpNetwork& network) {
                        return network.contains(*circumstances.client);
                    }));
}

Match match_iprev(const Verdict& verdict) {
    if (!verdict.sender.iprev) {
        return Match::no;
    }
    switch (verdict.sender.iprev->result) {
    case iprev::Result::pass:
        return Match::yes;
    case iprev::Result::temperror:
        return Match::open;
    case iprev::Result::fail:
    case iprev::Result::permerror:
        return Match::no;
    }
    return Match::no;
}

Match match_client_name(const Patterns& names, const Verdict& verdict) {
    const Match confirmed = match_iprev(verdict);
    return confirmed == Match::yes ? to_match(any_domain(names, verdict.sender.iprev->name)) : confirmed;
}

Match match_list_post(const Patterns& patterns, const Signs& signs) {
    const std::size_t at = signs.list_post.rfind('@');
    return to_match(at != std::string::npos &&
                    any_address(patterns, signs.list_post.substr(0, at), signs.list_post.substr(at + 1)));
}

// A path that programs read in different ways is nobody's whom we know.
Match match_mail_from(const Patterns& patterns, const Circumstances& circumstances) {
    const auto path = message::read_reverse_path(circumstances.mail_from);
    const bool nobody = path.domain.empty() && !path.null;
    return to_match(!path.disputed && !nobody && any_address(patterns, path.local_part, path.domain));
}

Match match_authors(const Patterns& patterns, const message::Author& author) {
    using State = message::Author::State;
    const bool known = author.state == State::one || author.state == State::several_domains;
    const auto& all = author.mailboxes;
    return to_match(known && !all.empty() &&
                    std::all_of(all.begin(), all.end(), [&](const message::Mailbox& mailbox) {
                        return any_address(patterns, mailbox.local_part, mailbox.domain);
                    }));
}

Match match_recipients(const Patterns& patterns, const std::vector<std::string>& recipients) {
    return to_match(!recipients.empty() &&
                    std::all_of(recipients.begin(), recipients.end(), [&](const std::string& path) {
                        const auto mailbox = message::parse_path(path);
                        return mailbox && *mailbox &&
                               any_address(patterns, (*mailbox)->local_part, (*mailbox)->domain);
                    }));
}

// The best that any signature says.
template <class Says>
Match best_signature(const Verdict& verdict, const Says& says) {
    Match best = Match::no;
    for (const auto& signature : verdict.dkim) {
        best = std::max(best, says(signature));
    }
    return best;
}

Match match_result(const dkim::Verdict& signature) {
    return signature.result == dkim::Result::pass        ? Match::yes
           : signature.result == dkim::Result::temperror ? Match::open
                                                         : Match::no;
}

Match match_dkim_domain(const Patterns& patterns, const Verdict& verdict) {
    return best_signature(verdict, [&](const dkim::Verdict& signature) {
        return any_domain(patterns, signature.domain) ? match_result(signature) : Match::no;
    });
}

// The hash of the body is looked at before the key is asked for, so that of the signatures whose key was
// found those with a wrong one have another cause.
Match match_body_hash(const dkim::Verdict& signature) {
    return signature.cause == dkim::Cause::signature_mismatch ? Match::yes : match_result(signature);
}

Match match_author_body_hash(const Verdict& verdict) {
    return best_signature(verdict, [&](const dkim::Verdict& signature) {
        Match best = Match::no;
        for (const auto& author : verdict.author.domains) {
            best = std::max(best,
                            std::min(is_of_author(signature, author, verdict), match_body_hash(signature)));
        }
        return best;
    });
}

Match match_spf(const Verdict& verdict) {
    if (!verdict.sender.mail_from) {
        return Match::no;
    }
    switch (verdict.sender.mail_from->result) {
    case spf::Result::pass:
        return Match::yes;
    case spf::Result::temperror:
        return Match::open;
    case spf::Result::none:
    case spf::Result::neutral:
    case spf::Result::fail:
    case spf::Result::softfail:
    case spf::Result::permerror:
        return Match::no;
    }
    return Match::no;
}

Match match_evidence(Evidence evidence, const Verdict& verdict) {
    switch (evidence) {
    case Evidence::spf_pass:
        return match_spf(verdict);
    case Evidence::dkim_pass:
        return best_signature(verdict, match_result);
    case Evidence::dkim_body_hash:
        return match_author_body_hash(verdict);
    case Evidence::iprev_pass:
        return match_iprev(verdict);
    }
    return Match::no;
}

Match match_all_evidence(const std::vector<Evidence>& wanted, const Verdict& verdict) {
    Match least = Match::yes;
    for (const Evidence evidence : wanted) {
        least = std::min(least, match_evidence(evidence, verdict));
    }
    return least;
}

bool all_name_a_domain(const Patterns& patterns) {
    return !patterns.empty() && std::all_of(patterns.begin(), patterns.end(), names_a_domain);
}

bool all_leave_out_some(const std::vector<base::IpNetwork>& networks) {
    return !networks.empty() &&
           std::none_of(networks.begin(), networks.end(),
                        [](const base::IpNetwork& network) { return network.print().ends_with("/0"); });
}

} // namespace

std::string_view print(OverrideType type) {
    switch (type) {
    case OverrideType::local_policy:
        return "local_policy";
    case OverrideType::mailing_list:
        return "mailing_list";
    case OverrideType::trusted_forwarder:
        return "trusted_forwarder";
    case OverrideType::policy_test_mode:
        return "policy_test_mode";
    case OverrideType::other:
        return "other";
    }
    return "other";
}

bool has_condition(const Exception& exception) {
    return !(exception.clients.empty() && exception.client_names.empty() && exception.list_ids.empty() &&
             exception.list_posts.empty() && exception.mail_from.empty() && exception.authors.empty() &&
             exception.recipients.empty() && exception.dkim_domains.empty() && exception.only_if.empty());
}

Match match(const Exception& exception, const Verdict& verdict, const Circumstances& circumstances) {
    if (!has_condition(exception) || (exception.until && circumstances.now >= *exception.until)) {
        return Match::no;
    }
    Match all = Match::yes;
    const auto demand = [&all](bool stated, const auto& condition) {
        all = stated && all != Match::no ? std::min(all, condition()) : all;
    };
    const auto& signs = circumstances.signs;
    demand(!exception.clients.empty(), [&] { return match_client(exception.clients, circumstances); });
    demand(!exception.client_names.empty(),
           [&] { return match_client_name(exception.client_names, verdict); });
    demand(!exception.list_ids.empty(),
           [&] { return to_match(any_domain(exception.list_ids, signs.list_id)); });
    demand(!exception.list_posts.empty(), [&] { return match_list_post(exception.list_posts, signs); });
    demand(!exception.mail_from.empty(), [&] { return match_mail_from(exception.mail_from, circumstances); });
    demand(!exception.authors.empty(), [&] { return match_authors(exception.authors, verdict.author); });
    demand(!exception.recipients.empty(),
           [&] { return match_recipients(exception.recipients, circumstances.recipients); });
    demand(!exception.dkim_domains.empty(),
           [&] { return match_dkim_domain(exception.dkim_domains, verdict); });
    demand(!exception.only_if.empty(), [&] { return match_all_evidence(exception.only_if, verdict); });
    return all;
}

bool is_known_at_rcpt(const Exception& exception) {
    const auto& only_if = exception.only_if;
    return exception.list_ids.empty() && exception.list_posts.empty() && exception.authors.empty() &&
           exception.dkim_domains.empty() &&
           std::all_of(only_if.begin(), only_if.end(), [](Evidence evidence) {
               return evidence == Evidence::spf_pass || evidence == Evidence::iprev_pass;
           });
}

// A right body hash beside a wrong signature is no evidence: whoever writes the body writes the hash.
bool is_forgeable(const Exception& exception) {
    const auto& only_if = exception.only_if;
    const bool spf = std::find(only_if.begin(), only_if.end(), Evidence::spf_pass) != only_if.end();
    const bool trusted = all_leave_out_some(exception.clients) || all_name_a_domain(exception.client_names) ||
                         all_name_a_domain(exception.dkim_domains) ||
                         (spf && all_name_a_domain(exception.mail_from));
    const bool typed =
        !(exception.authors.empty() && exception.mail_from.empty() && exception.list_ids.empty() &&
          exception.list_posts.empty() && only_if.empty() && exception.clients.empty() &&
          exception.client_names.empty() && exception.dkim_domains.empty());
    return !trusted && typed;
}

} // namespace authenticate
