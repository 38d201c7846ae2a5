#include "config/load_tree.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "config/limits.h"
#include "config/syntax_hint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

namespace config {

namespace {

// Plain texts that stand for no value (YAML 1.1).
bool is_null(std::string_view text) {
    constexpr std::array<std::string_view, 5> words{"", "~", "null", "Null", "NULL"};
    return std::find(words.begin(), words.end(), text) != words.end();
}

// Makes the tree of the parser's events.
class Builder {
  public:
    [[nodiscard]] Tree take() { return std::move(tree_); }

    std::optional<TreeError> add(const YamlEvent& event) {
        if (event.tagged) {
            return refusal(event, std::string(tag_reason));
        }
        switch (event.kind) {
        case YamlEvent::Kind::document:
            return begin_document(event);
        case YamlEvent::Kind::scalar:
            return leaf(event);
        case YamlEvent::Kind::alias:
            return alias(event);
        case YamlEvent::Kind::begin_sequence:
            return open(event, TreeNode::Kind::sequence);
        case YamlEvent::Kind::begin_mapping:
            return open(event, TreeNode::Kind::mapping);
        case YamlEvent::Kind::end:
            return close();
        }
        return std::nullopt;
    }

  private:
    static TreeError refusal(const YamlEvent& event, std::string why) {
        return {event.line, event.column, std::move(why), ""};
    }

    std::optional<TreeError> begin_document(const YamlEvent& event) const {
        if (tree_.root == nullptr) {
            return std::nullopt;
        }
        return refusal(event,
                       "the file goes on after the end of its document; check the indentation of this line");
    }

    std::optional<TreeError> leaf(const YamlEvent& event) {
        const bool nothing = !event.quoted && is_null(event.text);
        TreeNode& node = make(event, nothing ? TreeNode::Kind::null : TreeNode::Kind::scalar);
        node.quoted = event.quoted;
        if (!nothing || event.text != "~") { // a word that is written out may be meant as one
            node.text = event.text;
        }
        return attach(node);
    }

    std::optional<TreeError> alias(const YamlEvent& event) {
        const auto target = anchors_.find(std::string(event.anchor));
        if (target == anchors_.end()) {
            return refusal(event, "the referenced anchor is not defined");
        }
        if (std::find(open_.begin(), open_.end(), target->second) != open_.end()) {
            return refusal(event, "an alias within the value it stands for");
        }
        return attach(*target->second);
    }

    std::optional<TreeError> open(const YamlEvent& event, TreeNode::Kind kind) {
        if (open_.size() >= max_depth) {
            return refusal(event, "nested too deeply");
        }
        open_.push_back(&make(event, kind));
        return std::nullopt;
    }

    std::optional<TreeError> close() {
        const TreeNode& closed = *open_.back();
        open_.pop_back();
        return attach(closed);
    }

    TreeNode& make(const YamlEvent& event, TreeNode::Kind kind) {
        TreeNode& node = tree_.nodes.emplace_back();
        node.kind = kind;
        node.line = event.line;
        node.column = event.column;
        if (!event.anchor.empty()) {
            anchors_[std::string(event.anchor)] = &node;
        }
        return node;
    }

    std::optional<TreeError> attach(const TreeNode& node) {
        if (open_.empty()) {
            tree_.root = &node;
            return std::nullopt;
        }
        TreeNode& parent = *open_.back();
        parent.children.push_back(&node);
        parent.weight += node.weight;
        if (parent.weight > max_nodes || tree_.nodes.size() > max_nodes) {
            return TreeError{node.line, node.column,
                             fmt::format("more than {} values in one file", max_nodes), ""};
        }
        return std::nullopt;
    }

    Tree tree_;
    std::vector<TreeNode*> open_;
    std::unordered_map<std::string, const TreeNode*> anchors_;
};

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// Of several octets, what YAML does not admit (5.1): further control characters, a byte order mark within the
// text, what is no character; and what YAML takes for the end of a line, but hardly an editor does.
std::optional<unsigned> refused_character(std::string_view character) {
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(character[at]); };
    if (character.size() == 2 && octet(0) == 0xC2 && octet(1) < 0xA0) {
        return octet(1);
    }
    if (character == byte_order_mark) {
        return 0xFEFFU;
    }
    if (character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF") {
        return 0xFF40U + octet(2);
    }
    if (character == "\xE2\x80\xA8" || character == "\xE2\x80\xA9") {
        return 0x1F80U + octet(2);
    }
    return std::nullopt;
}

// Said here, in words of ours: libyaml finds most of it as well.
std::optional<TreeError> find_bad_byte(std::string_view text) {
    std::size_t line = 1;
    std::size_t line_start = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const std::size_t column = at - line_start + 1;
        const std::size_t length = base::utf8_length(text.substr(at));
        if (length == 0) {
            return TreeError{line, column, "not UTF-8", "save the file as UTF-8"};
        }
        if (const auto refused = refused_character(text.substr(at, length))) {
            return TreeError{line, column,
                             fmt::format("the character U+{:04X} has no place in YAML", *refused),
                             "the file must be UTF-8 text"};
        }
        if (base::is_control(c) && c != '\t' && c != '\r' && c != '\n') {
            return TreeError{line, column,
                             fmt::format("control character 0x{:02x}", static_cast<unsigned>(c)),
                             "the file must be UTF-8 text"};
        }
        at += length;
        if (c == '\n') {
            ++line;
            line_start = at;
        }
    }
    return std::nullopt;
}

TreeError explained(EventsError found, std::string_view text) {
    TreeError& error = found.error;
    auto syntax =
        explain_syntax({error.line, error.column, std::move(error.message), std::move(error.hint)}, text);
    return {syntax.line, syntax.column, fmt::format("not valid YAML: {}", syntax.reason),
            std::move(syntax.hint)};
}

} // namespace

std::string_view print(TreeNode::Kind kind) {
    switch (kind) {
    case TreeNode::Kind::null:
        return "nothing";
    case TreeNode::Kind::scalar:
        return "a text";
    case TreeNode::Kind::sequence:
        return "a list";
    case TreeNode::Kind::mapping:
        return "a mapping";
    }
    return {};
}

base::Result<Tree, TreeError> parse_tree(std::string_view text) {
    if (text.starts_with(byte_order_mark)) {
        text.remove_prefix(byte_order_mark.size());
    }
    if (auto error = find_bad_byte(text)) {
        return base::refuse(std::move(*error));
    }
    Builder builder;
    auto error = read_events(text, [&](const YamlEvent& event) { return builder.add(event); });
    if (error) {
        return base::refuse(explained(std::move(*error), text));
    }
    return builder.take();
}

} // namespace config
