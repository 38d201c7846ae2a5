#include "milter/runtime/parsed_records.h"

#include <string_view>

namespace milter::runtime {

namespace {

// The texts inside of a value make up no more than its text.
std::size_t key_bytes(std::string_view text, const dkim::PublishedKey& key) {
    constexpr std::size_t openssl_objects = 2300; // of an RSA key, measured
    return sizeof(key) + openssl_objects + 2 * text.size();
}

std::size_t spf_bytes(std::string_view text, const spf::Record& record) {
    return sizeof(record) + text.size() + record.directives.capacity() * sizeof(spf::Directive);
}

std::size_t dmarc_bytes(std::string_view text, const dmarc::Record& record) {
    constexpr std::size_t diagnostic_bytes = 200;
    return sizeof(record) + text.size() +
           (record.rua.capacity() + record.ruf.capacity()) * sizeof(dmarc::ReportUri) +
           record.diagnostics.capacity() * diagnostic_bytes;
}

} // namespace

// A key is a few hundred octets of text and objects of OpenSSL's; records are small.
ParsedRecords::ParsedRecords(std::size_t answer_bytes)
    : keys_(answer_bytes / 4, key_bytes), spf_(answer_bytes / 8, spf_bytes),
      dmarc_(answer_bytes / 8, dmarc_bytes) {}

void ParsedRecords::serve(authenticate::Options& options) {
    options.dkim_options.keys = &keys_;
    options.spf_options.records = &spf_;
    options.dmarc_options.records = &dmarc_;
}

} // namespace milter::runtime
