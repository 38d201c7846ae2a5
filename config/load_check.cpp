#include "config/load_check.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/ip_address.h"
#include "base/secret_text.h"
#include "config/check_policy.h"
#include "config/check_signed_fields.h"
#include "config/choices.h"
#include "config/load_settings.h"
#include "config/macro_evidence.h"
#include "config/number_text.h"
#include "config/report_mail_schema.h"
#include "config/table_prefix.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace config {

namespace {

// What the mail servers wait for a filter at the end of a message unless told otherwise: Postfix has
// milter_content_timeout = 300s, Sendmail T=...;E:5m, and both spend some of it on other filters.
constexpr std::chrono::seconds mail_server_patience{250};

constexpr int other_write = 0002;
constexpr unsigned least_key_bits = 1024;

// The widest blocks that are given to one owner.
bool holds_strangers(const base::IpNetwork& block) {
    constexpr unsigned widest_v4 = 8, widest_v6 = 16;
    const std::string text = block.print();
    const auto slash = text.find('/');
    const auto length = slash == std::string::npos ? std::nullopt : parse_decimal(text.substr(slash + 1));
    if (!length) {
        return false;
    }
    if (text.find(':') == std::string::npos) {
        return *length < widest_v4;
    }
    // Unique local and link-local addresses are nobody else's, however wide.
    const bool is_private = *length >= 7 && (text.starts_with("fc") || text.starts_with("fd") ||
                                             (*length >= 10 && text.starts_with("fe8")));
    return *length < widest_v6 && !is_private;
}

// Of names, those below a top-level domain have many owners.
bool holds_strangers(const base::HostPattern& host) {
    return host.network() ? holds_strangers(*host.network()) : host.name().rfind('.') == 0;
}

struct Checks {
    const Settings& settings;
    const TreeNode* root;
    const File& file;
    Report& report;

    [[nodiscard]] Place at(std::string_view path) const {
        const TreeNode* node = find_value(root, path);
        return node == nullptr ? Place{&file, 0, 0} : place_of(file, *node);
    }

    // Also true of a value that was refused: it has its own diagnostic and must not cause another one.
    [[nodiscard]] bool given(std::string_view path) const {
        const TreeNode* node = find_value(root, path);
        return node != nullptr && !(node->kind == TreeNode::Kind::scalar && node->text.empty());
    }

    void needs(std::string_view path, std::string_view other, std::string_view why) const {
        if (given(path) && !given(other)) {
            report.error(at(path), fmt::format("'{}' needs '{}'", path, other), std::string(why));
        }
    }

    void tables() const {
        needs("signing.key_table", "signing.signing_table",
              "the signing table says which key signs for whom");
        needs("signing.signing_table", "signing.key_table", "the key table says where the keys are");
    }

    void store() const {
        needs("rotation.store", "rotation.store_key", "what is in the store is sealed with a key");
        for (const auto* path :
             {"rotation.store_key", "rotation.store_user", "rotation.store_password_file"}) {
            needs(path, "rotation.store", "it says where the store is");
        }
    }

    void needs_dmarc(std::string_view path) const {
        if (!settings.dmarc.enabled || !settings.roles.verify) {
            report.warning(at(path), fmt::format("'{}' has no effect without '{}'", path,
                                                 settings.dmarc.enabled ? "roles.verify" : "dmarc.enabled"));
        }
    }

    void history() const {
        const std::string& path = settings.reports.history_file;
        if (path.empty()) {
            return;
        }
        needs_dmarc("reports.history_file");
        if (path == settings.reports.store) {
            report.error(at("reports.history_file"), "'reports.history_file' is 'reports.store'",
                         "each needs a file of its own");
        }
        if (settings.reports.enabled && !settings.reports.mail.from.empty()) {
            report.warning(at("reports.history_file"),
                           "'reports.history_file' and 'reports.from' are set: where opendmarc-reports runs "
                           "as well, owners of domains get two reports");
        }
    }

    void reports() const {
        history();
        if (!settings.reports.enabled) {
            return;
        }
        needs_dmarc("reports.enabled");
        for (const auto* path : {"reports.store_user", "reports.store_password_file"}) {
            if (given(path) && is_path(settings.reports.store)) {
                report.warning(at(path), fmt::format("'{}' has no effect: 'reports.store' is a file", path));
            }
        }
    }

    void failure_reports() const {
        const FailureReports& failure = settings.reports.failure;
        if (!failure.enabled) {
            return;
        }
        if (!settings.reports.enabled) {
            report.warning(at("reports.failure.enabled"),
                           "'reports.failure.enabled' has no effect without 'reports.enabled'");
        }
        const std::tuple<const char*, unsigned, const char*, unsigned> wholes[] = {
            {"reports.failure.per_hour_and_domain", failure.per_hour_and_domain, "reports.failure.per_hour",
             failure.per_hour},
            {"reports.failure.per_day_and_domain", failure.per_day_and_domain, "reports.failure.per_day",
             failure.per_day},
            {"reports.failure.per_hour", failure.per_hour, "reports.failure.per_day", failure.per_day}};
        for (const auto& [path, part, whole_path, whole] : wholes) {
            if (given(path) && part > whole) {
                report.warning(at(path),
                               fmt::format("'{}' has no effect: it is more than '{}'", path, whole_path));
            }
        }
    }

    void report_mail() const {
        const ReportMail& mail = settings.reports.mail;
        needs("reports.user", "reports.password_file", "a login needs its password");
        needs("reports.password_file", "reports.user", "a password needs its login");
        const auto server = read_host_and_port(mail.server, 0);
        if (!mail.user.empty() && mail.tls == ReportTls::none && server && !is_loopback(*server)) {
            report.error(at("reports.user"), "'reports.user' needs 'reports.tls'",
                         "the password would cross the network for everybody to read");
        }
        if (mail.give_up > settings.reports.keep) {
            report.warning(
                at("reports.give_up"),
                "'reports.give_up' is longer than 'reports.keep': counts would be gone before their "
                "reports are given up");
        }
        if (settings.reports.enabled && mail.from.empty()) {
            report.warning(at("reports.enabled"),
                           "'reports.enabled' without 'reports.from': reports are counted "
                           "and not sent");
        }
    }

    void source_of(std::string_view path, const std::string& table) const {
        const auto colon = table.find(':');
        const std::string name = colon == std::string::npos ? "" : table.substr(colon + 1);
        if (colon == std::string::npos || settings.sources.contains(name) ||
            table_form(std::string_view(table).substr(0, colon + 1), name) != TableForm::source) {
            return;
        }
        report.error(at(path), fmt::format("'{}': there is no source {}", path, base::quoted(name)),
                     fmt::format("it needs 'sources: {}:' with a connection",
                                 name.empty() ? "NAME" : base::shown(name)));
    }

    void sources() const {
        source_of("signing.key_table", settings.signing.key_table);
        source_of("signing.signing_table", settings.signing.signing_table);
        source_of("senders.table", settings.senders.table);
        source_of("default.domain_table", settings.default_keys.domain_table);
    }

    void durations() const {
        if (settings.dns.message_budget > mail_server_patience) {
            report.warning(at("dns.message_budget"),
                           "'dns.message_budget' is longer than mail servers wait for a filter (5m)",
                           "a few seconds are enough");
        }
        if (settings.dns.timeout > settings.dns.message_budget) {
            report.warning(at("dns.timeout"),
                           "'dns.timeout' is longer than 'dns.message_budget' and has no effect");
        }
    }

    void key_bits() const {
        if (settings.dkim.minimum_key_bits > settings.dkim.maximum_key_bits) {
            report.error(at("dkim.minimum_key_bits"),
                         "'dkim.minimum_key_bits' is above 'dkim.maximum_key_bits'");
        }
    }

    void header_limits() const {
        if (settings.limits.header_field_bytes > settings.limits.header_bytes) {
            report.error(at("limits.header_field_bytes"),
                         "'limits.header_field_bytes' is above 'limits.header_bytes'");
        }
        if (settings.limits.header_bytes > settings.limits.headers_in_memory) {
            report.error(at("limits.header_bytes"),
                         "'limits.header_bytes' is above 'limits.headers_in_memory'",
                         "a header between the two would be put off again and again");
        }
    }

    void roles() const {
        if (!settings.roles.verify && !settings.roles.sign) {
            report.warning(at("roles.verify"),
                           "neither 'roles.verify' nor 'roles.sign': no mail is looked at");
        }
        reinjection();
    }

    // The one says it in one word, the other in two: both are fine where they agree.
    void mode() const {
        if (!given("mode")) {
            return;
        }
        const bool verifies = settings.mode != Mode::sign;
        const bool signs = settings.mode != Mode::verify;
        contradiction("roles.verify", settings.roles.verify, verifies);
        contradiction("roles.sign", settings.roles.sign, signs);
    }

    void contradiction(std::string_view path, bool said, bool meant) const {
        if (given(path) && said != meant) {
            report.error(at(path), fmt::format("'{}' contradicts 'mode'", path), "leave one of them out");
        }
    }

    void macros() const {
        const auto& conditions = settings.roles.originating_macros;
        for (std::size_t i = 0; i < conditions.size(); ++i) {
            if (is_of_certificate(conditions[i])) {
                report.warning(at_item("roles.originating_macros", i),
                               fmt::format("'roles.originating_macros': {} is of a certificate: whoever gets "
                                           "such a one, or makes it, has mail signed",
                                           conditions[i].name),
                               "take it only where no other certificate authority than your own counts");
            }
        }
    }

    void exempt_domains() const {
        const auto& exempt = settings.roles.exempt_domains;
        for (std::size_t i = 0; i < exempt.size(); ++i) {
            report.warning(at_item("roles.exempt_domains", i),
                           fmt::format("'roles.exempt_domains': whoever writes {} in From is not checked",
                                       base::shown(exempt[i])),
                           "name the clients in 'roles.peers' instead, if they are known");
        }
    }

    void recipients(std::string_view path, const std::vector<std::string>& patterns,
                    std::string_view fate) const {
        for (std::size_t i = 0; i < patterns.size(); ++i) {
            if (patterns[i].find_first_not_of("*@.") == std::string::npos) {
                report.warning(at_item(path, i),
                               fmt::format("'{}': with {} {}", path, base::shown(patterns[i]), fate));
            }
        }
    }

    void required_fields() const {
        if (settings.dkim.uncovered_fields == dkim::UncoveredFields::policy &&
            settings.dkim.required_fields.empty()) {
            report.warning(at("dkim.uncovered_fields"),
                           "'dkim.uncovered_fields' has no effect without 'dkim.required_fields'");
        }
    }

    void reinjection() const {
        const auto& originating = settings.roles.originating_daemons;
        for (const auto& name : settings.roles.reinjection_daemons) {
            if (std::find(originating.begin(), originating.end(), name) != originating.end()) {
                report.error(at("roles.reinjection_daemons"),
                             fmt::format("'{}' stands in 'roles.originating_daemons' as well: all mail that "
                                         "comes back there would be signed, whoever wrote it",
                                         base::shown(name)));
            }
        }
    }

    // Of a list, where the item stands; else where the list does.
    [[nodiscard]] Place at_item(std::string_view path, std::size_t index) const {
        const TreeNode* list = find_value(root, path);
        return list != nullptr && index < list->children.size() ? place_of(file, *list->children[index])
                                                                : at(path);
    }

    void strangers(std::string_view path, const base::HostList& hosts, std::string_view fate) const {
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            if (!hosts[i].is_exception() && holds_strangers(hosts[i])) {
                report.warning(
                    at_item(path, i),
                    fmt::format("'{}': {} holds strangers, whose mail is {}", path, hosts[i].print(), fate),
                    "name the networks of your own");
            }
        }
    }

    void internal_hosts() const {
        const auto& hosts = settings.roles.internal_hosts;
        strangers("roles.internal_hosts", hosts, "signed and not checked");
        strangers("roles.peers", settings.roles.peers, "not checked");
        const bool has_loopback = find_host(hosts, "", base::IpAddress::parse("127.0.0.1")) != nullptr ||
                                  find_host(hosts, "", base::IpAddress::parse("::1")) != nullptr;
        if (settings.roles.sign && !hosts.empty() && !has_loopback) {
            report.warning(at("roles.internal_hosts"),
                           "'roles.internal_hosts' lacks the loopback addresses: mail that programs on this "
                           "host send by SMTP is not signed",
                           "add 127.0.0.0/8 and ::1/128");
        }
    }

    // The list of that name of one relay.
    [[nodiscard]] const TreeNode* relay_list(std::size_t relay, std::string_view name) const {
        const TreeNode* hosts = find_value(root, "relays.hosts");
        return hosts != nullptr && relay < hosts->children.size() ? find_value(hosts->children[relay], name)
                                                                  : nullptr;
    }

    [[nodiscard]] Place at_relay(std::size_t relay, std::string_view name, std::size_t index) const {
        const TreeNode* list = relay_list(relay, name);
        return list != nullptr && index < list->children.size() ? place_of(file, *list->children[index])
                                                                : at_item("relays.hosts", relay);
    }

    // A block of one of the relays, by its place in the list.
    struct RelayBlock {
        std::size_t relay;
        base::IpNetwork block;
    };
    using RelayBlocks = std::vector<RelayBlock>;

    // Whoever wrote these believes that mail through a relay is judged by its client.
    void missing_relays() const {
        const auto& relays = settings.relays;
        const std::pair<const char*, bool> wanted[] = {
            {"relays.srs", relays.srs != Settings::Relays().srs},
            {"relays.srs_domains", !relays.srs_domains.empty()},
            {"policy.refuse_relayed", settings.policy.rules.policy.refuse_relayed}};
        for (const auto& [path, is_wanted] : wanted) {
            if (is_wanted && !given("relays.hosts")) {
                report.warning(at(path), fmt::format("'{}' has no effect without 'relays.hosts'", path));
            }
        }
    }

    void relays() const {
        missing_relays();
        const auto& hosts = settings.relays.hosts;
        RelayBlocks above;
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            relay_addresses(i, above);
            relay_names(i);
        }
    }

    void relay_addresses(std::size_t relay, RelayBlocks& above) const {
        const auto& addresses = settings.relays.hosts[relay].addresses;
        for (std::size_t i = 0; i < addresses.size(); ++i) {
            if (const auto block = base::IpNetwork::parse(addresses[i])) {
                relay_block(*block, addresses[i], at_relay(relay, "addresses", i));
                relay_overlap({relay, *block}, at_relay(relay, "addresses", i), above);
            }
        }
        const auto& inside = settings.relays.hosts[relay].inside;
        for (std::size_t i = 0; i < inside.size(); ++i) {
            if (holds_strangers(inside[i])) {
                report.warning(
                    at_relay(relay, "inside", i),
                    fmt::format("'relays.hosts.inside': {} holds strangers, who can then name any client",
                                inside[i].print()),
                    "name the addresses of the relay's own filters");
            }
        }
    }

    void relay_block(const base::IpNetwork& block, const std::string& text, const Place& place) const {
        if (base::IpNetwork::has_host_bits(text)) {
            report.warning(
                place,
                fmt::format("'relays.hosts.addresses': '{}' stands for all of {}", text, block.print()),
                "write the block without host bits, or the address without a block");
        }
        if (holds_strangers(block)) {
            report.warning(
                place,
                fmt::format("'relays.hosts.addresses': {} holds strangers, who can then name any client",
                            block.print()),
                "name the addresses of relays of your own");
            return;
        }
        const auto loopback_blocks = loopback();
        const auto overlaps = [&](const auto& other) { return block.overlaps(other); };
        if (std::any_of(loopback_blocks.begin(), loopback_blocks.end(), overlaps)) {
            report.warning(
                place,
                fmt::format("'relays.hosts.addresses': {} is this host itself, and every program on it "
                            "can then name any client",
                            block.print()),
                "filters of a relay's own belong in 'inside'");
        } else if (std::any_of(settings.roles.internal_hosts.begin(), settings.roles.internal_hosts.end(),
                               [&](const base::HostPattern& host) {
                                   return host.network() && !host.is_exception() && overlaps(*host.network());
                               })) {
            report.warning(
                place,
                fmt::format("'relays.hosts.addresses': {} is in 'roles.internal_hosts' as well: the mail of "
                            "a relay comes from outside, so it is checked and not signed",
                            block.print()),
                "take it out of one of the two");
        }
    }

    // The first one counts. Of very many blocks only the first are compared, each with all others.
    void relay_overlap(const RelayBlock& one, const Place& place, RelayBlocks& above) const {
        constexpr std::size_t compared = 1000;
        const auto known = std::find_if(above.begin(), above.end(), [&](const RelayBlock& other) {
            return other.relay != one.relay && other.block.overlaps(one.block);
        });
        if (known != above.end()) {
            report.warning(place,
                           fmt::format("'relays.hosts.addresses': {} is in {} of another relay above, which "
                                       "counts",
                                       one.block.print(), known->block.print()));
        }
        if (above.size() < compared) {
            above.push_back(one);
        }
    }

    void relay_names(std::size_t relay) const {
        const auto& entry = settings.relays.hosts[relay];
        const TreeNode* list = relay_list(relay, "names");
        const bool given = list != nullptr && !list->children.empty(); // be it with errors
        if (!given && !entry.addresses.empty()) {
            report.warning(
                at_item("relays.hosts", relay),
                "'relays.hosts.names' is missing: a Received field of anybody passes for the relay's, if "
                "that one writes none",
                "give the name behind \"by\" in the Received fields of the relay");
        }
        for (std::size_t i = 0; i < entry.names.size(); ++i) {
            if (base::iequals(entry.names[i], "localhost")) {
                report.warning(at_relay(relay, "names", i),
                               "'relays.hosts.names': every host is called localhost");
            }
        }
    }

    void socket() const {
        const auto& listen = settings.listen;
        if (listen.control.size() > base::SocketName::longest_path) {
            report.error(at("listen.control"),
                         fmt::format("'listen.control': longer than the {} octets that the path of a unix "
                                     "socket may have",
                                     base::SocketName::longest_path));
        }
        if (listen.socket.is_unix() && listen.socket.path == listen.control) {
            report.error(at("listen.control"), "'listen.control' is where 'listen.socket' is already");
        }
        if (listen.socket.is_unix() && (listen.socket_mode & other_write) != 0) {
            report.warning(
                at("listen.socket_mode"),
                fmt::format("'listen.socket_mode': with {:04o} every user of this host can use the "
                            "socket, and have mail signed",
                            listen.socket_mode),
                "take 0660, and the mail server's group as 'listen.socket_group'");
        } else if (listen.socket.is_everywhere()) {
            report.warning(at("listen.socket"),
                           fmt::format("'listen.socket': {} can be reached from the network, and who reaches "
                                       "it can have mail signed",
                                       listen.socket.print()),
                           "take 127.0.0.1, or the address of an inner network behind a packet filter");
        }
    }

    void weak_keys() const {
        if (settings.dkim.minimum_key_bits < least_key_bits) {
            report.warning(at("dkim.minimum_key_bits"),
                           fmt::format("'dkim.minimum_key_bits': signatures by RSA keys of less than {} bits "
                                       "can be forged",
                                       least_key_bits),
                           "RFC 8301 3.2: they must not pass");
        }
    }

    void author() const {
        const auto& author = settings.author;
        const std::array<std::pair<std::string_view, authenticate::Action>, 5> actions{
            {{"author.missing", author.missing},
             {"author.several_fields", author.several_fields},
             {"author.several_domains", author.several_domains},
             {"author.unreadable", author.unreadable},
             {"author.stray_line_break", author.stray_line_break}}};
        for (const auto& [path, action] : actions) {
            if (action == authenticate::Action::discard) {
                report.warning(at(path), loses_mail(path), std::string(instead_of_discard));
            }
        }
    }

    void policyd() const {
        const auto& policyd = settings.spf.policyd;
        if (!policyd.on) {
            return;
        }
        if (!settings.spf.enabled) {
            report.error(at("spf.policyd"), "'spf.policyd' needs 'spf.enabled'");
        }
        if (settings.mode == Mode::sign || !settings.roles.verify) {
            report.warning(at("spf.policyd"), "'spf.policyd' has no effect: no mail is checked",
                           "set 'mode: both' or 'roles.verify'");
        }
        if (!settings.spf.check_helo && policyd.helo_reject != authenticate::RejectOn::null &&
            policyd.helo_reject != authenticate::RejectOn::never &&
            policyd.helo_reject != authenticate::RejectOn::no_check) {
            report.warning(at("spf.check_helo"),
                           "'spf.check_helo' is off: 'spf.policyd.HELO_reject' holds for mail with an empty "
                           "MAIL FROM alone");
        }
        policyd_severity();
        policyd_stage();
        for (const auto path : {"policy.spf_fail", "policy.spf_softfail", "policy.spf_neutral",
                                "policy.spf_permerror", "policy.spf_temperror", "policy.helo_fail"}) {
            const TreeNode* action = find_value(root, path);
            if (action != nullptr && action->text != "accept") {
                report.warning(at(path),
                               fmt::format("'{}' and 'spf.policyd' both hold: the harder counts", path),
                               "keep one of the two");
            }
        }
        if (policyd.reason_message.find("{url}") != std::string::npos && policyd.reason_url.empty()) {
            report.warning(at("spf.policyd.Reason_Message"),
                           "'spf.policyd.Reason_Message' has {url}, but 'spf.policyd.Reason_URL' is empty");
        }
    }

    // What would refuse mail that nobody forged.
    void policyd_severity() const {
        const auto& policyd = settings.spf.policyd;
        const auto warn = [&](std::string_view path, authenticate::RejectOn value) {
            if (value == authenticate::RejectOn::not_pass || value == authenticate::RejectOn::softfail) {
                report.warning(at(path),
                               fmt::format("'{}': {} refuses mail that the owners of many domains do not "
                                           "ask to have refused, above all what was forwarded",
                                           path, word_of(helo_reject_choices, value)),
                               "try it with TestOnly: 0 first");
            }
        };
        if (policyd.permerror_reject && settings.spf.void_lookups < Settings::Spf().void_lookups) {
            report.warning(
                at("spf.policyd.PermError_reject"),
                fmt::format("'spf.policyd.PermError_reject' refuses mail that is in order: with "
                            "'spf.void_lookups' at {}, records with names that do not exist are in "
                            "error",
                            settings.spf.void_lookups),
                "RFC 7208 4.6.4: two of them are allowed");
        }
        warn("spf.policyd.HELO_reject", policyd.helo_reject);
        warn("spf.policyd.Mail_From_reject", policyd.mail_from_reject);
        const auto& domains = policyd.reject_not_pass_domains;
        for (std::size_t i = 0; i < domains.size(); ++i) {
            if (!base::is_multi_label(domains[i])) {
                report.warning(at_item("spf.policyd.Reject_Not_Pass_Domains", i),
                               fmt::format("'spf.policyd.Reject_Not_Pass_Domains': {} stands for all names "
                                           "below it",
                                           domains[i]),
                               "name the domains that are forged");
            }
        }
        const auto& exempt = policyd.whitelist;
        for (std::size_t i = 0; i < exempt.size(); ++i) {
            if (holds_strangers(exempt[i])) {
                report.warning(at_item("spf.policyd.Whitelist", i),
                               fmt::format("'spf.policyd.Whitelist': {} holds strangers, whose mail is not "
                                           "judged",
                                           exempt[i].print()));
            }
        }
        constexpr std::size_t many = 20; // each may ask for dozens of records
        if (policyd.domain_whitelist.size() > many) {
            report.warning(at("spf.policyd.Domain_Whitelist"),
                           fmt::format("'spf.policyd.Domain_Whitelist' holds more than {} domains, and each "
                                       "message asks for the records of all",
                                       many),
                           "name the networks as 'spf.policyd.Whitelist'");
        }
    }

    // What Postfix waits for a reply to a command: milter_command_timeout.
    void policyd_stage() const {
        constexpr std::chrono::seconds patience{25};
        if (settings.spf.policyd.stage == PolicydStage::rcpt && settings.dns.message_budget > patience) {
            report.warning(at("dns.message_budget"),
                           "'dns.message_budget' is longer than mail servers wait for the answer to a "
                           "recipient (30s), with 'spf.policyd.stage: rcpt'",
                           "a few seconds are enough");
        }
    }

    void dmarc() const {
        if (settings.dmarc.enabled && !settings.spf.enabled && !settings.dkim.enabled) {
            report.error(at("dmarc.enabled"), "'dmarc.enabled' needs 'spf.enabled' or 'dkim.enabled'",
                         "without either, all mail would fail");
        }
    }
};

} // namespace

void check_settings(const Settings& settings, const TreeNode* root, const File& file, Report& report) {
    const Checks checks{settings, root, file, report};
    checks.tables();
    checks.sources();
    checks.store();
    checks.reports();
    checks.failure_reports();
    checks.report_mail();
    checks.durations();
    check_signed_fields(settings, root, file, report);
    checks.key_bits();
    checks.header_limits();
    checks.roles();
    checks.mode();
    checks.macros();
    checks.exempt_domains();
    checks.recipients("signing.unsigned_recipients", settings.signing.unsigned_recipients,
                      "no mail is signed at all");
    checks.recipients("signing.list_recipients", settings.signing.list_recipients,
                      "a Reply-To can be added to all mail of yours that has none, and it stays signed");
    checks.required_fields();
    checks.dmarc();
    checks.author();
    checks.policyd();
    checks.internal_hosts();
    checks.relays();
    checks.socket();
    checks.weak_keys();
}

void apply_mode(Settings& settings) {
    if (settings.mode != Mode::both) {
        settings.roles.verify = settings.mode == Mode::verify;
        settings.roles.sign = settings.mode == Mode::sign;
    }
}

} // namespace config
