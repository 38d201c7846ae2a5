// A YAML document as a tree of values that know where they stand. Everything the loader does not accept on
// principle (several documents, tags, aliases that multiply) is refused here, so that what follows sees four
// kinds of value only.
#pragma once

#include "base/result.h"
#include "config/load_events.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace config {

struct TreeNode {
    enum class Kind : std::uint8_t { null, scalar, sequence, mapping };

    Kind kind = Kind::null;
    bool quoted = false;      // of a scalar
    std::uint32_t line = 0;   // 1-based
    std::uint32_t column = 0; // 1-based, in bytes
    std::uint32_t weight = 1; // how many nodes a walk over it visits, aliases expanded
    std::string text;         // of a scalar; of a null that is written out, as "Null"
    // Of a sequence, its items; of a mapping, names and values by turns.
    std::vector<const TreeNode*> children;
};

// Owns its nodes.
struct Tree {
    std::deque<TreeNode> nodes;
    const TreeNode* root = nullptr; // null: the document is empty
};

[[nodiscard]] base::Result<Tree, TreeError> parse_tree(std::string_view text);

// "a mapping", "the list", for diagnostics.
[[nodiscard]] std::string_view print(TreeNode::Kind kind);

} // namespace config
