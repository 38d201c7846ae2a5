// Bounds on what tables and keys may cost.
#pragma once

#include <cstddef>

namespace keys {

constexpr std::size_t max_key_file = std::size_t{64} * 1024; // an RSA key of 16384 bits takes 13 KiB
constexpr std::size_t max_table_file = std::size_t{256} * 1024 * 1024; // 100,000 keys inline take 170 MB
// RFC 5321 4.5.3.1.1 has 64 octets. A longer one than this matches no row, so that a hostile From cannot make
// patterns slow.
constexpr std::size_t max_local_part = 512;

} // namespace keys
