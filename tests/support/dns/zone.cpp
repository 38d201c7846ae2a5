#include "support/dns/zone.h"

#include "base/ascii.h"

#include <fmt/format.h>
#include <ldns/ldns.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace support {

namespace {

constexpr std::array<std::pair<std::string_view, Fault>, 18> fault_names{
    {{"drop", Fault::drop},
     {"servfail", Fault::servfail},
     {"refused", Fault::refused},
     {"notimp", Fault::notimp},
     {"formerr", Fault::formerr},
     {"formerr_on_edns", Fault::formerr_on_edns},
     {"drop_edns", Fault::drop_edns},
     {"truncate", Fault::truncate},
     {"truncate_no_tcp", Fault::truncate_no_tcp},
     {"truncate_half", Fault::truncate_half},
     {"truncate_stall", Fault::truncate_stall},
     {"half", Fault::half},
     {"hollow", Fault::hollow},
     {"garbage", Fault::garbage},
     {"forged_id", Fault::forged_id},
     {"forged_question", Fault::forged_question},
     {"forged_port", Fault::forged_port},
     {"noise", Fault::noise}}};

std::string wire_name(const ldns_rdf* name) {
    const std::span<const std::uint8_t> bytes(ldns_rdf_data(name), ldns_rdf_size(name));
    return base::to_lower(std::string(bytes.begin(), bytes.end()));
}

std::optional<std::string> wire_name(const std::string& text) {
    ldns_rdf* name = ldns_dname_new_frm_str(text.c_str());
    if (name == nullptr) {
        return std::nullopt;
    }
    std::string wire = wire_name(name);
    ldns_rdf_deep_free(name);
    return wire;
}

// The name without its first label.
std::string parent(const std::string& wire) {
    return wire.substr(1U + static_cast<unsigned char>(wire.front()));
}

std::vector<std::string_view> words(std::string_view line, std::size_t at_most) {
    std::vector<std::string_view> list;
    while (!line.empty() && list.size() < at_most) {
        line = base::trim_fws(line);
        const auto end = std::min(line.find_first_of(" \t"), line.size());
        list.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
    return list;
}

void push_soa(ldns_struct_pkt& reply) {
    ldns_rr* soa = nullptr;
    ldns_rr_new_frm_str(&soa, ". 300 IN SOA ns.invalid. hostmaster.invalid. 1 3600 900 604800 60", 300,
                        nullptr, nullptr);
    ldns_pkt_push_rr(&reply, LDNS_SECTION_AUTHORITY, soa);
}

} // namespace

bool apply_fault(std::string_view word, Behaviour& behaviour) {
    if (word == "secure") {
        behaviour.secure = true;
        return true;
    }
    constexpr std::string_view delay = "delay=";
    if (word.starts_with(delay)) {
        int milliseconds = 0;
        word.remove_prefix(delay.size());
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), milliseconds);
        behaviour.delay = std::chrono::milliseconds(milliseconds);
        return error == std::errc() && end == word.data() + word.size() && milliseconds >= 0;
    }
    for (const auto& [name, fault] : fault_names) {
        if (name == word) {
            behaviour.fault = fault;
            return true;
        }
    }
    return false;
}

void DnsZone::FreeRecord::operator()(ldns_struct_rr* record) const {
    ldns_rr_free(record);
}

std::optional<std::string> DnsZone::try_add(std::string_view line) {
    line = base::trim_fws(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') {
        return std::nullopt;
    }
    const auto first = words(line, 3);
    if (first.size() == 3 && first[1] == "FAULT") {
        const auto name = wire_name(std::string(first[0]));
        if (!name) {
            return "not a name";
        }
        return apply_fault(first[2], behaviours_[*name]) ? std::nullopt
                                                         : std::optional<std::string>("unknown fault");
    }
    ldns_rr* rr = nullptr;
    const ldns_status status = ldns_rr_new_frm_str(&rr, std::string(line).c_str(), 60, nullptr, nullptr);
    if (status != LDNS_STATUS_OK) {
        return ldns_get_errorstr_by_id(status);
    }
    const std::string owner = wire_name(ldns_rr_owner(rr));
    records_[owner].emplace_back(rr);
    note_existence(owner);
    return std::nullopt;
}

void DnsZone::add(std::string_view line) {
    if (const auto problem = try_add(line)) {
        throw std::invalid_argument(fmt::format("{}: {}", *problem, line));
    }
}

std::optional<std::string> DnsZone::load(std::string_view text) {
    std::size_t number = 0;
    for (const std::string_view line : base::split(text, '\n')) {
        ++number;
        if (const auto problem = try_add(line)) {
            return fmt::format("line {}: {}", number, *problem);
        }
    }
    return std::nullopt;
}

const Behaviour* DnsZone::behaviour(const std::string& wire_name) const {
    const auto found = behaviours_.find(wire_name);
    return found == behaviours_.end() ? nullptr : &found->second;
}

void DnsZone::answer(const std::string& wire_name, std::uint16_t type, ldns_struct_pkt& reply) const {
    std::string name = wire_name;
    std::set<std::string> followed;
    while (followed.insert(name).second) {
        const std::size_t before = ldns_pkt_ancount(&reply);
        const ldns_rr* alias = push_records(name, type, reply);
        if (alias != nullptr) {
            name = support::wire_name(ldns_rr_rdf(alias, 0));
            continue;
        }
        if (ldns_pkt_ancount(&reply) == before) {
            ldns_pkt_set_rcode(&reply, exists_.contains(name) ? LDNS_RCODE_NOERROR : LDNS_RCODE_NXDOMAIN);
            push_soa(reply);
        }
        return;
    }
}

// The alias to follow, if the name is one and something else was asked for.
const ldns_struct_rr* DnsZone::push_records(const std::string& name, std::uint16_t type,
                                            ldns_struct_pkt& reply) const {
    const auto found = records_.find(name);
    if (found == records_.end()) {
        return nullptr;
    }
    const ldns_rr* alias = nullptr;
    for (const Record& record : found->second) {
        const auto record_type = static_cast<std::uint16_t>(ldns_rr_get_type(record.get()));
        if (record_type == type || record_type == LDNS_RR_TYPE_CNAME) {
            ldns_pkt_push_rr(&reply, LDNS_SECTION_ANSWER, ldns_rr_clone(record.get()));
            alias = record_type == type ? alias : record.get();
        }
    }
    return alias;
}

void DnsZone::note_existence(std::string wire_name) {
    while (exists_.insert(wire_name).second && wire_name.size() > 1) {
        wire_name = parent(wire_name);
    }
}

} // namespace support
