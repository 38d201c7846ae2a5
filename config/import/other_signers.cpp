#include "config/import/other_signers.h"

#include "base/ascii.h"
#include "base/socket_name.h"
#include "config/import/amavis_files.h"
#include "config/import/keyword_file.h"
#include "config/import/postfix.h"
#include "config/import/rspamd_files.h"

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

Found unreadable(Signer program, const UnreadFile& file) {
    return OtherSigner{program, SignerState::unreadable, {file.path, 0, 0}, file.why};
}

SignerState state_of(const PostfixFiles& postfix, bool is_called) {
    return is_called || !postfix.has_main() ? SignerState::signs : SignerState::not_called;
}

Found find_amavis(const PostfixFiles& postfix, const Files& files) {
    if (!is_installed(files, "amavisd") && !is_installed(files, "amavisd-new")) {
        return std::nullopt;
    }
    AmavisFiles amavis(files);
    amavis.read();
    if (amavis.unread()) {
        return unreadable(Signer::amavis, *amavis.unread());
    }
    const auto key = amavis.key();
    if (!key) {
        return std::nullopt;
    }
    const auto* filter = find_value(postfix, [](std::string_view name, const std::string& value) {
        return ((name == "content_filter" || name == "smtpd_proxy_filter") && !value.empty()) ||
               (is_milter_list(name) && value.find("amavis") != std::string::npos);
    });
    return OtherSigner{Signer::amavis, state_of(postfix, filter != nullptr), *key, "dkim_key"};
}

const PostfixValue* rspamd_milter(const PostfixFiles& postfix, const RspamdSockets& sockets) {
    return find_value(postfix, [&](std::string_view name, const std::string& value) {
        return is_milter_list(name) && std::ranges::any_of(split_list(value), [&](const std::string& item) {
                   const auto socket = base::SocketName::parse(item);
                   return item.find("rspamd") != std::string::npos || (socket && sockets.has(*socket));
               });
    });
}

Found find_rspamd(const PostfixFiles& postfix, const Files& files) {
    const RspamdSockets sockets = rspamd_sockets(files);
    if (sockets.unread) {
        return unreadable(Signer::rspamd, *sockets.unread);
    }
    const PostfixValue* milter = rspamd_milter(postfix, sockets);
    if (milter == nullptr && !is_installed(files, "rspamd")) {
        return std::nullopt;
    }
    RspamdSigning signing(files);
    signing.read();
    if (signing.unread) {
        return unreadable(Signer::rspamd, *signing.unread);
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
            return unreadable(Signer::dkimpy_milter, {path, text.error()});
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
