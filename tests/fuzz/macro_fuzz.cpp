// SPF macro strings: what was parsed expands without failing, within its bounds.
#include "fuzz/property.h"
#include "spf/macro.h"

namespace {

using Use = spf::MacroString::Use;

constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_text = 512;

// The first line is the macro string, the second one the local-part, the third one HELO.
struct Lines {
    std::string_view macro, local_part, helo;
};

std::string_view take_line(std::string_view& rest) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    return line;
}

void expand(const spf::MacroString& macro, const spf::MacroValues& values, Use use) {
    if (use == Use::domain_spec) {
        const auto name = spf::expand_name(macro, values);
        fuzz::require(name.size() <= longest_name || name.find('.') == std::string::npos,
                      "a name is bounded, unless it is one label that nobody can ask for");
    }
    const auto text = spf::expand_text(macro, values, longest_text);
    fuzz::require(!text || text->size() <= longest_text, "a text is bounded");
}

void run(std::string_view input) {
    Lines lines;
    lines.macro = take_line(input);
    lines.local_part = take_line(input);
    lines.helo = take_line(input);
    for (const auto use : {Use::domain_spec, Use::modifier_value, Use::explanation}) {
        const auto macro = spf::MacroString::parse(lines.macro, use);
        if (!macro) {
            fuzz::require(macro.error().position <= lines.macro.size(), "a refusal points into the text");
            continue;
        }
        fuzz::require(spf::MacroString::parse(macro->text(), use) == macro, "a macro survives its own text");
        for (const char* client : {"192.0.2.3", "2001:db8::cb01"}) {
            expand(*macro,
                   {.local_part = lines.local_part,
                    .sender_domain = "email.example.com",
                    .domain = "example.com",
                    .helo = lines.helo,
                    .receiver = "",
                    .client = *base::IpAddress::parse(client)},
                   use);
        }
    }
}

const fuzz::Target target("macro", run);

} // namespace
