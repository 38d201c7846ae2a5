#include "milter/tool/reports/delivery_status.h"

#include "base/ascii.h"
#include "message/parse_message.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::tool::reports {

namespace {

constexpr std::size_t most_parts = 20;
constexpr std::size_t most_status_lines = 1000;
constexpr std::size_t longest_why = 200;

// Without comments, which no mail server writes here.
std::string_view media_type(std::string_view field) {
    return base::trim_fws(field.substr(0, field.find(';')));
}

// The value of a parameter of Content-Type (RFC 2045 5.1); empty: it has none of that name.
std::string parameter(std::string_view field, std::string_view name) {
    for (const auto piece : base::split(field, ';')) {
        const auto equals = piece.find('=');
        if (equals == std::string_view::npos ||
            !base::iequals(base::trim_fws(piece.substr(0, equals)), name)) {
            continue;
        }
        auto value = base::trim_fws(piece.substr(equals + 1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
            value = value.substr(1, value.size() - 2);
        }
        return std::string(value);
    }
    return {};
}

std::string_view field_of(const message::HeaderList& headers, std::string_view name) {
    const auto* field = headers.first(name);
    return field == nullptr ? std::string_view() : field->body();
}

// The parts between the boundaries, without the one that has no end.
std::vector<std::string_view> parts_of(std::string_view body, const std::string& boundary) {
    std::vector<std::string_view> parts;
    const std::string delimiter = "--" + boundary;
    std::size_t begin = std::string_view::npos;
    for (std::size_t line = 0; line < body.size() && parts.size() < most_parts;) {
        auto end = body.find('\n', line);
        end = end == std::string_view::npos ? body.size() : end + 1;
        if (body.substr(line).starts_with(delimiter)) {
            if (begin != std::string_view::npos) {
                parts.push_back(body.substr(begin, line - begin));
            }
            begin = end;
        }
        line = end;
    }
    if (begin != std::string_view::npos && begin < body.size() && parts.size() < most_parts) {
        parts.push_back(body.substr(begin)); // what was cut at our limit
    }
    return parts;
}

struct Recipient {
    std::string action, status, diagnostic;
};

void add_field(Recipient& recipient, std::string_view line) {
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    const auto value = colon == std::string_view::npos ? "" : base::trim_fws(line.substr(colon + 1));
    const auto keep = [&](std::string& into) { into = base::printable(value, longest_why); };
    if (base::iequals(name, "Action")) {
        keep(recipient.action);
    } else if (base::iequals(name, "Status")) {
        keep(recipient.status);
    } else if (base::iequals(name, "Diagnostic-Code")) {
        keep(recipient.diagnostic);
    }
}

// RFC 3464 2.1: groups of fields, one for the mail and one for each recipient.
DeliveryStatus read_groups(std::string_view text) {
    DeliveryStatus status;
    Recipient recipient;
    std::size_t lines = 0;
    const auto finish = [&] {
        if (base::iequals(recipient.action, "failed") && !status.failed) {
            status = {true, fmt::format("{} {}", recipient.status, recipient.diagnostic)};
        }
        recipient = {};
    };
    for (auto line : base::split(text, '\n')) {
        if (++lines > most_status_lines) {
            break;
        }
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (line.empty()) {
            finish();
        } else if (!base::is_wsp(line.front())) {
            add_field(recipient, line);
        }
    }
    finish();
    return status;
}

bool is_status(std::string_view type) {
    return base::iequals(type, "message/delivery-status") ||
           base::iequals(type, "message/global-delivery-status"); // of internationalized mail
}

} // namespace

std::optional<DeliveryStatus> read_delivery_status(std::string_view mail) {
    const auto parsed = message::parse_message(mail.substr(0, longest_bounce));
    if (!parsed) {
        return std::nullopt;
    }
    const auto type = field_of(parsed->headers, "Content-Type");
    const auto boundary = parameter(type, "boundary");
    if (!base::iequals(media_type(type), "multipart/report") || boundary.empty() ||
        !base::iequals(parameter(type, "report-type"), "delivery-status")) {
        return std::nullopt;
    }
    for (const auto text : parts_of(parsed->body, boundary)) {
        const auto part = message::parse_message(text);
        if (part && is_status(media_type(field_of(part->headers, "Content-Type")))) {
            return read_groups(part->body);
        }
    }
    return std::nullopt;
}

std::string recipient_fields(std::string_view mail) {
    const auto parsed = message::parse_message(mail.substr(0, longest_bounce));
    std::string text;
    for (const auto* name : {"X-Original-To", "Delivered-To", "To"}) {
        if (parsed) {
            text += field_of(parsed->headers, name);
            text += '\n';
        }
    }
    return text;
}

} // namespace milter::tool::reports
