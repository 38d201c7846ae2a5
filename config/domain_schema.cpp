#include "config/domain_schema.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/secret_text.h"
#include "config/schema_types.h"
#include "config/table_prefix.h"
#include "config/text_checks.h"
#include "dkim/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace config {

using namespace schema_types;

namespace {

std::optional<Refusal> check_signing_domain(std::string_view text) {
    if (text.empty() || text == "%") {
        return std::nullopt;
    }
    if (!base::DomainName::parse_international(text)) {
        return Refusal{fmt::format("{} is not a domain name", base::quoted(text)),
                       "write a domain, or '%' for that of the author"};
    }
    return std::nullopt;
}

std::optional<Refusal> check_covered_domain(std::string_view text) {
    const auto name = text.starts_with("*.") ? text.substr(2) : text;
    if (base::DomainName::parse_international(name)) {
        return std::nullopt;
    }
    return Refusal{fmt::format("{} is not a domain name", base::quoted(text)),
                   "write example.org, or '*.example.org' for all names below it"};
}

std::optional<Refusal> check_login(std::string_view text) {
    const bool good =
        !text.empty() && std::none_of(text.begin(), text.end(), [](char c) { return base::is_control(c); });
    return good ? std::nullopt : std::optional(Refusal{"a login is a text without control characters", ""});
}

std::optional<Refusal> check_delimiters(std::string_view text) {
    const bool good = text.find_first_of("@\"\\ ") == std::string_view::npos &&
                      std::all_of(text.begin(), text.end(), base::is_visible);
    return good ? std::nullopt
                : std::optional(Refusal{fmt::format("{} cannot separate an extension", base::quoted(text)),
                                        "write it as Postfix's recipient_delimiter, for example +"});
}

// Of a setting that `signing` has as well.
template <class Field>
DomainSigningSetting own(std::string_view name, Type type, Field field, std::string_view text) {
    return make_setting<DomainSigning>(name, std::move(type), field, text);
}

} // namespace

Section senders_section() {
    return {"senders",
            R"(
Who may have mail signed with which From. Without a table, everybody whose mail is signed can use the keys of
every domain.)",
            {setting(
                 "senders.table", existing_path(list_prefixes()),
                 [](auto& s) -> auto& { return s.senders.table; },
                 R"(
A file with a login, or the network of clients that do not log in, and behind it the addresses and domains that
it may write in From; see the guide on keys. Or where these are in a database, written like signing.key_table;
see the guide on tables. Empty: no limits.)"),
             choice<sender_mismatch_choices>(
                 "senders.mismatch", [](auto& s) -> auto& { return s.senders.mismatch; },
                 R"(
What happens to mail that a key would sign and whose From the table does not allow. unsigned: it goes out without
a signature. tempfail: 451. reject: 550.)"),
             setting(
                 "senders.delimiters", text(check_delimiters),
                 [](auto& s) -> auto& { return s.senders.delimiters; },
                 R"(
The characters that separate an extension from an address, as Postfix's recipient_delimiter. With "+" the owner
of ann@example.org may write ann+news@example.org as well. Empty: these are two addresses.)")}};
}

const std::vector<DomainSetting>& domain_schema() {
    static const std::vector<DomainSetting> settings{
        make_setting<DomainEntry>(
            "subdomains", boolean(), [](auto& d) -> auto& { return d.subdomains; },
            "Sign mail from the domains below this one as well; the signature names this domain."),
        make_setting<DomainEntry>(
            "rotate", boolean(), [](auto& d) -> auto& { return d.rotate; },
            R"(
Have `paraph key rotate` make and change the keys; those in the list are the ones to begin with, and there need
not be any.)")};
    return settings;
}

const std::vector<DomainSigningSetting>& domain_signing_schema() {
    static const std::vector<DomainSigningSetting> settings{
        own(
            "signing_domain", text(check_signing_domain), [](auto& d) -> auto& { return d.signing_domain; },
            R"(
The domain that the signature names (d=) and that publishes the key. Empty: this domain; for "*.NAME" it is NAME,
below default: that of the author. "%": that of the author.)"),
        own(
            "identity", text(check_identity), [](auto& d) -> auto& { return d.identity; },
            "The i= tag of keys that have none of their own. Empty: none."),
        make_choice<canonicalization_choices, DomainSigning>(
            "header_canonicalization", [](auto& d) -> auto& { return d.header_canonicalization; },
            "In place of signing.header_canonicalization."),
        make_choice<canonicalization_choices, DomainSigning>(
            "body_canonicalization", [](auto& d) -> auto& { return d.body_canonicalization; },
            "In place of signing.body_canonicalization."),
        own(
            "signed_fields", texts(check_listed_field), [](auto& d) -> auto& { return d.signed_fields; },
            "In place of signing.signed_fields."),
        own(
            "oversigned_if_present", texts(check_listed_field),
            [](auto& d) -> auto& { return d.oversigned_if_present; },
            "In place of signing.oversigned_if_present."),
        own(
            "oversigned_fields", texts(check_listed_field),
            [](auto& d) -> auto& { return d.oversigned_fields; }, "In place of signing.oversigned_fields."),
        own(
            "omitted_fields", texts(check_listed_field), [](auto& d) -> auto& { return d.omitted_fields; },
            "In place of signing.omitted_fields."),
        own(
            "lifetime", whole_seconds(0, 3650 * day), [](auto& d) -> auto& { return d.lifetime; },
            "In place of signing.lifetime.")};
    return settings;
}

const std::vector<DomainSigningSetting>& used_by_schema() {
    static const std::vector<DomainSigningSetting> settings{
        own(
            "logins", texts(check_login), [](auto& d) -> auto& { return d.used_by.logins; },
            R"(
Logins that may use the keys, without regard to case; * stands for anything.)"),
        own(
            "clients", networks(), [](auto& d) -> auto& { return d.used_by.clients; },
            R"(
Clients that may use the keys without a login. Who logs in is known by his login alone.)")};
    return settings;
}

const std::vector<DefaultSetting>& default_schema() {
    static const std::vector<DefaultSetting> settings{
        make_setting<DefaultEntry>(
            "domains", texts(check_covered_domain), [](auto& d) -> auto& { return d.domains; },
            "The domains that are signed for: example.org, and \"*.example.org\" for all names below it."),
        make_setting<DefaultEntry>(
            "domain_table", existing_path(list_prefixes()), [](auto& d) -> auto& { return d.domain_table; },
            R"(
A file with such a domain on each line; what stands behind it is not read, so that a table of Postfix will do.
Or where they are in a database, written like signing.key_table.)")};
    return settings;
}

const std::vector<KeySetting>& key_schema() {
    static const std::vector<KeySetting> settings{
        make_required<SigningKeyEntry>(
            "selector", {.kind = Kind::text, .minimum = 1, .check = check_selector},
            [](auto& k) -> auto& { return k.selector; },
            "The selector: the public key is published at SELECTOR._domainkey.DOMAIN."),
        make_required<SigningKeyEntry>(
            "file", {.kind = Kind::path, .minimum = 1}, [](auto& k) -> auto& { return k.file; },
            "The private key, RSA or Ed25519, in PEM. The kind of key decides about the algorithm."),
        make_setting<SigningKeyEntry>(
            "identity", text(check_identity), [](auto& k) -> auto& { return k.identity; },
            "The i= tag: an address at the domain or below it. Empty: none."),
        make_choice<key_state_choices, SigningKeyEntry>(
            "state", [](auto& k) -> auto& { return k.state; },
            R"(
pending: the record is not published yet. active: the key signs. retiring: it signs no more, and its record stays
for mail that is on its way. retired: the record is withdrawn. Only an active key signs.)"),
        {"active", boolean(), "The old way of writing it: false is state: pending.",
         [](SigningKeyEntry& key, const Value& value) {
             key.state = std::get<bool>(value) ? KeyState::active : KeyState::pending;
         },
         [](const SigningKeyEntry& key) -> Value { return key.is_active(); }}};
    return settings;
}

const std::vector<KeyFieldSetting>& key_field_schema() {
    static const std::vector<KeyFieldSetting> settings{
        make_setting<KeyFieldRule>(
            "daemons", texts(check_name), [](auto& r) -> auto& { return r.daemons; },
            "Values of {daemon_name} of the mail that the rule is for. Empty: every one."),
        make_setting<KeyFieldRule>(
            "clients", networks(), [](auto& r) -> auto& { return r.clients; },
            "The clients that the rule is for. Empty: every one."),
        make_choices<key_field_choices, KeyFieldRule>(
            "fields", [](auto& r) -> auto& { return r.fields; },
            R"(
The first of these that the message has names the domain whose keys sign; envelope is MAIL FROM.)")};
    return settings;
}

} // namespace config
