#include "milter/link/macros.h"

#include "support/catch.h"

#include <vector>

using milter::link::Macros;
using namespace std::string_literals;

TEST_CASE("lists of macros are pairs, and what is none is passed over") {
    struct Case {
        const char* name;
        std::string list;
        std::string i, login;
    };
    const Case cases[] = {
        {"pairs", "Mi\0Q1\0{auth_authen}\0ann\0"s, "Q1", "ann"},
        {"name with braces", "M{i}\0Q1\0"s, "Q1", ""},
        {"the first of a name", "Mi\0Q1\0i\0Q2\0"s, "Q1", ""},
        {"empty value", "Mi\0\0{auth_authen}\0ann\0"s, "", "ann"},
        {"a name alone", "Mi\0"s, "", ""},
        {"a name too much", "Mi\0Q1\0{auth_authen}\0"s, "Q1", ""},
        {"no NUL at the end", "Mi\0Q1\0{auth_authen}\0ann"s, "Q1", ""},
        {"no NUL at all", "Mi", "", ""},
        {"NULs alone", "M\0\0\0"s, "", ""},
        {"no pair", "M", "", ""},
        {"no event", "", "", ""},
        {"unknown event", "?i\0Q1\0"s, "", ""},
        {"other letters", "MI\0Q1\0{AUTH_AUTHEN}\0ann\0"s, "", ""},
        {"no braces where they belong", "Mauth_authen\0ann\0"s, "", ""},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Macros macros;
        macros.give(c.list);
        macros.begin('M');
        CHECK(macros.value("i") == c.i);
        CHECK(macros.value("{i}") == c.i);
        CHECK(macros.value("{auth_authen}") == c.login);
        CHECK(macros.value_at('M', "{auth_authen}") == c.login);
        CHECK(macros.value_at('?', "{auth_authen}").empty());
    }
}

TEST_CASE("a list counts for the event that it was given for") {
    struct Case {
        const char* name;
        std::string frames; // a capital letter is an event; a small one is a list given for that event
        std::string value;  // of the latest list, which is its number in `frames`
    };
    const Case cases[] = {
        {"MAIL", "mM", "0"},
        {"events after it", "mMLLBE", "0"},
        {"the end has its own", "mMLeE", "3"},
        {"what was said of the connection stays", "cCHMLEHM", "0"},
        {"and of HELO", "hHMEM", "0"},
        {"not for the next MAIL", "mMLEM", ""},
        {"nor after the end's own", "mMLeEM", ""},
        {"nor after a break", "mMLAM", ""},
        {"nor after another HELO", "mMHM", ""},
        {"nor HELO's for the next HELO", "hHH", ""},
        {"nor the connection's for the next", "cCC", ""},
        {"nor for another client's", "cChHmMK", ""},
        {"given before the break", "mMmAM", ""},
        {"given before the end", "mMLmEM", ""},
        {"given before HELO", "mHM", ""},
        {"given for each", "mMLEmMLE", "4"},
        {"the latest of several", "mmM", "1"},
        {"RCPT's is over with the message", "mMrRLEM", ""},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Macros macros;
        for (std::size_t i = 0; i < c.frames.size(); ++i) {
            const char frame = c.frames[i];
            if (frame >= 'a') {
                macros.give(static_cast<char>(frame - 'a' + 'A') + "i\0"s + std::to_string(i) + '\0');
            } else if (frame == 'A') {
                macros.drop_message();
            } else if (frame == 'K') {
                macros.drop_all();
            } else {
                macros.begin(frame);
            }
        }
        CHECK(macros.value("i") == c.value);
    }
}

TEST_CASE("what is asked of one event is not taken from another") {
    for (const char* list : {"C", "H", "R", "T", "N", "E"}) {
        INFO(list);
        Macros macros;
        macros.begin('M');
        macros.give(list + "{auth_authen}\0ann\0"s);
        CHECK(macros.value("{auth_authen}") == "ann");
        CHECK(macros.value_at('M', "{auth_authen}").empty());
    }
}
