#include "milter/tool/header_edits.h"

#include "base/ascii.h"
#include "message/body_lines.h"

#include <algorithm>

namespace milter::tool {

namespace {

std::string field_text(const Edit& edit, bool leading_space) {
    return edit.name + (leading_space ? ":" : ": ") + with_line_ends(edit.value, true);
}

bool is_named(std::string_view field, std::string_view name) {
    const std::string_view written = field.substr(0, field.find(':'));
    return base::iequals(base::trim_wsp(written), name);
}

// The position of the index-th field of that name, from 1; the size when there is none.
std::size_t find_field(const std::vector<std::string>& fields, const Edit& edit) {
    std::size_t seen = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (is_named(fields[i], edit.name) && ++seen == edit.index) {
            return i;
        }
    }
    return fields.size();
}

void insert(std::vector<std::string>& fields, std::size_t position, std::string text) {
    const auto offset = static_cast<std::ptrdiff_t>(std::min(position, fields.size()));
    fields.insert(fields.begin() + offset, std::move(text));
}

} // namespace

bool uses_crlf(std::string_view text) {
    const std::size_t end = text.find('\n');
    return end != std::string_view::npos && end > 0 && text[end - 1] == '\r';
}

std::string with_line_ends(std::string_view text, bool crlf) {
    message::CrlfNormalizer normalizer;
    std::string out = normalizer.update(text);
    out += normalizer.finish();
    if (crlf) {
        return out;
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const bool line_end = out[i] == '\r' && i + 1 < out.size() && out[i + 1] == '\n';
        if (!line_end) {
            out[kept++] = out[i];
        }
    }
    out.resize(kept);
    return out;
}

void apply_header_edits(std::vector<std::string>& fields, const std::vector<Edit>& edits,
                        bool leading_space) {
    for (const Edit& edit : edits) {
        switch (edit.kind) {
        case Edit::Kind::insert:
            insert(fields, edit.index, field_text(edit, leading_space));
            break;
        case Edit::Kind::add:
            fields.push_back(field_text(edit, leading_space));
            break;
        case Edit::Kind::change:
        case Edit::Kind::remove:
            if (const std::size_t i = find_field(fields, edit); i < fields.size()) {
                if (edit.kind == Edit::Kind::change) {
                    fields[i] = field_text(edit, leading_space);
                } else {
                    fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(i));
                }
            }
            break;
        case Edit::Kind::quarantine:
        case Edit::Kind::replace_body:
        case Edit::Kind::add_recipient:
        case Edit::Kind::delete_recipient:
        case Edit::Kind::change_sender:
            break;
        }
    }
}

} // namespace milter::tool
