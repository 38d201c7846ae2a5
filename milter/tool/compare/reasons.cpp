#include "milter/tool/compare/reasons.h"

#include "authenticate/findings.h"
#include "base/ascii.h"
#include "config/import/assignment_file.h"
#include "config/import/daemon_options.h"
#include "config/import/keyword_file.h"
#include "config/import/postfix_file.h"
#include "milter/tool/compare/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace milter::tool::compare {

namespace {

namespace foreign = config::import;

struct Known {
    Subject subject;
    bool (*applies)(const Case& one);
    Reason reason;
};

using Author = message::Author::State;

bool becomes(const Case& one, std::string_view was, std::string_view is) {
    return one.difference.was == was && one.difference.is == is;
}

bool was(const Case& one, std::string_view word) {
    return one.difference.was == word;
}

bool is(const Case& one, std::string_view word) {
    return one.difference.is == word;
}

bool has_one_author(const Case& one) {
    return one.author.state == Author::one;
}

bool gives(const Case& one, std::string_view option) {
    return one.configured.gives(option);
}

bool says(std::string_view text, std::string_view words) {
    return text.find(words) != std::string_view::npos;
}

// "ann@example.org>"
bool has_stray_bracket(const Case& one) {
    return std::ranges::count(one.from, '<') != std::ranges::count(one.from, '>');
}

bool has_capitals(const Case& one) {
    return std::ranges::any_of(one.author.mailboxes, [](const message::Mailbox& mailbox) {
        return std::ranges::any_of(mailbox.domain, base::is_upper);
    });
}

bool is_below_organization(const Case& one) {
    return has_one_author(one) && !one.dmarc.organization.empty() &&
           std::ranges::none_of(one.author.mailboxes, [&](const message::Mailbox& mailbox) {
               return base::to_lower(mailbox.domain) == one.dmarc.organization;
           });
}

bool has_method(const Answer& answer, std::string_view method) {
    return std::ranges::any_of(answer.results, [&](const Written& one) { return one.method == method; });
}

// opendkim then looks at no signature.
bool was_malformed(const Case& one) {
    return std::ranges::any_of(one.was.results, [](const Written& result) {
        return result.method == "dkim" && result.result == "permerror" && says(result.why, "bad message");
    });
}

// By the owner of a name above the organizational domain.
bool is_signed_by_suffix(const Case& one) {
    const auto& results = one.is.results.empty() ? one.was.results : one.is.results;
    return std::ranges::any_of(results, [&](const Written& result) {
        const auto domain = result.about.substr(0, result.about.find('/'));
        return result.method == "dkim" && result.result == "pass" && !domain.empty() &&
               one.dmarc.organization.ends_with("." + domain);
    });
}

// Of a signature opendkim says nothing, or that it was not answered.
bool lacks_key(const Case& one) {
    return was(one, "") || (was(one, "fail") && (says(one.difference.why_was, "key not found") ||
                                                 says(one.difference.why_was, "query failed") ||
                                                 says(one.difference.why_was, "query timed out")));
}

bool has_pass(const Answer& answer, std::string_view method) {
    return std::ranges::any_of(
        answer.results, [&](const Written& one) { return one.method == method && one.result == "pass"; });
}

// Each field more than once, as fields are that nobody may add.
bool are_oversigned(const Case& one) {
    return std::ranges::all_of(one.difference.about, [&](const std::string& field) {
        return std::ranges::any_of(one.is.signatures, [&](const Signed& made) {
            return std::ranges::count(made.fields, field) > 1;
        });
    });
}

bool spf_is_new(const Case& one) {
    return !one.configured.has_policyd && !one.configured.opendmarc_checks_spf;
}

// The first row that applies counts.
const std::vector<Known>& rows_of_signing() {
    static const std::vector<Known> rows{
        {Subject::signature,
         [](const Case& one) { return becomes(one, "signed", "not signed") && !has_one_author(one); },
         {"From does not name one author whom every reader finds, and no key speaks for such mail; opendkim "
          "signs for "
          "whom it finds",
          "troubleshooting.md"}},
        {Subject::signature,
         [](const Case& one) { return becomes(one, "not signed", "signed") && has_stray_bracket(one); },
         {"a stray bracket in From: every reader finds the same domain; opendkim takes the bracket into it",
          "migration.md"}},
        {Subject::canonicalization,
         [](const Case& one) { return !gives(one, "opendkim.canonicalization"); },
         {"Canonicalization is not given: relaxed/relaxed now, which survives more on its way",
          "migration.md"}},
        {Subject::field_signed,
         [](const Case& one) { return is(one, "signed") && !gives(one, "opendkim.signheaders"); },
         {"SignHeaders is not given: the built-in list has more fields than opendkim's", "signed-fields.md"}},
        {Subject::field_signed,
         [](const Case& one) {
             return is(one, "signed") && !gives(one, "opendkim.oversignheaders") && are_oversigned(one);
         },
         {"OversignHeaders is not given: the fields of its built-in list are signed as well",
          "signed-fields.md"}},
        {Subject::field_oversigned,
         [](const Case& one) { return is(one, "oversigned") && !gives(one, "opendkim.oversignheaders"); },
         {"OversignHeaders is not given: nobody can add a second field of these now", "signed-fields.md"}},
        {Subject::field_order,
         [](const Case&) { return true; },
         {"the order in h= means nothing to who verifies", "signed-fields.md"}},
        {Subject::algorithm,
         [](const Case& one) { return was(one, "rsa-sha1"); },
         {"rsa-sha1 passes nowhere any more (RFC 8301)", "migration.md"}},
    };
    return rows;
}

const std::vector<Known>& rows_of_dkim() {
    static const std::vector<Known> rows{
        {Subject::dkim,
         [](const Case& one) { return becomes(one, "", "none"); },
         {"mail without a signature has a result now; opendkim writes none", "migration.md"}},
        {Subject::dkim,
         [](const Case& one) { return was_malformed(one) && has_method(one.is, "dkim"); },
         {"opendkim looks at no signature where From is missing, doubled or cannot be read; each has its "
          "result now",
          "migration.md"}},
        {Subject::dkim,
         [](const Case& one) { return was_malformed(one) && gives(one, "opendkim.mode=s"); },
         {"where signatures are not checked, none has a result; opendkim writes one all the same where it "
          "cannot read From",
          "migration.md"}},
        {Subject::dkim,
         [](const Case& one) {
             return becomes(one, "fail", "permerror") && (says(one.difference.why_was, "key not found") ||
                                                          says(one.difference.why_was, "key revoked"));
         },
         {"a signature whose key is not there, or was withdrawn, is permerror (RFC 8601 2.7.1); opendkim "
          "says fail",
          "migration.md"}},
        {Subject::dkim,
         [](const Case& one) { return is(one, "temperror") && !was(one, "none") && lacks_key(one); },
         {"the key could not be looked up now: temperror; opendkim writes nothing, or fail", "migration.md"}},
        {Subject::dkim,
         [](const Case& one) {
             return was(one, "") && !gives(one, "opendkim.nameservers") && !has_method(one.was, "dkim");
         },
         {"opendkim did not get the key: without Nameservers, Debian's asks the servers of the root and not "
          "those of "
          "/etc/resolv.conf",
          "migration-options.md"}},
        {Subject::dkim,
         [](const Case& one) { return one.way == Way::outbound && is(one, ""); },
         {"mail of your own is signed and not checked; opendkim checks what it does not sign", "roles.md"}},
    };
    return rows;
}

bool is_skipped(const Case& one) {
    return one.client != nullptr &&
           std::ranges::any_of(one.configured.skipped,
                               [&](const base::IpNetwork& block) { return block.contains(*one.client); });
}

bool has_list(const Case& one) {
    return gives(one, "policyd-spf.whitelist") || gives(one, "policyd-spf.domain_whitelist") ||
           gives(one, "policyd-spf.domain_whitelist_ptr") || gives(one, "policyd-spf.helo_whitelist") ||
           is_skipped(one);
}

const std::vector<Known>& rows_of_spf() {
    static const std::vector<Known> rows{
        {Subject::spf,
         [](const Case& one) {
             return gives(one, "policyd-spf.helo_reject=no_check") &&
                    (was(one, "") || becomes(one, "none", ""));
         },
         {"with No_Check the result of HELO is still written where MAIL FROM has none", "spf-policy.md"}},
        {Subject::spf,
         [](const Case& one) {
             return gives(one, "policyd-spf.helo_reject=null") && was(one, "") &&
                    (one.from_nobody || one.difference.about.contains("helo"));
         },
         {"with Null nobody is refused for HELO, and its result is written", "spf-policy.md"}},
        {Subject::spf,
         [](const Case& one) { return one.configured.has_policyd && was(one, "") && has_list(one); },
         {"policyd-spf evaluates nothing for clients on its lists; the result is written all the same, DMARC "
          "needs it",
          "spf-policy.md"}},
        {Subject::spf,
         [](const Case& one) {
             return !one.configured.has_policyd && was(one, "") && !has_method(one.was, "dmarc");
         },
         {"opendmarc judges nothing of this message: it ignores it, or cannot read From", "dmarc.md"}},
        {Subject::spf,
         [](const Case& one) { return !one.configured.has_policyd && was(one, "fail") && !is(one, "pass"); },
         {"opendmarc's own check says fail where SPF has other words: softfail, neutral, permerror, "
          "temperror",
          "migration.md"}},
        {Subject::spf,
         [](const Case& one) { return !one.configured.has_policyd && becomes(one, "tempfail", "temperror"); },
         {"opendmarc says tempfail for temperror", "migration.md"}},
        {Subject::spf,
         [](const Case& one) {
             return !one.configured.has_policyd &&
                    (one.from_nobody || one.difference.about.contains("helo")) &&
                    (was(one, "") || is(one, ""));
         },
         {"HELO has a result of its own; opendmarc writes one result in all", "dmarc.md"}},
    };
    return rows;
}

const std::vector<Known>& rows_of_dmarc() {
    static const std::vector<Known> rows{
        {Subject::dmarc,
         [](const Case& one) { return !has_one_author(one); },
         {"From is missing, doubled, names several domains or can be read in several ways (RFC 9989 11.5); "
          "opendmarc "
          "judges one of them, or nothing",
          "dmarc.md"}},
        {Subject::dmarc,
         [](const Case& one) {
             return was(one, "") &&
                    (gives(one, "opendmarc.ignorehosts") || gives(one, "opendmarc.ignoremailfrom"));
         },
         {"opendmarc judges nothing of hosts and authors that it ignores; a result is written now, and "
          "nothing is "
          "refused for it",
          "migration-options.md"}},
        {Subject::dmarc,
         [](const Case& one) { return was(one, "") && has_stray_bracket(one); },
         {"opendmarc cannot read From and says nothing", "dmarc.md"}},
        {Subject::dmarc,
         [](const Case& one) { return was(one, "") && one.from.size() > 2048; },
         {"opendmarc cannot read a From of more than 2 KB and says nothing", "dmarc.md"}},
        {Subject::dmarc,
         [](const Case& one) { return is(one, "temperror") && !was(one, "pass") && was_lookup_failed(one); },
         {"a lookup failed for what might have aligned, or for the policy: neither pass nor fail (RFC 9989 "
          "5.3.6)",
          "dmarc.md"}},
        {Subject::dmarc,
         [](const Case& one) { return is(one, "none") && says(one.dmarc.records, "dmarc records, so none"); },
         {"two DMARC records at one name are none; opendmarc takes one of them", "dmarc.md"}},
        {Subject::dmarc,
         [](const Case& one) { return is(one, "none") && says(one.dmarc.records, "but no dmarc record"); },
         {"a record that does not begin with v=DMARC1 is none (RFC 9989 4.7)", "dmarc.md"}},
        {Subject::dmarc,
         [](const Case& one) { return was(one, "permerror") && says(one.dmarc.records, "is not a value"); },
         {"a tag that cannot be read means its default (RFC 9989 4.8), and a policy p=none if reports are "
          "wanted; "
          "opendmarc gives the record up",
          "dmarc.md"}},
        {Subject::dmarc,
         [](const Case& one) {
             return was(one, "permerror") && says(one.dmarc.records, "missing or unreadable");
         },
         {"a record without a policy acts as p=none if reports are wanted (RFC 9989 4.10.1); opendmarc gives "
          "it up",
          "dmarc.md"}},
        {Subject::dmarc,
         [](const Case& one) {
             return (becomes(one, "pass", "fail") || becomes(one, "pass", "temperror")) &&
                    is_signed_by_suffix(one);
         },
         {"a public suffix that signs has no owner in common with the domains below it (RFC 9989 4.10.2)",
          "dmarc.md"}},
        {Subject::dmarc,
         [](const Case& one) { return was(one, "pass") && !is(one, "none") && aligns_unless_strict(one); },
         {"strict alignment wants the same name (RFC 9989 4.4); opendmarc aligns as if relaxed", "dmarc.md"}},
        {Subject::dmarc,
         [](const Case& one) { return was(one, "none") && one.dmarc.np != 0; },
         {"np is the policy for names that do not exist (RFC 9989 4.7); opendmarc does not know it",
          "dmarc.md"}},
        {Subject::dmarc,
         [](const Case& one) { return is(one, "pass") && one.from_nobody; },
         {"MAIL FROM is empty: the name in HELO counts for SPF, and may align", "dmarc.md"}},
        {Subject::dmarc,
         [](const Case& one) { return is(one, "pass") && spf_is_new(one) && has_pass(one.is, "spf"); },
         {"SPF was not checked and is now: a pass of either will do", "migration.md"}},
        {Subject::dmarc,
         [](const Case& one) {
             return was(one, "none") && !gives(one, "opendmarc.publicsuffixlist") &&
                    is_below_organization(one);
         },
         {"PublicSuffixList is not given: opendmarc finds no policy of the domain above that of From",
          "migration-options.md"}},
        {Subject::dmarc,
         [](const Case& one) { return was(one, "none") && has_capitals(one); },
         {"names compare in any case; opendmarc does not find the organizational domain of one in capitals",
          "dmarc.md"}},
    };
    return rows;
}

bool record_says(const Case& one, std::string_view words) {
    return says(one.dmarc.records, words);
}

bool has_dmarc(const Case& one, std::string_view result) {
    return std::ranges::any_of(one.is.results, [&](const Written& written) {
        return written.method == "dmarc" && written.result == result;
    });
}

const std::vector<Known>& rows_of_names() {
    static const std::vector<Known> rows{
        {Subject::authserv_id,
         [](const Case& one) {
             return one.configured.has_opendmarc &&
                    gives(one, "opendkim.authservid") != gives(one, "opendmarc.authservid");
         },
         {"opendkim and opendmarc write their results under different names; all stand under one now",
          "migration.md"}},
    };
    return rows;
}

bool is_own_unsigned(const Case& one) {
    return one.way == Way::outbound && one.is.signatures.empty() && one.was.refused_by == "opendkim" &&
           is(one, print(Fate::accept)) && gives(one, "opendkim.on-nosignature=reject");
}

bool is_refused_for_author(const Case& one) {
    const auto doubt = authenticate::doubt_about(one.author.state).refusal;
    return is_refused_for_dmarc(one) || was_refused_by_opendmarc(one) ||
           (!doubt.empty() && says(one.is.text, doubt));
}

// A bad body hash needs no key to be seen. Whom opendkim has a key for it refuses, too.
bool is_refused_without_key(const Case& one) {
    return one.was.fate == Fate::accept && !has_pass(one.was, "dkim") &&
           (gives(one, "opendkim.on-badsignature") || gives(one, "opendkim.on-default")) &&
           says(one.is.text, "no DKIM signature of the message passes");
}

// Of mail that one side refuses for DMARC, for its author or for its signatures, and the other does not.
const std::vector<Known>& rows_of_fate() {
    static const std::vector<Known> rows{
        {Subject::fate,
         is_refused_without_key,
         {"the body is not the one that was signed, which is seen without the key and refused by "
          "On-BadSignature; opendkim did not find the key and goes by On-KeyNotFound",
          "migration-options.md"}},
        {Subject::fate,
         is_own_unsigned,
         {"On-NoSignature is about mail from outside now; opendkim refuses mail of your own as well that it "
          "does not sign",
          "roles.md"}},
        {Subject::fate,
         [](const Case& one) { return !has_one_author(one) && is_refused_for_author(one); },
         {"From is missing, doubled, names several domains or can be read in several ways (RFC 9989 11.5): "
          "see "
          "`author:`",
          "policy.md"}},
        {Subject::fate,
         [](const Case& one) {
             return was_refused_by_opendmarc(one) && has_dmarc(one, "temperror") && was_lookup_failed(one);
         },
         {"a lookup failed for what might have aligned, and nothing is refused for a fault of the DNS",
          "dmarc.md"}},
        {Subject::fate,
         [](const Case& one) {
             return was_refused_by_opendmarc(one) && has_dmarc(one, "none") &&
                    (record_says(one, "so none of them") || record_says(one, "but no dmarc record"));
         },
         {"two DMARC records at one name, and one that does not begin with v=DMARC1, are none", "dmarc.md"}},
        {Subject::fate,
         [](const Case& one) {
             return was_refused_by_opendmarc(one) && has_dmarc(one, "fail") && says(one.dmarc.applied, "t=y");
         },
         {"t=y lowers the policy by one level (RFC 9989 4.7)", "dmarc.md"}},
        {Subject::fate,
         [](const Case& one) {
             return was_refused_by_opendmarc(one) && has_dmarc(one, "pass") && one.from_nobody;
         },
         {"MAIL FROM is empty: the name in HELO counts for SPF, and may align", "dmarc.md"}},
        {Subject::fate,
         [](const Case& one) {
             return one.dmarc.np > 0 ? is_refused_for_dmarc(one)
                                     : one.dmarc.np < 0 && was_refused_by_opendmarc(one);
         },
         {"np is the policy for names that do not exist (RFC 9989 4.7); opendmarc does not know it",
          "dmarc.md"}},
        {Subject::fate,
         [](const Case& one) { return is_refused_for_dmarc(one) && has_sampling(one.dmarc.applied); },
         {"pct= does not count any more (RFC 9989 A.6)", "dmarc.md"}},
        {Subject::fate,
         [](const Case& one) { return is_refused_for_dmarc(one) && is_signed_by_suffix(one); },
         {"a public suffix that signs has no owner in common with the domains below it (RFC 9989 4.10.2)",
          "dmarc.md"}},
        {Subject::fate,
         [](const Case& one) { return is_refused_for_dmarc(one) && aligns_unless_strict(one); },
         {"strict alignment wants the same name (RFC 9989 4.4); opendmarc aligns as if relaxed", "dmarc.md"}},
        {Subject::fate,
         [](const Case& one) { return is_refused_for_dmarc(one) && record_says(one, "is not a value"); },
         {"a tag that cannot be read means its default (RFC 9989 4.8), and the policy holds; opendmarc gives "
          "the "
          "record up",
          "dmarc.md"}},
        {Subject::fate,
         [](const Case& one) {
             return is_refused_for_dmarc(one) &&
                    (has_capitals(one) || has_stray_bracket(one) || one.from.size() > 2048);
         },
         {"every reader finds the author, whose policy holds; opendmarc cannot read this From", "dmarc.md"}},
    };
    return rows;
}

void add_given(const foreign::Options& options, std::string_view daemon, std::set<std::string>& given) {
    for (const auto& option : options.list) {
        given.insert(fmt::format("{}.{}", daemon, base::to_lower(option.name)));
        given.insert(
            fmt::format("{}.{}={}", daemon, base::to_lower(option.name), base::to_lower(option.value)));
    }
}

std::vector<base::IpNetwork> skipped_by(const foreign::Options& options) {
    std::vector<base::IpNetwork> blocks;
    for (const auto& option : options.list) {
        for (const auto& word : foreign::split_list(option.value)) {
            const auto block = base::IpNetwork::parse(word);
            if (block && base::iequals(option.name, "skip_addresses")) {
                blocks.push_back(*block);
            }
        }
    }
    return blocks;
}

bool is_yes(const foreign::Options& options, std::string_view name) {
    bool yes = false;
    for (const auto& option : options.list) {
        if (base::iequals(option.name, name)) {
            yes = foreign::read_truth(option.value) == foreign::Truth::yes;
        }
    }
    return yes;
}

} // namespace

const Reason* reason_of(const Case& one) {
    for (const auto* rows : {&rows_of_signing(), &rows_of_dkim(), &rows_of_spf(), &rows_of_dmarc(),
                             &rows_of_fate(), &rows_of_names()}) {
        const auto found = std::ranges::find_if(*rows, [&](const Known& row) {
            return row.subject == one.difference.subject && row.applies(one);
        });
        if (found != rows->end()) {
            return &found->reason;
        }
    }
    return nullptr;
}

Configured configured(const foreign::Inputs& inputs, const foreign::Files& files,
                      const config::Settings& settings) {
    Configured all;
    all.settings = settings;
    if (inputs.opendkim) {
        add_given(foreign::options_of(foreign::Program::opendkim, *inputs.opendkim, inputs.opendkim_units,
                                      inputs.opendkim_defaults, files)
                      .options,
                  "opendkim", all.given);
    }
    if (inputs.opendmarc) {
        const auto options = foreign::options_of(foreign::Program::opendmarc, *inputs.opendmarc,
                                                 inputs.opendmarc_units, inputs.opendmarc_defaults, files)
                                 .options;
        add_given(options, "opendmarc", all.given);
        all.opendmarc_checks_spf = is_yes(options, "SPFSelfValidate");
    }
    all.has_opendmarc = inputs.opendmarc.has_value();
    all.has_policyd = inputs.policyd.has_value();
    if (inputs.policyd) {
        const auto options = foreign::parse_assignment_file(inputs.policyd->text, inputs.policyd->path);
        add_given(options, "policyd-spf", all.given);
        all.skipped = skipped_by(options);
    }
    return all;
}

} // namespace milter::tool::compare
