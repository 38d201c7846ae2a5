// Verdicts as JSON. Names follow the RFCs' and lib/'s own words; an identifier or policy that does not exist
// is null.
#pragma once

#include "authenticate/disposition.h"
#include "authenticate/verdict.h"
#include "authres/result.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace milter::record {

[[nodiscard]] nlohmann::ordered_json to_json(const spf::Verdict& verdict);
[[nodiscard]] nlohmann::ordered_json to_json(const dkim::Verdict& verdict);
[[nodiscard]] nlohmann::ordered_json to_json(const dmarc::Record& record);
[[nodiscard]] nlohmann::ordered_json to_json(const dmarc::Verdict& verdict);
[[nodiscard]] nlohmann::ordered_json to_json(const authenticate::Verdict& verdict);
[[nodiscard]] nlohmann::ordered_json to_json(const std::vector<authres::MethodResult>& results);

[[nodiscard]] nlohmann::ordered_json to_json(const authenticate::Finding& finding);
[[nodiscard]] nlohmann::ordered_json
to_json(const authenticate::Disposition& disposition); // but for findings

// ASCII only, whatever bytes the values hold, and a final newline.
[[nodiscard]] std::string dump(const nlohmann::ordered_json& json);

} // namespace milter::record
