#include "config/import/job.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/import/data_set.h"
#include "config/import/keyword_file.h"

#include <fmt/format.h>

#include <charconv>

namespace config::import {

namespace {

std::string key_of(Daemon daemon, std::string_view name) {
    return daemon == Daemon::policyd_spf ? std::string(name) : base::to_lower(name);
}

// Asks for nothing, so that nothing is lost with it.
bool is_off(const OptionRow& row, const std::string& value) {
    if (row.holds == Holds::truth) {
        return read_truth(value) == Truth::no;
    }
    return row.holds == Holds::number && read_number(value) == 0UL;
}

} // namespace

Job::Job(Daemon daemon, const Options& options, Work& work)
    : daemon_(daemon), work_(work), file_(options.file) {
    for (const Option& option : options.list) {
        const auto [at, added] = by_name_.try_emplace(key_of(daemon, option.name), last_.size());
        if (added) {
            last_.push_back(option);
            continue;
        }
        if (last_[at->second].value != option.value) {
            doubled_.emplace_back(last_[at->second], option);
        }
        last_[at->second] = option;
    }
    work_.problems.insert(work_.problems.end(), options.problems.begin(), options.problems.end());
}

const Option* Job::find(std::string_view name) const {
    const auto found = by_name_.find(key_of(daemon_, name));
    return found == by_name_.end() ? nullptr : &last_[found->second];
}

bool Job::is_yes(std::string_view name) const {
    const Option* option = find(name);
    return option != nullptr && read_truth(option->value) == Truth::yes;
}

void Job::tell(Effect effect, const Option& option, std::string text) {
    work_.findings.push_back({effect, option.place, option.name, std::move(text)});
}

void Job::tell(Effect effect, std::string text) {
    work_.findings.push_back({effect, whole(), "", std::move(text)});
}

bool Job::set(const Option& option, std::string_view path, std::string_view value) {
    const auto refused = draft().set(path, value, option.place, option.name);
    if (refused) {
        tell(Effect::decide, option,
             fmt::format("{} is not carried over to {}: {}", base::quoted(value), path, *refused));
    }
    return !refused;
}

void Job::set_list(const Option& option, std::string_view path, const std::vector<std::string>& items) {
    for (const auto& refused : draft().set_list(path, items, option.place, option.name)) {
        tell(Effect::decide, option,
             fmt::format("{} is not carried over to {}: {}", base::quoted(refused.item), path,
                         refused.reason));
    }
}

void Job::carry(std::string_view name, std::string_view path) {
    if (const Option* option = find(name)) {
        set(*option, path, option->value);
    }
}

void Job::carry_truth(std::string_view name, std::string_view path) {
    const Option* option = find(name);
    if (option != nullptr && read_truth(option->value) != Truth::neither) {
        set(*option, path, is_yes(name) ? "true" : "false");
    }
}

void Job::carry_seconds(std::string_view name, std::string_view path) {
    if (const Option* option = find(name)) {
        const auto number = read_number(option->value);
        set(*option, path, number ? fmt::format("{}s", *number) : option->value);
    }
}

void Job::tell_of_blank(const Option& option, const ReadSet& read) {
    if (read.has_blank) {
        tell(Effect::note, option,
             fmt::format("opendkim looks for a path that begins with a blank and does not start; it is read "
                         "as {}{} here",
                         read.set.prefix, base::shown(read.set.rest)));
    }
}

std::optional<std::vector<SetItem>> Job::items_of(const Option& option) {
    const ReadSet read = parse_data_set(option.value);
    tell_of_blank(option, read);
    if (!read.unknown.empty() && option.value.find("://") != std::string::npos) {
        tell(Effect::decide, option, // whose text may have a password
             fmt::format("not carried over: {} is no kind of table, and opendkim does not start with it. A "
                         "database begins with dsn:",
                         base::quoted(read.unknown)));
        return std::nullopt;
    }
    if (!read.unknown.empty()) {
        tell(Effect::note, option,
             fmt::format("opendkim takes {} for the kind of a table and does not start; it is read as a list "
                         "here",
                         base::quoted(read.unknown)));
    }
    auto items = read_items(read.set, option.place, base_, work_.files);
    if (!items) {
        tell(Effect::decide, option,
             fmt::format("{}: not carried over. Put it right, or write the setting "
                         "by hand",
                         items.error()));
        return std::nullopt;
    }
    return std::move(*items);
}

void Job::finish() {
    for (const auto& [first, second] : doubled_) {
        tell(Effect::note, second,
             first.place.file == second.place.file
                 ? fmt::format("is given twice; this one counts, not that in line {}", first.place.line)
                 : fmt::format("is given twice; this one counts, not that in {}", first.place.print()));
    }
    for (const Option& option : last_) {
        finish(option);
    }
}

void Job::finish(const Option& option) {
    const OptionRow* row = find_option(daemon_, option.name);
    if (row == nullptr) {
        ++work_.counts.dropped;
        const auto near = nearest_option(daemon_, option.name);
        tell(Effect::dropped, option,
             fmt::format("{} has no option of this name{}{}",
                         daemon_ == Daemon::policyd_spf ? "policyd-spf" : name_of(daemon_),
                         daemon_ == Daemon::policyd_spf ? ", so that it had no effect"
                                                        : " and does not start with it",
                         near.empty() ? std::string() : fmt::format("; did you mean {}?", near)));
        return;
    }
    if (row->holds == Holds::truth && daemon_ != Daemon::policyd_spf &&
        read_truth(option.value) == Truth::neither) {
        work_.problems.push_back(
            {{option.place.file, option.place.line, option.value_column},
             fmt::format("{}: expected yes or no, found {}", row->name, base::quoted(option.value))});
    }
    switch (row->fate) {
    case Fate::carried:
        ++work_.counts.carried;
        break;
    case Fate::default_:
        ++work_.counts.same;
        break;
    case Fate::replaced:
        ++work_.counts.replaced;
        if (!is_off(*row, option.value) && !silent_.contains(row->name)) {
            tell(Effect::replaced, option, std::string(row->text));
        }
        break;
    case Fate::dropped:
        if (is_off(*row, option.value)) {
            ++work_.counts.same;
            break;
        }
        ++work_.counts.dropped;
        tell(row->decides ? Effect::decide : Effect::dropped, option, std::string(row->text));
        break;
    }
}

std::optional<unsigned long> read_number(std::string_view text) {
    int radix = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        radix = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text.front() == '0') {
        radix = 8;
    }
    unsigned long number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, radix);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(number)
                                                                                     : std::nullopt;
}

} // namespace config::import
