#include "config/import/find_inputs.h"

#include "base/secret_text.h"
#include "config/import/daemon_options.h"

#include <fmt/format.h>

#include <array>

namespace config::import {

namespace {

constexpr std::array<std::string_view, 3> system_units{"/lib/systemd/system", "/usr/lib/systemd/system",
                                                       "/usr/local/lib/systemd/system"};

class Finder {
  public:
    Finder(const Wanted& wanted, const Files& files) : wanted_(wanted), files_(files) {}

    Found run() {
        Inputs& inputs = found_.inputs;
        if (looks_around() || !wanted_.postfix.empty()) {
            const std::string directory = wanted_.postfix.empty() ? "/etc/postfix" : wanted_.postfix;
            inputs.main_cf = read(directory + "/main.cf", !wanted_.postfix.empty());
            inputs.master_cf = read(directory + "/master.cf", false);
        }
        if (looks_around()) {
            if (!inputs.main_cf) {
                inputs.sendmail_mc = read("/etc/mail/sendmail.mc", false);
            }
            inputs.opendkim_units = units("opendkim");
            inputs.opendmarc_units = units("opendmarc");
            tell_of_instances();
            inputs.opendkim_defaults = defaults("opendkim");
            inputs.opendmarc_defaults = defaults("opendmarc");
        }
        inputs.opendkim = daemon(Program::opendkim, "opendkim", wanted_.opendkim, inputs.opendkim_units,
                                 inputs.opendkim_defaults);
        inputs.opendmarc = daemon(Program::opendmarc, "opendmarc", wanted_.opendmarc, inputs.opendmarc_units,
                                  inputs.opendmarc_defaults);
        inputs.opendmarc_is_named = !wanted_.opendmarc.empty();
        inputs.policyd_is_named = !wanted_.policyd.empty();
        inputs.policyd = policyd();
        if (looks_around()) {
            inputs.other_signers = find_other_signers(postfix(), files_);
        }
        return std::move(found_);
    }

  private:
    // A named file is that of another host, perhaps: what this one has besides does not go with it.
    [[nodiscard]] bool looks_around() const {
        return wanted_.opendkim.empty() && wanted_.opendmarc.empty() && wanted_.policyd.empty();
    }

    // Missing files are told where somebody asked for them, unreadable ones always.
    std::optional<Text> read(const std::string& path, bool asked) {
        if (!asked && !files_.exists(path)) {
            return std::nullopt;
        }
        auto text = files_.read(path);
        if (!text) {
            found_.problems.push_back({{path, 0, 0}, text.error()});
            return std::nullopt;
        }
        return Text{path, std::move(*text)};
    }

    // A unit of the administrator's takes the place of the package's.
    std::vector<Text> units(const std::string& name) {
        std::vector<Text> texts;
        const std::string file = name + ".service";
        auto unit = read("/etc/systemd/system/" + file, false);
        for (auto directory = system_units.begin(); !unit && directory != system_units.end(); ++directory) {
            unit = read(fmt::format("{}/{}", *directory, file), false);
        }
        if (unit) {
            tell_if_masked(*unit);
            texts.push_back(std::move(*unit));
        }
        for (const std::string_view above :
             {"/usr/lib/systemd/system", "/run/systemd/system", "/etc/systemd/system"}) {
            const std::string directory = fmt::format("{}/{}.d", above, file);
            for (const std::string& drop_in : files_.names_in(directory)) {
                auto text = drop_in.ends_with(".conf") ? read(fmt::format("{}/{}", directory, drop_in), false)
                                                       : std::nullopt;
                if (text) {
                    texts.push_back(std::move(*text));
                }
            }
        }
        return texts;
    }

    // "opendkim@mx2.service": each has a configuration of its own.
    void tell_of_instances() {
        constexpr std::string_view wanted = "/etc/systemd/system/multi-user.target.wants";
        for (const std::string& name : files_.names_in(std::string(wanted))) {
            const bool opendkim = name.starts_with("opendkim@");
            if (opendkim || name.starts_with("opendmarc@")) {
                found_.findings.push_back(
                    {Effect::decide,
                     {fmt::format("{}/{}", wanted, name), 0, 0},
                     "",
                     fmt::format("this is another {0}, whose configuration is not read. Name its file with "
                                 "--{0}",
                                 opendkim ? "opendkim" : "opendmarc")});
            }
        }
    }

    // A link to /dev/null, or an empty file.
    void tell_if_masked(const Text& unit) {
        if (unit.text.empty()) {
            found_.findings.push_back({Effect::note,
                                       {unit.path, 0, 0},
                                       "",
                                       "systemd has masked this unit and does not start it. Its daemon's "
                                       "configuration is taken over all the same"});
        }
    }

    std::optional<Text> defaults(const std::string& name) {
        auto text = read("/etc/default/" + name, false);
        return text ? text : read("/etc/sysconfig/" + name, false);
    }

    // The file that the command line of the unit names, else the usual one.
    std::optional<Text> daemon(Program program, const std::string& name, const std::string& wanted,
                               const std::vector<Text>& units, const std::optional<Text>& defaults) {
        if (!wanted.empty() || !looks_around()) {
            return wanted.empty() ? std::nullopt : read(wanted, true);
        }
        const auto started = command_line_of(program, units, defaults, files_);
        auto text = read(started.file.empty() ? fmt::format("/etc/{}.conf", name) : started.file, false);
        if (text && units.empty() && !files_.exists("/usr/sbin/" + name) &&
            !files_.exists("/usr/local/sbin/" + name)) {
            found_.findings.push_back(
                {Effect::note,
                 {text->path, 0, 0},
                 "",
                 fmt::format(
                     "{} is not installed, so that its configuration is left out. Name it with --{} to "
                     "take it over all the same",
                     name, name)});
            return std::nullopt;
        }
        return text;
    }

    [[nodiscard]] PostfixFiles postfix() const {
        PostfixFiles postfix;
        if (const auto& main = found_.inputs.main_cf) {
            postfix.read_main(main->text, main->path);
        }
        if (const auto& master = found_.inputs.master_cf) {
            postfix.read_master(master->text, master->path);
        }
        return postfix;
    }

    std::optional<Text> policyd() {
        if (!wanted_.policyd.empty()) {
            return read(wanted_.policyd, true);
        }
        if (!looks_around() && wanted_.postfix.empty()) {
            return std::nullopt;
        }
        const PolicyUse use = find_policy_use(postfix());
        if (!use.file.empty()) {
            return read(use.file, true);
        }
        for (const std::string path :
             {"/etc/postfix-policyd-spf-python/policyd-spf.conf", "/etc/python-policyd-spf/policyd-spf.conf",
              "/etc/pyspf-milter/pyspf-milter.conf"}) {
            if (auto text = read(path, false)) {
                return text;
            }
        }
        return std::nullopt;
    }

    const Wanted& wanted_;
    const Files& files_;
    Found found_;
};

} // namespace

Found find_inputs(const Wanted& wanted, const Files& files) {
    return Finder(wanted, files).run();
}

} // namespace config::import
