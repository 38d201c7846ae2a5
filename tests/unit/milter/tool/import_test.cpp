// paraph import, from the command line to the files that it writes.
#include "milter/tool/run.h"

#include "support/catch.h"
#include "support/keys.h"
#include "unit/milter/tool/workspace.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace fs = std::filesystem;

using milter::tool::ExitCode;
using tool_test::contains;
using tool_test::run;
using tool_test::Workspace;

namespace {

std::string text_of(const fs::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

void put(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

// A host with opendkim and its tables, below a directory.
struct Host {
    Workspace files;
    fs::path root = files.path("root");

    Host() {
        put(root / "usr/sbin/opendkim", "");
        put(root / "etc/opendkim.conf",
            "Socket inet:8891@localhost\nMode sv\nKeyTable /etc/opendkim/KeyTable\nSigningTable "
            "refile:/etc/opendkim/SigningTable\nInternalHosts refile:/etc/opendkim/TrustedHosts\n");
        put(root / "etc/opendkim/KeyTable", "k example.org:mail:/etc/opendkim/mail.private\n");
        put(root / "etc/opendkim/SigningTable", "*@example.org k\n");
        put(root / "etc/opendkim/TrustedHosts", "127.0.0.1\n");
        put(root / "etc/opendkim/mail.private", std::string(support::rsa_pem));
        put(root / "etc/postfix/main.cf", "smtpd_milters = inet:localhost:8891\n");
    }

    [[nodiscard]] tool_test::Ran import(std::vector<std::string> more) const {
        more.insert(more.begin(), {"import", "--root", root.string()});
        return run(more);
    }
};

} // namespace

TEST_CASE("import prints the report and the configuration, and writes nothing") {
    const Host host;
    const auto before = fs::last_write_time(host.root / "etc");
    const auto ran = host.import({});
    CHECK(ran.code == ExitCode::ok);
    CHECK(contains(ran.out, "WHAT CHANGES FOR RECEIVERS"));
    CHECK(contains(ran.out, "THE SWITCH, STEP BY STEP"));
    CHECK(contains(ran.out, "# /etc/opendkim.conf:1 Socket\n  socket: inet:8891@localhost\n"));
    CHECK(contains(ran.out, "signing_table: refile:/etc/opendkim/SigningTable"));
    CHECK(fs::last_write_time(host.root / "etc") == before);
    CHECK_FALSE(fs::exists(host.root / "etc/paraph"));
}

TEST_CASE("import --out writes what check-config accepts, and never over another") {
    const Host host;
    const std::string out = host.files.path("new");
    const auto ran = host.import({"--out", out, "--copy-keys"});
    INFO(ran.err);
    CHECK(ran.code == ExitCode::ok);
    CHECK(text_of(out + "/KeyTable") == "k example.org:mail:" + out + "/keys/mail.example.org.pem\n");
    CHECK(text_of(out + "/keys/mail.example.org.pem") == std::string(support::rsa_pem));
    struct stat status{};
    REQUIRE(stat((out + "/keys/mail.example.org.pem").c_str(), &status) == 0);
    CHECK((status.st_mode & 0007U) == 0);
    CHECK_FALSE(contains(ran.out, "paraph import --out")); // that step is done
    // The signing table is where the mounted system has it.
    std::string yaml = text_of(out + "/paraph.yaml");
    const std::string table = "refile:/etc/opendkim/SigningTable";
    yaml.replace(yaml.find(table), table.size(),
                 "refile:" + (host.root / "etc/opendkim/SigningTable").string());
    const auto checked = run({"check-config", "-c", host.files.write("p.yaml", yaml), "--quiet"});
    INFO(checked.out);
    CHECK(checked.code == ExitCode::ok);
    const auto again = host.import({"--out", out});
    CHECK(again.code == ExitCode::cannot_write);
    CHECK(contains(again.err, "exists, and is not written over"));
}

TEST_CASE("import --out moves the sample of a package out of the way") {
    const Host host;
    const std::string out = host.files.path("new");
    put(out + "/paraph.yaml", "# all of it\nspf:\n  # enabled: true\n");
    CHECK(host.import({"--out", out}).code == ExitCode::ok);
    CHECK(text_of(out + "/paraph.yaml.before-import") == "# all of it\nspf:\n  # enabled: true\n");
    CHECK(contains(text_of(out + "/paraph.yaml"), "inet:8891@localhost"));
}

TEST_CASE("the exit status of import tells whether something is lost") {
    const Host host;
    put(host.root / "etc/opendkim/TrustedHosts", "127.0.0.1\n0.0.0.0/0\n");
    const auto open = host.import({});
    CHECK(open.code == ExitCode::found);
    CHECK(open.out.starts_with("DECIDE BEFORE YOU SWITCH"));
    put(host.root / "etc/opendkim.conf", "Domain {{ domain }}\n");
    const auto unfilled = host.import({});
    CHECK(unfilled.code == ExitCode::data);
    CHECK(contains(unfilled.err, "/etc/opendkim.conf:1:1: '{{ domain }}' stands there"));
    fs::remove(host.root / "etc/opendkim.conf");
    const auto none = host.import({});
    CHECK(none.code == ExitCode::no_input);
    CHECK(contains(none.err, "there is no configuration of opendkim, opendmarc or policyd-spf here"));
    const auto missing = run({"import", "--opendkim", host.files.path("none.conf")});
    CHECK(missing.code == ExitCode::no_input);
    CHECK(contains(missing.err, "none.conf: No such file or directory"));
}

TEST_CASE("a named file is read alone, without what this host has") {
    const Host host;
    const auto file = host.files.write("d.conf", "RejectFailures true\n");
    const auto ran = run({"import", "--opendmarc", file});
    CHECK(ran.code == ExitCode::ok);
    CHECK(contains(ran.out, "dmarc: strict"));
    CHECK_FALSE(contains(ran.out, "opendkim"));
}

TEST_CASE("keys that paraphd cannot use are told with the remedy") {
    const Host host;
    fs::permissions(host.root / "etc/opendkim/mail.private", fs::perms::owner_read);
    const auto ran = host.import({});
    CHECK(contains(ran.out, "KEYS\n"));
    CHECK(contains(ran.out, "`paraph import --copy-keys`"));
    CHECK_FALSE(contains(host.import({"--copy-keys"}).out, "KEYS\n"));
}

TEST_CASE("passwords of databases stand in a file of their own") {
    const Host host;
    put(host.root / "etc/opendkim.conf",
        "KeyTable dsn:mysql://u:geheim@h/d/table=t?keycol=k?datacol=a,b,c\n"
        "SigningTable dsn:mysql://u:geheim@h/d/table=t?keycol=k?datacol=a\n");
    const std::string out = host.files.path("new");
    const auto ran = host.import({"--out", out});
    CHECK(ran.code == ExitCode::ok);
    CHECK(text_of(out + "/opendkim.password") == "geheim\n");
    struct stat status{};
    REQUIRE(stat((out + "/opendkim.password").c_str(), &status) == 0);
    CHECK((status.st_mode & 0007U) == 0);
    CHECK_FALSE(contains(ran.out + ran.err + text_of(out + "/paraph.yaml"), "geheim"));
}

TEST_CASE("a configuration that is a link to nothing is told, and a masked unit is no fault") {
    const Host host;
    fs::remove(host.root / "etc/opendkim.conf");
    fs::create_symlink("nowhere", host.root / "etc/opendkim.conf");
    const auto broken = host.import({});
    CHECK(contains(broken.err, "/etc/opendkim.conf: No such file or directory"));
    const Host masked;
    fs::create_directories(masked.root / "etc/systemd/system");
    fs::create_symlink("/dev/null", masked.root / "etc/systemd/system/opendkim.service");
    const auto ran = masked.import({});
    CHECK(contains(ran.out, "systemd has masked this unit"));
    CHECK_FALSE(contains(ran.out, "LINES THAT MAKE NO SENSE"));
}
