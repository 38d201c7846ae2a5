// What is wrong with a table or a key file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace keys {

enum class Severity : std::uint8_t {
    error,   // it is not known whose mail it affects
    signer,  // an error of a key or of a row that stops the mail it should sign; everything else works
    warning, // worth knowing, but everything works as written
};

struct Problem {
    std::string file;
    std::size_t line = 0; // 1-based; 0: the file as a whole
    std::string message;
    Severity severity = Severity::error;

    bool operator==(const Problem&) const = default;
};

// "FILE:LINE: MESSAGE"
[[nodiscard]] std::string print(const Problem& problem);

} // namespace keys
