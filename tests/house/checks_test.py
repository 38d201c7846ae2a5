"""The checks of this folder, checked: each finds what it is there to find, and no more."""

import json
import pathlib
import shutil
import tempfile
import unittest

import asserts
import citations
import documents
import format
import guides
import layers
import locks
import sizes
import translations
import versions
import words


class Tree(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = pathlib.Path(self._folder.name)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


class Asserts(unittest.TestCase):
    def test_the_last_word_counts(self):
        for words, is_found in (("", False), ("-DNDEBUG", True), ("-DNDEBUG=1", True), ("-DNDEBUG -UNDEBUG", False),
                                ("-UNDEBUG -DNDEBUG", True), ("-DNDEBUGGER", False)):
            with self.subTest(words):
                command = {"file": "a.cpp", "command": f"c++ -O2 {words} -c a.cpp"}
                self.assertEqual(["a.cpp"] if is_found else [], asserts.without_asserts([command]))


class Guides(unittest.TestCase):
    def test_what_no_test_has_is_found(self):
        for found, entries, words in ((["a", "b"], ["a"], "no test has the block that begins with: b"),
                                      (["a"], ["a", "b"], "not there: b"), (["a", "b"], ["b", "a"], "another order"),
                                      (["a", "a"], ["a"], "more often")):
            with self.subTest(found=found, entries=entries):
                faults = list(guides.differences("x.md", found, entries))
                self.assertEqual(1, len(faults))
                self.assertIn(words, faults[0])
        self.assertEqual([], list(guides.differences("x.md", ["a", "b"], ["a", "b"])))

    def test_who_plays_a_block_has_to_be_there(self):
        tests = pathlib.Path(__file__).resolve().parents[1] / "e2e"
        for how, right in (("guides", True), ("e2e.amavis", True), ("none: why", True), ("none: ", False), ("e2e.no_such", False), ("x", False)):
            with self.subTest(how):
                self.assertEqual(right, not guides.stated_wrongly(how, tests))


class Citations(Tree):
    def found(self, text, path="lib/spf/x.h"):
        self.write("tests/house/rfc_sections.txt", "# comment\n7208: 4 4.6 4.6.4 A A.1\n6376: 3 3.5\n")
        self.write(path, text)
        return citations.problems(self.root)

    def test_sections_that_do_not_exist_are_found(self):
        for text in [
            "// RFC 7208 4.6.5: at most ten",
            "// RFC 7208 4.6.4, 4.9",
            "// RFC 7208 4.6.4 and 9",
            "// RFC 7208 B",
            "// RFC 9999 1.2",
            'TEST_CASE("x", "[spf][rfc6376-3.6]")',
            "// RFC 7208 section 4.6.4",
            "// RFC 7208, Section 4.6.4",
        ]:
            with self.subTest(text=text):
                self.assertEqual(len(self.found(text)), 1)

    def test_those_that_exist_are_not(self):
        for text in [
            "// RFC 7208 4.6.4: at most ten terms",
            "// RFC 7208 4, 4.6.4 and A.1; RFC 6376 3.5",
            "// RFC 6376 erratum 4926, RFC 7208 has 10 terms",
            'TEST_CASE("x", "[spf][rfc6376-3.5]")',
        ]:
            with self.subTest(text=text):
                self.assertEqual(self.found(text), [])

    def test_tables_of_conformance_belong_to_their_heading(self):
        table = "## SPF: RFC 7208\n\n| section | what |\n|---|---|\n| 4.6, {} | x |\n"
        self.assertEqual(self.found(table.format("4.6.4"), "docs/conformance.md"), [])
        self.assertEqual(len(self.found(table.format("3.5"), "docs/conformance.md")), 1)


class Layers(Tree):
    def refused(self, path, include):
        self.write(path, f"#include {include}\n")
        found = layers.problems(self.root)
        (self.root / path).unlink()
        return bool(found)

    def test_forbidden_includes_are_found(self):
        for path, include in [
            ("lib/base/x.cpp", '"dns/answer.h"'),
            ("lib/spf/x.cpp", '"message/mailbox.h"'),
            ("lib/dmarc/x.h", '"dkim/evaluate.h"'),
            ("lib/authenticate/x.h", '"config/settings.h"'),
            ("lib/dkim/x.h", '"milter/session/session.h"'),
            ("keys/x.cpp", '"config/settings.h"'),
            ("config/x.cpp", '"keys/key_store.h"'),
            ("config/x.h", '"milter/log/level.h"'),
            ("milter/tool/x.cpp", '"milter/daemon/startup.h"'),
            ("milter/daemon/x.cpp", '"milter/tool/run.h"'),
            ("milter/main.cpp", '"milter/tool/run.h"'),
            ("milter/tool/probe/x.cpp", '"milter/link/callbacks.h"'),
            ("milter/tool/probe/x.h", '"milter/tool/command.h"'),
            ("milter/tool/probe/x.h", '"message/header_field.h"'),
            ("milter/tool/probe/x.cpp", "<CLI/CLI.hpp>"),
            ("milter/tool/probe/x.cpp", '"milter/tool/rotation/run.h"'),
            ("milter/tool/rotation/x.cpp", '"milter/tool/probe/milter_client.h"'),
            ("milter/tool/rotation/x.cpp", "<CLI/CLI.hpp>"),
            ("milter/daemon/x.cpp", '"milter/tool/rotation/run.h"'),
            ("milter/session/x.cpp", '"milter/tool/probe/milter_client.h"'),
            ("milter/main.cpp", '"milter/tool/probe/milter_client.h"'),
            ("milter/tool/deeper/x.cpp", '"base/ascii.h"'),
            ("milter/runtime/x.cpp", '"milter/session/session.h"'),
            ("milter/record/x.cpp", '"milter/tool/lookups.h"'),
            ("milter/resolver/x.h", '"milter/log/logger.h"'),
            ("milter/threads/x.h", '"milter/resolver/resolver.h"'),
            ("milter/unheard_of/x.cpp", '"base/ascii.h"'),
            ("milter/x.cpp", '"lib/base/ascii.h"'),
            ("lib/spf/x.cpp", '"evaluate.h"'),
            ("lib/spf/x.cpp", '"nowhere/evaluate.h"'),
            ("lib/unheard_of/x.cpp", "<string>"),
            ("milter/session/session.cpp", "<libmilter/mfapi.h>"),
            ("milter/resolver/wire.cpp", "<ldns/ldns.h>"),
            ("config/settings.cpp", "<yaml.h>"),
            ("lib/dkim/sign.cpp", "<openssl/evp.h>"),
            ("lib/dmarc/evaluate.cpp", "<libpsl.h>"),
            ("lib/base/domain_name.cpp", "<idn2.h>"),
            ("milter/session/session.cpp", "<spdlog/spdlog.h>"),
            ("milter/session/session.cpp", "<syslog.h>"),
            ("milter/session/session.cpp", "<CLI/CLI.hpp>"),
            ("milter/tool/sign.cpp", "<CLI/CLI.hpp>"),
            ("lib/spf/x.cpp", "<mutex>"),
            ("lib/spf/x.cpp", "<ctime>"),
            ("lib/spf/x.cpp", "<sys/socket.h>"),
            ("lib/spf/x.cpp", "<arpa/inet.h>"),
        ]:
            with self.subTest(path=path, include=include):
                self.assertTrue(self.refused(path, include))

    def test_allowed_includes_are_left_alone(self):
        for path, include in [
            ("lib/spf/x.cpp", '"spf/record.h"'),
            ("lib/dkim/x.cpp", '"crypto/digest.h"'),
            ("lib/authenticate/x.cpp", '"dmarc/evaluate.h"'),
            ("milter/tool/x.cpp", '"milter/tool/run.h"'),
            ("milter/tool/x.cpp", '"config/load.h"'),
            ("config/x.h", '"dns/server.h"'),
            ("milter/log/x.h", '"config/log_settings.h"'),
            ("milter/tool/x.cpp", '"milter/tool/probe/milter_client.h"'),
            ("milter/tool/probe/x.cpp", '"milter/tool/probe/milter_frame.h"'),
            ("milter/tool/rotation/x.cpp", '"milter/tool/live_record.h"'),
            ("milter/tool/rotation/dns_update.cpp", "<ldns/ldns.h>"),
            ("milter/session/x.cpp", '"milter/threads/share.h"'),
            ("milter/main.cpp", '"milter/daemon/startup.h"'),
            ("milter/link/callbacks.cpp", "<libmilter/mfapi.h>"),
            ("milter/command_line/app.cpp", "<CLI/CLI.hpp>"),
            ("milter/tool/run.cpp", "<CLI/CLI.hpp>"),
            ("config/load_events.cpp", "<yaml.h>"),
            ("lib/crypto/digest.cpp", "<openssl/evp.h>"),
            ("lib/base/ip_address.cpp", "<arpa/inet.h>"),
            ("milter/session/session.cpp", "<mutex>"),
            ("lib/spf/x.cpp", '<string> // not "dkim/evaluate.h"'),
        ]:
            with self.subTest(path=path, include=include):
                self.assertFalse(self.refused(path, include))

    def test_the_namespace_is_that_of_the_folder(self):
        for path, text, refused in [
            ("lib/spf/x.cpp", "namespace spf {\nnamespace {\n}\n}\n", False),
            ("milter/session/x.cpp", "namespace milter::session {\n}\n", False),
            ("milter/tool/probe/x.h", "namespace milter::tool::protocol {\n}\n", False),
            ("milter/tool/x.h", "namespace CLI {\nclass App;\n}\nnamespace milter::tool {\n}\n", False),
            ("milter/main.cpp", "int main() {}\n", False),
            ("milter/session/x.cpp", "namespace milter {\n}\n", True),
            ("milter/tool/x.cpp", "namespace tool {\n}\n", True),
            ("lib/spf/x.cpp", "namespace dmarc {\n}\n", True),
        ]:
            with self.subTest(path=path, text=text):
                self.write(path, text)
                self.assertEqual(bool(layers.problems(self.root)), refused)
                (self.root / path).unlink()

    def test_a_header_is_first_in_the_file_of_its_name(self):
        self.write("lib/base/x.h", "\n")
        for text, refused in [
            ('#include "base/x.h"\n#include "base/ascii.h"\n', False),
            ('#include "base/ascii.h"\n#include "base/x.h"\n', True),
            ("#include <string>\n", True),
            ("", True),
        ]:
            with self.subTest(text=text):
                self.write("lib/base/x.cpp", text)
                self.assertEqual(bool(layers.problems(self.root)), refused)

    def test_an_include_in_a_comment_is_none(self):
        self.write("lib/base/x.cpp", '/*\n#include "dns/answer.h"\n*/\n// #include <mutex>\n')
        self.assertEqual(layers.problems(self.root), [])


class Sizes(Tree):
    def test_functions_are_found_with_their_lengths(self):
        text = """#define M(x) { x
namespace a {
constexpr int table[] = {1, 2};
struct S {
    int field = {1};
    int get() const { return field; }
    S(int x) : a_{x}, b_(x) {
        use("}", '{'); // }
    }
    template <class T> void each(T t) {
        for (;;) { t([] { return 1; }); }
        if (t) {
        }
    }
};
int f(const S& s = {}) {
    return 1;
}
bool S::operator==(const S& other) const {
    return R"(})" == other;
}
}
"""
        self.assertEqual([(name, length) for name, _, length, _ in sizes.functions(text)],
                         [("get", 1), ("S", 3), ("each", 5), ("f", 3), ("S::operator==", 3)])

    def test_what_is_too_long_is_found(self):
        self.write("lib/base/x.cpp", "void f() {\n" + "g();\n" * sizes.FUNCTION_LINES + "}\n")
        self.write("keys/x.cpp", "int i;\n" * (sizes.FILE_LINES + 1))
        self.assertEqual(len(sizes.measure(self.root)[2]), 2)

    def test_what_is_just_short_enough_is_not(self):
        self.write("lib/base/x.cpp", "void f() {\n" + "g();\n" * (sizes.FUNCTION_LINES - 2) + "}\n")
        self.write("keys/x.cpp", "int i;\n" * sizes.FILE_LINES)
        self.assertEqual(sizes.measure(self.root)[2], [])


    def test_tables_are_no_code(self):
        text = """TEST_CASE("x") {
    struct Case {
        int a;
    };
    const Case cases[] = {
        {1},
        {2,
         {3}},
    };
    const auto c = GENERATE(values<Case>({
        {1},
    }));
    const Lines lines{{1},
                      {2},
                      {3}};
    const auto f = [] {
        g();
    };
    const auto h = [](int a) -> std::string {
        g();
    };
    if (a) {
        g();
    } else {
        g();
    }
}
"""
        self.assertEqual(sizes.functions(text), [("TEST_CASE", 1, 27, 5)])

    def test_tests_have_limits_of_their_own(self):
        rows = "    {1},\n"
        for path, text, too_long in [
            ("tests/x.cpp", 'TEST_CASE("x") {\n' + "g();\n" * (sizes.TEST_CODE_LINES - 2) + "}\n", False),
            ("tests/x.cpp", 'TEST_CASE("x") {\n' + "g();\n" * (sizes.TEST_CODE_LINES - 1) + "}\n", True),
            ("tests/x.cpp", 'TEST_CASE("x") {\nint t[] = {\n' + rows * (sizes.TEST_LINES - 4) + "};\n}\n", False),
            ("tests/x.cpp", 'TEST_CASE("x") {\nint t[] = {\n' + rows * (sizes.TEST_LINES - 3) + "};\n}\n", True),
            ("tests/x.py", "def f():\n" + "    g()\n" * (sizes.TEST_CODE_LINES - 1), False),
            ("tests/x.py", "def f():\n" + "    g()\n" * sizes.TEST_CODE_LINES, True),
            ("tests/x.py", "def f():\n    t = [\n" + "    1,\n" * (sizes.TEST_LINES - 3) + "    ]\n", False),
            ("tests/run", "#!/usr/bin/env python3\ndef f():\n" + "    g()\n" * sizes.TEST_CODE_LINES, True),
            ("tests/run", "#!/bin/sh\n" + "g\n" * sizes.TEST_LINES, False),
            ("lib/x.cpp", "void f() {\n" + "g();\n" * (sizes.FUNCTION_LINES - 2) + "}\n", False),
        ]:
            with self.subTest(path=path, lines=text.count("\n")):
                self.write(path, text)
                self.assertEqual(bool(sizes.measure(self.root)[2]), too_long)
                (self.root / path).unlink()


class Locks(Tree):
    """With the mutex of this project, in a tree of its own."""

    PROJECT = pathlib.Path(__file__).parents[2]
    GUARDED = """#include "milter/threads/mutex.h"
class Counter {
  public:
    void count() { %s ++count_; }
    void use() { const milter::threads::Lock lock(mutex_); %s }
  private:
    void counted() PARAPH_REQUIRES(mutex_) { ++count_; }
    void apart() PARAPH_EXCLUDES(mutex_) { count(); }
    milter::threads::Mutex mutex_;
    int count_ PARAPH_GUARDED_BY(mutex_) = 0;
};
"""

    def found(self, text):
        self.write("milter/session/x.cpp", text)
        self.write("compile_commands.json", json.dumps([{
            "file": str(self.root / "milter/session/x.cpp"),
            "command": f"c++ -DX -I{self.PROJECT} -Werror -std=c++20 -o x.o -c x.cpp",
        }]))
        return locks.problems(self.root, self.root, proven=())[0]

    @unittest.skipIf(shutil.which(locks.CLANG) is None, "needs clang")
    def test_a_lock_that_is_left_out_is_found(self):
        taken = "const milter::threads::Lock lock(mutex_);"
        for within, behind, wrong in [
            (taken, "counted();", False),
            ("", "counted();", True),
            ("counted();", "", True),
            (taken + taken, "", True),
            (taken, "apart();", True),
            ("mutex_.lock();", "", True),
        ]:
            with self.subTest(within=within, behind=behind):
                self.assertEqual(bool(self.found(self.GUARDED % (within, behind))), wrong)

    @unittest.skipIf(shutil.which(locks.CLANG) is None, "needs clang")
    def test_lock_guarded_would_be_missed_its_locks(self):
        header = (self.PROJECT / "milter/threads/lock_guarded.h").read_text(encoding="utf-8")
        use = """#include <utility>
int use(milter::threads::LockGuarded<int>& n) {
    return n.with([](int& x) { return ++x; }) + std::as_const(n).with([](int x) { return x; });
}
"""
        self.assertEqual(self.found(header + use), [])
        self.assertEqual(len(self.found(header.replace("const Lock lock(mutex_);", "") + use)), 2)

    @unittest.skipIf(shutil.which(locks.CLANG) is None, "needs clang")
    def test_a_lock_that_guards_nothing_is_found(self):
        self.write("x.cpp", self.GUARDED % ("\nconst milter::threads::Lock lock(mutex_);\n", ""))
        flags = ["-std=c++20", f"-I{self.PROJECT}"]
        self.assertEqual(locks.not_missed(self.root, "x.cpp", flags), [])
        self.write("x.cpp", (self.GUARDED % ("\nconst milter::threads::Lock lock(mutex_);\n", "")).replace("++count_", ""))
        self.assertEqual(len(locks.not_missed(self.root, "x.cpp", flags)), 1)

    def test_locks_that_are_not_checked_are_found(self):
        for text in ("std::mutex m;", "const std::lock_guard lock(m);", "std::shared_mutex m;", "pthread_mutex_lock(&m);"):
            self.write("milter/session/x.cpp", text)
            self.assertEqual(len(locks.unchecked_locks(self.root)), 1, text)
        for text in ("std::condition_variable_any c;", "// std::mutex", "threads::Mutex m;"):
            self.write("milter/session/x.cpp", text)
            self.assertEqual(locks.unchecked_locks(self.root), [], text)


class Format(Tree):
    @unittest.skipIf(format.clang_format() is None, f"needs clang-format {format.VERSION}")
    def test_files_that_differ_are_found(self):
        self.write(".clang-format", "BasedOnStyle: LLVM\n")
        self.write("lib/base/x.cpp", "int f() { return 1; }\n")
        self.assertEqual(format.problems(self.root, format.clang_format()), [])
        self.write("tests/unit/y.h", "int  f();\nint  g();\n")
        self.write("keys/z.cpp", "int i ;\n")
        self.assertEqual(format.problems(self.root, format.clang_format()), ["keys/z.cpp", "tests/unit/y.h"])
        self.write(".clang-format", "NoSuchStyle: x\n")
        self.assertTrue(format.problems(self.root, format.clang_format()))


class Words(Tree):
    def test_every_forbidden_word_is_found(self):
        for word in words.FORBIDDEN:
            self.write("docs/x.md", f"some {word} here\n")
            self.assertEqual(len(words.problems(self.root)), 1, word)

    def test_a_forbidden_path_is_found(self):
        self.write("wo" + "rk/x.md", "fine\n")
        self.assertEqual(len(words.problems(self.root)), 1)

    def test_other_words_build_trees_and_binaries_are_left_alone(self):
        self.write("docs/x.md", "framework/ and to do\n")
        self.write("build/x.md", words.FORBIDDEN[0])
        (self.root / "x.bin").write_bytes(b"\0" + words.FORBIDDEN[0].encode())
        self.assertEqual(words.problems(self.root), [])


class Translations(Tree):
    original = "# One\n\n## Two\n\nText.\n\n    code\n\n- item\n\n      deep: code\n\n| a | b |\n|---|---|\n| c | d |\n"
    translated = original.replace("One", "Un [x](../guide/x.md)").replace("Text", "Texte").replace("| a |", "| le a |")

    def found(self, translation):
        self.write("docs/guide/x.md", self.original)
        self.write("docs/fr/x.md", translation)
        return translations.problems(self.root)

    def test_the_same_in_other_words_is_left_alone(self):
        self.assertEqual(self.found(self.translated), [])

    def test_what_is_not_the_same_is_found(self):
        for old, new in [("## Two", "### Two"), ("## Two\n", ""), ("    code\n", "    kode\n"), ("    code\n\n- ", "\n- "),
                         ("| c | d |\n", ""), ("| c | d |", "| c |"), ("- item\n", "- item\n- more\n"),
                         ("../guide/x.md", "x.md"), ("deep: code", "deep: Code")]:
            with self.subTest(old=old):
                self.assertEqual(len(self.found(self.translated.replace(old, new))), 1)

    def test_a_page_without_an_original_is_found(self):
        self.write("docs/fr/y.md", "# Y\n")
        self.assertEqual(len(translations.problems(self.root)), 1)


class Documents(Tree):
    def test_missing_files_and_broken_links_are_found(self):
        self.write("docs/conformance.md", "`lib/x/gone` [a](guide/gone.md) [b](guide/y.md#no-such-heading)\n")
        self.write("docs/guide/y.md", "# A heading\n")
        self.assertEqual(len(documents.problems(self.root)), 3)

    def test_tests_that_the_page_on_security_names_must_exist(self):
        self.write("tests/scenario/cases/attacks/a1-helo.scenario", "")
        self.write("tests/unit/spf/macro_test.cpp", "")
        row = "| attack | defence | {} |\n"
        for cell in ("scenario/attacks/a1-helo", "scenario/attacks/a1-*, unit/spf/macro", "unit/spf/macro (all of it)"):
            self.write("docs/security.md", row.format(cell))
            self.assertEqual(documents.problems(self.root), [], cell)
        for cell in ("scenario/attacks/a2-path", "scenario/attacks/a1-helo, a9-gone", "unit/spf/gone"):
            self.write("docs/security.md", row.format(cell))
            self.assertEqual(len(documents.problems(self.root)), 1, cell)

    def test_what_is_there_is_left_alone(self):
        self.write("lib/x/y.h", "")
        self.write("lib/x/y.cpp", "")
        self.write("docs/conformance.md", "`lib/x/y` `lib/x/y.h` [a](guide/y.md#why-preject-does) [b](https://x.example/)\n")
        self.write("docs/guide/y.md", "# Why p=reject does\n")
        self.assertEqual(documents.problems(self.root), [])


class Versions(Tree):
    def found(self, list_, looked_for, **installed):
        self.write("cmake/tried_versions", "GNU 12.2 14.2 -\nClang 14 14 -\nCMake 3.25 3.31 -\n" + list_)
        self.write("cmake/dependencies.cmake", looked_for)
        return versions.problems(self.root, installed.get)

    def test_versions_that_were_tried_are_left_alone(self):
        for version in ("3.0", "3.0.15", "3.4.1", "3.5", "3.5.99"):
            with self.subTest(version=version):
                self.assertEqual(self.found("# x\n\nSSL 3.0 3.5 ssl\n", "find_package(SSL 3.0 REQUIRED)\n", ssl=version), [])

    def test_other_versions_are_found(self):
        for version in ("2.99", "1", "3.6", "3.10", "10.0"):
            with self.subTest(version=version):
                self.assertEqual(len(self.found("SSL 3.0 3.5 ssl\n", "find_package(SSL)\n", ssl=version)), 1)

    def test_what_the_list_gets_wrong_is_found(self):
        for list_, looked_for in [
            ("", "find_package(SSL REQUIRED)\n"),
            ("", "pkg_check_modules(SSL REQUIRED IMPORTED_TARGET libssl)\n"),
            ("SSL 3.0 3.5 ssl\n", "find_package(PkgConfig)\n"),
            ("SSL 3.0 3.5 unheard-of\n", "find_package(SSL)\n"),
            ("SSL 3.5 3.0 ssl\n", "find_package(SSL)\n"),
            ("SSL 3.0 3.5 ssl\nSSH 3.0\n", "find_package(SSL)\n"),
            ("SSL 3.0 3.5 ssl\nSSH 3.0 new ssh\n", "find_package(SSL)\n"),
        ]:
            with self.subTest(list=list_, looked_for=looked_for):
                self.assertEqual(len(self.found(list_, looked_for, ssl="3.1")), 1)


if __name__ == "__main__":
    unittest.main()
