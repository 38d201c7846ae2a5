// What is stored of a message that failed: what reads has one form, and makes mail of three parts and no
// other line than its own.
#include "base/ascii.h"
#include "fuzz/property.h"
#include "report/failure_arf.h"

#include <algorithm>

namespace {

bool is_plain(std::string_view line) {
    constexpr std::size_t longest = 998; // RFC 5322 2.1.1
    return line.size() <= longest && std::all_of(line.begin(), line.end(), [](char c) {
               return base::is_printable(c) || base::is_wsp(c);
           });
}

void look_at(std::string_view mail) {
    int separators = 0;
    int recipients = 0;
    bool is_header = true;
    while (!mail.empty()) {
        const auto end = mail.find("\r\n");
        fuzz::require(end != std::string_view::npos, "the last line has an end");
        const auto line = mail.substr(0, end);
        fuzz::require(is_plain(line), "a line of a mail is plain");
        is_header = is_header && !line.empty();
        recipients += is_header && line.starts_with("To: ") ? 1 : 0;
        separators += line.starts_with("--") ? 1 : 0;
        mail.remove_prefix(end + 2);
    }
    fuzz::require(recipients == 1, "the header is the one that we wrote");
    fuzz::require(separators == 4, "there are three parts");
}

void run(std::string_view input) {
    const auto contents = report::unpack_failure(input);
    if (!contents) {
        return;
    }
    fuzz::require(pack(*contents) == input, "what is stored has one form");
    const auto address = report::read_address("dmarc@reports.test").value();
    const report::FailureReporter reporter{.from = address, .from_name = "Reports", .user_agent = "paraph/1"};
    look_at(report::write({.reporter = reporter,
                           .contents = *contents,
                           .to = address,
                           .report_id = report::ReportId::parse("1").value()}));
}

const fuzz::Target target("failure_stored", run);

} // namespace
