// The authserv-ids that are ours, in all the ways somebody may compare them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace authres {

inline constexpr std::size_t longest_id = 1024; // longer words are no ids

// Use one object for a whole message: it limits the comparisons that are costly.
class OwnIds {
  public:
    explicit OwnIds(const std::vector<std::string>& ids);

    // "mx.example.org", and "mx.example.org/jobid" as older software writes it.
    [[nodiscard]] bool hold(std::string_view id);

  private:
    [[nodiscard]] bool hold_exactly(std::string_view id);
    [[nodiscard]] bool hold_international(std::string_view id);
    [[nodiscard]] bool is_one(const std::string& id) const;

    std::vector<std::string> ids_;
    std::size_t international_ids_ = 0;
};

} // namespace authres
