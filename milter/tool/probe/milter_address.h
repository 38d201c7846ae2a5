// Where a milter listens, as Postfix, Sendmail and OpenDKIM write it.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace milter::tool {

struct MilterAddress {
    enum class Family { inet, inet6, unix };
    Family family = Family::inet;
    std::string host; // empty: loopback
    std::uint16_t port = 0;
    std::string path; // of a unix socket

    bool operator==(const MilterAddress&) const = default;
};

// inet:HOST:PORT, inet:PORT@HOST, inet6:[HOST]:PORT, inet6:PORT@HOST, unix:PATH, local:PATH.
[[nodiscard]] base::Result<MilterAddress> parse_milter_address(std::string_view text);

} // namespace milter::tool
