#include "config/load_sources.h"

#include "base/ascii.h"
#include "base/secret_text.h"

#include <algorithm>

namespace config {

namespace {

bool is_name(std::string_view text) {
    constexpr std::size_t longest = 64;
    return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
        return base::is_alnum(c) || c == '-' || c == '_' || c == '.';
    });
}

} // namespace

void SourceLoader::load(const Pair& pair, const File& file) {
    if (!expect_kind(TreeNode::Kind::mapping, pair, "", file, report_)) {
        return;
    }
    for (const Pair& source : unique_pairs(*pair.value, "sources.", file, report_)) {
        load_source(source, file);
    }
}

void SourceLoader::load_source(const Pair& pair, const File& file) {
    const std::string& name = pair.name->text;
    if (!is_name(name)) {
        report_.error(place_of(file, *pair.name),
                      fmt::format("{} is no name of a source", base::quoted(name)),
                      "letters, digits and - _ .");
        return;
    }
    SourceEntry& entry = sources_[name];
    entry.named_in = file.name;
    entry.line = pair.name->line;
    const std::string prefix = fmt::format("sources.{}.", name);
    if (pair.value->kind != TreeNode::Kind::mapping) {
        report_.error(
            place_of(file, *pair.value),
            fmt::format("'sources.{}': expected settings below it, not {}", name, print(pair.value->kind)));
        return;
    }
    load_fields(source_schema(), *pair.value, prefix, entry, file, report_, [&](const Pair& other) {
        report_.error(
            place_of(file, *other.name),
            fmt::format("unknown setting {}", base::quoted(prefix + other.name->text, prefix.size() + 80)),
            unknown_name_hint(other, names_of(source_schema())));
    });
}

} // namespace config
