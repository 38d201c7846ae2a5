// Sources by their options.
#pragma once

#include "keys/source/options.h"
#include "keys/source/source.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keys::source {

// "postgresql" of "postgresql:mail"; nothing: there is no such kind.
[[nodiscard]] std::optional<Kind> kind_of(std::string_view word);

// All that it knows. config/table_prefix.h has them too, and a test compares both.
[[nodiscard]] std::vector<std::string_view> kind_words();

// Why nothing can be asked like this, whatever the database says; empty: it can. Touches nothing.
[[nodiscard]] std::string refusal(const Options& options);

// A source that connects when it is first asked.
[[nodiscard]] std::unique_ptr<Source> open(const Options& options);

// Whether it is a file of this host: its path, else nothing.
[[nodiscard]] std::string file_of(const Options& options);

} // namespace keys::source
