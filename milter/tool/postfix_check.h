// Settings of Postfix that let mail reach its readers in another form than paraphd checked, or past it.
#pragma once

#include "config/diagnostic.h"
#include "config/settings.h"
#include "milter/tool/command.h"
#include "milter/tool/postfix_settings.h"

#include <vector>

namespace milter::tool {

[[nodiscard]] std::vector<config::Diagnostic> judge_postfix(const PostfixSettings& postfix,
                                                            const config::Settings& settings);

// The same of the Postfix on this host.
[[nodiscard]] Result<std::vector<config::Diagnostic>> check_postfix(const config::Settings& settings);

} // namespace milter::tool
