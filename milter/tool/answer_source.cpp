#include "milter/tool/answer_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <vector>

namespace tool {

FileSource::FileSource(dns::Answers answers, Missing missing, std::string name)
    : answers_(std::move(answers)), missing_(missing), name_(std::move(name)) {}

Result<void> FileSource::answer(const dns::Questions& questions, dns::Answers& known) {
    for (const dns::Question& question : questions) {
        if (const dns::Answer* found = answers_.find(question)) {
            known.insert(question, *found);
            continue;
        }
        auto substituted = substitute(question);
        if (!substituted) {
            return tl::make_unexpected(substituted.error());
        }
        known.insert(question, std::move(*substituted));
    }
    return {};
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

DnsSource::DnsSource(const resolver::Options& options) : resolver_(options) {}

Result<void> DnsSource::answer(const dns::Questions& questions, dns::Answers& known) {
    std::vector<std::future<dns::AnswerPtr>> answers;
    for (const dns::Question& question : questions) {
        // Shared, because a std::function is copied and a promise is not.
        auto promise = std::make_shared<std::promise<dns::AnswerPtr>>();
        answers.push_back(promise->get_future());
        resolver_.ask(question, [promise](const dns::AnswerPtr& answer) { promise->set_value(answer); });
    }
    auto next = answers.begin();
    for (const dns::Question& question : questions) {
        known.insert(question,
                     (next++)->get()); // the resolver answers every question within its own timeouts
    }
    return {};
}

} // namespace tool
