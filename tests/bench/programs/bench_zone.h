// What the name server of the bench knows: TXT, A and MX records by name, made to be found fast.
//
//     example.org TXT v=spf1 ip4:192.0.2.0/24 -all
//     cold-#.example TXT v=spf1 include:_spf.cold-#.example -all
//     example.org A 192.0.2.1
//     example.org MX mx.example.org
//     slow.example DELAY 30000
//
// "#" stands for any number: there are as many such names as anyone asks for, and the data has the number
// that was asked for. A name without records of the type, but with others, has no data; all others do not
// exist.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bench {

inline constexpr std::uint16_t type_a = 1;
inline constexpr std::uint16_t type_mx = 15;
inline constexpr std::uint16_t type_txt = 16;

class BenchZone {
  public:
    // Throws std::runtime_error.
    [[nodiscard]] static BenchZone read(const std::string& path);

    struct Found {
        bool exists = false;
        std::vector<std::string> data; // as it goes into a packet
        std::optional<int> delay_ms;   // of this name alone
    };
    // `name` is in lower case, without a final dot.
    [[nodiscard]] Found find(std::string_view name, std::uint16_t type) const;

  private:
    struct Entry {
        std::vector<std::string> texts;
        std::vector<std::string> addresses; // four octets each
        std::vector<std::string> exchanges; // names
        std::optional<int> delay_ms;
    };

    void add(const std::string& line);

    std::unordered_map<std::string, Entry> entries_;
};

} // namespace bench
