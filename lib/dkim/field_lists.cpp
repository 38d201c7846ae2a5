#include "dkim/field_lists.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>

namespace dkim {

namespace {

constexpr std::string_view built_in = "*";

bool holds(const FieldList& list, std::string_view name) {
    return std::any_of(list.begin(), list.end(), [&](const auto& one) { return base::iequals(one, name); });
}

void add(std::string_view name, FieldList& list) {
    if (!holds(list, name)) {
        list.emplace_back(name);
    }
}

void take_out(const FieldList& names, FieldList& list) {
    std::erase_if(list, [&](const auto& name) { return holds(names, name); });
}

// Those that somebody wrote: whatever has no minus.
FieldList written(const FieldList& list) {
    FieldList names;
    for (const auto& entry : list) {
        if (entry != built_in && !(is_delta(list) && takes_out(entry))) {
            add(is_delta(list) ? named_by(entry) : std::string_view(entry), names);
        }
    }
    return names;
}

FieldList taken_out(const FieldList& list) {
    FieldList names;
    for (const auto& entry : list) {
        if (is_delta(list) && takes_out(entry)) {
            add(named_by(entry), names);
        }
    }
    return names;
}

// Those of the built-in list that are left. OpenDKIM takes names out first and adds others then, in
// whatever order they stand.
FieldList left_of(const FieldList& defaults, const FieldList& list) {
    FieldList names = is_delta(list) ? defaults : FieldList();
    take_out(taken_out(list), names);
    return names;
}

FieldList joined(FieldList first, const FieldList& second) {
    for (const auto& name : second) {
        add(name, first);
    }
    return first;
}

// RFC 6376 5.4: From must be signed.
FieldList but_from(FieldList names) {
    take_out({"from"}, names);
    return names;
}

FieldList with_signs(const FieldList& defaults, const FieldList& list) {
    return joined(left_of(defaults, list), written(list));
}

} // namespace

const FieldList& default_omitted_fields() {
    static const FieldList names = {"return-path", "received",   "comments",      "keywords",
                                    "bcc",         "resent-bcc", "dkim-signature"};
    return names;
}

bool is_delta(const FieldList& list) {
    return std::find(list.begin(), list.end(), built_in) != list.end();
}

bool takes_out(std::string_view entry) {
    return entry.starts_with('-');
}

std::string_view named_by(std::string_view entry) {
    if (entry == built_in) {
        return {};
    }
    return entry.substr(entry.starts_with('+') || entry.starts_with('-') ? 1 : 0);
}

void choose_fields(const FieldLists& lists, SignOptions& options) {
    // A name that is not to be signed is not to be signed once more either, unless somebody wrote so.
    auto not_signed = but_from(taken_out(lists.signed_fields));
    take_out(written(lists.signed_fields), not_signed);
    const auto oversigned = [&](const FieldList& defaults, const FieldList& list) {
        auto names = left_of(defaults, list);
        take_out(not_signed, names);
        return joined(std::move(names), written(list));
    };
    options.oversigned_fields = oversigned(default_oversigned_fields(), lists.oversigned_fields);
    options.oversigned_if_present = oversigned(default_oversigned_if_present(), lists.oversigned_if_present);
    options.signed_fields = joined(with_signs(default_signed_fields(), lists.signed_fields),
                                   written(lists.oversigned_if_present));
    const auto omitted = but_from(with_signs(default_omitted_fields(), lists.omitted_fields));
    for (auto* names : {&options.signed_fields, &options.oversigned_if_present, &options.oversigned_fields}) {
        take_out(omitted, *names);
    }
    // What is oversigned is signed as well, and need not be looked for twice in each message.
    take_out(options.oversigned_fields, options.signed_fields);
}

void spare_lists(SignOptions& options) {
    for (const auto* const name : {"reply-to", "cc"}) {
        if (holds(options.oversigned_fields, name)) {
            std::erase_if(options.oversigned_fields,
                          [&](const auto& one) { return base::iequals(one, name); });
            options.signed_fields.emplace_back(name);
            options.oversigned_if_present.emplace_back(name);
        }
    }
}

Gaps find_gaps(const SignOptions& options) {
    Gaps gaps;
    for (const auto* names : {&default_oversigned_fields(), &default_oversigned_if_present()}) {
        for (const auto& name : *names) {
            const bool always = holds(options.oversigned_fields, name);
            if (!always && !holds(options.signed_fields, name) && name != "from") {
                gaps.unsigned_names.push_back(name);
            } else if (!always && (names == &default_oversigned_fields() ||
                                   !holds(options.oversigned_if_present, name))) {
                gaps.addable.push_back(name);
            }
        }
    }
    return gaps;
}

} // namespace dkim
