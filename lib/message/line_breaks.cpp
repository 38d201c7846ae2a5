#include "message/line_breaks.h"

#include "base/ascii.h"

#include <algorithm>

namespace message {

namespace {

// Whether the CRLF at `position` folds the field.
bool is_fold(std::string_view text, std::size_t position) {
    return position + 2 < text.size() && text[position] == '\r' && text[position + 1] == '\n' &&
           base::is_wsp(text[position + 2]);
}

// The C library looks for one octet much faster than for several.
bool every_lf_folds(std::string_view text) {
    for (auto lf = text.find('\n'); lf != std::string_view::npos; lf = text.find('\n', lf + 1)) {
        if (lf == 0 || !is_fold(text, lf - 1)) {
            return false;
        }
    }
    return true;
}

bool every_cr_folds(std::string_view text) {
    for (auto cr = text.find('\r'); cr != std::string_view::npos; cr = text.find('\r', cr + 1)) {
        if (!is_fold(text, cr)) {
            return false;
        }
    }
    return true;
}

} // namespace

bool has_stray_line_break(std::string_view field) {
    return !every_lf_folds(field) || !every_cr_folds(field);
}

bool has_stray_line_break(const HeaderList& headers) {
    return std::any_of(headers.begin(), headers.end(),
                       [](const HeaderField& field) { return has_stray_line_break(field.text()); });
}

std::string without_stray_line_breaks(std::string_view text) {
    std::string mended(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_fold(text, i)) {
            ++i; // past its LF
        } else if (text[i] == '\r' || text[i] == '\n') {
            mended[i] = ' ';
        }
    }
    return mended;
}

} // namespace message
