#include "milter/tool/reports/store_status.h"

#include <functional>

namespace milter::tool::reports {

namespace {

using milter::reports::Cells;
using milter::reports::Database;
using milter::reports::Stored;

struct Question {
    std::string statement;
    std::function<void(StoreStatus&, const Cells&)> note; // each row
};

std::vector<Question> questions() {
    return {
        {"SELECT count(DISTINCT day), coalesce(min(day), 0), coalesce(max(day), 0), count(DISTINCT domain), "
         "coalesce(sum(messages), 0) FROM paraph_report_policy",
         [](StoreStatus& status, const Cells& row) {
             status.days = row.number(0);
             status.first_day = row.number(1);
             status.last_day = row.number(2);
             status.domains = row.number(3);
             status.messages = row.number(4);
         }},
        {"SELECT count(*) FROM paraph_report_row",
         [](StoreStatus& status, const Cells& row) { status.rows = row.number(0); }},
        {"SELECT host, max(flushed), sum(messages), sum(less_detail), sum(dropped), "
         "sum(failures), sum(failures_dropped) FROM paraph_report_daemon "
         "GROUP BY host ORDER BY host",
         [](StoreStatus& status, const Cells& row) {
             status.hosts.push_back({row.text(0), row.number(1), row.number(2), row.number(3), row.number(4),
                                     row.number(5), row.number(6)});
         }},
        {"SELECT count(*) FROM paraph_report_failure WHERE planned = 0",
         [](StoreStatus& status, const Cells& row) { status.failures = row.number(0); }},
        {"SELECT host, ended, planned, sent, waiting, refused, given_up, held, problem FROM "
         "paraph_report_run "
         "ORDER BY host",
         [](StoreStatus& status, const Cells& row) {
             status.runs.push_back({row.text(0), row.number(1), row.number(2), row.number(3), row.number(4),
                                    row.number(5), row.number(6), row.number(7), row.text(8)});
         }},
        {"SELECT state, count(*) FROM paraph_report_delivery GROUP BY state",
         [](StoreStatus& status, const Cells& row) { status.deliveries[row.text(0)] = row.number(1); }},
        {"SELECT d.state, count(*) FROM paraph_report_delivery d JOIN paraph_report_planned p ON d.report = "
         "p.id WHERE p.kind = 'failure' GROUP BY d.state",
         [](StoreStatus& status, const Cells& row) {
             status.failure_deliveries[row.text(0)] = row.number(1);
         }},
        {"SELECT d.address, p.domain, d.state, d.last_reply, p.day FROM paraph_report_delivery d JOIN "
         "paraph_report_planned p ON d.report = p.id WHERE d.state IN ('refused', 'given_up', 'held', "
         "'bounced') ORDER BY d.planned DESC, d.id LIMIT " +
             std::to_string(most_failed),
         [](StoreStatus& status, const Cells& row) {
             status.failed.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.number(4)});
         }}};
}

} // namespace

Stored<StoreStatus> read_status(Database& database) {
    StoreStatus status;
    const auto size = database.size();
    if (!size) {
        return base::refuse(size.error());
    }
    status.octets = *size;
    for (const Question& one : questions()) {
        const auto table = database.run(one.statement);
        if (!table) {
            return base::refuse(table.error());
        }
        for (const Cells& row : table->rows) {
            one.note(status, row);
        }
    }
    return status;
}

} // namespace milter::tool::reports
