#include "config/policyd_schema.h"

#include "config/schema_types.h"
#include "config/text_checks.h"

namespace config {

using namespace schema_types;

// policyd-spf's names, values and defaults.
Section policyd_section() {
    return {
        "spf.policyd",
        R"(
What policyd-spf does, by its own switches: mail is refused for the result of SPF alone. They are on where
this section stands in the file, even if nothing stands below it: mail that fails for HELO or for MAIL FROM
is rejected then. Mail of our own is never asked. Without the section nothing is refused here. The guide on
policyd-spf's switches tells what differs, and which of its options are set elsewhere.)",
        {choice<policyd_stage_choices>(
             "spf.policyd.stage", [](auto& s) -> auto& { return s.spf.policyd.stage; },
             R"(
When mail is refused. end_of_message: when all of it is there, together with every other policy. rcpt: each
recipient, before the message is sent; the mail server waits for the DNS then, and nothing of a refused
message is seen but one line in the log for each recipient.)"),
         choice<helo_reject_choices>(
             "spf.policyd.HELO_reject", [](auto& s) -> auto& { return s.spf.policyd.helo_reject; },
             R"(
For which results of the name given with HELO mail is rejected. Fail. Softfail: that and fail.
SPF_Not_Pass: neutral as well. Null: fail, and only where MAIL FROM is empty. False: for none, but it is
still looked at. No_Check: it is not looked at, so that mail with an empty MAIL FROM is not judged.)"),
         choice<mail_from_reject_choices>(
             "spf.policyd.Mail_From_reject", [](auto& s) -> auto& { return s.spf.policyd.mail_from_reject; },
             R"(
The same for the domain of MAIL FROM. Where MAIL FROM is empty, HELO_reject decides.)"),
         setting(
             "spf.policyd.PermError_reject", boolean(),
             [](auto& s) -> auto& { return s.spf.policyd.permerror_reject; },
             R"(
Reject mail whose domain has an SPF record in error, unless the switch of its identity is False or
No_Check.)"),
         setting(
             "spf.policyd.TempError_Defer", boolean(),
             [](auto& s) -> auto& { return s.spf.policyd.temperror_defer; },
             R"(
Answer 451 where the DNS gave no answer, with the same exception. Otherwise such mail is taken.)"),
         setting(
             "spf.policyd.No_Mail", boolean(), [](auto& s) -> auto& { return s.spf.policyd.no_mail; },
             R"(
Reject only mail of domains that say that they send none: whose record is v=spf1 -all and nothing else.)"),
         setting(
             "spf.policyd.Reject_Not_Pass_Domains", texts(check_domain),
             [](auto& s) -> auto& { return s.spf.policyd.reject_not_pass_domains; },
             R"(
Domains for which SPF_Not_Pass holds, for HELO and for MAIL FROM, and for the names below them.)"),
         setting(
             "spf.policyd.skip_addresses", networks(),
             [](auto& s) -> auto& { return s.spf.policyd.skip_addresses; },
             R"(
Clients that are not judged: those of this host. Giving this list replaces the default.)"),
         setting(
             "spf.policyd.Whitelist", networks(), [](auto& s) -> auto& { return s.spf.policyd.whitelist; },
             R"(
Further clients that are not judged, such as a backup MX or a forwarder. The result is written all the
same.)"),
         setting(
             "spf.policyd.Domain_Whitelist", texts(check_domain),
             [](auto& s) -> auto& { return s.spf.policyd.domain_whitelist; },
             R"(
Domains whose SPF record names the clients that are not judged. Each message asks for the records of all of
them.)"),
         setting(
             "spf.policyd.HELO_Whitelist", texts(check_domain),
             [](auto& s) -> auto& { return s.spf.policyd.helo_whitelist; },
             R"(
Hosts that are not judged: the name given with HELO is listed, and the client has its address.)"),
         setting(
             "spf.policyd.Domain_Whitelist_PTR", texts(check_domain),
             [](auto& s) -> auto& { return s.spf.policyd.domain_whitelist_ptr; },
             R"(
Domains whose hosts are not judged: the client's name is the domain's or below it, and leads back to its
address.)"),
         choice<test_only_choices>(
             "spf.policyd.TestOnly", [](auto& s) -> auto& { return s.spf.policyd.act; },
             R"(
0: the log says what would be done, and nothing is; policyd-spf has it that way round. 1: it is done, unless
policy.dry_run says otherwise.)"),
         setting(
             "spf.policyd.SPF_Enhanced_Status_Codes", boolean(),
             [](auto& s) -> auto& { return s.spf.policyd.enhanced_status_codes; },
             R"(
Answer with 5.7.23 for a result, 5.7.24 and 4.7.24 for errors, as RFC 7372 has it. Otherwise with 5.7.1,
5.5.2 and 4.4.3, the older codes.)"),
         setting(
             "spf.policyd.Reason_Message", {.kind = Kind::text, .minimum = 1, .check = check_reason_message},
             [](auto& s) -> auto& { return s.spf.policyd.reason_message; },
             R"(
The text of a reply. {rejectdefer} is rejected or deferred, {spf} the result in words, {url} what
Reason_URL gives.)"),
         setting(
             "spf.policyd.Reason_URL", text(check_reason_url),
             [](auto& s) -> auto& { return s.spf.policyd.reason_url; },
             R"(
The address of a page that explains a reply: {0} is helo or mfrom, {1} the name or the address, {2} the
client, {3} the domain of the recipient.)"),
         setting(
             "spf.policyd.Hide_Receiver", boolean(),
             [](auto& s) -> auto& { return s.spf.policyd.hide_receiver; },
             R"(
Leave the name of this system out of the Received-SPF field, and the domain of the recipient out of
Reason_URL.)")},
        [](Settings& settings) { settings.spf.policyd.on = true; }};
}

} // namespace config
