#include "base/idna.h"

#include <idn2.h>

#include <memory>

namespace base {

std::optional<std::string> idna_to_ascii(std::string_view name) {
    constexpr std::size_t longest = 4096; // far beyond any name; keeps hostile input from costing time
    if (name.size() > longest || name.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string terminated(name);
    char* converted = nullptr;
    if (idn2_to_ascii_8z(terminated.c_str(), &converted, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) {
        return std::nullopt;
    }
    const std::unique_ptr<char, void (*)(void*)> owner(converted, idn2_free);
    return std::string(converted);
}

} // namespace base
