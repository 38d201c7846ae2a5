// The words of an answers file and of the records in it.
#pragma once

#include "base/result.h"
#include "dns/answer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dns {

struct Word {
    std::string text; // escapes resolved
    bool quoted = false;
};

// The words of one line without its comment. The error's position is where a quote opened or an escape began.
[[nodiscard]] base::Result<std::vector<Word>> split_words(std::string_view line);

// A name with its final dot, and a quoted string; both read back by split_words.
[[nodiscard]] std::string escape_name(std::string_view name);
[[nodiscard]] std::string quote(std::string_view bytes);

// The word after FAILED.
[[nodiscard]] std::string_view failure_word(Failure failure);
[[nodiscard]] std::optional<Failure> parse_failure(std::string_view word);

} // namespace dns
