#include "tag_list/tag_list.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>

namespace tag_list {

namespace {

// RFC 6376 3.2: tag-name = ALPHA *ALNUMPUNC
bool is_name_char(char c) {
    return base::is_alnum(c) || c == '_';
}

// RFC 6376 3.2: VALCHAR is %x21-3A / %x3C-7E; RFC 8616 5 adds UTF-8.
bool is_value_char(char c) {
    return c != ';' && (base::is_visible(c) || !base::is_ascii(c));
}

bool is_fws_char(char c) {
    return base::is_wsp(c) || c == '\r' || c == '\n';
}

// The steps of tag-spec, one after the other over the source.
class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    base::Result<std::vector<Tag>> parse() {
        std::vector<Tag> tags;
        tags.reserve(16); // a DKIM signature has about ten
        skip_fws();
        do {
            if (tags.size() == max_tags) {
                return base::refuse("too many tags", at_);
            }
            const auto tag = parse_tag();
            if (!tag) {
                return base::refuse(tag.error());
            }
            if (has(tags, tag->name)) {
                // RFC 6376 3.2: a tag that occurs twice invalidates the whole list.
                return base::refuse(fmt::format("tag {}= occurs twice", tag->name), tag->position);
            }
            tags.push_back(*tag);
        } while (skip_separator());
        return tags;
    }

  private:
    static bool has(const std::vector<Tag>& tags, std::string_view name) {
        return std::any_of(tags.begin(), tags.end(), [&](const Tag& tag) { return tag.name == name; });
    }

    base::Result<Tag> parse_tag() {
        Tag tag;
        tag.position = at_;
        if (at_ == text_.size() || !base::is_alpha(text_[at_])) {
            return base::refuse("a tag name was expected", at_);
        }
        while (at_ < text_.size() && is_name_char(text_[at_])) {
            ++at_;
        }
        tag.name = text_.substr(tag.position, at_ - tag.position);
        skip_fws();
        if (at_ == text_.size() || text_[at_] != '=') {
            return base::refuse(fmt::format("'=' was expected after tag name {}", tag.name), at_);
        }
        tag.raw_begin = ++at_;
        if (!skip_value()) {
            return base::refuse(fmt::format("the value of {}= holds an illegal character", tag.name), at_);
        }
        tag.raw_end = at_;
        tag.value = base::trim_fws(text_.substr(tag.raw_begin, tag.raw_end - tag.raw_begin));
        return tag;
    }

    bool skip_value() {
        while (at_ < text_.size() && text_[at_] != ';') {
            if (is_value_char(text_[at_])) {
                ++at_;
                continue;
            }
            const std::size_t blanks = fws_length(text_.substr(at_));
            if (blanks == 0) {
                return false;
            }
            at_ += blanks;
        }
        return true;
    }

    // True when another tag follows. RFC 6376 3.2: a final semicolon is optional; blanks behind it are
    // common.
    bool skip_separator() {
        if (at_ == text_.size()) {
            return false;
        }
        ++at_;
        skip_fws();
        return at_ < text_.size();
    }

    void skip_fws() { at_ += fws_length(text_.substr(at_)); }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

base::Result<TagList> TagList::parse(std::string_view text) {
    auto tags = Parser(text).parse();
    if (!tags) {
        return base::refuse(tags.error());
    }
    TagList list;
    list.tags_ = std::move(*tags);
    return list;
}

const Tag* TagList::find(std::string_view name) const {
    const auto found =
        std::find_if(tags_.begin(), tags_.end(), [&](const Tag& tag) { return tag.name == name; });
    return found == tags_.end() ? nullptr : &*found;
}

std::string print(const TagList& list) {
    std::string text;
    for (const Tag& tag : list.tags()) {
        text += fmt::format("{}{}={}", text.empty() ? "" : "; ", tag.name, tag.value);
    }
    return text;
}

std::size_t fws_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size()) {
        if (base::is_wsp(text[length])) {
            ++length;
        } else if (text.size() - length > 2 && text[length] == '\r' && text[length + 1] == '\n' &&
                   base::is_wsp(text[length + 2])) {
            length += 3;
        } else {
            break;
        }
    }
    return length;
}

std::string remove_fws(std::string_view value) {
    std::string dense;
    dense.reserve(value.size());
    while (!value.empty()) {
        value.remove_prefix(fws_length(value));
        const auto run = std::find_if(value.begin(), value.end(), is_fws_char) - value.begin();
        // A CR or LF that is no fold stays, for the decoder to refuse.
        const std::size_t taken = run == 0 && !value.empty() ? 1 : static_cast<std::size_t>(run);
        dense += value.substr(0, taken);
        value.remove_prefix(taken);
    }
    return dense;
}

std::vector<std::string_view> split_colons(std::string_view value) {
    auto parts = base::split(value, ':');
    for (std::string_view& part : parts) {
        part = base::trim_fws(part);
    }
    return parts;
}

} // namespace tag_list
