// Sources by their options.
#pragma once

#include "keys/source/options.h"
#include "keys/source/source.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace keys::source {

// "postgresql" of "postgresql:mail"; nothing: there is no such kind.
[[nodiscard]] std::optional<Kind> kind_of(std::string_view word);

// Why nothing can be asked like this, whatever the database says; empty: it can. Touches nothing.
[[nodiscard]] std::string refusal(const Options& options);

// A source that connects when it is first asked.
[[nodiscard]] std::unique_ptr<Source> open(const Options& options);

// Whether it is a file of this host: its path, else nothing.
[[nodiscard]] std::string file_of(const Options& options);

} // namespace keys::source
