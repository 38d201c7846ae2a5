// Header blocks that are large, odd or both.
#include "bomb.h"

#include <fmt/format.h>

namespace hostile {

namespace {

constexpr std::size_t field_room = 60'000; // what an MTA passes on; limits.header_field_bytes is 64 KiB

Bomb with_fields(std::string name, const Field& field, std::size_t times) {
    Bomb bomb = plain(std::move(name));
    bomb.fields.insert(bomb.fields.end(), times, field);
    return bomb;
}

Bomb over(Bomb bomb) {
    bomb.refused = true;
    return bomb;
}

Bomb signing(std::string name, const Field& field, std::size_t times) {
    Bomb bomb = with_fields(std::move(name), field, times);
    bomb.fields.front().body = " ann@example.org";
    bomb.outbound = true;
    return bomb;
}

} // namespace

std::vector<Bomb> header_bombs() {
    const std::string large(field_room, 'x');
    return {
        plain("nothing: the measure of the others"),
        with_fields("997 more fields", {"X-Field", " x"}, 997),
        over(with_fields("100,000 fields", {"X-Field", " x"}, 100'000)),
        with_fields("a header of 240 KB in four fields", {"X-Large", large}, 4),
        over(with_fields("a field of 1 MB", {"X-Large", std::string(1'000'000, 'x')}, 1)),
        over(with_fields("a header of 6 MB", {"X-Large", large}, 100)),
        with_fields("fields of carriage returns only", {"X", std::string(field_room, '\r')}, 4),
        with_fields("fields of line feeds only", {"X", std::string(field_room, '\n')}, 4),
        with_fields("fields of folds only", {"X", repeat("\r\n ", field_room / 3)}, 4),
        with_fields("field names of 60 KB", {large, " x"}, 4),
        with_fields("field names of 60 KB of 8-bit", {std::string(field_room, '\xff'), " x"}, 4),
        with_fields("lines that begin with From but hide no field", {"X", repeat("\rFrom ", field_room / 6)},
                    4),
        with_fields("MIME parameters by the thousand",
                    {"Content-Type", " multipart/mixed" + repeat("; a*0*=utf-8''%41", 3500)}, 4),
        with_fields("nested encoded words", {"Subject", repeat(" =?utf-8?q?=3D=3F?=", 3000)}, 4),
        signing("signing 950 fields named Subject", {"Subject", " x"}, 950),
        signing("signing 240 KB of Subject", {"Subject", repeat("a  b ", field_room / 5)}, 4),
    };
}

} // namespace hostile
