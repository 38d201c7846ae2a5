#include "config/import/opendmarc.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/import/data_set.h"
#include "config/import/ignored_hosts.h"
#include "config/import/opendkim.h"
#include "config/import/text_lines.h"
#include "config/policy_checks.h"
#include "config/text_checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

namespace {

// Exceptions from what is done for a DMARC result; of use only where something is.
void except(Job& job, const Option& option, std::string_view condition,
            const std::vector<std::string>& values) {
    if (!values.empty()) {
        job.draft().add_exception({{"name", fmt::format("{} of opendmarc", option.name)},
                                   {"type", "local_policy"},
                                   {"for", "[dmarc]"},
                                   {std::string(condition), as_yaml_list(values)}},
                                  option.place, option.name);
    }
}

// True: they are everybody, so that opendmarc judges nothing.
bool import_ignored_hosts(Job& job, bool rejects) {
    const IgnoredHosts hosts = read_ignored_hosts(job);
    if (rejects && !hosts.everybody) {
        if (const Option* option = job.find("IgnoreHosts")) {
            except(job, *option, "clients", hosts.blocks);
        }
    }
    return hosts.everybody;
}

void import_ignored_authors(Job& job, bool rejects) {
    const Option* option = job.find("IgnoreMailFrom");
    if (option == nullptr) {
        return;
    }
    if (option->value.find('/') != std::string::npos) {
        job.tell(Effect::note, *option, "takes a list of domains, not a file, so that it had no effect");
        return;
    }
    std::vector<std::string> domains;
    for (const std::string& domain : comma_list(option->value)) {
        if (check_domain(domain) || check_address_pattern(domain)) {
            job.tell(Effect::note, *option,
                     fmt::format("{} is no domain and is left out", base::quoted(domain)));
        } else {
            domains.push_back(domain);
        }
    }
    if (rejects) {
        except(job, *option, "authors", domains);
        job.tell(
            Effect::note, *option,
            "anybody can write these domains in From, and nothing is done for it, as before. An exception "
            "with only_if or clients is safer");
    }
}

void import_policy(Job& job) {
    const Option* reject = job.find("RejectFailures");
    const bool rejects = job.is_yes("RejectFailures");
    const bool holds = job.is_yes("HoldQuarantinedMessages");
    const bool all_ignored = import_ignored_hosts(job, rejects);
    import_ignored_authors(job, rejects && !all_ignored);
    if (!rejects) {
        if (holds) {
            job.tell(Effect::note, *job.find("HoldQuarantinedMessages"),
                     "has no effect without RejectFailures; see policy.dmarc");
        }
        return;
    }
    if (all_ignored) {
        return;
    }
    job.set(*reject, "policy.dmarc", "strict");
    if (!job.is_yes("IgnoreAuthenticatedClients")) {
        job.tell(
            Effect::senders, *reject,
            "mail of users who log in and of internal hosts was judged as well (IgnoreAuthenticatedClients "
            "is off), and is not any more");
    }
    if (!job.is_yes("SPFSelfValidate") && !job.work().checks_spf) {
        job.tell(Effect::senders, *reject,
                 "SPF was not checked, and is now: less mail fails DMARC, for a pass of either will do");
    }
    const Option* hold = job.find("HoldQuarantinedMessages");
    job.set(holds ? *hold : *reject, "policy.dmarc_quarantine", holds ? "quarantine" : "accept");
    job.tell(Effect::senders, *reject,
             "mail that fails DMARC is rejected where its domain asks for that, as before. pct= does not "
             "count any more (RFC 9989), mail to postmaster and abuse alone is marked and not refused, and "
             "neither is mail that comes through a relay of yours. `policy.dmarc: enforce` spares lists and "
             "forwarders");
}

void import_sanity(Job& job) {
    if (const Option* option = job.find("RequiredHeaders"); job.is_yes("RequiredHeaders")) {
        job.set(*option, "author.missing", "reject");
        job.set(*option, "author.several_fields", "reject");
        job.set(*option, "author.unreadable", "reject");
        job.tell(Effect::senders, *option,
                 "mail without a From that can be read is rejected, as before; mail that lacks other fields, "
                 "such as Date, is not any more");
    }
    if (const Option* option = job.find("RequiredFrom"); job.is_yes("RequiredFrom")) {
        job.set(*option, "author.missing", "reject");
        job.set(*option, "author.several_fields", "reject");
    }
    if (const Option* option = job.find("RejectMultiValueFrom"); job.is_yes("RejectMultiValueFrom")) {
        job.set(*option, "author.several_domains", "reject");
    }
}

void import_reply(Job& job) {
    const Option* option = job.find("RejectString");
    if (option == nullptr) {
        return;
    }
    std::string text = option->value;
    if (const auto at = text.find("%s"); at != std::string::npos) {
        text.replace(at, 2, "{domain}");
    }
    job.set(*option, "policy.replies.dmarc", text);
}

void import_suffixes(Job& job) {
    const Option* option = job.find("PublicSuffixList");
    constexpr std::string_view distribution = "/usr/share/publicsuffix/public_suffix_list.dat";
    if (option == nullptr || option->value == distribution) {
        return;
    }
    const std::string path = absolute(option->value, job.base());
    if (const auto text = job.files().read(path); !text) {
        job.tell(Effect::note, *option,
                 fmt::format("{}: {}; opendmarc knew no organizational domains. Here they are found",
                             base::shown(path), text.error()));
        job.silence("PublicSuffixList");
        return;
    }
    job.set(*option, "dmarc.public_suffix_list", path);
}

// Its own folder belongs to opendmarc, which would defer mail if it could not write there any more.
void import_history(Job& job) {
    const Option* option = job.find("HistoryFile");
    if (option == nullptr) {
        return;
    }
    constexpr std::string_view path = "/var/lib/paraph/reports/opendmarc.dat";
    if (!job.set(*option, "reports.history_file", path)) {
        return;
    }
    job.tell(
        Effect::replaced, *option,
        fmt::format("paraphd writes the history to {}. When the old file was taken in for the last time, "
                    "name that one where opendmarc-import gets its input: opendmarc-importstats looks "
                    "for HistoryFile in /etc/opendmarc.conf. Until then it grows, up to reports.store_size",
                    path));
}

// Those of our own say nothing new.
void import_trusted(Job& job) {
    const Option* option = job.find("TrustedAuthservIDs");
    if (option == nullptr) {
        return;
    }
    const auto& own = job.work().ids;
    const auto is_own = [&](const std::string& id) {
        return id == "HOSTNAME" ||
               std::ranges::any_of(own, [&](const std::string& one) { return base::iequals(one, id); });
    };
    if (std::ranges::all_of(comma_list(option->value), is_own)) {
        job.silence("TrustedAuthservIDs");
    }
}

} // namespace

void import_opendmarc(const Options& options, Work& work) {
    Job job(Daemon::opendmarc, options, work);
    if (const Option* directory = job.find("BaseDirectory")) {
        job.set_base(directory->value);
    }
    import_socket(job);
    if (const Option* id = job.find("AuthservID")) {
        import_authserv_id(job, *id);
    }
    if (const Option* facility = job.find("SyslogFacility");
        facility != nullptr && !work.draft.has("log.facility")) {
        job.set(*facility, "log.facility", base::to_lower(facility->value));
    }
    import_policy(job);
    import_sanity(job);
    import_reply(job);
    import_suffixes(job);
    import_trusted(job);
    import_history(job);
    job.finish();
}

} // namespace config::import
