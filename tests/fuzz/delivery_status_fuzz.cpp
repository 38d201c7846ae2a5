// Mail that came back, from anybody.
#include "base/ascii.h"
#include "fuzz/property.h"
#include "milter/tool/reports/bounce_token.h"
#include "milter/tool/reports/delivery_status.h"

namespace {

using namespace milter::tool::reports;

void run(std::string_view input) {
    constexpr std::size_t longest = 1000;
    const auto status = read_delivery_status(input);
    if (status) {
        fuzz::require(status->why.size() < longest && base::all_printable(status->why), "one short line");
        fuzz::require(status->failed || status->why.empty(), "only a failure has a reason");
    }
    const auto key = crypto::MacKey::read("CwsLCwsLCwsLCwsLCwsLCwsLCwsLCwsLCwsLCwsLCws=");
    constexpr base::UnixTime now = 1'728'000'000;
    const auto token = find_bounce_token(recipient_fields(input), *key, now);
    fuzz::require(!token || find_bounce_token(bounce_address("a@b.example", *token, *key), *key, now),
                  "a token survives its own text");
}

const fuzz::Target target("delivery_status", run);

} // namespace
