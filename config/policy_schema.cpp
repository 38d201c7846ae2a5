#include "config/policy_schema.h"

#include "config/policy_checks.h"
#include "config/schema_types.h"
#include "config/text_checks.h"

#include <algorithm>
#include <iterator>

namespace config {

namespace {

using namespace schema_types;
using authenticate::Exception;
using authenticate::Ground;

PolicyRules& rules_of(Settings& settings) {
    return settings.policy.rules;
}
const PolicyRules& rules_of(const Settings& settings) {
    return settings.policy.rules;
}
PolicyRules& rules_of(ProfileEntry& profile) {
    return profile.rules;
}
const PolicyRules& rules_of(const ProfileEntry& profile) {
    return profile.rules;
}

template <class Target, class Field>
SettingOf<Target> action(std::string_view path, Field field, std::string_view text) {
    return make_choice<action_choices, Target>(path, field, text);
}
template <class Target, class Field>
SettingOf<Target> temperror(std::string_view path, Field field, std::string_view text) {
    return make_choice<temperror_choices, Target>(path, field, text);
}

template <class Target>
using List = std::vector<SettingOf<Target>>;

template <class Item>
void append(std::vector<Item>& list, std::vector<Item> more) {
    std::move(more.begin(), more.end(), std::back_inserter(list));
}

template <class Target>
List<Target> dmarc_settings() {
    return {make_choice<enforcement_choices, Target>(
                "policy.dmarc", [](auto& t) -> auto& { return rules_of(t).policy.dmarc.enforcement; },
                R"(
Whether the policy of the author's domain is followed. annotate: the result is written, no more. enforce:
mail that fails is treated as dmarc_reject and dmarc_quarantine say; where there are signs that a list or a
forwarder passed it on, as dmarc_quarantine says even if the domain asks for reject (RFC 9989 7.4). strict:
the same without regard to such signs.)"),
            action<Target>(
                "policy.dmarc_reject", [](auto& t) -> auto& { return rules_of(t).policy.dmarc.reject; },
                R"(
Mail that fails DMARC, where the author's domain asks for reject and policy.dmarc follows it.)"),
            action<Target>(
                "policy.dmarc_quarantine",
                [](auto& t) -> auto& { return rules_of(t).policy.dmarc.quarantine; },
                R"(
Mail that fails DMARC, where the author's domain asks for quarantine and policy.dmarc follows it; and what
enforce makes of reject where there are signs of a list or a forwarder.)"),
            action<Target>(
                "policy.dmarc_permerror", [](auto& t) -> auto& { return rules_of(t).policy.dmarc.permerror; },
                "Mail whose author's domain has a DMARC record that cannot be used."),
            temperror<Target>(
                "policy.dmarc_temperror", [](auto& t) -> auto& { return rules_of(t).policy.dmarc.temperror; },
                "Mail without a result of DMARC, because the DNS did not answer.")};
}

template <class Target>
List<Target> spf_settings() {
    return {action<Target>(
                "policy.spf_fail", [](auto& t) -> auto& { return rules_of(t).policy.spf.fail; },
                R"(
The domain of MAIL FROM says that the client may not send its mail. Forwarded mail fails as well.)"),
            action<Target>(
                "policy.spf_softfail", [](auto& t) -> auto& { return rules_of(t).policy.spf.softfail; },
                "The domain of MAIL FROM says that the client probably may not send its mail (~all)."),
            action<Target>(
                "policy.spf_neutral", [](auto& t) -> auto& { return rules_of(t).policy.spf.neutral; },
                "The domain of MAIL FROM says nothing about the client (?all)."),
            action<Target>(
                "policy.spf_none", [](auto& t) -> auto& { return rules_of(t).policy.spf.none; },
                "The domain of MAIL FROM has no SPF record."),
            action<Target>(
                "policy.spf_permerror", [](auto& t) -> auto& { return rules_of(t).policy.spf.permerror; },
                "The domain of MAIL FROM has an SPF record that is wrong."),
            temperror<Target>(
                "policy.spf_temperror", [](auto& t) -> auto& { return rules_of(t).policy.spf.temperror; },
                "The DNS did not answer, so that there is no SPF result for MAIL FROM.")};
}

template <class Target>
List<Target> helo_settings() {
    return {action<Target>(
                "policy.helo_fail", [](auto& t) -> auto& { return rules_of(t).policy.helo.fail; },
                "The name given with HELO or EHLO is of a domain that says that the client may not use it."),
            action<Target>(
                "policy.helo_softfail", [](auto& t) -> auto& { return rules_of(t).policy.helo.softfail; },
                "The domain of HELO says that the client probably may not use its name (~all)."),
            action<Target>(
                "policy.helo_neutral", [](auto& t) -> auto& { return rules_of(t).policy.helo.neutral; },
                "The domain of HELO says nothing about the client (?all)."),
            action<Target>(
                "policy.helo_none", [](auto& t) -> auto& { return rules_of(t).policy.helo.none; },
                "The domain of HELO has no SPF record, as most names of hosts."),
            action<Target>(
                "policy.helo_permerror", [](auto& t) -> auto& { return rules_of(t).policy.helo.permerror; },
                "The domain of HELO has an SPF record that is wrong."),
            temperror<Target>(
                "policy.helo_temperror", [](auto& t) -> auto& { return rules_of(t).policy.helo.temperror; },
                "The DNS did not answer, so that there is no SPF result for HELO.")};
}

template <class Target>
List<Target> dkim_settings() {
    return {action<Target>(
                "policy.dkim_none", [](auto& t) -> auto& { return rules_of(t).policy.dkim.none; },
                R"(
Mail without a signature. The best one decides for this setting and the others of DKIM: one that passes
speaks for the message, whatever the others are.)"),
            action<Target>(
                "policy.dkim_fail", [](auto& t) -> auto& { return rules_of(t).policy.dkim.fail; },
                "A signature that does not verify. Lists and gateways break good ones."),
            action<Target>(
                "policy.dkim_no_key", [](auto& t) -> auto& { return rules_of(t).policy.dkim.no_key; },
                "A signature whose key does not exist or is revoked."),
            action<Target>(
                "policy.dkim_policy", [](auto& t) -> auto& { return rules_of(t).policy.dkim.policy; },
                "A signature that is not accepted, such as one by a key that is too small."),
            action<Target>(
                "policy.dkim_permerror", [](auto& t) -> auto& { return rules_of(t).policy.dkim.permerror; },
                "A signature or a key that cannot be read."),
            temperror<Target>(
                "policy.dkim_temperror", [](auto& t) -> auto& { return rules_of(t).policy.dkim.temperror; },
                "A signature whose key could not be asked for, because the DNS did not answer."),
            make_setting<Target>(
                "policy.dkim_require_author_domain", {.kind = Kind::boolean},
                [](auto& t) -> auto& { return rules_of(t).policy.dkim.require_author_domain; },
                R"(
Only signatures of the author's domain count for the actions on results of DKIM; mail that has none of it
counts as not signed.)")};
}

template <class Target>
List<Target> iprev_settings() {
    return {action<Target>(
                "policy.iprev_fail", [](auto& t) -> auto& { return rules_of(t).policy.iprev.fail; },
                "The client's address and its name do not point to each other. Needs iprev.enabled."),
            action<Target>(
                "policy.iprev_permerror", [](auto& t) -> auto& { return rules_of(t).policy.iprev.permerror; },
                "The client's address has no name. Needs iprev.enabled."),
            temperror<Target>(
                "policy.iprev_temperror", [](auto& t) -> auto& { return rules_of(t).policy.iprev.temperror; },
                "The DNS did not answer about the client's name. Needs iprev.enabled.")};
}

template <class Target>
List<Target> general_settings() {
    return {make_setting<Target>(
                "policy.dry_run", {.kind = Kind::boolean},
                [](auto& t) -> auto& { return rules_of(t).dry_run; },
                R"(
Say what would be done, in the log and in the Authentication-Results field, and do nothing.)"),
            make_choices<ground_choices, Target>(
                "policy.dry_run_for", [](auto& t) -> auto& { return rules_of(t).dry_run_for; },
                "As dry_run, for these checks only. author stands for the settings of the section author."),
            make_setting<Target>(
                "policy.spare_role_mailboxes", {.kind = Kind::boolean},
                [](auto& t) -> auto& { return rules_of(t).policy.spare_role_mailboxes; },
                R"(
Do not refuse mail to postmaster and abuse alone: there people complain who cannot reach anybody else. It
is marked instead.)"),
            make_setting<Target>(
                "policy.refuse_relayed", {.kind = Kind::boolean},
                [](auto& t) -> auto& { return rules_of(t).policy.refuse_relayed; },
                R"(
Refuse mail that comes through a relay of our own as well. The relay has to bounce it, to senders who may
never have sent it. Otherwise it is marked instead.)"),
            make_setting<Target>(
                "policy.tempfail_for",
                {.kind = Kind::duration, .minimum = 0, .maximum = 30ULL * 86'400'000, .step = 1000},
                [](auto& t) -> auto& { return rules_of(t).tempfail_for; },
                R"(
How long mail of a domain is put off for a fault of the DNS, where a setting such as spf_temperror says
tempfail. From then on it is accepted with its result, so that it does not bounce for a zone that stays
broken. Senders are warned after a few hours. 0: as long as the fault lasts.)")};
}

template <class Target>
List<Target> rule_settings() {
    auto list = dmarc_settings<Target>();
    append(list, spf_settings<Target>());
    append(list, helo_settings<Target>());
    append(list, dkim_settings<Target>());
    append(list, iprev_settings<Target>());
    append(list, general_settings<Target>());
    return list;
}

template <class Target, Ground ground>
SettingOf<Target> reply(std::string_view path, std::string_view text) {
    return make_setting<Target>(
        path, {.kind = Kind::text, .check = check_reply},
        [](auto& t) -> auto& { return rules_of(t).policy.replies.texts[static_cast<std::size_t>(ground)]; },
        text);
}

template <class Target>
List<Target> reply_settings() {
    return {
        reply<Target, Ground::author>("policy.replies.author", "To mail whose author cannot be determined."),
        reply<Target, Ground::spf>("policy.replies.spf", "To mail for the SPF result of MAIL FROM."),
        reply<Target, Ground::helo>("policy.replies.helo", "To mail for the SPF result of HELO."),
        reply<Target, Ground::dkim>("policy.replies.dkim", "To mail for its signatures."),
        reply<Target, Ground::iprev>("policy.replies.iprev", "To mail for the name of the client."),
        reply<Target, Ground::dmarc>("policy.replies.dmarc",
                                     "To mail for the policy of the author's domain."),
        make_setting<Target>(
            "policy.replies.several", {.kind = Kind::text, .check = check_reply},
            [](auto& t) -> auto& { return rules_of(t).policy.replies.several; },
            "To mail that more than one of these speaks against. Empty: the text of the first.")};
}

List<ProfileEntry> author_settings() {
    return {action<ProfileEntry>(
                "policy.author_missing", [](auto& t) -> auto& { return t.rules.policy.author.missing; },
                "In place of author.missing."),
            action<ProfileEntry>(
                "policy.author_several_fields",
                [](auto& t) -> auto& { return t.rules.policy.author.several_fields; },
                "In place of author.several_fields."),
            action<ProfileEntry>(
                "policy.author_several_domains",
                [](auto& t) -> auto& { return t.rules.policy.author.several_domains; },
                "In place of author.several_domains."),
            action<ProfileEntry>(
                "policy.author_unreadable", [](auto& t) -> auto& { return t.rules.policy.author.unreadable; },
                "In place of author.unreadable."),
            action<ProfileEntry>(
                "policy.author_stray_line_break",
                [](auto& t) -> auto& { return t.rules.policy.author.stray_line_break; },
                "In place of author.stray_line_break.")};
}

List<ProfileEntry> condition_settings() {
    return {make_setting<ProfileEntry>(
                "policy.daemon_names", texts(check_name),
                [](auto& t) -> auto& { return t.conditions.daemon_names; },
                R"(
Services of the mail server by their {daemon_name} (Postfix: milter_macro_daemon_name).)"),
            make_setting<ProfileEntry>(
                "policy.daemon_ports", texts(check_port),
                [](auto& t) -> auto& { return t.conditions.daemon_ports; },
                R"(
Ports that mail came in at ({daemon_port}). Postfix names them only where milter_connect_macros in main.cf
has {daemon_port} added to it; see the guide on policy.)"),
            make_setting<ProfileEntry>(
                "policy.clients", networks(), [](auto& t) -> auto& { return t.conditions.clients; },
                "Addresses of the host that hands us the mail; of mail through a relay, the relay's."),
            make_setting<ProfileEntry>(
                "policy.author_domains", texts(check_domain_pattern),
                [](auto& t) -> auto& { return t.conditions.author_domains; },
                R"(
Domains of the author; a dot in front means every name below it. Where From has several domains, the
policy of each is tried, and the one that does most counts. From is the sender's own word: do not ask for
less here.)"),
            make_setting<ProfileEntry>(
                "policy.recipient_domains", texts(check_domain_pattern),
                [](auto& t) -> auto& { return t.conditions.recipient_domains; },
                R"(
Domains of the recipients. All recipients of the message must be in one of them.)")};
}

} // namespace

std::vector<Section> policy_sections() {
    auto settings = rule_settings<Settings>();
    settings.push_back(make_setting<Settings>(
        "policy.exception_files", texts(nullptr), [](auto& s) -> auto& { return s.policy.exception_files; },
        R"(
Files of YAML with more exceptions, each a list as below policy.exceptions. They are read again when the
daemon reloads.)"));
    return {{"policy",
             R"(
What becomes of incoming mail for the result of a check. Nothing, unless it is said here; see the guide on
policy. accept: the result is written, no more. mark: quarantine_field is added as well. quarantine: the
mail server holds it (Postfix: the hold queue). tempfail: 4xx, the sender tries again. reject: 5xx.
discard: taken, and thrown away unseen. Where several of these apply to a message the hardest is done.)",
             std::move(settings)},
            {"policy.replies",
             R"(
What the client of a refused message is told. In the text {domain}, {result}, {ip}, {sender}, {queue_id},
{policy} and {explanation} stand for what they say; {explanation} is what the sender's SPF record has to
say. Empty: a built-in text.)",
             reply_settings<Settings>()}};
}

const std::vector<ProfileSetting>& profile_schema() {
    static const std::vector<ProfileSetting> settings = [] {
        auto list = condition_settings();
        append(list, author_settings());
        append(list, rule_settings<ProfileEntry>());
        return list;
    }();
    return settings;
}

const std::vector<ProfileSetting>& profile_reply_schema() {
    static const std::vector<ProfileSetting> settings = reply_settings<ProfileEntry>();
    return settings;
}

const std::vector<ExceptionSetting>& exception_schema() {
    static const std::vector<ExceptionSetting> settings{
        make_required<Exception>(
            "policy.exceptions.name", {.kind = Kind::text, .minimum = 1, .check = check_reason},
            [](auto& e) -> auto& { return e.name; },
            "The reason, in a few words. It stands in the log and in the Authentication-Results field."),
        make_choice<override_choices, Exception>(
            "policy.exceptions.type", [](auto& e) -> auto& { return e.type; },
            "What kind of reason it is, in the words of DMARC reports (RFC 9990)."),
        make_choices<ground_choices, Exception>(
            "policy.exceptions.for", [](auto& e) -> auto& { return e.grounds; },
            "What is excepted. Empty: everything."),
        make_setting<Exception>(
            "policy.exceptions.clients", networks(), [](auto& e) -> auto& { return e.clients; },
            "Addresses of the client; of mail through a relay of our own, those of the relay's client."),
        make_setting<Exception>(
            "policy.exceptions.client_names", texts(check_host_pattern),
            [](auto& e) -> auto& { return e.client_names; },
            "Names of the client that its address confirms. Needs iprev.enabled."),
        make_setting<Exception>(
            "policy.exceptions.list_ids", texts(check_host_pattern),
            [](auto& e) -> auto& { return e.list_ids; },
            "List-Id of a mailing list, without the angle brackets. Anybody can write one."),
        make_setting<Exception>(
            "policy.exceptions.list_posts", texts(check_address_pattern),
            [](auto& e) -> auto& { return e.list_posts; }, "Address in List-Post. Anybody can write one."),
        make_setting<Exception>(
            "policy.exceptions.mail_from", texts(check_address_pattern),
            [](auto& e) -> auto& { return e.mail_from; },
            "MAIL FROM. Anybody can write one, unless only_if asks for spf_pass."),
        make_setting<Exception>(
            "policy.exceptions.authors", texts(check_address_pattern),
            [](auto& e) -> auto& { return e.authors; }, "From; all of its addresses must be listed."),
        make_setting<Exception>(
            "policy.exceptions.recipients", texts(check_address_pattern),
            [](auto& e) -> auto& { return e.recipients; }, "The recipients; all of them must be listed."),
        make_setting<Exception>(
            "policy.exceptions.dkim_domains", texts(check_host_pattern),
            [](auto& e) -> auto& { return e.dkim_domains; }, "Domains with a signature that passes."),
        make_choices<evidence_choices, Exception>(
            "policy.exceptions.only_if", [](auto& e) -> auto& { return e.only_if; },
            R"(
What must be true besides, all of it. spf_pass; dkim_pass: any signature; dkim_body_hash: a signature of
the author's domain whose body hash is right, although its header was changed; iprev_pass.)"),
        make_setting<Exception>(
            "policy.exceptions.until", {.kind = Kind::date}, [](auto& e) -> auto& { return e.until; },
            "The last day on which it holds, in UTC.")};
    return settings;
}

} // namespace config
