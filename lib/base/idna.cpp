#include "base/idna.h"

#include "base/ascii.h"

#include <idn2.h>

#include <memory>

namespace base {

namespace {

std::optional<std::string> convert(std::string_view name, int flags) {
    constexpr std::size_t longest = 1024; // far beyond any name; keeps hostile input from costing time
    if (name.size() > longest || name.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string terminated = to_lower(name);
    char* converted = nullptr;
    if (idn2_to_ascii_8z(terminated.c_str(), &converted, flags) != IDN2_OK) {
        return std::nullopt;
    }
    const std::unique_ptr<char, void (*)(void*)> owner(converted, idn2_free);
    return std::string(converted);
}

} // namespace

std::optional<std::string> idna_to_ascii(std::string_view name) {
    // No mapping but ASCII lower case: UTS 46 would drop invisible characters and turn full-width dots into
    // dots, so that what is looked up would not be what was written. RFC 5891 5.3 disallows these, and with
    // them upper case.
    return convert(name, IDN2_NFC_INPUT | IDN2_NO_TR46);
}

std::optional<std::string> idna_mapped_to_ascii(std::string_view name) {
    return convert(name, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
}

bool is_a_label(std::string_view label) {
    const std::string ascii = to_lower(label);
    if (ascii.size() > 63 || ascii.find('\0') != std::string::npos) {
        return false;
    }
    char* converted = nullptr;
    if (idn2_to_unicode_8z8z(ascii.c_str(), &converted, 0) != IDN2_OK) {
        return false;
    }
    const std::unique_ptr<char, void (*)(void*)> owner(converted, idn2_free);
    return ascii != converted && idna_to_ascii(converted) == ascii;
}

} // namespace base
