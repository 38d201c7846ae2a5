// Configuration files.
#include "config/load.h"
#include "fuzz/property.h"

namespace {

void run(std::string_view input) {
    const auto loaded = config::load_text(input, "fuzz.yaml");
    fuzz::require(loaded.settings || !loaded.diagnostics.empty(), "what is refused has a reason");
    for (const auto& diagnostic : loaded.diagnostics) {
        fuzz::require(!config::print(diagnostic).empty(), "a diagnostic has a text");
    }
}

const fuzz::Target target("settings", run);

} // namespace
