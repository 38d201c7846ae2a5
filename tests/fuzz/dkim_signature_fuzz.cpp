// DKIM-Signature bodies and key records.
#include "dkim/key_record.h"
#include "dkim/signature.h"
#include "fuzz/property.h"

void fuzz::run(std::string_view input) {
    if (const auto signature = dkim::parse_signature(input)) {
        require(!signature->signed_fields.empty(), "h= is never empty");
        require(base::DomainName::parse(signature->domain.text()).has_value(), "d= is a domain name");
    }
    if (const auto record = dkim::parse_key_record(input)) {
        require(dkim::parse_key_record(dkim::print(*record)) == record, "a key record survives its own text");
    }
}
