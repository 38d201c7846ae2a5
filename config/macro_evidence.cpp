#include "config/macro_evidence.h"

#include "base/secret_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace config {

namespace {

// What the client types, or can bring about from wherever it is. {auth_author} is the AUTH parameter of MAIL,
// not who logged in.
constexpr std::array<std::string_view, 27> chosen_by_clients{"{mail_addr}",
                                                             "{mail_host}",
                                                             "{mail_mailer}",
                                                             "{rcpt_addr}",
                                                             "{rcpt_host}",
                                                             "{rcpt_mailer}",
                                                             "{auth_author}",
                                                             "{client_name}",
                                                             "{client_ptr}",
                                                             "{client_port}",
                                                             "{client_resolve}",
                                                             "{client_rate}",
                                                             "{nrcpts}",
                                                             "{nbadrcpts}",
                                                             "{ntries}",
                                                             "{msg_size}",
                                                             "{msg_id}",
                                                             "{cipher}",
                                                             "{cipher_bits}",
                                                             "{tls_version}",
                                                             "{envid}",
                                                             "{dsn_envid}",
                                                             "{client_connections}",
                                                             "{dsn_notify}",
                                                             "{dsn_ret}",
                                                             "{addr_type}",
                                                             "{hdrlen}"};

// Theirs in every session, so that only a value says something.
constexpr std::array<std::string_view, 11> always_there{
    "{daemon_name}", "{daemon_addr}", "{daemon_port}", "{daemon_family}", "{daemon_info}", "{daemon_flags}",
    "{if_name}",     "{if_addr}",     "{if_family}",   "{client_addr}",   "{verify}"};

constexpr std::array<std::string_view, 6> of_certificates{"{verify}",     "{cert_subject}", "{cert_issuer}",
                                                          "{cn_subject}", "{cn_issuer}",    "{cert_md5}"};

bool contains(std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// The mail server's own, defined for every message, or what the client says of itself: s is its HELO.
bool has_one_letter(std::string_view name) {
    constexpr std::size_t with_braces = 3;
    return name.size() == with_braces;
}

} // namespace

base::Result<base::MacroCondition, Refusal> read_macro_condition(std::string_view text) {
    auto condition = base::MacroCondition::parse(text);
    if (!condition || base::is_surely_key(text)) {
        return base::refuse(Refusal{{}, condition ? "" : condition.error().message});
    }
    const auto& name = condition->name;
    if (has_one_letter(name) || contains(chosen_by_clients, name)) {
        return base::refuse(
            Refusal{fmt::format("{} does not tell whose mail it is: any client can have it as it likes, or "
                                "all have it",
                                name),
                    "take what the mail server decides, such as {daemon_name} or {auth_type}"});
    }
    if (condition->values.empty() && contains(always_there, name)) {
        return base::refuse(Refusal{fmt::format("every message has {}, and would be signed", name),
                                    fmt::format("write the values that mark your own: {}=VALUE", name)});
    }
    return std::move(*condition);
}

bool is_of_certificate(const base::MacroCondition& condition) {
    return contains(of_certificates, condition.name);
}

} // namespace config
