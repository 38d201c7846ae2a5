#include "dmarc/record_syntax.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dmarc {

namespace {

constexpr std::array<std::string_view, 10> tag_names{"p",     "sp",   "np",  "psd", "t",
                                                     "adkim", "aspf", "rua", "ruf", "fo"};
// RFC 9989 removed these. pct=0 is deliberately not read as t=y: it never meant the same at every receiver.
constexpr std::array<std::string_view, 3> historic_names{"pct", "rf", "ri"};

std::string_view skip_wsp(std::string_view text) {
    while (!text.empty() && base::is_wsp(text.front())) {
        text.remove_prefix(1);
    }
    return text;
}

// RFC 9989 4.8: "v" is an ABNF string and matches in any case; DMARC1 is given as octets and does not.
// Nothing stands before it, not even a blank. The result begins at the ';' or is empty.
std::optional<std::string_view> after_version(std::string_view text) {
    constexpr std::string_view version = "DMARC1";
    if (text.empty() || base::to_lower(text.front()) != 'v') {
        return std::nullopt;
    }
    text = skip_wsp(text.substr(1));
    if (!text.starts_with('=')) {
        return std::nullopt;
    }
    text = skip_wsp(text.substr(1));
    if (!text.starts_with(version)) {
        return std::nullopt;
    }
    text = skip_wsp(text.substr(version.size()));
    if (!text.empty() && text.front() != ';') {
        return std::nullopt; // DMARC10, or "DMARC1 p=none" without its semicolon
    }
    return text;
}

bool is_value_octet(char c) {
    return base::is_printable(c);
}

class Splitter {
  public:
    explicit Splitter(std::size_t max_remarks) : max_remarks_(max_remarks) {}

    void part(std::string_view text);
    RawRecord take() { return std::move(record_); }

  private:
    void tag(std::string_view name, std::string_view value);
    void remark(std::string text);

    std::size_t max_remarks_;
    RawRecord record_;
};

// RFC 9989 4.8: behind the version, an error concerns its own tag and no other.
void Splitter::part(std::string_view text) {
    text = base::trim_wsp(text);
    if (text.empty()) {
        return;
    }
    const auto equals = text.find('=');
    const std::string_view name = base::trim_wsp(text.substr(0, equals));
    if (equals == std::string_view::npos || name.empty() ||
        !std::all_of(name.begin(), name.end(), base::is_alpha)) {
        remark(fmt::format("\"{}\" is not a tag and is ignored", base::printable(text, 60)));
        return;
    }
    const std::string_view value = base::trim_wsp(text.substr(equals + 1));
    if (value.empty() || !std::all_of(value.begin(), value.end(), is_value_octet)) {
        remark(fmt::format("{}= has no readable value and is ignored", base::printable(name, 20)));
        return;
    }
    tag(name, value);
}

void Splitter::tag(std::string_view name, std::string_view value) {
    const auto same = [name](std::string_view candidate) { return base::iequals(candidate, name); };
    if (const auto* known = std::find_if(tag_names.begin(), tag_names.end(), same);
        known != tag_names.end()) {
        const auto earlier = std::find_if(record_.tags.begin(), record_.tags.end(),
                                          [known](const RawTag& tag) { return tag.name == *known; });
        if (earlier == record_.tags.end()) {
            record_.tags.push_back({*known, value, false});
            return;
        }
        // To pick one of two would let chance decide what is enforced.
        earlier->repeated = true;
        remark(fmt::format("{}= is given more than once and counts as unreadable", *known));
    } else if (std::any_of(historic_names.begin(), historic_names.end(), same)) {
        remark(fmt::format("{}= was removed by RFC 9989 and has no effect", base::to_lower(name)));
    } else {
        // RFC 9989 4.7: unknown tags are ignored. A second v= is no tag that could be known here.
        remark(fmt::format("{}= is unknown and is ignored", base::printable(name, 20)));
    }
}

void Splitter::remark(std::string text) {
    if (record_.remarks.size() < max_remarks_) {
        record_.remarks.push_back(std::move(text));
    }
}

} // namespace

const RawTag* RawRecord::find(std::string_view name) const {
    const auto tag = std::find_if(tags.begin(), tags.end(),
                                  [name](const RawTag& candidate) { return candidate.name == name; });
    return tag == tags.end() ? nullptr : &*tag;
}

std::optional<RawRecord> split_record(std::string_view text, std::size_t max_remarks) {
    const auto rest = after_version(text);
    if (!rest) {
        return std::nullopt;
    }
    Splitter splitter(max_remarks);
    for (const std::string_view part : base::split(*rest, ';')) {
        splitter.part(part);
    }
    return splitter.take();
}

} // namespace dmarc
