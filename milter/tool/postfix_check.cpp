#include "milter/tool/postfix_check.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "base/socket_name.h"
#include "config/number_text.h"
#include "message/body_scan.h"
#include "milter/runtime/runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace milter::tool {

namespace {

using config::Diagnostic;
using config::Severity;

constexpr const char* replace_stray = "cleanup_replace_stray_cr_lf";

// Values of lists, without regard to commas and blanks between them. What stands in braces is one.
std::vector<std::string> list_of(std::string_view text) {
    std::vector<std::string> items(1);
    int depth = 0;
    for (const char c : text) {
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (depth == 0 && (c == ',' || c == '\n' || base::is_wsp(c))) {
            items.emplace_back();
        } else {
            items.back() += c;
        }
    }
    std::erase(items, "");
    return items;
}

bool has_word(std::string_view list, std::string_view word) {
    const auto items = list_of(list);
    return std::any_of(items.begin(), items.end(),
                       [&](const std::string& item) { return base::iequals(item, word); });
}

// "{ inet:HOST:PORT, default_action=accept }" -> "inet:HOST:PORT", "default_action=accept"
std::vector<std::string> milter_words(const std::string& item) {
    const bool braces = item.starts_with('{') && item.ends_with('}');
    auto words = list_of(braces ? std::string_view(item).substr(1, item.size() - 2) : std::string_view(item));
    words.resize(std::max<std::size_t>(words.size(), 1));
    return words;
}

bool is_loopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// A path is looked up below the queue directory by what runs in a chroot there, and by all when it is
// relative.
bool is_path_of(const base::SocketName& ours, const base::SocketName& theirs,
                const std::string& queue_directory) {
    const bool absolute = theirs.path.starts_with('/');
    return ours.path == theirs.path ||
           ours.path == fmt::format("{}{}{}", queue_directory, absolute ? "" : "/", theirs.path);
}

bool is_host_of(const base::SocketName& ours, const base::SocketName& theirs) {
    const std::string a = base::to_lower(ours.host);
    const std::string b = base::to_lower(theirs.host);
    return ours.is_everywhere() || a == b ||
           (is_loopback(a) && is_loopback(b) && (a == "localhost" || b == "localhost"));
}

// Whether it means our socket. Postfix's notation of an address is ours, but for ports by their names in
// services(5), which count as another socket.
bool is_ours(const std::string& item, const base::SocketName& ours, const std::string& queue_directory) {
    const auto theirs = base::SocketName::parse(milter_words(item).front());
    if (!theirs || theirs->is_unix() != ours.is_unix()) {
        return false;
    }
    return ours.is_unix() ? is_path_of(ours, *theirs, queue_directory)
                          : ours.port == theirs->port && is_host_of(ours, *theirs);
}

// "127.0.0.1:smtp/inet" -> "smtp" where the type is `type`; else empty.
std::string_view port_of(std::string_view service, std::string_view type) {
    const auto slash = service.rfind('/');
    if (slash == std::string_view::npos || service.substr(slash + 1) != type) {
        return {};
    }
    const auto name = service.substr(0, slash);
    return name.substr(name.rfind(':') + 1);
}

// Port 25, and what postscreen(8) hands on.
bool takes_strangers(std::string_view service) {
    const auto port = port_of(service, "inet");
    return port == "smtp" || port == "25" || !port_of(service, "pass").empty();
}

bool takes_users(std::string_view service) {
    constexpr std::array<std::string_view, 5> ports{"submission", "submissions", "smtps", "587", "465"};
    return std::find(ports.begin(), ports.end(), port_of(service, "inet")) != ports.end();
}

// 0 is no limit.
bool is_below(const std::string& value, std::size_t limit) {
    const auto number = config::parse_decimal(value);
    return number && *number != 0 && *number < limit;
}

class Judge {
  public:
    Judge(const PostfixSettings& postfix, const config::Settings& settings)
        : postfix_(postfix), settings_(settings) {}

    std::vector<Diagnostic> take() {
        judge_wiring();
        judge_return();
        if (signs()) {
            judge_recoding();
            judge_missing_fields();
            judge_second_pass();
        }
        for (const auto& [name, value] : postfix_.main) {
            judge("", name, value);
        }
        for (const auto& one : postfix_.overrides) {
            judge(one.service, one.name, one.value);
        }
        return std::move(found_);
    }

  private:
    void warn(const std::string& service, std::string message, std::string hint) {
        found_.push_back({Severity::warning, service.empty() ? "main.cf" : "master.cf", 0, 0,
                          service.empty() ? std::move(message) : fmt::format("{}: {}", service, message),
                          std::move(hint)});
    }

    [[nodiscard]] std::ptrdiff_t position(const std::vector<std::string>& items) const {
        const auto at = std::find_if(items.begin(), items.end(), [&](const std::string& item) {
            return is_ours(item, settings_.listen.socket, postfix_.of("queue_directory"));
        });
        return at == items.end() ? -1 : at - items.begin();
    }

    [[nodiscard]] bool calls_us(const std::string& milters) const { return position(list_of(milters)) >= 0; }

    void judge_wiring() {
        const bool in_a_service =
            std::any_of(postfix_.overrides.begin(), postfix_.overrides.end(),
                        [&](const auto& one) { return one.name == "smtpd_milters" && calls_us(one.value); });
        if (!calls_us(postfix_.of("smtpd_milters")) && !in_a_service) {
            warn("",
                 fmt::format("smtpd_milters lacks {}: paraphd sees no mail", settings_.listen.socket.print()),
                 "see the guide on Postfix");
        } else if (settings_.roles.sign && !calls_us(postfix_.of("non_smtpd_milters"))) {
            warn("",
                 fmt::format("non_smtpd_milters lacks {}: mail of sendmail(1) is not signed",
                             settings_.listen.socket.print()),
                 "non_smtpd_milters = $smtpd_milters");
        }
    }

    // What master.cf says for a service; null: nothing.
    [[nodiscard]] const std::string* own_value(const std::string& service, std::string_view name) const {
        const auto found =
            std::find_if(postfix_.overrides.begin(), postfix_.overrides.end(),
                         [&](const auto& one) { return one.service == service && one.name == name; });
        return found == postfix_.overrides.end() ? nullptr : &found->value;
    }

    [[nodiscard]] std::string value_for(const std::string& service, const std::string& name) const {
        const auto* own = own_value(service, name);
        return own == nullptr ? postfix_.of(name) : *own;
    }

    // A service that turns the filter off is the one where it hands mail back.
    void judge_return() {
        const auto& roles = settings_.roles;
        for (const auto& one : postfix_.overrides) {
            const bool returns = one.name == "content_filter" && one.value.empty() &&
                                 one.service.ends_with("/inet") && is_set("content_filter");
            const auto* login = own_value(one.service, "smtpd_sasl_auth_enable");
            const auto daemon = value_for(one.service, "milter_macro_daemon_name");
            const auto has_it = [&daemon](const std::vector<std::string>& names) {
                return std::find(names.begin(), names.end(), daemon) != names.end();
            };
            const bool is_named = has_it(roles.originating_daemons) || has_it(roles.reinjection_daemons);
            if (returns && !is_named && !takes_strangers(one.service) && !takes_users(one.service) &&
                (login == nullptr || !base::iequals(*login, "yes")) &&
                !has_word(value_for(one.service, "receive_override_options"), "no_milters") &&
                calls_us(value_for(one.service, "smtpd_milters"))) {
                warn(one.service,
                     "content_filter is empty, as where a filter hands mail back: paraphd sees such mail a "
                     "second time, removes the results of the first or signs again",
                     "-o smtpd_milters= there, or see the guide on content filters");
            }
        }
    }

    // postconf(5): a comment is a line of its own. What looks like one behind a value belongs to it.
    bool judge_comment(const std::string& service, const std::string& name, const std::string& value) {
        const auto items = list_of(value);
        const auto sign = std::find_if(items.begin(), items.end(),
                                       [](const std::string& item) { return item.starts_with('#'); });
        if (sign == items.end()) {
            return false;
        }
        warn(service,
             fmt::format("{}: {} is not a comment; Postfix reads each word of it as part of the value", name,
                         base::quoted(value.substr(value.find(*sign)))),
             "move it to a line of its own");
        return true;
    }

    // Whether Postfix replaces a lone CR or LF before filters and readers see it.
    [[nodiscard]] bool replaces_stray() const {
        return base::iequals(postfix_.of(replace_stray), "yes") &&
               std::all_of(postfix_.overrides.begin(), postfix_.overrides.end(), [](const auto& one) {
                   return one.name != replace_stray || base::iequals(one.value, "yes");
               });
    }

    void judge(const std::string& service, const std::string& name, const std::string& value) {
        const bool is_list = name.ends_with("_milters") || name == "receive_override_options";
        if (judge_comment(service, name, value) && !is_list) {
            return; // Postfix does not know such a value
        }
        if (name == "smtpd_milters" || name == "non_smtpd_milters") {
            judge_milters(service, name, value);
        } else if (name == "milter_default_action") {
            judge_action(service, name, value);
        } else if (name == replace_stray) {
            judge_stray(service, value);
        } else if (name == "smtpd_discard_ehlo_keywords") {
            judge_chunking(service, value);
        } else if (name == "receive_override_options" && has_word(value, "no_milters")) {
            judge_no_milters(service);
        } else if (name == "milter_macro_daemon_name") {
            judge_daemon_name(service, value);
        } else if (name == "smtpd_peername_lookup" && base::iequals(value, "no")) {
            judge_names(service);
        } else if (name.starts_with("smtp_")) {
            if (signs()) {
                judge_sending(service, name, value);
            }
        } else if (name == "smtpd_milter_maps" && !value.empty()) {
            warn(service,
                 fmt::format("smtpd_milter_maps = {}: a client found there has the milters that the table "
                             "says, and past paraphd it is neither checked nor signed",
                             value),
                 "name the clients in 'roles.peers' instead, so that forged results are removed");
        }
    }

    [[nodiscard]] bool signs() const {
        const auto& signing = settings_.signing;
        return settings_.roles.sign &&
               (!settings_.domains.empty() || settings_.default_keys.given || !signing.key_table.empty());
    }

    // In main.cf, or for a service.
    [[nodiscard]] bool is_set(std::string_view name) const {
        return !postfix_.of(std::string(name)).empty() ||
               std::any_of(postfix_.overrides.begin(), postfix_.overrides.end(),
                           [&](const auto& one) { return one.name == name && !one.value.empty(); });
    }

    // smtp(8) makes quoted-printable of 8-bit text for a server without 8BITMIME, behind us, unless
    // cleanup(8) did so before.
    void judge_recoding() {
        const auto early = postfix_.of("force_mime_input_conversion");
        if (settings_.signing.fragile == config::Fragile::sign || base::iequals(early, "yes") ||
            !base::iequals(postfix_.of("disable_mime_output_conversion"), "no")) {
            return;
        }
        const bool has_early = !early.empty(); // Postfix 3.9
        warn("",
             fmt::format("{} = no: 8-bit text that is signed is recoded for a server without 8BITMIME, which "
                         "breaks the signature",
                         has_early ? "force_mime_input_conversion" : "disable_mime_output_conversion"),
             has_early ? "force_mime_input_conversion = yes: it is recoded before it is signed"
                       : "disable_mime_output_conversion = yes: it is sent as it is, to such a server too");
    }

    void judge_missing_fields() {
        const auto names = runtime::sign_options(settings_).oversigned_fields;
        const bool swears = std::any_of(names.begin(), names.end(), [](const auto& name) {
            return base::iequals(name, "Date") || base::iequals(name, "Message-ID");
        });
        if (swears && base::iequals(postfix_.of("always_add_missing_headers"), "no")) {
            warn("",
                 "always_add_missing_headers = no: signatures swear that there is no Date or no Message-ID "
                 "where it is missing (signing.oversigned_fields), and break when a later server adds it",
                 "always_add_missing_headers = yes, or sign these fields only where they are present");
        }
    }

    // What a content filter hands back passes cleanup(8) once more, behind the signature.
    void judge_second_pass() {
        constexpr std::array<std::string_view, 4> checks{"header_checks", "mime_header_checks",
                                                         "nested_header_checks", "body_checks"};
        const auto* const found = std::find_if(checks.begin(), checks.end(),
                                               [this](std::string_view name) { return is_set(name); });
        const bool spared =
            has_word(postfix_.of("receive_override_options"), "no_header_body_checks") ||
            std::any_of(postfix_.overrides.begin(), postfix_.overrides.end(), [](const auto& one) {
                return one.name == "receive_override_options" && has_word(one.value, "no_header_body_checks");
            });
        if (is_set("content_filter") && found != checks.end() && !spared) {
            warn(
                "",
                fmt::format("{}: applied once more to what the content filter hands back, and what it "
                            "changes then is signed already",
                            *found),
                "-o receive_override_options=no_header_body_checks for the service where it hands mail back");
        }
        const bool rewrites =
            !postfix_.of("local_header_rewrite_clients").empty() &&
            std::none_of(postfix_.overrides.begin(), postfix_.overrides.end(), [](const auto& one) {
                return one.name == "local_header_rewrite_clients" && one.value.empty();
            });
        if (is_set("content_filter") && rewrites) {
            warn("",
                 "local_header_rewrite_clients: incomplete addresses in what the content filter hands back "
                 "become complete, and are signed already",
                 "-o local_header_rewrite_clients= for the service where it hands mail back");
        }
    }

    // smtp(8) does this when it sends.
    void judge_sending(const std::string& service, const std::string& name, const std::string& value) {
        constexpr std::array<std::string_view, 5> rewriting{"smtp_header_checks", "smtp_mime_header_checks",
                                                            "smtp_nested_header_checks", "smtp_body_checks",
                                                            "smtp_generic_maps"};
        if (std::find(rewriting.begin(), rewriting.end(), name) != rewriting.end() && !value.empty()) {
            const bool generic = name == "smtp_generic_maps";
            warn(service,
                 fmt::format("{} = {}: what it changes was signed before, so that the signature breaks", name,
                             value),
                 generic ? "canonical_maps: they change the address before it is signed"
                         : fmt::format("{}: it comes before paraphd",
                                       name.substr(std::string_view("smtp_").size())));
        }
        if (name == "smtp_line_length_limit" && is_below(value, message::longest_line)) {
            warn(
                service,
                fmt::format("smtp_line_length_limit = {}: lines that mail may have are cut, which breaks the "
                            "signature",
                            value),
                fmt::format("smtp_line_length_limit = {}", message::longest_line));
        }
    }

    void judge_names(const std::string& service) {
        const auto names_one = [](const base::HostList& hosts) {
            return std::any_of(hosts.begin(), hosts.end(), [](const auto& host) { return !host.network(); });
        };
        if (names_one(settings_.roles.internal_hosts) || names_one(settings_.roles.peers)) {
            warn(service,
                 "smtpd_peername_lookup = no: Postfix knows no names of clients, so that those in "
                 "'roles.internal_hosts' and 'roles.peers' are found by their addresses alone",
                 "smtpd_peername_lookup = yes, or name the addresses");
        }
    }

    // What the absence of paraphd means to a service; empty: content filters hand mail back there, and all
    // else that may do without.
    [[nodiscard]] std::string loss_of(const std::string& service) const {
        if (takes_strangers(service)) {
            return "mail that comes in there is not checked, and forged results stay in it";
        }
        return takes_users(service) && settings_.roles.sign ? "mail of the users there is not signed" : "";
    }

    void judge_no_milters(const std::string& service) {
        if (service.empty()) {
            warn("", "receive_override_options has no_milters: paraphd sees no mail",
                 "set it only for the services that need it, in master.cf");
        } else if (const auto loss = loss_of(service); !loss.empty()) {
            warn(service, fmt::format("receive_override_options has no_milters: {}", loss),
                 "leave it to the services where a content filter hands mail back");
        }
    }

    // A value that names others is not known here.
    void judge_absence(const std::string& service, const std::string& value) {
        if (const auto loss = loss_of(service); !loss.empty() && value.find('$') == std::string::npos) {
            warn(service, fmt::format("smtpd_milters lacks {}: {}", settings_.listen.socket.print(), loss),
                 "take the line out, so that main.cf counts");
        }
    }

    void judge_milters(const std::string& service, const std::string& name, const std::string& value) {
        const auto items = list_of(value);
        const auto at = position(items);
        if (at > 0) {
            warn(service, fmt::format("{}: paraphd is not the first", name),
                 "put it first: milters before it change or hold mail that it has not seen");
        }
        if (at < 0) {
            if (name == "smtpd_milters") {
                judge_absence(service, value);
            }
            return;
        }
        for (const auto& word : milter_words(items[static_cast<std::size_t>(at)])) {
            constexpr std::string_view action = "default_action=";
            if (word.starts_with(action)) {
                judge_action(service, name + ": default_action", word.substr(action.size()));
            }
        }
    }

    void judge_action(const std::string& service, const std::string& name, const std::string& value) {
        if (base::iequals(value, "accept")) {
            warn(
                service,
                fmt::format("{} = accept: while paraphd is down, forged results pass and mail of your own is "
                            "not signed",
                            name),
                "set it to tempfail");
        }
    }

    void judge_stray(const std::string& service, const std::string& value) {
        if (value.empty()) {
            warn(service,
                 "this Postfix does not know cleanup_replace_stray_cr_lf: mail programs may see a From or a "
                 "result after a stray line break that paraphd does not see",
                 "update Postfix, and keep author.stray_line_break at mark or reject");
        } else if (!base::iequals(value, "yes")) {
            warn(service,
                 fmt::format("cleanup_replace_stray_cr_lf = {}: mail programs may see a From or a result "
                             "after a stray line break that paraphd does not see",
                             value),
                 "cleanup_replace_stray_cr_lf = yes");
        }
    }

    void judge_chunking(const std::string& service, const std::string& value) {
        if (!replaces_stray() && !has_word(value, "chunking")) {
            warn(
                service,
                "smtpd_discard_ehlo_keywords lacks chunking: over BDAT a first line that begins with a blank "
                "becomes part of Postfix's own Received, which paraphd does not see, and keeps any stray "
                "line break",
                fmt::format(
                    "smtpd_discard_ehlo_keywords = {}{}chunking, or cleanup_replace_stray_cr_lf = yes", value,
                    value.empty() ? "" : ", "));
        }
    }

    void judge_daemon_name(const std::string& service, const std::string& value) {
        const auto& names = settings_.roles.originating_daemons;
        const bool is_own = std::find(names.begin(), names.end(), value) != names.end();
        if (is_own && (service.empty() || takes_strangers(service))) {
            warn(service,
                 fmt::format("milter_macro_daemon_name = {}: all mail{} counts as your own, it is signed and "
                             "not checked",
                             value, service.empty() ? "" : " that comes in there"),
                 "set it only for the submission services, in master.cf");
        }
    }

    const PostfixSettings& postfix_;
    const config::Settings& settings_;
    std::vector<Diagnostic> found_;
};

} // namespace

std::vector<Diagnostic> judge_postfix(const PostfixSettings& postfix, const config::Settings& settings) {
    return Judge(postfix, settings).take();
}

Result<std::vector<Diagnostic>> check_postfix(const config::Settings& settings) {
    const auto postfix = read_postfix_settings({"always_add_missing_headers",
                                                "body_checks",
                                                "cleanup_replace_stray_cr_lf",
                                                "content_filter",
                                                "disable_mime_output_conversion",
                                                "force_mime_input_conversion",
                                                "header_checks",
                                                "local_header_rewrite_clients",
                                                "milter_default_action",
                                                "milter_macro_daemon_name",
                                                "mime_header_checks",
                                                "nested_header_checks",
                                                "non_smtpd_milters",
                                                "queue_directory",
                                                "receive_override_options",
                                                "smtp_body_checks",
                                                "smtp_generic_maps",
                                                "smtp_header_checks",
                                                "smtp_line_length_limit",
                                                "smtp_mime_header_checks",
                                                "smtp_nested_header_checks",
                                                "smtpd_discard_ehlo_keywords",
                                                "smtpd_milter_maps",
                                                "smtpd_milters",
                                                "smtpd_peername_lookup",
                                                "smtpd_sasl_auth_enable"});
    if (!postfix) {
        return tl::make_unexpected(postfix.error());
    }
    return judge_postfix(*postfix, settings);
}

} // namespace milter::tool
