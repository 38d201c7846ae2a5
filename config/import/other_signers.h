// Programs beside the three that may sign mail as well, and whose configurations are not imported. Who makes
// a switch without knowing of them ends with two signatures, or with none of ours.
#pragma once

#include "config/import/files.h"
#include "config/import/finding.h"
#include "config/import/postfix_file.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace config::import {

enum class Signer : std::uint8_t { amavis, rspamd, dkimpy_milter };

enum class SignerState : std::uint8_t {
    signs,
    may_sign,   // Postfix calls it, and nothing is found of what it signs with
    not_called, // it has keys, and Postfix does not call it
    unreadable, // its configuration
};

struct OtherSigner {
    Signer program = Signer::amavis;
    SignerState state = SignerState::signs;
    Place place;          // what says so
    std::string evidence; // "dkim_key"; unreadable: why
};

[[nodiscard]] std::string_view name_of(Signer program);

// One for each program at most.
[[nodiscard]] std::vector<OtherSigner> find_other_signers(const PostfixFiles& postfix, const Files& files);

// What there is to say of it; `consequence`: a sentence on what becomes of signatures, or empty.
[[nodiscard]] Finding tell(const OtherSigner& signer, std::string_view consequence);

} // namespace config::import
