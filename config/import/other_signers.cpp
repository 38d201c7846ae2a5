#include "config/import/other_signers.h"

#include "base/ascii.h"
#include "base/socket_name.h"
#include "config/import/keyword_file.h"
#include "config/import/postfix.h"
#include "config/import/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

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

SignerState state_of(const PostfixFiles& postfix, bool is_called) {
    return is_called || !postfix.has_main() ? SignerState::signs : SignerState::not_called;
}

// amavis: Perl, of which only these two statements are looked for.

bool is_word(char c) {
    return base::is_alnum(c) || c == '_';
}

// What stands behind a word of a line that is no comment; nothing: it is not there.
std::optional<std::string_view> behind(std::string_view line, std::string_view word) {
    if (const auto comment = line.find(" #"); comment != std::string_view::npos) {
        line = line.substr(0, comment);
    }
    const auto at = line.find(word);
    if (at == std::string_view::npos || base::trim_wsp(line).starts_with('#')) {
        return std::nullopt;
    }
    const std::string_view rest = line.substr(at + word.size());
    const bool is_whole = (at == 0 || !is_word(line[at - 1])) && (rest.empty() || !is_word(rest.front()));
    return is_whole ? std::optional(base::trim_wsp(rest)) : std::nullopt;
}

// " = 1;" and " => 1,"; anything that Perl does not take for false.
std::optional<bool> truth_of(std::string_view rest) {
    if (!rest.starts_with('=')) {
        return std::nullopt;
    }
    rest.remove_prefix(rest.starts_with("=>") ? 2 : 1);
    const std::string_view value = base::trim_wsp(rest.substr(0, rest.find_first_of(";,}")));
    constexpr std::array<std::string_view, 6> no{"0", "undef", "''", "\"\"", "'0'", "\"0\""};
    return std::ranges::find(no, value) == no.end();
}

class AmavisFiles {
  public:
    void read(std::string_view text, const std::string& path) {
        for (const TextLine& line : lines_of(text)) {
            if (line.text == "__END__") {
                return;
            }
            const auto call = behind(line.text, "dkim_key");
            if (call && (call->empty() || call->starts_with('(')) && !key_) {
                key_ = Place{path, line.number, 0};
            }
            const auto set = behind(line.text, "enable_dkim_signing");
            if (const auto truth = set ? truth_of(*set) : std::nullopt) {
                // One of a policy bank turns it on for some mail.
                const bool in_bank = set->starts_with("=>");
                signs_ = *truth || (in_bank && signs_);
            }
        }
    }

    [[nodiscard]] bool signs() const { return key_ && signs_; }
    [[nodiscard]] const Place& key() const { return *key_; }

  private:
    std::optional<Place> key_;
    bool signs_ = false; // as amavis has it by itself
};

std::vector<std::string> amavis_files(const Files& files) {
    std::vector<std::string> paths;
    for (const std::string directory : {"/etc/amavis/conf.d", "/etc/amavisd/conf.d"}) {
        for (const std::string& name : files.names_in(directory)) {
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
    AmavisFiles read;
    for (const std::string& path : amavis_files(files)) {
        const auto text = files.read(path);
        if (!text) {
            return unreadable(Signer::amavis, path, text.error());
        }
        read.read(*text, path);
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

// rspamd: of its files only settings at the beginning of a line.

// "enabled" and "false" of `enabled = false;`; empty: a comment, or nothing.
std::pair<std::string_view, std::string_view> setting_in(std::string_view line) {
    line = base::trim_wsp(line.substr(0, line.find('#')));
    const auto end = std::ranges::find_if_not(line, is_word) - line.begin();
    std::string_view value = base::trim_wsp(line.substr(static_cast<std::size_t>(end)));
    for (const char sign : {'=', ':'}) {
        value = value.starts_with(sign) ? base::trim_wsp(value.substr(1)) : value;
    }
    return {line.substr(0, static_cast<std::size_t>(end)), value.substr(0, value.find(';'))};
}

struct RspamdSigning {
    bool enabled = true; // as rspamd has it by itself
    std::optional<Place> place;
    std::string evidence{};
};

void read_signing(std::string_view text, const std::string& path, RspamdSigning& signing) {
    constexpr std::array<std::string_view, 10> telling{
        "path",      "path_map",  "selector_map", "domain",   "signing_table",
        "key_table", "use_redis", "use_vault",    "selector", "use_http_headers"};
    for (const TextLine& line : lines_of(text)) {
        const auto [name, value] = setting_in(line.text);
        if (name == "enabled") {
            signing.enabled = value != "false" && value != "no" && value != "off";
        } else if (!signing.place && std::ranges::find(telling, name) != telling.end()) {
            signing.place = Place{path, line.number, 0};
            signing.evidence = std::string(name);
        }
    }
}

// A port other than the usual one.
std::string proxy_port(const Files& files) {
    std::string port = "11332";
    for (const std::string path :
         {"/etc/rspamd/local.d/worker-proxy.inc", "/etc/rspamd/override.d/worker-proxy.inc"}) {
        const auto text = read_if_there(files, path);
        for (const TextLine& line : lines_of(text ? std::string_view(*text) : std::string_view())) {
            const auto [name, value] = setting_in(line.text);
            const auto colon = value.rfind(':');
            if (name == "bind_socket" && colon != std::string_view::npos) {
                const std::string_view digits = value.substr(colon + 1);
                port = digits.substr(0, digits.find_first_not_of("0123456789"));
            }
        }
    }
    return port;
}

const PostfixValue* rspamd_milter(const PostfixFiles& postfix, const std::string& port) {
    return find_value(postfix, [&](std::string_view name, const std::string& value) {
        return is_milter_list(name) && std::ranges::any_of(split_list(value), [&](const std::string& item) {
                   const auto socket = base::SocketName::parse(item);
                   return item.find("rspamd") != std::string::npos ||
                          (socket && !socket->is_unix() && std::to_string(socket->port) == port);
               });
    });
}

Found find_rspamd(const PostfixFiles& postfix, const Files& files) {
    const PostfixValue* milter = rspamd_milter(postfix, proxy_port(files));
    if (milter == nullptr && !is_installed(files, "rspamd")) {
        return std::nullopt;
    }
    RspamdSigning signing;
    for (const std::string path :
         {"/etc/rspamd/modules.d/dkim_signing.conf", "/etc/rspamd/local.d/dkim_signing.conf",
          "/etc/rspamd/override.d/dkim_signing.conf"}) {
        const auto text = read_if_there(files, path);
        if (!text) {
            return unreadable(Signer::rspamd, path, text.error());
        }
        const bool is_packaged = path.find("modules.d") != std::string::npos;
        RspamdSigning aside = signing; // the package's file has a selector, whether there are keys or not
        read_signing(*text, path, is_packaged ? aside : signing);
        signing.enabled = is_packaged ? aside.enabled : signing.enabled;
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
