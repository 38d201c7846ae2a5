#include "message/received_forms.h"

#include "base/ascii.h"
#include "message/received_client.h"

#include <algorithm>
#include <array>

namespace message {

namespace {

using Tokens = std::vector<ReceivedToken>;
using Form = ReceivedForm;

bool comment_starts(const ReceivedToken& token, std::string_view text) {
    return token.comment && token.text.starts_with(text);
}

bool has_comment(const Tokens& tokens, std::string_view text) {
    return std::any_of(tokens.begin(), tokens.end(),
                       [&](const auto& token) { return comment_starts(token, text); });
}

bool is_next_comment(const ReceivedParts& parts, std::string_view text) {
    return !parts.rest.empty() && comment_starts(parts.rest.front(), text);
}

bool has_words(const Tokens& tokens, std::string_view one, std::string_view next) {
    const auto matches = [&](const auto& a, const auto& b) { return a.is_word(one) && b.is_word(next); };
    return std::adjacent_find(tokens.begin(), tokens.end(), matches) != tokens.end();
}

// The name that a client is called by, be it HELO or another.
bool read_name(const Tokens& from, ReceivedHop& hop) {
    if (from.empty() || from.front().comment) {
        return false;
    }
    hop.helo = from.front().text;
    return true;
}

bool take(const std::optional<ReceivedClient>& client, ReceivedHop& hop) {
    if (client) {
        hop.client = client->address;
        hop.helo = client->helo.value_or(hop.helo);
    }
    return client.has_value();
}

bool only_remarks(const Tokens& from, std::size_t first) {
    return std::all_of(from.begin() + static_cast<std::ptrdiff_t>(std::min(first, from.size())), from.end(),
                       [](const auto& token) { return token.comment && !may_hold_address(token.text); });
}

// from h (r [192.0.2.1]) (using TLSv1.3 ...) by ...
bool read_literal_group(const ReceivedParts& parts, ReceivedHop& hop) {
    if (!parts.has_from) {
        return true; // the program hides who it was, or nobody connected
    }
    const Tokens& from = parts.from;
    return read_name(from, hop) && from.size() > 1 && from[1].comment && only_remarks(from, 2) &&
           take(read_named_literal(from[1].text), hop);
}

// from h (r [192.0.2.1]) by ..., of a program that nobody knows.
bool read_rfc5321(const ReceivedParts& parts, ReceivedHop& hop) {
    return parts.has_from && read_literal_group(parts, hop);
}

// from r ([192.0.2.1] helo=h) by ..., from [192.0.2.1] (helo=h) by ..., from u by ... with local
bool read_exim(const ReceivedParts& parts, ReceivedHop& hop) {
    const Tokens& from = parts.from;
    if (!parts.has_from) {
        return true;
    }
    if (!read_name(from, hop) || from.size() > 2) {
        return false;
    }
    const auto own = read_bare_address(from[0].text);
    const bool literal = from[0].text.starts_with('[') && own;
    if (literal) {
        hop.client = own->address;
    }
    if (from.size() == 1) {
        return true;
    }
    auto client = from[1].comment ? read_exim_items(from[1].text, literal) : std::nullopt;
    if (client && literal) {
        client->address = hop.client;
    }
    return take(client, hop);
}

// from h (192.0.2.1) by ...
bool read_round_group(const ReceivedParts& parts, ReceivedHop& hop) {
    const Tokens& from = parts.from;
    return read_name(from, hop) && from.size() == 2 && from[1].comment &&
           take(read_bare_address(from[1].text), hop);
}

bool read_kumomta(const ReceivedParts& parts, ReceivedHop& hop) {
    const bool good = parts.has_from && read_round_group(parts, hop);
    if (good && hop.helo == "unspecified") { // there was no HELO
        hop.helo.clear();
    }
    return good;
}

bool read_exchange(const ReceivedParts& parts, ReceivedHop& hop) {
    hop.internal = base::iequals(hop.protocol, "mapi");
    return parts.has_from && read_round_group(parts, hop);
}

bool read_gmail(const ReceivedParts& parts, ReceivedHop& hop) {
    hop.internal = !parts.has_from && base::iequals(hop.protocol, "SMTP");
    return read_literal_group(parts, hop);
}

// "(HELO h)" behind the name; the place behind it.
std::size_t read_helo_comment(const Tokens& from, std::string_view verb, ReceivedHop& hop) {
    const auto words =
        from.size() > 1 && from[1].comment ? blank_separated(from[1].text) : std::vector<std::string_view>();
    if (words.size() != 2 || words[0] != verb) {
        return 1;
    }
    hop.helo = std::string(words[1]);
    return 2;
}

// from r (HELO h) (TLS ... encrypted) (u@192.0.2.1) by ..., with words of the program's behind the address.
bool read_qmail(const ReceivedParts& parts, ReceivedHop& hop) {
    const Tokens& from = parts.from;
    if (!parts.has_from) { // (qmail 1 invoked from network); date
        hop.internal = !parts.has_by && !from.empty() && from.front().text.ends_with(" invoked from network");
        return !parts.has_by && !from.empty() && comment_starts(from.front(), "qmail ");
    }
    if (!read_name(from, hop)) {
        return false;
    }
    bool found = false;
    for (std::size_t i = read_helo_comment(from, "HELO", hop); i < from.size(); ++i) {
        const auto client = from[i].comment ? read_qmail_address(from[i].text) : std::nullopt;
        const bool alien = !client && (comment_starts(from[i], "LHLO ") || may_hold_address(from[i].text) ||
                                       (!from[i].comment && !found));
        if ((client && found) || alien) {
            return false;
        }
        found = found || take(client, hop);
    }
    return found;
}

// from r (HELO h) ([192.0.2.1]) (envelope-sender <a@b>) by ...
bool read_qmail_ldap(const ReceivedParts& parts, ReceivedHop& hop) {
    const Tokens& from = parts.from;
    if (!parts.has_from || !read_name(from, hop)) {
        return false;
    }
    const std::size_t group = read_helo_comment(from, "HELO", hop);
    return group < from.size() && from[group].comment && only_remarks(from, group + 1) &&
           take(read_bare_address(from[group].text), hop);
}

// from z (LHLO z) (192.0.2.5) by ... with LMTP
bool read_zimbra(const ReceivedParts& parts, ReceivedHop& hop) {
    const Tokens& from = parts.from;
    return parts.has_from && read_name(from, hop) && read_helo_comment(from, "LHLO", hop) == 2 &&
           from.size() == 3 && from[2].comment && take(read_bare_address(from[2].text), hop);
}

bool read_qsmtp(const ReceivedParts& parts, ReceivedHop& hop) {
    const Tokens& from = parts.from;
    return parts.has_from && read_name(from, hop) && from.size() == 2 && from[1].comment &&
           take(read_qsmtp_group(from[1].text), hop);
}

bool read_zmailer(const ReceivedParts& parts, ReceivedHop& hop) {
    const Tokens& from = parts.from;
    return parts.has_from && read_name(from, hop) && from.size() == 2 && from[1].comment &&
           take(read_zmailer_group(from[1].text), hop);
}

// from h ([192.0.2.1]) by ..., from h by ...: without an address.
bool read_mdaemon(const ReceivedParts& parts, ReceivedHop& hop) {
    return parts.from.size() == 1 ? parts.has_from && read_name(parts.from, hop) : read_rfc5321(parts, hop);
}

// from (mx.example.net) by ...: a user, whose address is hidden.
bool read_mox(const ReceivedParts& parts, ReceivedHop& hop) {
    const bool hidden =
        parts.from.size() == 1 && parts.from.front().comment && !may_hold_address(parts.from.front().text);
    return hidden || read_rfc5321(parts, hop);
}

// By what a program is known, beside the form of its group.

bool by_postfix(const ReceivedParts& parts) {
    return !parts.rest.empty() && parts.rest.front().comment &&
           (parts.rest.front().text == "Postfix" ||
            parts.rest.front().text.starts_with("Postfix, from userid "));
}
bool by_sendmail(const ReceivedParts& parts) { // its version and that of its configuration: 8.18.1/8.18.1
    if (!is_next_comment(parts, "") || !base::is_digit((parts.rest.front().text + ' ').front())) {
        return false;
    }
    const std::string& version = parts.rest.front().text;
    return version.find('/') != std::string::npos && std::all_of(version.begin(), version.end(), [](char c) {
               return base::is_alnum(c) || std::string_view("./+~-").find(c) != std::string_view::npos;
           });
}
bool by_exim(const ReceivedParts& parts) {
    return has_comment(parts.rest, "Exim ");
}
bool by_exchange(const ReceivedParts& parts) {
    return has_words(parts.rest, "Microsoft", "SMTP") || has_words(parts.rest, "with", "mapi");
}
bool by_gmail(const ReceivedParts& parts) {
    return base::to_lower(parts.by).ends_with(".google.com") || read_client_address(parts.by);
}
bool by_qmail(const ReceivedParts& parts) {
    return !parts.has_by || (!parts.rest.empty() && !parts.rest.front().comment);
}
bool by_mox(const ReceivedParts& parts) {
    return has_words(parts.rest, "via", "tcp");
}
bool by_lmtp(const ReceivedParts& parts) {
    return has_words(parts.rest, "with", "LMTP") || has_words(parts.rest, "with", "LMTPS");
}
template <const char* text>
bool by_comment(const ReceivedParts& parts) {
    return has_comment(parts.rest, text);
}
bool by_anybody(const ReceivedParts& parts) {
    return parts.has_by;
}

constexpr char amavis_mark[] = "amavis", haraka_mark[] = "Haraka", halon_mark[] = "Halon",
               kumomta_mark[] = "KumoMTA", mdaemon_mark[] = "MDaemon", opensmtpd_mark[] = "OpenSMTPD",
               qmail_ldap_mark[] = "qmail-ldap", qsmtp_mark[] = "Qsmtpd", stalwart_mark[] = "Stalwart";

struct Reader {
    Form form;
    bool (*is_by)(const ReceivedParts&);
    bool (*read)(const ReceivedParts&, ReceivedHop&);
};

constexpr std::array readers{Reader{Form::rfc5321, by_anybody, read_rfc5321},
                             Reader{Form::postfix, by_postfix, read_literal_group},
                             Reader{Form::sendmail, by_sendmail, read_literal_group},
                             Reader{Form::exim, by_exim, read_exim},
                             Reader{Form::exchange, by_exchange, read_exchange},
                             Reader{Form::gmail, by_gmail, read_gmail},
                             Reader{Form::qmail, by_qmail, read_qmail},
                             Reader{Form::qmail_ldap, by_comment<qmail_ldap_mark>, read_qmail_ldap},
                             Reader{Form::qsmtp, by_comment<qsmtp_mark>, read_qsmtp},
                             Reader{Form::opensmtpd, by_comment<opensmtpd_mark>, read_literal_group},
                             Reader{Form::haraka, by_comment<haraka_mark>, read_rfc5321},
                             Reader{Form::mdaemon, by_comment<mdaemon_mark>, read_mdaemon},
                             Reader{Form::zimbra, by_lmtp, read_zimbra},
                             Reader{Form::amavis, by_comment<amavis_mark>, read_rfc5321},
                             Reader{Form::halon, by_comment<halon_mark>, read_rfc5321},
                             Reader{Form::kumomta, by_comment<kumomta_mark>, read_kumomta},
                             Reader{Form::stalwart, by_comment<stalwart_mark>, read_rfc5321},
                             Reader{Form::mox, by_mox, read_mox},
                             Reader{Form::dovecot, by_lmtp, read_rfc5321},
                             Reader{Form::zmailer, by_anybody, read_zmailer}};

// The last one is the form that tells least about who wrote it.
constexpr std::array all_forms{Form::postfix,   Form::sendmail, Form::exim,       Form::exchange,
                               Form::gmail,     Form::qmail,    Form::qmail_ldap, Form::qsmtp,
                               Form::opensmtpd, Form::haraka,   Form::mdaemon,    Form::zimbra,
                               Form::amavis,    Form::halon,    Form::kumomta,    Form::stalwart,
                               Form::mox,       Form::dovecot,  Form::zmailer,    Form::rfc5321};
constexpr std::array zimbra_forms{Form::postfix, Form::amavis, Form::zimbra};

// The word behind "with"; Qsmtp and patches of qmail put a comment between the two.
std::string protocol_of(const Tokens& rest) {
    auto token = std::find_if(rest.begin(), rest.end(), [](const auto& one) { return one.is_word("with"); });
    token = token == rest.end()
                ? token
                : std::find_if(token + 1, rest.end(), [](const auto& one) { return !one.comment; });
    return token == rest.end() ? "" : token->text.substr(0, token->text.find(';'));
}

bool is_login(const Tokens& tokens) {
    return std::any_of(tokens.begin(), tokens.end(), [](const auto& token) {
        return token.comment && base::istarts_with(token.text, "authenticated");
    });
}

// RFC 3848: a protocol with A at its end is one with authentication.
bool says_login(const ReceivedParts& parts, std::string_view protocol) {
    const std::string name = base::to_lower(protocol);
    return (name.ends_with('a') && name.find("mtp") != std::string::npos) || is_login(parts.from) ||
           is_login(parts.rest);
}

// "with POP3", "with HTTP", "with local": no mail server connected.
bool is_mail_transfer(std::string_view protocol) {
    const std::string name = base::to_lower(protocol);
    return name.empty() || name.find("mtp") != std::string::npos || name == "microsoft";
}

// In a comment behind the name: "(198.51.100.1)", "([198.51.100.1])", "(KumoMTA 198.51.100.1)".
std::optional<base::IpAddress> address_of(const ReceivedParts& parts) {
    if (auto address = read_bare_address(parts.by)) {
        return address->address;
    }
    if (!is_next_comment(parts, "")) {
        return std::nullopt;
    }
    const auto words = blank_separated(parts.rest.front().text);
    const auto address = words.empty() ? std::nullopt : read_bare_address(words.back());
    return address ? address->address : std::nullopt;
}

} // namespace

std::span<const ReceivedForm> forms_of(ReceivedForm form) {
    if (form == Form::any) {
        return all_forms;
    }
    if (form == Form::zimbra) {
        return zimbra_forms;
    }
    const auto own = std::find(all_forms.begin(), all_forms.end(), form);
    return std::span(all_forms).subspan(static_cast<std::size_t>(own - all_forms.begin()), 1);
}

std::optional<ReceivedHop> read_form(ReceivedForm form, const ReceivedParts& parts) {
    const auto reader =
        std::find_if(readers.begin(), readers.end(), [form](const Reader& one) { return one.form == form; });
    if (reader == readers.end() || !reader->is_by(parts)) {
        return std::nullopt;
    }
    ReceivedHop hop;
    hop.form = form;
    hop.by = parts.by;
    hop.by_address = address_of(parts);
    hop.protocol = protocol_of(parts.rest);
    hop.logged_in = says_login(parts, hop.protocol);
    if (!reader->read(parts, hop)) {
        return std::nullopt;
    }
    if (!is_mail_transfer(hop.protocol)) {
        hop.client.reset();
    }
    return hop;
}

} // namespace message
