#include "config/import/postfix_file.h"

#include "base/ascii.h"
#include "config/import/postfix_reference.h"
#include "config/import/text_lines.h"

#include <algorithm>

namespace config::import {

namespace {

struct LogicalLine {
    std::size_t number;
    std::string text;
};

// postconf(5): a line that begins with a blank goes on with the one before, comments and empty lines between
// them or not.
std::vector<LogicalLine> logical_lines(std::string_view text) {
    std::vector<LogicalLine> logical;
    for (const TextLine& line : lines_of(text)) {
        const std::string_view content = base::trim_wsp(line.text);
        if (content.empty() || content.front() == '#') {
            continue;
        }
        if (base::is_wsp(line.text.front()) && !logical.empty()) {
            logical.back().text += " " + std::string(content);
        } else if (!base::is_wsp(line.text.front())) {
            logical.push_back({line.number, std::string(content)});
        }
    }
    return logical;
}

// "-o name=value", and "{ name = value }" since Postfix 3.0.
void add_override(std::string_view text, const Place& place, PostfixService& service) {
    if (text.starts_with('{') && text.ends_with('}')) {
        text = base::trim_wsp(text.substr(1, text.size() - 2));
    }
    const auto sign = text.find('=');
    if (sign != std::string_view::npos) {
        service.overrides[std::string(base::trim_wsp(text.substr(0, sign)))] = {
            std::string(base::trim_wsp(text.substr(sign + 1))), place};
    }
}

// Words parted by blanks; braces hold blanks together.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words(1);
    int depth = 0;
    for (const char c : text) {
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (depth <= 0 && base::is_wsp(c)) {
            words.emplace_back();
        } else {
            words.back() += c;
        }
    }
    std::erase(words, "");
    return words;
}

void read_arguments(const std::vector<std::string>& words, std::size_t begin, PostfixService& service) {
    for (std::size_t at = begin; at < words.size(); ++at) {
        const std::string& word = words[at];
        if (word.starts_with("argv=")) {
            service.argv.push_back(word.substr(std::string_view("argv=").size()));
            service.argv.insert(service.argv.end(), words.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                                words.end());
            return;
        }
        if (word == "-o" && at + 1 < words.size()) {
            add_override(words[++at], service.place, service);
        } else if (word.starts_with("-o") && word.size() > 2) {
            add_override(std::string_view(word).substr(2), service.place, service);
        }
    }
}

} // namespace

void PostfixFiles::read_main(std::string_view text, const std::string& file) {
    for (const LogicalLine& line : logical_lines(text)) {
        const auto sign = line.text.find('=');
        if (sign == std::string::npos) {
            continue;
        }
        const std::string_view whole = line.text;
        main_[std::string(base::trim_wsp(whole.substr(0, sign)))] = {
            std::string(base::trim_wsp(whole.substr(sign + 1))), {file, line.number, 1}};
    }
}

void PostfixFiles::read_master(std::string_view text, const std::string& file) {
    constexpr std::size_t fields = 8;
    for (const LogicalLine& line : logical_lines(text)) {
        const auto words = words_of(line.text);
        if (words.size() < fields) {
            continue;
        }
        PostfixService service;
        service.name = words[0];
        service.type = words[1];
        service.command = words[fields - 1];
        service.chroot = words[4];
        service.place = {file, line.number, 1};
        read_arguments(words, fields, service);
        services_.push_back(std::move(service));
    }
}

const PostfixValue* PostfixFiles::find(std::string_view name) const {
    const auto found = main_.find(name);
    return found == main_.end() ? nullptr : &found->second;
}

std::string PostfixFiles::expand(std::string_view text) const {
    constexpr int deepest = 8; // a name that stands for itself never ends
    constexpr std::size_t longest = 64 * 1024;
    const auto stands_for = [&](const PostfixReference& reference) {
        const auto* value = find(reference.name);
        return reference.replacement(value == nullptr ? nullptr : &value->text);
    };
    std::string result(text);
    for (int depth = 0; depth < deepest && result.find('$') != std::string::npos; ++depth) {
        std::string next;
        bool changed = false;
        for (std::size_t at = 0; at < result.size() && next.size() < longest;) {
            const auto reference = read_reference(result, at);
            const auto put = reference ? stands_for(*reference) : std::nullopt;
            if (put) {
                next += *put;
                at = reference->end;
                changed = true;
            } else {
                next += result[at++];
            }
        }
        result = std::move(next);
        if (!changed) {
            break;
        }
    }
    return result;
}

std::string PostfixFiles::value_of(std::string_view name) const {
    const auto* value = find(name);
    return value == nullptr ? std::string() : expand(value->text);
}

// master(5): "-" is no since Postfix 3.0, but yes where compatibility_level is 0, its default.
bool PostfixFiles::is_in_chroot() const {
    const std::string level = value_of("compatibility_level");
    const bool as_before = level.empty() || level == "0";
    return std::ranges::any_of(services_, [&](const PostfixService& service) {
        return (service.command == "smtpd" || service.command == "cleanup") &&
               (service.chroot == "y" || (service.chroot == "-" && as_before));
    });
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> items(1);
    int depth = 0;
    for (const char c : text) {
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (depth <= 0 && (c == ',' || c == '\n' || c == '\r' || base::is_wsp(c))) {
            items.emplace_back();
        } else {
            items.back() += c;
        }
    }
    std::erase(items, "");
    return items;
}

} // namespace config::import
