// Broken and odd files: none of them ends the import, and none changes its meaning without a word.
#include "config/import/report.h"
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

using import_test::errors_of;
using import_test::imported;

namespace {

struct Odd {
    const char* name;
    const char* text;
    const char* told; // words of the report; empty: nothing is to be said
};

constexpr const char* opendkim = "/etc/opendkim.conf";
constexpr const char* opendmarc = "/etc/opendmarc.conf";
constexpr const char* policyd = "/etc/postfix-policyd-spf-python/policyd-spf.conf";

template <std::size_t count>
void check_all(const char* file, const Odd (&cases)[count]) {
    for (const Odd& test : cases) {
        INFO(test.name);
        const auto outcome = imported({{file, test.text},
                                       {"/lists/hosts", "127.0.0.1\r\n\r\n# all\r\n10.0.0.0/8 # ours\r\n"},
                                       {"/lists/empty", ""},
                                       {"/lists/bom", "\xef\xbb\xbf"
                                                      "127.0.0.1\n"},
                                       {"/lists/mapped", "::ffff:10.0.0.0/104\n"},
                                       {"/lists/names", "mail.x.test\n.y.test\n"},
                                       {"/dir/x", ""}});
        CHECK((outcome.settings.empty() || errors_of(outcome.settings).empty()));
        const std::string report = config::import::print_report(outcome, {});
        INFO(report);
        // Line ends of the report may part the words.
        std::string flat;
        for (const char c : report) {
            if (c != '\n' && (c != ' ' || !flat.ends_with(' '))) {
                flat += c;
            } else if (!flat.ends_with(' ')) {
                flat += ' ';
            }
        }
        CHECK(flat.find(test.told) != std::string::npos);
    }
}

} // namespace

TEST_CASE("odd files of opendkim: lines") {
    const Odd cases[] = {
        {"empty", "", "0 options"},
        {"only comments", "# a\n#b\n", "0 options"},
        {"only a newline", "\n", "0 options"},
        {"CRLF", "Mode sv\r\nSyslog yes\r\n", "2 options"},
        {"mixed line ends", "Mode sv\r\nSyslog yes\n", "2 options"},
        {"no end of line", "Mode sv", "1 option:"},
        {"tabs", "Mode\t\t\tsv\n", "1 option:"},
        {"a form feed", "Mode sv\f\n", "Mode: expected s, v or sv"},
        {"a byte order mark", "\xef\xbb\xbfMode sv\n", "has no option of this name"},
        {"Latin-1", "Domain caf\xe9.test\n", "no mail is signed"},
        {"a name alone", "Socket\n", "expected a value behind 'Socket'"},
        {"an equals sign", "Mode=sv\n", "expected a value behind 'Mode=sv'"},
        {"an equals sign with blanks", "Mode = sv\n", "without '='"},
        {"a colon", "Mode: sv\n", "has no option of this name"},
        {"YAML", "signing:\n  key: x\n", "expected a value behind 'signing:'"},
        {"a section of an INI file", "[opendkim]\nMode sv\n", "expected a value behind '[opendkim]'"},
        {"a template of Jinja", "Domain {{ domain }}\n", "a template that was never filled in"},
        {"a block of Jinja", "{% if x %}\nMode s\n{% endif %}\n", "a template that was never filled in"},
        {"a template of ERB", "Domain <%= @domain %>\n", "a template that was never filled in"},
        {"a variable of a shell", "Domain ${DOMAIN}\n", "a template that was never filled in"},
        {"a bare variable", "Selector $SELECTOR\n", "a template that was never filled in"},
        {"underlines", "Domain __DOMAIN__\n", "a template that was never filled in"},
        {"a word", "Domain DOMAIN_PLACEHOLDER\n", "a template that was never filled in"},
        {"of RPM", "Domain %{domain}\n", "a template that was never filled in"},
        {"a conflict of a merge", "<<<<<<< HEAD\nMode s\n=======\nMode v\n>>>>>>> x\n", "without '='"},
        {"HTML", "<html><body>404</body></html>\n", "expected a value behind"},
        {"an unknown option", "Modus sv\n", "no option of this name and does not start with it"},
        {"an option of opendmarc", "RejectFailures true\n", "no option of this name"},
        {"an old option", "AlwaysSignHeaders From\n", "no option of this name"},
        {"another case", "MODE sv\numask 002\n", "2 options"},
        {"on is no truth value", "Syslog on\n", "expected yes or no, found 'on'"},
        {"a quoted value", "Mode \"sv\"\n", "Mode: expected s, v or sv"},
        {"Include that is missing", "Include /none\n", "Include: /none: No such file or directory"},
        {"Include of a directory", "Include /dir\n", "Include: /dir: Is a directory"},
        {"Include of itself", "Include /etc/opendkim.conf\n", "files are included more than 5 deep"},
    };
    check_all(opendkim, cases);
}

TEST_CASE("odd files of opendkim: values") {
    const Odd cases[] = {
        {"Mode in capitals", "Mode SV\n", "Mode: expected s, v or sv"},
        {"Mode with more", "Mode svx\n", "Mode: expected s, v or sv"},
        {"a socket without a port", "Socket inet:localhost\n", "is no socket"},
        {"a socket of nobody", "Socket tcp://x\n", "is no socket"},
        {"a port beyond all", "Socket inet:99999@localhost\n", "is no socket"},
        {"an address in brackets", "Socket inet:8891@[127.0.0.1]\n", "1 carried over"},
        {"an empty path", "Socket local:\n", "is no socket"},
        {"a path that is too long",
         "Socket "
         "local:/"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
         "The new socket is"},
        {"UMask that is no number", "Socket local:/x\nUMask rwx\n", "2 options"},
        {"UMask 000", "Socket local:/x\nUMask 000\n", "every user of this host"},
        {"a list of hosts with CRLF", "InternalHosts refile:/lists/hosts\n", "1 carried over"},
        {"an empty list of hosts", "InternalHosts /lists/empty\n", "1 carried over"},
        {"a list with a byte order mark", "InternalHosts /lists/bom\n", "is left out"},
        {"a list that is a directory", "InternalHosts /dir\n", "Is a directory"},
        {"a list that is missing", "PeerList /none\n", "No such file"},
        {"a list that begins with ::1", "InternalHosts ::1, 127.0.0.1\n",
         "takes ':' for the kind of a table"},
        {"a list of commas", "InternalHosts ,,,\n", "1 carried over"},
        {"a list that ends in a comma", "InternalHosts 127.0.0.1, ::1,\n", "1 carried over"},
        {"blanks instead of commas", "InternalHosts 127.0.0.1 10.0.0.1\n", "is left out"},
        {"a block with host bits", "InternalHosts 10.0.0.1/8\n", "a block with host bits matched nobody"},
        {"everybody", "InternalHosts 0.0.0.0/0\n", "holds everybody"},
        {"everybody in IPv6", "InternalHosts ::/0\n", "holds everybody"},
        {"half of everybody", "InternalHosts 0.0.0.0/1, 128.0.0.0/1\n", "holds everybody"},
        {"a top-level domain", "InternalHosts .com\n", "holds everybody"},
        {"canonicalization that is none", "Canonicalization nofws\n", "is not carried over"},
        {"canonicalization of three", "Canonicalization a/b/c\n", "is not carried over"},
        {"a number that is none", "MaximumHeaders lots\n", "is not carried over to limits.header_bytes"},
        {"a number below all", "MaximumHeaders 10\n", "is not carried over to limits.header_bytes"},
        {"no limit", "MaximumHeaders 0\n", "0 is not carried over"},
        {"a negative number", "ClockDrift -1\n", "is not carried over"},
        {"a huge number", "SignatureTTL 99999999999999999999\n", "is not carried over"},
        {"for ever", "DNSTimeout 0\n", "dns.message_budget"},
        {"longer than a message waits", "DNSTimeout 60\n", "dns.message_budget"},
        {"name servers that are names", "Nameservers ns.example.org\n",
         "is not carried over to dns.nameservers"},
        {"a facility that is none", "SyslogFacility kern\n", "is not carried over to log.facility"},
        {"small keys", "MinimumKeyBits 128\n", "is not carried over to dkim.minimum_key_bits"},
        {"a field with a colon", "OversignHeaders From:\n",
         "is not carried over to signing.oversigned_fields"},
        {"From is not to be signed", "OmitHeaders From\n", "From is always signed"},
        {"an action that is none", "On-Default refuse\n", "'refuse' is no action"},
        {"a refusal that needs no key", "On-BadSignature reject\n", "is seen without the key"},
        {"a quarantine that never was", "On-BadSignature quarantine\n", "had no effect"},
        {"half a table", "SigningTable refile:/x\n", "need each other"},
        {"tables that are missing", "KeyTable /none\nSigningTable /none\n", "mail is not signed without it"},
        {"half a key", "Domain a.test\n", "need each other"},
        {"a domain that is none", "Domain a b\nSelector s\nKeyFile /k\n", "is not signed"},
        {"a selector that is none", "Domain a.test\nSelector a b\nKeyFile /k\n", "'a b' is not a selector"},
        {"a key instead of a path", "Domain a.test\nSelector s\nKeyFile MIIEvQIBADANBgkqhkiG9w0BAQEF\n",
         "option"},
        {"recipients without an at sign", "DontSignMailTo example.org\n",
         "OpenDKIM compares whole addresses"},
        {"an id with blanks", "AuthservID my host\n", "is not carried over to authserv_id"},
        {"an exempt domain that is none", "ExemptDomains *\n", "roles.exempt_domains"},
    };
    check_all(opendkim, cases);
}

TEST_CASE("odd files of opendmarc") {
    const Odd cases[] = {
        {"empty", "", "0 options"},
        {"CRLF", "RejectFailures true\r\n", "1 option:"},
        {"an old name", "ForensicReports true\n", "An old name"},
        {"an option of opendkim", "Canonicalization relaxed\n", "no option of this name"},
        {"on is no truth value", "RejectFailures on\n", "expected yes or no, found 'on'"},
        {"maybe", "RejectFailures maybe\n", "expected yes or no"},
        {"a template", "AuthservID {{ name }}\n", "a template"},
        {"a text with braces", "RejectString {x} %s\n", "is not carried over to policy.replies.dmarc"},
        {"a text without a place", "RejectString go away\n", "1 carried over"},
        {"hosts that are missing", "IgnoreHosts /none\n", "No such file"},
        {"hosts in the line", "IgnoreHosts 127.0.0.1,10.0.0.1\n", "No such file"},
        {"a list in place of a file", "IgnoreMailFrom /etc/list\n", "not a file"},
        {"authors that are none", "RejectFailures true\nIgnoreMailFrom *,@,a b\n", "2 options"},
        {"suffixes in a directory", "PublicSuffixList /dir\n", "Is a directory"},
        {"a socket of nobody", "Socket 8893\n", "is no socket"},
    };
    check_all(opendmarc, cases);
}

TEST_CASE("odd files of policyd-spf") {
    const Odd cases[] = {
        {"empty", "", "0 options"},
        {"CRLF", "HELO_reject = Fail\r\n", "1 option:"},
        {"a colon", "HELO_reject: Fail\n", "expected NAME = VALUE"},
        {"no sign at all", "HELO_reject Fail\n", "expected NAME = VALUE"},
        {"another case", "helo_reject = Fail\n", "did you mean HELO_reject?"},
        {"a name that never was", "Rcpt_To_reject = Fail\n", "had no effect"},
        {"an old name", "defaultSeedOnly = 1\n", "An old name of TestOnly"},
        {"a value that never was", "Mail_From_reject = reject\n", "is no value of Mail_From_reject"},
        {"an empty value", "HELO_reject =\n", "is no value of HELO_reject"},
        {"truth in small letters", "PermError_reject = true\n", "only True, written so"},
        {"a number that is none", "TestOnly = yes\n", "expected 0 or 1"},
        {"a block that is none", "skip_addresses = localhost\n", "is no block"},
        {"lookups beyond all", "Void_Limit = 1000\n", "is not carried over to spf.void_lookups"},
        {"checks turned off by accident", "Mock = False\n", "turned all checks off"},
        {"a domain that is none", "Domain_Whitelist = a b\n", "option"},
        {"a text with unknown braces", "Reason_Message = {what}\n", "is not carried over"},
        {"a template", "Whitelist = {{ nets }}\n", "a template"},
    };
    check_all(policyd, cases);
}

TEST_CASE("odd files of opendkim: names and lists") {
    const Odd cases[] = {
        {"a vertical tab", "Mode\vsv\n", "expected a value behind 'Mode\\x0bsv'"},
        {"a blank that does not break", "Mode\xc2\xa0sv\n", "expected a value behind"},
        {"blanks in front", "   Mode sv\n\tSyslog yes\n", "2 options"},
        {"line ends of old", "Mode sv\rSyslog yes\r", "1 option:"},
        {"a line that goes on", "OversignHeaders From,\\\n  To\n", "expected a value behind 'To'"},
        {"modes in the other order", "Mode vs\n", "1 option: 1 carried over"},
        {"two modes", "Mode s\nMode v\n", "is given twice; this one counts"},
        {"canonicalization in capitals", "Canonicalization Relaxed/Simple\n", "1 carried over"},
        {"half of a canonicalization", "Canonicalization relaxed/\n", "'' is not carried over"},
        {"the other half", "Canonicalization /simple\n", "'' is not carried over"},
        {"a quoted socket", "Socket \"inet:8891@localhost\"\n", "is no socket"},
        {"two sockets in one", "Socket inet:1@localhost,inet:2@localhost\n", "is no socket"},
        {"two tables in one", "KeyTable /x,/y\nSigningTable /x\n", "/x,/y: No such file or directory"},
        {"Include of several", "Include /lists/*\n", "/lists/*: No such file or directory"},
        {"Include of a relative path", "Include hosts\n", "hosts: No such file or directory"},
        {"a number with a unit", "SignatureTTL 1w\n", "'1w' is not carried over to signing.lifetime"},
        {"a list of algorithms", "SignatureAlgorithm rsa-sha256,ed25519-sha256\n",
         "does not start with 'rsa-sha256,ed25519-sha256'"},
        {"an algorithm that is none, and nothing is signed", "Mode v\nSignatureAlgorithm rsa-sha512\n",
         "does not start with 'rsa-sha512'"},
        {"a blank before a path", "InternalHosts refile: /lists/names\n",
         "does not start; it is read as refile:/lists/names here"},
        {"a blank before the path of a table",
         "KeyTable file: /lists/names\nSigningTable refile:/lists/names\n",
         "does not start; it is read as file:/lists/names here"},
        {"fields with semicolons", "SignHeaders From;To\n", "'From;To' is not carried over"},
        {"fields with blanks", "SignHeaders From To\n", "'From To' is not carried over"},
        {"a range of addresses", "InternalHosts 10.0.0.1-10.0.0.9\n", "is left out: it is no name of a host"},
        {"a mask in place of a length", "InternalHosts 10.0.0.0/255.0.0.0\n", "is no address and no block"},
        {"an address of three numbers", "InternalHosts 192.168.1\n", "is no address and no block"},
        {"an address of one number", "InternalHosts 10/8\n", "is no address and no block"},
        {"a domain with an at sign", "InternalHosts @x.test\n", "is no name of a host"},
        {"IPv4 inside of IPv6", "InternalHosts refile:/lists/mapped\n", "written this way it matched nobody"},
    };
    check_all(opendkim, cases);
}

TEST_CASE("odd files of opendkim: one key") {
    const Odd cases[] = {
        {"the name of the record as selector", "Domain a.test\nSelector s._domainkey\nKeyFile /k\n",
         "no mail is signed: 's._domainkey' is the name of a key record"},
        {"the same with domains in a file", "Domain /lists/names\nSelector s._domainkey\nKeyFile /k\n",
         "is the name of a key record"},
        {"the same for all domains", "Domain *\nSelector s._domainkey\nKeyFile /k\n",
         "is the name of a key record"},
        {"a selector with a slash", "Domain a.test\nSelector ../s\nKeyFile /k\n", "'../s' is not a selector"},
        {"a comment without a blank", "Domain a.test#x\nSelector s#y\nKeyFile /k\n",
         "3 options: 3 carried over"},
        {"a kind before the path of a key", "Domain a.test\nSelector s\nKeyFile file:/lists/names\n",
         "a file of the name 'file:/lists/names' and does not start; the key in /lists/names is taken here"},
        {"a domain with a dot in front", "Domain .a.test\nSelector s\nKeyFile /k\n", "compares whole names"},
        {"a domain with an at sign", "Domain @a.test\nSelector s\nKeyFile /k\n", "it is no domain"},
        {"domains and nothing between commas", "Domain a.test,,b.test,\nSelector s\nKeyFile /k\n",
         "3 options: 3 carried over"},
    };
    check_all(opendkim, cases);
}

TEST_CASE("odd files of opendmarc and policyd-spf: more") {
    const Odd dmarc[] = {
        {"a quoted name", "AuthservID \"mx\"\n", "the quotation marks are left out"},
        {"a list with nothing in it", "TrustedAuthservIDs HOSTNAME, , ,\n", "1 option:"},
        {"truth in capitals", "RejectFailures TRUE\n", "is rejected where its domain asks for that"},
        {"a name of two words", "Reject Failures true\n", "no option of this name"},
        {"a reply with a code", "RejectString 550 5.7.1 no\n", "leave out 550"},
        {"hosts by their names", "IgnoreHosts /lists/names\n", "only addresses and blocks are excepted"},
    };
    check_all(opendmarc, dmarc);
    const Odd spf[] = {
        {"quotes of Python", "HELO_reject = 'Fail'\n", "is no value of HELO_reject"},
        {"a comment behind", "HELO_reject = Fail # strict\n", "1 option: 1 carried over"},
        {"two equals signs", "HELO_reject = Fail = x\n", "expected NAME = VALUE, with one '='"},
        {"two lines", "HELO_reject = Fail\nHELO_reject = False\n", "is given twice; this one counts"},
        {"blanks between blocks", "Whitelist = 192.0.2.0/24 198.51.100.1\n", "policyd-spf stopped reading"},
        {"Latin-1", "Reason_Message = f\xfcr {rejectdomain}\n", "is not carried over to spf.policyd"},
        {"Null where it means nothing", "Mail_From_reject = Null\n", "is no value of Mail_From_reject"},
    };
    check_all(policyd, spf);
}

TEST_CASE("what is told of a file as a whole names it, whatever is in it") {
    for (const auto& [path, text] : {std::pair(policyd, ""), {policyd, "x\n"}, {opendmarc, "# a\n"}}) {
        INFO(path << ": " << text);
        for (const auto& finding : imported({{path, text}}).findings) {
            CHECK_FALSE(finding.place.file.empty());
        }
    }
}

TEST_CASE("programs that nobody calls are no configuration, and it is told why") {
    const auto outcome = imported({{policyd, "HELO_reject = Fail\n"},
                                   {opendmarc, "Socket inet:8893@localhost\n"},
                                   {"/etc/postfix/main.cf", "x = y\n"}});
    CHECK(outcome.daemons.empty());
    CHECK(outcome.not_called ==
          std::vector{config::import::Daemon::policyd_spf, config::import::Daemon::opendmarc});
    const auto text = config::import::print_nothing(outcome);
    CHECK(text.find("Postfix does not call policyd-spf") != std::string::npos);
    CHECK(text.ends_with("none of opendkim, opendmarc and policyd-spf is in use here"));
    CHECK(config::import::print_nothing(imported({})) ==
          "there is no configuration of opendkim, opendmarc or policyd-spf here");
}

TEST_CASE("a template makes no configuration") {
    const auto outcome = imported({{opendkim, "Mode sv\nDomain {{ d }}\n"}, {opendmarc, "Syslog yes\n"}});
    CHECK(outcome.settings.empty());
    REQUIRE(outcome.problems.size() == 1);
    CHECK(outcome.problems.front().print() ==
          "/etc/opendkim.conf:2:1: '{{ d }}' stands there: this is a template that was never filled in");
}

TEST_CASE("a configuration of a program that is not installed is left out") {
    const import_test::MemoryFiles files(std::map<std::string, std::string>{{opendkim, "Mode sv\n"}});
    const auto found = config::import::find_inputs({}, files);
    CHECK_FALSE(found.inputs.opendkim);
    CHECK(found.findings.size() == 1);
    config::import::Wanted named;
    named.opendkim = opendkim;
    CHECK(config::import::find_inputs(named, files).inputs.opendkim);
    named.opendkim = "/none";
    CHECK(config::import::find_inputs(named, files).problems.size() == 1);
}
