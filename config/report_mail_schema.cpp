#include "config/report_mail_schema.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/ip_network.h"
#include "base/port.h"
#include "base/secret_text.h"
#include "base/utf8.h"
#include "config/choices.h"
#include "config/schema_types.h"
#include "config/text_checks.h"
#include "message/mailbox.h"

#include <fmt/format.h>

#include <algorithm>

namespace config {

using namespace schema_types;

namespace {

// Of a local part, so that a token has room behind it (RFC 5321 4.5.3.1.1).
constexpr std::size_t longest_local_part = 28;

bool is_plain(char c) {
    constexpr std::string_view others = "!#$%&'*/=?^_`{|}~.-";
    return base::is_alnum(c) || others.find(c) != std::string_view::npos;
}

std::optional<Refusal> check_mailbox(std::string_view text) {
    const auto path = message::parse_path(text);
    const bool good = path && *path && base::DomainName::parse((*path)->domain).has_value() &&
                      text == message::print(**path);
    return good ? std::nullopt
                : std::optional(Refusal{fmt::format("{} is not an address", base::quoted(text)),
                                        "write dmarc-reports@reports.example.org, without a name"});
}

std::optional<Refusal> check_from(std::string_view text) {
    if (auto refusal = check_mailbox(text)) {
        return refusal;
    }
    const auto local = text.substr(0, text.rfind('@'));
    if (local.size() > longest_local_part || !std::all_of(local.begin(), local.end(), is_plain)) {
        return Refusal{fmt::format("what stands before the @ of {} is too long or has characters that cannot "
                                   "stand before a +",
                                   base::quoted(text)),
                       fmt::format("letters, digits, - and _, at most {} of them", longest_local_part)};
    }
    return std::nullopt;
}

std::optional<Refusal> check_words(std::string_view text) {
    constexpr std::size_t longest = 200;
    const bool good = text.size() <= longest && base::is_utf8(text) &&
                      std::none_of(text.begin(), text.end(), base::is_control);
    return good ? std::nullopt
                : std::optional(Refusal{"it is not one line of text, or too long",
                                        fmt::format("at most {} octets of UTF-8", longest)});
}

std::optional<Refusal> check_server(std::string_view text) {
    constexpr unsigned smtp = 25;
    return read_host_and_port(text, smtp)
               ? std::nullopt
               : std::optional(Refusal{fmt::format("{} is not a mail server", base::quoted(text)),
                                       "write 127.0.0.1:25 or smtp.example.net:587"});
}

std::optional<Refusal> check_own_address(std::string_view text) {
    return base::IpAddress::parse(text)
               ? std::nullopt
               : std::optional(Refusal{fmt::format("{} is not an address", base::quoted(text)),
                                       "write 192.0.2.10 or 2001:db8::10"});
}

template <class Field>
Setting mail_setting(std::string_view path, Type type, Field, std::string_view words) {
    return setting(path, std::move(type), [](auto& s) -> auto& { return Field{}(s.reports.mail); }, words);
}

std::vector<Setting> about_the_mail() {
    return {mail_setting(
                "reports.from", text(check_from), [](auto& m) -> auto& { return m.from; }, R"(
The author of the reports. Its domain needs a key to sign with, or SPF, and a DMARC record without `rua`, or there
would be reports about reports: best is a subdomain of its own. With `+` and a code behind the name it is
the envelope sender as well, so that bounces can be read. Empty: reports are counted, not sent.)"),
            mail_setting(
                "reports.organization", text(check_words), [](auto& m) -> auto& { return m.organization; },
                "The name of who reports, in the reports. Empty: the domain of 'reports.from'."),
            mail_setting(
                "reports.contact", text(check_mailbox), [](auto& m) -> auto& { return m.contact; },
                "The address for questions, in the reports. Empty: 'reports.from'."),
            mail_setting(
                "reports.extra_contact", text(check_words), [](auto& m) -> auto& { return m.extra_contact; },
                "More about whom to ask, in the reports, such as a web page."),
            mail_setting(
                "reports.max_addresses", integer(1, 16), [](auto& m) -> auto& { return m.max_addresses; },
                "To how many addresses of a record a report goes, the first ones."),
            mail_setting(
                "reports.max_size", size(64 * kilobyte, 64 * megabyte),
                [](auto& m) -> auto& { return m.max_size; }, R"(
The size of a mail with a report. What does not fit goes into another report, whose period begins where that of
the first one ends.)"),
            mail_setting(
                "reports.blocklists", texts(check_domain), [](auto& m) -> auto& { return m.blocklists; }, R"(
Zones of DNS blocklists for domains, such as dbl.example.net: no report about a domain that is listed. Whoever
runs the zone learns of which domains you had mail.)")};
}

std::vector<Setting> about_the_server() {
    return {mail_setting(
                "reports.server", text(check_server), [](auto& m) -> auto& { return m.server; }, R"(
The mail server that takes the reports, HOST or HOST:PORT. Give it a port without content filter: reports are
full of domains that filters know. The reports are signed already.)"),
            make_choice<report_tls_choices, Settings>(
                "reports.tls", [](auto& s) -> auto& { return s.reports.mail.tls; }, R"(
Whether the session with that server is encrypted. starttls and implicit: it must be, with a certificate that
is in order; implicit is for port 465.)"),
            mail_setting(
                "reports.ca_file", {.kind = Kind::path}, [](auto& m) -> auto& { return m.ca_file; },
                "Who may have signed that certificate, PEM. Empty: as the system has it."),
            mail_setting(
                "reports.user", text(check_words), [](auto& m) -> auto& { return m.user; },
                "The login at that server. Empty: none."),
            mail_setting(
                "reports.password_file", {.kind = Kind::path},
                [](auto& m) -> auto& { return m.password_file; },
                "A file with the password on its first line, which others may not read."),
            mail_setting(
                "reports.outgoing", texts(check_own_address), [](auto& m) -> auto& { return m.outgoing; }, R"(
The addresses from which your mail goes out to others. If they are given, SPF must pass for them where no
signature does it.)"),
            mail_setting(
                "reports.token_key", {.kind = Kind::path, .minimum = 1},
                [](auto& m) -> auto& { return m.token_key; }, R"(
The file with the key of the codes in envelope senders. It is made where it is missing. Hosts that share a store
need the same one.)"),
            mail_setting(
                "reports.give_up", whole_seconds(60 * minute, 14 * day),
                [](auto& m) -> auto& { return m.give_up; },
                "How long a report is tried that the server would not take at first."),
            mail_setting(
                "reports.per_minute", integer(0, 100'000), [](auto& m) -> auto& { return m.per_minute; },
                "How many mails go out in a minute. 0: any number."),
            mail_setting(
                "reports.per_minute_and_host", integer(0, 100'000),
                [](auto& m) -> auto& { return m.per_minute_and_host; },
                "The same to the addresses of one organization."),
            mail_setting(
                "reports.per_day_and_host", integer(0, 10'000'000),
                [](auto& m) -> auto& { return m.per_day_and_host; }, R"(
How many reports go to the addresses of one organization on a day, in UTC. What comes then is held and not sent:
'paraph report status' shows it. 0: any number.)")};
}

} // namespace

std::vector<Setting> report_mail_settings() {
    auto all = about_the_mail();
    for (Setting& one : about_the_server()) {
        all.push_back(std::move(one));
    }
    return all;
}

std::optional<HostAndPort> read_host_and_port(std::string_view text, unsigned default_port) {
    HostAndPort server{std::string(text), default_port};
    const bool is_v6 = text.starts_with('[');
    const auto end = is_v6 ? text.find(']') : text.find(':');
    if (end != std::string_view::npos && (is_v6 || text.find(':', end + 1) == std::string_view::npos)) {
        const auto rest = text.substr(is_v6 ? end + 1 : end);
        server.host = text.substr(is_v6 ? 1 : 0, is_v6 ? end - 1 : end);
        if (!rest.empty()) {
            const auto port = base::parse_port(rest.substr(1));
            if (rest.front() != ':' || !port) {
                return std::nullopt;
            }
            server.port = *port;
        }
    }
    const bool good = base::IpAddress::parse(server.host) || (!is_v6 && base::DomainName::parse(server.host));
    return good ? std::optional(server) : std::nullopt;
}

bool is_loopback(const HostAndPort& server) {
    const auto address = base::IpAddress::parse(server.host);
    if (!address) {
        return base::iequals(server.host, "localhost");
    }
    const auto v4 = base::IpNetwork::parse("127.0.0.0/8");
    const auto v6 = base::IpNetwork::parse("::1/128");
    return (v4 && v4->contains(*address)) || (v6 && v6->contains(*address));
}

} // namespace config
