#include "config/failure_report_schema.h"

#include "config/schema_types.h"
#include "config/text_checks.h"

#include <cstdint>
#include <utility>

namespace config {

using namespace schema_types;

namespace {

template <class Field>
Setting failure_setting(std::string_view path, Type type, Field, std::string_view words) {
    return setting(path, std::move(type), [](auto& s) -> auto& { return Field{}(s.reports.failure); }, words);
}

// Each of them is a row of the store and a mail.
constexpr std::uint64_t most = 10'000;

} // namespace

Section failure_report_section() {
    return {"reports.failure",
            R"(
Reports about single messages that failed (RFC 9991), beside those that count. They need 'reports.enabled'.)",
            {failure_setting(
                 "reports.failure.enabled", boolean(), [](auto& f) -> auto& { return f.enabled; }, R"(
Send failure reports as well (RFC 9991): to the addresses in `ruf=`, about single messages, as `fo=` asks for
them. They hold the header of the message, without recipients and with a word for each local-part. Most sites
leave this off: see the guide.)"),
             failure_setting(
                 "reports.failure.never", texts(check_domain), [](auto& f) -> auto& { return f.never; }, R"(
Domains about whose mail, and that of names below them, there is no failure report. Domains that you sign for and
those of a message's recipients need not stand here.)"),
             failure_setting(
                 "reports.failure.count_absent", boolean(), [](auto& f) -> auto& { return f.count_absent; },
                 R"(
With `fo=1` a domain asks for a report where SPF or DKIM gave no aligned pass. True: a message without a
signature, or of a domain without an SPF record, is one of those (RFC 9989 4.7). False: it is not.)"),
             failure_setting(
                 "reports.failure.per_hour_and_domain", integer(1, most),
                 [](auto& f) -> auto& { return f.per_hour_and_domain; }, R"(
How many failure reports are made in an hour about the domains of one organization. What is more is counted and
dropped. Messages that failed alike are one report.)"),
             failure_setting(
                 "reports.failure.per_day_and_domain", integer(1, most),
                 [](auto& f) -> auto& { return f.per_day_and_domain; }, "The same in a day."),
             failure_setting(
                 "reports.failure.per_hour", integer(1, most), [](auto& f) -> auto& { return f.per_hour; },
                 R"(
How many failure reports are made in an hour in all. A quarter of them at most goes to the addresses of one
organization, and a quarter at most is about mail from one network (/24, of IPv6 /48); or as many as
'reports.failure.per_hour_and_domain' says if that is more.)"),
             failure_setting(
                 "reports.failure.per_day", integer(1, most), [](auto& f) -> auto& { return f.per_day; },
                 "The same in a day.")}};
}

} // namespace config
