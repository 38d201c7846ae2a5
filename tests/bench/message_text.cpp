#include "bench/message_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace bench {

namespace {

std::string prose_line(std::size_t number) {
    if (number % 12 == 7) {
        return "\r\n";
    }
    std::string line =
        fmt::format("Line {} tells of what was  delivered and of \twhat was not, in plain words.", number);
    if (number % 9 == 4) {
        line += " \t ";
    }
    return line + "\r\n";
}

// The same for everybody, and without a pattern that a line would repeat.
std::string base64_line(std::uint32_t& state) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    constexpr std::size_t line_length = 76; // RFC 2045 6.8
    std::string line;
    for (std::size_t i = 0; i < line_length; ++i) {
        state = state * 1'664'525U + 1'013'904'223U;
        line.push_back(alphabet[(state >> 16U) % alphabet.size()]);
    }
    return line + "\r\n";
}

} // namespace

std::string body_text(std::size_t octets, bool base64) {
    std::uint32_t state = 1;
    std::string body;
    body.reserve(octets);
    for (std::size_t number = 0; body.size() + 2 < octets; ++number) {
        body += base64 ? base64_line(state) : prose_line(number);
    }
    body.resize(std::max<std::size_t>(octets, 2) - 2);
    if (body.ends_with('\r')) { // cut within a line end
        body.back() = '.';
    }
    return body + "\r\n";
}

std::string message_text(const std::string& author_domain, std::size_t octets, bool base64) {
    const std::string header =
        fmt::format("Received: from desk.{0} (desk.{0} [10.1.2.3])\r\n"
                    "\tby mx.{0} (Postfix) with ESMTPSA id 4Zbench0Z\r\n"
                    "\tfor <bob@rcpt.example>; Mon, 02 Mar 2026 10:11:12 +0000\r\n"
                    "From: Alice Sender <alice@{0}>\r\n"
                    "To: Bob Receiver <bob@rcpt.example>\r\n"
                    "Subject: A subject line of quite an ordinary length, told once\r\n"
                    "Date: Mon, 02 Mar 2026 10:11:12 +0000\r\n"
                    "Message-ID: <20260302101112.4Zbench@{0}>\r\n"
                    "MIME-Version: 1.0\r\n"
                    "Content-Type: {1}\r\n"
                    "Content-Transfer-Encoding: {2}\r\n"
                    "User-Agent: Bench/1.0\r\n"
                    "\r\n",
                    author_domain, base64 ? "application/octet-stream" : "text/plain; charset=us-ascii",
                    base64 ? "base64" : "7bit");
    return header + body_text(octets > header.size() ? octets - header.size() : 2, base64);
}

} // namespace bench
