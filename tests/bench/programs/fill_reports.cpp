// fill_reports: writes a day of counts into a store of reports, as the daemon does it.
//
//     fill_reports --store FILE --domain 'count-#.example' --domains 200000 --rows 10 --day 20000
//
// "#" stands for the number of the policy domain.
#include "milter/reports/flush.h"
#include "milter/reports/open_database.h"
#include "support/program.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <string>

namespace {

struct Arguments {
    config::Reports reports;
    std::string domain;
    int domains = 0;
    int rows = 10; // of each
    int at_once = 1000;
    report::Day day = 0;
};

base::DomainName name(const std::string& text) {
    return base::DomainName::parse(text).value();
}

// Mail of one server of a domain: its own signature passes, that of a list does not any more.
report::Evaluation evaluation_of(const std::string& domain, int row) {
    const auto policy_domain = name(domain);
    report::Evaluation one{
        .policy = report::Policy{.domain = policy_domain},
        .row = report::Row{.source_ip = *base::IpAddress::parse(fmt::format("192.0.2.{}", row % 256)),
                           .header_from = name("press." + domain)}};
    one.policy.rua = {"mailto:agg@" + domain};
    one.row.envelope_from = name("bounces." + domain);
    one.row.disposition = report::Disposition::pass;
    one.row.dkim_aligned = true;
    one.row.dkim.push_back({policy_domain, fmt::format("s{}", row), dkim::Result::pass, ""});
    one.row.dkim.push_back({name("lists.example"), "l1", dkim::Result::fail, "body hash did not verify"});
    one.row.spf = report::SpfResult{*one.row.envelope_from, spf::Result::pass};
    return one;
}

void add_domain(milter::reports::Pending& batch, const Arguments& arguments, int number) {
    std::string domain = arguments.domain;
    if (const auto at = domain.find('#'); at != std::string::npos) {
        domain.replace(at, 1, std::to_string(number));
    }
    for (int row = 0; row < arguments.rows; ++row) {
        auto one = evaluation_of(domain, row);
        one.day = arguments.day;
        (void)batch.add(
            milter::reports::count_of(std::move(one), report::Detail::full, report::begin_of(arguments.day)),
            std::numeric_limits<std::size_t>::max());
    }
}

void fill(const Arguments& arguments) {
    const auto database = milter::reports::make_database(arguments.reports, {}).value();
    std::int64_t number = 0;
    for (int first = 0; first < arguments.domains; first += arguments.at_once) {
        milter::reports::Pending batch;
        const int last = std::min(arguments.domains, first + arguments.at_once);
        for (int i = first; i < last; ++i) {
            add_domain(batch, arguments, i);
        }
        const auto done =
            flush(*database, batch, {.instance = "bench", .host = "bench", .number = ++number}, {});
        if (!done) {
            throw std::runtime_error(done.error().text);
        }
    }
}

int run(int argc, char** argv) {
    Arguments arguments;
    CLI::App app("Writes a day of counts into a store of reports");
    app.add_option("--store", arguments.reports.store, "As reports.store has it")->required();
    app.add_option("--domain", arguments.domain, "Policy domain, with # for its number")->required();
    app.add_option("--domains", arguments.domains, "How many")->required();
    app.add_option("--rows", arguments.rows, "Of each domain");
    app.add_option("--day", arguments.day, "Days since 1970")->required();
    CLI11_PARSE(app, argc, argv);
    fill(arguments);
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
    return test::run_program([&] { return run(argc, argv); });
}
