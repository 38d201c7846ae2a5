#include "report/signature_field.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "dkim/quoted_printable.h"
#include "tag_list/tag_list.h"

#include <algorithm>
#include <array>
#include <optional>

namespace report {

namespace {

constexpr std::size_t max_value_octets = 2000;
constexpr std::size_t max_piece_octets = 250; // between two places where a line may be folded
constexpr std::size_t max_line = 78;          // RFC 5322 2.1.1

enum class Content { word, name, fields, base64, identity };

struct Shown {
    std::string_view tag;
    Content content;
};

constexpr std::array<Shown, 13> shown_tags = {{{"v", Content::word},
                                               {"a", Content::word},
                                               {"c", Content::word},
                                               {"d", Content::name},
                                               {"s", Content::name},
                                               {"i", Content::identity},
                                               {"q", Content::word},
                                               {"t", Content::word},
                                               {"x", Content::word},
                                               {"l", Content::word},
                                               {"h", Content::fields},
                                               {"bh", Content::base64},
                                               {"b", Content::base64}}};

bool consists_of(std::string_view text, std::string_view marks) {
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return base::is_alnum(c) || marks.find(c) != std::string_view::npos; });
}

bool has_short_names(std::string_view value) {
    const auto names = base::split(value, ':');
    return std::all_of(names.begin(), names.end(),
                       [](std::string_view name) { return name.size() <= max_piece_octets; });
}

std::string shown_identity(std::string_view value, const ShowAddress& show) {
    const auto address = dkim::decode_quoted_printable(value);
    return address ? show(*address) : "";
}

// Empty: not shown.
std::string shown_value(std::string_view value, Content content, const ShowAddress& show) {
    switch (content) {
    case Content::word:
        return value.size() <= max_piece_octets && consists_of(value, "-/:") ? std::string(value) : "";
    case Content::name: {
        const auto name = base::DomainName::parse_international(value);
        return name ? name->text() : "";
    }
    case Content::fields:
        return has_short_names(value) && consists_of(value, "-_:.") ? std::string(value) : "";
    case Content::base64:
        return consists_of(value, "+/=") ? std::string(value) : "";
    case Content::identity:
        return shown_identity(value, show);
    }
    return "";
}

// Folds where blanks mean nothing (RFC 6376 3.2 and 3.5).
class FoldedTags {
  public:
    void add(const Shown& shown, std::string_view value) {
        separate(shown.tag.size() + piece_size(value, shown.content) + 2);
        append(shown.tag);
        append("=");
        while (!value.empty()) {
            const std::string_view piece = value.substr(0, piece_size(value, shown.content));
            value.remove_prefix(piece.size());
            if (used_ + piece.size() + 1 > max_line) {
                fold();
            }
            append(piece);
        }
        append(";");
    }
    [[nodiscard]] std::string take() {
        text_.pop_back();
        return std::move(text_);
    }

  private:
    static std::size_t piece_size(std::string_view value, Content content) {
        if (content == Content::fields) {
            return std::min(value.find(':'), value.size() - 1) + 1;
        }
        constexpr std::size_t octets_a_piece = 32;
        return content == Content::base64 ? std::min(octets_a_piece, value.size()) : value.size();
    }
    void separate(std::size_t next) {
        if (used_ + 1 + next > max_line) {
            fold();
        } else if (!text_.empty()) {
            append(" ");
        }
    }
    void fold() {
        text_ += "\r\n ";
        used_ = 1;
    }
    void append(std::string_view piece) {
        text_ += piece;
        used_ += piece.size();
    }

    std::string text_;
    std::size_t used_ = std::string_view("DKIM-Signature: ").size();
};

} // namespace

std::string signature_field(std::string_view body, const ShowAddress& show) {
    const auto tags = tag_list::TagList::parse(body);
    if (!tags) {
        return "";
    }
    FoldedTags folded;
    bool is_empty = true;
    for (const Shown& shown : shown_tags) {
        const tag_list::Tag* tag = tags->find(shown.tag);
        if (tag == nullptr || tag->value.size() > max_value_octets) {
            continue;
        }
        const std::string value = shown_value(tag_list::remove_fws(tag->value), shown.content, show);
        if (!value.empty()) {
            folded.add(shown, value);
            is_empty = false;
        }
    }
    return is_empty ? "" : folded.take();
}

} // namespace report
