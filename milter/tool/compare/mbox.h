// The messages of an mbox file, one after the other, out of a stream that arrives in pieces.
//
// A message begins at a line "From " at the beginning of the file, behind an empty line, or anywhere if the
// line has a date as programs write it: some leave the empty line out. A `>` before such a line inside of a
// message was put there by the program that wrote the file (mboxrd) and is taken away, one of them.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace milter::tool::compare {

struct MboxMessage {
    std::string sender;     // of the line "From ", as it stands there
    std::string text;       // with the line ends of the file
    bool too_large = false; // then it has no text

    bool operator==(const MboxMessage&) const = default;
};

class MboxReader {
  public:
    // Larger messages are passed over, and take no memory.
    explicit MboxReader(std::size_t longest) : longest_(longest) {}

    void add(std::string_view bytes);
    void finish();
    // The next whole message; nothing until more bytes arrive.
    [[nodiscard]] std::optional<MboxMessage> next();
    // False: the file does not begin as an mbox does.
    [[nodiscard]] bool is_mbox() const { return is_mbox_; }

  private:
    void take_line(std::string_view line, bool whole);
    void begin(std::string_view line);
    void append(std::string_view line);
    void end_message();

    std::size_t longest_;
    std::string line_;        // not whole yet
    bool in_line_ = false;    // the beginning of the line was taken already
    bool after_empty_ = true; // the line before was empty
    bool has_message_ = false;
    bool is_mbox_ = true;
    MboxMessage message_;
    std::deque<MboxMessage> done_;
};

} // namespace milter::tool::compare
