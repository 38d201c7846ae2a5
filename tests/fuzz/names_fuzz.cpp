// Domain names, IDNA, addresses, networks, hosts, macros and DNS questions.
#include "base/ascii.h"
#include "base/host_list.h"
#include "base/idna.h"
#include "base/ip_network.h"
#include "base/macro_condition.h"
#include "base/port.h"
#include "base/socket_name.h"
#include "dkim/names.h"
#include "dmarc/public_suffix.h"
#include "dmarc/tree_walk.h"
#include "dns/question.h"
#include "fuzz/property.h"

namespace {

void check_walk(const base::DomainName& name) {
    const auto walk = dmarc::walk_targets(name);
    fuzz::require(!walk.empty() && walk.size() <= dmarc::max_walk_questions, "a walk is bounded");
    fuzz::require(walk.front() == name, "a walk begins at its name");
    for (const auto& step : walk) {
        fuzz::require(name.is_at_or_below(step), "a walk goes upward");
    }
    static const auto suffixes = dmarc::PublicSuffixList::built_in();
    const auto registrable = suffixes.registrable_domain(name);
    fuzz::require(registrable.has_value() != suffixes.is_public_suffix(name),
                  "a name is a public suffix or has one above it");
    fuzz::require(!registrable || name.is_at_or_below(*registrable), "a registrable domain lies above");
}

void check_name(const base::DomainName& name) {
    const auto& text = name.text();
    fuzz::require(base::DomainName::parse(text) == name, "a name survives its own text");
    fuzz::require(base::DomainName::parse_international(text) == name, "A-labels convert to themselves");
    fuzz::require(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string::npos,
                  "a name holds no other characters");
    const auto question = dns::make_question(text, dns::Type::txt);
    fuzz::require(question && question->name == text, "a name can be asked for");
    fuzz::require(name.suffix(name.label_count()) == name, "all labels are the name");
    const auto parent = name.parent();
    fuzz::require(parent.has_value() == (name.label_count() > 1), "a label stands between name and parent");
    fuzz::require(!parent || (name.is_at_or_below(*parent) && !parent->is_at_or_below(name)),
                  "a parent is above its child");
    check_walk(name);
}

void check_addresses(std::string_view input) {
    if (const auto address = base::IpAddress::parse(input)) {
        fuzz::require(base::IpAddress::parse(address->print()) == address,
                      "an address survives its own text");
        fuzz::require(dns::make_question(address->reverse_name(), dns::Type::ptr).has_value(),
                      "every address can be looked up");
        fuzz::require(base::IpNetwork(*address, 0).contains(*address), "everything is in a network of all");
    }
    if (const auto network = base::IpNetwork::parse(input)) {
        const auto again = base::IpNetwork::parse(network->print());
        fuzz::require(again && *again == *network, "a network survives its own text");
    }
    (void)base::parse_port(input);
    if (const auto socket = base::SocketName::parse(input)) {
        fuzz::require(base::SocketName::parse(socket->print()) == socket, "a socket survives its own text");
        fuzz::require(base::SocketName::parse(socket->print_for_libmilter()) == socket,
                      "a socket survives libmilter's spelling");
    }
}

void check_host(std::string_view input) {
    const auto host = base::HostPattern::parse(input);
    if (!host) {
        return;
    }
    const auto again = base::HostPattern::parse(host->print());
    fuzz::require(again && *again == *host, "a host survives its own text", host->print());
    fuzz::require(base::all_printable(host->print()), "a host is printable");
    const auto client = base::IpAddress::parse("192.0.2.1");
    const auto* found = find_host({*host}, "mail.example.org", client);
    fuzz::require(found == nullptr || !host->is_exception(), "an exception lets nobody in");
}

void check_macro(std::string_view input) {
    if (const auto condition = base::MacroCondition::parse(input)) {
        const auto again = base::MacroCondition::parse(condition->print());
        fuzz::require(again && *again == *condition, "a condition survives its own text", condition->print());
        fuzz::require(!condition->holds(""), "no condition holds without a value");
    }
}

void run(std::string_view input) {
    check_addresses(input);
    check_host(input);
    check_macro(input);
    if (const auto ascii = base::idna_to_ascii(input)) {
        fuzz::require(base::all_ascii(*ascii), "A-labels are ASCII");
    }
    if (const auto name = base::DomainName::parse_international(input)) {
        check_name(*name);
    }
    if (const auto domain = dkim::identity_domain(input)) {
        check_name(*domain);
    }
    if (const auto question = dns::make_question(input, dns::Type::a)) {
        fuzz::require(dns::make_question(question->name, dns::Type::a) == question,
                      "a question survives its own name");
    }
}

const fuzz::Target target("names", run);

} // namespace
