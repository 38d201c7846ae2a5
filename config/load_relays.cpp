#include "config/load_relays.h"

#include "base/secret_text.h"
#include "config/policy_checks.h"
#include "config/suggest.h"
#include "config/text_checks.h"

#include <algorithm>

namespace config {

namespace {

constexpr std::string_view prefix = "relays.hosts.";

void unknown_name(const Pair& pair, const File& file, Report& report) {
    const auto meant = nearest(pair.name->text, names_of(relay_schema()));
    std::string hint = missing_blank(*pair.name);
    if (hint.empty() && meant) {
        hint = fmt::format("did you mean '{}'?", *meant);
    }
    report.error(place_of(file, *pair.name),
                 fmt::format("unknown setting '{}{}'", prefix, base::shown(pair.name->text)),
                 std::move(hint));
}

} // namespace

void RelayLoader::load(const Pair& pair, const File& file) {
    place_ = place_of(file, *pair.name);
    if (!expect_kind(TreeNode::Kind::sequence, pair, "relays.", file, report_)) {
        return;
    }
    for (const TreeNode* item : pair.value->children) {
        load_relay(*item, file);
    }
}

void RelayLoader::load_relay(const TreeNode& item, const File& file) {
    RelayEntry& relay = relays_.emplace_back();
    relay.named_in = file.name;
    relay.line = item.line;
    if (item.kind != TreeNode::Kind::mapping) {
        report_.error(
            place_of(file, item),
            fmt::format("'relays.hosts': expected a mapping with addresses, not {}", print(item.kind)),
            item.kind == TreeNode::Kind::scalar && check_relay_address(item.text) == std::nullopt
                ? fmt::format("write {{addresses: [{}]}}", item.text)
                : pasted_key_hint(item));
        return;
    }
    load_fields(relay_schema(), item, prefix, relay, file, report_,
                [&](const Pair& other) { unknown_name(other, file, report_); });
    std::transform(relay.names.begin(), relay.names.end(), relay.names.begin(), settled_domain_pattern);
    for (std::size_t i = 0; i + 1 < item.children.size(); i += 2) {
        const TreeNode& value = *item.children[i + 1];
        if (item.children[i]->text == "addresses" && value.kind == TreeNode::Kind::sequence &&
            value.children.empty()) {
            report_.error(place_of(file, value), "'relays.hosts.addresses' names no address");
        }
    }
}

} // namespace config
