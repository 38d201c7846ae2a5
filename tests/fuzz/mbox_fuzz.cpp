// mbox files: a cut changes no message, and what is kept is bounded.
#include "fuzz/property.h"
#include "milter/tool/compare/mbox.h"

#include <string>
#include <string_view>
#include <vector>

namespace {

using milter::tool::compare::MboxMessage;
using milter::tool::compare::MboxReader;

std::vector<MboxMessage> read(std::string_view text, std::size_t piece, std::size_t longest) {
    MboxReader reader(longest);
    for (std::size_t i = 0; i < text.size(); i += piece) {
        reader.add(text.substr(i, piece));
    }
    reader.finish();
    std::vector<MboxMessage> messages;
    while (auto message = reader.next()) {
        messages.push_back(std::move(*message));
    }
    return messages;
}

void run(std::string_view input) {
    if (input.size() < 2) {
        return;
    }
    const std::size_t longest = static_cast<unsigned char>(input[0]) * std::size_t{16};
    const std::size_t piece = static_cast<unsigned char>(input[1]) % 64 + std::size_t{1};
    const auto text = input.substr(2);
    const auto messages = read(text, text.size() + 1, longest);
    fuzz::require(messages == read(text, piece, longest), "a cut changes nothing");
    std::size_t all = 0;
    for (const MboxMessage& one : messages) {
        fuzz::require(one.text.size() <= longest, "a message is bounded");
        fuzz::require(!one.too_large || one.text.empty(), "what is too large takes no memory");
        fuzz::require(one.sender.find('\n') == std::string::npos, "the sender stands in one line");
        all += one.text.size();
    }
    fuzz::require(all <= text.size(), "nothing is made up");
}

const fuzz::Target target("mbox", run);

} // namespace
