#include "keys/keyed_domains.h"

#include <fmt/format.h>

#include <utility>

namespace keys {

namespace {

struct Listed {};

constexpr std::string_view nobody = "nobody.paraph.invalid"; // RFC 6761: there is no such domain

source::Value make_listed(std::string_view /*name*/, const source::Rows& /*rows*/) {
    return {std::make_shared<const Listed>(), sizeof(Listed)};
}

// As components of a distinguished name, `.NAME` is `NAME`.
bool tells_dots(const source::Options& options) {
    return options.kind != source::Kind::ldap || options.query.find("$D") == std::string::npos;
}

} // namespace

std::vector<std::string> domain_forms(const base::DomainName& domain) {
    std::vector<std::string> forms{domain.text()};
    for (auto name = domain.parent(); name; name = name->parent()) {
        forms.push_back(fmt::format("*.{}", name->text()));
        forms.push_back(fmt::format(".{}", name->text()));
    }
    return forms;
}

KeyedDomainList::KeyedDomainList(const source::Options& options, std::shared_ptr<source::News> news)
    : source_(options, make_listed, std::move(news)), tells_dots_(tells_dots(options)) {}

// A query that has a row for any name would lend a key to strangers.
bool KeyedDomainList::has_everybody(Inquiry& inquiry) const {
    ++inquiry.questions_left; // this one is ours, and not of the message
    return source_.look_up(nobody, inquiry).value != nullptr;
}

KeyedDomainList::Found KeyedDomainList::find(const base::DomainName& domain, Inquiry& inquiry) const {
    for (const std::string& form : domain_forms(domain)) {
        if (form.starts_with('.') && !tells_dots_) {
            continue;
        }
        auto found = source_.look_up(form, inquiry);
        if (!found.failure.empty()) {
            return {false, std::move(found.failure)};
        }
        if (found.value) {
            return has_everybody(inquiry) ? Found{false, "the query gives a row for every name"}
                                          : Found{true, {}};
        }
    }
    return {};
}

} // namespace keys
