#include "report/spf_dns.h"

#include "base/ascii.h"

#include <fmt/format.h>

namespace report {

namespace {

constexpr std::size_t max_line = 78;         // RFC 5322 2.1.1
constexpr std::size_t max_term_octets = 400; // of a line that may have 998, each of them escaped
constexpr std::size_t max_text_octets = 4096;

// RFC 5322 3.2.4: quoted-pair
std::string escaped(std::string_view term) {
    std::string text;
    for (const char c : term) {
        text += c == '"' || c == '\\' ? "\\" : "";
        text += c;
    }
    return text;
}

} // namespace

// A fold is taken away without its line break, so that each blank stays one.
std::optional<std::string> spf_dns(const SpfRecord& record) {
    if (record.text.size() > max_text_octets || !base::all_printable(record.text)) {
        return std::nullopt;
    }
    std::string body = fmt::format("txt : {} : \"", record.domain.text());
    std::size_t used = std::string_view("SPF-DNS: ").size() + body.size();
    bool is_first = true;
    for (const std::string_view term : base::split(record.text, ' ')) {
        if (term.size() > max_term_octets) {
            return std::nullopt;
        }
        const std::string shown = escaped(term);
        const bool fits = is_first || term.empty() || used + 1 + shown.size() + 1 <= max_line;
        body += is_first ? "" : fits ? " " : "\r\n ";
        body += shown;
        used = (fits ? used + 1 : 1) + shown.size();
        is_first = false;
    }
    return body + "\"";
}

} // namespace report
