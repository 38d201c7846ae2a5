#include "dkim/header_hash.h"

#include "dkim/byte_sink.h"
#include "dkim/canonical_header.h"
#include "dkim/select_headers.h"

namespace dkim {

crypto::Sha256 header_hash(Canonicalization canonicalization, const message::HeaderList& headers,
                           const std::vector<std::string>& signed_fields, std::size_t excluded,
                           const message::HeaderField& own) {
    DigestSink sink;
    for (const message::HeaderField* field : select_headers(headers, signed_fields, excluded)) {
        canonicalize(canonicalization, *field, sink);
        sink.write("\r\n");
    }
    // RFC 6376 3.7: the signature's field comes last and has no CRLF behind it.
    canonicalize(canonicalization, own, sink);
    return sink.finish();
}

message::HeaderField without_signature(const message::HeaderField& field, std::size_t begin,
                                       std::size_t end) {
    std::string text = field.text();
    text.erase(text.size() - field.body().size() + begin, end - begin);
    return message::HeaderField::from_text(text);
}

} // namespace dkim
