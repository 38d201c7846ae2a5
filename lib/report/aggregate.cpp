#include "report/aggregate.h"

#include "crypto/digest.h"

#include <algorithm>
#include <limits>

namespace report {

std::string_view print(Disposition disposition) {
    switch (disposition) {
    case Disposition::none:
        return "none";
    case Disposition::pass:
        return "pass";
    case Disposition::quarantine:
        return "quarantine";
    case Disposition::reject:
        return "reject";
    }
    return "none";
}

Day day_of(base::UnixTime time) {
    base::UnixTime day = time / seconds_a_day;
    if (time % seconds_a_day < 0) {
        --day;
    }
    return static_cast<Day>(
        std::clamp<base::UnixTime>(day, std::numeric_limits<Day>::min(), std::numeric_limits<Day>::max()));
}

Key key_of(std::string_view packed) {
    const crypto::Sha256 digest = crypto::sha256(packed);
    Key key{};
    std::copy_n(digest.begin(), key.size(), key.begin());
    return key;
}

} // namespace report
