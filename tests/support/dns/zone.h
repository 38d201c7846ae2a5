// What a test's name server knows: records in presentation form, and how it misbehaves for some names.
//
//     DnsZone zone;
//     zone.add("example.org 60 MX 10 mail.example.org");
//     zone.add("_dmarc.example.org 60 TXT \"v=DMARC1;\" \" p=reject\"");
//     zone.add("slow.example.org FAULT delay=500");
//
// Names that are in no line do not exist (NXDOMAIN with an SOA); names that are, or have such names below
// them, do.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct ldns_struct_pkt;
struct ldns_struct_rr;

namespace support {

using Bytes = std::vector<std::uint8_t>;

enum class Fault {
    none,
    drop, // no reply
    servfail,
    refused,
    notimp,
    formerr,         // whatever is asked
    formerr_on_edns, // as a server from before RFC 2671: no OPT in the reply
    drop_edns,       // as a middlebox that swallows OPT records
    truncate,        // over UDP only the header with TC set; the answer over TCP
    truncate_no_tcp, // the same, but TCP connections are closed without a reply
    truncate_half,   // the same, but the TCP connection ends in the middle of the answer
    truncate_stall,  // the same, but over TCP nothing ever comes
    half,            // a datagram that ends in the middle of the answer
    hollow,          // the same, and over TCP one text of 64,000 empty strings
    garbage,         // the right id and question, then junk
    // A forged reply first (with other data than asked for), and then the right one:
    forged_id,
    forged_question,
    forged_port, // from another UDP port
    noise,       // datagrams that are no DNS messages, an empty one among them
};

struct Behaviour {
    Fault fault = Fault::none;
    std::chrono::milliseconds delay{0};
    bool secure = false; // AD bit in the reply when the query has it
};

// "servfail", "drop", "delay=250", "secure", ... into `behaviour`. False for an unknown word.
[[nodiscard]] bool apply_fault(std::string_view word, Behaviour& behaviour);

class DnsZone {
  public:
    // One line: "NAME TTL TYPE DATA", "NAME FAULT what", a comment ("#" or ";" first), or nothing. What is
    // wrong with it, or nothing when all is well.
    [[nodiscard]] std::optional<std::string> try_add(std::string_view line);
    void add(std::string_view line); // throws std::invalid_argument
    // All lines; the error names the line.
    [[nodiscard]] std::optional<std::string> load(std::string_view text);

    // Null for a name without a FAULT line.
    [[nodiscard]] const Behaviour* behaviour(const std::string& wire_name) const;
    // Puts answer and authority into `reply` and sets its RCODE.
    void answer(const std::string& wire_name, std::uint16_t type, ldns_struct_pkt& reply) const;

  private:
    struct FreeRecord {
        void operator()(ldns_struct_rr* record) const;
    };
    using Record = std::unique_ptr<ldns_struct_rr, FreeRecord>;

    [[nodiscard]] const ldns_struct_rr* push_records(const std::string& name, std::uint16_t type,
                                                     ldns_struct_pkt& reply) const;
    void note_existence(std::string wire_name);

    std::map<std::string, std::vector<Record>> records_; // by owner, in wire form and lower case
    std::map<std::string, Behaviour> behaviours_;
    std::set<std::string> exists_; // owners and everything above them
};

} // namespace support
