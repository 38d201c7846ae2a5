#include "config/check_signed_fields.h"

#include "base/ascii.h"
#include "config/load_settings.h"
#include "dkim/field_lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace config {

namespace {

constexpr std::string_view signed_path = "signing.signed_fields";
constexpr std::string_view if_present_path = "signing.oversigned_if_present";
constexpr std::string_view oversigned_path = "signing.oversigned_fields";
constexpr std::string_view omitted_path = "signing.omitted_fields";

bool changes_on_the_way(std::string_view name) {
    static constexpr std::array<std::string_view, 15> names{"Received",
                                                            "Return-Path",
                                                            "Delivered-To",
                                                            "X-Original-To",
                                                            "Envelope-To",
                                                            "Received-SPF",
                                                            "Authentication-Results",
                                                            "X-Spam-Status",
                                                            "DKIM-Signature",
                                                            "Bcc",
                                                            "Resent-Bcc",
                                                            "DomainKey-Signature",
                                                            "ARC-Seal",
                                                            "ARC-Message-Signature",
                                                            "ARC-Authentication-Results"};
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view known) { return base::iequals(known, name); });
}

// The first few, and how many more.
std::string shown(const dkim::FieldList& names) {
    constexpr std::size_t most = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
        text += (i == 0 ? "" : ", ") + names[i];
    }
    return names.size() > most ? fmt::format("{} and {} more", text, names.size() - most) : text;
}

class FieldsCheck {
  public:
    FieldsCheck(const Settings& settings, const TreeNode* root, const File& file, Report& report)
        : settings_(settings), root_(root), file_(file), report_(report) {
        dkim::choose_fields({.signed_fields = settings.signing.signed_fields,
                             .oversigned_fields = settings.signing.oversigned_fields,
                             .oversigned_if_present = settings.signing.oversigned_if_present,
                             .omitted_fields = settings.signing.omitted_fields},
                            options_);
    }

    void check() const {
        const auto& signing = settings_.signing;
        const bool has_from = from();
        check_list(signed_path, signing.signed_fields);
        check_list(if_present_path, signing.oversigned_if_present);
        check_list(oversigned_path, signing.oversigned_fields);
        signs(omitted_path, signing.omitted_fields);
        const bool has_room = dkim::leave_room(options_.oversigned_fields);
        if (!has_room) {
            report_.error(at(oversigned_path),
                          fmt::format("'{}' holds more names than fit into a signature", oversigned_path),
                          "keep those that mail programs show or act on");
        }
        if (has_from && has_room) {
            gaps();
        }
    }

  private:
    // RFC 6376 5.4: the From field MUST be signed.
    [[nodiscard]] bool from() const {
        const auto& fields = settings_.signing.signed_fields;
        const auto is_from = [](std::string_view entry) { return base::iequals(entry, "From"); };
        const bool taken_out = std::any_of(fields.begin(), fields.end(), [&](const auto& entry) {
            return dkim::takes_out(entry) && is_from(dkim::named_by(entry));
        });
        const bool listed =
            dkim::is_delta(fields) ? !taken_out : std::any_of(fields.begin(), fields.end(), is_from);
        if (!fields.empty() && !listed) {
            report_.error(at(signed_path), fmt::format("'{}' must hold From", signed_path));
        }
        warn_of_omitted_from();
        return fields.empty() || listed;
    }

    void warn_of_omitted_from() const {
        const auto& omitted = settings_.signing.omitted_fields;
        for (std::size_t i = 0; i < omitted.size(); ++i) {
            if (base::iequals(dkim::named_by(omitted[i]), "From") && !dkim::takes_out(omitted[i])) {
                report_.warning(at_item(omitted_path, i),
                                fmt::format("'{}': From is signed all the same", omitted_path),
                                "RFC 6376 5.4: it must be");
            }
        }
    }

    void check_list(std::string_view path, const dkim::FieldList& list) const {
        signs(path, list);
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (!dkim::takes_out(list[i])) {
                check_name(path, i, dkim::named_by(list[i]));
            }
        }
    }

    // OpenDKIM takes +NAME for the name of a field there, and signs nothing by it.
    void signs(std::string_view path, const dkim::FieldList& list) const {
        for (std::size_t i = 0; i < list.size() && !dkim::is_delta(list); ++i) {
            if (dkim::named_by(list[i]).size() != list[i].size()) {
                report_.error(
                    at_item(path, i),
                    fmt::format("'{}': {} changes the built-in list, which \"*\" stands for", path, list[i]),
                    "add \"*\" to the list, or leave out the sign");
            }
        }
    }

    void check_name(std::string_view path, std::size_t i, std::string_view name) const {
        // The result with the login is added after the signatures are made.
        if (settings_.roles.report_authentication && base::iequals(name, "Authentication-Results")) {
            report_.error(
                at_item(path, i),
                fmt::format(
                    "'{}': Authentication-Results cannot be signed with 'roles.report_authentication'", path),
                "the result that is added would break the signature");
        }
        // RFC 6376 5.4: what is added, changed or removed on the way breaks the signature that covers it.
        if (changes_on_the_way(name)) {
            report_.warning(
                at_item(path, i),
                fmt::format("'{}': {} changes on the way, which breaks the signature", path, name),
                "leave it out");
        }
        // Each signature of ours adds one, which the other signs as absent.
        if (path != signed_path && base::iequals(name, "DKIM-Signature")) {
            report_.error(at_item(path, i), fmt::format("'{}': DKIM-Signature cannot be oversigned", path),
                          "every signature adds such a field, and would break the others");
        }
    }

    // What others can make of a mail that the lists sign.
    void gaps() const {
        const auto gaps = dkim::find_gaps(options_);
        if (!gaps.addable.empty()) {
            const auto path = first_given({oversigned_path, if_present_path, signed_path, omitted_path});
            report_.warning(
                at(path),
                fmt::format("'{}': others can add to a signed mail of yours, and it stays signed: {}", path,
                            shown(gaps.addable)),
                remedy(path));
        }
        if (!gaps.unsigned_names.empty()) {
            const auto path = first_given({signed_path, omitted_path, if_present_path, oversigned_path});
            report_.warning(
                at(path),
                fmt::format("'{}': others can add, change or remove in a signed mail of yours, and it stays "
                            "signed: {}",
                            path, shown(gaps.unsigned_names)),
                remedy(path));
        }
    }

    [[nodiscard]] std::string remedy(std::string_view path) const {
        const TreeNode* list = find_value(root_, path);
        const bool is_plain =
            list == nullptr || std::none_of(list->children.begin(), list->children.end(),
                                            [](const auto* item) { return item->text == "*"; });
        return is_plain ? "keep \"*\" in the list, and take out single names with -NAME"
                        : "see the guide on signed fields for what each is good for";
    }

    template <std::size_t N>
    [[nodiscard]] std::string_view first_given(const std::string_view (&paths)[N]) const {
        const auto* const found =
            std::find_if(std::begin(paths), std::end(paths),
                         [this](std::string_view path) { return find_value(root_, path) != nullptr; });
        return found == std::end(paths) ? paths[0] : *found;
    }

    [[nodiscard]] Place at(std::string_view path) const {
        const TreeNode* node = find_value(root_, path);
        return node == nullptr ? Place{&file_, 0, 0} : place_of(file_, *node);
    }

    [[nodiscard]] Place at_item(std::string_view path, std::size_t index) const {
        const TreeNode* list = find_value(root_, path);
        return list != nullptr && index < list->children.size() ? place_of(file_, *list->children[index])
                                                                : at(path);
    }

    const Settings& settings_;
    const TreeNode* root_;
    const File& file_;
    Report& report_;
    dkim::SignOptions options_;
};

} // namespace

void check_signed_fields(const Settings& settings, const TreeNode* root, const File& file, Report& report) {
    FieldsCheck(settings, root, file, report).check();
}

} // namespace config
