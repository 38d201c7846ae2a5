#include "report/redact.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "crypto/keyed_digest.h"
#include "message/encoded_words.h"
#include "message/mailbox.h"
#include "message/reverse_path.h"
#include "report/mime.h"
#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace report {

namespace {

constexpr std::size_t max_subject_octets = 200;
constexpr std::size_t max_field_octets = 3000;
constexpr std::size_t max_fields = 40;
constexpr std::size_t max_addresses = 10;

enum class Content { addresses, text };

struct Shown {
    std::string_view name;
    Content content;
};

constexpr std::array<Shown, 8> shown_fields = {{{"From", Content::addresses},
                                                {"Sender", Content::addresses},
                                                {"Reply-To", Content::addresses},
                                                {"Subject", Content::text},
                                                {"Date", Content::text},
                                                {"Message-ID", Content::text},
                                                {"List-Id", Content::text},
                                                {"DKIM-Signature", Content::text}}};

// Where the local-part before the @ at `at` begins.
std::size_t begin_of_local_part(std::string_view text, std::size_t at) {
    if (at > 0 && text[at - 1] == '"') {
        const auto quote = text.substr(0, at - 1).rfind('"');
        return quote == std::string_view::npos ? at - 1 : quote;
    }
    constexpr std::string_view ends = " \t\r\n<>()[],:;\"@";
    const auto end = text.substr(0, at).find_last_of(ends);
    const std::size_t begin = end == std::string_view::npos ? 0 : end + 1;
    return text.substr(begin, at - begin).starts_with("i=") ? begin + 2 : begin; // a tag of DKIM-Signature
}

// Folds and rows of blanks become one blank.
std::string squeezed(std::string_view text) {
    std::string squeezed;
    for (const char c : text.substr(0, max_field_octets)) {
        const bool blank = base::is_wsp(c) || c == '\r' || c == '\n';
        if (!blank) {
            squeezed += c;
        } else if (!squeezed.empty() && squeezed.back() != ' ') {
            squeezed += ' ';
        }
    }
    return squeezed;
}

void defuse(std::string& text) {
    for (std::size_t at = 0; at + 4 <= text.size(); ++at) {
        if (base::iequals(std::string_view(text).substr(at, 4), "http")) {
            text.replace(at, 4, "hxxp");
        }
    }
}

} // namespace

std::string Redactor::local_part(std::string_view local_part) const {
    constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz234567";
    const crypto::Sha256 digest = crypto::keyed_digest(key_, base::to_lower(local_part));
    std::string word;
    for (std::size_t i = 0; i < 16; ++i) {
        word += digits[digest.at(i) & 0x1fU];
    }
    return word;
}

std::string Redactor::path(std::string_view text) const {
    const auto read = message::read_reverse_path(text);
    const auto domain = base::DomainName::parse_international(read.domain);
    return domain ? fmt::format("<{}@{}>", local_part(read.local_part), domain->text()) : "<>";
}

std::string Redactor::text(std::string_view text) const {
    std::string redacted;
    for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@')) {
        const std::size_t begin = begin_of_local_part(text, at);
        redacted += text.substr(0, begin);
        redacted += begin == at ? "" : local_part(text.substr(begin, at - begin));
        redacted += '@';
        text.remove_prefix(at + 1);
    }
    redacted += text;
    defuse(redacted);
    return redacted;
}

std::string Redactor::subject(const message::HeaderList& headers) const {
    const message::HeaderField* field = headers.first("Subject");
    if (field == nullptr) {
        return "";
    }
    const std::string words =
        clean(message::decode_encoded_words(squeezed(field->body())), max_subject_octets);
    return text(base::trim_wsp(words));
}

std::string Redactor::addresses(std::string_view body) const {
    const auto list = message::parse_address_list(body);
    if (!list) {
        return "(not readable)";
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(list->mailboxes.size(), max_addresses); ++i) {
        const auto domain = base::DomainName::parse_international(list->mailboxes[i].domain);
        text += text.empty() ? "" : ",\r\n ";
        text += fmt::format("<{}@{}>", local_part(list->mailboxes[i].local_part),
                            domain ? domain->text() : "invalid");
    }
    return text.empty() ? "(nobody)" : text;
}

std::string Redactor::header(const message::HeaderList& headers) const {
    std::string block;
    std::size_t count = 0;
    for (const message::HeaderField& field : headers) {
        const auto* shown = std::find_if(shown_fields.begin(), shown_fields.end(),
                                         [&](const Shown& one) { return field.is_named(one.name); });
        if (shown == shown_fields.end() || ++count > max_fields) {
            continue;
        }
        const bool is_subject = shown->name == "Subject";
        const std::string body = shown->content == Content::addresses ? addresses(field.body())
                                 : is_subject ? unstructured(subject(headers), max_field_octets)
                                              : unstructured(text(squeezed(field.body())), max_field_octets);
        block += fmt::format("{}: {}\r\n", shown->name, body);
    }
    return block;
}

} // namespace report
