#include "milter/tool/compare/compare.h"

#include "base/ascii.h"
#include "milter/runtime/runtime.h"
#include "milter/tool/all_keys.h"
#include "milter/tool/compare/arrival.h"
#include "milter/tool/compare/guardian.h"
#include "milter/tool/compare/new_configuration.h"
#include "milter/tool/compare/progress.h"
#include "milter/tool/compare/report.h"
#include "milter/tool/compare/side.h"
#include "milter/tool/daemon_user.h"
#include "milter/tool/import/host_hands.h"
#include "milter/tool/import/postfix_edit.h"
#include "milter/tool/import/programs.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <ostream>

namespace milter::tool::compare {

namespace {

std::string own_name() {
    const std::string of_postfix =
        import::find_program("postconf").empty() ? std::string() : import::postfix_setting("myhostname");
    return of_postfix.empty() ? runtime::host_name() : of_postfix;
}

// Those whose keys sign. Where not all of them can be listed, any author may be one.
std::vector<std::string> signing_domains(const config::Settings& settings, bool& is_whole) {
    std::vector<std::string> domains;
    const auto all = all_keys(settings);
    is_whole = all && all->passed_over.empty();
    for (const auto& key : all ? all->keys : std::vector<NamedKey>()) {
        if (key.state == config::KeyState::active &&
            std::ranges::find(domains, key.domain) == domains.end()) {
            domains.push_back(key.domain);
        }
    }
    return domains;
}

// A host whose mail is signed; none: users who log in.
std::optional<base::IpAddress> trusted_client(const config::Settings& settings) {
    const auto loopback = base::IpAddress::parse("127.0.0.1");
    const auto& hosts = settings.roles.internal_hosts;
    if (base::find_host(hosts, "", loopback) != nullptr) {
        return loopback;
    }
    for (const auto& host : hosts) {
        if (host.network() && !host.is_exception()) {
            const auto text = host.network()->print();
            return base::IpAddress::parse(text.substr(0, text.find('/')));
        }
    }
    return std::nullopt;
}

class Play {
  public:
    Play(OldSide& old, NewSide& own, const Configured& configured)
        : old_(old), new_(own), configured_(configured) {
        trusted_ = trusted_client(configured.settings);
        scope_ = {old.has_opendkim(), old.has_policyd() || configured.opendmarc_checks_spf,
                  old.has_opendkim(), old.has_opendmarc()};
        domains_ = signing_domains(configured.settings, knows_domains_);
        name_ = own_name();
    }

    [[nodiscard]] const std::vector<std::string>& domains() const { return domains_; }
    [[nodiscard]] const Tally& tally() const { return tally_; }
    [[nodiscard]] bool knows_domains() const { return knows_domains_; }
    // Neither side signed, as where neither can read a key.
    [[nodiscard]] bool lacks_signatures() const {
        const bool has_keys = !domains_.empty() || !knows_domains_;
        return scope_.signs && has_keys && tally_.compared(Way::outbound) > 0 && tally_.signed_count() == 0;
    }

    void play(const Sample& sample) {
        if (!sample.problem.empty()) {
            tally_.note_unreadable(sample.name, sample.problem);
            return;
        }
        auto message = message::parse_message(sample.text);
        if (!message || message->headers.size() == 0) {
            tally_.note_unreadable(sample.name, message ? "it has no header" : message.error().message);
            return;
        }
        const Arrival arrival = read_arrival(sample, std::move(*message));
        if (sample.way != Way::outbound) {
            one_way(Way::inbound, sample.name, arrival);
        }
        if (sample.way == Way::outbound || (!sample.way && is_own(arrival.author))) {
            Arrival left = arrival;
            left.message = one_way(Way::outbound, sample.name, arrival);
            if (sample.comes_back) {
                one_way(Way::inbound, sample.name, left);
            }
        }
    }

  private:
    [[nodiscard]] bool is_own(const std::string& author) const {
        return !author.empty() &&
               (!knows_domains_ || std::ranges::any_of(domains_, [&](const std::string& domain) {
                   return base::iequals(author, domain) || base::to_lower(author).ends_with("." + domain);
               }));
    }

    [[nodiscard]] ProbeEnvelope envelope(Way way, const Arrival& arrival) const {
        ProbeEnvelope envelope;
        envelope.local_name = name_;
        envelope.mail_from = arrival.sender;
        envelope.recipients = {"somebody@" + name_}; // no role, to which nothing is refused
        envelope.client = way == Way::inbound ? std::optional(arrival.client) : trusted_;
        envelope.helo = way == Way::inbound ? arrival.helo : name_;
        if (way == Way::outbound && !trusted_) {
            envelope.client = arrival.client;
            envelope.auth = "compare";
        }
        return envelope;
    }

    // What the old programs leave of it, signed.
    message::Message one_way(Way way, const std::string& name, const Arrival& arrival) {
        const ProbeEnvelope told = envelope(way, arrival);
        const Visit visit{told, arrival.message, ++number_, way == Way::inbound};
        message::Message left, left_by_new;
        const Answer was = old_.judge(visit, left);
        const Answer is = new_.judge(visit, left_by_new);
        if (import::is_stop_wanted()) { // they were ended over it
            return left;
        }
        if (way == Way::outbound && !(was.signatures.empty() && is.signatures.empty())) {
            tally_.note_signed();
        }
        const auto differences = compare(was, is, arrival.message.headers, scope_);
        tally_.note_message(way, !differences.empty());
        const auto author = message::find_author(arrival.message.headers);
        for (const auto& difference : differences) {
            Case one{difference, configured_, was, is, author, way, arrival.sender.empty()};
            const auto* const from = arrival.message.headers.first("From");
            one.from = from == nullptr ? std::string_view() : from->body();
            if (difference.subject == Subject::dmarc || difference.subject == Subject::fate) {
                one.dmarc = dmarc_.facts_of(arrival.author);
            }
            one.client = told.client ? &*told.client : nullptr;
            const auto& sender = arrival.sender.empty() ? told.helo : arrival.sender;
            one.sender_domain = std::string_view(sender).substr(sender.rfind('@') + 1); // all, without one
            tally_.add(one, name);
        }
        return left;
    }

    OldSide& old_;
    NewSide& new_;
    const Configured& configured_;
    Scope scope_;
    Tally tally_;
    DmarcLookup dmarc_;
    std::vector<std::string> domains_;
    bool knows_domains_ = true;
    std::optional<base::IpAddress> trusted_;
    std::string name_;
    std::size_t number_ = 0;
};

std::vector<std::string> names_of(const std::vector<config::import::Daemon>& daemons) {
    std::vector<std::string> names;
    for (const auto daemon : daemons) {
        names.emplace_back(config::import::name_of(daemon));
    }
    return names;
}

std::vector<std::string> names_of(const OldSide& side) {
    std::vector<std::string> names;
    for (const auto& [is_there, name] : {std::pair(side.has_opendkim(), "opendkim"),
                                         {side.has_opendmarc(), "opendmarc"},
                                         {side.has_policyd(), "policyd-spf"}}) {
        if (is_there) {
            names.emplace_back(name);
        }
    }
    return names;
}

Result<ExitCode> told(const Play& play, Report report, bool as_json, Console& console) {
    const Tally& tally = play.tally();
    if (play.lacks_signatures()) {
        report.notes.emplace_back(
            play.knows_domains()
                ? "signatures: neither side signed any of your own messages, although there are keys"
                : "signatures: neither side signed anything. Which domains sign cannot be listed "
                  "here (a database, or rows for any domain), so that made-up mail has none of "
                  "them: name a mailbox with mail of your own");
    }
    report.was_stopped = import::is_stop_wanted();
    console.out << (as_json ? print_json(report) : print(report));
    if (report.was_stopped) {
        return fail(ExitCode::unavailable, "stopped before the end");
    }
    if (tally.compared(Way::inbound) + tally.compared(Way::outbound) == 0) {
        return fail(ExitCode::no_input, "there is no message that could be compared");
    }
    return report.notes.empty() && !tally.has_unknown() ? ExitCode::ok : ExitCode::found;
}

// What is left out of the import does nothing today, and explains no difference.
config::import::Inputs taking_part(config::import::Inputs inputs,
                                   const std::vector<config::import::Daemon>& daemons) {
    using config::import::Daemon;
    for (const auto& [daemon, file] : {std::pair(Daemon::opendkim, &inputs.opendkim),
                                       {Daemon::opendmarc, &inputs.opendmarc},
                                       {Daemon::policyd_spf, &inputs.policyd}}) {
        if (std::ranges::find(daemons, daemon) == daemons.end()) {
            file->reset();
        }
    }
    return inputs;
}

void play_samples(Samples& samples, Play& play, Console& console) {
    Progress progress(console, static_cast<std::int64_t>(samples.count()));
    while (!import::is_stop_wanted()) {
        const auto sample = samples.next();
        if (!sample) {
            break;
        }
        play.play(*sample);
        progress.add_message();
    }
}

Result<ExitCode> play_all(const Task& task, const config::import::Inputs& inputs, const HostFiles& files,
                          const PrivateFolder& folder, Console& console) {
    const auto account = ::geteuid() == 0 ? keys::find_account(daemon_user) : std::nullopt;
    const auto room = folder.make_room("paraphd", std::nullopt); // ours, as long as keys are written there
    if (!room) {
        return fail(ExitCode::cannot_write, room.error());
    }
    const auto made = write_configuration(inputs, task.config, *room, files, console);
    if (!made) {
        return tl::make_unexpected(made.error());
    }
    if (account) {
        if (auto given = PrivateFolder::hand_over(*room, *account); !given) {
            return fail(ExitCode::cannot_write, given.error());
        }
    }
    std::vector<std::string> notes;
    if (::geteuid() != 0) {
        notes.emplace_back("what root alone can read, keys among it: run this as root");
    }
    for (const auto& signer : made->outcome.other_signers) {
        if (signer.state == config::import::SignerState::signs) {
            notes.push_back(fmt::format("{}: signs mail here as well ({}), and is not asked",
                                        config::import::name_of(signer.program), signer.place.print()));
        }
    }
    OldSide old = OldSide::start({inputs, made->outcome, files}, folder, notes);
    if (names_of(old).empty()) {
        return fail(ExitCode::unavailable,
                    fmt::format("none of the old programs can be run: {}", fmt::join(notes, "; ")));
    }
    auto own = NewSide::start(made->file, folder, *room);
    if (!own) {
        return fail(ExitCode::unavailable, own.error());
    }
    const Configured configuration =
        configured(taking_part(inputs, made->outcome.daemons), files, made->settings);
    Play play(old, *own, configuration);
    auto samples = open_samples(task.messages, play.domains());
    if (!samples) {
        return tl::make_unexpected(samples.error());
    }
    play_samples(**samples, play, console);
    old.ask_to_end();
    own->ask_to_end();
    return told(play, {play.tally(), names_of(old), names_of(made->outcome.not_called), notes}, task.json,
                console);
}

} // namespace

Result<ExitCode> compare_all(const Task& task, const config::import::Inputs& inputs, const HostFiles& files,
                             Console& console) {
    import::hold_back_signals(Process::kill_all);
    for (const auto& path : PrivateFolder::remove_left()) {
        fmt::print(
            console.err,
            "paraph: {} was left by a comparison that was killed, and is removed. Its programs may run "
            "on: `ps ax | grep {}`\n",
            path, path);
    }
    const auto folder = PrivateFolder::make();
    if (!folder) {
        return fail(ExitCode::cannot_write, folder.error());
    }
    const auto guardian = Guardian::start(folder->path());
    if (!guardian) {
        return fail(ExitCode::unavailable, guardian.error());
    }
    return play_all(task, inputs, files, *folder, console);
}

} // namespace milter::tool::compare
