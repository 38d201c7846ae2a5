// Many short texts in few blocks of memory. A hundred thousand rows of tables are held this way: strings of
// their own would take twice the memory.
#pragma once

#include <memory>
#include <memory_resource>
#include <string_view>

namespace keys {

class TextPool {
  public:
    // A copy that stays where it is as long as the pool lives, also when that is moved.
    [[nodiscard]] std::string_view keep(std::string_view text);
    // As above, or `before` when it is the same text: what neighbouring rows share is held once.
    [[nodiscard]] std::string_view keep(std::string_view text, std::string_view before);
    // A kept text in lower case: itself when it is so already.
    [[nodiscard]] std::string_view lower(std::string_view kept);

  private:
    // Behind a pointer, because it cannot be moved.
    std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_ =
        std::make_unique<std::pmr::monotonic_buffer_resource>();
};

} // namespace keys
