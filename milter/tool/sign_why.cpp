#include "milter/tool/sign_why.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/choices.h"
#include "message/mailbox.h"
#include "milter/runtime/runtime.h"
#include "milter/session/key_choice.h"
#include "milter/tool/configuration.h"
#include "milter/tool/domain_entries.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace milter::tool {

namespace {

using Json = nlohmann::ordered_json;

// A key of the entry that does not sign.
struct SilentKey {
    std::string name;
    config::KeyState state;
    std::string file;
    std::size_t line;
};

std::string_view print(config::KeyState state) {
    return config::word_of(config::key_state_choices, state);
}

std::vector<SilentKey> silent_keys(const config::Settings& settings, const base::DomainName& domain) {
    std::vector<SilentKey> silent;
    if (const auto found = DomainEntries(settings).find(domain)) {
        for (const auto& key : found->entry->keys) {
            if (!key.is_active()) {
                silent.push_back({fmt::format("{}/{}", found->name, key.selector), key.state,
                                  found->entry->named_in, key.line});
            }
        }
    }
    return silent;
}

struct Explanation {
    message::Mailbox from;
    session::Submission submission;
    session::KeyChoice choice;
    std::vector<SilentKey> silent;

    [[nodiscard]] bool has_problem() const {
        return std::any_of(choice.signers.begin(), choice.signers.end(),
                           [](const auto& signer) { return !signer.key; });
    }
};

void print_words(const Explanation& why, std::ostream& out) {
    fmt::print(out, "From: {}, {}\n", base::printable(message::print(why.from)),
               keys::print(why.submission.submitter));
    for (const auto& signer : why.choice.signers) {
        const auto identity =
            signer.identity.empty() ? "" : fmt::format(", i={}", base::printable(signer.identity));
        const auto what = signer.key
                              ? fmt::format("signs ({}{})", crypto::print(signer.key->type()), identity)
                              : fmt::format("should sign and cannot: {}", base::printable(signer.problem));
        fmt::print(out, "key {} {}  # {}:{}\n", signer.name, what, signer.named_in, signer.line);
    }
    if (why.choice.signers.empty()) {
        fmt::print(out, "no key signs: {}\n", base::printable(why.choice.unsigned_because));
    }
    for (const SilentKey& key : why.silent) {
        fmt::print(out, "key {} is {} and does not sign  # {}:{}\n", key.name, print(key.state), key.file,
                   key.line);
    }
}

void print_json(const Explanation& why, std::ostream& out) {
    const auto& submitter = why.submission.submitter;
    Json keys = Json::array();
    for (const auto& signer : why.choice.signers) {
        keys.push_back({{"name", signer.name},
                        {"domain", signer.domain},
                        {"selector", signer.selector},
                        {"identity", signer.identity},
                        {"type", signer.key ? Json(crypto::print(signer.key->type())) : Json()},
                        {"problem", signer.problem},
                        {"file", signer.named_in},
                        {"line", signer.line}});
    }
    Json silent = Json::array();
    for (const SilentKey& key : why.silent) {
        silent.push_back(
            {{"name", key.name}, {"state", print(key.state)}, {"file", key.file}, {"line", key.line}});
    }
    const auto& named = why.choice.named;
    const Json json{{"from", message::print(why.from)},
                    {"login", submitter.login ? Json(*submitter.login) : Json()},
                    {"client", submitter.client ? Json(submitter.client->print()) : Json()},
                    {"signs", !why.choice.signers.empty() && !why.has_problem()},
                    {"chosen_by", named ? Json(session::print(named->field)) : Json()},
                    {"domain", named && named->domain ? Json(named->domain->text()) : Json()},
                    {"forbidden", why.choice.forbidden},
                    {"reason", why.choice.unsigned_because},
                    {"keys", keys},
                    {"silent_keys", silent}};
    out << json.dump(2, ' ', true, Json::error_handler_t::replace) << '\n';
}

Result<std::shared_ptr<const runtime::Runtime>> make_runtime(config::Settings settings) {
    auto built = runtime::build_runtime(std::move(settings), runtime::host_name());
    if (built.runtime) {
        return std::move(built.runtime);
    }
    std::string problems = "the configuration cannot be used";
    for (const std::string& problem : built.problems) {
        problems += '\n' + problem;
    }
    return fail(ExitCode::config, std::move(problems));
}

} // namespace

Result<session::Submission> submission_of(const WhyOptions& options) {
    session::Submission submission{{}, options.daemon_name, options.mail_from};
    if (!options.login.empty()) {
        submission.submitter.login = options.login;
    }
    if (!options.client.empty()) {
        submission.submitter.client = base::IpAddress::parse(options.client);
        if (!submission.submitter.client) {
            return fail(ExitCode::usage,
                        fmt::format("--client: {} is not an address", base::quoted(options.client)));
        }
    }
    return submission;
}

Result<ExitCode> explain_signing(const WhyOptions& options, Console& console) {
    const auto path = message::parse_path(options.address);
    if (!path || !*path) {
        return fail(ExitCode::usage,
                    fmt::format("--why: {} is not an address", base::quoted(options.address)));
    }
    auto submission = submission_of(options);
    const auto settings =
        submission ? usable_settings(options.config, console) : tl::make_unexpected(submission.error());
    const auto runtime = settings ? make_runtime(*settings) : tl::make_unexpected(settings.error());
    if (!runtime) {
        return tl::make_unexpected(runtime.error());
    }
    message::HeaderList headers;
    headers.add(message::HeaderField("From", fmt::format(" {}", message::print(**path))));
    const auto author = message::find_author(headers);
    Explanation why{**path, std::move(*submission), {}, {}};
    why.choice = session::choose_keys(**runtime, headers, author, why.submission);
    if (const auto& named = why.choice.named; named && named->domain) {
        why.silent = silent_keys(*settings, *named->domain); // a runtime keeps no domains
    }
    (options.json ? print_json : print_words)(why, console.out);
    return why.has_problem() ? ExitCode::config : why.choice.signers.empty() ? ExitCode::data : ExitCode::ok;
}

} // namespace milter::tool
