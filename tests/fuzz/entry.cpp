// libFuzzer's entry, for a program with one target.
#include "fuzz/property.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Target::all().front().run({reinterpret_cast<const char*>(data), size});
    return 0;
}
