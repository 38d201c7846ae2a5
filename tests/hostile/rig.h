// Plays a bomb to the daemon's session and tells what it cost.
#pragma once

#include "bomb.h"
#include "milter/runtime/runtime.h"
#include "milter/session/actions.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace hostile {

// When the DNS answers: on a thread of its own, so that all is probably known before the end of the message;
// only when the session has begun to wait, one round after the other, so that every round finds as much as
// possible to do again; or to whoever asks, before he goes on.
enum class Answers { early, late, at_once };

struct Outcome {
    milter::session::Actions actions;
    std::size_t questions = 0;
    std::vector<std::string> log;
    std::chrono::duration<double, std::milli> cpu{0}; // of all threads, from the first event to the last
    std::chrono::duration<double, std::milli> hashing{
        0}; // of one SHA-256 over header and body, to compare with
};

[[nodiscard]] std::shared_ptr<const milter::runtime::Runtime> make_runtime(const std::string& config);

[[nodiscard]] Outcome play(const Bomb& bomb, Answers answers);

} // namespace hostile
