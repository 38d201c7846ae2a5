// Headers of messages that failed, as a failure report passes them on: short lines of ASCII, fields that are
// passed on and no others.
#include "fuzz/property.h"
#include "message/parse_message.h"
#include "report/mail_kind.h"
#include "report/redact.h"

#include <algorithm>
#include <array>

namespace {

constexpr std::array<std::string_view, 7> passed_on = {"From", "Sender",     "Reply-To",      "Subject",
                                                       "Date", "Message-ID", "DKIM-Signature"};

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n'; });
}

void check_lines(std::string_view block) {
    while (!block.empty()) {
        const auto end = block.find("\r\n");
        fuzz::require(end != std::string_view::npos, "the last line has its end");
        fuzz::require(end < 998, "no line is longer than a mail may have");
        block.remove_prefix(end + 2);
    }
}

// A local-part does not come out, whatever stands around it.
void check_address(std::string_view around) {
    around = around.substr(0, 200); // as much as a Subject has
    constexpr std::string_view local_part = "s3cr3tus3r";
    if (around.find(local_part) != std::string_view::npos) {
        return; // as a word of the text
    }
    const report::Redactor redactor("key");
    for (const char* behind : {"@x.test", " (c) @x.test", "%40x.test"}) {
        const std::string address = " " + std::string(local_part) + behind;
        const std::string text = redactor.text(std::string(around) + address + std::string(around));
        fuzz::require(text.find(local_part) == std::string::npos, "no local-part comes out", text);
    }
}

void run(std::string_view input) {
    check_address(input);
    const auto message = message::parse_message(input);
    if (!message) {
        return;
    }
    (void)report::find_kind(message->headers);
    const report::Redactor redactor("key");
    const std::string block = redactor.header(message->headers);
    fuzz::require(is_plain(block), "a header is plain");
    check_lines(block);
    const auto again = message::parse_message(block + "\r\n");
    fuzz::require(again.has_value(), "a header reads back");
    for (const auto& field : again->headers) {
        fuzz::require(std::find(passed_on.begin(), passed_on.end(), field.name()) != passed_on.end(),
                      "nothing else is passed on", field.text());
    }
}

const fuzz::Target target("report_header", run);

} // namespace
