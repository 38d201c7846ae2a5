#include "config/report_schema.h"

#include "base/secret_text.h"
#include "config/report_mail_schema.h"
#include "config/schema_types.h"
#include "config/text_checks.h"

#include <fmt/format.h>

namespace config {

using namespace schema_types;

namespace {

// What libpq makes of a connection is asked where it is opened.
std::optional<Refusal> check_store(std::string_view text) {
    if (is_path(text) || text.find('=') != std::string_view::npos ||
        text.find("://") != std::string_view::npos) {
        return std::nullopt;
    }
    return Refusal{fmt::format("{} is neither a path from the root nor a connection", base::quoted(text)),
                   "/var/lib/paraph/reports/reports.db, or host=db.example.net dbname=paraph"};
}

} // namespace

Section reports_section() {
    Section section{
        "reports",
        R"(
What the owners of domains are told about mail in their names, if their DMARC records ask for it (RFC 9990). The
daemon counts incoming mail, and `paraph report send`, which a timer runs, sends the counts of each day.)",
        {setting(
             "reports.enabled", boolean(), [](auto& s) -> auto& { return s.reports.enabled; },
             "Count incoming mail for reports, and send them."),
         setting(
             "reports.store", text(check_store), [](auto& s) -> auto& { return s.reports.store; }, R"(
Where the counts are kept: the path of a file (SQLite), or for several mail hosts a PostgreSQL database as libpq
has it: `host=db.example.net dbname=paraph sslmode=verify-full`, or a URL.)"),
         setting(
             "reports.store_user", text(nullptr), [](auto& s) -> auto& { return s.reports.store_user; },
             "The user of the database. Empty: as libpq has it."),
         setting(
             "reports.store_password_file", {.kind = Kind::path},
             [](auto& s) -> auto& { return s.reports.store_password_file; },
             "A file with the user's password on its first line, which others may not read. Empty: none."),
         setting(
             "reports.store_size", size(0, 1024 * 1024 * megabyte),
             [](auto& s) -> auto& { return s.reports.store_size; }, R"(
How large the counts may grow on the disk. Beyond it the oldest days go, down to yesterday; then what is new is
not kept, and the log says so. 0: no limit.)"),
         setting(
             "reports.keep", whole_seconds(2 * day, 366 * day),
             [](auto& s) -> auto& { return s.reports.keep; },
             "How long the counts of a day are kept. They hold addresses of those who sent mail."),
         setting(
             "reports.flush", duration(100, 10 * minute), [](auto& s) -> auto& { return s.reports.flush; },
             R"(
How often the counts go from memory to the store. What was counted since then is lost when the daemon is
killed.)"),
         setting(
             "reports.durable", boolean(), [](auto& s) -> auto& { return s.reports.durable; }, R"(
A message is answered when its count is on the disk, or after a quarter of a second, and then likewise for its record
in 'reports.history_file'. Only then does a failure of the host lose nothing; each message waits a little.)"),
         setting(
             "reports.memory", size(1 * megabyte, 4096 * megabyte),
             [](auto& s) -> auto& { return s.reports.memory; }, R"(
How much may wait for the store in memory. What finds no room is not counted, and the log says so; mail never
waits for it.)"),
         setting(
             "reports.rows_per_domain", integer(10, 1'000'000),
             [](auto& s) -> auto& { return s.reports.rows_per_domain; }, R"(
How many different rows the reports of one policy domain have on one day. On the way there less and less is told
apart: first the domain of the envelope is left out, then signatures that did not pass, then all results, then
the author's subdomain, and at last the client's address. Every message is counted.)"),
         setting(
             "reports.envelope_to", boolean(), [](auto& s) -> auto& { return s.reports.envelope_to; }, R"(
Tell the domain of the recipients as well (envelope_to), where all recipients of a message are of one domain. It
shows which domains are hosted or forwarded here, and makes more rows where these are many.)"),
         setting(
             "reports.domains_per_organization", integer(1, 1'000'000),
             [](auto& s) -> auto& { return s.reports.domains_per_organization; }, R"(
How many policy domains below one registered domain are counted apart on one day, by each host. What comes then
counts for the registered domain, without a report: one record may make any number of such domains.)"),
         setting(
             "reports.never_due", texts(check_domain), [](auto& s) -> auto& { return s.reports.never_due; },
             R"(
Domains whose records, and those of names below them, are no reason to send a report. They are counted all the
same.)"),
         setting(
             "reports.least_messages", integer(1, 1'000'000),
             [](auto& s) -> auto& { return s.reports.least_messages; },
             "How many messages of a day it takes for a report. Report mail and bounces do not count for "
             "it."),
         setting(
             "reports.hold_new_domains", boolean(),
             [](auto& s) -> auto& { return s.reports.hold_new_domains; }, R"(
No report for the first day on which a policy domain was seen: spammers use a domain for a day, and a report tells
them that somebody listens.)"),
         setting(
             "reports.history_file", {.kind = Kind::path},
             [](auto& s) -> auto& { return s.reports.history_file; }, R"(
A file to which incoming mail is written as opendmarc's HistoryFile has it, for opendmarc-import and the scripts
around it. It does not need 'reports.enabled'. 'reports.flush' says how often it is written, 'reports.store_size' how
large it may grow, and 'reports.memory' how much may wait for it. It belongs to root or to the daemon's user, and nobody
else may write to the directories above it; the unit allows no other place than /var/lib/paraph/reports. Empty: none.)")}};
    for (Setting& one : report_mail_settings()) {
        section.settings.push_back(std::move(one));
    }
    return section;
}

} // namespace config
