#include "report/redact.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "crypto/keyed_digest.h"
#include "message/encoded_words.h"
#include "message/mailbox.h"
#include "message/reverse_path.h"
#include "report/found_address.h"
#include "report/mime.h"
#include "report/signature_field.h"
#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace report {

namespace {

constexpr std::size_t max_subject_octets = 200;
constexpr std::size_t read_of_subject = 500; // of what stands there in words
constexpr std::size_t max_field_octets = 3000;
constexpr std::size_t max_fields = 40;
constexpr std::size_t max_addresses = 10;

constexpr std::array<std::string_view, 7> shown_fields = {"From", "Sender",     "Reply-To",      "Subject",
                                                          "Date", "Message-ID", "DKIM-Signature"};
constexpr const char* not_readable = "(not readable)";

// Folds and rows of blanks become one blank.
std::string squeezed(std::string_view text) {
    std::string squeezed;
    for (const char c : text) {
        const bool blank = base::is_wsp(c) || c == '\r' || c == '\n';
        if (!blank) {
            squeezed += c;
        } else if (!squeezed.empty() && squeezed.back() != ' ') {
            squeezed += ' ';
        }
    }
    return squeezed;
}

// Without the word in which the end falls: it may be the first half of an address.
std::string whole_words(std::string text, std::size_t most) {
    if (text.size() > most) {
        const auto blank = text.rfind(' ', most);
        text.resize(blank == std::string::npos ? 0 : blank);
    }
    return text;
}

// Nothing but figures, days, months and zones (RFC 5322 3.3).
bool is_date(std::string_view text) {
    constexpr std::size_t longest = 50;
    constexpr std::string_view marks = " ,:+-";
    std::size_t letters = 0;
    return text.size() <= longest && std::all_of(text.begin(), text.end(), [&](char c) {
               letters = base::is_alpha(c) ? letters + 1 : 0;
               return letters <= 4 && (base::is_alnum(c) || marks.find(c) != std::string_view::npos);
           });
}

// Without the comment that may stand at its end.
std::string date(std::string_view body) {
    const std::string text = squeezed(body.substr(0, max_field_octets));
    const std::string_view shown = base::trim_wsp(std::string_view(text).substr(0, text.find('(')));
    return is_date(shown) ? std::string(shown) : not_readable;
}

void defuse(std::string& text) {
    for (std::size_t at = 0; at + 4 <= text.size(); ++at) {
        if (base::iequals(std::string_view(text).substr(at, 4), "http")) {
            text.replace(at, 4, "hxxp");
        }
    }
}

} // namespace

std::string Redactor::word(std::string_view local_part, std::string_view domain) const {
    constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz234567";
    const auto name = base::DomainName::parse_international(domain);
    const std::string address =
        base::to_lower(local_part) + "@" + (name ? name->text() : base::to_lower(domain));
    const crypto::Sha256 digest = crypto::keyed_digest(key_, address);
    std::string word;
    for (std::size_t i = 0; i < 16; ++i) {
        word += digits[digest.at(i) & 0x1fU];
    }
    return word;
}

std::string Redactor::path(std::string_view text) const {
    const auto read = message::read_reverse_path(text);
    const auto domain = base::DomainName::parse_international(read.domain);
    return domain ? fmt::format("<{}@{}>", word(read.local_part, read.domain), domain->text()) : "<>";
}

std::string Redactor::identity(std::string_view text) const {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) {
        return "";
    }
    const auto domain = base::DomainName::parse_international(text.substr(at + 1));
    if (!domain) {
        return "";
    }
    return (at == 0 ? "" : word(text.substr(0, at), domain->text())) + "@" + domain->text();
}

std::string Redactor::text(std::string_view text) const {
    std::string redacted;
    std::size_t end = text.size();
    while (const auto found = find_address(text, end)) {
        const std::string name = found->begin == found->at ? "" : word(found->local_part, found->domain);
        redacted.insert(0, name + std::string(text.substr(found->at, end - found->at)));
        end = found->begin;
    }
    redacted.insert(0, text.substr(0, end));
    defuse(redacted);
    return redacted;
}

std::string Redactor::subject(const message::HeaderList& headers) const {
    const message::HeaderField* field = headers.first("Subject");
    if (field == nullptr) {
        return "";
    }
    const std::string words =
        clean(message::decode_encoded_words(whole_words(squeezed(field->body()), max_field_octets)),
              max_field_octets);
    return clean(text(base::trim_wsp(whole_words(words, read_of_subject))), max_subject_octets);
}

std::string Redactor::addresses(std::string_view body) const {
    const auto list = message::parse_address_list(body);
    if (!list) {
        return not_readable;
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(list->mailboxes.size(), max_addresses); ++i) {
        const auto domain = base::DomainName::parse_international(list->mailboxes[i].domain);
        text += text.empty() ? "" : ",\r\n ";
        text += fmt::format("<{}@{}>", word(list->mailboxes[i].local_part, list->mailboxes[i].domain),
                            domain ? domain->text() : "invalid");
    }
    return text.empty() ? "(nobody)" : text;
}

// All but the domain is its writer's own choice.
std::string Redactor::message_id(std::string_view body) const {
    std::string id = squeezed(body.substr(0, max_field_octets));
    id = id.substr(0, id.find('>'));
    id.erase(0, id.find('<') + 1); // npos + 1 is 0
    const auto at = id.rfind('@');
    const auto domain =
        at == std::string::npos ? std::nullopt : base::DomainName::parse_international(id.substr(at + 1));
    return domain ? fmt::format("<{}@{}>", word(id.substr(0, at), domain->text()), domain->text())
                  : fmt::format("<{}>", word(id, ""));
}

std::string Redactor::body_of(const message::HeaderField& field, const message::HeaderList& headers) const {
    if (field.is_named("Subject")) {
        return unstructured(subject(headers), max_field_octets);
    }
    if (field.is_named("Date")) {
        return date(field.body());
    }
    if (field.is_named("Message-ID")) {
        return message_id(field.body());
    }
    if (field.is_named("DKIM-Signature")) {
        const auto body =
            signature_field(field.body(), [this](std::string_view text) { return identity(text); });
        return body.empty() ? not_readable : body;
    }
    return addresses(field.body());
}

std::string Redactor::header(const message::HeaderList& headers) const {
    std::string block;
    std::size_t count = 0;
    for (const message::HeaderField& field : headers) {
        const auto* shown = std::find_if(shown_fields.begin(), shown_fields.end(),
                                         [&](std::string_view name) { return field.is_named(name); });
        if (shown != shown_fields.end() && ++count <= max_fields) {
            block += fmt::format("{}: {}\r\n", *shown, body_of(field, headers));
        }
    }
    return block;
}

} // namespace report
