#include "config/load_fields.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/load_source.h"
#include "config/suggest.h"
#include "config/table_prefix.h"

#include <algorithm>
#include <unordered_map>

namespace config {

namespace {

constexpr std::size_t longest_quote = 80; // of a wrong text in a diagnostic

// One value on its way in, with what diagnostics about it need.
struct Reading {
    const Type& type;
    const Pair& pair;
    std::string_view prefix;
    const File& file;
    Report& report;

    [[nodiscard]] std::string label() const { return fmt::format("'{}{}'", prefix, pair.name->text); }
    [[nodiscard]] Place place() const { return place_of(file, *pair.value); }

    // What stands there is named by its text, or by its kind if it has none.
    void unexpected(const TreeNode& node, const std::string& expected, std::string hint) const {
        const std::string found = node.kind == TreeNode::Kind::scalar ? base::quoted(node.text, longest_quote)
                                                                      : std::string(print(node.kind));
        report.error(place_of(file, node), fmt::format("{}: expected {}, not {}", label(), expected, found),
                     std::move(hint));
    }
    void refuse(const TreeNode& node, const std::string& expected, const Refusal& refusal) const {
        if (refusal.reason.empty()) {
            unexpected(node, expected, refusal.hint);
        } else {
            report.error(place_of(file, node), fmt::format("{}: {}", label(), refusal.reason), refusal.hint);
        }
    }
};

// "refile:tables/signing" -> "refile:" and "tables/signing".
struct PrefixedPath {
    std::string_view prefix;
    std::string_view path;
};

std::optional<PrefixedPath> split_prefix(const Type& type, std::string_view text) {
    const auto colon = text.find(':');
    if (type.words.empty() || colon == std::string_view::npos ||
        text.substr(0, colon).find('/') != std::string_view::npos) {
        return PrefixedPath{"", text};
    }
    const std::string_view prefix = text.substr(0, colon + 1);
    if (std::find(type.words.begin(), type.words.end(), prefix) == type.words.end()) {
        return std::nullopt;
    }
    return PrefixedPath{prefix, text.substr(colon + 1)};
}

void check_existence(const Reading& reading, const std::string& path) {
    const std::string reason = missing_reason(path);
    if (!reason.empty()) {
        reading.report.error(reading.place(),
                             fmt::format("{}: {}: {}", reading.label(), shown_path(path), reason));
    }
}

std::optional<Value> resolved(const Reading& reading, const std::string& text) {
    if (text.empty()) {
        return Value(text);
    }
    const auto parts = split_prefix(reading.type, text);
    if (!parts) {
        reading.unexpected(*reading.pair.value, expectation(reading.type),
                           instead_of_prefix(text.substr(0, text.find(':') + 1)));
        return std::nullopt;
    }
    const auto form = reading.type.words.empty() ? TableForm::file : table_form(parts->prefix, parts->path);
    if (form == TableForm::rows || form == TableForm::source) {
        return Value(text);
    }
    const std::string path = resolve_path(reading.file.directory, parts->path);
    if (reading.type.must_exist && form == TableForm::file) {
        check_existence(reading, path);
    }
    const bool is_berkeley = form == TableForm::database && parts->prefix.empty();
    return Value(std::string(is_berkeley ? "db:" : parts->prefix) + path);
}

// OpenDKIM compares blocks as text, so that one with host bits matches nobody there.
void warn_of_host_bits(const Reading& reading, const TreeNode& item) {
    if (reading.type.kind != Kind::networks && reading.type.kind != Kind::hosts) {
        return;
    }
    const auto block = std::string_view(item.text).substr(item.text.starts_with('!') ? 1 : 0);
    if (base::IpNetwork::has_host_bits(block)) {
        reading.report.warning(place_of(reading.file, item),
                               fmt::format("{}: '{}' stands for all of {}", reading.label(), block,
                                           base::IpNetwork::parse(block)->print()),
                               "write the block without host bits, or the address without a block");
    }
}

// "${HOSTNAME}", "$HOSTNAME", "$(hostname)", "`hostname`"
bool looks_like_variable(std::string_view text) {
    const auto at = text.find('$');
    const char next = at == std::string_view::npos || at + 1 == text.size() ? '\0' : text[at + 1];
    return next == '{' || next == '(' || base::is_upper(next) ||
           (text.size() > 2 && text.starts_with('`') && text.ends_with('`'));
}

void warn_of_variable(const Reading& reading, const TreeNode& node) {
    const auto kind = reading.type.kind;
    const bool is_text = kind == Kind::text || kind == Kind::path || kind == Kind::texts;
    if (is_text && looks_like_variable(node.text)) {
        reading.report.warning(place_of(reading.file, node),
                               fmt::format("{}: {} is taken as it stands", reading.label(),
                                           base::quoted(node.text, longest_quote)),
                               reading.pair.name->text == "authserv_id"
                                   ? "write HOSTNAME for the name of this host"
                                   : "variables have no meaning here");
    }
}

std::optional<Value> read_list(const Reading& reading) {
    std::vector<std::string_view> items;
    bool sound = true;
    for (const TreeNode* item : reading.pair.value->children) {
        std::optional<Refusal> refusal;
        if (item->kind != TreeNode::Kind::scalar) {
            refusal = Refusal{};
        } else {
            refusal = check_item(reading.type, item->text);
        }
        if (refusal && !item->quoted && item->text.find(" - ") != std::string::npos) {
            refusal->hint = "indent the items of a list alike, else they are one text";
        }
        if (refusal) {
            reading.refuse(*item, item_expectation(reading.type), *refusal);
            sound = false;
        }
        warn_of_host_bits(reading, *item);
        warn_of_variable(reading, *item);
        items.push_back(item->text);
    }
    if (!sound) {
        return std::nullopt;
    }
    return parse_list(reading.type, items).value();
}

std::optional<Value> read_scalar(const Reading& reading) {
    const TreeNode& node = *reading.pair.value;
    auto value = parse_value(reading.type, node.text, node.quoted);
    if (!value) {
        reading.refuse(node, expectation(reading.type), value.error());
        return std::nullopt;
    }
    warn_of_variable(reading, node);
    return reading.type.kind == Kind::path ? resolved(reading, std::get<std::string>(*value))
                                           : std::move(*value);
}

bool takes_null(const Type& type) {
    return type.kind == Kind::word &&
           std::any_of(type.words.begin(), type.words.end(),
                       [](std::string_view word) { return base::iequals(word, "null"); });
}

std::string_view kind_name(TreeNode::Kind kind) {
    return kind == TreeNode::Kind::mapping ? "settings below it" : "a list";
}

} // namespace

std::optional<Value> read_value(const Type& type, const Pair& pair, std::string_view prefix, const File& file,
                                Report& report) {
    const Reading reading{type, pair, prefix, file, report};
    switch (pair.value->kind) {
    case TreeNode::Kind::null:
        if (!pair.value->text.empty() && takes_null(type)) { // a word of policyd-spf, and of YAML
            return read_scalar(reading);
        }
        report.error(place_of(file, *pair.name),
                     fmt::format("{} has no value: expected {}", reading.label(), expectation(type)),
                     "leave the line out for the default");
        return std::nullopt;
    case TreeNode::Kind::scalar:
        if (auto hint = pasted_key_hint(*pair.value); !hint.empty()) {
            report.error(reading.place(), fmt::format("{}: a key stands here", reading.label()),
                         std::move(hint));
            return std::nullopt;
        }
        return read_scalar(reading);
    case TreeNode::Kind::sequence:
        if (is_list(type.kind)) {
            return read_list(reading);
        }
        break;
    case TreeNode::Kind::mapping:
        break;
    }
    reading.unexpected(*pair.value, expectation(type), {});
    return std::nullopt;
}

std::string missing_blank(const TreeNode& text) {
    const auto colon = text.text.find(':');
    const bool blank_follows = colon + 1 < text.text.size() && base::is_wsp(text.text[colon + 1]);
    if (text.kind != TreeNode::Kind::scalar || text.quoted || colon == std::string::npos || colon == 0 ||
        colon + 1 == text.text.size() || blank_follows) {
        return {};
    }
    return fmt::format(
        "a blank is missing behind the colon: write {}",
        base::quoted(fmt::format("{}: {}", text.text.substr(0, colon), text.text.substr(colon + 1)),
                     longest_quote));
}

std::string pasted_key_hint(const TreeNode& node) {
    const bool pasted =
        node.kind == TreeNode::Kind::scalar && node.text.find("-----BEGIN ") != std::string::npos;
    return pasted ? "keys are named by file: save it as a file that only root and the daemon can read, "
                    "and write its path"
                  : "";
}

std::string unknown_name_hint(const Pair& pair, const std::vector<std::string_view>& known) {
    const auto meant = nearest(pair.name->text, known);
    std::string hint = pasted_key_hint(*pair.value);
    hint = hint.empty() ? missing_blank(*pair.name) : hint;
    return hint.empty() && meant ? fmt::format("did you mean '{}'?", *meant) : hint;
}

bool expect_kind(TreeNode::Kind kind, const Pair& pair, std::string_view prefix, const File& file,
                 Report& report) {
    const TreeNode& value = *pair.value;
    if (value.kind == kind || (value.kind == TreeNode::Kind::null && kind == TreeNode::Kind::mapping)) {
        return true;
    }
    const Place place = place_of(file, value.kind == TreeNode::Kind::null ? *pair.name : value);
    report.error(place,
                 fmt::format("'{}{}': expected {}, not {}", prefix, pair.name->text, kind_name(kind),
                             print(value.kind)),
                 !pasted_key_hint(value).empty()   ? pasted_key_hint(value)
                 : kind == TreeNode::Kind::mapping ? missing_blank(value)
                                                   : "");
    return false;
}

std::vector<Pair> unique_pairs(const TreeNode& mapping, std::string_view prefix, const File& file,
                               Report& report) {
    std::vector<Pair> pairs;
    std::unordered_map<std::string_view, const TreeNode*> first;
    for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
        const TreeNode& name = *mapping.children[i];
        if (name.kind != TreeNode::Kind::scalar) {
            report.error(place_of(file, name), fmt::format("expected a name, not {}", print(name.kind)));
            continue;
        }
        const auto [known, is_new] = first.try_emplace(name.text, &name);
        if (is_new) {
            pairs.push_back({&name, mapping.children[i + 1]});
            continue;
        }
        report.error(place_of(file, name),
                     fmt::format("'{}{}' is given twice", prefix, base::shown(name.text, longest_quote)),
                     fmt::format("first at {}", print(place_of(file, *known->second))));
    }
    return pairs;
}

} // namespace config
