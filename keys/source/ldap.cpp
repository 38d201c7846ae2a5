#include "keys/source/ldap.h"

#include "base/ascii.h"
#include "keys/source/collect.h"
#include "keys/source/reconnecting.h"
#include "keys/source/secret_file.h"

#include <fmt/format.h>
#include <ldap.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace keys::source {

namespace {

constexpr std::string_view starttls = "starttls";
constexpr std::string_view ssl_ca = "ssl_ca=";

// Two hexadecimal digits for whatever might mean something: RFC 4514 and RFC 4515 have the same form.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const bool plain = base::is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '@';
        result += plain ? std::string(1, c) : fmt::format("\\{:02x}", static_cast<unsigned char>(c));
    }
    return result;
}

// A name that begins with a dot, as a form of the SigningTable does, has no component there.
std::string components(std::string_view name) {
    std::string result;
    for (const std::string_view label : base::split(name, '.')) {
        if (!label.empty()) {
            result += fmt::format("{}dc={}", result.empty() ? "" : ",", escaped(label));
        }
    }
    return result;
}

std::string filled(std::string_view text, std::string_view name, const std::string& dn) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view two = text.substr(i, 2);
        if (two == "$d" || two == "$D") {
            result += two == "$d" ? escaped(name) : dn;
            ++i;
        } else {
            result += text[i];
        }
    }
    return result;
}

// The URLs of a connection, whether to begin TLS on it, and who signed the server's certificate.
struct Place {
    std::string urls;
    std::string ssl_ca; // empty: as ldap.conf says
    bool tls = false;
};

Place place_of(const Options& options) {
    Place place;
    for (const std::string_view word : base::split(options.connection, ' ')) {
        if (word == starttls) {
            place.tls = true;
        } else if (word.starts_with(ssl_ca)) {
            place.ssl_ca = word.substr(ssl_ca.size());
        } else if (!word.empty()) {
            place.urls += fmt::format("{}{}", place.urls.empty() ? "" : " ", word);
        }
    }
    return place;
}

struct Query {
    std::string base;
    std::vector<std::string> attributes;
    int scope = LDAP_SCOPE_BASE;
    std::string filter;
};

std::optional<Query> parse_query(const std::string& text) {
    LDAPURLDesc* parsed = nullptr;
    if (::ldap_url_parse(fmt::format("ldap:///{}", text).c_str(), &parsed) != LDAP_URL_SUCCESS) {
        return std::nullopt;
    }
    const std::unique_ptr<LDAPURLDesc, decltype(&ldap_free_urldesc)> url(parsed, &::ldap_free_urldesc);
    Query query;
    query.base = url->lud_dn == nullptr ? "" : url->lud_dn;
    query.scope = url->lud_scope == LDAP_SCOPE_DEFAULT ? LDAP_SCOPE_BASE : url->lud_scope;
    query.filter = url->lud_filter == nullptr ? "(objectClass=*)" : url->lud_filter;
    for (char** attribute = url->lud_attrs; attribute != nullptr && *attribute != nullptr; ++attribute) {
        query.attributes.emplace_back(*attribute);
    }
    return query;
}

timeval to_timeval(std::chrono::steady_clock::duration time) {
    const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
    constexpr long million = 1000000;
    const auto left = std::max<long>(whole, 1000);
    return {left / million, left % million};
}

class LdapConnection : public Reconnecting {
  public:
    explicit LdapConnection(const Options& options)
        : options_(options), place_(place_of(options)), query_(parse_query(options.query).value_or(Query())) {
    }
    LdapConnection(const LdapConnection&) = delete;
    LdapConnection& operator=(const LdapConnection&) = delete;
    ~LdapConnection() override { unbind(); }

  private:
    bool is_open() const override { return ldap_ != nullptr; }
    void close() override { unbind(); }
    void unbind() {
        if (ldap_ != nullptr) {
            ::ldap_unbind_ext_s(ldap_, nullptr, nullptr);
            ldap_ = nullptr;
        }
    }

    std::string open(Time deadline) override {
        if (const int status = ::ldap_initialize(&ldap_, place_.urls.c_str()); status != LDAP_SUCCESS) {
            return ::ldap_err2string(status);
        }
        const int version = LDAP_VERSION3;
        const timeval left = to_timeval(deadline - std::chrono::steady_clock::now());
        ::ldap_set_option(ldap_, LDAP_OPT_PROTOCOL_VERSION, &version);
        ::ldap_set_option(ldap_, LDAP_OPT_REFERRALS, LDAP_OPT_OFF); // only who was named is asked
        ::ldap_set_option(ldap_, LDAP_OPT_NETWORK_TIMEOUT, &left);
        ::ldap_set_option(ldap_, LDAP_OPT_TIMEOUT, &left);
        if (std::string problem = use_certificates(); !problem.empty()) {
            return problem;
        }
        if (place_.tls) {
            if (const int status = ::ldap_start_tls_s(ldap_, nullptr, nullptr); status != LDAP_SUCCESS) {
                return fmt::format("TLS cannot begin: {}", problem(status));
            }
        }
        return bind();
    }

    // With a file of them the server's certificate is checked, whatever ldap.conf says.
    std::string use_certificates() {
        if (place_.ssl_ca.empty()) {
            return {};
        }
        const int demand = LDAP_OPT_X_TLS_DEMAND;
        const int of_client = 0;
        for (const auto& [option, value] :
             {std::pair<int, const void*>{LDAP_OPT_X_TLS_CACERTFILE, place_.ssl_ca.c_str()},
              {LDAP_OPT_X_TLS_REQUIRE_CERT, &demand},
              {LDAP_OPT_X_TLS_NEWCTX, &of_client}}) {
            if (::ldap_set_option(ldap_, option, value) != LDAP_OPT_SUCCESS) {
                return fmt::format("{}: certificates cannot be read from it", place_.ssl_ca);
            }
        }
        return {};
    }

    std::string bind() {
        const std::optional<SecretFile> password =
            options_.password_file.empty() ? std::nullopt
                                           : std::optional<SecretFile>(std::in_place, options_.password_file);
        if (password && !password->problem().empty()) {
            return password->problem();
        }
        // RFC 4513: a name without a password would be let in as nobody.
        if (password && password->text().empty()) {
            return "the password file is empty";
        }
        std::string secret = password ? password->text() : "";
        berval credentials{secret.size(), secret.data()};
        const int status = ::ldap_sasl_bind_s(ldap_, options_.user.c_str(), LDAP_SASL_SIMPLE, &credentials,
                                              nullptr, nullptr, nullptr);
        std::fill(secret.begin(), secret.end(), '\0');
        if (status == LDAP_SERVER_DOWN && place_.urls.find("ldaps://") != std::string::npos) {
            // The library does not tell the one from the other.
            return problem(status) + ": it is not there, or its certificate is not good";
        }
        return status == LDAP_SUCCESS ? std::string() : problem(status);
    }

    Answer ask(const std::string& name, Time deadline) override {
        std::vector<char*> attributes;
        for (std::string& attribute : query_.attributes) {
            attributes.push_back(attribute.data());
        }
        attributes.push_back(nullptr);
        timeval left = to_timeval(deadline - std::chrono::steady_clock::now());
        LDAPMessage* received = nullptr;
        const int status =
            ::ldap_search_ext_s(ldap_, fill_base(query_.base, name).c_str(), query_.scope,
                                fill_filter(query_.filter, name).c_str(), attributes.data(), 0, nullptr,
                                nullptr, &left, static_cast<int>(options_.most_rows + 1), &received);
        const std::unique_ptr<LDAPMessage, decltype(&ldap_msgfree)> entries(received, &::ldap_msgfree);
        const bool of_name = query_.base.find('$') != std::string::npos;
        if (status == LDAP_NO_SUCH_OBJECT || (status == LDAP_INVALID_DN_SYNTAX && of_name)) {
            return of_name ? Answer(Rows{{}, query_.attributes.size()}) : base::refuse(problem(status));
        }
        if (status == LDAP_SIZELIMIT_EXCEEDED) { // ours, or a smaller one of the server
            return Rows{{}, query_.attributes.size(), "the answer has too many entries"};
        }
        return status == LDAP_SUCCESS ? collect(entries.get()) : base::refuse(problem(status));
    }

    Answer collect(LDAPMessage* entries) {
        Collector rows(options_.every_value ? 1 : query_.attributes.size(), options_.most_rows);
        for (LDAPMessage* entry = ::ldap_first_entry(ldap_, entries); entry != nullptr;
             entry = ::ldap_next_entry(ldap_, entry)) {
            for (const std::string& attribute : query_.attributes) {
                berval** values = ::ldap_get_values_len(ldap_, entry, attribute.c_str());
                add(values, rows);
                ::ldap_value_free_len(values);
            }
        }
        return rows.answer();
    }

    // Of one attribute.
    void add(berval* const* values, Collector& rows) const {
        if (!options_.every_value) {
            rows.add(values == nullptr || *values == nullptr
                         ? std::string_view()
                         : std::string_view((*values)->bv_val, (*values)->bv_len));
            return;
        }
        for (; values != nullptr && *values != nullptr; ++values) {
            rows.add({(*values)->bv_val, (*values)->bv_len});
        }
    }

    std::string problem(int status) {
        char* text = nullptr;
        ::ldap_get_option(ldap_, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
        const std::unique_ptr<char, decltype(&ldap_memfree)> diagnostic(
            text, [](void* memory) { ::ldap_memfree(memory); });
        constexpr std::size_t longest = 300;
        const std::string more = text == nullptr || *text == '\0' ? "" : fmt::format(" ({})", text);
        return base::one_line(::ldap_err2string(status) + more, longest);
    }

    Options options_;
    Place place_;
    Query query_;
    LDAP* ldap_ = nullptr;
};

} // namespace

std::string fill_filter(std::string_view filter, std::string_view name) {
    return filled(filter, name, components(name));
}

std::string fill_base(std::string_view base, std::string_view name) {
    return filled(base, name, components(name));
}

std::string ldap_refusal(const Options& options) {
    const Place place = place_of(options);
    for (const std::string_view url : base::split(place.urls, ' ')) {
        if (::ldap_is_ldap_url(std::string(url).c_str()) == 0) {
            return "the connection is written ldap://HOST, ldaps://HOST or ldapi://PATH, several with blanks "
                   "between them, and starttls and ssl_ca=FILE at the end";
        }
    }
    const auto query = parse_query(options.query);
    if (!query || query->attributes.empty()) {
        return "the query is written BASE?ATTRIBUTES?SCOPE?FILTER";
    }
    const auto has_name = [](const std::string& text) {
        return text.find("$d") != std::string::npos || text.find("$D") != std::string::npos;
    };
    return has_name(query->base) || has_name(query->filter)
               ? ""
               : "the query has no $d (or $D) where the name belongs";
}

std::unique_ptr<Connection> make_ldap(const Options& options) {
    return std::make_unique<LdapConnection>(options);
}

} // namespace keys::source
