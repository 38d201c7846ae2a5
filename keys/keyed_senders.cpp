#include "keys/keyed_senders.h"

#include "base/ip_network.h"
#include "base/secret_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace keys {

namespace {

// What one name may write. Words that say nothing are left out: they allow nobody anything.
struct KeptSenders {
    std::vector<std::string> allowed;
    std::string problem; // of a word
};

source::Value make_senders(std::string_view name, const source::Rows& rows) {
    auto kept = std::make_shared<KeptSenders>();
    std::size_t bytes = sizeof(KeptSenders);
    for (const source::Row& fields : rows.rows) {
        for (const std::string& field : fields) {
            for (std::string& word : sender_words(field)) {
                if (std::string refusal = sender_refusal(word); refusal.empty()) {
                    bytes += sizeof(std::string) + word.size();
                    kept->allowed.push_back(std::move(word));
                } else if (kept->problem.empty()) {
                    kept->problem = fmt::format("in the row of {}: {}: {}", base::shown(name),
                                                base::quoted(word), refusal);
                }
            }
        }
    }
    return {std::move(kept), bytes};
}

} // namespace

std::vector<std::string> login_forms(std::string_view login) {
    if (base::IpNetwork::parse(login)) {
        return {}; // such a row is for clients
    }
    std::vector<std::string> forms;
    if (login.find('*') == std::string_view::npos) { // what a row with one means is said by its form
        forms.emplace_back(login);
    }
    if (const auto at = login.rfind('@'); at != std::string_view::npos && at + 1 < login.size()) {
        forms.push_back(fmt::format("*@{}", login.substr(at + 1)));
    }
    forms.emplace_back("*");
    return forms;
}

std::vector<std::string> client_forms(const base::IpAddress& client) {
    constexpr std::array<unsigned, 4> v4{32, 24, 16, 8};
    constexpr std::array<unsigned, 6> v6{128, 64, 56, 48, 32, 16};
    std::vector<std::string> forms{client.print()};
    const auto add = [&](unsigned length) { forms.push_back(base::IpNetwork(client, length).print()); };
    if (client.is_v4()) {
        std::for_each(v4.begin(), v4.end(), add);
    } else {
        std::for_each(v6.begin(), v6.end(), add);
    }
    return forms;
}

KeyedSenderTable::KeyedSenderTable(const source::Options& options, std::shared_ptr<source::News> news)
    : source_(options, make_senders, std::move(news)) {}

SenderSource::Answer KeyedSenderTable::of_login(std::string_view login) const {
    return ask(login_forms(login));
}

SenderSource::Answer KeyedSenderTable::of_client(const base::IpAddress& client) const {
    return ask(client_forms(client));
}

// What is known counts even where the rest is not: no row takes anything away.
SenderSource::Answer KeyedSenderTable::ask(const std::vector<std::string>& forms) const {
    Answer answer;
    Inquiry inquiry = source_.inquiry();
    for (const std::string& form : forms) {
        const auto found = source_.look_up(form, inquiry);
        const auto* kept = static_cast<const KeptSenders*>(found.value.get());
        if (kept != nullptr) {
            answer.allowed.insert(answer.allowed.end(), kept->allowed.begin(), kept->allowed.end());
        }
        const std::string& why = kept != nullptr ? kept->problem : found.failure;
        if (!why.empty() && answer.failure.empty()) {
            answer.failure = fmt::format("{}: {}", source_.options().label, why);
        }
    }
    return answer;
}

std::vector<Problem> KeyedSenderTable::probe(const Reader& reader) const {
    return source_.problems(reader, 1, any_number);
}

} // namespace keys
