#include "config/check_signed_fields.h"

#include "base/ascii.h"
#include "config/domain_signing.h"
#include "config/load_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace config {

namespace {

constexpr std::string_view signed_fields = "signed_fields";
constexpr std::string_view if_present = "oversigned_if_present";
constexpr std::string_view oversigned = "oversigned_fields";
constexpr std::string_view omitted = "omitted_fields";

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

void take_out(const dkim::FieldList& names, dkim::FieldList& list) {
    std::erase_if(
        list, [&](const auto& name) { return std::find(names.begin(), names.end(), name) != names.end(); });
}

class FieldsCheck {
  public:
    FieldsCheck(const Settings& settings, const GivenLists& lists, Report& report)
        : settings_(settings), lists_(lists), report_(report) {
        dkim::choose_fields(field_lists(lists.signing), options_);
    }

    void check() const {
        const bool has_from = from();
        warn_of_omitted_from();
        for (const auto name : {signed_fields, if_present, oversigned}) {
            check_list(name);
        }
        signs(omitted);
        const bool has_room = !given(oversigned) || dkim::leave_room(options_.oversigned_fields);
        if (!has_room) {
            error(oversigned, {}, " holds more names than fit into a signature",
                  "keep those that mail programs show or act on");
        }
        if (has_from && has_room) {
            gaps();
        }
    }

  private:
    [[nodiscard]] const dkim::FieldList& list(std::string_view name) const {
        return name == signed_fields ? lists_.signing.signed_fields
               : name == if_present  ? lists_.signing.oversigned_if_present
               : name == oversigned  ? lists_.signing.oversigned_fields
                                     : lists_.signing.omitted_fields;
    }

    // RFC 6376 5.4: the From field MUST be signed.
    [[nodiscard]] bool from() const {
        const auto& fields = list(signed_fields);
        const auto is_from = [](std::string_view entry) { return base::iequals(entry, "From"); };
        const bool taken_out = std::any_of(fields.begin(), fields.end(), [&](const auto& entry) {
            return dkim::takes_out(entry) && is_from(dkim::named_by(entry));
        });
        const bool listed =
            dkim::is_delta(fields) ? !taken_out : std::any_of(fields.begin(), fields.end(), is_from);
        if (given(signed_fields) && !fields.empty() && !listed) {
            error(signed_fields, {}, " must hold From");
        }
        return fields.empty() || listed;
    }

    void warn_of_omitted_from() const {
        const auto& fields = list(omitted);
        for (std::size_t i = 0; given(omitted) && i < fields.size(); ++i) {
            if (base::iequals(dkim::named_by(fields[i]), "From") && !dkim::takes_out(fields[i])) {
                lists_.warn(FieldWarning::omitted_from, lists_.place(omitted, i),
                            shown_name(omitted) + ": From is signed all the same",
                            "RFC 6376 5.4: it must be");
            }
        }
    }

    void check_list(std::string_view name) const {
        signs(name);
        const auto& fields = list(name);
        for (std::size_t i = 0; given(name) && i < fields.size(); ++i) {
            if (!dkim::takes_out(fields[i])) {
                check_name(name, i, dkim::named_by(fields[i]));
            }
        }
    }

    // OpenDKIM takes +NAME for the name of a field there, and signs nothing by it.
    void signs(std::string_view name) const {
        const auto& fields = list(name);
        for (std::size_t i = 0; given(name) && i < fields.size() && !dkim::is_delta(fields); ++i) {
            if (dkim::named_by(fields[i]).size() != fields[i].size()) {
                error(name, i, ": " + fields[i] + " changes the built-in list, which \"*\" stands for",
                      "add \"*\" to the list, or leave out the sign");
            }
        }
    }

    void check_name(std::string_view name, std::size_t i, std::string_view field) const {
        // The result with the login is added after the signatures are made.
        if (settings_.roles.report_authentication && base::iequals(field, "Authentication-Results")) {
            error(name, i, ": Authentication-Results cannot be signed with 'roles.report_authentication'",
                  "the result that is added would break the signature");
        }
        // RFC 6376 5.4: what is added, changed or removed on the way breaks the signature that covers it.
        if (changes_on_the_way(field)) {
            lists_.warn(
                FieldWarning::changes_on_the_way, lists_.place(name, i),
                fmt::format("{}: {} changes on the way, which breaks the signature", shown_name(name), field),
                "leave it out");
        }
        // Each signature of ours adds one, which the other signs as absent.
        if (name != signed_fields && base::iequals(field, "DKIM-Signature")) {
            error(name, i, ": DKIM-Signature cannot be oversigned",
                  "every signature adds such a field, and would break the others");
        }
    }

    // What others can make of a mail that the lists sign.
    void gaps() const {
        auto gaps = dkim::find_gaps(options_);
        take_out(lists_.known.addable, gaps.addable);
        take_out(lists_.known.unsigned_names, gaps.unsigned_names);
        if (!gaps.addable.empty()) {
            gap(FieldWarning::addable, first_given({oversigned, if_present, signed_fields, omitted}),
                "add to", gaps.addable);
        }
        if (!gaps.unsigned_names.empty()) {
            gap(FieldWarning::changeable, first_given({signed_fields, omitted, if_present, oversigned}),
                "add, change or remove in", gaps.unsigned_names);
        }
    }

    void gap(FieldWarning kind, std::string_view name, std::string_view what,
             const dkim::FieldList& fields) const {
        lists_.warn(kind, lists_.place(name, {}),
                    fmt::format("{}: others can {} a signed mail of yours, and it stays signed: {}",
                                shown_name(name), what, shown(fields)),
                    given(name) && dkim::is_delta(list(name))
                        ? "see the guide on signed fields for what each is good for"
                        : "keep \"*\" in the list, and take out single names with -NAME");
    }

    [[nodiscard]] bool given(std::string_view name) const { return lists_.is_given(name); }

    [[nodiscard]] std::string_view first_given(std::initializer_list<std::string_view> names) const {
        const auto* const found =
            std::find_if(names.begin(), names.end(), [this](std::string_view name) { return given(name); });
        return found == names.end() ? *names.begin() : *found;
    }

    [[nodiscard]] std::string shown_name(std::string_view name) const {
        return fmt::format("'{}{}'", lists_.prefix, name);
    }

    void error(std::string_view name, std::optional<std::size_t> entry, const std::string& text,
               std::string hint = {}) const {
        report_.error(lists_.place(name, entry), shown_name(name) + text, std::move(hint));
    }

    const Settings& settings_;
    const GivenLists& lists_;
    Report& report_;
    dkim::SignOptions options_;
};

} // namespace

void check_field_lists(const Settings& settings, const GivenLists& lists, Report& report) {
    FieldsCheck(settings, lists, report).check();
}

void check_signed_fields(const Settings& settings, const TreeNode* root, const File& file, Report& report) {
    const std::string prefix = "signing.";
    const auto find = [&](std::string_view name) { return find_value(root, prefix + std::string(name)); };
    const GivenLists lists{
        .signing = settings.signing,
        .prefix = prefix,
        .is_given = [&](std::string_view name) { return find(name) != nullptr; },
        .place =
            [&](std::string_view name, std::optional<std::size_t> entry) {
                const TreeNode* list = find(name);
                const bool has_entry = list != nullptr && entry && *entry < list->children.size();
                return list == nullptr ? Place{&file, 0, 0}
                                       : place_of(file, has_entry ? *list->children[*entry] : *list);
            },
        .warn = [&](FieldWarning, const Place& place, std::string message,
                    std::string hint) { report.warning(place, std::move(message), std::move(hint)); }};
    check_field_lists(settings, lists, report);
}

} // namespace config
