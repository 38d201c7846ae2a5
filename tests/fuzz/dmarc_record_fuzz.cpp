// DMARC records.
#include "dmarc/record.h"
#include "fuzz/property.h"

namespace {

void run(std::string_view input) {
    if (const auto record = dmarc::parse_record(input)) {
        const auto again = dmarc::parse_record(dmarc::print(*record));
        fuzz::require(again && dmarc::print(*again) == dmarc::print(*record),
                      "a DMARC record survives its own text");
    }
}

const fuzz::Target target("dmarc_record", run);

} // namespace
