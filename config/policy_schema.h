// The settings below `policy:`; a part of the list in config/schema.h.
#pragma once

#include "config/schema.h"

#include <string_view>
#include <vector>

namespace config {

using ProfileSetting = SettingOf<ProfileEntry>;
using ExceptionSetting = SettingOf<authenticate::Exception>;

// The section itself and `replies:` below it.
[[nodiscard]] std::vector<Section> policy_sections();

// Below `policy: profiles: NAME:`, next to `replies:`.
[[nodiscard]] const std::vector<ProfileSetting>& profile_schema();
[[nodiscard]] const std::vector<ProfileSetting>& profile_reply_schema();

// Each item of `policy: exceptions:` and of the files.
[[nodiscard]] const std::vector<ExceptionSetting>& exception_schema();

inline constexpr std::string_view policy_name = "policy";
inline constexpr std::string_view replies_name = "replies";
inline constexpr std::string_view profiles_name = "profiles";
inline constexpr std::string_view exceptions_name = "exceptions";

} // namespace config
