#include "fuzz/written.h"

#include "authres/claims.h"
#include "authres/format.h"
#include "authres/parse.h"
#include "fuzz/property.h"

#include <algorithm>
#include <string>

namespace fuzz {

namespace {

constexpr std::size_t longest_line = 998; // RFC 5322 2.1.1

bool is_text(char c) {
    return (c >= 0x20 && c <= 0x7e) || c == '\t';
}

} // namespace

bool is_one_line(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

void require_writable(std::string_view name, std::string_view body) {
    std::string text = std::string(name) + ':' + std::string(body);
    const std::string shown = text;
    for (bool first = true; !text.empty(); first = false) {
        const auto end = text.find("\r\n");
        const auto line = text.substr(0, end);
        require(std::all_of(line.begin(), line.end(), is_text), "a line written is printable ASCII", shown);
        require(line.size() <= longest_line, "a line written is not too long", shown);
        require(first || line.starts_with(' ') || line.starts_with('\t'), "a fold goes on with a blank",
                shown);
        require(line.find_first_not_of(" \t") != std::string::npos, "no line written is blank", shown);
        require(end == std::string::npos || end + 2 < text.size(), "a field does not end in a fold", shown);
        text.erase(0, end == std::string::npos ? end : end + 2);
    }
}

void require_our_results(std::string_view id, std::string_view body,
                         const std::vector<authres::MethodResult>& results) {
    const std::string text(body);
    require_writable("Authentication-Results", " " + text);
    const auto again = authres::parse(body);
    require(again.has_value(), "results written can be read", text);
    require(again->authserv_id == id && again->results.size() == results.size(), "all results are read back",
            text);
    require(
        std::equal(results.begin(), results.end(), again->results.begin(),
                   [](const auto& a, const auto& b) { return a.method == b.method && a.result == b.result; }),
        "every result is read back", text);
    require(authres::format(id, again->results) == text, "what was read prints to the same text", text);
    authres::OwnIds own({std::string(id)});
    require(authres::claims(body, own), "what is written is known as ours", text);
}

} // namespace fuzz
