// The configuration explained: the sample file and the manual page, rendered from the schema so that neither
// can go stale.
#pragma once

#include <string>

namespace config {

// config/paraph.yaml: every setting, commented out at its default, below its section.
[[nodiscard]] std::string render_sample();

// docs/man/paraph.yaml.5.md, in the Markdown that pandoc turns into a manual page.
[[nodiscard]] std::string render_manual();

} // namespace config
