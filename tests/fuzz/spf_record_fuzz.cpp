// SPF records.
#include "fuzz/property.h"
#include "spf/record.h"

namespace {

void run(std::string_view input) {
    const auto record = spf::parse(input);
    if (!record) {
        fuzz::require(record.error().position <= input.size(), "a refusal points into the record");
        return;
    }
    fuzz::require(spf::is_record(input), "a record bears the version");
    fuzz::require(spf::parse(spf::print(*record)) == record, "an SPF record survives its own text");
}

const fuzz::Target target("spf_record", run);

} // namespace
