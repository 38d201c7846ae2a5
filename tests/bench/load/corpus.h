// The messages that a load is made of.
//
// A corpus file is a sequence of "SENDER OCTETS", LF, so many octets, LF. "{n}" in a sender and in the header
// of his message stands for a number that no other message of the run has: for names nobody has asked for.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

struct CorpusMessage {
    std::string sender;
    std::vector<std::string> fields; // whole, CRLF folds, without the last CRLF
    std::string body;                // CRLF lines
    bool numbered = false;

    [[nodiscard]] CorpusMessage with_number(std::size_t number) const;
};

// Throws std::runtime_error.
[[nodiscard]] std::vector<CorpusMessage> read_corpus(const std::string& path);

} // namespace bench
