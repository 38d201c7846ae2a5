// URIs of rua= and ruf=, as a record has them: an address that comes of one is one line of ASCII and reads
// back.
#include "dmarc/record.h"
#include "fuzz/property.h"
#include "report/mime.h"
#include "report/report_uri.h"

#include <algorithm>

namespace {

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

void check(const report::Address& address) {
    const std::string text = print(address);
    fuzz::require(is_printable(text), "an address is printable");
    fuzz::require(text.size() <= 254, "an address is bounded");
    fuzz::require(report::read_address(text) == address, "an address survives its own text");
    fuzz::require(report::mailbox("", address) == "<" + text + ">", "an address stands alone");
}

void run(std::string_view input) {
    const auto record = dmarc::parse_record("v=DMARC1; p=none; rua=" + std::string(input));
    std::vector<std::string> uris{std::string(input)};
    if (record) {
        for (const dmarc::ReportUri& uri : record->rua) {
            uris.push_back(uri.uri);
        }
    }
    const auto destinations = report::read_report_uris(uris, 5);
    fuzz::require(destinations.addresses.size() <= 5, "no more addresses than the limit");
    std::for_each(destinations.addresses.begin(), destinations.addresses.end(), check);
    for (const std::string& why : destinations.ignored) {
        fuzz::require(is_printable(why), "a reason is one line");
    }
}

const fuzz::Target target("report_uri", run);

} // namespace
