// Tag=value lists (RFC 6376 section 3.2), with the place of every tag in the source.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace tag_list {

struct Tag {
    std::string_view name;
    std::string_view value;     // without FWS around it; FWS inside is kept
    std::size_t position = 0;   // of the name in the source
    std::size_t raw_begin = 0;  // the value with the FWS around it: from right after '=' ...
    std::size_t raw_end = 0;    // ... to the ';' or the end of the source
};

// Views into the source text, which must outlive the list.
class TagList {
  public:
    // Refused: a name that is not ALPHA *(ALPHA / DIGIT / "_"), a missing '=', bytes a value cannot hold, a tag twice,
    // an empty tag between semicolons (one at the very end is allowed). 8-bit bytes are accepted in values (RFC 8616).
    [[nodiscard]] static base::Result<TagList> parse(std::string_view text);

    [[nodiscard]] const Tag* find(std::string_view name) const; // case-sensitive; null when absent
    [[nodiscard]] const std::vector<Tag>& tags() const { return tags_; }

  private:
    std::vector<Tag> tags_;
};

} // namespace tag_list
