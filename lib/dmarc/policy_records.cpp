#include "dmarc/policy_records.h"

#include "base/ascii.h"

#include <fmt/format.h>

namespace dmarc {

namespace {

std::shared_ptr<const Record> read(std::string_view text) {
    auto record = parse_record(text);
    return record ? std::make_shared<const Record>(*std::move(record)) : nullptr;
}

} // namespace

Trouble trouble_with(const std::string& question, const dns::Answer& answer) {
    // RFC 9989 5.3.6 leaves the line between the two to us. An answer that arrives cut, or truncated over
    // TCP, is a fault of the way it took as often as one of the zone, and SPF (RFC 7208 4.4) and DKIM (RFC
    // 6376 6.1.2) know no other word for it.
    return {false, fmt::format("{}: {}", question, dns::print(answer.failure))};
}

std::string record_name(const base::DomainName& domain) {
    return "_dmarc." + domain.text();
}

const dns::Awaited<Lookup>& PolicyRecords::at(const base::DomainName& domain) {
    if (const auto known = known_.find(domain); known != known_.end()) {
        return known->second;
    }
    return known_.emplace(domain, look_up(domain)).first->second;
}

const Lookup* PolicyRecords::looked_up(const base::DomainName& domain) const {
    const auto known = known_.find(domain);
    return known == known_.end() || !known->second ? nullptr : &*known->second;
}

dns::Awaited<Lookup> PolicyRecords::look_up(const base::DomainName& domain) {
    const std::string name = record_name(domain);
    if (!dns::make_question(name, dns::Type::txt)) {
        // RFC 9989 5.3.6: a question that no DNS message can carry is never answered, however long one waits.
        return failed({true, fmt::format("TXT {}: name too long", name)}, "name too long");
    }
    const dns::Answer* answer = dns_.ask(name, dns::Type::txt);
    if (answer == nullptr) {
        return dns::unanswered;
    }
    Lookup lookup;
    switch (answer->status) {
    case dns::Status::found:
        lookup = choose(*answer);
        break;
    case dns::Status::no_data:
    case dns::Status::no_name:
        lookup.state = Lookup::State::absent;
        remark(lookup, [&] { return fmt::format("no record ({})", dns::print(answer->status)); });
        break;
    case dns::Status::failed:
        return failed(trouble_with("TXT " + name, *answer), dns::print(answer->failure));
    }
    // A name below another one exists only if that one does; NXDOMAIN here says nothing about it. An alias is
    // something that exists, whatever its target (RFC 6604).
    lookup.owner_exists = answer->status != dns::Status::no_name || answer->aliased;
    return lookup;
}

Lookup PolicyRecords::failed(Trouble trouble, const char* why) const {
    Lookup lookup;
    lookup.state = Lookup::State::failed;
    lookup.trouble = std::move(trouble);
    remark(lookup, [&] { return fmt::format("no answer ({})", why); });
    return lookup;
}

// RFC 9989 4.10 steps 2 and 6: what is not a DMARC record is dropped first; of several DMARC records none is
// used.
Lookup PolicyRecords::choose(const dns::Answer& answer) const {
    Lookup lookup;
    lookup.state = Lookup::State::absent;
    std::size_t count = 0;
    bool oversized = false;
    for (const std::string& text : answer.texts) {
        if (text.size() > options_.limits.record) {
            oversized = true;
        } else if (auto record = base::recall(options_.records, text, read)) {
            ++count;
            lookup.record = std::move(record);
            remark(lookup, [&] { return fmt::format("\"{}\"", base::printable(text, 200)); });
        }
    }
    if (count == 1) {
        lookup.state = Lookup::State::found;
    } else if (count > 1) {
        remark(lookup, [&] { return fmt::format("{} DMARC records, so none of them counts", count); });
    } else {
        remark(lookup, [&] {
            return std::string(oversized ? "TXT, but too large for a DMARC record"
                                         : "TXT, but no DMARC record");
        });
    }
    return lookup;
}

} // namespace dmarc
