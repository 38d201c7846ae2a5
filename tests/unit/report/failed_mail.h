// Messages that fail, for failure reports.
#pragma once

#include "report/failure.h"
#include "unit/report/judged_mail.h"

#include <string_view>

namespace report_test {

// Mail of press.orchard.example, judged by that record; neither SPF nor DKIM is aligned.
inline authenticate::Verdict failed_mail(std::string_view record) {
    return judged({.zone = record_of_orchard(record)});
}

} // namespace report_test
