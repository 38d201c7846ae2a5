#include "keys/shared_rotation.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "dkim/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace keys {

namespace {

constexpr std::string_view head = "paraph shared keys 1";
constexpr std::string_view journal_mark = "\njournal\n";

std::optional<std::uint64_t> read_edition(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool good =
        error == std::errc() && end == text.data() + text.size() && number > 0 && !text.starts_with('0');
    return good ? std::optional(number) : std::nullopt;
}

bool has_only(std::string_view text, std::string_view others, std::size_t longest) {
    return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [&](char c) {
        return base::is_alnum(c) || others.find(c) != std::string_view::npos;
    });
}

// It becomes part of a file's name.
bool is_selector(std::string_view text, std::string_view domain) {
    constexpr std::size_t longest = 200;
    return has_only(text, "-_.", longest) && !text.starts_with('.') &&
           dkim::signer_refusal(domain, text, {}).empty();
}

// The lines before the journal.
class Reader {
  public:
    explicit Reader(SharedRotation& shared) : shared_(shared) {}

    bool take(std::string_view line) {
        const auto words = base::split(line, ' ');
        const auto value = [&](std::size_t i) { return i < words.size() ? words[i] : std::string_view(); };
        if (words[0] == "edition" && words.size() == 2) {
            const auto edition = read_edition(words[1]);
            const bool first = shared_.journal.edition == 0;
            shared_.journal.edition = edition.value_or(0);
            return edition && first;
        }
        if (words[0] == "host" && words.size() == 3) {
            return is_host_id(words[1]) && is_host_name(words[2]) &&
                   shared_.hosts.emplace(words[1], words[2]).second;
        }
        if (words[0] == "stopped" && words.size() == 3) {
            const auto edition = read_edition(words[2]);
            return edition && stopped_.emplace(words[1], *edition).second;
        }
        auto pem = base::base64_decode(value(2));
        return words[0] == "private" && words.size() == 3 && pem &&
               shared_.privates.emplace(words[1], std::move(*pem)).second;
    }

    // Everything is about keys of the journal.
    bool end() {
        auto& keys = shared_.journal.keys;
        const auto is_known = [&](const std::string& selector) {
            return std::any_of(keys.begin(), keys.end(),
                               [&](const RotatedKey& key) { return key.selector == selector; });
        };
        for (RotatedKey& key : keys) {
            const auto stopped = stopped_.find(key.selector);
            if (stopped != stopped_.end()) {
                key.stopped = stopped->second;
                stopped_.erase(stopped);
            }
        }
        return shared_.journal.edition != 0 && stopped_.empty() &&
               std::all_of(shared_.privates.begin(), shared_.privates.end(),
                           [&](const auto& one) { return is_known(one.first); });
    }

  private:
    SharedRotation& shared_;
    std::map<std::string, std::uint64_t, std::less<>> stopped_;
};

auto refuse(std::string_view what) {
    return base::refuse(fmt::format("{}: this is not what `paraph key rotate` writes", what));
}

} // namespace

SharedRotation SharedRotation::of(std::string domain) {
    SharedRotation shared;
    shared.journal.domain = std::move(domain);
    shared.journal.edition = 1;
    return shared;
}

std::string print(const SharedRotation& shared) {
    std::string text = fmt::format("{}\nedition {}", head, shared.journal.edition);
    for (const auto& [id, name] : shared.hosts) {
        text += fmt::format("\nhost {} {}", id, name);
    }
    for (const RotatedKey& key : shared.journal.keys) {
        if (key.stopped != 0) {
            text += fmt::format("\nstopped {} {}", key.selector, key.stopped);
        }
    }
    for (const auto& [selector, pem] : shared.privates) {
        text += fmt::format("\nprivate {} {}", selector, base::base64_encode(pem));
    }
    return fmt::format("{}{}{}", text, journal_mark,
                       print(RotationJournal{shared.journal.domain, shared.journal.keys, {}}));
}

base::Result<SharedRotation, std::string> read_shared(std::string_view text, const std::string& domain) {
    const auto mark = text.find(journal_mark);
    if (mark == std::string_view::npos) {
        return refuse("line 1");
    }
    SharedRotation shared;
    Reader reader(shared);
    const auto lines = base::split(text.substr(0, mark), '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i == 0 ? lines[i] != head : !reader.take(lines[i])) {
            return refuse(fmt::format("line {}", i + 1));
        }
    }
    auto journal = read_journal(text.substr(mark + journal_mark.size()));
    if (!journal) {
        return base::refuse(journal.error());
    }
    if (journal->domain != domain) {
        return refuse("domain");
    }
    shared.journal.domain = domain;
    shared.journal.keys = std::move(journal->keys);
    const bool named_well =
        std::all_of(shared.journal.keys.begin(), shared.journal.keys.end(),
                    [&](const RotatedKey& key) { return is_selector(key.selector, domain); });
    if (!named_well || !reader.end()) {
        return refuse("keys");
    }
    return shared;
}

std::string print(const Serving& serving) {
    std::string text = fmt::format("edition {}\nsigns", serving.edition);
    for (const std::string& selector : serving.selectors) {
        text += ' ' + selector;
    }
    return text + '\n';
}

base::Result<Serving, std::string> read_serving(std::string_view text) {
    const auto lines = base::split(text, '\n');
    constexpr std::string_view edition = "edition ", signs = "signs";
    if (lines.size() != 3 || !lines[0].starts_with(edition) || !lines[1].starts_with(signs) ||
        !lines[2].empty()) {
        return refuse("what a host serves");
    }
    Serving serving;
    const auto number = read_edition(lines[0].substr(edition.size()));
    const auto words = base::split(lines[1], ' ');
    if (!number || words[0] != signs) {
        return refuse("what a host serves");
    }
    serving.edition = *number;
    serving.selectors.insert(words.begin() + 1, words.end());
    return serving;
}

std::set<std::string> held_selectors(const SharedRotation& shared, const Servings& servings) {
    std::set<std::string> held;
    for (const RotatedKey& key : shared.journal.keys) {
        const auto stopped = [&](const auto& host) {
            const auto serving = servings.find(host.first);
            return serving != servings.end() && serving->second.edition >= key.stopped &&
                   !serving->second.selectors.contains(key.selector);
        };
        if (key.stopped != 0 && !std::all_of(shared.hosts.begin(), shared.hosts.end(), stopped)) {
            held.insert(key.selector);
        }
    }
    return held;
}

std::vector<std::string> late_hosts(const SharedRotation& shared, const Servings& servings) {
    std::vector<std::string> late;
    for (const auto& [id, name] : shared.hosts) {
        const auto serving = servings.find(id);
        if (serving == servings.end() || serving->second.edition < shared.journal.edition) {
            late.push_back(name);
        }
    }
    return late;
}

bool is_host_id(std::string_view text) {
    constexpr std::size_t longest = 64;
    return has_only(text, "", longest);
}

bool is_host_name(std::string_view text) {
    constexpr std::size_t longest = 255;
    return has_only(text, "-_.", longest);
}

} // namespace keys
