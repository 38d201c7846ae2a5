#include "unit/config/load_cases.h"

#include <string>

TEST_CASE("what is not YAML") {
    check_cases({
        {"a tab",
         "spf:\n\tenabled: no\n",
         {"p.yaml:2:1: error: not valid YAML: a tab in the indentation (indent with blanks, not with tabs)"}},
        {"a colon too many",
         "authserv_id: a: b\n",
         {"p.yaml:1:15: error: not valid YAML: illegal map value (a second colon: put the text in quotes, or "
          "what follows on a line of its own)"}},
        {"an open list",
         "strip_authserv_ids: [a\n",
         {"p.yaml:1:21: error: not valid YAML: the bracket '[' is not closed"}},
        {"an open quote",
         "spf: {}\nauthserv_id: \"mail\nlog: {}\n",
         {"p.yaml:2:14: error: not valid YAML: the closing quote is missing"}},
        {"an open single quote",
         "authserv_id: 'it''s\n",
         {"p.yaml:1:14: error: not valid YAML: the closing quote is missing"}},
        {"an open quote that the next one closes",
         "log: {}\nauthserv_id: \"mail\nspf:\n  enabled: \"yes\"\n",
         {"p.yaml:2:14: error: not valid YAML: the closing quote is missing (the text that begins here goes "
          "on "
          "to line 4, where it makes no sense)"}},
        {"an open quote in brackets",
         "spf: {enabled: 'yes}\ndns: {timeout: '2s'}\n",
         {"p.yaml:1:16: error: not valid YAML: the closing quote is missing (the text that begins here goes "
          "on "
          "to line 2, where it makes no sense)"}},
        {"a text of two lines, and another fault",
         "authserv_id: \"two\n  lines\"\nspf: {enabled: [}\n",
         {"p.yaml:3:16: error: not valid YAML: the bracket '[' is not closed before the '}' in line 3"}},
        {"a quote within a text opens nothing",
         "authserv_id: mx \"a\nspf:\n\tenabled: no\n",
         {"p.yaml:3:1: error: not valid YAML: a tab in the indentation (indent with blanks, not with tabs)"}},
        {"nor does one behind a dash or a bracket in a text",
         "authserv_id: mx- \"a [b\nspf: {enabled: [}\n",
         {"p.yaml:2:16: error: not valid YAML: the bracket '[' is not closed before the '}' in line 2"}},
        {"nor does one in a text that goes on in the next line",
         "strip_authserv_ids:\n- mx\n  \"a\n- |\n  'b\nspf: {enabled: [}\n",
         {"p.yaml:6:16: error: not valid YAML: the bracket '[' is not closed before the '}' in line 6"}},
        {"nor does one in a text in brackets",
         "strip_authserv_ids: [it's 'a, b \"c]\nspf:\n\tenabled: no\n",
         {"p.yaml:3:1: error: not valid YAML: a tab in the indentation (indent with blanks, not with tabs)"}},
        {"an open quote behind an anchor",
         "log: {}\nauthserv_id: &mx \"mail\nspf:\n  enabled: \"yes\"\n",
         {"p.yaml:2:18: error: not valid YAML: the closing quote is missing (the text that begins here goes "
          "on to line 4, where it makes no sense)"}},
        {"a quote that is closed on the last line", "authserv_id: 'mail'", {}},
        {"a quote that is escaped, and closed", "log: {}\nauthserv_id: \"mail\\x2f\"  # \"\n", {}},
        {"lost indentation",
         "- a\nspf: {}\n",
         {"p.yaml:2:1: error: not valid YAML: the indentation of this line fits no line above it (what "
          "belongs together begins in the same column)"}},
        {"a tab behind a dash",
         "strip_authserv_ids:\n-\ta\n",
         {"p.yaml:2:2: error: not valid YAML: a tab where a blank is needed"}},
        {"a name without a colon",
         "spf: {}\nlog\n",
         {"p.yaml:2:1: error: not valid YAML: a colon is missing behind this name"}},
        {"an address that ends in a colon in brackets",
         "strip_authserv_ids: [2001:db8::]\n",
         {"p.yaml:1:31: error: not valid YAML: a colon at the end of a text in brackets (put the text in "
          "quotes)"}},
        {"two documents",
         "spf: {}\n---\ndkim: {}\n",
         {"p.yaml:2:1: error: not valid YAML: the file goes on after the end of its document; check the "
          "indentation of "
          "this line"}},
        {"a tag",
         "authserv_id: !!str 1\n",
         {"p.yaml:1:14: error: not valid YAML: tags such as !!str have no meaning here"}},
        {"a NUL",
         std::string("spf: {}\nlog:\0 {}\n", 18),
         {"p.yaml:2:5: error: control character 0x00 (the file must be UTF-8 text)"}},
        {"a byte order mark within the file",
         "spf: {}\n\xef\xbb\xbflog: {}\n",
         {"p.yaml:2:1: error: the character U+FEFF has no place in YAML (the file must be UTF-8 text)"}},
        {"what only YAML takes for the end of a line",
         "spf: {}\n# x\xc2\x85mode: verify\n",
         {"p.yaml:2:4: error: the character U+0085 has no place in YAML (the file must be UTF-8 text)"}},
        {"a column behind characters of several octets",
         "authserv_id: \xc3\xbc\xc3\xbc: x\n",
         {"p.yaml:1:18: error: not valid YAML: illegal map value (a second colon: put the text in quotes, or "
          "what follows on a line of its own)"}},
        {"Latin-1",
         "spf: {}\nauthserv_id: M\xfcller\n",
         {"p.yaml:2:15: error: not UTF-8 (save the file as UTF-8)"}},
        {"an unknown alias",
         "authserv_id: *x\n",
         {"p.yaml:1:14: error: not valid YAML: the referenced anchor is not defined"}},
        {"an alias to itself",
         "strip_authserv_ids: &x [a, *x]\n",
         {"p.yaml:1:28: error: not valid YAML: an alias within the value it stands for"}},
        {"deep brackets",
         std::string(100'000, '['),
         {"p.yaml:1:101: error: not valid YAML: nested too deeply"}},
    });
}

TEST_CASE("brackets that do not match are told where they open") {
    check_cases({
        {"a list before another setting",
         "roles:\n  internal_hosts: [127.0.0.1, 10.0.0.0/8\nlog:\n  level: info\n",
         {"p.yaml:2:19: error: not valid YAML: the bracket '[' is not closed"}},
        {"a mapping before another one",
         "log: {level: info\nspf: {enabled: no}\n",
         {"p.yaml:1:6: error: not valid YAML: the bracket '{' is not closed"}},
        {"the inner one of two",
         "roles: {internal_hosts: [127.0.0.1, 10.0.0.0/8}\nlog: {level: info}\n",
         {"p.yaml:1:25: error: not valid YAML: the bracket '[' is not closed before the '}' in line 1"}},
        {"one too many",
         "strip_authserv_ids: [a]]\n",
         {"p.yaml:1:24: error: not valid YAML: the bracket ']' closes nothing"}},
        {"others in quotes and comments",
         "authserv_id: \"[\"  # {\nlog: {level: '}'  # ]\n",
         {"p.yaml:2:6: error: not valid YAML: the bracket '{' is not closed"}},
    });
}

TEST_CASE("a wrong indentation is called one") {
    const std::string above =
        "error: not valid YAML: the indentation of this line fits no line above it (what belongs together "
        "begins in the same column)";
    const std::string deeper = "error: not valid YAML: the indentation of this line puts it below a setting "
                               "that has a value already "
                               "(what belongs together begins in the same column)";
    check_cases({
        {"less than the line above", "spf:\n    enabled: no\n  check_helo: no\n", {"p.yaml:3:3: " + above}},
        {"between two sections", "spf:\n  enabled: no\n dkim:\n  enabled: no\n", {"p.yaml:3:2: " + above}},
        {"more than the line above", "spf:\n  enabled: no\n   check_helo: no\n", {"p.yaml:3:4: " + deeper}},
        {"more, behind a comment",
         "spf:\n  enabled: no\n# here\n\n    dkim:\n  enabled: no\n",
         {"p.yaml:5:5: " + deeper}},
        {"of an item's fields",
         "domains:\n  a.example:\n    keys:\n      - selector: s1\n       file: x\n",
         {"p.yaml:5:8: " + above}},
        {"an item that joins the one above",
         "roles:\n  internal_hosts:\n  - 127.0.0.1\n   - 10.0.0.0/8\n",
         {"p.yaml:3:5: error: 'roles.internal_hosts': expected an address, a block such as 192.0.2.0/24, or "
          "a name, not '127.0.0.1 - 10.0.0.0/8' (indent the items of a list alike, else they are one text)"}},
        {"none below a section",
         "spf:\nenabled: no\n",
         {"p.yaml:2:1: error: unknown setting 'enabled' (indent it, so that it stands below 'spf')"}},
        {"none below domains",
         "domains:\na.example:\n  keys: []\n",
         {"p.yaml:2:1: error: unknown setting 'a.example' (indent it, so that it stands below 'domains')"}},
        {"none below a domain",
         "domains:\n  a.example:\n  keys: []\n",
         {"p.yaml:2:3: error: 'domains.a.example.keys' is missing",
          "p.yaml:3:3: error: 'keys' is not a domain name (indent it, so that it stands below its domain)"}},
    });
}

TEST_CASE("what needs quotes is told so") {
    const std::string star = "error: not valid YAML: the referenced anchor is not defined (what begins with "
                             "* needs quotes; a domain "
                             "with those below it is written 'example.org', with 'subdomains: true')";
    check_cases({
        {"a domain and those below it",
         "domains:\n  *.example.org:\n    keys: []\n",
         {"p.yaml:2:3: " + star}},
        {"in braces", "domains: {*.example.org: {keys: []}}\n", {"p.yaml:1:11: " + star}},
        {"as an item", "strip_authserv_ids:\n  - *.example.org\n", {"p.yaml:2:5: " + star}},
        {"an at sign",
         "authserv_id: @mail\n",
         {"p.yaml:1:14: error: not valid YAML: unknown token (what begins with @ needs quotes)"}},
    });
}

TEST_CASE("a blank that is missing behind a colon") {
    check_cases({
        {"in a key",
         "domains: {a.example: {keys: [{selector:s1, file: x}]}}\n",
         {"p.yaml:1:30: error: 'domains.a.example.keys.selector' is missing",
          "p.yaml:1:31: error: unknown setting 'domains.a.example.keys.selector:s1' (a blank is missing "
          "behind "
          "the colon: write 'selector: s1')"}},
        {"in a section of one line",
         "spf: {enabled:no}\n",
         {"p.yaml:1:7: error: unknown setting 'spf.enabled:no' (a blank is missing behind the colon: write "
          "'enabled: no')"}},
        {"in the only line of a section",
         "spf:\n  enabled:no\n",
         {"p.yaml:2:3: error: 'spf': expected settings below it, not a text (a blank is missing behind the "
          "colon: write 'enabled: no')"}},
        {"in the last line of a section",
         "spf:\n  check_helo: no\n  enabled:no\n",
         {"p.yaml:3:10: error: not valid YAML: a blank is missing behind the colon in line 3"}},
        {"in the line above",
         "spf:\n  enabled:no\n  check_helo: no\n",
         {"p.yaml:2:10: error: not valid YAML: a blank is missing behind the colon in line 2"}},
        {"at the top",
         "authserv_id:mail\nspf: {enabled: no}\n",
         {"p.yaml:1:12: error: not valid YAML: a blank is missing behind the colon in line 1"}},
    });
}
