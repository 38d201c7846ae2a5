#include "report/identity.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>

namespace report {

namespace {

constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz234567"; // RFC 4648 6, in lower case
constexpr std::size_t max_id_octets = 64;
constexpr std::size_t max_line = 78; // RFC 5322 2.1.1

// Pairs of a keyword and a value, with folds where a pair would go beyond the line.
class FoldedLine {
  public:
    explicit FoldedLine(std::size_t used) : used_(used) {}

    void add(std::string_view keyword, std::string_view value) {
        if (!text_.empty()) {
            separate(keyword.size() + 1 + value.size());
        }
        append(keyword);
        separate(value.size());
        append(value);
    }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    void separate(std::size_t next) {
        const bool fits = used_ + 1 + next <= max_line;
        text_ += fits ? " " : "\r\n ";
        used_ = fits ? used_ + 1 : 1;
    }
    void append(std::string_view word) {
        text_ += word;
        used_ += word.size();
    }

    std::string text_;
    std::size_t used_;
};

} // namespace

ReportId ReportId::make(const std::array<std::uint8_t, 16>& random) {
    std::string id;
    unsigned bits = 0;
    unsigned count = 0;
    for (const std::uint8_t octet : random) {
        bits = (bits << 8U | octet) & 0xfffU;
        count += 8;
        while (count >= 5) {
            count -= 5;
            id += digits[bits >> count & 0x1fU];
        }
    }
    id += digits[bits << (5 - count) & 0x1fU];
    return ReportId(std::move(id));
}

std::optional<ReportId> ReportId::parse(std::string_view text) {
    const bool is_one = !text.empty() && text.size() <= max_id_octets &&
                        std::all_of(text.begin(), text.end(), base::is_alnum);
    return is_one ? std::optional(ReportId(std::string(text))) : std::nullopt;
}

std::string file_name(const Identity& identity, bool compressed) {
    return fmt::format("{}!{}!{}!{}!{}.xml{}", identity.submitter.text(), identity.policy_domain.text(),
                       identity.period.begin, identity.period.end, identity.report_id.text(),
                       compressed ? ".gz" : "");
}

std::string subject(const Identity& identity) {
    FoldedLine line(std::string_view("Subject: ").size());
    line.add("Report Domain:", identity.policy_domain.text());
    line.add("Submitter:", identity.submitter.text());
    line.add("Report-ID:", identity.report_id.text());
    return line.text();
}

std::string message_id(const Identity& identity) {
    return fmt::format("<{}@{}>", identity.report_id.text(), identity.submitter.text());
}

} // namespace report
