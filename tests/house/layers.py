"""Who may include whom, and whose names are whose. The walls of the house, as a table; docs/architecture.md says why
they stand where they do.

Usage: layers.py ROOT
"""

import pathlib
import re
import sys

import sources

BASE = {"base"}
VALUES = {"dns", "base"}
DKIM = {"dns", "message", "crypto", "tag_list", "base"}
CHECKS = {"base", "dns", "message", "crypto", "tag_list", "iprev", "spf", "authres", "dkim", "arc", "dmarc", "authenticate"}
LIB = CHECKS | {"report"}

# A folder may include itself and what stands here; anything absent is forbidden.
MAY_INCLUDE = {
    "base": set(),
    "dns": BASE,
    "message": BASE,
    "crypto": BASE,
    "tag_list": BASE,
    "iprev": VALUES,
    "spf": VALUES,
    "authres": {"message", "base"},
    "dkim": DKIM,
    "arc": DKIM | {"dkim", "authres"},
    "dmarc": {"dns", "tag_list", "base"},
    "authenticate": CHECKS,
    "report": CHECKS,
    "keys": {"dkim", "crypto", "base"},
    # The types of the settings: addresses, names, the enums of what they choose.
    "config": {"authenticate", "dmarc", "spf", "dkim", "dns", "message", "base"},
}

# The rooms of milter/, from the bottom up: each may include lib/, keys/, config/ and these rooms.
BELOW_SESSION = {"threads", "log", "resolver", "record", "runtime"}
ROOMS = {
    "threads": set(),
    "log": {"threads"},
    "resolver": {"threads"},
    "record": set(),
    "reports": {"threads", "log", "record"},
    "listener": set(),
    "command_line": set(),
    "runtime": {"threads", "log", "resolver", "record"},
    "session": BELOW_SESSION,
    "link": BELOW_SESSION | {"session", "listener"},
    "daemon": BELOW_SESSION | {"session", "listener", "link", "reports"},
    "tool": BELOW_SESSION | {"session", "listener", "command_line", "reports", "tool/probe", "tool/reports",
                             "tool/rotation", "tool/import", "tool/compare"},
    "tool/probe": set(),
    # Asks name servers as the rest of the tool does, and is asked by its subcommands.
    "tool/rotation": BELOW_SESSION | {"listener", "tool"},
    # Its subcommands, beside what they have in common with the rest of the tool.
    "tool/reports": BELOW_SESSION | {"session", "command_line", "reports", "tool"},
    # Runs the tool's own subcommands, and programs as rotation does.
    "tool/import": BELOW_SESSION | {"listener", "tool", "tool/rotation"},
    # Plays the mail server for the old programs and for the daemon.
    "tool/compare": BELOW_SESSION | {"tool", "tool/probe", "tool/import"},
}
MAY_INCLUDE |= {f"milter/{room}": LIB | {"keys", "config"} | {f"milter/{below}" for below in rooms}
                for room, rooms in ROOMS.items()}
# The daemon's main function stands above them.
MAY_INCLUDE["milter"] = LIB | {"config"} | {f"milter/{room}" for room in ROOMS if not room.startswith("tool")}
# The mail server's side of the milter protocol knows nothing of what it is used for.
MAY_INCLUDE["milter/tool/probe"] = BASE

# Third parties: the beginning of the header's name, and the files (by pattern, without suffix) that may include it.
THIRD_PARTIES = {
    "libmilter/": ("milter/link/callbacks",),
    "ldns/": ("milter/tool/rotation/dns_update", "tests/support/dns/*"),
    "yaml.h": ("config/load_events",),
    "openssl/": ("lib/crypto/*",),
    "libpsl": ("lib/dmarc/public_suffix*",),
    "hwy/": ("lib/dkim/squeeze_blanks", "lib/message/body_scan"),
    "idn2": ("lib/base/idna",),
    "spdlog/": ("milter/log/*",),
    "syslog": ("milter/log/*",),
    "seccomp": ("milter/daemon/sandbox",),
    "sqlite3": ("keys/source/sqlite", "milter/reports/sqlite_database"),
    "lmdb": ("keys/source/lmdb",),
    "db.h": ("keys/source/berkeley",),
    "libpq": ("keys/source/postgresql*",),
    "mysql": ("keys/source/mysql",),
    "ldap": ("keys/source/ldap",),
    "pugixml": ("lib/report/aggregate_xml", "tests/unit/report/*"),
    "zlib": ("lib/report/gzip", "tests/unit/report/gzip_test"),
    "libxml/": ("tests/support/xml_schema",),
    "curl/": ("milter/tool/reports/smtp_session",),
    "CLI/": ("milter/command_line/*", "milter/tool/run", "milter/tool/completion", "milter/main"),
}

# lib/ touches no thread, lock, file, stream, clock, socket, process or environment.
WORLD = re.compile(
    r"(thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token|atomic"
    r"|fstream|iostream|istream|ostream|filesystem|cstdio|stdio\.h|ctime|time\.h|csignal|signal\.h|random|syslog\.h"
    r"|unistd\.h|fcntl\.h|netdb\.h|pthread\.h|poll\.h|pwd\.h|grp\.h|sys/.*|netinet/.*|net/.*|arpa/.*)"
)
# inet_pton and inet_ntop: text and bytes only. An ip6 network of SPF keeps mapped addresses apart, which IpAddress does not.
WORLD_ALLOWED = {("lib/base/ip_address", "arpa/inet.h"), ("lib/spf/term", "arpa/inet.h")}

NAMESPACE = re.compile(r"^namespace ([\w:]+) \{", re.MULTILINE)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def layer_of(path):
    """The folder of the table that a file belongs to: "spf" of lib/, "keys", a room as "milter/session", or one within it."""
    if path.parts[0] == "milter":
        return "/".join(path.parts[:-1])
    return path.parts[1] if path.parts[0] == "lib" else path.parts[0]


def stem_of(path):
    return path.with_suffix("").as_posix()


def includes_of(text):
    """(line, header, quoted) of every include."""
    code = sources.without_comments(text)
    for match in INCLUDE.finditer(code):
        yield code.count("\n", 0, match.start()) + 1, match.group(2), match.group(1) == '"'


def refusal_of_project_header(path, header):
    # What is included from lib/ is named without it.
    layer, target = layer_of(path), layer_of(pathlib.PurePath("lib") / header)
    if header.startswith(("keys/", "config/", "milter/")):
        target = layer_of(pathlib.PurePath(header))
    if "/" not in header:
        return "project headers are included with their folder"
    if target not in MAY_INCLUDE:
        return f"{target}/ is no folder of this project"
    if target != layer and target not in MAY_INCLUDE[layer]:
        return f"{layer} must not include {target}"
    return None


def refusal_of_system_header(path, header):
    stem = stem_of(path)
    for prefix, allowed in THIRD_PARTIES.items():
        if header.startswith(prefix) and not any(pathlib.PurePath(stem).match(pattern) for pattern in allowed):
            return f"<{header}> belongs in {', '.join(allowed)} only"
    if path.parts[0] == "lib" and WORLD.fullmatch(header) and (stem, header) not in WORLD_ALLOWED:
        return f"lib/ does not touch the world: <{header}>"
    return None


def refusal_of_namespaces(path, text):
    """A file's namespace is its folder's name, a room's that of milter and its own: milter::session. A room within another
    may share its namespace."""
    names = NAMESPACE.findall(sources.without_comments(text))
    wanted = "::".join(layer_of(path).split("/")[:2])
    if names and not any(name == wanted or name.startswith(wanted + "::") for name in names):
        return f"the namespace of this folder is {wanted}, not {names[0]}"
    return None


def refusal_of_order(path, text, has_header):
    """A file includes its own header before all others: so that compiles alone, and no build needs to try."""
    own = path.with_suffix(".h").as_posix().removeprefix("lib/")
    first = next((header for _, header, _ in includes_of(text)), None)
    if path.suffix == ".cpp" and has_header and first != own:
        return f'"{own}" comes before all other includes'
    return None


def problems(root):
    found = []
    for path in sources.cpp_files(root):
        if layer_of(path) not in MAY_INCLUDE:
            found.append(f"{path}: the folder is not in the table")
            continue
        text = sources.read(root, path)
        if refusal := refusal_of_namespaces(path, text):
            found.append(f"{path}: {refusal}")
        if refusal := refusal_of_order(path, text, (pathlib.Path(root) / path.with_suffix(".h")).exists()):
            found.append(f"{path}: {refusal}")
        for line, header, quoted in includes_of(text):
            refuse = refusal_of_project_header if quoted else refusal_of_system_header
            why = refuse(path, header)
            if why:
                found.append(f"{path}:{line}: {why}")
    return found


def main():
    found = problems(sys.argv[1])
    print("\n".join(found) or "every include stays within its walls")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
