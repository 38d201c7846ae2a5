#include "dmarc/record.h"

#include "base/ascii.h"
#include "dmarc/record_syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dmarc {

namespace {

constexpr std::array<std::string_view, 3> policy_words{"none", "quarantine", "reject"};

// Reads the tags one by one. A value that its tag does not know is remarked on and replaced by the default
// (RFC 9989 4.8).
class Interpreter {
  public:
    explicit Interpreter(RawRecord raw) : raw_(std::move(raw)), remarks_(std::move(raw_.remarks)) {}

    Record read();

  private:
    PolicyTag policy(std::string_view name);
    PublicSuffixFlag public_suffix_flag();
    AlignmentMode alignment_mode(std::string_view name);
    bool test_mode();
    std::vector<ReportUri> uris(std::string_view name);
    std::string failure_options(bool reported);

    // Nothing when the tag is absent or given twice.
    std::optional<std::string_view> value(std::string_view name) const;
    // Which of `words` the tag's value is, in any case; nothing, with a remark where due, when it is none of
    // them.
    template <std::size_t Count>
    std::optional<std::size_t> word(std::string_view name, const std::array<std::string_view, Count>& words);
    void remark(std::string text);

    RawRecord raw_;
    std::vector<std::string> remarks_;
};

Record Interpreter::read() {
    Record record;
    record.p = policy("p");
    record.sp = policy("sp");
    record.np = policy("np");
    record.psd = public_suffix_flag();
    record.adkim = alignment_mode("adkim");
    record.aspf = alignment_mode("aspf");
    record.test = test_mode();
    record.rua = uris("rua");
    record.ruf = uris("ruf");
    record.fo = failure_options(!record.ruf.empty());
    record.diagnostics = std::move(remarks_);
    return record;
}

PolicyTag Interpreter::policy(std::string_view name) {
    if (raw_.find(name) == nullptr) {
        return {};
    }
    const auto index = word(name, policy_words);
    if (!index) {
        return {PolicyTag::State::invalid, Policy::none};
    }
    return {PolicyTag::State::valid, static_cast<Policy>(*index)};
}

PublicSuffixFlag Interpreter::public_suffix_flag() {
    constexpr std::array<std::string_view, 3> words{"u", "y", "n"};
    return static_cast<PublicSuffixFlag>(word("psd", words).value_or(0));
}

AlignmentMode Interpreter::alignment_mode(std::string_view name) {
    constexpr std::array<std::string_view, 2> words{"r", "s"};
    return static_cast<AlignmentMode>(word(name, words).value_or(0));
}

bool Interpreter::test_mode() {
    constexpr std::array<std::string_view, 2> words{"n", "y"};
    return word("t", words).value_or(0) == 1;
}

std::vector<ReportUri> Interpreter::uris(std::string_view name) {
    std::vector<ReportUri> list;
    const auto text = value(name);
    if (!text) {
        return list;
    }
    for (const std::string_view piece : base::split(*text, ',')) {
        const std::string_view trimmed = base::trim_wsp(piece);
        if (auto uri = parse_report_uri(trimmed)) {
            list.push_back(std::move(*uri));
        } else {
            remark(fmt::format("{}=: \"{}\" is not a usable URI", name, base::printable(trimmed, 60)));
        }
    }
    return list;
}

// RFC 9989 4.8: at most one of 0 and 1, d and s at most once each, in any order.
bool is_failure_options(std::string_view value) {
    const auto pieces = base::split(value, ':');
    const auto count = [&pieces](std::string_view word) {
        return std::count(pieces.begin(), pieces.end(), word);
    };
    const auto plain = count("0") + count("1");
    const auto dkim = count("d");
    const auto spf = count("s");
    return plain <= 1 && dkim <= 1 && spf <= 1 &&
           static_cast<std::size_t>(plain + dkim + spf) == pieces.size();
}

std::string Interpreter::failure_options(bool reported) {
    const auto text = value("fo");
    if (!text) {
        return "0";
    }
    std::string lower = base::to_lower(*text);
    if (!is_failure_options(lower)) {
        remark(fmt::format("fo={} is not a value of this tag", base::printable(*text, 60)));
        return "0";
    }
    if (!reported) { // RFC 9989 4.7: fo is ignored without ruf
        remark("fo= has no effect without a usable ruf=");
        return "0";
    }
    return lower;
}

std::optional<std::string_view> Interpreter::value(std::string_view name) const {
    const RawTag* tag = raw_.find(name);
    if (tag == nullptr || tag->repeated) {
        return std::nullopt;
    }
    return tag->value;
}

template <std::size_t Count>
std::optional<std::size_t> Interpreter::word(std::string_view name,
                                             const std::array<std::string_view, Count>& words) {
    const auto text = value(name);
    if (!text) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < Count; ++i) {
        if (base::iequals(words.at(i), *text)) {
            return i;
        }
    }
    remark(fmt::format("{}={} is not a value of this tag", name, base::printable(*text, 60)));
    return std::nullopt;
}

void Interpreter::remark(std::string text) {
    if (remarks_.size() < max_diagnostics) {
        remarks_.push_back(std::move(text));
    }
}

void append_policy(std::string& text, std::string_view name, const PolicyTag& tag) {
    switch (tag.state) {
    case PolicyTag::State::absent:
        return;
    case PolicyTag::State::valid:
        text += fmt::format("; {}={}", name, print(tag.policy));
        return;
    case PolicyTag::State::invalid:
        text += fmt::format("; {}=?", name);
        return;
    }
}

void append_uris(std::string& text, std::string_view name, const std::vector<ReportUri>& uris) {
    for (std::size_t i = 0; i < uris.size(); ++i) {
        text += i == 0 ? fmt::format("; {}=", name) : ",";
        text += uris[i].uri;
    }
}

} // namespace

std::string_view print(Policy policy) {
    return policy_words.at(static_cast<std::size_t>(policy));
}

std::optional<Record> parse_record(std::string_view text) {
    auto raw = split_record(text, max_diagnostics);
    if (!raw) {
        return std::nullopt;
    }
    return Interpreter(std::move(*raw)).read();
}

std::string print(const Record& record) {
    std::string text = "v=DMARC1";
    append_policy(text, "p", record.p);
    append_policy(text, "sp", record.sp);
    append_policy(text, "np", record.np);
    if (record.psd != PublicSuffixFlag::unknown) {
        text += record.psd == PublicSuffixFlag::yes ? "; psd=y" : "; psd=n";
    }
    text += record.test ? "; t=y" : "";
    text += record.adkim == AlignmentMode::strict ? "; adkim=s" : "";
    text += record.aspf == AlignmentMode::strict ? "; aspf=s" : "";
    append_uris(text, "rua", record.rua);
    append_uris(text, "ruf", record.ruf);
    text += record.fo != "0" ? "; fo=" + record.fo : "";
    return text;
}

} // namespace dmarc
