#include "config/load_check.h"

#include "base/ascii.h"
#include "config/load_settings.h"

#include <fmt/format.h>

#include <algorithm>

namespace config {

namespace {

// What the mail servers wait for a filter at the end of a message unless told otherwise: Postfix has
// milter_content_timeout = 300s, Sendmail T=...;E:5m, and both spend some of it on other filters.
constexpr std::chrono::seconds mail_server_patience{250};

struct Checks {
    const Settings& settings;
    const TreeNode* root;
    const File& file;
    Report& report;

    [[nodiscard]] Place at(std::string_view path) const {
        const TreeNode* node = find_value(root, path);
        return node == nullptr ? Place{&file, 0, 0} : place_of(file, *node);
    }

    // Also true of a value that was refused: it has its own diagnostic and must not cause another one.
    [[nodiscard]] bool given(std::string_view path) const {
        const TreeNode* node = find_value(root, path);
        return node != nullptr && !(node->kind == TreeNode::Kind::scalar && node->text.empty());
    }

    void needs(std::string_view path, std::string_view other, std::string_view why) const {
        if (given(path) && !given(other)) {
            report.error(at(path), fmt::format("'{}' needs '{}'", path, other), std::string(why));
        }
    }

    void tables() const {
        needs("signing.key_table", "signing.signing_table",
              "the signing table says which key signs for whom");
        needs("signing.signing_table", "signing.key_table", "the key table says where the keys are");
    }

    void durations() const {
        if (settings.dns.message_budget > mail_server_patience) {
            report.warning(at("dns.message_budget"),
                           "'dns.message_budget' is longer than mail servers wait for a filter (5m)",
                           "a few seconds are enough");
        }
        if (settings.dns.timeout > settings.dns.message_budget) {
            report.warning(at("dns.timeout"),
                           "'dns.timeout' is longer than 'dns.message_budget' and has no effect");
        }
    }

    // RFC 6376 5.4: the From field MUST be signed.
    void signed_fields() const {
        const auto& fields = settings.signing.signed_fields;
        const bool has_from = std::any_of(fields.begin(), fields.end(),
                                          [](const auto& name) { return base::iequals(name, "From"); });
        if (!fields.empty() && !has_from) {
            report.error(at("signing.signed_fields"), "'signing.signed_fields' must hold From");
        }
    }

    void key_bits() const {
        if (settings.dkim.minimum_key_bits > settings.dkim.maximum_key_bits) {
            report.error(at("dkim.minimum_key_bits"),
                         "'dkim.minimum_key_bits' is above 'dkim.maximum_key_bits'");
        }
    }

    void header_limits() const {
        if (settings.limits.header_field_bytes > settings.limits.header_bytes) {
            report.error(at("limits.header_field_bytes"),
                         "'limits.header_field_bytes' is above 'limits.header_bytes'");
        }
    }

    void roles() const {
        if (!settings.roles.verify && !settings.roles.sign) {
            report.warning(at("roles.verify"),
                           "neither 'roles.verify' nor 'roles.sign': no mail is looked at");
        }
    }

    void dmarc() const {
        if (settings.dmarc.enabled && !settings.spf.enabled && !settings.dkim.enabled) {
            report.error(at("dmarc.enabled"), "'dmarc.enabled' needs 'spf.enabled' or 'dkim.enabled'",
                         "without either, all mail would fail");
        }
    }
};

} // namespace

void check_settings(const Settings& settings, const TreeNode* root, const File& file, Report& report) {
    const Checks checks{settings, root, file, report};
    checks.tables();
    checks.durations();
    checks.signed_fields();
    checks.key_bits();
    checks.header_limits();
    checks.roles();
    checks.dmarc();
}

} // namespace config
