// Messages that nobody wrote: always the same ones for the same number and domains.
#pragma once

#include "milter/tool/compare/samples.h"

#include <string>
#include <vector>

namespace milter::tool::compare {

// `domains` are those that sign; without any, example.org stands for them.
[[nodiscard]] Sample make_up(std::size_t number, const std::vector<std::string>& domains);

} // namespace milter::tool::compare
