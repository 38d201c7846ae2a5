// Received fields: the form of one program, or any. What is read stands in the field, whatever its folds, and
// no second group can be smuggled past the first.
#include "base/ascii.h"
#include "fuzz/property.h"
#include "message/received.h"

#include <string>

namespace {

using message::ReceivedForm;

constexpr unsigned forms = static_cast<unsigned>(ReceivedForm::zmailer) + 1;

std::string with_folds(std::string_view text) {
    std::string folded;
    for (const char c : text) {
        folded += c == ' ' ? std::string("\r\n\t ") : std::string(1, c);
    }
    return folded;
}

void check_any(std::string_view text, const message::ReceivedHop& hop) {
    const auto any = message::parse_received(text, ReceivedForm::any);
    fuzz::require(!any || (any->client == hop.client && any->helo == hop.helo),
                  "a guess says what the program's own form says, or nothing");
}

void check_second_group(const std::string& text) {
    const auto by = text.rfind(" by ");
    if (by == std::string::npos) {
        return;
    }
    const auto forged = text.substr(0, by) + " (x [203.0.113.77])" + text.substr(by);
    const auto hop = message::parse_received(forged, ReceivedForm::any);
    const auto honest = message::parse_received(text, ReceivedForm::any);
    fuzz::require(!hop || !honest || !honest->client || hop->client == honest->client,
                  "a second group does not replace the first");
}

void run(std::string_view input) {
    if (input.empty()) {
        return;
    }
    const auto form = static_cast<ReceivedForm>(static_cast<unsigned char>(input.front()) % forms);
    const std::string text(input.substr(1));
    const auto hop = message::parse_received(text, form);
    if (!hop) {
        fuzz::require(hop.error().position <= std::max(text.size(), message::Limits{}.received_bytes),
                      "a refusal points into the field");
        return;
    }
    fuzz::require(hop->form != ReceivedForm::any, "the form is known");
    fuzz::require(text.size() <= message::Limits{}.received_bytes, "the size is bounded");
    fuzz::require(text.find(hop->helo) != std::string::npos, "HELO stands in the field");
    fuzz::require(base::all_ascii(hop->by) || text.find(hop->by) != std::string::npos, "so does the host");
    fuzz::require(!hop->internal || !hop->client, "a step inside of a host has no client");
    if (const std::string folded = with_folds(text); folded.size() <= message::Limits{}.received_bytes) {
        const auto again = message::parse_received(folded, form);
        fuzz::require(again && *again == *hop, "folds change nothing");
    }
    check_any(text, *hop);
    check_second_group(text);
}

const fuzz::Target target("received", run);

} // namespace
