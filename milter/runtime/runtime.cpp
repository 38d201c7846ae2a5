#include "milter/runtime/runtime.h"

#include "config/domain_signing.h"
#include "milter/runtime/source_options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

namespace milter::runtime {

namespace {

dkim::Options dkim_options(const config::Settings::Dkim& settings) {
    dkim::Options options;
    options.limits.signatures = settings.max_signatures;
    options.limits.minimum_rsa_bits = settings.minimum_key_bits;
    options.limits.maximum_rsa_bits = settings.maximum_key_bits;
    options.limits.clock_drift = settings.clock_drift.count();
    options.partial_body =
        settings.accept_partial_body ? dkim::PartialBody::accept : dkim::PartialBody::refuse;
    options.required_fields = settings.required_fields;
    options.uncovered_fields = settings.uncovered_fields;
    return options;
}

// The list serves the veto of the tree walk, and is the method itself in psl mode.
bool needs_public_suffixes(const config::Settings::Dmarc& settings) {
    return settings.public_suffix_veto || settings.discovery == dmarc::Discovery::psl;
}

bool needs_body(const config::Settings& settings) {
    const bool names_keys = !settings.signing.key_table.empty() || !settings.signing.signing_table.empty() ||
                            !settings.domains.empty() || settings.default_keys.given;
    return (settings.roles.verify && settings.dkim.enabled) || (settings.roles.sign && names_keys);
}

// What is no domain was refused before.
std::vector<base::DomainName> domains(const std::vector<std::string>& texts) {
    std::vector<base::DomainName> list;
    for (const std::string& text : texts) {
        if (auto domain = base::DomainName::parse_international(text)) {
            list.push_back(*std::move(domain));
        }
    }
    return list;
}

authenticate::Options mail_from_check(const authenticate::Options& checks) {
    authenticate::Options options = checks;
    options.iprev = false;
    options.spf_helo = false;
    options.policyd.reset();
    return options;
}

bool needs_recipients(const Runtime& runtime) {
    const config::Settings& settings = runtime.settings;
    return needs_recipients(runtime.policies) || settings.spf.policyd.on ||  // for those that are spared
           (settings.reports.enabled && settings.reports.failure.enabled) || // whose domains are ours
           (settings.roles.sign &&
            (!settings.signing.unsigned_recipients.empty() || !settings.signing.list_recipients.empty()));
}

std::vector<std::string>& list_for(keys::Severity severity, BuiltRuntime& built) {
    switch (severity) {
    case keys::Severity::error:
        return built.problems;
    case keys::Severity::signer:
        return built.faults;
    case keys::Severity::warning:
        return built.warnings;
    }
    return built.problems;
}

// Several tables may have one source: what is wrong with it is told once.
void note(const std::vector<keys::Problem>& problems, BuiltRuntime& built) {
    const auto told = built.faults;
    for (const auto& problem : problems) {
        if (std::string text = keys::print(problem);
            std::find(told.begin(), told.end(), text) == told.end()) {
            list_for(problem.severity, built).push_back(std::move(text));
        }
    }
}

void use_relays(LoadedRelays loaded, Runtime& runtime) {
    runtime.unknown_relay = loaded.missed();
    runtime.relay_rules = std::move(loaded.rules);
    runtime.relay_hosts = std::move(loaded.hosts);
}

// The daemon works without a relay that is not known, but each client may be that relay.
void load_relays(const KnownHosts& known, Runtime& runtime, BuiltRuntime& built) {
    auto loaded = relay_rules(runtime.settings.relays, look_up_host, known);
    for (const auto& unknown : loaded.unknown) {
        built.warnings.push_back(fmt::format(
            "{}:{}: {}{}", unknown.file, unknown.line, unknown.problem,
            unknown.keeps_addresses ? "" : "; until it is found no mail is refused, only marked"));
    }
    use_relays(std::move(loaded), runtime);
}

// A table with errors leaves open whose mail they are about.
void use_senders(const Runtime* before, Runtime& runtime, BuiltRuntime& built) {
    auto loaded =
        load_senders(runtime.settings, {}, runtime.key_news, before == nullptr ? nullptr : before->senders);
    runtime.senders = std::move(loaded.table);
    note(loaded.problems, built);
}

void load_keys(const Runtime* before, Runtime& runtime, BuiltRuntime& built) {
    // A key that cannot be parsed is better noticed now than with the first message. But parsing costs half a
    // millisecond a key, so a large site has its keys parsed when they are first used, and `paraph
    // check-config`.
    auto options = key_options(runtime.settings);
    options.read_few = keys_read_at_start;
    options.before = before == nullptr ? nullptr : before->keys;
    options.news = runtime.key_news;
    auto loaded = keys::KeyStore::load(std::move(options));
    runtime.keys = std::move(loaded.store);
    note(loaded.problems, built);
}

} // namespace

std::string host_name() {
    std::array<char, 256> name{};
    const bool known = gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0';
    return known ? name.data() : "localhost";
}

base::Result<std::unique_ptr<const dmarc::PublicSuffixList>, std::string>
load_public_suffixes(const config::Settings::Dmarc& settings) {
    if (!needs_public_suffixes(settings)) {
        return nullptr;
    }
    if (settings.public_suffix_list.empty()) {
        return std::make_unique<const dmarc::PublicSuffixList>(dmarc::PublicSuffixList::built_in());
    }
    auto list = dmarc::PublicSuffixList::load(settings.public_suffix_list);
    if (!list) {
        return base::refuse(fmt::format("{}: {}", settings.public_suffix_list, list.error().message));
    }
    return std::make_unique<const dmarc::PublicSuffixList>(std::move(*list));
}

authenticate::Options check_options(const config::Settings& settings) {
    authenticate::Options options;
    options.iprev = settings.iprev.enabled;
    options.spf = settings.spf.enabled;
    options.spf_helo = settings.spf.check_helo;
    options.spf_options.limits.void_lookups = settings.spf.void_lookups;
    options.spf_options.look_ahead = settings.spf.look_ahead;
    options.policyd = policyd_rules(settings);
    options.dkim = settings.dkim.enabled;
    options.dkim_options = dkim_options(settings.dkim);
    options.dmarc = settings.dmarc.enabled;
    options.dmarc_options.discovery = settings.dmarc.discovery;
    if (!settings.reports.history_file.empty()) { // it has all messages, also of those who want no reports
        options.dmarc_options.extent = dmarc::Extent::full;
    } else if (settings.reports.enabled) { // a report has both results, whichever was enough
        options.dmarc_options.extent = dmarc::Extent::report;
    }
    return options;
}

dkim::SignOptions sign_options(const config::Settings& settings) {
    return sign_options(settings.signing);
}

dkim::SignOptions sign_options(const config::Settings::Signing& signing) {
    dkim::SignOptions options;
    options.header_canonicalization = signing.header_canonicalization;
    options.body_canonicalization = signing.body_canonicalization;
    dkim::choose_fields(config::field_lists(signing), options);
    options.lifetime = signing.lifetime.count();
    return options;
}

std::vector<base::DomainName> exempt_domains(const config::Settings& settings) {
    return domains(settings.roles.exempt_domains);
}

std::optional<authenticate::PolicydRules> policyd_rules(const config::Settings& settings) {
    const auto& policyd = settings.spf.policyd;
    if (!policyd.on) {
        return std::nullopt;
    }
    authenticate::PolicydRules rules;
    rules.helo_reject = policyd.helo_reject;
    rules.mail_from_reject = policyd.mail_from_reject;
    rules.permerror_reject = policyd.permerror_reject;
    rules.temperror_defer = policyd.temperror_defer;
    rules.no_mail = policyd.no_mail;
    rules.reject_not_pass_domains = domains(policyd.reject_not_pass_domains);
    rules.skip_addresses = policyd.skip_addresses;
    rules.whitelist = policyd.whitelist;
    rules.domain_whitelist = domains(policyd.domain_whitelist);
    rules.helo_whitelist = domains(policyd.helo_whitelist);
    rules.domain_whitelist_ptr = domains(policyd.domain_whitelist_ptr);
    rules.test_only = !policyd.act;
    rules.enhanced_status_codes = policyd.enhanced_status_codes;
    rules.reason_message = policyd.reason_message;
    rules.reason_url = policyd.reason_url;
    rules.hide_receiver = policyd.hide_receiver;
    return rules;
}

message::Limits message_limits(const config::Settings& settings) {
    message::Limits limits;
    limits.header_fields = settings.limits.header_fields;
    limits.header_bytes = settings.limits.header_bytes;
    limits.header_field_bytes = settings.limits.header_field_bytes;
    return limits;
}

resolver::Options resolver_options(const config::Settings& settings) {
    resolver::Options options;
    options.servers = settings.dns.nameservers;
    options.timeout = settings.dns.timeout;
    options.attempts = settings.dns.attempts;
    options.cache_bytes = settings.dns.cache_bytes;
    return options;
}

BuiltRuntime build_runtime(config::Settings settings, std::string host_name, const KnownHosts& known,
                           const Runtime* before) {
    auto runtime = std::make_shared<Runtime>();
    BuiltRuntime built;
    runtime->settings = std::move(settings);
    runtime->host_name = std::move(host_name);
    runtime->checks = check_options(runtime->settings);
    runtime->checks.receiver = runtime->host_name;
    runtime->parsed_records = std::make_shared<ParsedRecords>(runtime->settings.dns.cache_bytes);
    runtime->parsed_records->serve(runtime->checks);
    // Nobody reads the explanation here; `paraph verify` makes it anew.
    runtime->checks.spf_options.steps = false;
    runtime->checks.dkim_options.steps = false;
    runtime->checks.dmarc_options.steps = false;
    runtime->mail_from_check = mail_from_check(runtime->checks);
    runtime->sign_options = sign_options(runtime->settings);
    runtime->needs_body = needs_body(runtime->settings);
    runtime->exempt_domains = exempt_domains(runtime->settings);
    runtime->message_limits = message_limits(runtime->settings);
    runtime->policies = make_policies(runtime->settings);
    runtime->may_hold = may_hold(runtime->policies);
    runtime->needs_recipients = needs_recipients(*runtime);
    runtime->answers_recipients =
        runtime->settings.spf.policyd.on && runtime->settings.spf.policyd.stage == config::PolicydStage::rcpt;
    // What the lists ask must not be at the expense of the sender's check.
    constexpr std::size_t questions_of_list_entry = 20;
    runtime->driver_limits.questions =
        runtime->settings.dns.questions_per_message +
        questions_of_list_entry * runtime->settings.spf.policyd.domain_whitelist.size();
    // Records of the client's, as long as he likes, must not leave nothing for the DMARC record of whom he
    // pretends to be.
    runtime->driver_limits.reserve = runtime->settings.dns.questions_per_message / 4;
    runtime->driver_limits.budget = runtime->settings.dns.message_budget;
    runtime->driver_limits.waiting = runtime->settings.limits.waiting_messages;
    if (auto list = load_public_suffixes(runtime->settings.dmarc)) {
        runtime->public_suffixes = std::move(*list);
        runtime->checks.dmarc_options.public_suffixes = runtime->public_suffixes.get();
    } else {
        built.problems.push_back(list.error());
    }
    load_relays(known, *runtime, built);
    runtime->key_news = std::make_shared<keys::source::News>();
    use_senders(before, *runtime, built);
    load_keys(before, *runtime, built);
    runtime->settings.domains.clear(); // the key store has them
    if (built.problems.empty()) {
        built.runtime = std::move(runtime);
    }
    return built;
}

std::shared_ptr<const Runtime> with_relays_found(const Runtime& before, const LookUpHost& look_up) {
    auto loaded = relay_rules(before.settings.relays, look_up, before.relay_hosts);
    if (loaded.hosts.size() == before.relay_hosts.size()) {
        return nullptr;
    }
    auto next = std::make_shared<Runtime>(before);
    use_relays(std::move(loaded), *next);
    return next;
}

} // namespace milter::runtime
