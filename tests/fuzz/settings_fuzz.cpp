// Configuration files.
#include "config/load.h"
#include "fuzz/property.h"

void fuzz::run(std::string_view input) {
    const auto loaded = config::load_text(input, "fuzz.yaml");
    if (!loaded.settings) {
        require(!loaded.diagnostics.empty(), "what is refused has a reason");
    }
}
