// The switch as a whole: its steps one after the other, each written down before it is begun, and the way
// back. Wherever it is broken off, by a failure, by ^C or by a power cut, what is written down is enough to
// take all of it back.
#pragma once

#include "milter/tool/import/step.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace milter::tool::import {

enum class Stage : std::uint8_t { applying, applied, undoing, undone };

struct Switch {
    Steps steps;
    Stage stage = Stage::applying;
    std::size_t begun = 0; // of the steps, from the first
};

[[nodiscard]] std::string print(const Switch& made);
[[nodiscard]] Told<Switch> read_switch(const std::string& text, const Kept& kept);

// Where a step fails, all that was done is taken back; the error says what failed, and whether that worked.
[[nodiscard]] Done apply(Switch& made, Hands& hands);

// Goes on where something cannot be taken back, so that as much as possible is as before; may be called
// again. Nothing is done where files were changed since, but for `force`.
[[nodiscard]] Done take_back(Switch& made, Hands& hands, bool force);

} // namespace milter::tool::import
