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

constexpr std::string_view no_reputation =
    "The service behind it is gone, and Debian builds opendkim without it.";
constexpr std::string_view not_built = "Debian builds opendkim without it, so that it had no effect.";
constexpr std::string_view by_unit = "systemd does it: see the unit of paraphd.";
constexpr std::string_view no_scripts = "There are no scripts in paraphd. Look at what yours decides: "
                                        "policy, exceptions, profiles and key_fields "
                                        "may say the same.";
constexpr std::string_view no_reports = "paraphd sends no reports of failed signatures (RFC 6651).";
constexpr std::string_view no_partial =
    "paraphd signs whole bodies: anyone could add text below what an l= tag covers.";
constexpr std::string_view no_vbr = "Vouching (RFC 5518) is not in use any more.";
constexpr std::string_view no_atps = "RFC 6541 was an experiment that nobody uses.";
constexpr std::string_view ldap_plain = "A directory is asked with a plain login; SASL is not supported.";
constexpr std::string_view ldap_library = "That is a matter of the LDAP library: ldap.conf(5).";
constexpr std::string_view no_dnssec =
    "paraphd trusts its resolver. Let a validating one on this host answer: it does not pass on what is "
    "bogus.";

constexpr OptionRow rows[] = {
    {"AddAllSignatureResults", same, "", "Each signature has its result.", truth},
    {"AllowSHA1Only", same, "", "SHA-256 is always there.", truth},
    {"AlwaysAddARHeader", same, "", "Results are written for unsigned mail, too.", truth},
    {"ATPSDomains", dropped, "", no_atps},
    {"ATPSHashAlgorithm", dropped, "", no_atps},
    {"AuthservID", carried, "authserv_id", ""},
    {"AuthservIDWithJobID", dropped, "", "The id is the same for all mail; the log has the queue id.", truth},
    {"AutoRestart", replaced, "", by_unit, truth},
    {"AutoRestartCount", replaced, "", by_unit, number},
    {"AutoRestartRate", replaced, "", by_unit},
    {"Background", replaced, "", by_unit, truth},
    {"BaseDirectory", replaced, "", "Relative paths of your files are written out in full."},
    {"BodyLengthDB", dropped, "", no_partial},
    {"BogusKey", replaced, "", no_dnssec},
    {"CaptureUnknownErrors", dropped, "on_internal_error", "Such mail is put off or accepted, never held.",
     truth},
    {"Canonicalization", carried, "signing.header_canonicalization, signing.body_canonicalization",
     "One word alone is for the header; the body is simple then."},
    {"ChangeRootDirectory", replaced, "", by_unit},
    {"ClockDrift", carried, "dkim.clock_drift", "", number},
    {"ConditionalSignatures", dropped, "", not_built},
    {"DefaultSender", dropped, "", not_built},
    {"DiagnosticDirectory", dropped, "", "`paraph verify` tells what of a message a signature does not fit."},
    {"Diagnostics", dropped, "", "It copies the header, Bcc included, into the signature.", truth},
    {"DisableCryptoInit", same, "", "OpenSSL needs none.", truth},
    {"DNSConnect", replaced, "", "TCP is used for answers that are too large for UDP.", truth},
    {"DNSTimeout", carried, "dns.timeout",
     "For one answer. All questions of a message together have dns.message_budget; a longer time than "
     "that has no effect and is not carried over. 0, for ever, neither.",
     number},
    {"Domain", carried, "domains, default",
     "With Selector and KeyFile. A file becomes the table of `default`; `*` becomes rows of the two "
     "tables. Ignored beside a KeyTable, as OpenDKIM does."},
    {"DomainKeysCompat", dropped, "", "Keys for DomainKeys (RFC 4870) are long gone.", truth},
    {"DontSignMailTo", carried, "signing.unsigned_recipients",
     "Rows that OpenDKIM never matched are left out."},
    {"EnableCoredumps", replaced, "",
     "The unit forbids core files, in which private keys would stand: LimitCORE.", truth},
    {"ExemptDomains", carried, "roles.exempt_domains", ""},
    {"ExternalIgnoreList", replaced, "", "Nothing is logged for such hosts."},
    {"FinalPolicyScript", dropped, "", no_scripts, text, true},
    {"FixCRLF", dropped, "author.stray_line_break", "A lone CR or LF is told and not signed over silently.",
     truth},
    {"FlowData", dropped, "", not_built},
    {"FlowDataFactor", dropped, "", not_built, number},
    {"FlowDataTTL", dropped, "", not_built, number},
    {"IdentityHeader", dropped, "", not_built},
    {"IdentityHeaderRemove", dropped, "", not_built, truth},
    {"IgnoreMalformedMail", dropped, "author.unreadable",
     "Mail whose author cannot be determined is told in the results, and marked by default.", truth},
    {"Include", replaced, "", "Included files are read in their place."},
    {"InternalHosts", carried, "roles.internal_hosts",
     "Without it loopback alone, as with OpenDKIM. Entries that matched nobody are left out, so that "
     "nobody is signed for who was not before; so are blocks that hold strangers, such as 0.0.0.0/0."},
    {"KeepAuthResults", dropped, "strip_authserv_ids",
     "Results under your own name that come in are forged, and are removed.", truth, true},
    {"KeepTemporaryFiles", dropped, "", "There are no temporary files.", truth},
    {"KeyFile", carried, "domains", "With Domain and Selector."},
    {"KeyTable", carried, "signing.key_table, sources", "In its form. dsn: and ldap: become a source."},
    {"LDAPAuthMechanism", dropped, "", ldap_plain},
    {"LDAPAuthName", dropped, "", ldap_plain},
    {"LDAPAuthRealm", dropped, "", ldap_plain},
    {"LDAPAuthUser", dropped, "", ldap_plain},
    {"LDAPBindPassword", carried, "sources.NAME.password_file", "It is moved to a file of its own."},
    {"LDAPBindUser", carried, "sources.NAME.user", ""},
    {"LDAPDisableCache", replaced, "sources.NAME.cache_time", "Answers are kept for 5 minutes; 0: never.",
     truth},
    {"LDAPKeepaliveIdle", replaced, "", ldap_library, number},
    {"LDAPKeepaliveInterval", replaced, "", ldap_library, number},
    {"LDAPKeepaliveProbes", replaced, "", ldap_library, number},
    {"LDAPTimeout", carried, "sources.NAME.timeout", "", number},
    {"LDAPUseTLS", carried, "sources.NAME.connection", "As the word starttls.", truth},
    {"LogResults", same, "", "The line of each message has all results.", truth},
    {"LogWhy", replaced, "", "`paraph sign --why ADDRESS` tells why mail is signed or not.", truth},
    {"LuaOnlySigning", dropped, "", not_built, truth},
    {"MacroList", carried, "roles.originating_macros",
     "Macros that any client can set as it likes are left out."},
    {"MaximumHeaders", carried, "limits.header_bytes", "0, no limit, is not carried over.", number},
    {"MaximumSignaturesToVerify", carried, "dkim.max_signatures",
     "0 is not carried over: with OpenDKIM it passes over all signatures of others.", number},
    {"MaximumSignedBytes", dropped, "", no_partial, number},
    {"MilterDebug", replaced, "log.level", "log.level: debug.", number},
    {"Minimum", replaced, "dkim.accept_partial_body",
     "A signature that covers a part of the body does not pass, unless that is set."},
    {"MinimumKeyBits", carried, "dkim.minimum_key_bits", "0 means 1024, as with OpenDKIM.", number},
    {"Mode", carried, "mode",
     "With opendmarc or policyd-spf in use mail is checked in any case: they need the results."},
    {"MTA", carried, "roles.originating_daemons", "Without it: none."},
    {"MTACommand", dropped, "", no_reports},
    {"MultipleSignatures", carried, "signing.all_matches", "", truth},
    {"MustBeSigned", carried, "dkim.required_fields, dkim.uncovered_fields", ""},
    {"Nameservers", carried, "dns.nameservers",
     "Without it the servers of /etc/resolv.conf are asked. Debian's opendkim asked the root servers "
     "itself."},
    {"NoHeaderB", dropped, "", "header.b tells which signature a result is about.", truth},
    {"OmitHeaders", carried, "signing.omitted_fields", "From is always signed."},
    {"On-BadSignature", carried, "policy.dkim_fail",
     "quarantine had no effect with OpenDKIM and is not carried over."},
    {"On-Default", carried,
     "policy.dkim_fail, policy.dkim_none, policy.dkim_no_key, "
     "policy.dkim_temperror, limits.over_limit, on_internal_error, "
     "signing.on_error",
     "For those of the others that are not given."},
    {"On-DNSError", carried, "policy.dkim_temperror",
     "It had no effect with OpenDKIM (mail was accepted); here it has. Mail is never rejected for a fault "
     "of the DNS."},
    {"On-InternalError", carried, "on_internal_error", "Mail is never rejected for a fault of paraphd."},
    {"On-KeyNotFound", carried, "policy.dkim_no_key", ""},
    {"On-NoSignature", carried, "policy.dkim_none", ""},
    {"On-PolicyError", dropped, "", "Of ADSP, which is gone.", text},
    {"On-ReputationError", dropped, "", no_reputation},
    {"On-Security", carried, "limits.over_limit",
     "Mail over a limit is rejected or put off, never accepted."},
    {"On-SignatureError", carried, "signing.on_error",
     "Your own users' mail is put off or goes out unsigned; it is never rejected for that."},
    {"OversignHeaders", carried, "signing.oversigned_fields, signing.oversigned_if_present",
     "As it is given. Without it paraphd oversigns more than From, see signed-fields.md."},
    {"PeerList", carried, "roles.peers", "Entries that matched nobody are left out."},
    {"PidFile", replaced, "", by_unit},
    {"POPDBFile", dropped, "", not_built, text, true},
    {"Quarantine", dropped, "", "OpenDKIM never used it.", truth},
    {"QueryCache", replaced, "dns.cache_bytes", "Answers are kept as long as they say.", truth},
    {"RateLimits", dropped, "", not_built},
    {"RedirectFailuresTo", dropped, "policy.dkim_fail",
     "Recipients are not changed. Mail that fails can be marked or held.", text, true},
    {"RemoveARAll", same, "", "All results under your own name are removed.", truth},
    {"RemoveARFrom", carried, "strip_authserv_ids", "Your own id is always among them."},
    {"RemoveOldSignatures", dropped, "",
     "Signatures that stand in mail already stay in it; a new one is added.", truth},
    {"ReplaceHeaders", dropped, "", "With ReplaceRules."},
    {"ReplaceRules", dropped, "",
     "paraphd signs what it sees. If a server behind it rewrites the header, see fragile-messages.md: "
     "signatures may break."},
    {"ReportAddress", dropped, "", no_reports},
    {"ReportBccAddress", dropped, "", no_reports},
    {"ReputationCache", dropped, "", no_reputation},
    {"ReputationCacheTTL", dropped, "", no_reputation, number},
    {"ReputationDuplicates", dropped, "", no_reputation, number},
    {"ReputationLimitModifiers", dropped, "", no_reputation},
    {"ReputationLimits", dropped, "", no_reputation},
    {"ReputationLowTime", dropped, "", no_reputation, number},
    {"ReputationMinimum", dropped, "", no_reputation, number},
    {"ReputationRatios", dropped, "", no_reputation},
    {"ReputationRRDHashDepth", dropped, "", no_reputation, number},
    {"ReputationRRDRoot", dropped, "", no_reputation},
    {"ReputationSpamCheck", dropped, "", no_reputation},
    {"ReputationTest", dropped, "", no_reputation, truth},
    {"ReputationTimeFactor", dropped, "", no_reputation, number},
    {"ReputationTimeout", dropped, "", no_reputation, number},
    {"ReputationVerbose", dropped, "", no_reputation, truth},
    {"RequestReports", dropped, "", no_reports, truth},
    {"RequiredHeaders", carried, "author.missing, author.several_fields",
     "For From. Other fields that are missing or there twice, such as Date, are no reason to refuse mail.",
     truth, true},
    {"RequireSafeKeys", carried, "signing.require_safe_keys", "", truth},
    {"ResignAll", dropped, "", not_built, truth},
    {"ResignMailTo", dropped, "", not_built},
    {"ResolverConfiguration", replaced, "dns.nameservers",
     "Let an unbound of its own read that file, and name it there."},
    {"ResolverTracing", dropped, "", not_built, truth},
    {"ScreenPolicyScript", dropped, "", no_scripts, text, true},
    {"SelectCanonicalizationHeader", dropped, "",
     "Whoever writes a message does not choose how it is signed."},
    {"Selector", carried, "domains", "With Domain and KeyFile."},
    {"SenderHeaders", carried, "key_fields",
     "Sender, List-Post, List-Id and Resent-From. A field other than From never signs for From's domain "
     "without a key and right of its own."},
    {"SenderMacro", dropped, "key_fields", "envelope (MAIL FROM) or a field of the header may do the same.",
     text, true},
    {"SendReports", dropped, "", no_reports, truth},
    {"SetupPolicyScript", dropped, "", no_scripts, text, true},
    {"SignatureAlgorithm", replaced, "",
     "The kind of key decides: rsa-sha256 or ed25519-sha256. rsa-sha1 is never used."},
    {"SignatureTTL", carried, "signing.lifetime", "", number},
    {"SignHeaders", carried, "signing.signed_fields",
     "In the same notation. Without it paraphd signs more, see signed-fields.md."},
    {"SigningTable", carried, "signing.signing_table, sources",
     "In its form. Rows of a plain file such as *@example.org never matched with OpenDKIM; here they do."},
    {"SMTPURI", dropped, "", no_reports},
    {"Socket", carried, "listen.socket",
     "A socket in the directory of the old daemon moves to one of its own."},
    {"SoftStart", same, "", "paraphd starts although a database is down; mail waits then.", truth},
    {"SoftwareHeader", dropped, "", "No field tells which software runs here.", truth},
    {"Statistics", replaced, "log.counters_every", "The log has counters."},
    {"StatisticsName", replaced, "log.counters_every", "The log has counters."},
    {"StatisticsPolicyScript", dropped, "", no_scripts},
    {"StatisticsPrefix", replaced, "log.counters_every", "The log has counters."},
    {"StrictHeaders", carried, "author.missing, author.several_fields", "As RequiredHeaders.", truth, true},
    {"StrictTestMode", replaced, "", "`paraph verify` takes LF and CRLF.", truth},
    {"SubDomains", carried, "domains.DOMAIN.subdomains", "", truth},
    {"Syslog", replaced, "log.target", "There is always a log, in syslog unless told otherwise.", truth},
    {"SyslogFacility", carried, "log.facility", ""},
    {"SyslogName", replaced, "", "Lines bear the name paraphd."},
    {"SyslogSuccess", same, "", "Each message has a line.", truth},
    {"TemporaryDirectory", replaced, "", "There are no temporary files."},
    {"TestDNSData", dropped, "", "For tests: `paraph verify --answers`."},
    {"TestPublicKeys", dropped, "", "For tests: `paraph verify --answers`."},
    {"TrustAnchorFile", replaced, "", no_dnssec},
    {"TrustSignaturesFrom", dropped, "policy.dkim_require_author_domain",
     "It did not restrict anything with OpenDKIM."},
    {"UMask", carried, "listen.socket_mode", "For a unix socket.", number},
    {"UnprotectedKey", replaced, "", no_dnssec},
    {"UserID", replaced, "", "The unit says so: User=paraph. See the keys in the report."},
    {"VBR-Certifiers", dropped, "", no_vbr},
    {"VBR-PurgeFields", dropped, "", no_vbr, truth},
    {"VBR-TrustedCertifiers", dropped, "", no_vbr},
    {"VBR-TrustedCertifiersOnly", dropped, "", no_vbr, truth},
    {"VBR-Type", dropped, "", no_vbr},
    {"WeakSyntaxChecks", dropped, "author.unreadable",
     "Signatures are checked whatever From is; the author is then unknown.", truth},
    {"X-Header", dropped, "", "As SoftwareHeader.", truth},
};

} // namespace

std::span<const OptionRow> opendkim_options() {
    return rows;
}

} // namespace config::import
