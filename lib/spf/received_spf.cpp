#include "spf/received_spf.h"

#include "base/ascii.h"

#include <fmt/format.h>

namespace spf {

namespace {

constexpr std::size_t longest_value = 300; // twice that after quoting, still well under the 998 of RFC 5322

// Printable ASCII of bounded length; other bytes leave a question mark, so that it shows that something was
// there.
std::string harmless(std::string_view text) {
    std::string kept;
    for (const char c : text.substr(0, longest_value)) {
        kept += base::is_printable(c) ? c : '?';
    }
    if (text.size() > longest_value) {
        kept += "...";
    }
    return kept;
}

// RFC 5322 3.2.4
std::string quoted(std::string_view text) {
    std::string value = "\"";
    for (const char c : harmless(text)) {
        if (c == '"' || c == '\\') {
            value += '\\';
        }
        value += c;
    }
    return value + '"';
}

// RFC 5322 3.2.2: parentheses and backslashes could end a comment, or nest another one.
std::string inside_comment(std::string_view text) {
    std::string kept = harmless(text);
    for (char& c : kept) {
        if (c == '(' || c == ')' || c == '\\') {
            c = '?';
        }
    }
    return kept;
}

std::string sentence(const Verdict& verdict, const Request& request) {
    const std::string domain = verdict.domain.empty() ? "the sender's domain" : verdict.domain;
    const std::string client = request.client.print();
    switch (verdict.result) {
    case Result::none:
        return fmt::format("{} has no policy for {}", domain, client);
    case Result::neutral:
        return fmt::format("{} neither allows nor denies {}", domain, client);
    case Result::pass:
        return fmt::format("{} allows {}", domain, client);
    case Result::fail:
        return fmt::format("{} does not allow {}", domain, client);
    case Result::softfail:
        return fmt::format("{} discourages {}", domain, client);
    case Result::temperror:
        return fmt::format("{} could not be checked now", domain);
    case Result::permerror:
        return fmt::format("{} cannot be checked, its records are in error", domain);
    }
    return {};
}

std::string pair(std::string_view key, std::string_view value) {
    return fmt::format("\r\n\t{}={};", key, quoted(value));
}

std::string envelope_from(const Verdict& verdict, const Request& request) {
    // RFC 7208 2.4: the null reverse-path was checked as the postmaster of the HELO name.
    const std::string& domain = request.domain.empty() ? verdict.domain : request.domain;
    return fmt::format("{}@{}", request.local_part.empty() ? "postmaster" : request.local_part, domain);
}

} // namespace

std::string format_received_spf(const Verdict& verdict, const Request& request) {
    const std::string receiver = request.receiver.empty() ? "unknown" : request.receiver;
    std::string body =
        fmt::format("{} ({}: {})\r\n\tidentity={};", print(verdict.result), inside_comment(receiver),
                    inside_comment(sentence(verdict, request)), print(verdict.identity));
    body += pair("client-ip", request.client.print());
    if (verdict.identity == Identity::mail_from) {
        body += pair("envelope-from", envelope_from(verdict, request));
    }
    body += pair("helo", request.helo);
    body += pair("receiver", receiver);
    if (!verdict.mechanism.empty()) {
        body += pair("mechanism", verdict.mechanism);
    }
    if (verdict.result == Result::temperror || verdict.result == Result::permerror) {
        body += pair("problem", verdict.problem);
    }
    body.pop_back(); // the last semicolon is optional
    return body;
}

} // namespace spf
