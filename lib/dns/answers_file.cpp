#include "dns/answers_file.h"

#include "base/ascii.h"
#include "dns/answers_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace dns {

namespace {

constexpr std::uint32_t default_ttl = 3600;

using Words = std::span<const Word>;
using LineResult = base::Result<void, std::string>;

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

// A host name as records give it: lower case, no final dot; "." is the empty name.
std::string host(const Word& word) {
    std::string_view text = word.text;
    if (text.ends_with('.')) {
        text.remove_suffix(1);
    }
    return base::to_lower(text);
}

LineResult set_status(Answer& answer, Status status, Failure failure) {
    answer.status = status;
    answer.failure = failure;
    return {};
}

LineResult read_failure(Answer& answer, Words data) {
    const auto failure = data.size() == 1 ? parse_failure(data[0].text) : std::nullopt;
    if (failure) {
        return set_status(answer, Status::failed, *failure);
    }
    return base::refuse<std::string>("FAILED is followed by timeout, servfail, refused or malformed");
}

LineResult read_address(Answer& answer, Words data, bool v4) {
    const auto address = data.size() == 1 ? base::IpAddress::parse(data[0].text) : std::nullopt;
    if (!address || (v4 && !address->is_v4())) {
        return base::refuse<std::string>(v4 ? "an A record holds an IPv4 address"
                                            : "an AAAA record holds an IPv6 address");
    }
    answer.addresses.push_back(*address);
    return {};
}

LineResult read_exchange(Answer& answer, Words data) {
    const auto preference =
        data.size() == 2 ? parse_number<std::uint16_t>(data[0].text) : std::optional<std::uint16_t>();
    if (!preference) {
        return base::refuse<std::string>("an MX record holds a preference and a host name");
    }
    answer.exchanges.push_back({*preference, host(data[1])});
    return {};
}

// RFC 1035 3.3.14: the strings of one record, joined as Answer wants them.
LineResult read_text(Answer& answer, Words data) {
    if (data.empty() || !std::all_of(data.begin(), data.end(), [](const Word& w) { return w.quoted; })) {
        return base::refuse<std::string>("a TXT record holds one or more strings in double quotes");
    }
    std::string& text = answer.texts.emplace_back();
    for (const Word& word : data) {
        text += word.text;
    }
    return {};
}

LineResult read_name(Answer& answer, Words data) {
    if (data.size() != 1) {
        return base::refuse<std::string>("the record holds one host name");
    }
    answer.names.push_back(host(data[0]));
    return {};
}

LineResult read_record(Answer& answer, Type type, Words data) {
    switch (type) {
    case Type::a:
        return read_address(answer, data, true);
    case Type::aaaa:
        return read_address(answer, data, false);
    case Type::mx:
        return read_exchange(answer, data);
    case Type::txt:
        return read_text(answer, data);
    case Type::ptr:
    case Type::cname:
        return read_name(answer, data);
    }
    return base::refuse<std::string>("unknown record type");
}

LineResult read_data(Answer& answer, Type type, Words data) {
    const bool bare = !data.empty() && !data[0].quoted;
    if (bare && data.size() == 1 && base::iequals(data[0].text, "NXDOMAIN")) {
        return set_status(answer, Status::no_name, Failure::none);
    }
    if (bare && data.size() == 1 && base::iequals(data[0].text, "NODATA")) {
        return set_status(answer, Status::no_data, Failure::none);
    }
    if (bare && base::iequals(data[0].text, "FAILED")) {
        return read_failure(answer, data.subspan(1));
    }
    answer.status = Status::found;
    answer.failure = Failure::none;
    return read_record(answer, type, data);
}

bool take_flag(Words& words, std::string_view flag) {
    if (words.empty() || words.front().quoted || !base::iequals(words.front().text, flag)) {
        return false;
    }
    words = words.subspan(1);
    return true;
}

using Table = std::map<Question, Answer>;

// NAME [SECONDS] TYPE [flags] DATA, added to what earlier lines said of the same question.
LineResult read_line(Table& table, Words words) {
    const std::string name = words[0].text;
    words = words.subspan(1);
    std::uint32_t ttl = default_ttl;
    if (const auto seconds = words.empty() ? std::nullopt : parse_number<std::uint32_t>(words[0].text)) {
        ttl = *seconds;
        words = words.subspan(1);
    }
    const auto type = words.empty() ? std::nullopt : parse_type(words[0].text);
    if (!type) {
        return base::refuse<std::string>(
            "expected NAME [SECONDS] TYPE DATA with type A, AAAA, MX, TXT, PTR or CNAME");
    }
    words = words.subspan(1);
    auto question = make_question(name, *type);
    if (!question) {
        return base::refuse<std::string>("no DNS message can carry this name");
    }
    const auto [entry, is_new] = table.try_emplace(std::move(*question));
    Answer& answer = entry->second;
    const Status before = answer.status;
    answer.ttl = ttl;
    answer.secure = take_flag(words, "[secure]");
    answer.aliased = take_flag(words, "[aliased]");
    auto read = read_data(answer, *type, words);
    if (read && !is_new && (before != Status::found || answer.status != Status::found)) {
        return base::refuse<std::string>(
            "this name and type already has an answer that allows no second line");
    }
    return read;
}

} // namespace

base::Result<Answers, AnswersError> parse_answers(std::string_view text) {
    Table table;
    std::size_t number = 0;
    for (const std::string_view line : base::split(text, '\n')) {
        ++number;
        const auto words = split_words(line);
        if (!words) {
            return base::refuse(AnswersError{number, words.error().message});
        }
        if (words->empty()) {
            continue;
        }
        if (auto read = read_line(table, *words); !read) {
            return base::refuse(AnswersError{number, std::move(read.error())});
        }
    }
    Answers answers;
    for (auto& [question, answer] : table) {
        answers.insert(question, std::move(answer));
    }
    return answers;
}

} // namespace dns
