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

constexpr std::string_view milter = "Of pyspf-milter. ";

constexpr OptionRow rows[] = {
    {"Authserv_Id", carried, "authserv_id",
     "With Header_Type = AR. Where opendkim has another one, that one counts, and this goes to "
     "strip_authserv_ids."},
    {"debugLevel", replaced, "log.level", "log.level: debug.", number},
    {"defaultSeedOnly", dropped, "", "An old name of TestOnly, which has no effect today.", number},
    {"Domain_Whitelist", carried, "spf.policyd.Domain_Whitelist", ""},
    {"Domain_Whitelist_PTR", carried, "spf.policyd.Domain_Whitelist_PTR",
     "The name has to lead back to the address, with a dot before the domain."},
    {"Header_Type", replaced, "spf.received_spf",
     "Authentication-Results is always written. SPF, the default, adds Received-SPF."},
    {"HELO_pass_restriction", dropped, "", "A milter cannot name a restriction class.", text, true},
    {"HELO_reject", carried, "spf.policyd.HELO_reject", ""},
    {"HELO_Whitelist", carried, "spf.policyd.HELO_Whitelist", ""},
    {"Hide_Receiver", carried, "spf.policyd.Hide_Receiver", ""},
    {"InternalHosts", replaced, "spf.policyd.skip_addresses", milter},
    {"IntHosts", replaced, "", milter, truth},
    {"Lookup_Time", replaced, "dns.message_budget", "All questions of a message together have 8 seconds.",
     number},
    {"MacroList", replaced, "roles.originating_daemons",
     "Of pyspf-milter. Mail of users who log in is never judged."},
    {"Mail_From_pass_restriction", dropped, "", "A milter cannot name a restriction class.", text, true},
    {"Mail_From_reject", carried, "spf.policyd.Mail_From_reject", ""},
    {"Mock", dropped, "",
     "Anything behind it, False too, turned all checks off. So nothing is refused for SPF.", text, true},
    {"No_Mail", carried, "spf.policyd.No_Mail", ""},
    {"Per_User", dropped, "policy.profiles",
     "A message has one result for all its recipients. policy.profiles and policy.exceptions can tell "
     "recipients apart.",
     text, true},
    {"PermError_reject", carried, "spf.policyd.PermError_reject", ""},
    {"PidFile", replaced, "", milter},
    {"Prospective", dropped, "", "`paraph spf --ip` tells whether an address would pass.", text, true},
    {"QueueID", same, "", "Lines of a message bear its queue id.", truth},
    {"Reason_Message", carried, "spf.policyd.Reason_Message", ""},
    {"Reason_URL", carried, "spf.policyd.Reason_URL", "Without it none: the page that it linked is gone."},
    {"Reject_Not_Pass_Domains", carried, "spf.policyd.Reject_Not_Pass_Domains",
     "Here it holds for the domain and those below it; there it held for those above it."},
    {"skip_addresses", carried, "spf.policyd.skip_addresses",
     "With mynetworks of Postfix where the policy service stood behind permit_mynetworks."},
    {"Socket", replaced, "listen.socket", milter},
    {"SPF_Enhanced_Status_Codes", carried, "spf.policyd.SPF_Enhanced_Status_Codes", ""},
    {"TempError_Defer", carried, "spf.policyd.TempError_Defer", ""},
    {"TestOnly", carried, "spf.policyd.TestOnly", "0 is the test, in which nothing is refused.", number},
    {"UMask", replaced, "", milter, number},
    {"UserID", replaced, "", milter},
    {"Void_Limit", carried, "spf.void_lookups", "", number},
    {"Whitelist", carried, "spf.policyd.Whitelist", ""},
    {"Whitelist_Lookup_Time", replaced, "dns.message_budget", "As Lookup_Time.", number},
};

} // namespace

std::span<const OptionRow> policyd_options() {
    return rows;
}

} // namespace config::import
