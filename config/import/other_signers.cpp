#include "config/import/other_signers.h"

#include "base/ascii.h"
#include "base/socket_name.h"
#include "config/import/keyword_file.h"
#include "config/import/perl_code.h"
#include "config/import/postfix.h"
#include "config/import/ucl_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>
#include <utility>

namespace config::import {

namespace {

using Found = std::optional<OtherSigner>;

bool is_installed(const Files& files, const std::string& name) {
    constexpr std::array<std::string_view, 4> places{"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/",
                                                     "/usr/local/bin/"};
    return std::ranges::any_of(
        places, [&](std::string_view place) { return files.exists(std::string(place) + name); });
}

// A value of main.cf or of a service.
using Accepts = std::function<bool(std::string_view name, const std::string& value)>;

const PostfixValue* find_value(const PostfixFiles& postfix, const Accepts& accepts) {
    for (const auto& [name, value] : postfix.main()) {
        if (accepts(name, postfix.expand(value.text))) {
            return &value;
        }
    }
    for (const PostfixService& service : postfix.services()) {
        for (const auto& [name, value] : service.overrides) {
            if (accepts(name, postfix.expand(value.text))) {
                return &value;
            }
        }
    }
    return nullptr;
}

bool is_milter_list(std::string_view name) {
    return name == "smtpd_milters" || name == "non_smtpd_milters";
}

base::Result<std::string, std::string> read_if_there(const Files& files, const std::string& path) {
    return files.exists(path) ? files.read(path) : std::string();
}

Found unreadable(Signer program, const std::string& path, const std::string& why) {
    return OtherSigner{program, SignerState::unreadable, {path, 0, 0}, why};
}

bool is_word(char c) {
    return base::is_alnum(c) || c == '_';
}

SignerState state_of(const PostfixFiles& postfix, bool is_called) {
    return is_called || !postfix.has_main() ? SignerState::signs : SignerState::not_called;
}

// amavis: Perl, of which only a few statements are looked for.

// Of the files that a run of run-parts(8) takes; a directory is none.
std::vector<std::string> names_of_parts(const Files& files, const std::string& directory) {
    auto names = files.names_in(directory);
    std::erase_if(names, [&](const std::string& name) {
        return !std::ranges::all_of(name, [](char c) { return is_word(c) || c == '-'; }) ||
               !files.names_in(fmt::format("{}/{}", directory, name)).empty();
    });
    return names;
}

// A call, of which blanks or a line end may part the arguments: "dkim_key('a.test', ..." or "dkim_key 'a'".
bool is_call(const PerlWord& word) {
    const std::string_view next = without_blanks(word.behind);
    constexpr std::string_view variables = "$@%'\"-";
    return variables.find(word.before) == std::string_view::npos && !next.empty() &&
           (next.front() == '(' || (next.size() < word.behind.size() &&
                                    std::string_view("'\"q").find(next.front()) != std::string_view::npos));
}

// Whether Perl takes it for true; of "$a = $b = 0;" the last one tells.
bool truth_of(std::string_view value) {
    value = value.substr(0, value.find_first_of(";,})\n"));
    if (const auto last = value.rfind('='); last != std::string_view::npos) {
        value.remove_prefix(last + 1);
    }
    value = base::trim_fws(value);
    value.remove_prefix(std::min(value.find_first_not_of("( "), value.size()));
    constexpr std::array<std::string_view, 8> no{"0", "0.0", "undef", "''", "\"\"", "'0'", "\"0\"", ""};
    return std::ranges::find(no, value) == no.end();
}

struct Switch {
    bool in_bank = false; // of a policy bank, for some mail
    bool is_on = false;
};

// "$enable_dkim_signing = 1;", "enable_dkim_signing => 1" and "$policy_bank{'X'}{'enable_dkim_signing'} =
// 1;"; nothing: it sets nothing.
std::optional<Switch> switch_at(const PerlWord& word) {
    std::string_view rest = word.behind;
    bool in_bank = false;
    for (const char end : {'\'', '"', '}'}) {
        const std::string_view next = without_blanks(rest);
        if (next.starts_with(end)) {
            rest = next.substr(1);
            in_bank = true;
        }
    }
    rest = without_blanks(rest);
    if (rest.starts_with("=>")) {
        return Switch{true, truth_of(without_blanks(rest.substr(2)))};
    }
    const bool sets = rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=~");
    return sets ? std::optional(Switch{in_bank, truth_of(without_blanks(rest.substr(1)))}) : std::nullopt;
}

// What stands in quotation marks up to the end of the statement and names a file.
std::vector<std::string> paths_in(std::string_view statement) {
    statement = statement.substr(0, statement.find(';'));
    std::vector<std::string> paths;
    while (true) {
        const auto begin = statement.find_first_of("'\"");
        const auto end =
            begin == std::string_view::npos ? begin : statement.find(statement[begin], begin + 1);
        if (end == std::string_view::npos) {
            return paths;
        }
        if (const auto path = statement.substr(begin + 1, end - begin - 1); path.starts_with('/')) {
            paths.emplace_back(path);
        }
        statement.remove_prefix(end + 1);
    }
}

class AmavisFiles {
  public:
    explicit AmavisFiles(const Files& files) : files_(files) {}

    // With what it reads itself. The first one that cannot be read is what there is to say of all.
    void read(const std::string& path) {
        constexpr std::size_t most = 100; // one that reads itself ends as well
        if (unreadable_ || !seen_.insert(path).second || seen_.size() > most) {
            return;
        }
        const auto text = files_.read(path);
        if (!text) {
            unreadable_ = unreadable(Signer::amavis, path, text.error());
            return;
        }
        const std::string code = perl_code(*text);
        for (const char* reads : {"include_config_files", "include_optional_config_files", "do", "require"}) {
            for (const PerlWord& word : words_in(code, reads)) {
                read_more(word);
            }
        }
        for (const PerlWord& word : words_in(code, "dkim_key")) {
            if (!key_ && is_call(word)) {
                key_ = Place{path, word.line, 0};
            }
        }
        for (const PerlWord& word : words_in(code, "enable_dkim_signing")) {
            if (const auto found = switch_at(word)) {
                (found->in_bank ? in_a_bank_ : for_all_) = found->is_on || (found->in_bank && in_a_bank_);
            }
        }
    }

    [[nodiscard]] const Found& problem() const { return unreadable_; }
    [[nodiscard]] bool signs() const { return key_ && (for_all_ || in_a_bank_); }
    [[nodiscard]] const Place& key() const { return *key_; }

  private:
    void read_more(const PerlWord& word) {
        const std::string_view next = without_blanks(word.behind);
        if (next.starts_with('(') || next.starts_with('\'') || next.starts_with('"')) {
            for (const std::string& path : paths_in(next)) {
                if (files_.exists(path)) {
                    read(path);
                }
            }
        }
    }

    const Files& files_;
    std::set<std::string> seen_;
    Found unreadable_;
    std::optional<Place> key_;
    bool for_all_ = false; // as amavis has it by itself
    bool in_a_bank_ = false;
};

std::vector<std::string> amavis_files(const Files& files) {
    std::vector<std::string> paths;
    for (const std::string directory :
         {"/usr/share/amavis/conf.d", "/etc/amavis/conf.d", "/etc/amavisd/conf.d"}) {
        for (const std::string& name : names_of_parts(files, directory)) {
            paths.push_back(fmt::format("{}/{}", directory, name));
        }
    }
    for (const char* path : {"/etc/amavisd.conf", "/etc/amavisd/amavisd.conf", "/etc/amavis/amavisd.conf",
                             "/usr/local/etc/amavisd.conf", "/etc/60-dkim", "/etc/amavisd/60-dkim"}) {
        if (files.exists(path)) {
            paths.emplace_back(path);
        }
    }
    return paths;
}

Found find_amavis(const PostfixFiles& postfix, const Files& files) {
    if (!is_installed(files, "amavisd") && !is_installed(files, "amavisd-new")) {
        return std::nullopt;
    }
    AmavisFiles read(files);
    for (const std::string& path : amavis_files(files)) {
        read.read(path);
    }
    if (read.problem()) {
        return read.problem();
    }
    if (!read.signs()) {
        return std::nullopt;
    }
    const auto* filter = find_value(postfix, [](std::string_view name, const std::string& value) {
        return ((name == "content_filter" || name == "smtpd_proxy_filter") && !value.empty()) ||
               (is_milter_list(name) && value.find("amavis") != std::string::npos);
    });
    return OtherSigner{Signer::amavis, state_of(postfix, filter != nullptr), read.key(), "dkim_key"};
}

// rspamd: of its files only the settings of dkim_signing itself.

// As rspamd takes it: 0 is neither.
std::optional<bool> flag_of(const std::string& value) {
    constexpr std::array<std::string_view, 4> yes{"true", "yes", "on", "1"};
    constexpr std::array<std::string_view, 3> no{"false", "no", "off"};
    const auto is = [&](std::string_view word) { return base::iequals(value, word); };
    return std::ranges::any_of(yes, is)  ? std::optional(true)
           : std::ranges::any_of(no, is) ? std::optional(false)
                                         : std::nullopt;
}

// What a setting says of keys to sign with, if it says something.
bool tells_of_keys(const UclSetting& setting) {
    constexpr std::array<std::string_view, 7> named{"path",          "path_map",  "selector_map", "domain",
                                                    "signing_table", "key_table", "selector"};
    constexpr std::array<std::string_view, 3> turned_on{"use_redis", "use_vault", "use_http_headers"};
    return (std::ranges::find(named, setting.name) != named.end() && !setting.value.empty()) ||
           (std::ranges::find(turned_on, setting.name) != turned_on.end() &&
            flag_of(setting.value) != std::optional(false));
}

std::string rspamd_path(std::string path) {
    for (const auto& [name, place] :
         {std::pair<std::string_view, std::string_view>{"LOCAL_CONFDIR", "/etc/rspamd"},
          {"CONFDIR", "/etc/rspamd"},
          {"DBDIR", "/var/lib/rspamd"}}) {
        for (const std::string& mark : {fmt::format("${{{}}}", name), fmt::format("${}", name)}) {
            if (path.starts_with(mark)) {
                path.replace(0, mark.size(), place);
            }
        }
    }
    return path;
}

class RspamdSigning {
  public:
    explicit RspamdSigning(const Files& files) : files_(files) {}

    // In the order of their priorities.
    void read() {
        read_file("/etc/rspamd/modules.d/dkim_signing.conf", "dkim_signing");
        place.reset(); // the package's file has a selector, whether there are keys or not
        read_file("/etc/rspamd/local.d/dkim_signing.conf", "");
        read_file("/var/lib/rspamd/dynamic/dkim_signing.conf", "");
        read_file("/etc/rspamd/override.d/dkim_signing.conf", "");
        read_file("/etc/rspamd/rspamd.conf.override", "dkim_signing");
    }

    bool enabled = true; // as rspamd has it by itself
    std::optional<Place> place{};
    std::string evidence{};
    Found problem{};

  private:
    void read_file(const std::string& path, std::string_view section) {
        std::optional<bool> is_on, is_off;
        seen_ = 0;
        collect(path, section, is_on, is_off);
        if (is_on || is_off) {
            enabled = is_on.value_or(!is_off.value_or(false));
        }
    }

    // Of two in one file rspamd takes the first.
    void collect(const std::string& path, std::string_view section, std::optional<bool>& is_on,
                 std::optional<bool>& is_off) {
        constexpr std::size_t most = 100; // one that includes itself ends as well
        const auto text = problem || ++seen_ > most ? std::string() : read_if_there(files_, path);
        if (!text) {
            problem = unreadable(Signer::rspamd, path, text.error());
            return;
        }
        for (const UclSetting& setting : ucl_settings(*text, section)) {
            if (setting.name == ".include" && !path.starts_with("/etc/rspamd/modules.d/")) {
                collect(rspamd_path(setting.value), "", is_on, is_off);
            } else if (setting.name == "enabled" && !is_on) {
                is_on = flag_of(setting.value);
            } else if (setting.name == "disabled" && !is_off) {
                is_off = flag_of(setting.value);
            } else if (!place && tells_of_keys(setting)) {
                place = Place{path, setting.line, 0};
                evidence = setting.name;
            }
        }
    }

    const Files& files_;
    std::size_t seen_ = 0;
};

// Of the last file that says where rspamd listens: one may say it several times.
struct ProxySockets {
    std::vector<std::string> ports{"11332"}, paths{};

    [[nodiscard]] bool has(const base::SocketName& socket) const {
        return socket.is_unix() ? std::ranges::find(paths, socket.path) != paths.end()
                                : std::ranges::find(ports, std::to_string(socket.port)) != ports.end();
    }
};

ProxySockets proxy_sockets(const Files& files) {
    ProxySockets sockets;
    for (const std::string path :
         {"/etc/rspamd/local.d/worker-proxy.inc", "/etc/rspamd/override.d/worker-proxy.inc"}) {
        const auto text = read_if_there(files, path);
        ProxySockets own{.ports = {}};
        for (const UclSetting& setting : ucl_settings(text ? std::string_view(*text) : std::string_view())) {
            const std::string value = setting.value.substr(0, setting.value.find(' '));
            if (setting.name != "bind_socket" || value.empty() || value == "[") {
                continue;
            }
            if (value.starts_with('/')) {
                own.paths.push_back(value);
            } else if (const auto colon = value.rfind(':'); colon != std::string::npos) {
                own.ports.push_back(value.substr(colon + 1));
            }
        }
        sockets = own.ports.empty() && own.paths.empty() ? sockets : own;
    }
    return sockets;
}

const PostfixValue* rspamd_milter(const PostfixFiles& postfix, const ProxySockets& sockets) {
    return find_value(postfix, [&](std::string_view name, const std::string& value) {
        return is_milter_list(name) && std::ranges::any_of(split_list(value), [&](const std::string& item) {
                   const auto socket = base::SocketName::parse(item);
                   return item.find("rspamd") != std::string::npos || (socket && sockets.has(*socket));
               });
    });
}

Found find_rspamd(const PostfixFiles& postfix, const Files& files) {
    const PostfixValue* milter = rspamd_milter(postfix, proxy_sockets(files));
    if (milter == nullptr && !is_installed(files, "rspamd")) {
        return std::nullopt;
    }
    RspamdSigning signing(files);
    signing.read();
    if (signing.problem) {
        return signing.problem;
    }
    const std::string folder = "/var/lib/rspamd/dkim";
    for (const std::string& name : files.names_in(folder)) {
        if (!signing.place && name.ends_with(".key")) {
            signing.place = Place{fmt::format("{}/{}", folder, name), 0, 0};
            signing.evidence = "a key";
        }
    }
    if (!signing.enabled || (!signing.place && milter == nullptr)) {
        return std::nullopt;
    }
    if (!signing.place) {
        return OtherSigner{Signer::rspamd, SignerState::may_sign, milter->place, ""};
    }
    return OtherSigner{Signer::rspamd, state_of(postfix, milter != nullptr), *signing.place,
                       signing.evidence};
}

Found find_dkimpy(const PostfixFiles& postfix, const Files& files) {
    if (!is_installed(files, "dkimpy-milter")) {
        return std::nullopt;
    }
    for (const std::string path : {"/etc/dkimpy-milter/dkimpy-milter.conf", "/etc/dkimpy-milter.conf",
                                   "/usr/local/etc/dkimpy-milter/dkimpy-milter.conf"}) {
        const auto text = read_if_there(files, path);
        if (!text) {
            return unreadable(Signer::dkimpy_milter, path, text.error());
        }
        const Options options = parse_keyword_file(*text, path);
        const auto last = [&](std::string_view name) {
            const auto found =
                std::ranges::find_if(options.list.rbegin(), options.list.rend(),
                                     [&](const Option& option) { return base::iequals(option.name, name); });
            return found == options.list.rend() ? nullptr : &*found;
        };
        const Option* mode = last("Mode");
        if (mode != nullptr && mode->value.find('s') == std::string::npos) {
            continue;
        }
        const Option* socket = last("Socket");
        const auto parsed = base::SocketName::parse(socket == nullptr ? "" : socket->value);
        for (const char* name : {"KeyFile", "KeyTable", "KeyFileEd25519", "KeyTableEd25519"}) {
            if (const Option* key = last(name)) {
                return OtherSigner{Signer::dkimpy_milter,
                                   state_of(postfix, !parsed || calls_milter(postfix, *parsed)), key->place,
                                   name};
            }
        }
    }
    return std::nullopt;
}

std::string_view heading_of(Signer program) {
    switch (program) {
    case Signer::amavis:
        return "From amavis that signs";
    case Signer::rspamd:
        return "From rspamd used for signing";
    case Signer::dkimpy_milter:
        return "From dkimpy-milter";
    }
    return {};
}

} // namespace

std::string_view name_of(Signer program) {
    switch (program) {
    case Signer::amavis:
        return "amavis";
    case Signer::rspamd:
        return "rspamd";
    case Signer::dkimpy_milter:
        return "dkimpy-milter";
    }
    return {};
}

std::vector<OtherSigner> find_other_signers(const PostfixFiles& postfix, const Files& files) {
    std::vector<OtherSigner> all;
    for (const auto find : {find_amavis, find_rspamd, find_dkimpy}) {
        if (auto found = find(postfix, files)) {
            all.push_back(std::move(*found));
        }
    }
    return all;
}

Finding tell(const OtherSigner& signer, std::string_view consequence) {
    const std::string_view name = name_of(signer.program);
    const std::string how = fmt::format("migration-others.md, \"{}\"", heading_of(signer.program));
    switch (signer.state) {
    case SignerState::signs:
        break;
    case SignerState::may_sign:
        return {Effect::note, signer.place, "",
                fmt::format("Postfix calls {}, and nothing here says whether it signs mail. If it does, its "
                            "keys are not imported: {}",
                            name, how)};
    case SignerState::not_called:
        return {Effect::note, signer.place, "",
                fmt::format("{} has keys to sign with ({}), but Postfix does not call it. They are not "
                            "imported; if they are in use: {}",
                            name, signer.evidence, how)};
    case SignerState::unreadable:
        return {Effect::decide, signer.place, "",
                fmt::format("{}; whether {} signs mail here is not known. Run this as root", signer.evidence,
                            name)};
    }
    return {Effect::decide, signer.place, "",
            fmt::format("{} signs mail here ({}), and its keys are not imported.{}{} What to do: {}", name,
                        signer.evidence, consequence.empty() ? "" : " ", consequence, how)};
}

} // namespace config::import
