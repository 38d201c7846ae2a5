#include "milter/tool/compare/side.h"

#include "base/ascii.h"
#include "config/import/daemon_options.h"
#include "config/import/text_lines.h"
#include "config/import/unit_file.h"
#include "keys/file_bytes.h"
#include "keys/generate.h"
#include "milter/tool/compare/private_copy.h"
#include "milter/tool/header_edits.h"
#include "milter/tool/import/programs.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <tuple>

namespace milter::tool::compare {

namespace {

namespace foreign = config::import;

bool is_root() {
    return ::geteuid() == 0;
}

// "opendkim:mail", of which the user counts.
std::string user_of(const foreign::Options& options) {
    std::string user;
    for (const auto& option : options.list) {
        if (base::iequals(option.name, "UserID")) {
            user = option.value.substr(0, option.value.find(':'));
        }
    }
    return user;
}

std::string user_of_unit(const std::vector<foreign::Text>& units) {
    foreign::UnitFacts facts;
    for (const auto& unit : units) {
        foreign::read_unit(unit.text, unit.path, facts);
    }
    return facts.user;
}

// Of the line of master.cf that spawns it.
std::string user_of_service(const std::optional<foreign::Text>& master) {
    std::string logical, user;
    const auto take = [&] {
        if (logical.find("policyd-spf") != std::string::npos && logical.find("spawn") != std::string::npos) {
            for (const auto& word : foreign::split_list(logical)) {
                user = word.starts_with("user=") ? word.substr(5, word.find(':') - 5) : user;
            }
        }
        logical.clear();
    };
    for (const auto line : base::split(master ? std::string_view(master->text) : std::string_view(), '\n')) {
        if (line.starts_with('#')) {
            continue;
        }
        if (!line.empty() && !base::is_wsp(line.front())) {
            take();
        }
        logical.append(line).push_back(' ');
    }
    take();
    return user;
}

bool is_among(const std::vector<foreign::Daemon>& daemons, foreign::Daemon one) {
    return std::ranges::find(daemons, one) != daemons.end();
}

// The first of them that there is.
std::string existing_user(const std::vector<std::string>& names) {
    for (const auto& name : names) {
        if (!name.empty() && keys::find_account(name)) {
            return name;
        }
    }
    return {};
}

struct Milter {
    foreign::Program program;
    std::string name;
    const foreign::Text& file;
    const std::vector<foreign::Text>& units;
    const std::optional<foreign::Text>& defaults;
};

// What it says of a line of the copy, with the place where the option was read.
std::string in_own_place(const std::string& problem, const std::string& copy,
                         const foreign::Options& options) {
    constexpr std::string_view sign = "line ";
    const auto at = problem.find(sign);
    std::size_t number = 0;
    if (at != std::string::npos) {
        (void)std::from_chars(problem.data() + at + sign.size(), problem.data() + problem.size(), number);
    }
    const auto text = keys::OpenFile(copy).read(foreign::max_file_bytes).value_or(std::string());
    const auto lines = base::split(text, '\n');
    if (number == 0 || number > lines.size()) {
        return problem;
    }
    const std::string_view line = lines[number - 1];
    for (const auto& option : options.list) {
        if (line == fmt::format("{} {}", option.name, option.value)) {
            return fmt::format("{}, that is {} in {}:{}", problem, option.name, option.place.file,
                               option.place.line);
        }
    }
    return problem;
}

using Started = base::Result<std::unique_ptr<MilterInstance>, std::string>;

// Where the unit names the user, the program is started as that one; where its configuration does, it becomes
// that one by itself, as ever.
struct Users {
    std::string from_unit;
    std::optional<keys::Account> account; // in the end; none: that of this process
};

Users users_of(const Milter& milter, const foreign::Options& options) {
    Users users;
    users.from_unit = is_root() ? user_of_unit(milter.units) : std::string();
    const std::string user = users.from_unit.empty() && is_root() ? user_of(options) : users.from_unit;
    users.account = user.empty() ? std::nullopt : keys::find_account(user);
    return users;
}

// Its path; whoever is to read it in the end can.
base::Result<std::string, std::string> write_copy(const PrivateFolder& folder, const std::string& name,
                                                  const std::string& text,
                                                  const std::optional<keys::Account>& reader) {
    std::string path = fmt::format("{}/{}.conf", folder.path(), name);
    const auto written =
        keys::write_new_file(path, text, {reader ? std::optional(reader->group) : std::nullopt, false});
    return written ? base::Result<std::string, std::string>(std::move(path)) : base::refuse(written.error());
}

Started start_milter(const Milter& milter, const foreign::Files& files, const PrivateFolder& folder) {
    const auto program = import::find_program(milter.name);
    if (program.empty()) {
        return base::refuse(std::string("is not installed"));
    }
    const auto options =
        foreign::options_of(milter.program, milter.file, milter.units, milter.defaults, files).options;
    if (const auto obstacle = obstacle_of(options); !obstacle.empty()) {
        return base::refuse(obstacle);
    }
    const Users users = users_of(milter, options);
    const auto room = folder.make_room(milter.name, users.account);
    if (!room) {
        return base::refuse(room.error());
    }
    const PrivatePlace place{*room + "/socket", *room, is_root() && users.from_unit.empty()};
    const bool is_opendkim = milter.program == foreign::Program::opendkim;
    const auto config = write_copy(
        folder, milter.name,
        is_opendkim ? private_opendkim(options, place) : private_opendmarc(options, place), users.account);
    if (!config) {
        return base::refuse(config.error());
    }
    Command command{.words = {program, "-f", is_opendkim ? "-x" : "-c", *config},
                    .user = users.from_unit,
                    .log = fmt::format("{}/{}.log", folder.path(), milter.name)};
    auto started = MilterInstance::start(std::move(command), place.socket);
    return started ? std::move(started)
                   : base::refuse("does not start: " + in_own_place(started.error(), *config, options));
}

base::Result<std::unique_ptr<PolicyService>, std::string> start_policyd(const foreign::Inputs& inputs,
                                                                        const PrivateFolder& folder) {
    const auto program = import::find_program("policyd-spf");
    if (program.empty()) {
        return base::refuse(std::string("is not installed"));
    }
    const std::string user = is_root()
                                 ? existing_user({user_of_service(inputs.master_cf), "policyd-spf", "nobody"})
                                 : std::string();
    const auto account = user.empty() ? std::nullopt : keys::find_account(user);
    const auto config = write_copy(folder, "policyd-spf", private_policyd(inputs.policyd->text), account);
    if (!config) {
        return base::refuse(config.error());
    }
    return PolicyService::start(
        {.words = {program, *config}, .user = user, .log = folder.path() + "/policyd-spf.log"});
}

template <class Started>
auto taken(Started started, const std::string& name, std::vector<std::string>& notes) {
    if (!started) {
        notes.push_back(fmt::format("{}: {}", name, started.error()));
    }
    return started ? std::move(*started) : nullptr;
}

} // namespace

message::Message with_edits(const message::Message& message, const ProbeResult& told) {
    std::vector<std::string> fields;
    for (const auto& field : message.headers) {
        fields.push_back(field.text());
    }
    apply_header_edits(fields, told.edits, told.leading_space);
    message::Message edited;
    for (const auto& field : fields) {
        edited.headers.add(message::HeaderField::from_text(field));
    }
    edited.body = message.body;
    return edited;
}

OldSide OldSide::start(const Imported& imported, const PrivateFolder& folder,
                       std::vector<std::string>& notes) {
    const auto& inputs = imported.inputs;
    const auto has = [&](foreign::Daemon daemon) { return is_among(imported.outcome.daemons, daemon); };
    OldSide side;
    if (inputs.opendkim && has(foreign::Daemon::opendkim)) {
        const Milter milter{foreign::Program::opendkim, "opendkim", *inputs.opendkim, inputs.opendkim_units,
                            inputs.opendkim_defaults};
        side.opendkim_ = taken(start_milter(milter, imported.files, folder), milter.name, notes);
    }
    if (inputs.opendmarc && has(foreign::Daemon::opendmarc)) {
        const Milter milter{foreign::Program::opendmarc, "opendmarc", *inputs.opendmarc,
                            inputs.opendmarc_units, inputs.opendmarc_defaults};
        side.opendmarc_ = taken(start_milter(milter, imported.files, folder), milter.name, notes);
    }
    if (inputs.policyd && has(foreign::Daemon::policyd_spf)) {
        side.policyd_ = taken(start_policyd(inputs, folder), "policyd-spf", notes);
    }
    for (const auto& [is_found, daemon, name] :
         {std::tuple(inputs.opendkim.has_value(), foreign::Daemon::opendkim, "opendkim"),
          {inputs.opendmarc.has_value(), foreign::Daemon::opendmarc, "opendmarc"},
          {inputs.policyd.has_value(), foreign::Daemon::policyd_spf, "policyd-spf"}}) {
        if (is_found && !has(daemon) && !is_among(imported.outcome.not_called, daemon)) {
            notes.push_back(fmt::format("{}: it is not imported; `paraph import` says why", name));
        }
    }
    return side;
}

void OldSide::ask_to_end() {
    if (opendkim_) {
        opendkim_->ask_to_end();
    }
    if (opendmarc_) {
        opendmarc_->ask_to_end();
    }
    if (policyd_) {
        policyd_->ask_to_end();
    }
}

bool OldSide::ask_policy(const Visit& visit, message::Message& left, Answer& answer) {
    constexpr auto patience = std::chrono::seconds(120);
    const auto& envelope = visit.envelope;
    const auto told = policyd_->ask({{"request", "smtpd_access_policy"},
                                     {"protocol_state", "RCPT"},
                                     {"protocol_name", "ESMTP"},
                                     {"client_address", envelope.client ? envelope.client->print() : ""},
                                     {"client_name", envelope.client_name},
                                     {"reverse_client_name", envelope.client_name},
                                     {"helo_name", envelope.helo},
                                     {"sender", envelope.mail_from},
                                     {"recipient", envelope.recipients.front()},
                                     {"instance", fmt::format("compare.{}", visit.number)}},
                                    patience);
    if (!told) {
        answer.fate = Fate::fails;
        answer.text = "policyd-spf: " + told.error();
        return false;
    }
    const auto field = add_action(*told, answer);
    answer.spf_is_told = true; // opendmarc has an opinion as well
    if (!field.empty()) {
        message::Message with;
        with.headers.add(message::HeaderField::from_text(with_line_ends(field, true)));
        for (const auto& one : left.headers) {
            with.headers.add(one);
        }
        with.body = std::move(left.body);
        left = std::move(with);
    }
    answer.refused_by = answer.fate == Fate::accept ? "" : "policyd-spf";
    return answer.fate == Fate::accept;
}

bool OldSide::offer(MilterInstance& milter, const std::string& name, const Visit& visit,
                    message::Message& left, Answer& answer) {
    const auto told = milter.offer(visit.envelope, left);
    if (!told) {
        answer.fate = Fate::fails;
        answer.text = fmt::format("{}: {}", name, told.error());
        return false;
    }
    const bool was_taken = answer.fate == Fate::accept;
    add_answer(*told, answer);
    if (was_taken && answer.fate != Fate::accept) {
        answer.refused_by = name;
    }
    left = with_edits(left, *told);
    return answer.fate == Fate::accept || answer.fate == Fate::quarantine;
}

Answer OldSide::judge(const Visit& visit, message::Message& left) {
    Answer answer;
    left = visit.message;
    const bool goes_on = policyd_ == nullptr || !visit.asks_policy || ask_policy(visit, left, answer);
    if (goes_on && (opendkim_ == nullptr || offer(*opendkim_, "opendkim", visit, left, answer)) &&
        opendmarc_ != nullptr) {
        (void)offer(*opendmarc_, "opendmarc", visit, left, answer);
    }
    return answer;
}

} // namespace milter::tool::compare
