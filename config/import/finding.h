// What an import has to say of an option: where it stands, and what becomes of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace config::import {

struct Place {
    std::string file;
    std::size_t line = 0; // 1-based; 0: the file as a whole
    std::size_t column = 0;

    // "/etc/opendkim.conf:12"
    [[nodiscard]] std::string print() const;
};

enum class Effect : std::uint8_t {
    decide,    // not carried over, and it decides who is signed, who is refused or what is believed
    dropped,   // not carried over
    senders,   // who is refused, or is not any more
    receivers, // what stands in the mail that leaves or is delivered
    replaced,  // done in another way
    note,      // good to know
};

struct Finding {
    Effect effect = Effect::note;
    Place place;
    std::string option; // "InternalHosts"; empty: of the import as a whole
    std::string text;   // a sentence or two, what to do included
};

// A line that makes no sense: where, and what would have made some.
struct Problem {
    Place place;
    std::string text;

    // "/etc/opendkim.conf:12:3: expected a value behind 'Domain'"
    [[nodiscard]] std::string print() const;
};

} // namespace config::import
