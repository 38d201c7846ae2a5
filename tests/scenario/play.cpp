#include "play.h"

#include "base/ascii.h"
#include "compose.h"
#include "config/load.h"
#include "dkim/evaluate.h"
#include "milter/log/logger.h"
#include "milter/session/session.h"
#include "support/mta_edits.h"
#include "support/world/resolve.h"

#include <fmt/format.h>

#include <regex>

namespace scenario {

namespace {

using Lines = std::vector<std::string>;

class SilentLogger final : public milter::log::Logger {
    void emit(milter::log::Level /*level*/, const std::string& /*line*/) override {}
};

class ZoneResolver final : public milter::resolver::Resolver {
  public:
    explicit ZoneResolver(const test::Zone& zone) : zone_(zone) {}

    void ask(const dns::Question& question, Callback callback) override {
        callback(std::make_shared<const dns::Answer>(zone_.answer(question)));
    }

  private:
    const test::Zone& zone_;
};

base::Result<std::shared_ptr<const milter::runtime::Runtime>, std::string>
make_runtime(const Scenario& scenario, const TestKeys& keys, const Manner& manner) {
    auto loaded = config::load_text(keys.substitute(scenario.config), "[config]");
    if (!loaded.settings) {
        std::string problems;
        for (const auto& diagnostic : loaded.diagnostics) {
            problems += config::print(diagnostic) + '\n';
        }
        return base::refuse(problems);
    }
    if (loaded.settings->authserv_id.empty()) {
        loaded.settings->authserv_id = "mx.test"; // not the host's name, which differs from host to host
    }
    loaded.settings->spf.look_ahead = manner.look_ahead;
    auto built = milter::runtime::build_runtime(std::move(*loaded.settings), "mx.test");
    if (!built.runtime) {
        return base::refuse(fmt::format("{}", fmt::join(built.problems, "\n")));
    }
    return std::move(built.runtime);
}

// The name as an MTA passes it on: whatever stands before the colon.
void send_message(milter::session::Session& session, const message::Message& message, std::size_t chunk) {
    for (const message::HeaderField& field : message.headers) {
        const std::string_view text = field.text();
        const auto colon = text.find(':');
        session.header(text.substr(0, colon), colon == std::string_view::npos ? "" : text.substr(colon + 1));
    }
    for (std::string_view rest = message.body; !rest.empty();) {
        session.body(rest.substr(0, chunk));
        rest.remove_prefix(std::min(chunk, rest.size()));
    }
}

// One line, and nothing in it that depends on the bytes of a signature.
std::string flat(const std::string& body) {
    static const std::regex folds("\\s+");
    static const std::regex signature_prefix("header\\.b=(\"[^\"]*\"|[^ ;]*)");
    const auto unfolded = std::regex_replace(body, folds, " ");
    return std::string(base::trim_wsp(std::regex_replace(unfolded, signature_prefix, "header.b=...")));
}

// The first signature of a message, as it leaves but for the signatures made, over the keys of a zone.
class SignatureCheck {
  public:
    SignatureCheck(message::Message message, const test::Zone& zone, base::UnixTime now)
        : message_(std::move(message)), zone_(zone), now_(now) {}

    // With `above` on top of the signature, as somebody who replays the message would add it.
    dkim::Verdict verify(const milter::session::HeaderInsertion& signature, const std::string& above) const {
        message::HeaderList headers;
        if (!above.empty()) {
            headers.add(message::HeaderField(above, " replayed@evil.test"));
        }
        headers.add(message::HeaderField(signature.name, signature.body));
        for (const message::HeaderField& one : message_.headers) {
            headers.add(one);
        }
        dkim::BodyHashes bodies;
        const auto candidates = dkim::find_signatures(headers, {}, bodies);
        bodies.update(message_.body);
        bodies.finish();
        const auto evaluate = [&](const dns::Answers& known) {
            return dkim::evaluate({candidates.front(), headers, bodies, now_}, known, {});
        };
        return test::resolve(evaluate, zone_, {.most_rounds = 1}).verdict; // a key is all it can ask for
    }

  private:
    message::Message message_;
    const test::Zone& zone_;
    base::UnixTime now_;
};

// Whether a signature that was just made verifies with the keys of the zone, and which additional fields it
// would let pass.
std::string describe_signature(const milter::session::HeaderInsertion& field, const SignatureCheck& check) {
    const dkim::Verdict verdict = check.verify(field, "");
    const bool has_identity = verdict.identity != "@" + verdict.domain;
    std::string text =
        fmt::format("d={} s={} a={}{}: {}{}{}", verdict.domain, verdict.selector, verdict.algorithm,
                    has_identity ? " i=" + verdict.identity : "", dkim::print(verdict.result),
                    verdict.reason.empty() ? "" : ", ", verdict.reason);
    for (const char* const name : {"From", "Subject", "To", "Cc", "Reply-To", "Content-Type"}) {
        if (verdict.result == dkim::Result::pass && check.verify(field, name).result == dkim::Result::pass) {
            text += fmt::format(", survives another {}", name);
        }
    }
    return text;
}

std::string reply_line(const milter::session::Actions& actions) {
    switch (actions.reply) {
    case milter::session::Reply::proceed:
        return "reply proceed";
    case milter::session::Reply::tempfail:
    case milter::session::Reply::reject:
        return fmt::format("reply {} {} {}", actions.code, actions.enhanced, actions.text);
    case milter::session::Reply::discard:
        return "reply discard";
    }
    return "reply ?";
}

Lines describe(const milter::session::Actions& actions, const SignatureCheck& check) {
    Lines lines{reply_line(actions)};
    if (!actions.hold_reason.empty()) {
        lines.push_back("hold " + actions.hold_reason);
    }
    for (const auto& change : actions.changes) {
        lines.push_back(fmt::format("change {} {}: {}", change.name, change.instance, flat(change.body)));
    }
    for (const auto& deletion : actions.deletions) {
        lines.push_back(fmt::format("delete {} {}", deletion.name, deletion.instance));
    }
    for (const auto& field : actions.insertions) {
        const bool signature = field.name == "DKIM-Signature";
        lines.push_back(fmt::format("insert {}: {}", field.name,
                                    signature ? describe_signature(field, check) : flat(field.body)));
    }
    return lines;
}

} // namespace

base::Result<Lines, std::string> play(const Scenario& scenario, const TestKeys& keys, const Manner& manner) {
    const auto zone = test::Zone::parse(keys.substitute(scenario.zone));
    if (!zone) {
        return base::refuse(fmt::format("line {} of the zone: {}", zone.error().line, zone.error().message));
    }
    const auto message = compose(scenario, keys);
    const auto runtime = make_runtime(scenario, keys, manner);
    if (!message || !runtime) {
        return base::refuse(message ? runtime.error() : message.error());
    }
    ZoneResolver resolver(*zone);
    SilentLogger logger;
    milter::runtime::Service service(*runtime, resolver, logger, [&scenario] { return scenario.now; });
    milter::session::Session session(service);
    session.connect(scenario.connection);
    session.helo(scenario.helo);
    session.mail_from(scenario.sender);
    Lines refused;
    for (const auto& path : scenario.recipients) {
        if (const auto answer = session.recipient(path); answer.reply != milter::session::Reply::proceed) {
            refused.push_back(fmt::format("rcpt-to {} {}", path, reply_line(answer)));
        }
    }
    send_message(session, *message, manner.body_chunk);
    const auto actions = session.end_of_message("SCENARIO", [] {});
    auto without_insertions = actions;
    without_insertions.insertions.clear();
    message::Message edited{test::delivered(message->headers, without_insertions), message->body};
    auto lines = describe(actions, SignatureCheck(std::move(edited), *zone, scenario.now));
    lines.insert(lines.begin(), refused.begin(), refused.end());
    return lines;
}

} // namespace scenario
