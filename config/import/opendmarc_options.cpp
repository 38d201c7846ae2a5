#include "config/import/option_rows.h"

namespace config::import {

namespace {

constexpr auto carried = Fate::carried;
constexpr auto same = Fate::default_;
constexpr auto replaced = Fate::replaced;
constexpr auto dropped = Fate::dropped;
constexpr auto truth = Holds::truth;
constexpr auto number = Holds::number;
constexpr auto text = Holds::text;

constexpr std::string_view by_unit = "systemd does it: see the unit of paraphd.";
constexpr std::string_view no_failure_reports =
    "Failure reports are off until you set reports.failure.enabled: see the guide on reports for what leaves "
    "the house.";
constexpr std::string_view no_arc =
    "paraphd does not check ARC. Mail of lists and forwarders that you trust can have an exception: "
    "policy.exceptions.";
constexpr std::string_view walk = "paraphd follows RFC 9989 in this, see dmarc.md.";
constexpr std::string_view old_name = "An old name, with which opendmarc does not start any more. ";

constexpr OptionRow rows[] = {
    {"AuthservID", carried, "authserv_id",
     "Where opendkim has another one, that one counts, and this goes to strip_authserv_ids."},
    {"AuthservIDWithJobID", dropped, "", "The id is the same for all mail; the log has the queue id.", truth},
    {"AutoRestart", replaced, "", by_unit, truth},
    {"AutoRestartCount", replaced, "", by_unit, number},
    {"AutoRestartRate", replaced, "", by_unit},
    {"Background", replaced, "", by_unit, truth},
    {"BaseDirectory", replaced, "", by_unit},
    {"ChangeRootDirectory", replaced, "", by_unit},
    {"CopyFailuresTo", dropped, "policy.dmarc_quarantine",
     "Recipients are not added. Mail that fails can be marked or held."},
    {"DMARCbisIgnorePct", same, "", "pct= has no effect, as RFC 9989 has it.", truth},
    {"DMARCbisWalkMode", replaced, "dmarc.discovery", walk},
    {"DMARCbisWalkModeFallback", replaced, "dmarc.discovery", walk},
    {"DNSTimeout", replaced, "dns.timeout", "opendmarc never read it.", number},
    {"DomainWhitelist", dropped, "policy.exceptions", no_arc, text, true},
    {"DomainWhitelistFile", dropped, "policy.exceptions", no_arc, text, true},
    {"DomainWhitelistSize", dropped, "", "With DomainWhitelistFile.", number},
    {"EnableCoredumps", replaced, "",
     "The unit forbids core files, in which private keys would stand: LimitCORE.", truth},
    {"FailureReports", dropped, "reports.failure.enabled", no_failure_reports, truth},
    {"FailureReportsBcc", dropped, "", no_failure_reports},
    {"FailureReportsOnNone", dropped, "", no_failure_reports, truth},
    {"FailureReportsSentBy", dropped, "reports.from", no_failure_reports},
    {"ForensicReports", dropped, "", old_name, truth},
    {"ForensicReportsBcc", dropped, "", old_name},
    {"ForensicReportsOnNone", dropped, "", old_name, truth},
    {"ForensicReportsSentBy", dropped, "", old_name},
    {"HistoryFile", carried, "reports.history_file",
     "In /var/lib/paraph/reports/opendmarc.dat, where the unit lets paraphd write. Tell the scripts that "
     "fetch it; opendmarc-importstats looks for HistoryFile in /etc/opendmarc.conf. reports.enabled sends "
     "reports without MySQL and Perl."},
    {"HoldQuarantinedMessages", carried, "policy.dmarc_quarantine",
     "With RejectFailures; without it opendmarc holds nothing either.", truth},
    {"IgnoreAuthenticatedClients", same, "roles",
     "Mail of users who log in is not checked. Where it is false, it was, and is not any more.", truth},
    {"IgnoreHosts", carried, "policy.exceptions",
     "Hosts other than internal ones: DMARC is judged, and nothing is done for it. Names are left out."},
    {"IgnoreMailFrom", carried, "policy.exceptions",
     "DMARC is judged for these authors, and nothing is done for it."},
    {"IgnoreMailTo", dropped, "",
     "The history has mail to all recipients: what is left out of it is missing in the reports."},
    {"LogSPFDNS", replaced, "log.level", "log.level: debug.", truth},
    {"MilterDebug", replaced, "log.level", "log.level: debug.", number},
    {"NoReportsList", dropped, "reports.failure.never", no_failure_reports},
    {"PidFile", replaced, "", by_unit},
    {"PublicSuffixList", replaced, "dmarc.discovery, dmarc.public_suffix_list",
     "RFC 9989 asks the DNS instead. A list keeps registries from aligning their customers; it is that of "
     "the distribution, or yours."},
    {"ReadCanonicalizedData", same, "", "One process has all of it.", truth},
    {"RecordAllMessages", dropped, "",
     "Mail without a DMARC record is not in the history; no report tells of it.", truth},
    {"RejectFailures", carried, "policy.dmarc, policy.dmarc_quarantine",
     "As strict, which refuses without regard to signs of a list, as opendmarc does. enforce is gentler.",
     truth},
    {"RejectMultiValueFrom", carried, "author.several_domains", "", truth},
    {"RejectString", carried, "policy.replies.dmarc", "{domain} stands for %s."},
    {"ReportCommand", dropped, "reports.server", no_failure_reports},
    {"RequiredFrom", carried, "author.missing, author.several_fields", "", truth},
    {"RequiredHeaders", carried, "author.missing, author.several_fields, author.unreadable",
     "For From. Other fields that are missing or there twice, such as Date, are no reason to refuse mail.",
     truth, true},
    {"Socket", replaced, "listen.socket",
     "One process has one socket, that of opendkim; this one only where opendkim is not in use."},
    {"SoftwareHeader", dropped, "", "No field tells which software runs here.", truth},
    {"SPFIgnoreResults", same, "", "Results that stand in the header are never believed.", truth},
    {"SPFSelfValidate", same, "spf.enabled", "SPF is always checked here.", truth},
    {"Syslog", replaced, "log.target", "There is always a log, in syslog unless told otherwise.", truth},
    {"SyslogFacility", replaced, "log.facility",
     "That of opendkim; this one only where opendkim is not in use."},
    {"TemporaryDirectory", replaced, "", "There are no temporary files."},
    {"TestDNSData", dropped, "", "For tests: `paraph verify --answers`."},
    {"TrustedAuthservIDs", replaced, "relays.hosts",
     "SPF and DKIM are checked here, and no field is believed. Results of a gateway in front of this "
     "system are not used: name it in relays.hosts instead, see relays.md."},
    {"UMask", replaced, "listen.socket_mode", "For a unix socket, where opendkim is not in use.", number},
    {"UserID", replaced, "", "The unit says so: User=paraph."},
};

} // namespace

std::span<const OptionRow> opendmarc_options() {
    return rows;
}

} // namespace config::import
