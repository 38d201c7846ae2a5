// Tag=value lists (RFC 6376 3.2), with the place of every tag in the source.
//
//     auto list = tag_list::TagList::parse("v=DKIM1; k=rsa; p=MIGf");
//     if (list && list->find("p") != nullptr) ...
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tag_list {

// More tags than any standard defines; unknown ones are allowed, but thousands of them would be an attack on
// the search for repeats.
constexpr std::size_t max_tags = 100;

struct Tag {
    std::string_view name;
    std::string_view value;    // without FWS around it; FWS inside is kept
    std::size_t position = 0;  // of the name in the source
    std::size_t raw_begin = 0; // the value with the FWS around it: from right after '=' ...
    std::size_t raw_end = 0;   // ... to the ';' or the end of the source
};

// Views into the source text, which must outlive the list.
class TagList {
  public:
    // Refused: a name that is not ALPHA *(ALPHA / DIGIT / "_"), a missing '=', bytes a value cannot hold, a
    // tag twice, an empty tag between semicolons (one at the very end is allowed), more than max_tags. 8-bit
    // bytes are accepted in values (RFC 8616).
    [[nodiscard]] static base::Result<TagList> parse(std::string_view text);

    [[nodiscard]] const Tag* find(std::string_view name) const; // case-sensitive; null when absent
    [[nodiscard]] const std::vector<Tag>& tags() const { return tags_; }

  private:
    std::vector<Tag> tags_;
};

// "v=DKIM1; k=rsa; p=MIGf"; parses to the same names and values.
[[nodiscard]] std::string print(const TagList& list);

// FWS (RFC 6376 2.8) at the start of `text`: its length, 0 when there is none. A CRLF counts only in front of
// a blank.
[[nodiscard]] std::size_t fws_length(std::string_view text);
// A value without any FWS, as base64 and dkim-quoted-printable are read.
[[nodiscard]] std::string remove_fws(std::string_view value);

// The parts of a colon-separated value, without FWS around them (RFC 6376 3.5: h=, q=; 3.6.1: h=, s=, t=).
[[nodiscard]] std::vector<std::string_view> split_colons(std::string_view value);

} // namespace tag_list
