#include "config/load_policy.h"

#include "authenticate/pattern.h"
#include "base/secret_text.h"
#include "config/limits.h"
#include "config/load_settings.h"
#include "config/load_source.h"
#include "config/policy_checks.h"
#include "config/suggest.h"

#include <algorithm>
#include <array>

namespace config {

namespace {

using authenticate::Exception;

void unknown_name(const Pair& pair, const std::string& prefix, const std::vector<std::string_view>& known,
                  const File& file, Report& report) {
    report.error(place_of(file, *pair.name),
                 fmt::format("unknown setting '{}{}'", prefix, base::shown(pair.name->text)),
                 unknown_name_hint(pair, known));
}

// Whether one is there, sound or not: one that was refused has its own diagnostic.
bool states_condition(const TreeNode& exception) {
    constexpr std::array<std::string_view, 8> conditions{"clients",    "client_names", "list_ids",
                                                         "list_posts", "mail_from",    "authors",
                                                         "recipients", "dkim_domains"};
    for (std::size_t i = 0; i + 1 < exception.children.size(); i += 2) {
        const TreeNode& value = *exception.children[i + 1];
        const bool is_empty = value.kind == TreeNode::Kind::sequence && value.children.empty();
        if (!is_empty && std::find(conditions.begin(), conditions.end(), exception.children[i]->text) !=
                             conditions.end()) {
            return true;
        }
    }
    return false;
}

// In the one form in which they are compared. Those that were refused are not there.
void settle_patterns(Exception& exception) {
    for (auto* list :
         {&exception.client_names, &exception.list_ids, &exception.list_posts, &exception.mail_from,
          &exception.authors, &exception.recipients, &exception.dkim_domains}) {
        std::transform(list->begin(), list->end(), list->begin(), [](const std::string& pattern) {
            return authenticate::read_pattern(pattern).value_or(pattern);
        });
    }
}

std::size_t count_patterns(const Exception& exception) {
    return exception.clients.size() + exception.client_names.size() + exception.list_ids.size() +
           exception.list_posts.size() + exception.mail_from.size() + exception.authors.size() +
           exception.recipients.size() + exception.dkim_domains.size();
}

void settle_domains(std::vector<std::string>& domains) {
    std::transform(domains.begin(), domains.end(), domains.begin(), settled_domain_pattern);
}

} // namespace

void PolicyLoader::note(const Pair& pair) {
    noted_.push_back(pair);
}

void PolicyLoader::finish(const TreeNode* root, const File& file) {
    const TreeNode* policy = find_value(root, policy_name);
    if (policy != nullptr && policy->kind == TreeNode::Kind::mapping) {
        note_places(*policy, "policy.", file);
    }
    for (const Pair& pair : noted_) {
        if (pair.name->text == profiles_name) {
            load_profiles(pair, file);
        } else if (expect_kind(TreeNode::Kind::sequence, pair, "policy.", file, report_)) {
            load_exceptions(*pair.value, file);
        }
    }
    load_files(find_value(root, "policy.exception_files"), file);
    if (names_given_twice_ > most_told_twice) {
        report_.error(last_given_twice_,
                      fmt::format("{} more exceptions are given twice, up to this one",
                                  names_given_twice_ - most_told_twice),
                      "is a file of exceptions named twice, or a copy of another?");
    }
}

void PolicyLoader::load_profiles(const Pair& pair, const File& file) {
    if (!expect_kind(TreeNode::Kind::mapping, pair, "policy.", file, report_)) {
        return;
    }
    for (const Pair& profile : unique_pairs(*pair.value, "policy.profiles.", file, report_)) {
        if (settings_.policy.profiles.size() >= max_profiles) {
            report_.error(place_of(file, *profile.name), fmt::format("more than {} profiles", max_profiles));
            return;
        }
        load_profile(profile, file);
    }
}

bool PolicyLoader::may_be_profile(const TreeNode& name, const File& file) {
    const auto refusal = check_profile_name(name.text);
    if (!refusal) {
        return true;
    }
    const auto known = names_of(profile_schema());
    const bool is_setting = std::find(known.begin(), known.end(), name.text) != known.end();
    report_.error(place_of(file, name), fmt::format("'policy.profiles': {}", refusal->reason),
                  is_setting ? "indent it, so that it stands below its profile" : refusal->hint);
    return false;
}

void PolicyLoader::load_profile(const Pair& pair, const File& file) {
    if (!may_be_profile(*pair.name, file) ||
        !expect_kind(TreeNode::Kind::mapping, pair, "policy.profiles.", file, report_)) {
        return;
    }
    const std::string prefix = fmt::format("policy.profiles.{}.", pair.name->text);
    ProfileEntry profile;
    profile.line = pair.name->line;
    profile.rules = settings_.policy.rules;
    profile.rules.policy.profile = pair.name->text;
    const auto& author = settings_.author;
    profile.rules.policy.author = {.missing = author.missing,
                                   .several_fields = author.several_fields,
                                   .several_domains = author.several_domains,
                                   .unreadable = author.unreadable,
                                   .stray_line_break = author.stray_line_break};
    places_.settings.try_emplace(fmt::format("policy.profiles.{}", pair.name->text),
                                 place_of(file, *pair.name));
    note_places(*pair.value, prefix, file);
    for (std::size_t i = 0; i + 1 < pair.value->children.size(); i += 2) {
        profile.given.insert(pair.value->children[i]->text);
    }
    const std::size_t errors = report_.errors();
    load_fields(profile_schema(), *pair.value, prefix, profile, file, report_, [&](const Pair& other) {
        if (other.name->text == replies_name) {
            load_replies(other, prefix, profile, file);
            return;
        }
        auto known = names_of(profile_schema());
        known.push_back(replies_name);
        unknown_name(other, prefix, known, file, report_);
    });
    if (report_.errors() > errors) {
        places_.refused_profiles.insert(pair.name->text);
    }
    settle_domains(profile.conditions.author_domains);
    settle_domains(profile.conditions.recipient_domains);
    settings_.policy.profiles.push_back(std::move(profile));
}

void PolicyLoader::load_replies(const Pair& pair, const std::string& prefix, ProfileEntry& profile,
                                const File& file) {
    if (!expect_kind(TreeNode::Kind::mapping, pair, prefix, file, report_)) {
        return;
    }
    const std::string below = fmt::format("{}{}.", prefix, replies_name);
    note_places(*pair.value, below, file);
    load_fields(profile_reply_schema(), *pair.value, below, profile, file, report_, [&](const Pair& other) {
        unknown_name(other, below, names_of(profile_reply_schema()), file, report_);
    });
}

void PolicyLoader::load_exceptions(const TreeNode& list, const File& file) {
    for (const TreeNode* item : list.children) {
        if (settings_.policy.exceptions.size() >= max_exceptions) {
            report_.error(place_of(file, *item), fmt::format("more than {} exceptions", max_exceptions));
            return;
        }
        load_exception(*item, file);
    }
}

void PolicyLoader::load_exception(const TreeNode& item, const File& file) {
    const std::string prefix = "policy.exceptions.";
    const Place place = place_of(file, item);
    if (item.kind != TreeNode::Kind::mapping) {
        report_.error(
            place,
            fmt::format("'policy.exceptions': expected a mapping with a name and conditions, not {}",
                        print(item.kind)),
            pasted_key_hint(item));
        return;
    }
    Exception exception;
    exception.file = file.name;
    exception.line = item.line;
    load_fields(exception_schema(), item, prefix, exception, file, report_, [&](const Pair& other) {
        unknown_name(other, prefix, names_of(exception_schema()), file, report_);
    });
    const auto [known, is_new] = exception_names_.try_emplace(exception.name, place);
    if (!is_new && !exception.name.empty()) {
        note_given_twice(exception.name, place, known->second);
    }
    if (!states_condition(item)) {
        report_.error(place, fmt::format("exception '{}' would hold for all mail", exception.name),
                      "say whose mail it is for: clients, client_names, list_ids, list_posts, mail_from, "
                      "authors, recipients or dkim_domains");
    }
    if (count_patterns(exception) > max_patterns) {
        report_.error(place,
                      fmt::format("exception '{}' has more than {} values", exception.name, max_patterns),
                      "make several exceptions of it");
    }
    settle_patterns(exception);
    settings_.policy.exceptions.push_back(std::move(exception));
    places_.exceptions.push_back(place);
}

// Each of the first, for there may be a whole file of them.
void PolicyLoader::note_given_twice(const std::string& name, const Place& place, const Place& first) {
    last_given_twice_ = place;
    if (++names_given_twice_ <= most_told_twice) {
        report_.error(place, fmt::format("exception '{}' is given twice", name),
                      fmt::format("first at {}", print(first)));
    }
}

void PolicyLoader::load_files(const TreeNode* list, const File& file) {
    auto& paths = settings_.policy.exception_files;
    if (paths.size() > max_exception_files) {
        report_.error(place_of(file, *list),
                      fmt::format("'policy.exception_files': more than {} files", max_exception_files));
        return;
    }
    for (std::size_t i = 0; i < paths.size(); ++i) {
        paths[i] = resolve_path(file.directory, paths[i]);
        read_file_(
            paths[i], place_of(file, *list->children.at(i)), [&](const TreeNode& root, const File& own) {
                if (root.kind == TreeNode::Kind::sequence) {
                    load_exceptions(root, own);
                } else if (root.kind != TreeNode::Kind::null) {
                    report_.error(place_of(own, root),
                                  fmt::format("expected a list of exceptions, not {}", print(root.kind)),
                                  "each begins with a hyphen: - name: ...");
                }
            });
    }
}

void PolicyLoader::note_places(const TreeNode& mapping, const std::string& prefix, const File& file) {
    for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
        places_.settings.try_emplace(prefix + mapping.children[i]->text,
                                     place_of(file, *mapping.children[i + 1]));
    }
}

} // namespace config
