#include "keys/rotation_journal.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace keys {

namespace {

constexpr std::string_view head = "paraph rotation 1";
constexpr std::string_view foot = "end";

struct Mark {
    std::string_view word;
    bool RotatedKey::* field;
};
constexpr std::array<Mark, 6> marks{{{"seen", &RotatedKey::seen_by_all},
                                     {"vanished", &RotatedKey::vanished},
                                     {"confirmed", &RotatedKey::confirmed},
                                     {"silent", &RotatedKey::silent},
                                     {"found", &RotatedKey::found},
                                     {"adopted", &RotatedKey::adopted}}};

std::string print_marks(const RotatedKey& key) {
    std::string text;
    for (const Mark& mark : marks) {
        if (key.*mark.field) {
            text += ' ';
            text += mark.word;
        }
    }
    return text;
}

bool read_state(std::string_view word, RotatedKey& key) {
    for (const auto state :
         {KeyState::pending, KeyState::published, KeyState::active, KeyState::retiring, KeyState::retired,
          KeyState::forgotten, KeyState::revealed, KeyState::withdrawn}) {
        if (word == print(state)) {
            key.state = state;
            return true;
        }
    }
    return false;
}

bool read_type(std::string_view word, RotatedKey& key) {
    for (const auto type : {crypto::KeyType::rsa, crypto::KeyType::ed25519}) {
        if (word == print(type)) {
            key.type = type;
            return true;
        }
    }
    return false;
}

bool read_marks(std::string_view text, RotatedKey& key) {
    for (const std::string_view word : base::split(text, ' ')) {
        const auto mark =
            std::find_if(marks.begin(), marks.end(), [&](const Mark& one) { return one.word == word; });
        if (mark == marks.end() && !word.empty()) {
            return false;
        }
        if (mark != marks.end()) {
            key.*(mark->field) = true;
        }
    }
    return true;
}

bool read_elapsed(std::string_view text, Elapsed& elapsed) {
    auto read = Elapsed::read(text);
    if (read) {
        elapsed = std::move(*read);
    }
    return read.has_value();
}

// The lines of a key, in their order, each exactly once.
class Reader {
  public:
    explicit Reader(RotationJournal& journal) : journal_(journal) {}

    bool take(std::string_view line) {
        const auto blank = line.find(' ');
        const auto name = line.substr(0, blank);
        const auto value = blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);
        if (next_ == 0) {
            return name == "key" && begin(value);
        }
        if (name != fields[next_ - 1]) {
            return false;
        }
        const bool good = read(next_ - 1, value);
        next_ = next_ == fields.size() ? 0 : next_ + 1;
        return good;
    }

    // Between two keys.
    [[nodiscard]] bool is_whole() const { return next_ == 0; }

  private:
    static constexpr std::array<std::string_view, 10> fields{
        "file", "type", "state", "made", "ttl", "negative_ttl", "marks", "in_state", "shown", "gone"};

    bool begin(std::string_view selector) {
        const bool known = std::any_of(journal_.keys.begin(), journal_.keys.end(),
                                       [&](const RotatedKey& key) { return key.selector == selector; });
        journal_.keys.emplace_back().selector = selector;
        next_ = 1;
        return !selector.empty() && !known;
    }

    bool read(std::size_t field, std::string_view value) {
        RotatedKey& key = journal_.keys.back();
        const auto name = fields.at(field);
        if (name == "file") {
            journal_.files[key.selector] = value;
            return !value.empty();
        }
        if (name == "type") {
            return read_type(value, key);
        }
        if (name == "state") {
            return read_state(value, key);
        }
        if (name == "marks") {
            return read_marks(value, key);
        }
        if (name == "in_state" || name == "shown" || name == "gone") {
            return read_elapsed(value, name == "in_state" ? key.in_state
                                       : name == "shown"  ? key.shown
                                                          : key.gone);
        }
        const auto read = read_seconds(value);
        const auto seconds = read.value_or(std::chrono::seconds(0));
        if (name == "made") {
            key.made = std::chrono::sys_seconds(seconds);
        } else {
            (name == "ttl" ? key.ttl : key.negative_ttl) = seconds;
        }
        return read.has_value();
    }

    RotationJournal& journal_;
    std::size_t next_ = 0; // line of the key, from 1; 0: a key begins
};

auto refuse(std::size_t line) {
    return base::refuse(fmt::format("line {}: this is not what `paraph key rotate` writes", line));
}

} // namespace

std::string print(const RotationJournal& journal) {
    std::string text = fmt::format("{}\ndomain {}\n", head, journal.domain);
    for (const RotatedKey& key : journal.keys) {
        const auto file = journal.files.find(key.selector);
        text += fmt::format("key {}\nfile {}\ntype {}\nstate {}\nmade {}\nttl {}\nnegative_ttl "
                            "{}\nmarks{}\nin_state {}\nshown "
                            "{}\ngone {}\n",
                            key.selector, file == journal.files.end() ? "-" : file->second, print(key.type),
                            print(key.state), std::max<std::int64_t>(0, key.made.time_since_epoch().count()),
                            key.ttl.count(), key.negative_ttl.count(), print_marks(key), key.in_state.print(),
                            key.shown.print(), key.gone.print());
    }
    return fmt::format("{}{}\n", text, foot);
}

base::Result<RotationJournal, std::string> read_journal(std::string_view text) {
    constexpr std::string_view domain = "domain ";
    const auto lines = base::split(text, '\n');
    RotationJournal journal;
    if (lines.size() < 4 || lines[0] != head) {
        return refuse(1);
    }
    if (!lines[1].starts_with(domain)) {
        return refuse(2);
    }
    journal.domain = lines[1].substr(domain.size());
    Reader reader(journal);
    std::size_t at = 2;
    while (at < lines.size() && !(reader.is_whole() && lines[at] == foot)) {
        if (!reader.take(lines[at++])) {
            return refuse(at);
        }
    }
    const bool ends = at + 2 == lines.size() && lines[at + 1].empty();
    if (!ends) {
        return refuse(at + 1);
    }
    return journal;
}

} // namespace keys
