#include "milter/tool/answer_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <vector>

namespace milter::tool {

namespace {

constexpr std::size_t max_aliases = 8; // one after the other, as resolvers bound them

} // namespace

FileSource::FileSource(dns::Answers answers, Missing missing, std::string name)
    : answers_(std::move(answers)), missing_(missing), name_(std::move(name)) {}

Result<void> FileSource::answer(const dns::Questions& questions, dns::Answers& known) {
    for (const dns::Question& question : questions) {
        auto answer = look_up(question);
        if (!answer) {
            return tl::make_unexpected(answer.error());
        }
        known.insert(question, std::move(*answer));
    }
    return {};
}

// As a DNS server does it (RFC 1034 4.3.2 step 3a): where the name has no records of the type but an alias,
// those of the name that it leads to.
Result<dns::Answer> FileSource::look_up(const dns::Question& question) const {
    dns::Question at = question;
    for (std::size_t aliases = 0; aliases <= max_aliases; ++aliases) {
        const dns::Answer* found = answers_.find(at);
        const std::string* target = found == nullptr ? alias_of(at) : nullptr;
        if (target == nullptr) {
            auto answer = found == nullptr ? substitute(at) : Result<dns::Answer>(*found);
            if (answer && aliases > 0) {
                answer->aliased = true;
            }
            return answer;
        }
        at.name = *target;
    }
    return dns::failed(dns::Failure::server_failure); // a circle
}

const std::string* FileSource::alias_of(const dns::Question& question) const {
    const dns::Answer* alias =
        question.type == dns::Type::cname ? nullptr : answers_.find({question.name, dns::Type::cname});
    return alias != nullptr && alias->status == dns::Status::found ? &alias->names.front() : nullptr;
}

Result<dns::Answer> FileSource::substitute(const dns::Question& question) const {
    switch (missing_) {
    case Missing::refuse:
        return fail(ExitCode::data, fmt::format("{}: no answer to the question {}", name_, print(question)));
    case Missing::no_name:
        return dns::no_name();
    case Missing::no_data:
        return dns::no_data();
    case Missing::fail:
        return dns::failed(dns::Failure::timeout);
    case Missing::zone:
        return exists(question.name) ? dns::no_data() : dns::no_name();
    }
    return dns::no_name();
}

// RFC 8020: a name with something below it exists.
bool FileSource::exists(const std::string& name) const {
    return std::any_of(answers_.begin(), answers_.end(), [&](const auto& entry) {
        const std::string& known = entry.first.name;
        const bool says_so = entry.second->status != dns::Status::no_name;
        return says_so && (known == name || known.ends_with('.' + name));
    });
}

DnsSource::DnsSource(const resolver::Options& options, std::chrono::milliseconds budget)
    : budget_(budget), limit_(budget), resolver_(listening(options, heard_)) {}

resolver::Options DnsSource::listening(resolver::Options options, Heard& heard) {
    options.report = [&heard](std::string_view text) {
        heard.with([text](auto& lines) { lines.emplace_back(text); });
    };
    return options;
}

std::vector<std::string> DnsSource::warnings() const {
    return heard_.with([](auto& lines) { return lines; });
}

Result<void> DnsSource::answer(const dns::Questions& questions, dns::Answers& known) {
    if (!deadline_) {
        deadline_ = std::chrono::steady_clock::now() + std::min(limit_, budget_);
    }
    std::vector<std::future<dns::AnswerPtr>> answers;
    for (const dns::Question& question : questions) {
        // Shared, because a std::function is copied and a promise is not.
        auto promise = std::make_shared<std::promise<dns::AnswerPtr>>();
        answers.push_back(promise->get_future());
        resolver_.ask(question, [promise](const dns::AnswerPtr& answer) { promise->set_value(answer); });
    }
    auto next = answers.begin();
    for (const dns::Question& question : questions) {
        auto& answer = *next++;
        if (answer.wait_until(*deadline_) == std::future_status::ready) {
            known.insert(question, answer.get());
        } else {
            known.insert(question, dns::failed(dns::Failure::timeout));
        }
    }
    return {};
}

} // namespace milter::tool
