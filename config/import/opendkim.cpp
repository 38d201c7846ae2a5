#include "config/import/opendkim.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "base/socket_name.h"
#include "config/import/data_set.h"
#include "config/import/text_lines.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

namespace {

// Where the unit of paraphd may make a socket, as the guide on Postfix has it.
std::string own_socket(const std::string& path, bool in_chroot) {
    constexpr std::string_view queue = "/var/spool/postfix/";
    return in_chroot || path.starts_with(queue) ? fmt::format("unix:{}paraph/paraph.sock", queue)
                                                : "unix:/run/paraph/paraph.sock";
}

void import_unix_socket(Job& job, const Option& option, const std::string& path) {
    const std::string socket = own_socket(path, job.work().in_chroot);
    job.set(option, "listen.socket", socket);
    if (job.work().has_postfix) {
        job.set(option, "listen.socket_group", "postfix");
    }
    job.tell(Effect::replaced, option,
             fmt::format("{} lies in the directory of the old daemon, which paraphd may not write. The new "
                         "socket is {}{}",
                         base::shown(path), socket,
                         job.work().has_postfix
                             ? ""
                             : "; the mail server has to be told of it, and its user to be in "
                               "the group paraph"));
    const Option* mask = job.find("UMask");
    const auto bits = mask == nullptr ? std::nullopt : read_number(mask->value);
    constexpr unsigned long all = 0666, ours = 0660;
    if (bits) {
        job.set(*mask, "listen.socket_mode", fmt::format("{:04o}", all & ~*bits & ours));
        if ((all & ~*bits & 0006U) == 0006U) {
            job.tell(Effect::note, *mask,
                     "it let every user of this host at the socket; now only one group gets there");
        }
    }
}

// All questions of a message together have dns.message_budget; what is longer has no effect.
void import_dns_timeout(Job& job) {
    constexpr unsigned long budget = 8; // seconds
    const Option* option = job.find("DNSTimeout");
    const auto seconds = option == nullptr ? std::nullopt : read_number(option->value);
    if (option != nullptr && seconds && (*seconds == 0 || *seconds > budget)) {
        job.tell(Effect::note, *option,
                 "is not carried over: a message waits for the DNS at most dns.message_budget, 8 seconds");
        return;
    }
    job.carry_seconds("DNSTimeout", "dns.timeout");
}

} // namespace

std::string socket_text(std::string_view value) {
    const auto at = value.find("@[");
    const bool is_v6 = at != std::string_view::npos && value.find(':', at) != std::string_view::npos;
    if (at == std::string_view::npos || !value.ends_with(']') || is_v6) {
        return std::string(value);
    }
    return fmt::format("{}{}", value.substr(0, at + 1), value.substr(at + 2, value.size() - at - 3));
}

void import_socket(Job& job) {
    const Option* option = job.find("Socket");
    if (option == nullptr || job.draft().has("listen.socket")) {
        return;
    }
    const auto socket = base::SocketName::parse(socket_text(option->value));
    if (!socket) {
        job.tell(Effect::decide, *option,
                 fmt::format("{} is no socket that paraphd can have; it listens at inet:127.0.0.1:8891",
                             base::quoted(option->value)));
        return;
    }
    if (socket->is_unix()) {
        import_unix_socket(job, *option, socket->path);
        return;
    }
    const bool is_v6 = socket->family == base::SocketName::Family::inet6;
    job.set(*option, "listen.socket",
            socket->host.empty() ? fmt::format("{}:{}", is_v6 ? "inet6:[::]" : "inet:0.0.0.0", socket->port)
                                 : socket_text(option->value));
    if (socket->is_everywhere()) {
        job.tell(Effect::note, *option,
                 "listens at every address of this host, as before: whoever reaches the port can have mail "
                 "signed. If Postfix is on this host, write inet:127.0.0.1 and the port");
    }
}

void import_authserv_id(Job& job, const Option& option) {
    std::string id = option.value;
    if (is_quoted(id)) {
        id = id.substr(1, id.size() - 2);
        job.tell(Effect::note, option,
                 "the quotation marks are left out; the old daemon took them for a part of the name");
    }
    const std::vector<std::string>& known = job.work().ids;
    if (std::ranges::any_of(known, [&](const std::string& other) { return base::iequals(other, id); })) {
        return;
    }
    if (known.empty()) {
        job.set(option, "authserv_id", id);
        if (job.draft().has("authserv_id")) {
            job.work().ids.push_back(id);
        }
        return;
    }
    job.work().ids.push_back(id);
    if (id != "HOSTNAME") { // the host's own name, which cannot be told from here
        job.work().strip.push_back(id);
        job.work().strip_place = option.place;
    }
    job.tell(Effect::receivers, option,
             fmt::format("{} is not written any more: all results stand under {}. Filters that look for it "
                         "have to be told",
                         base::quoted(id), base::quoted(known.front())));
}

void import_opendkim(const Options& options, Work& work) {
    Job job(Daemon::opendkim, options, work);
    if (const Option* directory = job.find("BaseDirectory")) {
        job.set_base(directory->value);
    }
    import_socket(job);
    if (const Option* id = job.find("AuthservID")) {
        import_authserv_id(job, *id);
    }
    import_signing_keys(job);
    import_signing_form(job);
    import_roles(job);
    import_dkim_checking(job);
    import_dns_timeout(job);
    job.finish();
}

} // namespace config::import
