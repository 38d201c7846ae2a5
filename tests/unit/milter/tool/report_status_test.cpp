#include "milter/reports/flush.h"
#include "milter/reports/sqlite_database.h"
#include "report/evaluation.h"
#include "support/keys.h"
#include "workspace.h"

#include <nlohmann/json.hpp>

using tool_test::run;
using tool_test::Workspace;
namespace reports = milter::reports;

namespace {

std::string configuration(const Workspace& files) {
    return files.write("paraph.yaml", "reports:\n  enabled: true\n  store: " + files.path("r.db") + "\n");
}

// Three messages, of which a daemon told, and a run that had no luck.
void fill(const Workspace& files) {
    const auto database = reports::open_sqlite({.path = files.path("r.db")});
    report::Evaluation one{.policy = {.domain = *base::DomainName::parse("orchard.example")},
                           .row = {.source_ip = *base::IpAddress::parse("192.0.2.1"),
                                   .header_from = *base::DomainName::parse("orchard.example")}};
    one.day = 20000;
    reports::Pending batch;
    for (int i = 0; i < 3; ++i) {
        REQUIRE(batch.add(reports::count_of(one, report::Detail::full, 0), 100000));
    }
    REQUIRE(reports::flush(
        *database, batch, {.instance = "a", .host = "mx1", .number = 1, .at = 1728000100, .dropped = 7}, {}));
    for (const char* statement :
         {"INSERT INTO paraph_report_run VALUES ('mx1', 1728100000, 1728100060, 2, 1, 0, 1, 0, 0, '')",
          "INSERT INTO paraph_report_planned VALUES ('id1', 20000, x'00', 0, 'orchard.example', 0, 1, 0, 1, "
          "'closed', 0, 0, 0, 'aggregate')",
          "INSERT INTO paraph_report_delivery VALUES (1, 'id1', 'agg@orchard.example', 'refused', 1, 0, 0, "
          "'550 no such ' || char(27) || '[31muser')",
          "INSERT INTO paraph_report_delivery VALUES (2, 'id1', 'b@orchard.example', 'sent', 1, 0, 0, "
          "'250')",
          "INSERT INTO paraph_report_planned VALUES ('id2', 20000, x'00', 0, 'orchard.example', 0, 1, 0, 1, "
          "'closed', 0, 0, 0, 'failure')",
          "INSERT INTO paraph_report_delivery VALUES (3, 'id2', 'f@orchard.example', 'sent', 1, 0, 0, "
          "'250')"}) {
        const auto done = database->run(statement);
        REQUIRE(done);
    }
}

} // namespace

TEST_CASE("report status tells what was counted, sent and refused") {
    const Workspace files;
    fill(files);
    const auto told = run({"report", "status", "-c", configuration(files)});
    CHECK(told.code == milter::tool::ExitCode::ok);
    for (const char* words :
         {"counted: 3 messages in 1 row of 1 policy domain, 1 day from 2024-10-04 to 2024-10-04\n",
          "last flush: 2024-10-04 00:01 UTC, by mx1; 3 messages written, 0 with less detail, 7 not counted\n",
          "by mx1; 2 planned, 1 sent, 0 waiting, 1 refused, 0 given up, 0 held\n",
          "reports sent: 2 (failure reports: 1)\n", "reports refused: 1\n",
          "refused: agg@orchard.example about orchard.example of 2024-10-04: 550 no such \\x1b[31muser\n"}) {
        INFO(told.out);
        CHECK(told.out.find(words) != std::string::npos);
    }
    CHECK(told.out.find('\x1b') == std::string::npos);
}

TEST_CASE("report status as JSON has the same") {
    const Workspace files;
    fill(files);
    const auto told = run({"report", "status", "--json", "-c", configuration(files)});
    const auto json = nlohmann::json::parse(told.out);
    CHECK(json["messages"] == 3);
    CHECK(json["daemons"][0]["dropped"] == 7);
    CHECK(json["runs"][0]["refused"] == 1);
    CHECK(json["deliveries"]["sent"] == 2);
    CHECK(json["failure_deliveries"]["sent"] == 1);
    CHECK(json["failed"][0]["address"] == "agg@orchard.example");
}

TEST_CASE("report status of a store that is not there makes none") {
    const Workspace files;
    const auto told = run({"report", "status", "-c", configuration(files)});
    CHECK(told.code == milter::tool::ExitCode::ok);
    CHECK(told.out == "nothing counted yet: there is no " + files.path("r.db") +
                          " before the first message that counts\n");
    CHECK(told.err.empty());
    const auto json = run({"report", "status", "--json", "-c", configuration(files)});
    CHECK(json.code == milter::tool::ExitCode::ok);
    CHECK(nlohmann::json::parse(json.out)["messages"] == 0);
    CHECK_FALSE(std::filesystem::exists(files.path("r.db")));
}

TEST_CASE("check-config warns where reports could not leave as mail") {
    const Workspace files;
    const auto told = [&](const std::string& more) {
        return run({"check-config", files.write("c.yaml", "reports:\n  enabled: true\n  store: " +
                                                              files.path("r.db") + "\n" + more)})
            .out;
    };
    const std::string no_key = "'reports.from': no key signs mail from dmarc@b.example";
    CHECK(told("  from: dmarc@b.example\n").find(no_key) != std::string::npos);
    const auto key = files.write("key.pem", support::rsa_pem);
    std::filesystem::permissions(key, std::filesystem::perms::owner_read);
    const std::string domains =
        "domains:\n  b.example:\n    keys:\n      - selector: s\n        file: " + key + "\n";
    CHECK(told("  from: dmarc@b.example\n" + domains).find("reports.") == std::string::npos);
    CHECK(told("  from: dmarc@c.example\n" + domains).find("'reports.from': no key") != std::string::npos);
    const auto missing =
        told("  from: dmarc@b.example\n  tls: starttls\n  user: u\n  password_file: " + files.path("none") +
             "\n" + domains);
    INFO(missing);
    CHECK(missing.find("'reports.password_file': ") != std::string::npos);
    CHECK(missing.find("0 errors, 1 warning") != std::string::npos);
}

TEST_CASE("check-config tries the store that the daemon would use") {
    const Workspace files;
    const auto told = [&](const std::string& store) {
        return run({"check-config", files.write("c.yaml", "reports:\n  enabled: true\n  from: a@b.example\n  "
                                                          "store: " +
                                                              store + "\n")})
            .out;
    };
    CHECK(told(files.path("r.db")).find("reports.store") == std::string::npos);
    CHECK_FALSE(std::filesystem::exists(files.path("r.db"))); // the daemon makes it
    CHECK(told(files.path("none/r.db")).find("'reports.store': ") != std::string::npos);
    const auto broken = files.write("broken.db", std::string(9000, 'x'));
    CHECK(told(broken).find("file is not a database") != std::string::npos);
    CHECK(told("host=127.0.0.1 password=s").find("password") != std::string::npos);
}
