// Which keys sign a message of our own, and if none does, why not. The daemon and `paraph sign --why` ask the
// same function.
#pragma once

#include "keys/key_store.h"
#include "milter/record/message_facts.h"
#include "milter/runtime/runtime.h"
#include "milter/session/key_field.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace milter::session {

struct KeyChoice {
    std::vector<keys::Signer> signers;
    std::string unsigned_because;                                // where there are none
    record::Unsigned unsigned_reason = record::Unsigned::no_key; // the same in a word
    bool warn = false; // a domain is concerned that is signed for, so somebody should know
    // The submitter may not write this From, though there are keys for it.
    bool forbidden = false;
    bool unknown = false; // the same, because nobody can say just now what he may
    std::optional<Named> named;
};

[[nodiscard]] KeyChoice choose_keys(const runtime::Runtime& runtime, const message::HeaderList& headers,
                                    const message::Author& author, const Submission& submission);

// Whether DMARC could take a signature of `signer` for one of `author`. Without the DNS this is not known, so
// that doubt means yes.
[[nodiscard]] bool may_align(const base::DomainName& signer, const base::DomainName& author,
                             const dmarc::PublicSuffixList* public_suffixes);

} // namespace milter::session
