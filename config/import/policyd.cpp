#include "config/import/policyd.h"

#include "base/ascii.h"
#include "base/ip_network.h"
#include "base/secret_text.h"
#include "config/import/host_entries.h"
#include "config/import/opendkim.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace config::import {

namespace {

std::string setting_of(std::string_view name) {
    return fmt::format("spf.policyd.{}", name);
}

// policyd-spf rejects nothing for a word that it does not know.
void import_rejects(Job& job, std::string_view name) {
    const Option* option = job.find(name);
    if (option == nullptr) {
        return;
    }
    constexpr std::array<std::string_view, 6> words{"SPF_Not_Pass", "Softfail", "Fail",
                                                    "Null",         "False",    "No_Check"};
    const bool known = std::ranges::find(words, option->value) != words.end() &&
                       (name == "HELO_reject" || option->value != "Null");
    if (!known) {
        job.tell(Effect::decide, *option,
                 fmt::format("{} is no value of {}, for which policyd-spf rejects nothing; False is written",
                             base::quoted(option->value), name));
    }
    job.set(*option, setting_of(name), known ? option->value : "False");
}

// Only True, in this spelling, is true.
void import_truth(Job& job, std::string_view name) {
    const Option* option = job.find(name);
    if (option == nullptr) {
        return;
    }
    const bool on = option->value == "True";
    if (!on && option->value != "False") {
        job.tell(Effect::decide, *option,
                 fmt::format("only True, written so, turns it on: with {} it was off, and stays so",
                             base::quoted(option->value)));
    }
    job.set(*option, setting_of(name), on ? "true" : "false");
}

// Python's ipaddress takes no blanks, no brackets and no bits behind the prefix.
std::optional<base::IpNetwork> read_block(std::string_view item) {
    std::string text(item);
    const auto slash = text.find('/');
    if (const auto length =
            slash == std::string::npos ? std::nullopt : prefix_of_mask(item.substr(slash + 1))) {
        text = fmt::format("{}/{}", text.substr(0, slash), *length);
    }
    const bool odd = text.find_first_of(" \t[]") != std::string::npos || base::IpNetwork::has_host_bits(text);
    const auto block = base::IpNetwork::parse(text);
    return odd || !block ? std::nullopt : std::optional(*block);
}

// policyd-spf parts a list at its commas and takes what is between them as it is, with its blanks.
std::vector<std::string> blocks_of(Job& job, const Option& option) {
    std::vector<std::string> blocks;
    for (const auto item : base::split(option.value, ',')) {
        if (option.value.empty()) {
            break;
        }
        const auto block = read_block(item);
        if (!block) {
            job.tell(Effect::note, option,
                     fmt::format("{} is no block{}; policyd-spf stopped reading the list there, so that it "
                                 "and what follows had no effect",
                                 base::quoted(item),
                                 base::is_wsp(item.empty() ? '-' : item.front()) ? " with a blank before it"
                                                                                 : ""));
            break;
        }
        const std::string text = block->print();
        if (item.find(':') != std::string_view::npos && text.find(':') == std::string::npos) {
            continue; // ::ffff:192.0.2.0/120: Postfix names such clients by their IPv4 address
        }
        blocks.push_back(text);
    }
    return blocks;
}

std::vector<std::string> names_of(Job& job, const Option& option) {
    std::vector<std::string> names;
    for (const auto item : base::split(option.value, ',')) {
        if (item != base::trim_wsp(item)) {
            job.tell(
                Effect::note, option,
                fmt::format("{} is left out: policyd-spf takes the blank for a part of the name, so that "
                            "it matched nobody",
                            base::quoted(item)));
        } else if (!item.empty()) {
            names.emplace_back(item);
        }
    }
    return names;
}

void import_lists(Job& job, const std::vector<std::string>& unasked) {
    const Option* skipped = job.find("skip_addresses");
    std::vector<std::string> blocks =
        skipped == nullptr ? std::vector<std::string>{"127.0.0.0/8", "::1/128"} : blocks_of(job, *skipped);
    const std::size_t own = blocks.size();
    for (const std::string& block : unasked) {
        if (std::ranges::find(blocks, block) == blocks.end()) {
            blocks.push_back(block);
        }
    }
    const Option none{"skip_addresses", "", job.whole(), 0};
    if (skipped != nullptr || blocks.size() > own) {
        job.set_list(skipped == nullptr ? none : *skipped, setting_of("skip_addresses"), blocks);
    }
    if (const Option* whitelist = job.find("Whitelist")) {
        job.set_list(*whitelist, setting_of("Whitelist"), blocks_of(job, *whitelist));
    }
    for (const std::string_view name :
         {"Domain_Whitelist", "Domain_Whitelist_PTR", "HELO_Whitelist", "Reject_Not_Pass_Domains"}) {
        if (const Option* option = job.find(name)) {
            job.set_list(*option, setting_of(name), names_of(job, *option));
        }
    }
}

void import_words(Job& job) {
    if (const Option* codes = job.find("SPF_Enhanced_Status_Codes")) {
        job.set(*codes, setting_of(codes->name), codes->value == "No" ? "false" : "true");
    }
    if (const Option* hide = job.find("Hide_Receiver")) {
        job.set(*hide, setting_of(hide->name), hide->value == "No" ? "false" : "true");
    }
    if (const Option* message = job.find("Reason_Message")) {
        job.set(*message, setting_of(message->name), message->value);
    }
    if (const Option* url = job.find("Reason_URL")) {
        job.set(*url, setting_of(url->name), url->value);
    }
}

void import_test(Job& job) {
    const Option* option = job.find("TestOnly");
    if (option == nullptr) {
        return;
    }
    const auto number = read_number(option->value);
    if (!number) {
        job.work().problems.push_back(
            {{option->place.file, option->place.line, option->value_column},
             fmt::format("TestOnly: expected 0 or 1, found {}; policyd-spf fails with it",
                         base::quoted(option->value))});
        return;
    }
    job.set(*option, setting_of("TestOnly"), *number == 0 ? "0" : "1");
    job.tell(Effect::note, *option,
             *number == 0 ? "0 is the test: nothing is refused for SPF, as before"
                          : "1 is no test: mail is refused, as before");
}

// What is written into the mail.
void import_header(Job& job) {
    const Option* type = job.find("Header_Type");
    const std::string word = type == nullptr ? "SPF" : type->value;
    const Option none{"Header_Type", "", job.whole(), 0};
    if (word.find("SPF") != std::string::npos) {
        job.set(type == nullptr ? none : *type, "spf.received_spf", "true");
    }
    const Option* id = job.find("Authserv_Id");
    if (id != nullptr && word.find("AR") != std::string::npos) {
        import_authserv_id(job, *id);
    }
    if (word == "None") {
        job.tell(Effect::receivers, type == nullptr ? none : *type,
                 "the SPF result stands in Authentication-Results now");
    }
}

} // namespace

void import_policyd(const Options& options, const std::vector<std::string>& unasked, Work& work) {
    Job job(Daemon::policyd_spf, options, work);
    import_header(job);
    job.carry("Void_Limit", "spf.void_lookups");
    const Option* mock = job.find("Mock");
    if (mock == nullptr || mock->value.empty()) { // with it nothing is checked
        job.draft().open("spf.policyd", job.whole(), "");
        const Option whole{"", "", job.whole(), 0};
        job.set(whole, setting_of("stage"), "rcpt");
        import_rejects(job, "HELO_reject");
        import_rejects(job, "Mail_From_reject");
        import_truth(job, "PermError_reject");
        import_truth(job, "TempError_Defer");
        import_truth(job, "No_Mail");
        import_test(job);
        import_lists(job, unasked);
        import_words(job);
        job.tell(
            Effect::senders,
            "mail is refused for SPF as before, when its recipients are named. Mail of your own (users who "
            "log in, internal hosts) is not asked, and mail to postmaster and abuse is not refused");
    }
    job.finish();
}

} // namespace config::import
