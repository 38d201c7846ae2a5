// The header block of a message: its fields in order, each byte for byte.
#pragma once

#include "message/header_field.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace message {

class HeaderList {
  public:
    void add(HeaderField field);

    [[nodiscard]] std::size_t size() const { return fields_.size(); }
    [[nodiscard]] std::size_t byte_count() const { return bytes_; } // of all fields with their CRLFs
    [[nodiscard]] const HeaderField& operator[](std::size_t index) const { return fields_[index]; }
    [[nodiscard]] auto begin() const { return fields_.begin(); }
    [[nodiscard]] auto end() const { return fields_.end(); }

    // Indexes of the fields of that name (ASCII case-insensitive), top to bottom.
    [[nodiscard]] std::vector<std::size_t> indexes_of(std::string_view name) const;
    [[nodiscard]] std::size_t count(std::string_view name) const;
    [[nodiscard]] const HeaderField* first(std::string_view name) const; // null when absent

  private:
    std::vector<HeaderField> fields_;
    std::size_t bytes_ = 0;
};

} // namespace message
