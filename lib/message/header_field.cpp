#include "message/header_field.h"

#include "base/ascii.h"
#include "message/field_name.h"

#include <algorithm>

namespace message {

namespace {

// RFC 5322 4.5.3 and kin: the obsolete syntax allows blanks, and only blanks, between a name and its colon.
std::string_view without_trailing_blanks(std::string_view name) {
    while (!name.empty() && base::is_wsp(name.back())) {
        name.remove_suffix(1);
    }
    return name;
}

} // namespace

HeaderField::HeaderField(std::string_view name, std::string_view body)
    : name_size_(without_trailing_blanks(name).size()), colon_(name.size()) {
    text_.reserve(name.size() + 1 + body.size());
    text_.append(name).append(1, ':').append(body);
    well_formed_ = is_field_name(this->name());
}

HeaderField HeaderField::from_text(std::string_view text) {
    HeaderField field;
    field.text_ = text;
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        field.colon_ = text.size();
        field.well_formed_ = false;
        return field;
    }
    field.colon_ = colon;
    field.name_size_ = without_trailing_blanks(text.substr(0, colon)).size();
    field.well_formed_ = is_field_name(field.name());
    return field;
}

std::string_view HeaderField::name() const {
    return std::string_view(text_).substr(0, name_size_);
}

std::string_view HeaderField::body() const {
    return std::string_view(text_).substr(std::min(colon_ + 1, text_.size()));
}

bool HeaderField::is_named(std::string_view name) const {
    return base::iequals(this->name(), name);
}

} // namespace message
