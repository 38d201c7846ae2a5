#include "milter/resolver/tcp_admission.h"

#include "base/domain_name.h"
#include "dmarc/public_suffix.h"

#include <algorithm>

namespace milter::resolver {

TcpAdmission::Decision TcpAdmission::decide(const std::string& owner, Time now) {
    while (!unanswered_.empty() && unanswered_.front().until <= now) {
        unanswered_.pop_front();
    }
    const std::size_t limit = unanswered_.size() < many_unanswered ? per_owner : 1;
    const std::size_t unanswered = unanswered_of(owner);
    if (unanswered >= limit) {
        return Decision::never;
    }
    const auto open = open_.find(owner);
    const std::size_t used = unanswered + (open == open_.end() ? 0 : open->second);
    return used < limit && open_in_all_ < connections ? Decision::now : Decision::later;
}

void TcpAdmission::opened(const std::string& owner) {
    ++open_[owner];
    ++open_in_all_;
}

void TcpAdmission::closed(const std::string& owner, bool unanswered, Time now) {
    --open_in_all_;
    if (const auto open = open_.find(owner); --open->second == 0) {
        open_.erase(open);
    }
    if (unanswered) {
        unanswered_.push_back({owner, now + memory});
    }
}

std::size_t TcpAdmission::unanswered_of(const std::string& owner) const {
    return static_cast<std::size_t>(std::ranges::count(unanswered_, owner, &Unanswered::owner));
}

std::string owner_of(std::string_view name) {
    static const auto list = dmarc::PublicSuffixList::built_in();
    // Labels that no domain name has ("_domainkey") stand in front.
    for (std::string_view rest = name; !rest.empty();) {
        if (const auto domain = base::DomainName::parse(rest)) {
            const auto registrable = list.registrable_domain(*domain);
            return registrable ? std::string(registrable->text()) : std::string(rest);
        }
        const auto dot = rest.find('.');
        rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
    }
    return std::string(name);
}

} // namespace milter::resolver
