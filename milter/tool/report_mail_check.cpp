#include "milter/tool/report_mail_check.h"

#include "base/domain_name.h"
#include "keys/file_safety.h"
#include "keys/key_file.h"

#include <fmt/format.h>

namespace milter::tool {

namespace {

using config::Diagnostic;
using config::Severity;

// A database of keys is not asked: it need not be there for a check.
bool has_key(const config::Settings& settings, const keys::KeyStore& keys) {
    const std::string& from = settings.reports.mail.from;
    const auto at = from.rfind('@');
    const auto domain = at == std::string::npos
                            ? std::nullopt
                            : base::DomainName::parse(std::string_view(from).substr(at + 1));
    return !domain || !settings.sources.empty() ||
           !keys.signers_for(std::string_view(from).substr(0, at), *domain).empty();
}

// Empty, or why nobody should or can read it.
std::string problem_of_file(const std::string& path, const std::string& user) {
    const auto reader = user.empty() ? base::Result<keys::Reader, std::string>(keys::Reader::self())
                                     : keys::Reader::of_user(user);
    if (!reader) {
        return {}; // the key store tells
    }
    const auto found = keys::KeyFileCheck(*reader).examine(path);
    return found.problem.empty() ? found.danger : found.problem;
}

} // namespace

std::vector<Diagnostic> check_report_mail(const config::Settings& settings, const keys::KeyStore& keys,
                                          const std::string& file, const std::string& user) {
    const auto& mail = settings.reports.mail;
    std::vector<Diagnostic> found;
    if (!settings.reports.enabled || mail.from.empty()) {
        return found;
    }
    if (!has_key(settings, keys)) {
        found.push_back({Severity::warning, file, 0, 0,
                         fmt::format("'reports.from': no key signs mail from {}", mail.from),
                         "without a signature reports go out only if SPF passes: see 'reports.outgoing'"});
    }
    if (!mail.password_file.empty()) {
        if (auto what = problem_of_file(mail.password_file, user); !what.empty()) {
            found.push_back(
                {Severity::warning, file, 0, 0, fmt::format("'reports.password_file': {}", what), ""});
        }
    }
    return found;
}

} // namespace milter::tool
