// The border to C code, which no exception may pass, of whatever type it is.
#pragma once

#include <exception>

namespace milter::link {

// What `handle` returns; where it throws, `otherwise`.
template <class Result, class Handle>
Result guarded(Result otherwise, const Handle& handle) noexcept {
    try {
        return handle();
    } catch (...) {
        return otherwise;
    }
}

// Runs `handle`. Why it threw is handed to `remember`, in words. What that throws is lost: then there is no
// memory even for words.
template <class Handle, class Remember>
void noted(const Handle& handle, const Remember& remember) noexcept {
    const auto say = [&](const char* why) { guarded(0, [&] { return remember(why), 0; }); };
    try {
        handle();
    } catch (const std::exception& error) {
        say(error.what());
    } catch (...) {
        say("an error of an unknown kind");
    }
}

} // namespace milter::link
