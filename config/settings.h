// The daemon's settings: an immutable value, built by config/load from a YAML file and replaced as a whole on
// reload.
#pragma once

#include "authenticate/action.h"
#include "authenticate/passage.h"
#include "authenticate/policyd_rules.h"
#include "base/host_list.h"
#include "base/ip_network.h"
#include "base/macro_condition.h"
#include "base/socket_name.h"
#include "config/log_settings.h"
#include "config/policy_settings.h"
#include "config/report_settings.h"
#include "config/rotation_settings.h"
#include "dkim/canonicalization.h"
#include "dkim/options.h"
#include "dmarc/options.h"
#include "dns/server.h"
#include "message/received.h"
#include "spf/options.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace config {

// 127.0.0.0/8 and ::1.
[[nodiscard]] std::vector<base::IpNetwork> loopback();
[[nodiscard]] base::HostList loopback_hosts();

// What is done at all, whoever the mail comes from.
enum class Mode : std::uint8_t {
    both,   // what `roles` says
    verify, // all mail is checked, none is signed
    sign,   // mail of our own is signed, none is checked
};

// What a key that cannot be used leads to, and a signature that cannot be made.
enum class MissingKey : std::uint8_t { tempfail, sign_without };

// Mail to be signed that will probably be changed behind us.
enum class Fragile : std::uint8_t { sign, warn, tempfail };

// When policyd-spf's switches are looked at.
enum class PolicydStage : std::uint8_t { rcpt, end_of_message };

// The life of a key. Only an active one signs.
enum class KeyState : std::uint8_t {
    pending,  // its record is not published yet, or not everywhere
    active,   // signs
    retiring, // signs no more; its record stays, for mail that is still on its way
    retired,  // its record is withdrawn
};

struct SigningKeyEntry {
    std::string selector;
    std::string file;
    std::string identity; // i=, its domain in A-labels; empty: left out
    KeyState state = KeyState::active;
    std::size_t line = 0; // of its file; 0: rotation_file() names it

    [[nodiscard]] bool is_active() const { return state == KeyState::active; }
};

// What a domain has of its own beside its keys. Of the fields that stand in `signing` as well, only those
// that are given count.
struct DomainSigning {
    std::string signing_domain; // d=; empty: the domain; "%": that of the author
    std::string identity;       // i= of keys without one of their own
    dkim::Canonicalization header_canonicalization = dkim::Canonicalization::relaxed;
    dkim::Canonicalization body_canonicalization = dkim::Canonicalization::relaxed;
    std::vector<std::string> signed_fields;
    std::vector<std::string> oversigned_if_present;
    std::vector<std::string> oversigned_fields;
    std::vector<std::string> omitted_fields;
    std::chrono::seconds lifetime{0};

    // Who may use the keys; nobody is named: everybody whose mail is signed.
    struct Users {
        std::vector<std::string> logins;
        std::vector<base::IpNetwork> clients;
    } used_by;

    std::vector<std::string_view> given; // names of the settings, without those of used_by
};

struct DomainEntry {
    bool subdomains = false; // also sign mail whose From domain is below this one (d= stays this domain)
    bool rotate = false;     // `paraph key rotate` changes its keys
    std::vector<SigningKeyEntry> keys;            // those that rotation made as well
    std::string named_in;                         // the file that names it
    std::shared_ptr<const DomainSigning> signing; // null: it has nothing but keys
    std::shared_ptr<const Rotation> rotation;     // with `rotate`: what holds for it
};

// One set of keys for all domains of a list that have none of their own.
struct DefaultEntry {
    bool given = false;
    std::vector<std::string> domains; // names, and "*.NAME" for all below; A-labels, lower case
    std::string domain_table;         // a file with one of these on each line, or a source
    DomainEntry entry;
    std::size_t line = 0; // of its file
};

// The field that names the domain whose keys sign.
enum class KeyField : std::uint8_t { from, sender, list_post, list_id, resent_from, envelope };

// Which fields choose the key of some mail.
struct KeyFieldRule {
    std::vector<std::string> daemons;     // {daemon_name}
    std::vector<base::IpNetwork> clients; // without either it is for all mail
    std::vector<KeyField> fields{KeyField::from};
    std::size_t line = 0; // of its file
};

// Mail that is signed by nobody who may.
enum class SenderMismatch : std::uint8_t { sign_without, tempfail, reject };

// A backup MX or a front end of our own.
struct RelayEntry {
    std::vector<std::string> addresses; // of hosts, blocks, or names of hosts that are looked up
    std::vector<std::string> names;     // what stands behind "by" in its Received fields
    message::ReceivedForm form = message::ReceivedForm::any;
    std::vector<base::IpNetwork> inside; // of its own filters
    std::string named_in;                // the file that names it
    std::size_t line = 0;                // of its file
};

// A database or a directory that tables may be in; runtime/source_options says what is asked by default.
struct SourceEntry {
    std::string connection; // as its library has it; of a file, its path
    std::string user;
    std::string password_file;
    std::string signing_query; // empty: the built-in one
    std::string key_query;     // empty: the built-in one
    std::string sender_query;  // empty: the built-in one
    std::string domain_query;  // empty: the built-in one
    std::chrono::milliseconds timeout{2000};
    std::chrono::seconds cache_time{300};
    std::size_t cache_size = std::size_t{16} * 1024 * 1024;
    std::size_t connections = 4;
    std::string named_in; // the file that names it
    std::size_t line = 0;
};

// Every field is a setting of the same name in config/schema.cpp, where its meaning and its bounds stand.
// Its default is the initializer here. All paths are resolved already: absolute, or relative to the working
// directory for a configuration from memory.
struct Settings {
    struct Listen {
        base::SocketName socket{base::SocketName::Family::inet, "127.0.0.1", 8891, {}, {}};
        unsigned socket_mode = 0660;                 // of a unix socket
        std::string socket_group;                    // of a unix socket; empty: the daemon's
        std::size_t max_connections = 1000;          // more are answered 451 at connect
        bool skip_bodies = false;                    // what no signature needs of them
        std::string control = "/run/paraph/control"; // where `paraph reload` finds the daemon; empty: nowhere
        std::chrono::milliseconds drain_time{30'000}; // for messages under way when the daemon is to end
    } listen;

    struct Reload {
        std::chrono::milliseconds watch{0}; // how often files are looked at; 0: never
    } reload;

    Rotation rotation;

    Reports reports;

    std::string authserv_id;                              // "HOSTNAME" or empty: the host's name
    std::vector<std::string> strip_authserv_ids;          // further ids whose incoming results are removed
    std::string quarantine_field = "X-Paraph-Quarantine"; // marks mail that should be quarantined

    Mode mode = Mode::both; // otherwise roles.verify and roles.sign follow from it
    authenticate::Action on_internal_error =
        authenticate::Action::tempfail; // or accept, unchecked and unsigned

    struct Roles {
        bool verify = true;
        bool sign = true;
        std::vector<std::string> originating_daemons{"ORIGINATING"}; // values of {daemon_name}
        std::vector<base::MacroCondition> originating_macros;        // each marks mail of our own
        std::vector<std::string> reinjection_daemons;                // where a content filter hands mail back
        bool keep_reinjected_results = false; // what an internal host hands back keeps our own results
        base::HostList internal_hosts = loopback_hosts(); // clients whose mail is ours to sign
        base::HostList peers;                             // clients whose mail is left alone
        bool keep_peer_results = false;                   // results of our own in their mail too
        std::vector<std::string> exempt_domains;          // of From: their mail is left alone
        bool report_authentication = false;               // who logged in, in a result of ours
        bool heed_own_results = true;      // what came in and failed is not signed when it comes back
        bool sign_local_submission = true; // sendmail(1) through non_smtpd_milters
    } roles;

    struct Relays {
        std::size_t most_hops = 10; // Received fields that are followed
        authenticate::RewrittenSender srs = authenticate::RewrittenSender::none;
        std::vector<std::string> srs_domains; // under which relays rewrite MAIL FROM; empty: any
        std::vector<RelayEntry> hosts;
    } relays;

    struct Dns {
        std::vector<dns::Server> nameservers; // empty: resolv.conf
        std::chrono::milliseconds timeout{3000};
        int attempts = 2;
        std::size_t cache_bytes = std::size_t{16} * 1024 * 1024;
        std::chrono::milliseconds message_budget{8000}; // for a message's DNS, all questions together
        std::size_t questions_per_message = 200;
    } dns;

    struct Spf {
        bool enabled = true;
        bool check_helo = true;
        std::size_t void_lookups = 2;
        spf::LookAhead look_ahead = spf::LookAhead::records;
        bool report_helo = false;
        bool received_spf = false;

        // The names, the values and the defaults are policyd-spf's.
        struct Policyd {
            bool on = false; // the section is there
            PolicydStage stage = PolicydStage::end_of_message;
            authenticate::RejectOn helo_reject = authenticate::RejectOn::fail;
            authenticate::RejectOn mail_from_reject = authenticate::RejectOn::fail;
            bool permerror_reject = false;
            bool temperror_defer = false;
            bool no_mail = false;
            std::vector<std::string> reject_not_pass_domains;
            std::vector<base::IpNetwork> skip_addresses = loopback();
            std::vector<base::IpNetwork> whitelist;
            std::vector<std::string> domain_whitelist;
            std::vector<std::string> helo_whitelist;
            std::vector<std::string> domain_whitelist_ptr;
            bool act = true; // TestOnly: 1
            bool enhanced_status_codes = true;
            std::string reason_message = "Message {rejectdefer} due to: {spf}";
            std::string reason_url;
            bool hide_receiver = false;
        } policyd;
    } spf;

    struct Dkim {
        bool enabled = true;
        std::size_t max_signatures = 10;
        std::size_t minimum_key_bits = 1024;
        std::size_t maximum_key_bits = 4096;
        std::chrono::seconds clock_drift{300};
        bool accept_partial_body = false;         // l= shorter than the body
        std::vector<std::string> required_fields; // that a signature must cover where the message has them
        dkim::UncoveredFields uncovered_fields = dkim::UncoveredFields::warn;
    } dkim;

    struct Dmarc {
        bool enabled = true;
        dmarc::Discovery discovery = dmarc::Discovery::tree_walk;
        bool public_suffix_veto = true;
        std::string public_suffix_list; // a file; empty: libpsl's own
    } dmarc;

    // What happens to incoming mail whose author cannot be told: accept, mark (with quarantine_field) or
    // reject.
    struct Author {
        authenticate::Action missing = authenticate::Action::mark;
        authenticate::Action several_fields = authenticate::Action::mark;
        authenticate::Action several_domains = authenticate::Action::accept;
        authenticate::Action unreadable = authenticate::Action::mark;
        // Not the author, but a header that is read in two ways.
        authenticate::Action stray_line_break = authenticate::Action::mark;
        // The same states in mail of our own: accept unsigned, tempfail or reject.
        authenticate::Action own_mail = authenticate::Action::accept;
    } author;

    struct Iprev {
        bool enabled = false;
    } iprev;

    PolicySettings policy;

    struct Signing {
        dkim::Canonicalization header_canonicalization = dkim::Canonicalization::relaxed;
        dkim::Canonicalization body_canonicalization = dkim::Canonicalization::relaxed;
        std::vector<std::string> signed_fields{"*"}; // each of them as dkim::FieldLists has it
        std::vector<std::string> oversigned_if_present{"*"};
        std::vector<std::string> oversigned_fields{"*"};
        std::vector<std::string> omitted_fields;
        std::vector<std::string> list_recipients; // patterns of addresses: mailing lists
        Fragile fragile = Fragile::warn;          // mail that would be changed behind us
        std::chrono::seconds lifetime{0};         // x=; 0: none
        std::string key_table;                    // OpenDKIM's KeyTable, see table_prefix.h
        std::string signing_table;                // OpenDKIM's SigningTable
        std::string tables_in;                    // the file that has the settings of the tables
        bool all_matches = false;                 // every matching row signs; false: the first pattern
        MissingKey missing_key = MissingKey::tempfail;
        MissingKey on_error = MissingKey::tempfail;   // a signature that cannot be made
        std::vector<std::string> unsigned_recipients; // patterns of addresses; mail to one is not signed
        bool require_safe_keys = true;                // refuse key files that others can read or replace
    } signing;

    // Who may sign for which From.
    struct Senders {
        std::string table; // a file or a source; empty: everybody whose mail is signed, for every From
        SenderMismatch mismatch = SenderMismatch::sign_without;
        std::string delimiters; // what stands before an extension of a local-part: "+"; empty: none is cut
    } senders;

    std::vector<KeyFieldRule> key_fields; // the first one that fits; none does: From

    std::map<std::string, SourceEntry> sources; // by name

    // Per-domain keys; domain in A-labels, lower case, or "*." before it for all names below.
    std::map<std::string, DomainEntry> domains;
    DefaultEntry default_keys; // for those domains of a list that have none of their own

    struct Log {
        LogTarget target = LogTarget::syslog;
        LogFacility facility = LogFacility::mail;
        LogLevel level = LogLevel::info;
        std::chrono::seconds counters_every{std::chrono::hours(1)};
    } log;

    struct Limits {
        // What becomes of a message whose header is over a limit: reject or tempfail.
        authenticate::Action over_limit = authenticate::Action::reject;
        std::size_t header_fields = 1000;
        std::size_t header_bytes = std::size_t{256} * 1024;
        std::size_t header_field_bytes = std::size_t{64} * 1024;
        std::size_t headers_in_memory = std::size_t{64} * 1024 * 1024; // of all messages
        std::size_t waiting_messages = 1000;                           // for the DNS, each on a thread
    } limits;
};

// "FILE:LINE" of what names a key of `domain`; rotation's own file has no lines to look up.
[[nodiscard]] std::string origin_of(const std::string& domain, const DomainEntry& entry,
                                    const SigningKeyEntry& key);

} // namespace config
