// The Received-SPF field of delivered mail (RFC 7208 9.1), as filters that know policyd-spf's read it, and
// such fields of others that pass for ours.
#pragma once

#include "authenticate/sender.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authenticate {

// The field's body without the blank in front:
//
//     Pass (mailfrom) identity=mailfrom; client-ip=192.0.2.1;\r\n\thelo=mx.example.org; ...
//
// One identity, as policyd-spf chooses it: MAIL FROM; but HELO where the sender is null, and where MAIL FROM
// has no result and HELO has one. `receiver` is our name; without it the field does not say. Nothing where
// SPF was not checked. Printable ASCII whatever the client typed, and none of it can pass for another pair.
[[nodiscard]] std::optional<std::string> received_spf(const SenderVerdict& sender, const Envelope& envelope,
                                                      const std::string& receiver);

// Whether a body says that one of `receivers` wrote it, in a pair or in the comment behind the result, or
// does not say who did. Careless readers count, who know no comments, quotes and folds.
[[nodiscard]] bool passes_for_ours(std::string_view body, const std::vector<std::string>& receivers);

} // namespace authenticate
