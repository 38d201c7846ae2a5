// The DNS of a test: records as lines, and what a resolver would say of them.
//
//     const test::Zone zone{{"TXT example.org", "v=spf1 mx -all"},
//                           {"MX example.org", "10 mx.example.org"},
//                           {"A mx.example.org", "192.0.2.1"},
//                           {"PTR 192.0.2.1", "mx.example.org"},
//                           {"TXT slow.example.org", "FAILED timeout"},
//                           {"* broken.example.org", "FAILED servfail"}};
//
// A line is a question and one record that answers it; several lines with one question make one answer. The
// record stands as in an answers file (dns/answers_file.h), NXDOMAIN, NODATA, FAILED and [secure] among it; a
// text needs no quotes, and a host may hold any byte. The type * stands for every question about the name
// that no other line answers. Wrong lines throw std::invalid_argument: they are a fault of the test.
//
// What is in no line is answered as by a server that knows nothing else: an alias is followed; a name with
// other records, or with a name below it, has no data (RFC 8020); any other name does not exist.
#pragma once

#include "base/result.h"
#include "dns/answers.h"
#include "dns/answers_file.h"

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

struct Line {
    std::string question; // "MX example.org"
    std::string record;   // "10 mx.example.org"
};
using Lines = std::vector<Line>;

class Zone {
  public:
    Zone() = default;
    Zone(std::initializer_list<Line> lines);
    explicit Zone(const Lines& lines);

    // The text of an answers file.
    [[nodiscard]] static base::Result<Zone, dns::AnswersError> parse(std::string_view text);

    Zone& add(std::string_view question, std::string_view record);
    // In place of what was there.
    Zone& set(const dns::Question& question, dns::Answer answer);

    // Asked for what no line says, before the rules above; nothing when it does not know either.
    using Otherwise = std::function<std::optional<dns::Answer>(const dns::Question&)>;
    void otherwise(Otherwise source) { otherwise_ = std::move(source); }

    [[nodiscard]] dns::Answer answer(const dns::Question& question) const;
    // Null for what no line says, neither of this type nor of all.
    [[nodiscard]] const dns::Answer* find(const dns::Question& question) const;
    // Whether a line says that something stands at the name or below it.
    [[nodiscard]] bool exists(const std::string& name) const { return existing_.contains(name); }

    // What the lines say and no more, to begin an evaluation with.
    [[nodiscard]] dns::Answers answers() const;
    // Answers to questions of every type about every name that has a line, asked for or not.
    [[nodiscard]] dns::Answers everything() const;

  private:
    void note_existence(std::string_view name, const dns::Answer& answer);
    [[nodiscard]] dns::Answer substitute(const dns::Question& question) const;
    [[nodiscard]] const std::string* alias_of(const dns::Question& question) const;

    std::map<dns::Question, dns::Answer> records_;
    std::map<std::string, dns::Answer, std::less<>> any_type_;
    std::set<std::string, std::less<>> existing_; // names that have something, and all above them
    Otherwise otherwise_;
};

} // namespace test
