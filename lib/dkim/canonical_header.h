// The two header canonicalizations (RFC 6376 3.4.1 and 3.4.2), one field at a time, without its
// final CRLF.
#pragma once

#include "dkim/byte_sink.h"
#include "dkim/canonicalization.h"
#include "message/header_field.h"

namespace dkim {

void canonicalize(Canonicalization canonicalization, const message::HeaderField& field, ByteSink& sink);

} // namespace dkim
