#include "milter/tool/import/offered_messages.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "milter/tool/all_keys.h"
#include "milter/tool/import/programs.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace milter::tool::import {

namespace {

using Json = nlohmann::ordered_json;

Words probe_words(const std::string& address) {
    return {"probe", "--json", "--timeout", "30", "--socket", address};
}

// The verdict and the edits. Temporary failures are errors: that mail would wait.
Told<Json> offer(Words words, const std::string& message) {
    words.emplace_back("-");
    const auto ended = run_paraph(words, message);
    auto json = Json::parse(ended.output, nullptr, false);
    const bool is_answer = !json.is_discarded() && json.is_object() && json.contains("reply");
    if (ended.code != 0 || !is_answer) {
        constexpr std::size_t shown = 300;
        return base::refuse(is_answer ? fmt::format("it answers '{} {}'", json.value("reply", ""),
                                                    base::one_line(json.value("text", ""), shown))
                                      : base::one_line(base::trim_fws(ended.output), shown));
    }
    return json;
}

// The value of a tag, without blanks.
std::string tag_of(std::string_view field, std::string_view name) {
    for (const auto part : base::split(field, ';')) {
        std::string text(part);
        std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
        if (text.starts_with(fmt::format("{}=", name))) {
            return base::to_lower(text.substr(name.size() + 1));
        }
    }
    return {};
}

} // namespace

std::vector<std::string> domains_to_try(const config::Settings& settings) {
    constexpr std::size_t most = 5;
    std::vector<std::string> domains;
    const auto all = all_keys(settings);
    if (!all) {
        return domains;
    }
    for (const auto& key : all->keys) {
        const bool is_new = std::find(domains.begin(), domains.end(), key.domain) == domains.end();
        if (key.state == config::KeyState::active && is_new && domains.size() < most) {
            domains.push_back(key.domain);
        }
    }
    return domains;
}

Told<Signatures> offer_outbound(const std::string& address, const std::vector<std::string>& domains) {
    Signatures signatures;
    for (const auto& domain : domains) {
        auto words = probe_words(address);
        words.insert(words.end(), {"--postfix-non-smtp", "--mail-from", "postmaster@" + domain});
        const auto answer =
            offer(words, fmt::format("From: <postmaster@{}>\nTo: <postmaster@{}>\nSubject: probe\n"
                                     "Date: Thu, 1 Jan 2026 00:00:00 +0000\n\nA probe.\n",
                                     domain, domain));
        if (!answer) {
            return base::refuse(answer.error());
        }
        for (const auto& edit : answer->value("edits", Json::array())) {
            if (base::iequals(edit.value("name", ""), "DKIM-Signature")) {
                const auto field = edit.value("value", "");
                signatures[domain].insert(fmt::format("{}/{}", tag_of(field, "d"), tag_of(field, "s")));
            }
        }
    }
    return signatures;
}

Told<std::string> offer_inbound(const std::string& address) {
    auto words = probe_words(address);
    words.insert(words.end(), {"--ip", "192.0.2.1", "--helo", "probe.example"});
    const auto answer =
        offer(words, "From: <probe@probe.example>\nTo: <postmaster@localhost>\nSubject: probe\n\nA probe.\n");
    return answer ? Told<std::string>(answer->value("reply", "")) : base::refuse(answer.error());
}

std::string address_of(const config::Settings& settings) {
    const auto& socket = settings.listen.socket;
    if (!socket.is_unix() && socket.is_everywhere()) {
        return socket.host.find(':') == std::string::npos ? fmt::format("inet:127.0.0.1:{}", socket.port)
                                                          : fmt::format("inet6:[::1]:{}", socket.port);
    }
    return socket.print();
}

} // namespace milter::tool::import
