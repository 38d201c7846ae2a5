// DKIM-Signature bodies.
#include "dkim/limits.h"
#include "dkim/signature.h"
#include "fuzz/property.h"

#include <algorithm>

namespace {

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

void check_broken(const dkim::BrokenSignature& broken) {
    fuzz::require(!broken.reason.empty() && is_printable(broken.reason), "a refusal has a plain reason");
    fuzz::require(broken.domain.empty() || base::DomainName::parse(broken.domain),
                  "a domain shown is a domain name");
    fuzz::require(broken.selector.empty() || base::DomainName::parse(broken.selector),
                  "a selector shown is a domain name");
    fuzz::require(is_printable(broken.algorithm), "an algorithm shown is a token");
}

void check_again(const dkim::Signature& signature) {
    const auto again = dkim::parse_signature(dkim::print(signature));
    fuzz::require(again.has_value(), "a signature survives its own text");
    fuzz::require(again->algorithm == signature.algorithm && again->signature == signature.signature &&
                      again->body_hash == signature.body_hash && again->domain == signature.domain &&
                      again->selector == signature.selector &&
                      again->signed_fields == signature.signed_fields &&
                      again->identity == signature.identity && again->body_length == signature.body_length &&
                      again->timestamp == signature.timestamp && again->expiration == signature.expiration &&
                      again->header_canonicalization == signature.header_canonicalization &&
                      again->body_canonicalization == signature.body_canonicalization,
                  "a signature means the same in its own text");
}

void run(std::string_view input) {
    const auto signature = dkim::parse_signature(input);
    if (!signature) {
        check_broken(signature.error());
        return;
    }
    const auto& fields = signature->signed_fields;
    fuzz::require(std::find(fields.begin(), fields.end(), "from") != fields.end(), "h= names From");
    fuzz::require(base::DomainName::parse(signature->domain.text()).has_value(), "d= is a domain name");
    fuzz::require(signature->domain.label_count() >= 2, "d= has two labels");
    fuzz::require(signature->signature_begin <= signature->signature_end &&
                      signature->signature_end <= input.size(),
                  "b= lies in the field");
    if (signature->timestamp && signature->expiration) {
        fuzz::require(*signature->timestamp < *signature->expiration, "x= is later than t=");
    }
    check_again(*signature);
}

const fuzz::Target target("dkim_signature", run);

} // namespace
