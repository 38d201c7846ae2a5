// The DMARC record at one name (RFC 9989 4.4 and 4.5), looked up once per evaluation.
#pragma once

#include "base/domain_name.h"
#include "dmarc/options.h"
#include "dmarc/record.h"
#include "dns/awaited.h"

#include <map>
#include <memory>
#include <string>

namespace dmarc {

// Why something that had to be known is not known.
struct Trouble {
    bool lasting = false; // asking again later will not help: permerror instead of temperror
    std::string text;     // "TXT _dmarc.example.org: SERVFAIL"
};

[[nodiscard]] Trouble trouble_with(const std::string& question, const dns::Answer& answer);

struct Lookup {
    enum class State { absent, found, failed };
    State state = State::absent;
    std::shared_ptr<const Record> record; // when found
    Trouble trouble;                      // when failed
    bool owner_exists = false;            // the answer proves that the name itself exists
    std::string remark;                   // what was found, in words; left out where no steps are wanted
};

// TXT owner name of the record for a domain: "_dmarc.example.org".
[[nodiscard]] std::string record_name(const base::DomainName& domain);

class PolicyRecords {
  public:
    PolicyRecords(dns::Inquiry& dns, const Options& options) : dns_(dns), options_(options) {}

    // The reference lives as long as this object.
    [[nodiscard]] const dns::Awaited<Lookup>& at(const base::DomainName& domain);
    // Null when at() has not been asked about this name, or has no answer.
    [[nodiscard]] const Lookup* looked_up(const base::DomainName& domain) const;

  private:
    [[nodiscard]] dns::Awaited<Lookup> look_up(const base::DomainName& domain);
    [[nodiscard]] Lookup choose(const dns::Answer& answer) const;
    [[nodiscard]] Lookup failed(Trouble trouble, const char* why) const;

    // `words` returns the remark, and is called only if somebody will read it.
    template <class Words>
    void remark(Lookup& lookup, const Words& words) const {
        if (options_.steps) {
            lookup.remark = words();
        }
    }

    dns::Inquiry& dns_;
    const Options& options_;
    std::map<base::DomainName, dns::Awaited<Lookup>> known_;
};

} // namespace dmarc
