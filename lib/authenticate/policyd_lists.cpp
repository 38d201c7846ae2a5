#include "authenticate/policyd_lists.h"

#include "iprev/evaluate.h"
#include "spf/evaluate.h"

#include <algorithm>
#include <optional>

namespace authenticate {

namespace {

std::optional<ListVerdict> find_address(const std::vector<base::IpNetwork>& list, std::string_view name,
                                        const base::IpAddress& client) {
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&](const base::IpNetwork& block) { return block.contains(client); });
    return found == list.end() ? std::nullopt
                               : std::optional(ListVerdict{std::string(name), found->print(), {}});
}

class ListSearch {
  public:
    ListSearch(const ListRequest& request, const dns::Answers& known, const PolicydRules& rules,
               const spf::Options& spf_options, const iprev::Options& iprev_options)
        : request_(request), known_(known), rules_(rules), spf_options_(spf_options),
          iprev_options_(iprev_options) {}

    ListOutcome run() {
        for (const base::DomainName& domain : rules_.domain_whitelist) {
            check_spf_of(domain);
        }
        for (const base::DomainName& name : rules_.helo_whitelist) {
            check_address_of(name);
        }
        if (!rules_.domain_whitelist_ptr.empty()) {
            check_reverse_name();
        }
        if (!missing_.empty()) {
            return std::move(missing_);
        }
        return std::move(verdict_);
    }

  private:
    void take(std::string_view list, const base::DomainName& entry) {
        if (verdict_.list.empty()) {
            verdict_ = {std::string(list), entry.text(), {}};
        }
    }

    void note_problem(const std::string& problem) {
        if (verdict_.list.empty() && verdict_.problem.empty()) {
            verdict_.problem = problem;
        }
    }

    void check_spf_of(const base::DomainName& domain) {
        const spf::Request request{.client = request_.client,
                                   .helo = domain.text(),
                                   .identity = spf::Identity::mail_from,
                                   .local_part = {},
                                   .domain = domain.text(),
                                   .receiver = {},
                                   .now = request_.now};
        auto outcome = spf::evaluate(request, known_, spf_options_);
        if (const auto* questions = std::get_if<dns::Questions>(&outcome)) {
            return missing_.add(*questions);
        }
        const auto& verdict = std::get<spf::Verdict>(outcome);
        if (verdict.result == spf::Result::pass) {
            take("Domain_Whitelist", domain);
        } else if (verdict.result == spf::Result::temperror) {
            note_problem(verdict.problem);
        }
    }

    // What the client calls itself counts for nothing but where to look.
    void check_address_of(const base::DomainName& name) {
        const auto helo = base::DomainName::parse(request_.helo);
        if (!helo || *helo != name) {
            return;
        }
        dns::Inquiry inquiry(known_);
        const dns::Answer* answer = inquiry.ask(name.text(), dns::address_type(request_.client));
        if (answer == nullptr) {
            return missing_.add(inquiry.questions());
        }
        const auto& addresses = answer->addresses;
        if (std::find(addresses.begin(), addresses.end(), request_.client) != addresses.end()) {
            take("HELO_Whitelist", name);
        } else if (answer->status == dns::Status::failed) {
            note_problem("the address of " + name.text() + " could not be looked up");
        }
    }

    // A name that whoever runs the reverse zone chose is worth nothing until it leads back to the client.
    void check_reverse_name() {
        auto outcome = iprev::evaluate({request_.client}, known_, iprev_options_);
        if (const auto* questions = std::get_if<dns::Questions>(&outcome)) {
            return missing_.add(*questions);
        }
        const auto& verdict = std::get<iprev::Verdict>(outcome);
        const auto name = base::DomainName::parse(verdict.name);
        const auto& list = rules_.domain_whitelist_ptr;
        const auto found = std::find_if(list.begin(), list.end(), [&](const base::DomainName& domain) {
            return name && name->is_at_or_below(domain);
        });
        if (verdict.result == iprev::Result::pass && found != list.end()) {
            take("Domain_Whitelist_PTR", *found);
        } else if (verdict.result == iprev::Result::temperror) {
            note_problem("the name of the client could not be looked up");
        }
    }

    const ListRequest& request_;
    const dns::Answers& known_;
    const PolicydRules& rules_;
    const spf::Options& spf_options_;
    const iprev::Options& iprev_options_;
    ListVerdict verdict_;
    dns::Questions missing_;
};

} // namespace

ListOutcome find_on_lists(const ListRequest& request, const dns::Answers& known, const PolicydRules& rules,
                          const spf::Options& spf_options, const iprev::Options& iprev_options) {
    if (auto skipped = find_address(rules.skip_addresses, "skip_addresses", request.client)) {
        return *std::move(skipped);
    }
    if (auto listed = find_address(rules.whitelist, "Whitelist", request.client)) {
        return *std::move(listed);
    }
    return ListSearch(request, known, rules, spf_options, iprev_options).run();
}

} // namespace authenticate
