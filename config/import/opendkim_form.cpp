// What a signature of opendkim is made of.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/import/data_set.h"
#include "config/import/opendkim.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace config::import {

namespace {

constexpr std::string_view default_fields =
    "From, Reply-To, Subject, Date, To, Cc, Resent-Date, Resent-From, Resent-Sender, Resent-To, Resent-Cc, "
    "In-Reply-To, References, List-Id, List-Help, List-Unsubscribe, List-Subscribe, List-Post, List-Owner, "
    "List-Archive";

void import_canonicalization(Job& job) {
    const Option* option = job.find("Canonicalization");
    if (option == nullptr) {
        if (job.work().signs) {
            job.tell(Effect::receivers, "Canonicalization is not given: signatures are relaxed/relaxed now, "
                                        "and were simple/simple. Fewer break on their way");
        }
        return;
    }
    const auto slash = option->value.find('/');
    const std::string header = base::to_lower(option->value.substr(0, slash));
    const std::string body =
        slash == std::string::npos ? "simple" : base::to_lower(option->value.substr(slash + 1));
    job.set(*option, "signing.header_canonicalization", header);
    job.set(*option, "signing.body_canonicalization", body);
}

std::vector<std::string> names_of(const std::vector<SetItem>& items) {
    std::vector<std::string> names;
    for (const SetItem& item : items) {
        names.push_back(item.name);
    }
    return names;
}

bool holds(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::any_of(names, [&](const std::string& one) { return base::iequals(one, name); });
}

// "*,+a,-b": what OpenDKIM does with a list of changes. Beside "*" it passes over names without a sign.
std::vector<std::string> in_our_notation(std::vector<std::string> names) {
    if (holds(names, "*")) {
        std::erase_if(names, [](const std::string& name) {
            return name != "*" && !name.starts_with('+') && !name.starts_with('-');
        });
    }
    return names;
}

void import_signed(Job& job) {
    const Option* option = job.find("SignHeaders");
    if (option == nullptr) {
        if (job.work().signs) {
            job.tell(Effect::receivers,
                     fmt::format("SignHeaders is not given: the built-in list is signed, which has more "
                                 "fields than OpenDKIM's, Message-ID, MIME-Version and Content-Type among "
                                 "them. To have the old one: signing.signed_fields: [{}]",
                                 default_fields));
        }
        return;
    }
    const auto items = job.items_of(*option);
    if (!items) {
        return;
    }
    auto names = in_our_notation(names_of(*items));
    if (!holds(names, "*") && !holds(names, "From")) {
        names.insert(names.begin(), "From"); // OpenDKIM signs it in any case
    }
    std::erase(names, "-From");
    job.set_list(*option, "signing.signed_fields", names);
}

void import_oversigned(Job& job) {
    const Option* option = job.find("OversignHeaders");
    if (option == nullptr) {
        if (job.work().signs) {
            job.tell(Effect::receivers,
                     "OversignHeaders is not given: From, Subject, To and others are oversigned now, so that "
                     "nobody can add a second one. A list that adds such a field breaks the signature; see "
                     "signed-fields.md");
        }
        return;
    }
    if (const auto items = job.items_of(*option)) {
        job.set_list(*option, "signing.oversigned_fields", names_of(*items));
        job.set_list(*option, "signing.oversigned_if_present", {});
    }
}

void import_omitted(Job& job) {
    const Option* option = job.find("OmitHeaders");
    const auto items = option == nullptr ? std::nullopt : job.items_of(*option);
    if (!items) {
        return;
    }
    auto names = in_our_notation(names_of(*items));
    const bool from = std::erase_if(names, [](const std::string& name) {
                          return base::iequals(name, "From") || base::iequals(name, "+From");
                      }) > 0;
    if (from) {
        job.tell(Effect::note, *option, "From is always signed; OpenDKIM could not sign at all with it");
    }
    job.set_list(*option, "signing.omitted_fields", names);
}

void import_sender_fields(Job& job) {
    const Option* option = job.find("SenderHeaders");
    const auto items = option == nullptr ? std::nullopt : job.items_of(*option);
    if (!items) {
        return;
    }
    constexpr std::array<std::string_view, 5> known{"From", "Sender", "List-Post", "List-Id", "Resent-From"};
    std::vector<std::string> fields;
    for (const SetItem& item : *items) {
        const auto found = std::ranges::find_if(
            known, [&](std::string_view name) { return base::iequals(name, item.name); });
        if (found == known.end()) {
            job.tell(Effect::decide, *option,
                     fmt::format("{} cannot choose the key and is left out", base::quoted(item.name)));
        } else {
            fields.emplace_back(*found);
        }
    }
    if (fields.empty() || fields == std::vector<std::string>{"From"}) {
        return; // as by default
    }
    job.draft().add_key_fields(fields, option->place);
}

void import_algorithm(Job& job) {
    const Option* option = job.find("SignatureAlgorithm");
    if (option == nullptr) {
        return;
    }
    if (base::iequals(option->value, "rsa-sha1")) {
        job.tell(Effect::receivers, *option,
                 "signatures are rsa-sha256 now; those with rsa-sha1 do not pass anywhere (RFC 8301)");
    } else if (!base::iequals(option->value, "rsa-sha256") &&
               !base::iequals(option->value, "ed25519-sha256")) {
        job.tell(
            Effect::note, *option,
            fmt::format("opendkim takes one algorithm and does not start with {}; here each key signs in "
                        "the way of its kind",
                        base::quoted(option->value)));
    }
}

} // namespace

void import_signing_form(Job& job) {
    import_canonicalization(job);
    import_signed(job);
    import_oversigned(job);
    import_omitted(job);
    import_sender_fields(job);
    job.carry_seconds("SignatureTTL", "signing.lifetime");
    job.carry_truth("MultipleSignatures", "signing.all_matches");
    import_algorithm(job);
}

} // namespace config::import
