// Milter frames from a stream that was cut anywhere.
#include "fuzz/property.h"
#include "milter/tool/probe/milter_frame.h"

namespace {

struct Read {
    std::vector<milter::tool::Frame> frames;
    bool broken = false;

    bool operator==(const Read&) const = default;
};

Read read(std::string_view bytes, std::size_t step) {
    milter::tool::FrameReader reader;
    Read result;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
        reader.append(bytes.substr(0, step));
        while (auto frame = reader.next()) {
            result.frames.push_back(std::move(*frame));
        }
    }
    result.broken = reader.broken();
    return result;
}

void run(std::string_view input) {
    const auto whole = read(input, input.size());
    fuzz::require(read(input, 1) == whole && read(input, 3) == whole, "a cut changes no frame");
    std::string bytes;
    for (const auto& frame : whole.frames) {
        bytes += milter::tool::encode(frame);
        std::string_view rest = frame.data;
        while (const auto text = milter::tool::take_text(rest)) {
            fuzz::require(text->find('\0') == std::string::npos, "a text ends at its NUL");
        }
        (void)milter::tool::take_number(rest);
    }
    fuzz::require(input.starts_with(bytes), "frames survive their own bytes");
}

const fuzz::Target target("milter_frame", run);

} // namespace
