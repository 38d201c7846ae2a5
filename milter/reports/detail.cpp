#include "milter/reports/detail.h"

#include <algorithm>
#include <array>

namespace milter::reports {

namespace {

using report::Detail;

// A tenth of the rows for each; the rest of them has full detail.
constexpr std::array steps{Detail::no_envelope, Detail::no_failed_signatures, Detail::no_results,
                           Detail::policy_domain, Detail::network};

Detail detail_of(std::size_t rows, std::size_t most) {
    if (rows < full_detail(most)) {
        return Detail::full;
    }
    const std::size_t step = (rows - full_detail(most)) * 10 / most;
    return steps.at(std::min(step, steps.size() - 1));
}

ReducedRow reduced_to(Detail detail, const report::Key& key, const std::string& content,
                      const std::string& domain) {
    auto row = report::unpack_row(content);
    const auto policy_domain = base::DomainName::parse(domain);
    if (!row || !policy_domain) {
        return {key, content};
    }
    std::string reduced = report::pack(report::reduce(*std::move(row), detail, *policy_domain));
    const auto reduced_key = report::key_of(reduced);
    return {reduced_key, std::move(reduced), reduced_key != key};
}

} // namespace

ReducedRow nobody_of(const report::Key& key, const std::string& content, const std::string& domain) {
    return reduced_to(Detail::nobody, key, content, domain);
}

ReducedRow fit(const report::Key& key, const std::string& content, const std::string& domain,
               std::size_t rows, std::size_t most, const RowKeys& known) {
    const Detail detail = detail_of(rows, most);
    if (known.contains(key) || detail == Detail::full) {
        return {key, content};
    }
    return reduced_to(rows >= most ? Detail::nobody : detail, key, content, domain);
}

} // namespace milter::reports
