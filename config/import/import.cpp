#include "config/import/import.h"

#include "base/ascii.h"
#include "config/import/assignment_file.h"
#include "config/import/daemon_options.h"
#include "config/import/opendkim.h"
#include "config/import/opendmarc.h"
#include "config/import/plan.h"
#include "config/import/policyd.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace config::import {

namespace {

constexpr std::string_view default_socket = "inet:127.0.0.1:8891";

std::optional<std::string> socket_in(const Options& options) {
    for (auto option = options.list.rbegin(); option != options.list.rend(); ++option) {
        if (base::iequals(option->name, "Socket")) {
            return socket_text(option->value);
        }
    }
    return std::nullopt;
}

class Import {
  public:
    Import(const Inputs& inputs, const Files& files) : inputs_(inputs), work_{files} {
        work_.out = inputs.out;
        work_.copy_keys = inputs.copy_keys;
    }

    Outcome run() {
        read_postfix();
        decide_who_counts();
        const bool is_template = read_daemons();
        Outcome outcome;
        if (!is_template && !outcome_has_nothing()) {
            convert();
            finish(outcome);
        }
        tell_of_other_signers(outcome);
        outcome.problems = std::move(work_.problems);
        outcome.findings = std::move(work_.findings);
        std::ranges::stable_sort(outcome.findings, {}, &Finding::effect);
        outcome.counts = work_.counts;
        outcome.daemons = daemons_;
        outcome.not_called = not_called_;
        outcome.read = read_;
        return outcome;
    }

  private:
    void note(Effect effect, const std::string& file, std::string text) {
        work_.findings.push_back({effect, {file, 0, 0}, "", std::move(text)});
    }

    [[nodiscard]] bool outcome_has_nothing() const { return daemons_.empty(); }

    void read_postfix() {
        if (inputs_.main_cf) {
            postfix_.read_main(inputs_.main_cf->text, inputs_.main_cf->path);
        }
        if (inputs_.master_cf) {
            postfix_.read_master(inputs_.master_cf->text, inputs_.master_cf->path);
        }
        policy_ = find_policy_use(postfix_);
        work_.has_postfix = postfix_.has_main();
        work_.in_chroot = postfix_.is_in_chroot();
    }

    // What Postfix does not call does nothing today.
    void decide_who_counts() {
        has_opendkim_ = inputs_.opendkim.has_value();
        has_opendmarc_ = inputs_.opendmarc.has_value();
        has_policyd_ = inputs_.policyd.has_value();
        if (has_policyd_ && !inputs_.policyd_is_named && postfix_.has_main() && !policy_.called) {
            has_policyd_ = false;
            not_called_.push_back(Daemon::policyd_spf);
            note(Effect::note, inputs_.policyd->path,
                 "Postfix does not call policyd-spf, so that its configuration is left out. Name it with "
                 "--policyd-spf to take it over all the same");
        }
        if (policy_.called && policy_.is_other_program) {
            has_policyd_ = false;
            work_.findings.push_back(
                {Effect::decide, policy_.place, "",
                 "this is the policy service in Perl, which refuses mail that fails SPF and has its switches "
                 "in its source. If that is to go on, add an empty section spf.policyd and take the service "
                 "out "
                 "of main.cf"});
        } else if (policy_.called && !has_policyd_ && !inputs_.policyd) {
            work_.findings.push_back(
                {Effect::decide, policy_.place, "",
                 "Postfix calls policyd-spf, and its configuration was not found. Name it "
                 "with --policyd-spf"});
        }
    }

    // True: one of the files is a template.
    bool read_daemons() {
        bool is_template = false;
        if (has_opendkim_) {
            opendkim_ = options_of(Program::opendkim, *inputs_.opendkim, inputs_.opendkim_units,
                                   inputs_.opendkim_defaults, work_.files);
            is_template = opendkim_.options.is_template;
        }
        if (has_opendmarc_) {
            opendmarc_ = options_of(Program::opendmarc, *inputs_.opendmarc, inputs_.opendmarc_units,
                                    inputs_.opendmarc_defaults, work_.files);
            leave_out_idle_opendmarc();
            is_template = is_template || (has_opendmarc_ && opendmarc_.options.is_template);
        }
        if (has_policyd_) {
            policyd_ = parse_assignment_file(inputs_.policyd->text, inputs_.policyd->path);
            is_template = is_template || policyd_.is_template;
        }
        add(has_opendkim_, Daemon::opendkim, inputs_.opendkim, opendkim_.options, is_template);
        add(has_opendmarc_, Daemon::opendmarc, inputs_.opendmarc, opendmarc_.options, is_template);
        add(has_policyd_, Daemon::policyd_spf, inputs_.policyd, policyd_, is_template);
        return is_template;
    }

    void leave_out_idle_opendmarc() {
        const auto text = socket_in(opendmarc_.options);
        const auto socket = base::SocketName::parse(text.value_or(""));
        if (inputs_.opendmarc_is_named || !postfix_.has_main() || !socket ||
            calls_milter(postfix_, *socket)) {
            return;
        }
        has_opendmarc_ = false;
        not_called_.push_back(Daemon::opendmarc);
        note(Effect::note, inputs_.opendmarc->path,
             "Postfix does not call opendmarc at its socket, so that its configuration is left out. Name it "
             "with --opendmarc to take it over all the same");
    }

    // Problems of what is converted are told by its conversion.
    void add(bool counts, Daemon daemon, const std::optional<Text>& file, const Options& options,
             bool is_template) {
        if (counts) {
            daemons_.push_back(daemon);
            read_.push_back(file->path);
            if (is_template) {
                work_.problems.insert(work_.problems.end(), options.problems.begin(), options.problems.end());
            }
        }
    }

    void convert() {
        work_.checks_elsewhere = has_opendmarc_ || has_policyd_;
        work_.checks_spf = has_policyd_;
        if (has_opendkim_) {
            import_opendkim(opendkim_.options, work_);
        }
        if (has_opendmarc_) {
            import_opendmarc(opendmarc_.options, work_);
        }
        if (has_policyd_) {
            import_policyd(policyd_, policy_.unasked, work_);
            tell_of_restrictions();
            keep_to_warnings();
        }
        for (const Started* started : {&opendkim_, &opendmarc_}) {
            work_.findings.insert(work_.findings.end(), started->findings.begin(), started->findings.end());
        }
        add_stripped();
        tell_of_results();
    }

    void add_stripped() {
        if (work_.strip.empty()) {
            return;
        }
        for (const auto& refused :
             work_.draft.set_list("strip_authserv_ids", work_.strip, work_.strip_place, "")) {
            work_.findings.push_back({Effect::dropped, work_.strip_place, "",
                                      fmt::format("strip_authserv_ids: {}", refused.reason)});
        }
    }

    // Restrictions that let mail past the policy service, which nothing here can know.
    void tell_of_restrictions() {
        if (!policy_.before.empty()) {
            work_.findings.push_back(
                {Effect::senders, policy_.place, "",
                 fmt::format(
                     "{} stood before the policy service: what it let past was not judged for SPF, and "
                     "is now. spf.policyd.Whitelist can except it",
                     fmt::join(policy_.before, ", "))});
        }
    }

    // warn_if_reject: what the policy service refuses is only logged.
    void keep_to_warnings() {
        constexpr std::string_view test = "spf.policyd.TestOnly";
        if (!policy_.only_warns || !work_.draft.has("spf.policyd.stage") ||
            work_.draft.set(test, "0", policy_.place, "warn_if_reject")) {
            return;
        }
        work_.findings.push_back(
            {Effect::senders, policy_.place, "warn_if_reject",
             "stands before the policy service in Postfix's lists, so that nothing is refused for SPF. "
             "TestOnly: 0 says so here; 1 has mail refused"});
    }

    void tell_of_postfix() {
        if (const auto* instances = postfix_.find("multi_instance_directories");
            instances != nullptr && !instances->text.empty()) {
            work_.findings.push_back(
                {Effect::decide, instances->place, "multi_instance_directories",
                 "Postfix has further instances, whose main.cf is neither read nor changed. If they call the "
                 "old daemons, write the new socket there before these are stopped"});
        }
        for (const std::string& other : policy_.others) {
            work_.findings.push_back(
                {Effect::decide, policy_.place, other,
                 fmt::format(
                     "Postfix calls this policy service for SPF beside {}. It stays in the lists, and "
                     "its configuration is not taken over. Take it out there, or leave both",
                     policy_.service)});
        }
        if (has_opendkim_ && opendkim_socket() && !is_opendkim_asked()) {
            work_.findings.push_back(
                {Effect::decide,
                 {inputs_.opendkim->path, 0, 0},
                 "Socket",
                 "Postfix does not call opendkim at its socket, so that opendkim signs no mail today. "
                 "paraphd is called and signs. If an entry of smtpd_milters is opendkim by another name, "
                 "write the new socket in its place"});
        }
    }

    [[nodiscard]] std::optional<base::SocketName> opendkim_socket() const {
        const auto parsed = base::SocketName::parse(socket_in(opendkim_.options).value_or(""));
        return parsed ? std::optional(*parsed) : std::nullopt;
    }

    // By Postfix; without its files nothing speaks against it.
    [[nodiscard]] bool is_opendkim_asked() const {
        const auto socket = opendkim_socket();
        return !postfix_.has_main() || (socket && calls_milter(postfix_, *socket));
    }

    void tell_of_results() {
        std::string what =
            "one Authentication-Results field has the results of SPF, DKIM and DMARC together, "
            "for unsigned mail as well";
        if (!has_opendmarc_) {
            what += "; DMARC is new, refuses nothing, and dmarc.enabled: false turns it off";
        }
        if (!has_policyd_ && !has_opendmarc_) {
            what += "; so is SPF: spf.enabled: false";
        }
        note(Effect::receivers, read_.front(), what);
        if (const auto* action = postfix_.find("milter_default_action");
            action != nullptr && action->text == "accept") {
            work_.findings.push_back(
                {Effect::note, action->place, "milter_default_action",
                 "accept: while paraphd is down mail comes in unchecked, with whatever forged results it "
                 "brings, as before. See postfix.md"});
        }
        tell_of_milter_maps();
        tell_of_returned_mail();
        tell_of_postfix();
        if (const auto* protocol = postfix_.find("milter_protocol");
            protocol != nullptr && protocol->text == "2") {
            work_.findings.push_back({Effect::decide, protocol->place, "milter_protocol",
                                      "2 is too old: take it out, or write 6"});
        }
    }

    // opendkim takes it for mail of this host and leaves the results of the first pass alone.
    void tell_of_returned_mail() {
        for (const PostfixService* service : services_of_return(postfix_, old_sockets())) {
            work_.findings.push_back(
                {Effect::decide, service->place, service->id(),
                 "a filter hands mail back there, and paraphd would see it a second time: it removes the "
                 "results of the first, or signs again. Write -o smtpd_milters= there, or see "
                 "content-filters.md"});
        }
    }

    void tell_of_other_signers(Outcome& outcome) {
        outcome.other_signers = inputs_.other_signers;
        const bool is_asked = is_opendkim_asked();
        for (const OtherSigner& signer : inputs_.other_signers) {
            if (signer.state == SignerState::signs && work_.signs && !is_asked) {
                outcome.signs_instead = signer;
            }
            work_.findings.push_back(tell(signer, consequence_of_another(is_asked)));
        }
    }

    // What becomes of signatures where somebody else signs. `is_asked`: opendkim, by Postfix.
    [[nodiscard]] std::string_view consequence_of_another(bool is_asked) const {
        if (outcome_has_nothing()) {
            return {};
        }
        if (!work_.signs) {
            return "paraphd signs nothing without them.";
        }
        return is_asked ? "It goes on beside paraphd, as it did beside opendkim: mail that both have a key "
                          "for has two signatures."
                        : "Postfix does not ask opendkim today, so that the switch would add a second "
                          "signature; --apply does not make it.";
    }

    // Postfix 3.2: some clients have milters of their own, in a table that is not read here.
    void tell_of_milter_maps() {
        constexpr std::string_view name = "smtpd_milter_maps";
        const auto tell = [&](const PostfixValue& value) {
            if (!value.text.empty()) {
                work_.findings.push_back(
                    {Effect::decide, value.place, std::string(name),
                     "what milters some clients get stands in a table, which is not changed: write the new "
                     "socket in place of the old ones there"});
            }
        };
        if (const auto* value = postfix_.find(name)) {
            tell(*value);
        }
        for (const PostfixService& service : postfix_.services()) {
            if (const auto found = service.overrides.find(name); found != service.overrides.end()) {
                tell(found->second);
            }
        }
    }

    void finish(Outcome& outcome) {
        std::string introduction;
        for (const std::string& path : read_) {
            introduction +=
                fmt::format("{} {}", introduction.empty() ? "# Made by `paraph import` from" : ",",
                            base::printable(path));
        }
        introduction +=
            ".\n# Each setting has the line that it comes from above it. What is not here has its "
            "default: paraph.yaml(5).\n";
        std::erase(introduction, '\t');
        const std::string socket =
            work_.draft.value_of("listen.socket").value_or(std::string(default_socket));
        Switch made{
            inputs_.out,         socket,           changes(socket),    daemons_,         in_the_way(socket),
            postfix_.has_main(), sendmail(socket), inputs_.is_written, inputs_.copy_keys};
        outcome.settings = work_.draft.print(introduction);
        outcome.files = std::move(work_.new_files);
        outcome.steps = plan(made);
        outcome.keys = std::move(work_.keys);
    }

    // At the same port, whatever the host: two may not have it.
    [[nodiscard]] std::vector<Daemon> in_the_way(const std::string& socket) const {
        std::vector<Daemon> all;
        const auto ours = base::SocketName::parse(socket);
        for (const Daemon daemon : daemons_) {
            const Options* options = daemon == Daemon::opendkim    ? &opendkim_.options
                                     : daemon == Daemon::opendmarc ? &opendmarc_.options
                                                                   : nullptr;
            const auto text = options == nullptr ? std::nullopt : socket_in(*options);
            const auto theirs = base::SocketName::parse(text.value_or(""));
            if (ours && theirs && ours->is_unix() == theirs->is_unix() &&
                (ours->is_unix() ? ours->path == theirs->path : ours->port == theirs->port)) {
                all.push_back(daemon);
            }
        }
        return all;
    }

    [[nodiscard]] std::vector<base::SocketName> old_sockets() const {
        std::vector<base::SocketName> sockets;
        for (const Options* options : {&opendkim_.options, &opendmarc_.options}) {
            const auto text = socket_in(*options);
            if (const auto parsed = base::SocketName::parse(text.value_or(""))) {
                sockets.push_back(*parsed);
            }
        }
        return sockets;
    }

    [[nodiscard]] std::vector<SendmailChange> sendmail(const std::string& socket) const {
        if (!inputs_.sendmail_mc) {
            return {};
        }
        const auto& [path, text] = *inputs_.sendmail_mc;
        return sendmail_changes(read_sendmail(text, path), old_sockets(), socket, path);
    }

    std::vector<PostfixChange> changes(const std::string& socket) {
        if (!postfix_.has_main()) {
            return {};
        }
        const OldSockets old{old_sockets(), socket};
        auto all = milter_changes(postfix_, old);
        if (has_policyd_) {
            for (auto& change : policy_changes(postfix_, policy_)) {
                all.push_back(std::move(change));
            }
        }
        return all;
    }

    const Inputs& inputs_;
    Work work_;
    PostfixFiles postfix_;
    PolicyUse policy_;
    Started opendkim_, opendmarc_;
    Options policyd_;
    bool has_opendkim_ = false, has_opendmarc_ = false, has_policyd_ = false;
    std::vector<Daemon> daemons_, not_called_;
    std::vector<std::string> read_;
};

} // namespace

bool Outcome::is_complete() const {
    return problems.empty() && std::ranges::none_of(findings, [](const Finding& finding) {
               return finding.effect == Effect::decide || finding.effect == Effect::dropped;
           });
}

Outcome import(const Inputs& inputs, const Files& files) {
    return Import(inputs, files).run();
}

} // namespace config::import
