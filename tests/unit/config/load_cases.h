// Configurations, and what is said about them.
#pragma once

#include "config/load.h"
#include "support/catch.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

inline std::vector<std::string> diagnostics_of(const config::Loaded& loaded) {
    std::vector<std::string> texts;
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        texts.push_back(config::print(diagnostic));
    }
    return texts;
}

inline std::vector<std::string> diagnose(std::string_view yaml) {
    return diagnostics_of(config::load_text(yaml, "p.yaml"));
}

using Texts = std::vector<std::string>;

struct Case {
    std::string name;
    std::string yaml;
    Texts diagnostics;
};

inline void check_cases(const std::vector<Case>& cases) {
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(diagnose(c.yaml) == c.diagnostics);
        CHECK(config::load_text(c.yaml, "p.yaml").settings.has_value() ==
              std::none_of(c.diagnostics.begin(), c.diagnostics.end(), [](const std::string& text) {
                  return text.find(": error: ") != std::string::npos;
              }));
    }
}
