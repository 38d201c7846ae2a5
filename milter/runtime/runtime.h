// Settings and everything that is built from them once: an immutable snapshot that sessions share. A reload
// builds a new one; a session keeps the one it began with.
#pragma once

#include "authenticate/border.h"
#include "authenticate/options.h"
#include "config/settings.h"
#include "dkim/sign.h"
#include "dmarc/public_suffix.h"
#include "keys/key_store.h"
#include "keys/sender_table.h"
#include "message/limits.h"
#include "milter/resolver/resolver.h"
#include "milter/runtime/driver_limits.h"
#include "milter/runtime/parsed_records.h"
#include "milter/runtime/policies.h"
#include "milter/runtime/relay_rules.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace milter::runtime {

struct Runtime {
    config::Settings settings; // without the domains, which `keys` has
    std::string host_name;
    std::shared_ptr<const dmarc::PublicSuffixList> public_suffixes; // null when the settings need none
    std::shared_ptr<ParsedRecords> parsed_records;
    authenticate::Options checks;          // refers to public_suffixes and parsed_records
    authenticate::Options mail_from_check; // of them, SPF of MAIL FROM alone
    std::shared_ptr<const keys::KeyStore> keys;
    std::shared_ptr<const keys::SenderSource> senders; // null: whose mail is signed may write any From
    std::shared_ptr<keys::source::News> key_news;      // of the sources of keys
    dkim::SignOptions sign_options;                    // but for domain, selector and identity
    message::Limits message_limits;
    Policies policies; // for incoming mail
    authenticate::RelayRules relay_rules;
    KnownHosts relay_hosts;    // that are given by name
    std::string unknown_relay; // a name without addresses: any client may be that relay; empty: none
    DriverLimits driver_limits;
    std::vector<base::DomainName> exempt_domains; // roles.exempt_domains
    bool needs_body = true;                       // false: bodies are neither verified nor signed
    bool needs_recipients = false;                // a decision depends on them
    bool answers_recipients = false;              // one may be refused
    bool may_hold = false;                        // the mail server may be asked to hold a message
};

struct BuiltRuntime {
    std::shared_ptr<const Runtime> runtime; // null when there is any problem
    std::vector<std::string> problems;      // one line each, with file and line where there is one
    std::vector<std::string> faults;        // the same, of keys and rows without which everything else works
    std::vector<std::string> warnings;      // the same, of what works but is probably not meant
};

// A site with more keys has them parsed when they are first used.
constexpr std::size_t keys_read_at_start = 1000;

// Reads the key tables and the public suffix list that the settings name, and looks up the relays that they
// name; of these, `known` holds the addresses of before. What the sources of `before` answered is kept.
[[nodiscard]] BuiltRuntime build_runtime(config::Settings settings, std::string host_name,
                                         const KnownHosts& known = {}, const Runtime* before = nullptr);

// The same with the addresses of relays whose names had none before. Nothing else is read again. Null: there
// are still none.
[[nodiscard]] std::shared_ptr<const Runtime> with_relays_found(const Runtime& before,
                                                               const LookUpHost& look_up);

// Who may write what; no table: nobody is asked.
struct LoadedSenders {
    std::shared_ptr<const keys::SenderSource> table;
    std::vector<keys::Problem> problems;
};
// See senders.cpp. `user` as in keys::KeyOptions; what the source of `before` answered is kept.
[[nodiscard]] LoadedSenders load_senders(const config::Settings& settings, const std::string& user,
                                         const std::shared_ptr<keys::source::News>& news,
                                         const std::shared_ptr<const keys::SenderSource>& before);

// The parts that the tools need as well.
[[nodiscard]] authenticate::Options check_options(const config::Settings& settings);
[[nodiscard]] dkim::SignOptions sign_options(const config::Settings& settings);
[[nodiscard]] dkim::SignOptions sign_options(const config::Settings::Signing& signing);
[[nodiscard]] keys::KeyOptions key_options(const config::Settings& settings); // see key_options.cpp
[[nodiscard]] std::vector<base::DomainName> exempt_domains(const config::Settings& settings);
// Nothing where the section spf.policyd is not given.
[[nodiscard]] std::optional<authenticate::PolicydRules> policyd_rules(const config::Settings& settings);
[[nodiscard]] message::Limits message_limits(const config::Settings& settings);
[[nodiscard]] resolver::Options resolver_options(const config::Settings& settings);
// libpsl's own list or the file that is named; null when the settings need none. Refused: a file that is no
// list.
[[nodiscard]] base::Result<std::unique_ptr<const dmarc::PublicSuffixList>, std::string>
load_public_suffixes(const config::Settings::Dmarc& settings);
[[nodiscard]] std::string host_name(); // "localhost" when the system has none

} // namespace milter::runtime
