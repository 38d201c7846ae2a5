#include "config/load_tree.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "base/utf8.h"
#include "config/limits.h"
#include "config/syntax_hint.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_map>

namespace config {

namespace {

std::uint32_t one_based(int number) {
    return static_cast<std::uint32_t>(number < 0 ? 0 : number) + 1;
}

// yaml-cpp's parser calls this for each value. Only an exception stops the parser, so refusals leave as its
// own kind.
class Builder : public YAML::EventHandler {
  public:
    explicit Builder(std::string_view text) : text_(text) {}

    [[nodiscard]] Tree take() { return std::move(tree_); }
    [[nodiscard]] const TreeNode* last() const { return tree_.nodes.empty() ? nullptr : &tree_.nodes.back(); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (tree_.root != nullptr) {
            refuse(mark,
                   "the file goes on after the end of its document; check the indentation of this line");
        }
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        leaf(mark, anchor, TreeNode::Kind::null).text = null_at(mark);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        check_tag(mark, tag);
        TreeNode& node = leaf(mark, anchor, TreeNode::Kind::scalar);
        node.text = text;
        node.quoted = tag == "!";
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, TreeNode::Kind::sequence);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, TreeNode::Kind::mapping);
    }
    void OnMapEnd() override { close(); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto target = anchors_.find(anchor);
        if (target == anchors_.end()) {
            refuse(mark, "an alias within the value it stands for");
        }
        attach(*target->second);
    }

  private:
    struct Open {
        TreeNode* node;
        YAML::anchor_t anchor;
    };

    // The word, where one stands: it may be meant as one.
    std::string null_at(const YAML::Mark& mark) const {
        constexpr std::string_view word = "null";
        const auto begin = static_cast<std::size_t>(std::max(mark.pos, 0));
        const auto text = begin < text_.size() ? text_.substr(begin, word.size()) : std::string_view();
        return base::iequals(text, word) ? std::string(text) : std::string();
    }

    [[noreturn]] static void refuse(const YAML::Mark& mark, const std::string& why) {
        throw YAML::ParserException(mark, why);
    }

    // "?" and "!" are how yaml-cpp says plain and quoted.
    static void check_tag(const YAML::Mark& mark, const std::string& tag) {
        if (tag != "?" && tag != "!") {
            refuse(mark, "tags such as !!str have no meaning here");
        }
    }

    static YAML::Mark mark_of(const TreeNode& node) {
        YAML::Mark mark;
        mark.line = static_cast<int>(node.line) - 1;
        mark.column = static_cast<int>(node.column) - 1;
        return mark;
    }

    TreeNode& add(const YAML::Mark& mark, TreeNode::Kind kind) {
        TreeNode& node = tree_.nodes.emplace_back();
        node.kind = kind;
        node.line = one_based(mark.line);
        node.column = one_based(mark.column);
        return node;
    }

    void attach(const TreeNode& node) {
        if (open_.empty()) {
            tree_.root = &node;
            return;
        }
        TreeNode& parent = *open_.back().node;
        parent.children.push_back(&node);
        parent.weight += node.weight;
        if (parent.weight > max_nodes || tree_.nodes.size() > max_nodes) {
            refuse(mark_of(node), fmt::format("more than {} values in one file", max_nodes));
        }
    }

    TreeNode& leaf(const YAML::Mark& mark, YAML::anchor_t anchor, TreeNode::Kind kind) {
        TreeNode& node = add(mark, kind);
        attach(node);
        remember(anchor, node);
        return node;
    }

    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, TreeNode::Kind kind) {
        check_tag(mark, tag);
        open_.push_back({&add(mark, kind), anchor});
    }

    void close() {
        const Open closed = open_.back();
        open_.pop_back();
        attach(*closed.node);
        remember(closed.anchor, *closed.node);
    }

    void remember(YAML::anchor_t anchor, const TreeNode& node) {
        if (anchor != 0) {
            anchors_[anchor] = &node;
        }
    }

    std::string_view text_;
    Tree tree_;
    std::vector<Open> open_;
    std::unordered_map<YAML::anchor_t, const TreeNode*> anchors_;
};

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// From the place a line starts at; nothing when the text has no such line.
std::string_view from_line(std::string_view text, std::size_t line) {
    for (; line > 1; --line) {
        const auto end = text.find('\n');
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return text;
}

// yaml-cpp takes the end of the file for a closing quote. Only the last value of a file can have run into it.
bool is_unclosed(std::string_view text, const TreeNode* last) {
    if (last == nullptr || last->kind != TreeNode::Kind::scalar || !last->quoted) {
        return false;
    }
    text = from_line(text, last->line);
    std::size_t at = last->column - 1;
    const char quote = at < text.size() ? text[at] : '\0';
    if (quote != '"' && quote != '\'') {
        return false;
    }
    while (++at < text.size()) {
        const bool doubled = quote == '\'' && text.substr(at).starts_with("''");
        if (doubled || (quote == '"' && text[at] == '\\')) {
            ++at;
        } else if (text[at] == quote) {
            return false;
        }
    }
    return true;
}

// What yaml-cpp would read as something else: some control characters end the file for it, and bytes that are
// not UTF-8 pass.
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

constexpr std::size_t longest_message = 200; // of yaml-cpp

// yaml-cpp 0.8 adds the name of an unknown anchor, which 0.7 does not: line and column point at it anyway.
std::string_view reason(const YAML::Exception& error) {
    constexpr std::string_view unknown_anchor = "the referenced anchor is not defined";
    return error.msg.starts_with(unknown_anchor) ? unknown_anchor : std::string_view(error.msg);
}

TreeError syntax_error(const YAML::Exception& error, std::string_view text) {
    const bool known = error.mark.line >= 0;
    auto explained =
        explain_syntax({known ? one_based(error.mark.line) : 0U, known ? one_based(error.mark.column) : 0U,
                        base::shown(reason(error), longest_message), ""},
                       text);
    return {explained.line, explained.column, fmt::format("not valid YAML: {}", explained.reason),
            std::move(explained.hint)};
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
    Builder builder(text);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::DeepRecursion& error) {
        return base::refuse(TreeError{one_based(error.mark.line), one_based(error.mark.column),
                                      "not valid YAML: nested too deeply", ""});
    } catch (const YAML::Exception& error) {
        return base::refuse(syntax_error(error, text));
    }
    if (const TreeNode* last = builder.last(); is_unclosed(text, last)) {
        return base::refuse(
            TreeError{last->line, last->column, "not valid YAML: the closing quote is missing", ""});
    }
    return builder.take();
}

} // namespace config
