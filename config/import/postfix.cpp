#include "config/import/postfix.h"

#include "base/ascii.h"
#include "base/ip_network.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace config::import {

namespace {

std::string queue_directory(const PostfixFiles& postfix) {
    const std::string value = postfix.value_of("queue_directory");
    return value.empty() ? "/var/spool/postfix" : value;
}

std::string without_var(std::string path) {
    return path.starts_with("/var/run/") ? path.substr(std::string_view("/var").size()) : path;
}

// The address in "{ inet:localhost:8891, default_action=accept }".
std::string address_of(const std::string& item) {
    if (!item.starts_with('{')) {
        return item;
    }
    const auto words =
        split_list(std::string_view(item).substr(1, item.size() - (item.ends_with('}') ? 2 : 1)));
    return words.empty() ? "" : words.front();
}

bool is_loopback(const std::string& host) {
    return host.empty() || host == "localhost" || host == "::1" || host.starts_with("127.") ||
           host == "0.0.0.0";
}

// A path is looked up below the queue directory by what runs in a chroot there, and by all when it is
// relative.
bool is_same(const base::SocketName& old, const std::string& item, const std::string& queue) {
    const auto called = base::SocketName::parse(address_of(item));
    if (!called || called->is_unix() != old.is_unix()) {
        return false;
    }
    if (!old.is_unix()) {
        const std::string a = base::to_lower(old.host), b = base::to_lower(called->host);
        return old.port == called->port &&
               (old.is_everywhere() || a == b || (is_loopback(a) && is_loopback(b)));
    }
    const std::string path = without_var(old.path);
    const bool absolute = called->path.starts_with('/');
    return path == without_var(called->path) ||
           path == fmt::format("{}{}{}", queue, absolute ? "" : "/", called->path);
}

// How Postfix writes our socket.
std::string item_for(const std::string& ours, const std::string& queue) {
    const auto socket = base::SocketName::parse(ours);
    if (!socket) {
        return ours;
    }
    if (socket->is_unix()) {
        const bool inside = socket->path.starts_with(queue + "/");
        return "unix:" + (inside ? socket->path.substr(queue.size() + 1) : socket->path);
    }
    const std::string host = socket->is_everywhere() ? "127.0.0.1" : socket->host;
    return host.find(':') == std::string::npos ? fmt::format("inet:{}:{}", host, socket->port)
                                               : fmt::format("inet:[{}]:{}", host, socket->port);
}

std::string new_list(const std::string& value, const OldSockets& old, const std::string& queue) {
    const std::string ours = item_for(old.ours, queue);
    const auto our_socket = base::SocketName::parse(old.ours);
    std::vector<std::string> items;
    bool there = false;
    for (const std::string& item : split_list(value)) {
        const bool is_ours = our_socket && is_same(*our_socket, item, queue);
        const bool is_old = is_ours || std::ranges::any_of(old.sockets, [&](const base::SocketName& socket) {
                                return is_same(socket, item, queue);
                            });
        if (!is_old) {
            items.push_back(item);
            continue;
        }
        if (there) {
            continue;
        }
        there = true;
        std::string next = item;
        if (!is_ours) {
            const std::string address = address_of(item);
            next.replace(next.find(address), address.size(), ours);
        }
        items.push_back(next);
    }
    return fmt::format("{}", fmt::join(items, ", "));
}

void add_change(const std::string& service, const std::string& name, const std::string& before,
                const std::string& after, std::vector<PostfixChange>& changes) {
    if (split_list(before) != split_list(after)) {
        changes.push_back({service, name, before, after});
    }
}

constexpr std::string_view policy_word = "check_policy_service";

// "unix:private/policyd-spf" -> "policyd-spf"; "{ unix:private/x, timeout=10s }" as well.
std::string service_of(const std::string& item) {
    const std::string address = address_of(item);
    const auto slash = address.rfind('/');
    return slash == std::string::npos ? address.substr(address.find(':') + 1) : address.substr(slash + 1);
}

std::vector<const PostfixService*> find_services(const PostfixFiles& postfix) {
    std::vector<const PostfixService*> found;
    for (const PostfixService& service : postfix.services()) {
        const bool spf = std::ranges::any_of(service.argv, [](const std::string& word) {
            return word.find("policyd-spf") != std::string::npos ||
                   word.find("pypolicyd") != std::string::npos ||
                   word.find("policy-spf") != std::string::npos;
        });
        if (spf && service.command == "spawn") {
            found.push_back(&service);
        }
    }
    return found;
}

// "inet:localhost:10023" and the service "127.0.0.1:10023" or "10023" are one.
bool is_call_of(const std::string& item, const PostfixService& service) {
    if (service.type != "inet") {
        return service_of(item) == service.name;
    }
    const auto port = [](const std::string& text) { return text.substr(text.rfind(':') + 1); };
    const std::string address = address_of(item);
    return address.starts_with("inet:") && port(address) == port(service.name);
}

constexpr std::string_view warning_word = "warn_if_reject";

// What stands before the policy service and says yes or asks a table that may.
bool may_permit(const std::string& word) {
    return word.starts_with("permit") || (word.starts_with("check_") && word != policy_word);
}

// mynetworks without tables, and without what is taken out of it.
std::vector<std::string> networks_of(const PostfixFiles& postfix) {
    std::vector<std::string> blocks;
    for (std::string item : split_list(postfix.value_of("mynetworks"))) {
        std::erase_if(item, [](char c) { return c == '[' || c == ']'; });
        if (const auto block = base::IpNetwork::parse(item)) {
            blocks.push_back(block->print());
        }
    }
    return blocks;
}

// How often one of its calls is real, and how often only a warning.
struct Calls {
    int real = 0, warnings = 0;
};

void examine_list(const PostfixFiles& postfix, const std::string& value, const PostfixService& service,
                  PolicyUse& use, Calls& calls) {
    const auto words = split_list(postfix.expand(value));
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (words[i] != policy_word || !is_call_of(words[i + 1], service)) {
            continue;
        }
        use.called = true;
        ++(i > 0 && words[i - 1] == warning_word ? calls.warnings : calls.real);
        for (std::size_t before = 0; before < i; ++before) {
            if (words[before] == "permit_mynetworks") {
                use.unasked = networks_of(postfix);
            } else if (may_permit(words[before]) && words[before] != "permit_sasl_authenticated") {
                use.before.push_back(words[before]);
            }
        }
        return;
    }
}

PolicyUse use_of(const PostfixFiles& postfix, const PostfixService& service) {
    PolicyUse use;
    Calls calls;
    use.service = service.name;
    use.place = service.place;
    for (const std::string& word : service.argv) {
        use.is_other_program = use.is_other_program || word.find("perl") != std::string::npos ||
                               word.ends_with(".pl") || word.find("policyd-spf-perl") != std::string::npos;
        use.file = word.starts_with('/') && word.ends_with(".conf") ? word : use.file;
    }
    for (const auto& [name, value] : postfix.main()) {
        examine_list(postfix, value.text, service, use, calls);
    }
    for (const PostfixService& one : postfix.services()) {
        for (const auto& [name, value] : one.overrides) {
            examine_list(postfix, value.text, service, use, calls);
        }
    }
    use.only_warns = use.called && calls.real == 0;
    return use;
}

// A restriction behind warn_if_reject is left with its call: what follows would only warn then.
std::string without_policy(const PostfixFiles& postfix, const std::string& value,
                           const PostfixService& service) {
    const auto words = split_list(value);
    std::vector<std::string> left;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == policy_word && i + 1 < words.size() &&
            is_call_of(postfix.expand(words[i + 1]), service)) {
            ++i;
            while (!left.empty() && left.back() == warning_word) {
                left.pop_back();
            }
        } else {
            left.push_back(words[i]);
        }
    }
    return fmt::format("{}", fmt::join(left, " "));
}

// smtpd does not start with a class that is empty.
std::string without_policy_in(const PostfixFiles& postfix, const std::string& name, const std::string& value,
                              const PostfixService& service) {
    std::string left = without_policy(postfix, value, service);
    const auto classes = split_list(postfix.value_of("smtpd_restriction_classes"));
    return left.empty() && !split_list(value).empty() && std::ranges::find(classes, name) != classes.end()
               ? "check_client_access static:DUNNO"
               : left;
}

} // namespace

PolicyUse find_policy_use(const PostfixFiles& postfix) {
    PolicyUse found;
    for (const PostfixService* service : find_services(postfix)) {
        PolicyUse use = use_of(postfix, *service);
        if (found.called && use.called) {
            found.others.push_back(use.service);
        } else if (found.service.empty() || use.called) {
            found = std::move(use);
        }
    }
    return found;
}

bool is_milter_list(std::string_view name) {
    return name == "smtpd_milters" || name == "non_smtpd_milters";
}

std::vector<PostfixChange> milter_changes(const PostfixFiles& postfix, const OldSockets& old) {
    std::vector<PostfixChange> changes;
    const std::string queue = queue_directory(postfix);
    bool called = calls_milter(postfix, base::SocketName::parse(old.ours).value_or(base::SocketName()));
    for (const base::SocketName& socket : old.sockets) {
        called = called || calls_milter(postfix, socket);
    }
    // A list may be made of parameters of one's own.
    for (const auto& [name, value] : postfix.main()) {
        add_change("", name, value.text, new_list(value.text, old, queue), changes);
    }
    // Filters that see no local mail today shall not see it because of us.
    const bool alone = split_list(postfix.value_of("smtpd_milters")).empty();
    const std::string ours = item_for(old.ours, queue);
    const std::array<std::pair<std::string, std::string>, 2> missing{
        {{"smtpd_milters", ours}, {"non_smtpd_milters", alone ? "$smtpd_milters" : ours}}};
    for (const auto& [name, item] : missing) {
        const PostfixValue* value = called ? nullptr : postfix.find(name);
        const std::string before = value == nullptr ? "" : value->text;
        if (!called && before != item) { // none of the old ones was a milter, or main.cf did not call it
            add_change("", name, before, before.empty() ? item : fmt::format("{}, {}", item, before),
                       changes);
        }
    }
    for (const PostfixService& service : postfix.services()) {
        for (const auto& [name, value] : service.overrides) {
            if (is_milter_list(name)) {
                add_change(service.id(), name, value.text, new_list(value.text, old, queue), changes);
            }
        }
    }
    return changes;
}

namespace {

// What comes by SMTP, but neither from strangers nor from users; pickup(8), of which content_filter is often
// turned off as well, asks no milters of smtpd.
bool may_be_return(const PostfixService& service) {
    constexpr std::array<std::string_view, 7> others{"smtp",  "25",  "submission", "submissions",
                                                     "smtps", "587", "465"};
    const auto login = service.overrides.find("smtpd_sasl_auth_enable");
    return service.type == "inet" && service.command == "smtpd" &&
           std::ranges::find(others, std::string_view(service.name).substr(service.name.rfind(':') + 1)) ==
               others.end() &&
           (login == service.overrides.end() || !base::iequals(login->second.text, "yes"));
}

} // namespace

std::vector<const PostfixService*> services_of_return(const PostfixFiles& postfix,
                                                      const std::vector<base::SocketName>& milters) {
    const std::string queue = queue_directory(postfix);
    const auto value_for = [&](const PostfixService& service, std::string_view name) {
        const auto own = service.overrides.find(name);
        return own == service.overrides.end() ? postfix.value_of(name) : postfix.expand(own->second.text);
    };
    const auto has_filter = [&](const PostfixService& service) {
        return !value_for(service, "content_filter").empty();
    };
    std::vector<const PostfixService*> all;
    if (postfix.value_of("content_filter").empty() && !std::ranges::any_of(postfix.services(), has_filter)) {
        return all;
    }
    for (const PostfixService& service : postfix.services()) {
        const auto called = split_list(value_for(service, "smtpd_milters"));
        const bool calls = std::ranges::any_of(called, [&](const std::string& item) {
            return std::ranges::any_of(
                milters, [&](const base::SocketName& milter) { return is_same(milter, item, queue); });
        });
        const auto options = split_list(value_for(service, "receive_override_options"));
        if (calls && may_be_return(service) && service.overrides.contains("content_filter") &&
            !has_filter(service) && value_for(service, "milter_macro_daemon_name").empty() &&
            std::ranges::find(options, "no_milters") == options.end()) {
            all.push_back(&service);
        }
    }
    return all;
}

std::vector<PostfixChange> policy_changes(const PostfixFiles& postfix, const PolicyUse& use) {
    std::vector<PostfixChange> changes;
    const auto services = find_services(postfix);
    const auto service = std::ranges::find(services, use.service, &PostfixService::name);
    if (!use.called || service == services.end()) {
        return changes;
    }
    for (const auto& [name, value] : postfix.main()) {
        add_change("", name, value.text, without_policy_in(postfix, name, value.text, **service), changes);
    }
    for (const PostfixService& one : postfix.services()) {
        for (const auto& [name, value] : one.overrides) {
            add_change(one.id(), name, value.text, without_policy_in(postfix, name, value.text, **service),
                       changes);
        }
    }
    return changes;
}

bool calls_milter(const PostfixFiles& postfix, const base::SocketName& socket) {
    const std::string queue = queue_directory(postfix);
    const auto calls = [&](const std::string& value) {
        const auto items = split_list(postfix.expand(value));
        return std::ranges::any_of(items,
                                   [&](const std::string& item) { return is_same(socket, item, queue); });
    };
    for (const auto& [name, value] : postfix.main()) {
        if (name.find("milter") != std::string::npos && calls(value.text)) {
            return true;
        }
    }
    return std::ranges::any_of(postfix.services(), [&](const PostfixService& service) {
        return std::ranges::any_of(service.overrides, [&](const auto& one) {
            return is_milter_list(one.first) && calls(one.second.text);
        });
    });
}

} // namespace config::import
